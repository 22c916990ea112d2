//! An earlier case with the same people, in words.

use crate::cases::Policy;
use crate::domain::{Currency, Money};
use crate::records::Hint;

/// As text: `same buyer: ATP-7 (Damaged), 2026-11-02: settled: seller NGN 0.00, buyer NGN 900.00`.
pub fn words(hint: &Hint, policy: &Policy) -> String {
    let id = hint.order_id.split_once(':').map_or(hint.order_id.as_str(), |(_, id)| id);
    let reason = hint.reason.as_deref().map_or_else(String::new, |code| format!(" ({})", policy.title(code)));
    let money = |minor: i64| {
        let known = Currency::parse(&hint.currency).ok();
        known.map_or_else(|| minor.to_string(), |currency| Money::new(minor, currency).to_string())
    };
    let result = match (hint.basis, hint.to_seller, hint.to_buyer) {
        (Some(basis), Some(seller), Some(buyer)) => {
            format!("{basis}: seller {}, buyer {}", money(seller), money(buyer))
        }
        _ => hint.stage.title().to_owned(),
    };
    format!("same {}: {id}{reason}, {}: {result}", hint.same, hint.opened_at.format("%Y-%m-%d"))
}
