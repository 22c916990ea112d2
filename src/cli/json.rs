//! JSON shapes that other programs rely on: one object per line, keys in snake_case, amounts as text in major units.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::domain::{Choice, Flag, Kind, Money, Order, Outcome, Refusal, Status, Total, Why};
use crate::query::{Cursor, Field, Sort};
use crate::records::Evidence;
use crate::records::InPlan;
use crate::records::Tick;
use crate::records::{Doubt, OrderRecord, Payout, Request, RequestState, RowOutcome, Transition};

/// An instant as RFC 3339 in UTC.
pub fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// An amount of a currency, in major units.
#[derive(Debug, Serialize)]
pub struct AmountLine {
    currency: &'static str,
    amount: String,
}

impl AmountLine {
    /// An amount.
    pub fn money(money: Money) -> Self {
        Self { currency: money.currency.code(), amount: money.digits() }
    }

    /// A sum.
    pub fn of(total: &Total) -> Self {
        Self { currency: total.currency.code(), amount: total.digits() }
    }
}

/// One order.
#[derive(Debug, Serialize)]
pub struct OrderLine {
    order: String,
    provider: &'static str,
    status: &'static str,
    version: i32,
    currency: &'static str,
    amount: String,
    amounts: Amounts,
    opened_at: String,
    entered_at: String,
    due_at: Option<String>,
    merchant: Option<String>,
    buyer: Option<String>,
    seller: Option<String>,
    /// The numbers under which the merchant knows it.
    numbers: Vec<String>,
    cancellation_fee: Option<String>,
    unconfirmed: i64,
    quarantined: i64,
    /// Who has its open case.
    owner: Option<String>,
    /// What needs attention: `presumed_expired`, `past_deadline`, `may_be_captured`.
    flags: Vec<&'static str>,
    cursor: String,
    /// The name that the query matched, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    matched: Option<Matched>,
}

#[derive(Debug, Serialize)]
struct Matched {
    field: &'static str,
    value: String,
}

/// The amounts of an order, in its provider's words.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Amounts {
    Capture { authorised: String, canceled: String, captured: String, refunded: String },
    Escrow { held: String, to_seller: Option<String>, to_buyer: Option<String> },
}

impl Amounts {
    fn of(order: &Order) -> Self {
        let digits = |minor| order.money(minor).digits();
        let facts = &order.facts;
        match order.provider().kind() {
            Kind::Capture => Self::Capture {
                authorised: digits(facts.authorised),
                canceled: digits(facts.canceled),
                captured: digits(facts.captured),
                refunded: digits(facts.refunded),
            },
            Kind::Escrow => Self::Escrow {
                held: order.amount.digits(),
                to_seller: facts.parts.map(|parts| digits(parts.to_seller)),
                to_buyer: facts.parts.map(|parts| digits(parts.to_buyer)),
            },
        }
    }
}

impl OrderLine {
    /// An order as a line.
    pub fn of(stored: &OrderRecord, sort: Sort, now: DateTime<Utc>) -> Self {
        let order = &stored.order;
        Self {
            order: order.key.id.clone(),
            provider: order.provider().name(),
            status: order.status.name(),
            version: order.version,
            currency: order.amount.currency.code(),
            amount: order.amount.digits(),
            amounts: Amounts::of(order),
            opened_at: time(order.opened_at),
            entered_at: time(order.entered_at),
            due_at: order.due_at().map(time),
            merchant: stored.merchant.clone(),
            buyer: stored.buyer.clone(),
            seller: stored.seller.clone(),
            numbers: stored.numbers.clone(),
            cancellation_fee: stored.cancellation_fee.map(|fee| order.money(fee).digits()),
            unconfirmed: stored.unconfirmed,
            quarantined: stored.quarantined,
            owner: stored.owner.clone(),
            flags: stored.flags(now).into_iter().map(Flag::name).collect(),
            cursor: Cursor::of(stored, sort).text(sort),
            matched: None,
        }
    }

    /// An order that was found, and the name that matched.
    pub fn found(stored: &OrderRecord, sort: Sort, matched: Option<(Field, &str)>, now: DateTime<Utc>) -> Self {
        let matched = matched.map(|(field, value)| Matched { field: field.title(), value: value.to_owned() });
        Self { matched, ..Self::of(stored, sort, now) }
    }
}

/// One order with its timeline.
#[derive(Debug, Serialize)]
pub struct OrderShown {
    #[serde(flatten)]
    order: OrderLine,
    outcome: Option<&'static str>,
    rejection_pending: bool,
    attempt: i16,
    timeline: Vec<TransitionLine>,
    /// Of an order whose money was decided: what is paid to whom.
    payouts: Vec<PayoutLine>,
    /// What was asked of its provider last, newest first.
    requests: Vec<RequestLine>,
    #[serde(flatten)]
    related: Related,
}

