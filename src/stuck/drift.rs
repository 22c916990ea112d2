//! Drift: our status of an order and the one that the provider last answered differ. The program writes this table into the
//! database as rows, so that drift is counted there and judged here by one law. Sums are compared there.

use crate::domain::{Provider, Status, atarapay, tamara};
use crate::records::Cause;

/// How our status and the provider's answer differ; `None` if they agree, or if the answer proves nothing.
/// `unproven` says whether a move of ours that should have reached the provider is not confirmed, or the answer is newer than all that the
/// provider told of the order.
pub fn drift(ours: Status, theirs: Status, unproven: bool) -> Option<Cause> {
    if ours == theirs || ours.provider() != theirs.provider() {
        return None;
    }
    let late = unproven && theirs.reaches(ours);
    match (is_lost(ours), is_lost(theirs)) {
        (true, true) => None,
        (true, false) if late && ours != tamara::Status::Expired.status() => Some(Cause::ProviderBehind),
        (true, false) => Some(Cause::EndedHere),
        (false, true) => (!ours.is_final() || unproven).then_some(Cause::ProviderEnded),
        (false, false) if ours.reaches(theirs) && ours == tamara::Status::New.status() => Some(Cause::WebhookMissing),
        (false, false) if ours.reaches(theirs) => Some(Cause::ProviderAhead),
        (false, false) => late.then_some(Cause::ProviderBehind),
    }
}

/// Whether an order was canceled, was declined or has expired.
fn is_lost(status: Status) -> bool {
    use tamara::Status::{Canceled, Declined, Expired};
    [Canceled, Declined, Expired].into_iter().any(|lost| status == lost) || status == atarapay::Status::Cancelled
}

/// Every pair of statuses that differ, with whether our status is unproven, and what that is.
pub fn table() -> impl Iterator<Item = (Status, Status, bool, Cause)> {
    let pairs = Provider::all().iter().flat_map(|provider| {
        let all: Vec<Status> = provider.statuses();
        all.clone().into_iter().flat_map(move |ours| all.clone().into_iter().map(move |theirs| (ours, theirs)))
    });
    pairs.flat_map(|(ours, theirs)| {
        [false, true].into_iter().filter_map(move |late| Some((ours, theirs, late, drift(ours, theirs, late)?)))
    })
}

/// Whether an answer of this status proves a move from one status to another: it could not be there without the move.
/// A status proves no single one of several captures or refunds.
pub fn proves(said: Status, from: Status, to: Status) -> bool {
    use tamara::Status::{Authorised, Canceled, FullyCaptured, FullyRefunded};
    let whole = [Authorised, Canceled, FullyCaptured, FullyRefunded].into_iter().any(|status| to == status);
    let further = to == Authorised.status() && to.reaches(said) && !is_lost(said);
    from != to && ((whole && said == to) || further)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::tamara::Status as T;

    #[test]
    fn every_difference_has_a_name() {
        let check = |ours: T, theirs: T, late: bool, expect| {
            assert_eq!(drift(ours.status(), theirs.status(), late), expect, "{ours:?} {theirs:?} {late}");
        };
        check(T::New, T::Approved, false, Some(Cause::WebhookMissing));
        check(T::New, T::FullyCaptured, false, Some(Cause::WebhookMissing));
        check(T::New, T::Expired, false, Some(Cause::ProviderEnded));
        check(T::Approved, T::Approved, true, None);
        check(T::Approved, T::Authorised, false, Some(Cause::ProviderAhead));
        check(T::Authorised, T::FullyCaptured, false, Some(Cause::ProviderAhead));
        check(T::Authorised, T::Approved, true, Some(Cause::ProviderBehind));
        // The provider told us of it, and an answer can be older than what it told.
        check(T::Authorised, T::Approved, false, None);
        check(T::Expired, T::Authorised, false, Some(Cause::EndedHere));
        check(T::Expired, T::Approved, true, Some(Cause::EndedHere));
        check(T::Canceled, T::Authorised, true, Some(Cause::ProviderBehind));
        check(T::Canceled, T::FullyCaptured, false, Some(Cause::EndedHere));
        check(T::Canceled, T::Expired, true, None);
        check(T::FullyRefunded, T::Canceled, false, None);
        check(T::FullyCaptured, T::Expired, true, Some(Cause::ProviderEnded));
    }

    #[test]
    fn an_answer_proves_what_must_have_happened() {
        let check = |said: T, from: T, to: T, expect| {
            assert_eq!(proves(said.status(), from.status(), to.status()), expect, "{said:?} {from:?} {to:?}");
        };
        check(T::Authorised, T::Approved, T::Authorised, true);
        check(T::FullyCaptured, T::Approved, T::Authorised, true);
        check(T::FullyCaptured, T::Authorised, T::FullyCaptured, true);
        check(T::Approved, T::Approved, T::Authorised, false);
        check(T::Canceled, T::Approved, T::Authorised, false);
        check(T::PartiallyCaptured, T::Authorised, T::PartiallyCaptured, false);
        check(T::PartiallyCaptured, T::PartiallyCaptured, T::PartiallyCaptured, false);
    }
}
