//! The action menu: what may be done now, and why the rest may not. Made from the same rows as the verdicts.

use chrono::{DateTime, Utc};

use super::decide::{Ask, By, decide};
use super::law::{Action, Actor, Guard};
use super::order::{Order, Parts};
use super::permission::Task;
use super::refusal::Refusal;
use super::role::Proof;
use super::{Money, Rule, Status};

/// One line of the menu: an action of an actor, its permanent letter and the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The action.
    pub action: Action,
    /// The actor who does it, according to the law.
    pub actor: Actor,
    /// The letter that always means this action of this actor.
    pub letter: char,
    /// What it needs and leads to, or why it is refused.
    pub verdict: Result<Offer, Refusal>,
}

/// An action that may be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The statuses it may lead to: one, or several if the amount decides.
    pub to: Vec<Status>,
    /// The largest amount, for an action that has one.
    pub most: Option<Money>,
    /// Whether parts have to be given.
    pub parts: bool,
    /// The proof a person must give.
    pub proof: Proof,
}

/// Every action of every actor in this order's law, with the verdict for `by`.
///
/// # Examples
///
/// ```
/// use chrono::{DateTime, Utc};
/// use recourse::domain::{Action, By, Currency, Money, Order, OrderKey, Refusal, menu};
///
/// let at: DateTime<Utc> = "2026-11-01T08:00:00Z".parse().unwrap();
/// let key = OrderKey::parse("tamara:T-1001").unwrap();
/// let order = Order::open(key, Money::new(30_000, Currency::Sar), at);
///
/// let choices = menu(&order, By::Fact, at);
/// let open: Vec<Action> = choices.iter().filter(|it| it.verdict.is_ok()).map(|it| it.action).collect();
/// assert_eq!(open, [Action::Approve, Action::Decline]);
///
/// let expire = choices.iter().find(|it| it.action == Action::Expire).unwrap();
/// let due = order.due_at().unwrap();
/// assert_eq!(expire.verdict, Err(Refusal::Time(Action::Expire, due)));
/// ```
pub fn menu(order: &Order, by: By, at: DateTime<Utc>) -> Vec<Choice> {
    let choice = |(action, actor)| {
        let verdict = offer(order, action, actor, by, at);
        Choice { action, actor, letter: order.provider().letter(action, actor), verdict }
    };
    order.provider().moves().into_iter().map(choice).collect()
}

/// What this action needs and leads to: tried with the whole pot and with one minor unit of it.
///
/// # Errors
///
/// The [`Refusal`] of [`decide`], even with the largest amount and every proof given.
pub fn offer(order: &Order, action: Action, actor: Actor, by: By, at: DateTime<Utc>) -> Result<Offer, Refusal> {
    let ways = order.status.rules().iter().filter(|rule| (rule.action, rule.actor) == (action, actor));
    let ways: Vec<&Rule> = ways.collect();
    let pot = ways.iter().find_map(|rule| rule.guard.pot());
    let parts = ways.iter().any(|rule| rule.guard == Guard::PartsSumToHeld);
    let most = pot.map(|pot| order.money(order.facts.left(pot)));
    let whole = Ask {
        amount: most,
        parts: parts.then_some(Parts { to_seller: order.amount.minor, to_buyer: 0 }),
        noted: true,
        referenced: true,
        ..Ask::new(action, actor, at, by)
    };
    let least = Ask { amount: most.map(|most| Money { minor: 1, ..most }), ..whole };
    let mut to = vec![decide(order, &whole)?.order().status];
    if let Ok(step) = decide(order, &least)
        && !to.contains(&step.order().status)
    {
        to.insert(0, step.order().status);
    }
    let proof = match by {
        By::Person(roles) | By::Case(roles) => {
            roles.may(Task::Order(order.provider(), actor, action)).unwrap_or(Proof::Nothing)
        }
        By::Fact | By::Notice => Proof::Nothing,
    };
    Ok(Offer { to, most, parts, proof })
}