impl OrderShown {
    /// An order, its log, its payouts, what was asked of its provider, and its related records.
    pub fn of(
        stored: &OrderRecord,
        log: &[Transition],
        (payouts, requests): (&[Payout], &[Request]),
        related: Related,
        now: DateTime<Utc>,
    ) -> Self {
        let facts = &stored.order.facts;
        Self {
            order: OrderLine::of(stored, Sort::Age, now),
            outcome: facts.outcome.map(Outcome::name),
            rejection_pending: facts.rejection_pending,
            attempt: facts.attempt,
            timeline: log.iter().map(|entry| TransitionLine::of(&stored.order, entry)).collect(),
            payouts: payouts.iter().map(|payout| PayoutLine::of(&stored.order, payout)).collect(),
            requests: requests.iter().map(RequestLine::of).collect(),
            related,
        }
    }
}

/// A request, for other programs.
#[derive(Debug, Serialize)]
pub struct RequestLine {
    id: i64,
    order: String,
    action: &'static str,
    amount: Option<String>,
    state: RequestState,
    attempts: i32,
    asked_by: String,
    created_at: String,
    ended_at: Option<String>,
    reference: Option<String>,
    message: Option<String>,
    account: String,
    version: i32,
    plan: Option<i64>,
}

impl RequestLine {
    /// A request.
    pub fn of(request: &Request) -> Self {
        Self {
            id: request.id,
            order: request.order.id.clone(),
            action: request.action.name(),
            amount: request.amount.map(Money::digits),
            state: request.state,
            attempts: request.attempts,
            asked_by: request.asked_by.clone(),
            created_at: time(request.created_at),
            ended_at: request.ended_at.map(time),
            reference: request.reference.clone(),
            message: request.message.clone(),
            account: request.account.clone(),
            version: request.version,
            plan: request.plan,
        }
    }
}

/// A payout of an order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PayoutLine {
    to: &'static str,
    amount: String,
    state: &'static str,
    reference: Option<String>,
}

impl PayoutLine {
    /// A payout of this order.
    pub fn of(order: &Order, payout: &Payout) -> Self {
        Self::with(order.money(payout.amount).digits(), payout)
    }

    /// A payout with this amount, as digits.
    pub fn with(amount: String, payout: &Payout) -> Self {
        let Payout { party, state, reference, amount: _, seq: _ } = payout;
        Self { to: party.name(), amount, state: state.name(), reference: reference.clone() }
    }

    /// As a short text.
    pub fn words(&self) -> String {
        format!("{} {}", self.to, self.state)
    }

    /// As JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({ "to": self.to, "amount": self.amount, "state": self.state, "reference": self.reference })
    }
}

/// The records related to an order: what was tried and observed, its plans, its ticked runbook steps.
#[derive(Debug, Serialize)]
pub struct Related {
    evidence: Vec<EvidenceLine>,
    plans: Vec<InPlanLine>,
    runbook: Vec<TickLine>,
}

#[derive(Debug, Serialize)]
struct EvidenceLine {
    #[serde(rename = "type")]
    kind: String,
    at: String,
    action: Option<String>,
    result: Option<String>,
    status: Option<String>,
    detail: Option<String>,
    by: String,
}

#[derive(Debug, Serialize)]
struct InPlanLine {
    plan: i64,
    title: String,
    follow: Option<String>,
    amount: Option<String>,
    outcome: Option<&'static str>,
    message: Option<String>,
    seq: Option<i32>,
    at: String,
    by: String,
}

#[derive(Debug, Serialize)]
struct TickLine {
    step: String,
    by: String,
    at: String,
}

impl Related {
    /// The related records as JSON.
    pub fn of(order: &Order, evidence: &[Evidence], plans: &[InPlan], ticks: &[Tick]) -> Self {
        let told = |it: &Evidence| EvidenceLine {
            kind: it.kind.clone(),
            at: time(it.happened_at),
            action: it.action.clone(),
            result: it.result.clone(),
            status: it.status.clone(),
            detail: it.detail.clone(),
            by: it.recorder.clone(),
        };
        let planned = |it: &InPlan| InPlanLine {
            plan: it.plan,
            title: it.title.clone(),
            follow: it.follow.clone(),
            amount: it.amount.map(|minor| order.money(minor).digits()),
            outcome: it.outcome.map(RowOutcome::name),
            message: it.message.clone(),
            seq: it.seq,
            at: time(it.at),
            by: it.by.clone(),
        };
        let ticked = |it: &Tick| TickLine { step: it.step.clone(), by: it.recorder.clone(), at: time(it.at) };
        Self {
            evidence: evidence.iter().map(told).collect(),
            plans: plans.iter().map(planned).collect(),
            runbook: ticks.iter().map(ticked).collect(),
        }
    }
}

