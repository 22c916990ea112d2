//! What a step means for money and order, as a sentence: the question of the console, and what the command line prints.

use super::Status;
use super::decide::Step;
use super::law::{Action, Actor, Pot};
use super::order::{Order, Parts};

/// Who gets what, in a sentence.
pub fn shares(order: &Order, parts: Parts) -> String {
    let (seller, buyer) = (order.money(parts.to_seller), order.money(parts.to_buyer));
    match (parts.to_seller, parts.to_buyer) {
        (_, 0) => format!("the seller gets all of {seller}"),
        (0, _) => format!("the buyer gets all of {buyer} back"),
        _ => format!("the buyer gets {buyer}, the seller {seller}"),
    }
}

/// The full consequence of a step, shown before it is taken: what moves and the order's next status.
///
/// # Examples
///
/// ```
/// use chrono::{DateTime, Utc};
/// use recourse::domain::{Action, Actor, Ask, By, Currency, Money, Order, OrderKey, consequence, decide};
///
/// let at: DateTime<Utc> = "2026-11-01T08:00:00Z".parse().unwrap();
/// let key = OrderKey::parse("tamara:T-1001").unwrap();
/// let order = Order::open(key, Money::new(30_000, Currency::Sar), at);
///
/// let approve = Ask::new(Action::Approve, Actor::Provider, at, By::Fact);
/// let approved = decide(&order, &approve).unwrap().into_order();
/// let step = decide(&approved, &Ask::new(Action::Authorise, Actor::Merchant, at, By::Fact)).unwrap();
/// assert_eq!(
///     consequence::of(&step),
///     "SAR 300.00 is authorised. The order becomes Authorised; this cannot be undone."
/// );
/// ```
pub fn of(step: &Step) -> String {
    let order = step.order();
    let what = match (step.action(), step.amount()) {
        (Action::Authorise, _) => format!("{} is authorised", order.amount),
        (Action::Capture, Some(amount)) => format!("{amount} is captured and joins the next settlement"),
        (Action::Cancel, Some(amount)) => format!("{amount} is canceled"),
        (Action::Refund, Some(amount)) if ends_captures(step) => {
            let rest = order.money(order.facts.authorised - order.facts.canceled - order.facts.captured);
            format!("{amount} goes back to the customer, and the uncaptured {rest} can no longer be captured")
        }
        (Action::Refund, Some(amount)) => format!("{amount} goes back to the customer"),
        (
            Action::Approve
            | Action::Decline
            | Action::Capture
            | Action::Cancel
            | Action::Refund
            | Action::Expire
            | Action::Deliver
            | Action::Accept
            | Action::Reject
            | Action::AgreeSecondDelivery
            | Action::ConfirmGoodCondition
            | Action::ReportBadCondition
            | Action::RaiseDispute
            | Action::Withdraw
            | Action::Settle
            | Action::Complete,
            _,
        ) => match order.facts.parts {
            Some(parts) if step.action() == Action::Complete => format!("the money moved: {}", shares(order, parts)),
            Some(parts) => shares(order, parts),
            None => format!("{} by {} is recorded", step.action().title().to_lowercase(), step.actor().title()),
        },
    };
    let mut letters = what.chars();
    let what: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    if order.status == step.from() && order.standing() == order.status.title() {
        return format!("{what}. The order stays {}; this cannot be undone.", order.status);
    }
    format!("{what}. The order becomes {}; this cannot be undone.", order.standing())
}

/// Whether something is uncaptured that can be captured no more after this step.
pub fn ends_captures(step: &Step) -> bool {
    let after = step.order();
    step.action() == Action::Refund
        && step.from().offers(Action::Capture)
        && !after.status.offers(Action::Capture)
        && after.facts.left(Pot::Uncaptured) > 0
}

/// The status, with the actor where its name says who: "Cancelled by buyer".
pub fn by_whom(to: Status, actor: Actor) -> String {
    if to.row().names_actor { format!("{to} by {}", actor.title()) } else { to.title().to_owned() }
}
