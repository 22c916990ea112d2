//! What a reading of an order shows about a request whose answer is not known. Decided by sums, ids and our own mark; what another
//! one did is not ours.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::{Action, Order, Status, atarapay, tamara};
use crate::wire::call::{Done, Seen};

/// What is known here of an order and of the request.
#[derive(Debug)]
pub struct Known<'a> {
    /// The order as it is here.
    pub order: &'a Order,
    /// The provider's ids that are known here.
    pub references: &'a [String],
    /// What was asked for.
    pub wanted: Done,
    /// When it was written first.
    pub asked_at: DateTime<Utc>,
}

/// What a reading shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It was done: the moves to record.
    Done(Vec<Done>),
    /// Nothing was done since it was asked for.
    Unchanged,
    /// Something else was done, or it cannot be told, in these words.
    Other(String),
}

/// Clocks of ours and of the provider may differ by this much.
const APART: TimeDelta = TimeDelta::minutes(2);

/// What this reading shows about the request.
pub fn found(known: &Known<'_>, seen: &Seen) -> Found {
    match known.wanted.action {
        Action::Authorise => authorised(known, seen),
        Action::Capture => money(known, seen, known.order.facts.captured, seen.captured.map(|sum| sum.minor)),
        Action::Refund => money(known, seen, known.order.facts.refunded, seen.refunded.map(|sum| sum.minor)),
        Action::Cancel if known.wanted.amount.is_some() => {
            money(known, seen, known.order.facts.canceled, seen.canceled.map(|sum| sum.minor))
        }
        Action::Cancel => reached(known, seen, &[atarapay::Status::Cancelled.status()]),
        Action::Deliver => {
            use atarapay::Status as A;
            let past = [A::AwaitingBuyerResponse, A::Accepted, A::Dispute, A::Disputed, A::Completed];
            reached(known, seen, &past.map(A::status))
        }
        other => Found::Other(format!("{} cannot be asked for", other.name())),
    }
}

/// A move without an amount: the status shows it.
fn reached(known: &Known<'_>, seen: &Seen, past: &[Status]) -> Found {
    match seen.status {
        Some(status) if past.contains(&status) => Found::Done(vec![known.wanted.clone()]),
        Some(status) if status == known.order.status => Found::Unchanged,
        _ => Found::Other(format!("the provider has the order as {}", seen.word)),
    }
}

/// Authorised, and captured where the provider did that with it.
fn authorised(known: &Known<'_>, seen: &Seen) -> Found {
    use tamara::Status as T;
    let past =
        [T::Authorised, T::Updated, T::PartiallyCaptured, T::FullyCaptured, T::PartiallyRefunded, T::FullyRefunded];
    match reached(known, seen, &past.map(T::status)) {
        Found::Done(mut moves) => {
            if seen.status == Some(T::FullyCaptured.status())
                && let [only] = new_moves(known, seen, Action::Capture).as_slice()
            {
                moves.push((*only).clone());
            }
            Found::Done(moves)
        }
        other => other,
    }
}

/// The moves of this kind that are not known here, and not older than the request.
fn new_moves<'a>(known: &Known<'_>, seen: &'a Seen, action: Action) -> Vec<&'a Done> {
    let is_new = |done: &&Done| {
        done.action == action
            && done.reference.as_ref().is_some_and(|reference| !known.references.contains(reference))
            && done.at.is_none_or(|at| at >= known.asked_at - APART)
    };
    seen.moves.iter().filter(is_new).collect()
}

