//! [`decide`], the only function that allows a step, and [`Step`], the proof that it did.

use chrono::{DateTime, Utc};

use super::Money;
use super::Status;
use super::law::{Action, Actor, Effect, Guard, Pot, Rule};
use super::order::{Facts, Order, Outcome, Parts};
use super::permission::Task;
use super::refusal::{Fault, Refusal};
use super::role::{Proof, Roles};

/// The authority behind a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A person with these roles: the law, time guards and roles apply.
    Person(Roles),
    /// The same, through the order's case.
    Case(Roles),
    /// A fact from a file, or a clock: the law and time guards apply.
    Fact,
    /// The provider says it happened: the law applies, time guards do not.
    Notice,
}

/// A request for one action on one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// The action.
    pub action: Action,
    /// The actor who does it, according to the law.
    pub actor: Actor,
    /// The amount, if the action has one.
    pub amount: Option<Money>,
    /// Who gets what, if the action decides it.
    pub parts: Option<Parts>,
    /// When it happens or happened.
    pub at: DateTime<Utc>,
    /// The authority behind it.
    pub by: By,
    /// Whether a note is given.
    pub noted: bool,
    /// Whether a reference is given.
    pub referenced: bool,
}

impl Ask {
    /// A request without amount, parts or proof.
    pub const fn new(action: Action, actor: Actor, at: DateTime<Utc>, by: By) -> Self {
        Self { action, actor, amount: None, parts: None, at, by, noted: false, referenced: false }
    }
}

/// A lawful move of one order. Only [`decide`] makes one, and apart from openings only steps are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    from: Status,
    action: Action,
    actor: Actor,
    amount: Option<Money>,
    order: Order,
}

impl Step {
    /// The status before the step.
    pub const fn from(&self) -> Status {
        self.from
    }

    /// The action.
    pub const fn action(&self) -> Action {
        self.action
    }

    /// The actor.
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// The amount, for actions that have one.
    pub const fn amount(&self) -> Option<Money> {
        self.amount
    }

    /// The order after this step.
    pub const fn order(&self) -> &Order {
        &self.order
    }

    /// The order after this step, by value.
    pub fn into_order(self) -> Order {
        self.order
    }
}

/// Judges one request by the law. Refuses with the first reason that applies, in the order of
/// [`Why`](super::Why).
///
/// # Errors
///
/// The first [`Refusal`] that applies: the action is another provider's, not possible yet or no longer, someone else's,
/// or too early; or its amount does not fit, or a fact or proof is missing.
///
/// # Examples
///
/// ```
/// use chrono::{DateTime, Utc};
/// use recourse::domain::{Action, Actor, Ask, By, Currency, Money, Order, OrderKey, Why, decide, tamara};
///
/// let at: DateTime<Utc> = "2026-11-01T08:00:00Z".parse().unwrap();
/// let key = OrderKey::parse("tamara:T-1001").unwrap();
/// let order = Order::open(key, Money::new(30_000, Currency::Sar), at);
///
/// let step = decide(&order, &Ask::new(Action::Approve, Actor::Provider, at, By::Fact)).unwrap();
/// assert_eq!(step.from(), tamara::Status::New);
/// assert_eq!(step.order().status, tamara::Status::Approved);
///
/// let refusal = decide(&order, &Ask::new(Action::Capture, Actor::Merchant, at, By::Fact)).unwrap_err();
/// assert_eq!(refusal.why(), Why::NotYet);
/// assert_eq!(refusal.needs(), ["approve"]);
/// ```
pub fn decide(order: &Order, ask: &Ask) -> Result<Step, Refusal> {
    let action = ask.action;
    if !order.provider().moves().iter().any(|&(known, _)| known == action) {
        return Err(Refusal::OtherProvider(action, order.provider()));
    }
    let ways: Vec<&Rule> = order.status.rules().iter().filter(|rule| rule.action == action).collect();
    if ways.is_empty() {
        return Err(why_absent(order.status, action));
    }
    let mine: Vec<&Rule> = ways.iter().copied().filter(|rule| rule.actor == ask.actor).collect();
    if mine.is_empty() {
        let mut whose: Vec<_> = ways.iter().map(|rule| rule.actor).collect();
        whose.dedup();
        return Err(Refusal::NotYours(action, whose));
    }
    let proof = proof(order, ask)?;
    if matches!(ask.by, By::Person(_)) && order.status.needs_case(action) {
        return Err(Refusal::Fact(action, Fault::ThroughCase));
    }
    let mut refusal = None;
    for rule in mine {
        match check(rule.guard, order, ask) {
            Ok(()) => {
                proven(proof, ask)?;
                return take(order, ask, rule);
            }
            Err(reason) => refusal = refusal.or(Some(reason)),
        }
    }
    Err(refusal.unwrap_or_else(|| why_absent(order.status, action)))
}

