//! Canned texts, with the order's facts filled in.

use crate::cases::Policy;
use crate::cases::fill::fill;
use crate::cases::reason::Macro;
use crate::records::{Language, OrderRecord};

/// The values for a canned text.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The order.
    pub order: &'a OrderRecord,
    /// Why the buyer rejects, as a code.
    pub reason: Option<&'a str>,
    /// The person who writes.
    pub person: &'a str,
    /// The language of who reads it.
    pub language: Language,
}

/// The placeholders.
const NAMES: [&str; 7] = ["{order}", "{amount}", "{buyer}", "{seller}", "{merchant}", "{reason}", "{person}"];

/// The first placeholder that is still in the text, if any.
pub fn left_open(text: &str) -> Option<&'static str> {
    NAMES.into_iter().find(|name| text.contains(name))
}

/// Fills in a canned text for this order. A placeholder without a value stays, so that the writer sees what is missing.
pub fn filled(it: &Macro, policy: &Policy, facts: Facts<'_>) -> String {
    let stored = facts.order;
    let known = [
        ("{order}", Some(stored.order.key.id.clone())),
        ("{amount}", Some(stored.order.amount.to_string())),
        ("{buyer}", stored.buyer.clone()),
        ("{seller}", stored.seller.clone()),
        ("{merchant}", stored.merchant.clone()),
        ("{reason}", facts.reason.map(|code| policy.title_in(code, facts.language).to_owned())),
        ("{person}", Some(facts.person.to_owned())),
    ];
    let known = known.each_ref().map(|(name, value)| (*name, value.as_deref()));
    fill(it.text_in(facts.language), &known)
}
