//! How a person settles quarantined facts: try again, choose a reading, or dismiss with a reason.

use chrono::{DateTime, Utc};

use super::import;
use super::judge::{AHEAD, asked, record};
use super::spread::spread;
use crate::domain::{CaseAction, NotPermitted, Refusal, Roles, Source, Step, Task, decide};
use crate::records::OrderRecord;
use crate::records::{FactState, HeldKind, Quarantined};
use crate::store::error::of_commit;
use crate::store::{Record, Store, StoreError, append, evidence, facts, feed, read};
use crate::wire::line::{self, Said};
use crate::wire::{Reading, json};

/// The result of settling a fact.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is settled.
    Done,
    /// No such fact.
    Missing,
    /// It was settled before, with this result.
    Settled(FactState),
    /// It is from the future: it can be applied when its time has come.
    Future(DateTime<Utc>),
    /// It has only this many readings.
    NoReading(usize),
    /// A note is required.
    NoNote,
    /// These roles may not settle it.
    NotPermitted(NotPermitted),
    /// The law refuses this reading.
    Refused(Refusal),
    /// Someone else changed it first.
    Conflict,
}

/// The readings of a quarantined fact.
pub fn readings(fact: &Quarantined) -> Vec<Reading> {
    json::read(&fact.readings)
}

/// Retries all early facts. Returns how many were settled.
///
/// # Errors
///
/// [`StoreError`] if the facts cannot be read, or as [`import::retry`]. What was settled before stays settled.
pub async fn retry(store: &Store) -> Result<u64, StoreError> {
    let (mut settled, mut after) = (0, 0);
    loop {
        let page = facts::waiting(&store.pool, after, facts::Wanted::default(), 500).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let mut orders: Vec<String> =
            page.into_iter().filter(|fact| fact.early).filter_map(|fact| fact.order_id).collect();
        orders.sort();
        orders.dedup();
        if !orders.is_empty() {
            settled += import::retry(store, &orders).await?;
        }
    }
    feed::ring(store).await;
    Ok(settled)
}

/// A preview of what applying a fact as one of its readings would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Considered {
    /// The order as it is now.
    pub stored: OrderRecord,
    /// What would be recorded.
    pub step: Step,
    /// The reading.
    way: Reading,
    source: Source,
    contradictory: bool,
    /// The merchant's numbers of the order, each with its order.
    numbers: Vec<(String, String)>,
}

/// Judges a fact as this reading, numbered from 1. Writes nothing.
///
/// # Errors
///
/// [`StoreError`] if the fact or its order cannot be read. A refusal is an [`Answer`] and not an error.
pub async fn consider(
    store: &Store,
    roles: Roles,
    id: i64,
    number: usize,
    now: DateTime<Utc>,
) -> Result<Result<Considered, Answer>, StoreError> {
    let mut connection = store.pool.acquire().await?;
    let fact = match held(&mut connection, roles, id, true).await? {
        Ok(fact) => fact,
        Err(answer) => return Ok(Err(answer)),
    };
    let clock = facts::clock(&mut connection).await?;
    if let Some(at) = fact.happened_at.filter(|at| *at > clock + AHEAD) {
        return Ok(Err(Answer::Future(at)));
    }
    let mut ways = readings(&fact);
    if number == 0 || number > ways.len() {
        return Ok(Err(Answer::NoReading(ways.len())));
    }
    let way = ways.swap_remove(number - 1);
    let Some(order_id) = fact.order_id.clone() else { return Ok(Err(Answer::NoReading(0))) };
    let Some(stored) = read::orders(&mut connection, std::slice::from_ref(&order_id)).await?.pop() else {
        return Ok(Err(Answer::NoReading(0)));
    };
    let said = line::read(&fact.raw).said.ok();
    let mut ask = asked(&way, fact.happened_at.unwrap_or(now));
    if let Some(Said::Moved(moved)) = &said
        && let Ok((amount, parts)) = moved.money(&stored.order)
    {
        (ask.amount, ask.parts) = (amount, parts);
    }
    let (source, numbers) = match said {
        Some(Said::Notice(notice)) => (Source::Notification, notice.numbers),
        Some(Said::Opened(_) | Said::Moved(_) | Said::Noted(_)) | None => (Source::Import, Vec::new()),
    };
    let numbers = numbers.into_iter().map(|number| (order_id.clone(), number)).collect();
    let contradictory = fact.why == HeldKind::Contradictory.name();
    Ok(match decide(&stored.order, &ask) {
        Ok(step) => Ok(Considered { stored, step, way, source, contradictory, numbers }),
        Err(refusal) => Err(Answer::Refused(refusal)),
    })
}

