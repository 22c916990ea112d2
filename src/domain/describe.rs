//! Describes the law for people: tables, diagrams and sentences, all made from its rows.

use std::fmt::{self, Write};

use super::decide::Step;
use super::law::{Action, Actor, Guard, Milestone, Pot, Rule, Wait};
use super::order::{Order, Parts};
use super::{Provider, Status};

impl fmt::Display for Pot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Uncaptured => "uncaptured",
            Self::Refundable => "refundable",
        })
    }
}

impl fmt::Display for Milestone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Creation => "creation",
            Self::Approval => "approval",
            Self::Authorisation => "authorisation",
        })
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hours = self.minutes / 60;
        match (hours, self.minutes % 60) {
            (0, minutes) => write!(f, "{minutes} minutes")?,
            (..=72, _) => write!(f, "{hours} hours")?,
            _ => write!(f, "{} days", hours / 24)?,
        }
        write!(f, " after {}", self.since)
    }
}

/// The condition in words; empty if there is none.
impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => Ok(()),
            Self::After(wait) => wait.fmt(f),
            Self::Part(pot) => write!(f, "part of the {pot}"),
            Self::All(pot) => write!(f, "all of the {pot}"),
            Self::Any(pot) => write!(f, "any of the {pot}"),
            Self::RefundLeavesSome => f.write_str("part, or all while something stays uncaptured"),
            Self::RefundLeavesNone => f.write_str("all, nothing uncaptured"),
            Self::NoRejectionPending => f.write_str("no rejection pending"),
            Self::RejectionPending => f.write_str("rejection pending"),
            Self::FirstRejectionPending => f.write_str("rejection pending, attempt 1"),
            Self::PartsSumToHeld => f.write_str("outcome given, parts sum exactly to held"),
        }
    }
}

/// The seven columns of the law's table.
pub const COLUMNS: [&str; 7] = ["from", "actor", "action", "when", "to", "basis", "remark"];

/// One rule as the cells of [`COLUMNS`].
pub fn cells(from: Status, rule: &Rule) -> [String; 7] {
    [
        from.title().to_owned(),
        rule.actor.title().to_owned(),
        rule.action.name().to_owned(),
        rule.guard.to_string(),
        rule.to.title().to_owned(),
        rule.basis.name().to_owned(),
        rule.remark.to_owned(),
    ]
}

/// A provider's law as a Markdown table, followed by the definitions of its statuses.
pub fn markdown(provider: Provider) -> String {
    let mut text = format!("| {} |\n|{}\n", COLUMNS.join(" | "), " --- |".repeat(COLUMNS.len()));
    for (from, rule) in provider.rules() {
        _ = writeln!(text, "| {} |", cells(from, rule).join(" | "));
    }
    text.push_str("\n| status | on the wire | definition |\n| --- | --- | --- |\n");
    for status in provider.statuses() {
        _ = writeln!(text, "| {} | `{}` | {} |", status.title(), status.name(), status.definition());
    }
    text
}

/// A provider's law as a Mermaid state diagram.
pub fn mermaid(provider: Provider) -> String {
    let mut text = String::from("stateDiagram-v2\n");
    for status in provider.statuses() {
        _ = writeln!(text, "    {}: {}", status.name(), status.title());
    }
    _ = writeln!(text, "    [*] --> {}", provider.start().name());
    for (from, rule) in provider.rules() {
        let guard = rule.guard.to_string();
        let when = if guard.is_empty() { guard } else { format!(" ({guard})") };
        let (actor, action) = (rule.actor.title(), rule.action.title().to_lowercase());
        _ = writeln!(text, "    {} --> {}: {actor} {action}{when}", from.name(), rule.to.name());
    }
    for status in provider.statuses().into_iter().filter(|status| status.is_final()) {
        _ = writeln!(text, "    {} --> [*]", status.name());
    }
    text
}

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
/// use recourse::domain::{Action, Actor, Ask, By, Currency, Money, Order, OrderKey, decide, describe};
///
/// let at: DateTime<Utc> = "2026-11-01T08:00:00Z".parse().unwrap();
/// let key = OrderKey::parse("tamara:T-1001").unwrap();
/// let order = Order::open(key, Money::new(30_000, Currency::Sar), at);
///
/// let approve = Ask::new(Action::Approve, Actor::Provider, at, By::Fact);
/// let approved = decide(&order, &approve).unwrap().into_order();
/// let step = decide(&approved, &Ask::new(Action::Authorise, Actor::Merchant, at, By::Fact)).unwrap();
/// assert_eq!(
///     describe::consequence(&step),
///     "SAR 300.00 is authorised. The order becomes Authorised; this cannot be undone."
/// );
/// ```
pub fn consequence(step: &Step) -> String {
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
