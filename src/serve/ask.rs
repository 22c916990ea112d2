//! Finds out what became of a request whose answer is not known: by reading the order, never by sending again.

use chrono::{TimeDelta, Utc};

use super::accounts::Account;
use super::found::{Found, Known, found};
use super::settle::{self, Ended};
use super::{Served, Server, standing};
use crate::domain::OrderKey;
use crate::intake::reading;
use crate::records::{RequestState, Transition};
use crate::store::requests::{self, Claimed, Later};
use crate::store::{Store, StoreError, read};
use crate::wire::call::{Done, Looked, Seen};

/// So long that no one waits for it: a person has to find out.
const NEVER: f64 = 3.0e9;

/// Reads the order, and ends the request if that shows what became of it.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or does not allow it.
pub async fn about(server: &Server, served: &Served, account: &Account, claimed: &Claimed) -> Result<(), StoreError> {
    use RequestState::{NotDone, Refused, Unknown};
    let store = &server.store;
    let Some(connector) = account.connector() else { return Ok(()) };
    let key = &claimed.request.order;
    let answer = super::client::call(&server.client, account, &(connector.look)(&key.id)).await;
    let looked = match answer {
        Ok(answer) => (connector.looked)(key, answer.status, &answer.body),
        Err(_) => Looked::Unknown("no answer".to_owned()),
    };
    let seen = match looked {
        Looked::Seen(seen) => seen,
        Looked::Broken(words) => {
            standing::broken(server, served, account, &account.cleaned(&words)).await?;
            return again(server, account, claimed, false).await;
        }
        // A reading that does not find the order shows nothing of it: it was there when it was asked for.
        Looked::Absent(_) | Looked::Later(_) | Looked::Unknown(_) => {
            return again(server, account, claimed, false).await;
        }
    };
    let names = [key.to_string()];
    let mut connection = store.pool.acquire().await?;
    let Some(stored) = read::orders(&mut connection, &names).await?.pop() else { return Ok(()) };
    let log = read::timelines(&mut connection, &names).await?;
    drop(connection);
    let references = references(&log);
    let wanted = Done {
        amount: claimed.request.amount,
        mark: Some(claimed.mark.to_string()),
        ..Done::new(claimed.request.action)
    };
    let asked_at = claimed.request.sent_at.unwrap_or(claimed.request.created_at);
    let known = Known { order: &stored.order, references: &references, wanted, asked_at };
    let found = match already(&log, claimed) {
        // A notification was faster, and is recorded. One that had no id gets it from the reading.
        Some(done) if done.reference.is_none() => match found(&known, &seen) {
            Found::Done(moves) => Found::Done(moves),
            Found::Unchanged | Found::Other(_) => Found::Done(vec![done]),
        },
        Some(done) => Found::Done(vec![done]),
        None => found(&known, &seen),
    };
    if let Found::Done(moves) = &found {
        first(store, key, &seen, moves).await?;
    }
    let words = match found {
        Found::Done(moves) => match settle::done(store, claimed, Unknown, &moves, None).await? {
            Ended::Recorded | Ended::Before => return Ok(()),
            Ended::Unlawful(_) => return again(server, account, claimed, false).await,
        },
        Found::Unchanged => None,
        Found::Other(words) => Some(words),
    };
    match words {
        words if claimed.conflict => {
            let said = claimed.request.message.clone();
            let words: Vec<String> = said.into_iter().chain(words).collect();
            settle::ended(store, claimed, (Unknown, Refused), &words.join("; "), None).await
        }
        None if is_over(account, claimed) => {
            let words = "the provider did not do it: the order is unchanged and may be asked again";
            settle::ended(store, claimed, (Unknown, NotDone), words, None).await
        }
        None => again(server, account, claimed, is_after(account, claimed)).await,
        Some(_) => again(server, account, claimed, false).await,
    }
}

/// What someone did on the provider's own pages before ours comes first here, too.
async fn first(store: &Store, key: &OrderKey, seen: &Seen, moves: &[Done]) -> Result<(), StoreError> {
    match moves.last().filter(|ours| ours.reference.is_some()) {
        Some(ours) => reading::before(store, key, seen, ours).await,
        None => Ok(()),
    }
}

/// The provider's ids that are known here.
fn references(log: &[Transition]) -> Vec<String> {
    log.iter().flat_map(|entry| entry.reference.iter().chain(&entry.confirmed_reference)).cloned().collect()
}

/// The move that the request asked for, if a notification recorded it since.
fn already(log: &[Transition], claimed: &Claimed) -> Option<Done> {
    let request = &claimed.request;
    let same = |entry: &&Transition| {
        entry.seq > request.version
            && entry.action == Some(request.action)
            && entry.actor == request.actor
            && entry.amount == request.amount.map(|amount| amount.minor)
    };
    let entry = log.iter().find(same)?;
    let reference = entry.reference.clone().or_else(|| entry.confirmed_reference.clone());
    Some(Done { amount: request.amount, reference, ..Done::new(request.action) })
}

/// Whether the call itself is over for sure: what comes later was not written by it.
fn is_after(account: &Account, claimed: &Claimed) -> bool {
    let sent = claimed.request.sent_at.unwrap_or(claimed.request.created_at);
    let timeout = TimeDelta::from_std(account.timeout).unwrap_or_default();
    Utc::now() >= sent + timeout
}

/// Whether an earlier reading showed no change either, long enough ago.
fn is_over(account: &Account, claimed: &Claimed) -> bool {
    let apart = TimeDelta::from_std(account.asking.apart).unwrap_or_default();
    is_after(account, claimed) && claimed.unchanged_at.is_some_and(|before| Utc::now() - before >= apart)
}

/// Asks again later, as the account's schedule says; after its end a person has to find out.
async fn again(server: &Server, account: &Account, claimed: &Claimed, unchanged: bool) -> Result<(), StoreError> {
    let asking = &account.asking;
    let until = TimeDelta::from_std(asking.until).unwrap_or_default();
    let ended = claimed.unknown_since.is_some_and(|since| Utc::now() - since >= until);
    let next = (claimed.looks.unsigned_abs() as usize + 1).min(asking.pauses.len().saturating_sub(1));
    let pause = asking.pauses.get(next).copied().unwrap_or_default();
    let seconds = if ended { NEVER } else { pause.as_secs_f64() };
    let mut connection = server.store.pool.acquire().await?;
    requests::later(&mut connection, claimed.request.id, Later { seconds, looks: 1, unchanged, conflict: false }).await
}