/// Applies a quarantined fact as this reading, numbered from 1. With `expect`, only to the version of the order that
/// the person saw.
///
/// # Errors
///
/// [`StoreError::Unknown`] if the connection was lost during the commit; another [`StoreError`] if the database refuses
/// it.
pub async fn apply(
    store: &Store,
    roles: Roles,
    id: i64,
    number: usize,
    note: &str,
    expect: Option<i32>,
    now: DateTime<Utc>,
) -> Result<Answer, StoreError> {
    if note.trim().is_empty() {
        return Ok(Answer::NoNote);
    }
    let Considered { stored, step, way, source, contradictory, numbers } =
        match consider(store, roles, id, number, now).await? {
            Ok(considered) => considered,
            Err(answer) => return Ok(answer),
        };
    if expect.is_some_and(|version| version != stored.order.version) {
        return Ok(Answer::Conflict);
    }
    let way = Reading { note: Some(note.to_owned()), ..way };
    let mut record = record(step, &way, source, &store.person);
    if let Record::Step(_, proof) = &mut record {
        proof.contradictory = contradictory;
    }
    let mut connection = store.pool.acquire().await?;
    let mut tx = sqlx::Connection::begin(&mut *connection).await?;
    let written = async {
        // First, because releasing it is what allows a person to record it.
        facts::settle(&mut tx, id, "applied", note, &store.person).await?;
        append::append(&mut tx, &[record]).await?;
        evidence::numbers(&mut tx, &numbers).await?;
        tx.commit().await.map_err(of_commit)
    };
    match written.await {
        Ok(()) => {}
        Err(StoreError::Conflict) => return Ok(Answer::Conflict),
        Err(error) => return Err(error),
    }
    drop(connection);
    spread(store, &[stored.order.key.to_string()]).await;
    Ok(Answer::Done)
}

/// Dismisses a quarantined fact, with the reason.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or refuses it. If someone else settled the fact first, that is
/// [`Answer::Conflict`].
pub async fn dismiss(store: &Store, roles: Roles, id: i64, note: &str) -> Result<Answer, StoreError> {
    if note.trim().is_empty() {
        return Ok(Answer::NoNote);
    }
    let mut connection = store.pool.acquire().await?;
    if let Err(answer) = held(&mut connection, roles, id, false).await? {
        return Ok(answer);
    }
    let mut tx = sqlx::Connection::begin(&mut *connection).await?;
    let written = async {
        facts::settle(&mut tx, id, "dismissed", note, &store.person).await?;
        tx.commit().await.map_err(of_commit)
    };
    match written.await {
        Ok(()) => {}
        Err(StoreError::Conflict) => return Ok(Answer::Conflict),
        Err(error) => return Err(error),
    }
    feed::ring(store).await;
    Ok(Answer::Done)
}

/// The fact, if it is still waiting and these roles may settle it.
async fn held(
    connection: &mut sqlx::PgConnection,
    roles: Roles,
    id: i64,
    applies: bool,
) -> Result<Result<Quarantined, Answer>, StoreError> {
    let Some(fact) = facts::quarantined(connection, id).await? else { return Ok(Err(Answer::Missing)) };
    if fact.state != FactState::Waiting {
        return Ok(Err(Answer::Settled(fact.state)));
    }
    if let Err(refused) = roles.may(Task::Quarantine(fact.provider.as_deref().and_then(|name| name.parse().ok()))) {
        return Ok(Err(Answer::NotPermitted(refused)));
    }
    // Above the policy's limit, what is reported decides money.
    if fact.why == HeldKind::Limit.name()
        && applies
        && let Err(refused) = roles.may(Task::Case(CaseAction::Approve))
    {
        return Ok(Err(Answer::NotPermitted(refused)));
    }
    Ok(Ok(fact))
}
