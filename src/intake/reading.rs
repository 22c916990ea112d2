//! Records what a reading of an order shows: evidence, moves that we do not have, and what it confirms. In one transaction.

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{Connection, PgConnection};

use super::adopt::{self, Found, chosen, found};
use super::batch::Batch;
use super::ledger::Ledger;
use crate::domain::{Action, Money, OrderKey};
use crate::records::RequestState;
use crate::store::{Record, Store, StoreError, append, evidence, facts, requests, seen};
use crate::wire::call::{Done, Seen};
use crate::wire::evidence::{Noted, Told};
use crate::wire::{Reading, json};

/// What a provider answered when it was asked for an order.
#[derive(Debug, Clone, Copy)]
pub enum Shown<'a> {
    /// The order as it is there.
    Seen(&'a Seen),
    /// It has no such order.
    Absent,
}

/// A person's choice among the ways to what the provider shows.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// Which way, counted from 1; `None` if there is only one.
    pub way: Option<usize>,
    /// Why.
    pub note: &'a str,
    /// Who chose.
    pub person: &'a str,
}

/// What came of a reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The order is as the provider shows it, after so many moves were recorded.
    Agrees(usize),
    /// A person has to choose one of so many ways.
    Offered(usize),
    /// The provider does not show what was recorded here.
    Behind,
    /// The law does not lead there, in these words.
    Unlawful(String),
    /// The provider has no such order.
    Absent,
    /// The provider is being asked to do something with it: what it shows may be that.
    Asking,
    /// It moved here while it was read: what the reading shows may be older.
    Moved,
    /// The provider shows it otherwise than when the way was chosen.
    Changed,
}

/// How often it is tried again while others move the order.
const TRIES: u32 = 40;

/// Records what a reading shows of an order that is known here; `asked` is when the provider was asked.
///
/// # Errors
///
/// [`StoreError`] if the database refuses it or cannot be reached; [`StoreError::Conflict`] if others keep moving the order.
pub async fn record(
    store: &Store,
    account: &str,
    key: &OrderKey,
    shown: Shown<'_>,
    choice: Option<Choice<'_>>,
    asked: Instant,
) -> Result<Outcome, StoreError> {
    let mut connection = store.pool.acquire().await?;
    for _ in 1..TRIES {
        match once(&mut connection, (store, account), key, (shown, asked), choice).await {
            Err(StoreError::Conflict) => {}
            other => return other,
        }
    }
    once(&mut connection, (store, account), key, (shown, asked), choice).await
}

/// Records what a reading lists before a move of ours, so that ours follows what came first. What is not lawful stays for the next
/// reading, which names it.
///
/// # Errors
///
/// [`StoreError`] if the database refuses it or cannot be reached; [`StoreError::Conflict`] if others keep moving the order.
pub async fn before(store: &Store, key: &OrderKey, there: &Seen, until: &Done) -> Result<(), StoreError> {
    let mut connection = store.pool.acquire().await?;
    for attempt in 1.. {
        let mut tx = connection.begin().await?;
        let (ledger, now) = Batch::known(&mut tx, &key.to_string()).await?;
        let records = adopt::before(&ledger, there, until, &store.person, now).unwrap_or_default();
        if records.is_empty() {
            return Ok(());
        }
        match append::append(&mut tx, &records).await {
            Err(StoreError::Conflict) if attempt < TRIES => {}
            Err(error) => return Err(error),
            Ok(_) => return tx.commit().await.map_err(crate::store::error::of_commit),
        }
    }
    Ok(())
}

