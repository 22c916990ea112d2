//! The history of an order's people in words: a line for each earlier order, and what it all sums up to.

use std::collections::BTreeMap;

use crate::cases::Policy;
use crate::domain::{Currency, Money};
use crate::records::{DecisionBasis, Met, Shared};

/// What the earlier orders of one kind of match sum up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// Different orders.
    pub orders: usize,
    /// Cases.
    pub cases: usize,
    /// Cases in which the buyer got everything, the seller did, or both got a part; and those that a party withdrew.
    pub outcomes: [usize; 4],
    /// By currency, the amounts of the orders, in minor units.
    pub amounts: BTreeMap<String, i64>,
}

/// The kinds of match that a history has, the strongest first.
pub const KINDS: [Shared; 3] = [Shared::Phone, Shared::Buyer, Shared::Seller];

/// The sums of one kind of match.
pub fn sums(history: &[Met], same: Shared) -> Sums {
    let mut sums = Sums::default();
    let mut before = None;
    for met in history.iter().filter(|met| met.same == same) {
        if before != Some(&met.order_id) {
            sums.orders += 1;
            *sums.amounts.entry(met.currency.clone()).or_default() += met.amount;
        }
        before = Some(&met.order_id);
        sums.cases += usize::from(met.number.is_some());
        let at = match (met.basis, met.to_seller, met.to_buyer) {
            (Some(DecisionBasis::Withdrawn), ..) => 3,
            (Some(_), Some(0), _) => 0,
            (Some(_), _, Some(0)) => 1,
            (Some(_), ..) => 2,
            (None, ..) => continue,
        };
        sums.outcomes[at] += 1;
    }
    sums
}

fn money(minor: i64, code: &str) -> String {
    Currency::parse(code).map_or_else(|_| minor.to_string(), |currency| Money::new(minor, currency).to_string())
}

/// The sums of one kind of match, as a sentence; `None` if there is no such order.
pub fn summed(history: &[Met], same: Shared) -> Option<String> {
    let sums = sums(history, same);
    if sums.orders == 0 {
        return None;
    }
    let some = |count: usize, one: &str, many: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    };
    let [buyer, seller, both, withdrawn] = sums.outcomes;
    let ended = [(buyer, "for the buyer"), (seller, "for the seller"), (both, "split"), (withdrawn, "withdrawn")];
    let ended: Vec<String> =
        ended.iter().filter(|it| it.0 > 0).map(|(count, words)| format!("{count} {words}")).collect();
    let amounts: Vec<String> = sums.amounts.iter().map(|(code, minor)| money(*minor, code)).collect();
    let ended = if ended.is_empty() { String::new() } else { format!(": {}", ended.join(", ")) };
    let (orders, cases) = (some(sums.orders, "order", "orders"), some(sums.cases, "case", "cases"));
    Some(format!("same {same}: {orders}, {}; {cases}{ended}", amounts.join(" and ")))
}

/// One earlier order as text: `ATP-7, NGN 900.00, 2026-11-02: damaged, settled: seller NGN 0.00, buyer NGN 900.00`.
pub fn words(met: &Met, policy: &Policy) -> String {
    let money = |minor| money(minor, &met.currency);
    let head = format!("{}, {}, {}", met.id(), money(met.amount), met.opened_at.format("%Y-%m-%d"));
    let Some(stage) = met.stage else { return format!("{head}: {}, no dispute", met.status.replace('_', " ")) };
    let reason = met.reason.as_deref().map_or("no reason", |code| policy.title(code));
    match (met.basis, met.to_seller, met.to_buyer) {
        (Some(basis), Some(seller), Some(buyer)) => {
            format!("{head}: {reason}, {basis}: seller {}, buyer {}", money(seller), money(buyer))
        }
        _ => format!("{head}: {reason}, {stage}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::cases::history::*;
    use crate::records::CaseStage;

    fn met(order: &str, number: Option<i32>, split: Option<(i64, i64)>) -> Met {
        Met {
            same: Shared::Phone,
            order_id: format!("atarapay:{order}"),
            status: "completed".to_owned(),
            currency: "NGN".to_owned(),
            amount: 90_000,
            opened_at: "2026-11-02T08:00:00Z".parse().unwrap(),
            number,
            reason: number.map(|_| "damaged".to_owned()),
            stage: number.map(|_| CaseStage::Closed),
            case_at: None,
            basis: split.map(|_| DecisionBasis::Settled),
            to_seller: split.map(|it| it.0),
            to_buyer: split.map(|it| it.1),
        }
    }

    #[test]
    fn a_history_is_summed_up() {
        let history =
            [met("A", Some(2), Some((0, 90_000))), met("A", Some(1), Some((90_000, 0))), met("B", None, None)];
        let expect = "same phone: 2 orders, NGN 1,800.00; 2 cases: 1 for the buyer, 1 for the seller";
        assert_eq!(summed(&history, Shared::Phone).as_deref(), Some(expect));
        assert_eq!(summed(&history, Shared::Buyer), None);
        let policy = Policy::empty();
        assert_eq!(words(&history[2], &policy), "B, NGN 900.00, 2026-11-02: completed, no dispute");
        assert_eq!(
            words(&history[0], &policy),
            "A, NGN 900.00, 2026-11-02: damaged, settled: seller NGN 0.00, buyer NGN 900.00"
        );
    }
}