/// A move with an amount: our own mark shows it, or one new id with the same amount. Equal sums show that nothing was done.
fn money(known: &Known<'_>, seen: &Seen, before: i64, now: Option<i64>) -> Found {
    let wanted = &known.wanted;
    let marked = seen
        .moves
        .iter()
        .find(|done| wanted.mark.is_some() && done.action == wanted.action && done.mark == wanted.mark);
    if let Some(done) = marked {
        return Found::Done(vec![done.clone()]);
    }
    let fresh = new_moves(known, seen, wanted.action);
    // What has another one's mark is another one's.
    let same: Vec<&&Done> = fresh.iter().filter(|done| done.amount == wanted.amount && done.mark.is_none()).collect();
    match same.as_slice() {
        [done] => return Found::Done(vec![(**done).clone()]),
        [] => {}
        several => {
            let words = format!("the provider shows {} such moves that are not known here", several.len());
            return Found::Other(words);
        }
    }
    // Where nothing more can be captured or given back, and the sums are as before, it was not done.
    let ended =
        [tamara::Status::Expired, tamara::Status::Canceled, tamara::Status::Declined].map(tamara::Status::status);
    let same = seen.status == Some(known.order.status) || seen.status.is_some_and(|status| ended.contains(&status));
    let nothing_new = fresh.is_empty() && same;
    match now {
        Some(sum) if sum == before && nothing_new => Found::Unchanged,
        // The provider leaves out a sum of zero.
        None if before == 0 && nothing_new => Found::Unchanged,
        _ => Found::Other(format!("the provider shows other sums; it has the order as {}", seen.word)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Ask, By, Currency, Money, OrderKey, TAMARA, decide};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn money(minor: i64) -> Money {
        Money::new(minor, Currency::Sar)
    }

    /// An order of SAR 300.00, authorised, of which these parts are captured.
    fn order(captured: &[i64]) -> Order {
        use crate::domain::Actor::{Merchant, Provider};
        let mut order = Order::open(OrderKey::new(TAMARA, "T-1").unwrap(), money(30_000), at("2026-11-20T08:00:00Z"));
        let mut moves = vec![(Action::Approve, Provider, None), (Action::Authorise, Merchant, None)];
        moves.extend(captured.iter().map(|minor| (Action::Capture, Merchant, Some(money(*minor)))));
        for (action, actor, amount) in moves {
            let ask = Ask { amount, ..Ask::new(action, actor, at("2026-11-20T09:00:00Z"), By::Notice) };
            order = decide(&order, &ask).unwrap().into_order();
        }
        order
    }

    fn seen(status: tamara::Status, captured: Option<i64>, moves: &[(&str, i64, &str)]) -> Seen {
        let moves = moves.iter().map(|(id, minor, when)| Done {
            amount: Some(money(*minor)),
            reference: Some((*id).to_owned()),
            at: Some(at(when)),
            ..Done::new(Action::Capture)
        });
        Seen {
            status: Some(status.status()),
            word: status.status().name().to_owned(),
            amount: Some(money(30_000)),
            captured: captured.map(money),
            canceled: None,
            refunded: None,
            created_at: None,
            expires_at: None,
            buyer: None,
            numbers: Vec::new(),
            moves: moves.collect(),
        }
    }

    fn check(order: &Order, minor: i64, seen: &Seen, expect: &str) {
        let wanted = Done { amount: Some(money(minor)), ..Done::new(Action::Capture) };
        let references = ["known".to_owned()];
        let known = Known { order, references: &references, wanted, asked_at: at("2026-11-20T10:00:00Z") };
        let got = match found(&known, seen) {
            Found::Done(moves) => format!("done {}", moves[0].reference.clone().unwrap_or_default()),
            Found::Unchanged => "unchanged".to_owned(),
            Found::Other(_) => "other".to_owned(),
        };
        assert_eq!(got, expect, "{seen:?}");
    }

    #[test]
    fn a_new_id_with_the_same_amount_is_ours() {
        use tamara::Status::{Authorised, PartiallyCaptured};
        let now = "2026-11-20T10:00:05Z";
        let plain = order(&[]);
        check(&plain, 100, &seen(PartiallyCaptured, Some(100), &[("c1", 100, now)]), "done c1");
        check(&plain, 100, &seen(Authorised, None, &[]), "unchanged");
        check(&plain, 100, &seen(Authorised, Some(0), &[]), "unchanged");
        check(&plain, 100, &seen(PartiallyCaptured, Some(250), &[("c1", 250, now)]), "other");
        check(&plain, 100, &seen(PartiallyCaptured, Some(200), &[("c1", 100, now), ("c2", 100, now)]), "other");
        check(&plain, 100, &seen(PartiallyCaptured, Some(100), &[]), "other");
        check(&plain, 100, &seen(PartiallyCaptured, Some(0), &[]), "other");
        check(&plain, 100, &seen(tamara::Status::Expired, Some(0), &[]), "unchanged");
    }

    #[test]
    fn what_was_known_or_older_is_not_ours() {
        use tamara::Status::PartiallyCaptured;
        let now = "2026-11-20T10:00:05Z";
        let before = order(&[100]);
        check(&before, 100, &seen(PartiallyCaptured, Some(100), &[("known", 100, now)]), "unchanged");
        check(&before, 100, &seen(PartiallyCaptured, Some(200), &[("known", 100, now), ("c2", 100, now)]), "done c2");
        // It was made an hour before ours: on the provider's own pages.
        check(&before, 100, &seen(PartiallyCaptured, Some(200), &[("c2", 100, "2026-11-20T09:00:00Z")]), "other");
    }

    #[test]
    fn our_own_mark_decides() {
        let order = order(&[30_000]);
        let refund = |mark: Option<&str>| Done {
            amount: Some(money(100)),
            reference: Some("r1".to_owned()),
            mark: mark.map(str::to_owned),
            ..Done::new(Action::Refund)
        };
        let check = |mark: Option<&str>, expect: bool| {
            let mut seen = seen(tamara::Status::PartiallyRefunded, Some(30_000), &[]);
            seen.moves = vec![refund(mark)];
            seen.refunded = Some(money(100));
            let wanted = Done { mark: Some("m-1".to_owned()), ..refund(None) };
            let known = Known { order: &order, references: &[], wanted, asked_at: at("2026-11-20T10:00:00Z") };
            assert_eq!(matches!(found(&known, &seen), Found::Done(_)), expect, "{mark:?}");
        };
        check(Some("m-1"), true);
        check(None, true);
        check(Some("m-2"), false);
    }

    #[test]
    fn a_status_shows_an_authorisation() {
        use tamara::Status::{Approved, Authorised, Expired, FullyCaptured};
        let approved = {
            let order = Order::open(OrderKey::new(TAMARA, "T-1").unwrap(), money(30_000), at("2026-11-20T08:00:00Z"));
            let ask = Ask::new(Action::Approve, crate::domain::Actor::Provider, at("2026-11-20T09:00:00Z"), By::Notice);
            decide(&order, &ask).unwrap().into_order()
        };
        let check = |status, moves: &[(&str, i64, &str)], expect: &str| {
            let wanted = Done::new(Action::Authorise);
            let known = Known { order: &approved, references: &[], wanted, asked_at: at("2026-11-20T10:00:00Z") };
            let got = match found(&known, &seen(status, None, moves)) {
                Found::Done(moves) => moves.iter().map(|done| done.action.name()).collect::<Vec<_>>().join(" "),
                Found::Unchanged => "unchanged".to_owned(),
                Found::Other(words) => words,
            };
            assert_eq!(got, expect);
        };
        check(Authorised, &[], "authorise");
        check(FullyCaptured, &[("c1", 30_000, "2026-11-20T10:00:01Z")], "authorise capture");
        check(Approved, &[], "unchanged");
        check(Expired, &[], "the provider has the order as expired");
    }
}