/// One transition.
#[derive(Debug, Serialize)]
pub struct TransitionLine {
    order: String,
    seq: i32,
    at: String,
    recorded_at: String,
    actor: &'static str,
    action: &'static str,
    from: Option<&'static str>,
    to: &'static str,
    amount: Option<String>,
    to_seller: Option<String>,
    to_buyer: Option<String>,
    source: &'static str,
    recorder: String,
    reason: Option<String>,
    note: Option<String>,
    reference: Option<String>,
    /// Of a refund: the reference of the capture that it gives back.
    of_capture: Option<String>,
    /// What is odd about that: `unknown_capture` or `more_than_capture`.
    doubt: Option<&'static str>,
    inferred: bool,
    contradictory: bool,
    confirmed: bool,
}

impl TransitionLine {
    /// A row of this order's log.
    pub fn of(order: &Order, entry: &Transition) -> Self {
        let digits = |minor: i64| Money::new(minor, order.amount.currency).digits();
        Self {
            order: order.key.id.clone(),
            seq: entry.seq,
            at: time(entry.happened_at),
            recorded_at: time(entry.recorded_at),
            actor: entry.actor.name(),
            action: entry.action_name(),
            from: entry.from.map(Status::name),
            to: entry.to.name(),
            amount: entry.amount.map(digits),
            to_seller: entry.to_seller.map(digits),
            to_buyer: entry.to_buyer.map(digits),
            source: entry.source.name(),
            recorder: entry.recorder.clone(),
            reason: entry.reason.clone(),
            note: entry.note.clone(),
            reference: entry.reference.clone().or_else(|| entry.confirmed_reference.clone()),
            of_capture: entry.of_capture.clone(),
            doubt: entry.doubt.map(Doubt::name),
            inferred: entry.inferred,
            contradictory: entry.contradictory,
            confirmed: entry.confirmed,
        }
    }
}

/// One line of the menu.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum ChoiceLine {
    /// The action is allowed.
    Allowed {
        /// The action.
        action: &'static str,
        /// Who does it.
        actor: &'static str,
        /// Always true.
        allowed: bool,
        /// The statuses that may follow.
        to: Vec<&'static str>,
        /// The largest amount.
        max: Option<String>,
        /// The key in the console.
        letter: char,
    },
    /// The action is not allowed.
    Refused {
        /// The action.
        action: &'static str,
        /// Who does it.
        actor: &'static str,
        /// Always false.
        allowed: bool,
        /// The kind of reason.
        why: &'static str,
        /// What is needed.
        needs: Vec<String>,
        /// The reason, for people.
        message: String,
        /// The key in the console.
        letter: char,
    },
}

impl ChoiceLine {
    /// A line of the menu while something is asked of the provider: nothing is allowed.
    pub fn asking(choice: &Choice, words: &str) -> Self {
        let (action, actor, letter) = (choice.action.name(), choice.actor.name(), choice.letter);
        Self::Refused {
            action,
            actor,
            allowed: false,
            why: "asking",
            needs: Vec::new(),
            message: words.to_owned(),
            letter,
        }
    }

    /// A line of the menu.
    pub fn of(choice: &Choice) -> Self {
        let (action, actor, letter) = (choice.action.name(), choice.actor.name(), choice.letter);
        match &choice.verdict {
            Ok(offer) => Self::Allowed {
                action,
                actor,
                allowed: true,
                to: offer.to.iter().map(|status| status.name()).collect(),
                max: offer.most.map(Money::digits),
                letter,
            },
            Err(refusal) => Self::Refused {
                action,
                actor,
                allowed: false,
                why: refusal.why().name(),
                needs: refusal.needs(),
                message: refusal.to_string(),
                letter,
            },
        }
    }
}

/// The result when an action is refused.
#[derive(Debug, Serialize)]
pub struct RefusedLine {
    result: &'static str,
    why: &'static str,
    message: String,
    needs: Vec<String>,
    max: Option<String>,
}

impl RefusedLine {
    /// A refusal made before the law was asked.
    pub fn because(why: Why, message: String) -> Self {
        Self { result: "refused", why: why.name(), message, needs: Vec::new(), max: None }
    }

    /// A refusal by the law, with a sentence that says more.
    pub fn saying(refusal: &Refusal, message: String) -> Self {
        Self { message, ..Self::of(refusal) }
    }

    /// A refusal by the law.
    pub fn of(refusal: &Refusal) -> Self {
        Self {
            result: "refused",
            why: refusal.why().name(),
            message: refusal.to_string(),
            needs: refusal.needs(),
            max: refusal.most().map(Money::digits),
        }
    }
}
