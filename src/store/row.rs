//! Converts database rows to the domain's types and back.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::{Proof, StoreError};
use crate::domain::{Action, Actor, Currency, Facts, Money, Order, OrderKey, Outcome, Parts, Status, Step};
use crate::records::{Doubt, OrderRecord, Transition};

/// The columns of `orders` that every reading statement selects.
#[derive(Debug, FromRow)]
pub(super) struct OrderRow {
    id: String,
    currency: String,
    amount: i64,
    cancellation_fee: Option<i64>,
    merchant: Option<String>,
    buyer: Option<String>,
    seller: Option<String>,
    opened_at: DateTime<Utc>,
    status: String,
    version: i32,
    authorised: i64,
    canceled: i64,
    captured: i64,
    refunded: i64,
    attempt: i16,
    rejection_pending: bool,
    outcome: Option<String>,
    to_seller: Option<i64>,
    to_buyer: Option<i64>,
    entered_at: DateTime<Utc>,
    moved_at: DateTime<Utc>,
    due_at: Option<DateTime<Utc>>,
    #[sqlx(default)]
    changed_at: Option<DateTime<Utc>>,
    #[sqlx(default)]
    unconfirmed: i64,
    #[sqlx(default)]
    quarantined: i64,
    #[sqlx(default)]
    case_owner: Option<String>,
    #[sqlx(default)]
    case_due_at: Option<DateTime<Utc>>,
    #[sqlx(default)]
    numbers: Option<Vec<String>>,
    #[sqlx(default)]
    outlived: bool,
}

impl OrderRow {
    /// Its name, even if it is not valid.
    pub(super) fn name(&self) -> &str {
        &self.id
    }

    fn status(&self) -> Option<Status> {
        Status::read(OrderKey::parse(&self.id)?.provider, &self.status)
    }

    /// Whether no order can have these values: a deadline without a clock, or one part without the other.
    pub(super) fn is_odd(&self) -> bool {
        let clockless = |status: Status| status.wait().is_none() && self.due_at.is_some();
        self.status().is_some_and(clockless) || self.to_seller.is_some() != self.to_buyer.is_some()
    }
}

/// The error for a word in the database that this program does not know.
pub fn unknown(what: &str, word: &str) -> StoreError {
    StoreError::Foreign(format!(
        "the database has {what} {word:?}, which this program does not know; use a newer version"
    ))
}

/// Both parts, if both are known.
pub(super) fn parts(to_seller: Option<i64>, to_buyer: Option<i64>) -> Option<Parts> {
    Some(Parts { to_seller: to_seller?, to_buyer: to_buyer? })
}

impl TryFrom<OrderRow> for OrderRecord {
    type Error = StoreError;

    fn try_from(row: OrderRow) -> Result<Self, StoreError> {
        let key = OrderKey::parse(&row.id).ok_or_else(|| unknown("the order", &row.id))?;
        let currency = Currency::parse(&row.currency).map_err(|_| unknown("the currency", &row.currency))?;
        let status = row.status().ok_or_else(|| unknown("the status", &row.status))?;
        let outcome =
            row.outcome.as_deref().map(|word| word.parse::<Outcome>().map_err(|_| unknown("the outcome", word)));
        let facts = Facts {
            authorised: row.authorised,
            canceled: row.canceled,
            captured: row.captured,
            refunded: row.refunded,
            attempt: row.attempt,
            rejection_pending: row.rejection_pending,
            outcome: outcome.transpose()?,
            parts: parts(row.to_seller, row.to_buyer),
            clock_from: status.wait().and_then(|wait| row.due_at?.checked_sub_signed(wait.length())),
        };
        let order = Order {
            key,
            amount: Money::new(row.amount, currency),
            status,
            version: row.version,
            facts,
            opened_at: row.opened_at,
            entered_at: row.entered_at,
            moved_at: row.moved_at,
        };
        Ok(Self {
            order,
            cancellation_fee: row.cancellation_fee,
            merchant: row.merchant,
            buyer: row.buyer,
            seller: row.seller,
            changed_at: row.changed_at.unwrap_or(row.moved_at),
            unconfirmed: row.unconfirmed,
            quarantined: row.quarantined,
            owner: row.case_owner,
            case_due: row.case_due_at,
            numbers: row.numbers.unwrap_or_default(),
            outlived: row.outlived,
        })
    }
}

