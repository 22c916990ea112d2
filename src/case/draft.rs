//! Canned texts, with the order's facts filled in.

use super::Policy;
use super::policy::Macro;
use crate::store::Stored;

/// What a canned text is filled in from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The order.
    pub order: &'a Stored,
    /// Why the buyer rejects, as a code.
    pub reason: Option<&'a str>,
    /// Who writes.
    pub person: &'a str,
}

/// What can be filled in.
const NAMES: [&str; 7] = ["{order}", "{amount}", "{buyer}", "{seller}", "{merchant}", "{reason}", "{person}"];

/// What was not known, and still stands in its braces.
pub fn left_open(text: &str) -> Option<&'static str> {
    NAMES.into_iter().find(|name| text.contains(name))
}

/// A canned text for this order. What is not known stays in its braces: whoever writes sees that something is missing.
pub fn filled(it: &Macro, policy: &Policy, facts: Facts<'_>) -> String {
    let stored = facts.order;
    let known = [
        ("{order}", Some(stored.order.key.id.clone())),
        ("{amount}", Some(stored.order.amount.to_string())),
        ("{buyer}", stored.buyer.clone()),
        ("{seller}", stored.seller.clone()),
        ("{merchant}", stored.merchant.clone()),
        ("{reason}", facts.reason.map(|code| policy.title(code).to_owned())),
        ("{person}", Some(facts.person.to_owned())),
    ];
    // In one go: a name that holds braces is not filled in again.
    let (mut text, mut rest) = (String::new(), it.text.as_str());
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let found =
            known.iter().find_map(|(name, value)| Some((*name, value.as_ref()?)).filter(|_| rest.starts_with(name)));
        match found {
            Some((name, value)) => {
                text.push_str(value);
                rest = &rest[name.len()..];
            }
            None => {
                text.push('{');
                rest = &rest[1..];
            }
        }
    }
    text + rest
}