async fn once(
    connection: &mut PgConnection,
    (store, account): (&Store, &str),
    key: &OrderKey,
    (shown, asked): (Shown<'_>, Instant),
    choice: Option<Choice<'_>>,
) -> Result<Outcome, StoreError> {
    let mut tx = connection.begin().await?;
    let name = key.to_string();
    // Before what is known is read: a request that ends in between is known then.
    let open = requests::open_of(&mut tx, std::slice::from_ref(&name)).await?;
    if open.iter().any(|request| matches!(request.state, RequestState::Sending | RequestState::Unknown)) {
        return Ok(Outcome::Asking);
    }
    let (ledger, now) = Batch::known(&mut tx, &name).await?;
    // What it shows is as old as the question.
    let read_at = now - TimeDelta::from_std(asked.elapsed()).unwrap_or_default();
    if ledger.recorded_at.is_some_and(|recorded| recorded > read_at) {
        return Ok(Outcome::Moved);
    }
    let mut sighting = seen::Sighting {
        order_id: name,
        account: account.to_owned(),
        read_at,
        word: String::new(),
        status: None,
        ways: Value::Array(Vec::new()),
        unlawful: None,
        listed: false,
    };
    let outcome = match shown {
        Shown::Absent => Outcome::Absent,
        Shown::Seen(there) => {
            sighting.word.clone_from(&there.word);
            sighting.status = there.status.map(|status| status.name().to_owned());
            compared(&mut tx, (store, &ledger, now), there, choice, &mut sighting).await?
        }
    };
    let noted = noted(key, shown, read_at);
    if let Some(noted) = noted
        && !seen::is_known(&mut tx, &noted).await?
    {
        evidence::keep(&mut tx, &[noted], &store.person).await?;
    }
    let moves = if let Shown::Seen(there) = shown { listed(there) } else { Vec::new() };
    sighting.listed = matches!(shown, Shown::Seen(there) if is_whole(there, &moves));
    seen::keep(&mut tx, &sighting, &moves).await?;
    tx.commit().await.map_err(crate::store::error::of_commit)?;
    Ok(outcome)
}

/// The captures and refunds that it lists with an amount and a time.
fn listed(there: &Seen) -> Vec<seen::Listed> {
    let money = there.moves.iter().filter(|done| matches!(done.action, Action::Capture | Action::Refund));
    money
        .filter_map(|done| {
            let (amount, at) = (done.amount?.minor, done.at?);
            (amount > 0).then_some(seen::Listed { action: done.action, amount, at })
        })
        .collect()
}

/// Whether what it lists makes up what it says was captured and refunded.
fn is_whole(there: &Seen, moves: &[seen::Listed]) -> bool {
    let sum = |action| moves.iter().filter(|it| it.action == action).map(|it| i128::from(it.amount)).sum::<i128>();
    let says = |total: Option<Money>, action| total.is_some_and(|total| i128::from(total.minor) == sum(action));
    let refunded = there.refunded.is_none() && sum(Action::Refund) == 0 || says(there.refunded, Action::Refund);
    says(there.captured, Action::Capture) && refunded
}

fn noted(key: &OrderKey, shown: Shown<'_>, at: DateTime<Utc>) -> Option<Noted> {
    let told = match shown {
        Shown::Absent => Told::Absent,
        Shown::Seen(there) => Told::Observed(there.status?, there.sums()),
    };
    Some(Noted { key: key.clone(), at, told, detail: None })
}

/// Writes the way there, if there is one or it was chosen.
async fn compared(
    tx: &mut PgConnection,
    (store, ledger, now): (&Store, &Ledger, DateTime<Utc>),
    there: &Seen,
    choice: Option<Choice<'_>>,
    sighting: &mut seen::Sighting,
) -> Result<Outcome, StoreError> {
    match found(ledger, there, &store.person, now) {
        Found::Way(mut records, confirmed) => {
            explain(&mut records, choice);
            append::append(tx, &records).await?;
            let order = &sighting.order_id;
            let confirmed: Vec<_> =
                confirmed.into_iter().map(|it| (order.clone(), it.seq, it.reference, now)).collect();
            facts::confirm(tx, &confirmed, &store.person).await?;
            Ok(Outcome::Agrees(records.len()))
        }
        Found::Ways(ways) => {
            let lists: Vec<Value> =
                ways.iter().filter_map(|way| serde_json::from_str(&json::write(way)).ok()).collect();
            sighting.ways = Value::Array(lists);
            let Some(choice) = choice else { return Ok(Outcome::Offered(ways.len())) };
            // The person chose among the ways that were listed.
            let listed = seen::of(tx, std::slice::from_ref(&sighting.order_id)).await?.pop();
            if listed.is_none_or(|listed| listed.ways != sighting.ways) {
                return Ok(Outcome::Changed);
            }
            let outcome = taken(tx, (ledger, now), &ways, choice).await?;
            if matches!(outcome, Outcome::Agrees(_)) {
                sighting.ways = Value::Array(Vec::new());
            }
            Ok(outcome)
        }
        Found::Behind => Ok(Outcome::Behind),
        Found::Unlawful(words) => {
            sighting.unlawful = Some(words.clone());
            Ok(Outcome::Unlawful(words))
        }
    }
}

/// Writes the way that a person chose.
async fn taken(
    tx: &mut PgConnection,
    (ledger, now): (&Ledger, DateTime<Utc>),
    ways: &[Vec<Reading>],
    choice: Choice<'_>,
) -> Result<Outcome, StoreError> {
    let way = match (choice.way, ways) {
        (None, [only]) => only,
        (Some(number), ways) if number >= 1 && number <= ways.len() => &ways[number - 1],
        (None | Some(_), ways) => return Ok(Outcome::Offered(ways.len())),
    };
    match chosen(ledger, way, choice.person, now) {
        Ok(mut records) => {
            explain(&mut records, Some(choice));
            append::append(tx, &records).await?;
            Ok(Outcome::Agrees(records.len()))
        }
        Err(words) => Ok(Outcome::Unlawful(words)),
    }
}

/// What a person chose is recorded for that person, with the reason.
fn explain(records: &mut [Record], choice: Option<Choice<'_>>) {
    let Some(choice) = choice else { return };
    for record in records.iter_mut() {
        let (Record::Opening(_, proof) | Record::Step(_, proof)) = record;
        choice.person.clone_into(&mut proof.recorder);
        proof.note.get_or_insert_with(|| choice.note.to_owned());
    }
}