/// What was just recorded of a step.
pub fn recorded(step: &Step, proof: &Proof, recorded_at: DateTime<Utc>) -> Transition {
    let order = step.order();
    Transition {
        order: order.key.clone(),
        seq: order.version,
        happened_at: order.moved_at,
        recorded_at,
        actor: step.actor(),
        action: Some(step.action()),
        from: Some(step.from()),
        to: order.status,
        amount: step.amount().map(|amount| amount.minor),
        to_seller: order.facts.parts.map(|parts| parts.to_seller),
        to_buyer: order.facts.parts.map(|parts| parts.to_buyer),
        outcome: order.facts.outcome,
        rejection_pending: order.facts.rejection_pending,
        source: proof.source,
        recorder: proof.recorder.clone(),
        reason: proof.reason.clone(),
        note: proof.note.clone(),
        reference: proof.reference.clone(),
        inferred: proof.inferred,
        contradictory: proof.contradictory,
        confirmed: proof.source.is_of_provider(),
        confirmed_reference: None,
        of_capture: proof.of_capture.clone(),
        doubt: None,
    }
}

/// The columns of `transition` that reading statements select.
#[derive(Debug, FromRow)]
pub(super) struct TransitionRow {
    order_id: String,
    seq: i32,
    happened_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
    actor: String,
    action: String,
    from_status: String,
    to_status: String,
    amount: Option<i64>,
    to_seller: Option<i64>,
    to_buyer: Option<i64>,
    outcome: Option<String>,
    rejection_pending: bool,
    source: String,
    recorder: String,
    reason: Option<String>,
    note: Option<String>,
    reference: Option<String>,
    inferred: bool,
    contradictory: bool,
    confirmed: bool,
    confirmed_reference: Option<String>,
    of_capture: Option<String>,
    doubt: Option<Doubt>,
}

impl TryFrom<TransitionRow> for Transition {
    type Error = StoreError;

    fn try_from(row: TransitionRow) -> Result<Self, StoreError> {
        let order = OrderKey::parse(&row.order_id).ok_or_else(|| unknown("the order", &row.order_id))?;
        let is_opening = row.from_status.is_empty();
        let action = || row.action.parse::<Action>().map_err(|_| unknown("the action", &row.action));
        let status = |name: &str| Status::read(order.provider, name).ok_or_else(|| unknown("the status", name));
        let outcome = row.outcome.as_deref();
        let outcome = outcome.map(|word| word.parse::<Outcome>().map_err(|_| unknown("the outcome", word)));
        Ok(Self {
            seq: row.seq,
            happened_at: row.happened_at,
            recorded_at: row.recorded_at,
            actor: row.actor.parse::<Actor>().map_err(|_| unknown("the actor", &row.actor))?,
            action: if is_opening { None } else { Some(action()?) },
            from: if is_opening { None } else { Some(status(&row.from_status)?) },
            to: status(&row.to_status)?,
            amount: row.amount,
            to_seller: row.to_seller,
            to_buyer: row.to_buyer,
            outcome: outcome.transpose()?,
            rejection_pending: row.rejection_pending,
            source: row.source.parse().map_err(|_| unknown("the source", &row.source))?,
            recorder: row.recorder,
            reason: row.reason,
            note: row.note,
            reference: row.reference,
            inferred: row.inferred,
            contradictory: row.contradictory,
            confirmed: row.confirmed,
            confirmed_reference: row.confirmed_reference,
            of_capture: row.of_capture,
            doubt: row.doubt,
            order,
        })
    }
}
