//! Canned texts, with the order's facts filled in.

use crate::cases::Policy;
use crate::cases::policy::Macro;
use crate::records::OrderRecord;

/// The values for a canned text.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The order.
    pub order: &'a OrderRecord,
    /// Why the buyer rejects, as a code.
    pub reason: Option<&'a str>,
    /// The person who writes.
    pub person: &'a str,
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
        ("{reason}", facts.reason.map(|code| policy.title(code).to_owned())),
        ("{person}", Some(facts.person.to_owned())),
    ];
    // In one pass, so that braces in a name are not filled in again.
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