/// Why this status has no rule for this action, from the shape of the table alone.
fn why_absent(status: Status, action: Action) -> Refusal {
    let offers = |status: Status| status.rules().iter().any(|rule| rule.action == action);
    if status.is_final() {
        return Refusal::Ended(action, status);
    }
    if let Some(steps) = status.distance(offers) {
        let mut first = Vec::new();
        for rule in status.rules() {
            let near = if offers(rule.to) { Some(0) } else { rule.to.distance(offers) };
            if near.is_some_and(|rest| rest + 1 == steps) && !first.contains(&rule.action) {
                first.push(rule.action);
            }
        }
        return Refusal::NotYet(action, first);
    }
    let passed = status.provider().statuses().into_iter().any(|source| offers(source) && source.reaches(status));
    if passed { Refusal::TooLate(action, status) } else { Refusal::OtherBranch(action, status) }
}

fn proof(order: &Order, ask: &Ask) -> Result<Proof, Refusal> {
    match ask.by {
        By::Person(roles) | By::Case(roles) => roles
            .may(Task::Order(order.provider(), ask.actor, ask.action))
            .map_err(|refused| Refusal::NotYourRole(ask.action, ask.actor, refused)),
        By::Fact | By::Notice => Ok(Proof::Nothing),
    }
}

fn proven(proof: Proof, ask: &Ask) -> Result<(), Refusal> {
    let given = match proof {
        Proof::Nothing => true,
        Proof::Note => ask.noted,
        Proof::Reference => ask.referenced,
    };
    if given { Ok(()) } else { Err(Refusal::Fact(ask.action, Fault::Missing(proof))) }
}

fn check(guard: Guard, order: &Order, ask: &Ask) -> Result<(), Refusal> {
    let facts = &order.facts;
    let fact = |holds: bool, fault| if holds { Ok(()) } else { Err(Refusal::Fact(ask.action, fault)) };
    let amount = |pot: Pot, fits: &dyn Fn(i64, i64) -> bool| {
        let left = facts.left(pot);
        match ask.amount {
            Some(money) if money.currency == order.amount.currency && money.minor > 0 && fits(money.minor, left) => {
                Ok(())
            }
            Some(_) | None => Err(Refusal::Amount(ask.action, order.money(left))),
        }
    };
    let uncaptured = facts.left(Pot::Uncaptured);
    match guard {
        Guard::Always => Ok(()),
        Guard::After(wait) => match (ask.by, order.over(wait)) {
            (By::Notice, _) => Ok(()),
            (By::Fact | By::Person(_) | By::Case(_), Some(due)) if due <= ask.at => Ok(()),
            (By::Fact | By::Person(_) | By::Case(_), Some(due)) => Err(Refusal::Time(ask.action, due)),
            (By::Fact | By::Person(_) | By::Case(_), None) => Err(Refusal::Fact(ask.action, Fault::NoMilestone)),
        },
        Guard::Part(pot) => amount(pot, &|asked, left| asked < left),
        Guard::All(pot) => amount(pot, &|asked, left| asked == left),
        Guard::Any(pot) => amount(pot, &|asked, left| asked <= left),
        Guard::RefundLeavesSome => {
            amount(Pot::Refundable, &|asked, left| asked < left || (asked == left && uncaptured > 0))
        }
        Guard::RefundLeavesNone => amount(Pot::Refundable, &|asked, left| asked == left && uncaptured == 0),
        Guard::NoRejectionPending => fact(!facts.rejection_pending, Fault::RejectionPending),
        Guard::RejectionPending => fact(facts.rejection_pending, Fault::NoRejection),
        Guard::FirstRejectionPending => {
            fact(facts.rejection_pending, Fault::NoRejection)?;
            fact(facts.attempt == 1, Fault::NoThirdDelivery)
        }
        Guard::PartsSumToHeld => {
            let held = order.amount;
            let sum = ask.parts.map(|parts| i128::from(parts.to_seller) + i128::from(parts.to_buyer));
            let whole = ask.parts.is_some_and(|parts| parts.to_seller >= 0 && parts.to_buyer >= 0);
            let sum_shown = sum.map(|sum| order.money(i64::try_from(sum).unwrap_or(i64::MAX)));
            fact(whole && sum == Some(i128::from(held.minor)), Fault::Parts { held, sum: sum_shown })
        }
    }
}

