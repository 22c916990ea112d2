//! Lives of orders, written down: what happens when, who does it, and where each life ends. Nothing here asks the program.

use serde_json::{Value, json};

/// Something that happens in a life.
#[derive(Debug, Clone, Copy)]
pub enum Does {
    /// The provider, or a party through it: actor, action, and further fields of the fact.
    Told(&'static str, &'static str, &'static [(&'static str, &'static str)]),
    /// A person runs a command on the order, whose id stands in place of the mark `#`.
    Asks(&'static str, &'static [&'static str]),
    /// The shop's own system does this at the provider: action and amount.
    Shop(&'static str, &'static str),
    /// The provider gives the order this status, and tells no one.
    Ends(&'static str),
}
use Does::{Asks, Ends, Shop, Told};

/// One kind of life: the steps, each with its hour after the opening; the end.
pub struct Life {
    pub provider: &'static str,
    pub amount: &'static str,
    pub steps: &'static [(i64, Does)],
    pub end: End,
}

/// Where a life ends: the status, and the amounts that the program shows, in major units.
pub struct End {
    pub status: &'static str,
    pub amounts: &'static [(&'static str, &'static str)],
    /// What the desk decided and paid, if there was a dispute: to the seller and to the buyer.
    pub decided: Option<(&'static str, &'static str)>,
}

const fn end(status: &'static str, amounts: &'static [(&'static str, &'static str)]) -> End {
    End { status, amounts, decided: None }
}

const fn decided(to_seller: &'static str, to_buyer: &'static str) -> End {
    End { status: "completed", amounts: &[], decided: Some((to_seller, to_buyer)) }
}

const APPROVED: (i64, Does) = (0, Told("provider", "approve", &[]));
const DELIVERED: (i64, Does) = (10, Told("courier", "deliver", &[]));
const REJECTED: (i64, Does) = (20, Told("buyer", "reject", &[]));
const BAD: (i64, Does) = (30, Told("seller", "report_bad_condition", &[]));
const RAISED: (i64, Does) = (40, Told("seller", "raise_dispute", &[]));
const TAKEN: (i64, Does) = (50, Asks("ada", &["case", "take", "#"]));

#[rustfmt::skip]
pub const LIVES: &[Life] = &[
    Life { provider: "tamara", amount: "300.00", end: end("fully_captured", &[("captured", "300.00")]), steps: &[
        APPROVED,
        (20, Asks("cy", &["act", "#", "authorise"])),
        (40, Told("merchant", "capture", &[("amount", "300.00"), ("reference", "cap-#")])),
    ] },
    Life { provider: "tamara", amount: "300.00", end: end("partially_refunded", &[("captured", "100.00"), ("refunded", "40.00")]), steps: &[
        APPROVED,
        (5, Told("merchant", "authorise", &[])),
        (30, Told("merchant", "capture", &[("amount", "100.00"), ("reference", "cap-#")])),
        (60, Told("merchant", "refund", &[("amount", "40.00"), ("reference", "ref-#")])),
    ] },
    Life { provider: "tamara", amount: "75.50", end: end("canceled", &[("canceled", "75.50")]), steps: &[
        APPROVED,
        (3, Told("merchant", "authorise", &[])),
        (50, Asks("cy", &["act", "#", "cancel", "--amount", "75.50"])),
    ] },
    Life { provider: "tamara", amount: "19.99", end: end("expired", &[]), steps: &[APPROVED] },
    Life { provider: "tamara", amount: "20.00", end: end("expired", &[]), steps: &[] },
    Life { provider: "tamara", amount: "10.00", end: end("declined", &[]), steps: &[(0, Told("provider", "decline", &[]))] },
    Life { provider: "atarapay", amount: "1500.00", end: end("completed", &[]), steps: &[
        DELIVERED,
        (30, Told("buyer", "accept", &[])),
        (60, Told("provider", "complete", &[("reference", "pay-#")])),
    ] },
    Life { provider: "atarapay", amount: "1500.00", end: end("completed", &[]), steps: &[
        DELIVERED, REJECTED,
        (30, Told("seller", "agree_second_delivery", &[])),
        (50, Told("courier", "deliver", &[])),
        (70, Told("buyer", "accept", &[])),
        (90, Told("provider", "complete", &[("reference", "pay-#")])),
    ] },
    Life { provider: "atarapay", amount: "1500.00", end: end("cancelled", &[]), steps: &[(8, Told("buyer", "cancel", &[]))] },
    Life { provider: "atarapay", amount: "1500.00", end: end("completed", &[]), steps: &[
        DELIVERED, REJECTED,
        (30, Told("seller", "confirm_good_condition", &[])),
        (60, Told("provider", "complete", &[("reference", "back-#")])),
    ] },
    Life { provider: "atarapay", amount: "4500.00", end: decided("2700.00", "1800.00"), steps: &[
        DELIVERED, REJECTED, BAD, RAISED, TAKEN,
        (51, Asks("ada", &["case", "message", "#", "--to", "buyer", "--wait", "Please send photos."])),
        (70, Asks("ada", &["case", "reply", "#", "--from", "buyer", "Here they are."])),
        (80, Asks("ada", &["case", "decide", "#", "--to-seller", "60%", "--reason", "damaged", "--rationale", "usable"])),
        (90, Asks("ada", &["case", "payout", "#", "--to", "seller", "--confirm", "TRF-1-#"])),
        (91, Asks("ada", &["case", "payout", "#", "--to", "buyer", "--confirm", "TRF-2-#"])),
    ] },
    Life { provider: "atarapay", amount: "2500000.00", end: decided("2500000.00", "0.00"), steps: &[
        DELIVERED, REJECTED, BAD, RAISED, TAKEN,
        (51, Asks("ada", &["case", "decide", "#", "--pay-seller", "--reason", "wrong_item", "--rationale", "numbers match"])),
        (70, Asks("ben", &["case", "approve", "#"])),
        (90, Asks("ada", &["case", "payout", "#", "--failed", "account closed"])),
        (100, Asks("ada", &["case", "payout", "#", "--reopen"])),
        (110, Asks("ben", &["case", "payout", "#", "--confirm", "TRF-3-#"])),
    ] },
    Life { provider: "atarapay", amount: "900.00", end: decided("900.00", "0.00"), steps: &[
        DELIVERED, REJECTED, BAD, RAISED, TAKEN,
        (60, Told("buyer", "withdraw", &[])),
        (90, Asks("ada", &["case", "payout", "#", "--confirm", "TRF-4-#"])),
    ] },
];

/// Lives of orders whose account sends: what people do is asked of the provider. With the status that each has there at the end.
#[rustfmt::skip]
pub const ASKED: &[(Life, &str)] = &[
    (Life { provider: "tamara", amount: "300.00", end: end("fully_captured", &[("captured", "300.00")]), steps: &[
        APPROVED,
        (10, Asks("cy", &["act", "#", "authorise"])),
        (30, Shop("capture", "300.00")),
    ] }, "fully_captured"),
    (Life { provider: "tamara", amount: "300.00", end: end("partially_refunded", &[("captured", "100.00"), ("refunded", "40.00")]), steps: &[
        APPROVED,
        (5, Asks("cy", &["act", "#", "authorise"])),
        (20, Asks("cy", &["act", "#", "capture", "--amount", "100.00"])),
        (50, Asks("cy", &["act", "#", "refund", "--amount", "40.00"])),
    ] }, "partially_refunded"),
    (Life { provider: "tamara", amount: "75.50", end: end("canceled", &[("canceled", "75.50")]), steps: &[
        APPROVED,
        (5, Shop("authorise", "75.50")),
        (30, Asks("cy", &["act", "#", "cancel", "--amount", "75.50"])),
    ] }, "canceled"),
    (Life { provider: "tamara", amount: "19.99", end: end("expired", &[]), steps: &[APPROVED, (71, Ends("expired"))] }, "expired"),
    (Life { provider: "tamara", amount: "120.00", end: end("fully_refunded", &[("captured", "120.00"), ("refunded", "120.00")]), steps: &[
        APPROVED,
        (5, Shop("authorise", "120.00")),
        (20, Shop("capture", "120.00")),
        (40, Shop("refund", "20.00")),
        (60, Asks("cy", &["act", "#", "refund", "--amount", "100.00"])),
    ] }, "fully_refunded"),
    (Life { provider: "atarapay", amount: "1500.00", end: end("completed", &[]), steps: &[
        (10, Asks("ada", &["act", "#", "deliver", "--for", "courier", "--note", "told by phone", "--phone", "0803 555 0147"])),
        (40, Told("buyer", "accept", &[])),
        (60, Told("provider", "complete", &[("reference", "pay-#")])),
    ] }, "awaiting_buyer_response"),
    (Life { provider: "atarapay", amount: "1500.00", end: end("cancelled", &[]), steps: &[
        (8, Asks("ada", &["act", "#", "cancel", "--for", "seller", "--note", "told by phone"])),
    ] }, "cancelled"),
];

/// The line of a fact about an order.
pub fn line(life: &Life, order: &str, at: &str, actor: &str, action: &str, more: &[(&str, &str)]) -> String {
    let mut line =
        json!({"type": "moved", "provider": life.provider, "order": order, "at": at, "actor": actor, "action": action});
    let fields = line.as_object_mut().unwrap();
    for (name, value) in more {
        fields.insert((*name).to_owned(), Value::from(value.replace('#', order)));
    }
    line.to_string()
}

/// The line that opens an order of a merchant.
pub fn opened(life: &Life, order: &str, at: &str, merchant: &str) -> String {
    let currency = if life.provider == "tamara" { "SAR" } else { "NGN" };
    json!({"type": "opened", "provider": life.provider, "order": order, "at": at, "currency": currency, "amount": life.amount,
        "merchant": merchant, "buyer": "Ngozi Eze 0803 555 0147", "seller": "Aba Leather"})
    .to_string()
}
