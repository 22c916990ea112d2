//! Converts database rows to the domain's types and back.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::{Proof, StoreError};
use crate::domain::{Currency, Facts, Money, Order, OrderKey, Outcome, Parts, Provider, Source, Status, Step};

/// An order as stored: the law's order, and the fields that only people read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stored {
    /// The order, as the law sees it.
    pub order: Order,
    /// AtaraPay: the cancellation fee, in minor units; the provider deducts it.
    pub cancellation_fee: Option<i64>,
    /// The merchant's id, as the provider gave it.
    pub merchant: Option<String>,
    /// The buyer, as the provider named them.
    pub buyer: Option<String>,
    /// The seller, as the provider named them.
    pub seller: Option<String>,
    /// How many of its transitions must reach the provider and are not confirmed.
    pub unconfirmed: i64,
    /// How many facts about it are in quarantine.
    pub quarantined: i64,
    /// The owner of its open case.
    #[serde(default)]
    pub owner: Option<String>,
    /// The nearest deadline of its open case.
    #[serde(default)]
    pub case_due: Option<DateTime<Utc>>,
}

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
    unconfirmed: i64,
    #[sqlx(default)]
    quarantined: i64,
    #[sqlx(default)]
    case_owner: Option<String>,
    #[sqlx(default)]
    case_due_at: Option<DateTime<Utc>>,
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
pub(super) fn unknown(what: &str, word: &str) -> StoreError {
    StoreError::Foreign(format!(
        "the database has {what} {word:?}, which this program does not know; use a newer version"
    ))
}

/// Both parts, if both are known.
pub(super) fn parts(to_seller: Option<i64>, to_buyer: Option<i64>) -> Option<Parts> {
    Some(Parts { to_seller: to_seller?, to_buyer: to_buyer? })
}

impl TryFrom<OrderRow> for Stored {
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
            unconfirmed: row.unconfirmed,
            quarantined: row.quarantined,
            owner: row.case_owner,
            case_due: row.case_due_at,
        })
    }
}

impl Entry {
    /// The log entry of a step that was just recorded.
    pub fn of(step: &Step, proof: &Proof, recorded_at: DateTime<Utc>) -> Self {
        let order = step.order();
        Self {
            order_id: order.key.to_string(),
            seq: order.version,
            happened_at: order.moved_at,
            recorded_at,
            actor: step.actor().name().to_owned(),
            action: step.action().name().to_owned(),
            from_status: step.from().name().to_owned(),
            to_status: order.status.name().to_owned(),
            amount: step.amount().map(|amount| amount.minor),
            to_seller: order.facts.parts.map(|parts| parts.to_seller),
            to_buyer: order.facts.parts.map(|parts| parts.to_buyer),
            outcome: order.facts.outcome.map(|outcome| outcome.name().to_owned()),
            rejection_pending: order.facts.rejection_pending,
            source: proof.source.name().to_owned(),
            recorder: proof.recorder.clone(),
            reason: proof.reason.clone(),
            note: proof.note.clone(),
            reference: proof.reference.clone(),
            inferred: proof.inferred,
            contradictory: proof.contradictory,
            confirmed: proof.source == Source::Notification,
            confirmed_reference: None,
        }
    }
}

/// One row of the log, as people and programs read it. Amounts are minor units.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Entry {
    /// The order.
    pub order_id: String,
    /// The order's version after it.
    pub seq: i32,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Who did it, by the law.
    pub actor: String,
    /// The action; `open` for the first entry.
    pub action: String,
    /// The order's status before; empty for the first entry.
    pub from_status: String,
    /// The order's status after.
    pub to_status: String,
    /// The amount, for actions that have one.
    pub amount: Option<i64>,
    /// What the seller gets, as of then.
    pub to_seller: Option<i64>,
    /// What the buyer gets, as of then.
    pub to_buyer: Option<i64>,
    /// The outcome, as of then.
    pub outcome: Option<String>,
    /// Whether a rejection waits for the seller, as of then.
    pub rejection_pending: bool,
    /// How we learnt of it.
    pub source: String,
    /// The person or process that recorded it.
    pub recorder: String,
    /// A reason code.
    pub reason: Option<String>,
    /// The recorder's note.
    pub note: Option<String>,
    /// The provider's reference.
    pub reference: Option<String>,
    /// Recorded because a later notification implies it.
    pub inferred: bool,
    /// The notification contradicted itself, and only one reading was lawful.
    pub contradictory: bool,
    /// The provider confirmed it.
    pub confirmed: bool,
    /// The reference in the confirming notification.
    pub confirmed_reference: Option<String>,
}

impl Entry {
    /// The provider of its order.
    pub fn provider(&self) -> Option<Provider> {
        OrderKey::parse(&self.order_id).map(|key| key.provider)
    }

    /// The status before it; `None` for the first.
    pub fn from(&self) -> Option<Status> {
        Status::read(self.provider()?, &self.from_status)
    }

    /// The status after it.
    pub fn to(&self) -> Option<Status> {
        Status::read(self.provider()?, &self.to_status)
    }
}