/// Applies the rule to the order.
fn take(order: &Order, ask: &Ask, rule: &Rule) -> Result<Step, Refusal> {
    let amount = match (rule.guard.pot(), ask.amount) {
        (Some(_), amount) => amount,
        (None, Some(amount)) if amount != order.amount => {
            return Err(Refusal::WholeOnly(ask.action, order.amount));
        }
        (None, _) => None,
    };
    let mut after = order.clone();
    apply(&mut after.facts, order, ask, amount.map_or(0, |money| money.minor), rule.effect);
    if ask.parts.is_some() && after.facts.parts != ask.parts {
        return Err(Refusal::Fact(ask.action, Fault::OtherParts));
    }
    if rule.to.wait().is_none() {
        after.facts.clock_from = None;
    }
    after.version += 1;
    after.moved_at = ask.at;
    if rule.to != order.status {
        after.status = rule.to;
        after.entered_at = ask.at;
    }
    Ok(Step { from: order.status, action: ask.action, actor: ask.actor, amount, order: after })
}

/// Changes the facts as the rule says.
fn apply(facts: &mut Facts, order: &Order, ask: &Ask, minor: i64, effect: Effect) {
    let held = order.amount.minor;
    let to_seller = Parts { to_seller: held, to_buyer: 0 };
    let to_buyer = Parts { to_seller: 0, to_buyer: held };
    let resolve = |facts: &mut Facts, parts: Parts| {
        facts.outcome = Some(Outcome::of(parts));
        facts.parts = Some(parts);
    };
    match effect {
        Effect::Nothing => {}
        Effect::Approve => facts.clock_from = Some(ask.at),
        Effect::Authorise => {
            facts.authorised = held;
            facts.clock_from = Some(ask.at);
        }
        Effect::Capture => facts.captured += minor,
        Effect::Cancel => facts.canceled += minor,
        Effect::Refund => facts.refunded += minor,
        Effect::DeliverAgain => facts.attempt = 2,
        Effect::PaySeller => facts.parts = Some(to_seller),
        Effect::RefundBuyer => facts.parts = Some(to_buyer),
        Effect::Reject => facts.rejection_pending = true,
        Effect::Answer => facts.rejection_pending = false,
        Effect::Return => {
            facts.rejection_pending = false;
            facts.parts = Some(to_buyer);
        }
        Effect::Withdraw => resolve(facts, if ask.actor == Actor::Buyer { to_seller } else { to_buyer }),
        Effect::Settle => {
            if let Some(parts) = ask.parts {
                resolve(facts, parts);
            }
        }
    }
}
