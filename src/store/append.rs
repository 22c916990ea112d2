//! Writing to the log: only what was decided.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::StoreError;
use crate::domain::{Order, Outcome, Source, Step, law};

/// A new order, with what only people read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The order, just opened.
    pub order: Order,
    /// AtaraPay: what a cancellation costs, in minor units.
    pub cancellation_fee: Option<i64>,
    /// The merchant's id.
    pub merchant: Option<String>,
    /// The buyer.
    pub buyer: Option<String>,
    /// The seller.
    pub seller: Option<String>,
}

/// What stands beside a step: how it was learnt, who wrote it down, what they said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// How it was learnt.
    pub source: Source,
    /// Who writes it down.
    pub recorder: String,
    /// A reason code.
    pub reason: Option<String>,
    /// What the recorder has to say.
    pub note: Option<String>,
    /// The provider's reference.
    pub reference: Option<String>,
    /// Recorded because a later notification implies it.
    pub inferred: bool,
    /// The notification contradicted itself, and only one reading was lawful.
    pub contradictory: bool,
    /// The request it answers, and the digest of its body.
    pub request: Option<(Uuid, Vec<u8>)>,
}

impl Proof {
    /// Learnt this way, written down by this person, nothing else.
    pub fn new(source: Source, recorder: &str) -> Self {
        Self {
            source,
            recorder: recorder.to_owned(),
            reason: None,
            note: None,
            reference: None,
            inferred: false,
            contradictory: false,
            request: None,
        }
    }
}

/// One row to be written to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// An order's first.
    Opening(Opening, Proof),
    /// Any later one.
    Step(Step, Proof),
}

/// The columns of the rows to come, one vector each.
#[derive(Default)]
struct Columns {
    order_id: Vec<String>,
    seq: Vec<i32>,
    provider: Vec<&'static str>,
    from: Vec<&'static str>,
    action: Vec<&'static str>,
    actor: Vec<&'static str>,
    to: Vec<&'static str>,
    total: Vec<i64>,
    amount: Vec<Option<i64>>,
    authorised: Vec<i64>,
    canceled: Vec<i64>,
    captured: Vec<i64>,
    refunded: Vec<i64>,
    attempt: Vec<i16>,
    rejection_pending: Vec<bool>,
    outcome: Vec<Option<&'static str>>,
    to_seller: Vec<Option<i64>>,
    to_buyer: Vec<Option<i64>>,
    due_at: Vec<Option<DateTime<Utc>>>,
    happened_at: Vec<DateTime<Utc>>,
    source: Vec<&'static str>,
    recorder: Vec<String>,
    reason: Vec<Option<String>>,
    note: Vec<Option<String>>,
    reference: Vec<Option<String>>,
    inferred: Vec<bool>,
    contradictory: Vec<bool>,
    request_id: Vec<Option<Uuid>>,
    request_digest: Vec<Option<Vec<u8>>>,
}

impl Columns {
    fn push(&mut self, record: &Record) {
        let (order, proof) = match record {
            Record::Opening(opening, proof) => {
                self.from.push("");
                self.action.push("open");
                self.actor.push("buyer");
                self.amount.push(Some(opening.order.amount.minor));
                (&opening.order, proof)
            }
            Record::Step(step, proof) => {
                self.from.push(step.from().name());
                self.action.push(step.action().name());
                self.actor.push(step.actor().name());
                self.amount.push(step.amount().map(|amount| amount.minor));
                (step.order(), proof)
            }
        };
        self.order(order);
        self.proof(proof);
    }

    fn order(&mut self, order: &Order) {
        let facts = &order.facts;
        self.order_id.push(order.key.to_string());
        self.seq.push(order.version);
        self.provider.push(order.provider().name());
        self.to.push(order.status.name());
        self.total.push(order.amount.minor);
        self.authorised.push(facts.authorised);
        self.canceled.push(facts.canceled);
        self.captured.push(facts.captured);
        self.refunded.push(facts.refunded);
        self.attempt.push(facts.attempt);
        // A rejection is pending only as the last thing that happened.
        self.rejection_pending.push(facts.rejection_pending);
        self.outcome.push(facts.outcome.map(Outcome::name));
        self.to_seller.push(facts.parts.map(|parts| parts.to_seller));
        self.to_buyer.push(facts.parts.map(|parts| parts.to_buyer));
        self.due_at.push(order.due_at());
        self.happened_at.push(order.moved_at);
    }

    fn proof(&mut self, proof: &Proof) {
        self.source.push(proof.source.name());
        self.recorder.push(proof.recorder.clone());
        self.reason.push(proof.reason.clone());
        self.note.push(proof.note.clone());
        self.reference.push(proof.reference.clone());
        self.inferred.push(proof.inferred);
        self.contradictory.push(proof.contradictory);
        self.request_id.push(proof.request.as_ref().map(|request| request.0));
        self.request_digest.push(proof.request.as_ref().map(|request| request.1.clone()));
    }
}

/// Appends these records in one statement, opening the orders that begin with them. Fails as
/// [`StoreError::Conflict`] where somebody else moved one of the orders first: then nothing of it stands.
/// Gives when each was written down.
pub async fn append(connection: &mut PgConnection, records: &[Record]) -> Result<Vec<DateTime<Utc>>, StoreError> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    open(connection, records).await?;
    let mut rows = Columns::default();
    records.iter().for_each(|record| rows.push(record));
    let written = sqlx::query_scalar(sql!("append"))
        .bind(&rows.order_id)
        .bind(&rows.seq)
        .bind(vec![law::VERSION; records.len()])
        .bind(&rows.provider)
        .bind(&rows.from)
        .bind(&rows.action)
        .bind(&rows.actor)
        .bind(&rows.to)
        .bind(&rows.total)
        .bind(&rows.amount)
        .bind(&rows.authorised)
        .bind(&rows.canceled)
        .bind(&rows.captured)
        .bind(&rows.refunded)
        .bind(&rows.attempt)
        .bind(&rows.rejection_pending)
        .bind(&rows.outcome)
        .bind(&rows.to_seller)
        .bind(&rows.to_buyer)
        .bind(&rows.due_at)
        .bind(&rows.happened_at)
        .bind(&rows.source)
        .bind(&rows.recorder)
        .bind(&rows.reason)
        .bind(&rows.note)
        .bind(&rows.reference)
        .bind(&rows.inferred)
        .bind(&rows.contradictory)
        .bind(&rows.request_id)
        .bind(&rows.request_digest)
        .fetch_all(connection)
        .await?;
    Ok(written)
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
