//! A person's side of the quarantine: try again, choose a reading, or dismiss with a reason.

use chrono::{DateTime, Utc};

use super::import;
use super::judge::{asked, record};
use crate::domain::{Actor, Provider, Refusal, Roles, Source, decide};
use crate::store::inbox::Quarantined;
use crate::store::{Record, Store, StoreError, append, feed, inbox, read};
use crate::wire::line::{self, Said};
use crate::wire::{Reading, json};

/// What came of a person's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is settled.
    Done,
    /// No such fact.
    Missing,
    /// It was settled before, like this.
    Settled(String),
    /// It has only this many readings.
    NoReading(usize),
    /// A note is mandatory.
    NoNote,
    /// These roles may not.
    NotYours(Roles),
    /// The law refuses this reading.
    Refused(Refusal),
    /// Somebody moved the order meanwhile.
    Conflict,
}

/// The ways a quarantined fact can be understood.
pub fn readings(fact: &Quarantined) -> Vec<Reading> {
    json::read(&fact.readings)
}

/// Tries again whatever waits for its order. Gives how many were settled.
pub async fn retry(store: &Store) -> Result<u64, StoreError> {
    let (mut settled, mut after) = (0, 0);
    loop {
        let page = inbox::waiting(&store.pool, after, None, 500).await?;
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

/// Takes a quarantined fact as this reading, numbered from 1.
pub async fn apply(
    store: &Store,
    roles: Roles,
    id: i64,
    number: usize,
    note: &str,
    now: DateTime<Utc>,
) -> Result<Answer, StoreError> {
    let mut connection = store.pool.acquire().await?;
    let fact = match held(&mut connection, roles, id, note).await? {
        Ok(fact) => fact,
        Err(answer) => return Ok(answer),
    };
    let mut ways = readings(&fact);
    if number == 0 || number > ways.len() {
        return Ok(Answer::NoReading(ways.len()));
    }
    let way = Reading { note: Some(note.to_owned()), ..ways.swap_remove(number - 1) };
    let Some(order_id) = fact.order_id.clone() else { return Ok(Answer::NoReading(0)) };
    let Some(stored) = read::orders(&mut connection, std::slice::from_ref(&order_id)).await?.pop() else {
        return Ok(Answer::NoReading(0));
    };
    let said = line::read(&fact.raw).said.ok();
    let at = fact.happened_at.unwrap_or(now);
    let mut ask = asked(&way, at);
    if let Some(Said::Moved(moved)) = &said
        && let Ok((amount, parts)) = moved.money(&stored.order)
    {
        (ask.amount, ask.parts) = (amount, parts);
    }
    let step = match decide(&stored.order, &ask) {
        Ok(step) => step,
        Err(refusal) => return Ok(Answer::Refused(refusal)),
    };
    let source = if matches!(said, Some(Said::Notice(_))) { Source::Notification } else { Source::Import };
    let mut tx = sqlx::Connection::begin(&mut *connection).await?;
    let written = async {
        let mut record = record(step, &way, source, &store.person);
        if let Record::Step(_, proof) = &mut record {
            proof.contradictory = fact.why == "contradictory";
        }
        append::append(&mut tx, &[record]).await?;
        inbox::settle(&mut tx, id, "applied", note, &store.person).await?;
        tx.commit().await.map_err(crate::store::error::of_commit)
    };
    match written.await {
        Ok(()) => {}
        Err(StoreError::Conflict) => return Ok(Answer::Conflict),
        Err(error) => return Err(error),
    }
    drop(connection);
    import::retry(store, &[order_id]).await?;
    feed::ring(store).await;
    Ok(Answer::Done)
}

/// Puts a quarantined fact away, with the reason.
pub async fn dismiss(store: &Store, roles: Roles, id: i64, note: &str) -> Result<Answer, StoreError> {
    let mut connection = store.pool.acquire().await?;
    if let Err(answer) = held(&mut connection, roles, id, note).await? {
        return Ok(answer);
    }
    match inbox::settle(&mut connection, id, "dismissed", note, &store.person).await {
        Ok(()) => {}
        Err(StoreError::Conflict) => return Ok(Answer::Conflict),
        Err(error) => return Err(error),
    }
    feed::ring(store).await;
    Ok(Answer::Done)
}

/// The fact, if it still waits and these roles may settle it.
async fn held(
    connection: &mut sqlx::PgConnection,
    roles: Roles,
    id: i64,
    note: &str,
) -> Result<Result<Quarantined, Answer>, StoreError> {
    let Some(fact) = inbox::quarantined(connection, id).await? else { return Ok(Err(Answer::Missing)) };
    if fact.state != "waiting" {
        return Ok(Err(Answer::Settled(fact.state)));
    }
    if !may_settle(roles, fact.provider.as_deref().and_then(|name| name.parse().ok())) {
        return Ok(Err(Answer::NotYours(roles)));
    }
    if note.trim().is_empty() {
        return Ok(Err(Answer::NoNote));
    }
    Ok(Ok(fact))
}

/// Who moves a provider's orders may settle its facts; nobody's facts, anyone who moves any.
pub fn may_settle(roles: Roles, provider: Option<Provider>) -> bool {
    let moves = |provider: Provider| {
        let own = match provider {
            Provider::Tamara => Actor::Merchant,
            Provider::Atarapay => Actor::DisputeManager,
        };
        provider
            .moves()
            .into_iter()
            .any(|(action, actor)| actor == own && roles.permits(provider, actor, action).is_some())
    };
    provider.map_or_else(|| moves(Provider::Tamara) || moves(Provider::Atarapay), moves)
}
