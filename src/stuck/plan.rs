//! What a row of a plan does: authorise, then optionally capture or cancel. Each is a recorded transition of its own.

use chrono::{DateTime, Utc};

use crate::domain::{Action, Actor, Ask, By, Order, Refusal, Roles, Status, Step, decide};
use crate::records::{Cause, PlannedAction};
use crate::stuck::why::Why;

/// The steps of a planned action in order, each decided by the law; or the law's refusal of the first one that it does not allow.
///
/// # Errors
///
/// The law's [`Refusal`] of the first step that it does not allow.
pub fn steps(action: &PlannedAction, order: &Order, roles: Roles, now: DateTime<Utc>) -> Result<Vec<Step>, Refusal> {
    let ask = |action, amount| Ask { amount, ..Ask::new(action, Actor::Merchant, now, By::Person(roles)) };
    let authorised = decide(order, &ask(Action::Authorise, None))?;
    let Some((follow, amount)) = action.follow else { return Ok(vec![authorised]) };
    let followed = decide(authorised.order(), &ask(follow, Some(amount)))?;
    Ok(vec![authorised, followed])
}

/// What stands in the way of a row at the provider, although the law allows it here: what has to be done first, or that the order
/// has gone too far there.
pub fn blocks(follow: Option<Action>, why: &Why) -> Option<String> {
    let offers = |action| move |status: Status| status.rules().iter().any(|rule| rule.action == action);
    let too_far = why.theirs.zip(follow).filter(|(theirs, action)| {
        let offered = offers(*action);
        !offered(*theirs) && theirs.distance(offered).is_none()
    });
    match (too_far, why.cause, follow) {
        (Some((theirs, _)), ..) => Some(format!("blocked: it is {} at the provider", theirs.title())),
        (None, Cause::NotAllowed, Some(Action::Cancel)) => Some(BAD_TOKEN.to_owned()),
        (None, cause, _) => cause.blocks().map(str::to_owned),
    }
}

const BAD_TOKEN: &str = "blocked until the merchant's API token works; a refused token is no reason to cancel";

#[cfg(test)]
mod tests {
    use crate::domain::{Money, TAMARA, tamara};
    use crate::domain::{OrderKey, Role};
    use crate::stuck::plan::*;

    #[test]
    fn a_row_is_blocked_by_what_the_provider_has() {
        use tamara::Status::{Authorised, FullyCaptured, PartiallyCaptured};
        let check = |follow, cause, theirs: Option<tamara::Status>, expect: Option<&str>| {
            let theirs = theirs.map(tamara::Status::status);
            let why = Why { cause, sure: crate::stuck::why::Sure::Certain, evidence: String::new(), theirs };
            assert_eq!(blocks(follow, &why).as_deref(), expect, "{follow:?} {theirs:?}");
        };
        let (capture, cancel, ahead) = (Some(Action::Capture), Some(Action::Cancel), Cause::ProviderAhead);
        check(None, ahead, Some(FullyCaptured), None);
        check(cancel, ahead, Some(Authorised), None);
        check(cancel, ahead, Some(PartiallyCaptured), Some("blocked: it is Partially Captured at the provider"));
        check(capture, ahead, Some(PartiallyCaptured), None);
        check(capture, ahead, Some(FullyCaptured), Some("blocked: it is Fully Captured at the provider"));
        check(capture, Cause::NotAllowed, None, Cause::NotAllowed.blocks());
        check(cancel, Cause::NotAllowed, None, Some(BAD_TOKEN));
        check(None, Cause::NeverCalled, None, None);
    }

    #[test]
    fn a_row_is_two_steps_or_a_reason() {
        let at = DateTime::UNIX_EPOCH;
        let ops: Roles = [Role::Ops].into_iter().collect();
        let new = Order::open(
            OrderKey::new(TAMARA, "T").unwrap(),
            Money::parse("300.00", crate::domain::Currency::Sar).unwrap(),
            at,
        );
        let approved = decide(&new, &Ask::new(Action::Approve, Actor::Provider, at, By::Notice)).unwrap().into_order();
        let check = |order: &Order, roles, follow: Option<(Action, &str)>, expect: &str| {
            let follow = follow.map(|(action, text)| (action, Money::parse(text, order.amount.currency).unwrap()));
            let told = match steps(&PlannedAction { follow }, order, roles, at) {
                Ok(steps) => steps.iter().map(|step| step.order().status.name()).collect::<Vec<_>>().join(", "),
                Err(refusal) => format!("refused: {}", refusal.why().name()),
            };
            assert_eq!(told, expect, "{follow:?}");
        };
        check(&approved, ops, None, "authorised");
        check(&approved, ops, Some((Action::Capture, "300.00")), "authorised, fully_captured");
        check(&approved, ops, Some((Action::Capture, "100.00")), "authorised, partially_captured");
        check(&approved, ops, Some((Action::Cancel, "300.00")), "authorised, canceled");
        check(&approved, ops, Some((Action::Cancel, "0.01")), "authorised, updated");
        check(&approved, ops, Some((Action::Capture, "300.01")), "refused: amount");
        check(&new, ops, None, "refused: not_yet");
        check(&approved, Roles::default(), None, "refused: not_yours");
    }
}
