//! Theirs and ours: has orders read at their provider now, and records what a person decides of how they differ.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use super::accounts;
use crate::domain::{NotPermitted, OrderKey, Roles, Task};
use crate::intake::reading::Outcome;
use crate::store::accounts::{Ask, Question};
use crate::store::{Store, StoreError, drift, feed, received};

/// How many orders one question names.
const BATCH: usize = 500;
/// How long nothing may be read before it is given up, and how often is looked.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(100);

/// What became of orders that were to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// How many were read.
    pub read: usize,
    /// Those that could not be read, each with the reason.
    pub unread: Vec<(String, String)>,
}

/// Has running servers read these orders, and waits until they were.
///
/// # Errors
///
/// [`StoreError::Refused`] if this person may not ask; another [`StoreError`] if the database cannot be reached.
pub async fn check(store: &Store, orders: &[String]) -> Result<Checked, StoreError> {
    let mut by_account: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (order, account) in drift::readers(&store.pool, orders).await? {
        by_account.entry(account).or_default().push(order);
    }
    let known: Vec<&String> = by_account.values().flatten().collect();
    let without = orders.iter().filter(|order| !known.contains(order));
    let mut checked = Checked::default();
    checked.unread.extend(without.map(|order| (order.clone(), "no account reads it".to_owned())));
    for (account, orders) in by_account {
        for some in orders.chunks(BATCH) {
            let ask = Ask { orders: Some(some.to_vec()), ..Ask::of(&account, Question::Read) };
            let (taken, words) = accounts::put(store, &ask).await?;
            if !taken {
                checked.unread.extend(some.iter().map(|order| (order.clone(), words.clone())));
                continue;
            }
            wait(store, some, &mut checked).await?;
        }
    }
    Ok(checked)
}

/// Waits until these orders were read, as long as some of them are.
async fn wait(store: &Store, orders: &[String], checked: &mut Checked) -> Result<(), StoreError> {
    let mut connection = store.pool.acquire().await?;
    let (mut last, mut until) = (usize::MAX, Instant::now() + PATIENCE);
    loop {
        let waiting = received::waiting(&mut connection, orders).await?;
        let (fresh, failed): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(_, message)| message.is_none());
        if fresh.len() < last {
            (last, until) = (fresh.len(), Instant::now() + PATIENCE);
        }
        let is_late = Instant::now() > until;
        if fresh.is_empty() || is_late {
            let late = fresh.into_iter().map(|(order, _)| (order, "no server has read it yet".to_owned()));
            checked.unread.extend(failed.into_iter().map(|(order, why)| (order, why.unwrap_or_default())).chain(late));
            checked.read =
                checked.read + orders.len() - checked.unread.iter().filter(|(it, _)| orders.contains(it)).count();
            return Ok(());
        }
        sleep(LOOK).await;
    }
}

/// What became of a person's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Adopted {
    /// The server read the order and answered.
    Answered(Outcome),
    /// It could not be done, in these words.
    Failed(String),
    /// No role of this person may.
    NotPermitted(NotPermitted),
}

/// Has a running server record what the provider did with an order: one of several ways, counted from 1, or the only one.
///
/// # Errors
///
/// [`StoreError::Refused`] if the database refuses the question; another [`StoreError`] if it cannot be reached.
pub async fn adopt(
    store: &Store,
    roles: Roles,
    order: &OrderKey,
    way: Option<usize>,
    note: &str,
) -> Result<Adopted, StoreError> {
    if let Err(why) = roles.may(Task::AdoptDrift) {
        return Ok(Adopted::NotPermitted(why));
    }
    let name = order.to_string();
    let Some((_, account)) = drift::readers(&store.pool, std::slice::from_ref(&name)).await?.pop() else {
        return Ok(Adopted::Failed("no account reads this order".to_owned()));
    };
    let way = way.map(|way| i32::try_from(way).unwrap_or(i32::MAX));
    let ask = Ask { order_id: Some(name), way, note: Some(note.to_owned()), ..Ask::of(&account, Question::Adopt) };
    let (good, words) = accounts::put(store, &ask).await?;
    feed::ring(store).await;
    Ok(match (good, serde_json::from_str(&words)) {
        (true, Ok(outcome)) => Adopted::Answered(outcome),
        (true, Err(_)) | (false, _) => Adopted::Failed(words),
    })
}
