//! An action and the full consequence of a step, in words.

use crate::console::orders::shown::Shown;
use crate::desk::providers;
use crate::domain::{Action, Actor, Order, Step, consequence};
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

/// The account that asks the provider for an action on this order, if it is asked.
pub fn carrier(shown: &Shown, action: Action, actor: Actor) -> Option<&str> {
    let sent = providers::is_sent(shown.stored.order.provider(), action, actor);
    shown.related.account.as_deref().filter(|_| sent)
}

/// A consequence that waits for the provider.
pub fn asked(consequence: &str, order: &Order, account: &str) -> String {
    let provider = order.provider().title();
    format!("{provider} is asked first (account {}). When it has done that: {consequence}", crate::text::clean(account))
}
