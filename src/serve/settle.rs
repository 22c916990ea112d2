//! Ends a request with what became of it: transition, evidence and state in one transaction.

use chrono::{DateTime, SubsecRound, Utc};
use sqlx::{Connection, PgConnection};

use crate::domain::{Ask, By, Order, OrderKey, Refusal, Source, decide};
use crate::intake::spread;
use crate::records::{RequestState, Transition};
use crate::store::requests::{self, Claimed, Moved};
use crate::store::{Proof, Record, Store, StoreError, append, evidence, facts, read};
use crate::wire::call::Done;
use crate::wire::evidence::{Noted, Told};

/// How often a request is ended again when someone else moves its order.
const TRIES: u32 = 40;

/// How ending a request went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// It is recorded.
    Recorded,
    /// Another server ended it before.
    Before,
    /// The provider did it, and the law refuses to record it here: a person has to look.
    Unlawful(String),
}

/// Evidence of a call, for the order.
pub fn noted(claimed: &Claimed, result: &str, detail: Option<String>, now: DateTime<Utc>) -> Noted {
    let told = Told::Attempted { action: claimed.request.action, result: result.to_owned() };
    Noted { key: claimed.request.order.clone(), at: now.trunc_subsecs(6), told, detail }
}

/// Records what the provider did for a request, and ends it. What a notification recorded meanwhile is not recorded twice.
///
/// # Errors
///
/// [`StoreError`] if the database is lost or does not allow it; then the request stays as it is.
pub async fn done(
    store: &Store,
    claimed: &Claimed,
    from: RequestState,
    moves: &[Done],
    noted: Option<&Noted>,
) -> Result<Ended, StoreError> {
    let mut connection = store.pool.acquire().await?;
    for attempt in 1.. {
        match record(&mut connection, store, (claimed, from), moves, noted).await {
            Err(StoreError::Conflict) if attempt < TRIES => {}
            Ok(ended) => {
                drop(connection);
                let moved = [claimed.request.order.to_string()];
                spread::spread(store, if ended == Ended::Recorded { &moved } else { &[] }).await;
                return Ok(ended);
            }
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Conflict)
}

async fn record(
    connection: &mut PgConnection,
    store: &Store,
    (claimed, from): (&Claimed, RequestState),
    moves: &[Done],
    noted: Option<&Noted>,
) -> Result<Ended, StoreError> {
    if let Some(odd) =
        moves.iter().filter_map(|done| done.reference.as_deref()).find(|id| OrderKey::fault(id).is_some())
    {
        return Ok(Ended::Unlawful(format!("the id that it gave cannot be kept: {}", crate::text::cut(odd, 80))));
    }
    let id = claimed.request.order.to_string();
    let names = std::slice::from_ref(&id);
    let mut tx = connection.begin().await?;
    let Some(stored) = read::orders(&mut tx, names).await?.pop() else { return Ok(Ended::Before) };
    let log = read::timelines(&mut tx, names).await?;
    let now = facts::clock(&mut tx).await?;
    let mut order = stored.order;
    let (mut records, mut confirmations, mut last) = (Vec::new(), Vec::new(), None);
    for done in moves {
        if let Some(known) = log.iter().rfind(|entry| is_same(entry, done, claimed.request.version)) {
            last = Some(known.seq);
            // A notification without an id was faster: the id is written down, so that it is known when it comes.
            let nameless = done.reference.is_some() && known.reference.is_none() && known.confirmed_reference.is_none();
            if !known.confirmed || nameless {
                confirmations.push((id.clone(), known.seq, done.reference.clone(), now));
            }
            continue;
        }
        match step(&order, claimed, done, now) {
            Ok((after, record)) => {
                last = Some(after.version);
                order = after;
                records.push(record);
            }
            Err(refusal) => return Ok(Ended::Unlawful(refusal.to_string())),
        }
    }
    append::append(&mut tx, &records).await?;
    facts::confirm(&mut tx, &confirmations, &store.person).await?;
    if let Some(noted) = noted {
        evidence::keep(&mut tx, std::slice::from_ref(noted), &store.person).await?;
    }
    let reference = moves.iter().rev().find_map(|done| done.reference.as_deref());
    let moved = Moved { message: None, reference, seq: last };
    if !requests::step(&mut tx, (claimed.request.id, from, RequestState::Done), &moved, &store.person).await? {
        return Ok(Ended::Before);
    }
    tx.commit().await.map_err(crate::store::error::of_commit)?;
    Ok(Ended::Recorded)
}

/// Whether a transition is this move: the same reference, or the same move since it was asked for, with no other reference.
fn is_same(entry: &Transition, done: &Done, version: i32) -> bool {
    let references = [&entry.reference, &entry.confirmed_reference];
    let known = || references.iter().any(|known| known.is_some() && **known == done.reference);
    let none = || references.iter().all(|known| known.is_none());
    entry.action == Some(done.action)
        && entry.amount == done.amount.map(|amount| amount.minor)
        && (known() || (entry.seq > version && (done.reference.is_none() || none())))
}

fn step(order: &Order, claimed: &Claimed, done: &Done, now: DateTime<Utc>) -> Result<(Order, Record), Refusal> {
    let at = now.trunc_subsecs(6).max(order.moved_at);
    let ask = Ask { amount: done.amount, ..Ask::new(done.action, claimed.request.actor, at, By::Notice) };
    let step = decide(order, &ask)?;
    let proof = Proof {
        note: claimed.note.clone(),
        reason: claimed.request.plan.map(|plan| format!("plan-{plan}")).or_else(|| claimed.reason.clone()),
        reference: done.reference.clone(),
        of_capture: done.of_capture.clone(),
        ..Proof::new(Source::Answer, &claimed.request.asked_by)
    };
    Ok((step.order().clone(), Record::Step(step, proof)))
}

/// Ends a request without a move: refused, or not done. The order stays as it is.
///
/// # Errors
///
/// [`StoreError`] if the database is lost or does not allow it.
pub async fn ended(
    store: &Store,
    claimed: &Claimed,
    (from, to): (RequestState, RequestState),
    message: &str,
    noted: Option<&Noted>,
) -> Result<(), StoreError> {
    let mut connection = store.pool.acquire().await?;
    let mut tx = connection.begin().await?;
    if let Some(noted) = noted {
        evidence::keep(&mut tx, std::slice::from_ref(noted), &store.person).await?;
    }
    let moved = Moved { message: Some(message), ..Moved::default() };
    requests::step(&mut tx, (claimed.request.id, from, to), &moved, &store.person).await?;
    tx.commit().await.map_err(crate::store::error::of_commit)?;
    drop(connection);
    spread::spread(store, &[]).await;
    Ok(())
}
