//! An action and the full consequence of a step, in words.

use crate::domain::{Action, Actor, Step, consequence};
use crate::records::OrderRecord;

/// The full consequence of a step, with the fee that the provider deducts automatically.
pub fn consequence(step: &Step, stored: &OrderRecord) -> String {
    let told = consequence::of(step);
    match stored.cancellation_fee.filter(|fee| step.action() == Action::Cancel && *fee > 0) {
        Some(fee) => format!("{told} The provider deducts its cancellation fee of {}.", stored.order.money(fee)),
        None => told,
    }
}

/// An action, and on whose behalf it is recorded.
pub fn title(action: Action, actor: Actor) -> String {
    let by = if actor.is_us() { String::new() } else { format!(", {}", actor.title()) };
    format!("{}{by}", action.title())
}
