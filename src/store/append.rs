//! Writes decided transitions to the log.

use chrono::{DateTime, Utc};
use sqlx::postgres::PgArguments;
use sqlx::query::QueryScalar;
use sqlx::{PgConnection, Postgres};
use uuid::Uuid;

use super::StoreError;
use crate::domain::{Order, Outcome, Source, Step, law};

/// A new order, with the fields that only people read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The order, just opened.
    pub order: Order,
    /// AtaraPay: the cancellation fee, in minor units.
    pub cancellation_fee: Option<i64>,
    /// The merchant's id.
    pub merchant: Option<String>,
    /// The buyer.
    pub buyer: Option<String>,
    /// The seller.
    pub seller: Option<String>,
}

/// What is recorded with a step: its source, its recorder, their reason and note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// How we learnt of it.
    pub source: Source,
    /// Who records it.
    pub recorder: String,
    /// A reason code.
    pub reason: Option<String>,
    /// The recorder's note.
    pub note: Option<String>,
    /// The provider's reference.
    pub reference: Option<String>,
    /// Of a refund: the provider's reference of the capture that it gives back.
    pub of_capture: Option<String>,
    /// Recorded because a later notification implies it.
    pub inferred: bool,
    /// The notification contradicted itself, and only one reading was lawful.
    pub contradictory: bool,
    /// The request id, and the digest of the request's body.
    pub request: Option<(Uuid, Vec<u8>)>,
}

impl Proof {
    /// A proof with this source and recorder, and nothing else.
    pub fn new(source: Source, recorder: &str) -> Self {
        Self {
            source,
            recorder: recorder.to_owned(),
            reason: None,
            note: None,
            reference: None,
            of_capture: None,
            inferred: false,
            contradictory: false,
            request: None,
        }
    }
}

/// One row for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// The first record of an order.
    Opening(Opening, Proof),
    /// Any later record.
    Step(Step, Proof),
}

/// Declares the columns of a log row once: as the fields of one row, and as one vector per column for many rows.
macro_rules! columns {
    ($($name:ident: $kind:ty,)*) => {
        /// The values of one log row.
        struct Row {
            $($name: $kind,)*
        }

        /// The values of many log rows, one vector per column.
        #[derive(Default)]
        struct Rows {
            $($name: Vec<$kind>,)*
        }

        impl Row {
            fn bind(self, query: Written<'_>) -> Written<'_> {
                query$(.bind(self.$name))*
            }
        }

        impl Rows {
            fn push(&mut self, row: Row) {
                $(self.$name.push(row.$name);)*
            }

            fn bind(self, query: Written<'_>) -> Written<'_> {
                query$(.bind(self.$name))*
            }
        }
    };
}

type Written<'q> = QueryScalar<'q, Postgres, DateTime<Utc>, PgArguments>;

columns! {
    order_id: String,
    seq: i32,
    law: i32,
    provider: &'static str,
    from: &'static str,
    action: &'static str,
    actor: &'static str,
    to: &'static str,
    total: i64,
    amount: Option<i64>,
    authorised: i64,
    canceled: i64,
    captured: i64,
    refunded: i64,
    attempt: i16,
    rejection_pending: bool,
    outcome: Option<&'static str>,
    to_seller: Option<i64>,
    to_buyer: Option<i64>,
    due_at: Option<DateTime<Utc>>,
    happened_at: DateTime<Utc>,
    source: &'static str,
    recorder: String,
    reason: Option<String>,
    note: Option<String>,
    reference: Option<String>,
    of_capture: Option<String>,
    inferred: bool,
    contradictory: bool,
    request_id: Option<Uuid>,
    request_digest: Option<Vec<u8>>,
}

impl From<&Record> for Row {
    fn from(record: &Record) -> Self {
        let (order, proof, [from, action, actor], amount) = match record {
            Record::Opening(opening, proof) => {
                (&opening.order, proof, ["", "open", "buyer"], Some(opening.order.amount))
            }
            Record::Step(step, proof) => {
                let words = [step.from().name(), step.action().name(), step.actor().name()];
                (step.order(), proof, words, step.amount())
            }
        };
        let facts = &order.facts;
        Self {
            order_id: order.key.to_string(),
            seq: order.version,
            law: law::VERSION,
            provider: order.provider().name(),
            from,
            action,
            actor,
            to: order.status.name(),
            total: order.amount.minor,
            amount: amount.map(|amount| amount.minor),
            authorised: facts.authorised,
            canceled: facts.canceled,
            captured: facts.captured,
            refunded: facts.refunded,
            attempt: facts.attempt,
            // A rejection is pending only while it is the last transition.
            rejection_pending: facts.rejection_pending,
            outcome: facts.outcome.map(Outcome::name),
            to_seller: facts.parts.map(|parts| parts.to_seller),
            to_buyer: facts.parts.map(|parts| parts.to_buyer),
            due_at: order.due_at(),
            happened_at: order.moved_at,
            source: proof.source.name(),
            recorder: proof.recorder.clone(),
            reason: proof.reason.clone(),
            note: proof.note.clone(),
            reference: proof.reference.clone(),
            of_capture: proof.of_capture.clone(),
            inferred: proof.inferred,
            contradictory: proof.contradictory,
            request_id: proof.request.as_ref().map(|request| request.0),
            request_digest: proof.request.as_ref().map(|request| request.1.clone()),
        }
    }
}

/// Opens the new orders, then appends these records in one statement. Fails with [`StoreError::Conflict`] if someone
/// else moved one of the orders first; then nothing is recorded. Returns when each record was recorded.
///
/// # Errors
///
/// [`StoreError::Conflict`] if someone else opened or moved one of the orders first; [`StoreError::Refused`] if a
/// constraint forbids one of the records.
pub async fn append(connection: &mut PgConnection, records: &[Record]) -> Result<Vec<DateTime<Utc>>, StoreError> {
    open(connection, records).await?;
    let written = match records {
        [] => return Ok(Vec::new()),
        // One move by a person: unnesting one row from so many arrays would cost as much as checking it.
        [record] => Row::from(record).bind(sqlx::query_scalar(sql!("append_one"))),
        several => {
            let mut rows = Rows::default();
            several.iter().for_each(|record| rows.push(Row::from(record)));
            rows.bind(sqlx::query_scalar(sql!("append")))
        }
    };
    Ok(written.fetch_all(connection).await?)
}

async fn open(connection: &mut PgConnection, records: &[Record]) -> Result<(), StoreError> {
    let openings = records.iter().filter_map(|record| match record {
        Record::Opening(opening, _) => Some(opening),
        Record::Step(..) => None,
    });
    let openings: Vec<&Opening> = openings.collect();
    if openings.is_empty() {
        return Ok(());
    }
    let orders = || openings.iter().map(|opening| &opening.order);
    sqlx::query(sql!("open"))
        .bind(orders().map(|order| order.key.to_string()).collect::<Vec<_>>())
        .bind(orders().map(|order| order.provider().name()).collect::<Vec<_>>())
        .bind(orders().map(|order| order.amount.currency.code()).collect::<Vec<_>>())
        .bind(orders().map(|order| order.amount.minor).collect::<Vec<_>>())
        .bind(openings.iter().map(|opening| opening.cancellation_fee).collect::<Vec<_>>())
        .bind(openings.iter().map(|opening| opening.merchant.clone()).collect::<Vec<_>>())
        .bind(openings.iter().map(|opening| opening.buyer.clone()).collect::<Vec<_>>())
        .bind(openings.iter().map(|opening| opening.seller.clone()).collect::<Vec<_>>())
        .bind(orders().map(|order| order.opened_at).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}
