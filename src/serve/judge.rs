//! Judges what was received, like an import: applied, repeated, or in quarantine. An order that is not known is read at its provider.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::Connection;
use tokio::time::sleep;

use super::Server;
use crate::domain::Provider;
use crate::intake::{import, spread};
use crate::store::received::{self, Received};
use crate::store::{StoreError, facts, requests};
use crate::wire::line::{self, Line};
use crate::wire::{Unreadable, secret};

/// How many are judged in one transaction.
const BATCH: i64 = 200;
/// How long to wait for more, at most: the bell may be missed.
const LOOK: Duration = Duration::from_secs(1);
/// How many seconds later an order is read of which something was told: what is told of it meanwhile is confirmed by the same reading.
const CONFIRM: f64 = 2.0;
/// How often a batch is judged again when others move the same orders.
const TRIES: u32 = 40;

/// Judges until dropped.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or the login may not serve. It returns only with an error.
pub async fn run(server: &Server) -> Result<(), StoreError> {
    let mut bell = server.bell.subscribe();
    loop {
        while all(server).await? {}
        tokio::select! {
            _ = bell.changed() => {}
            () = sleep(LOOK) => {}
        }
    }
}

/// Judges the oldest; those one by one that the database refuses together. Returns whether there were any.
async fn all(server: &Server) -> Result<bool, StoreError> {
    match some(server, BATCH, None).await {
        Err(error) if error.is_of_the_data() => {}
        done => return done,
    }
    match some(server, 1, None).await {
        Err(error) if error.is_of_the_data() => some(server, 1, Some(error.to_string())).await,
        done => done,
    }
}

async fn some(server: &Server, most: i64, refused: Option<String>) -> Result<bool, StoreError> {
    for attempt in 1.. {
        match batch(server, most, refused.as_ref()).await {
            Err(StoreError::Conflict) if attempt < TRIES => {
                sleep(Duration::from_millis(5 * u64::from(attempt.min(20)))).await
            }
            done => return done,
        }
    }
    Err(StoreError::Conflict)
}

/// One transaction: what it takes is gone when it is judged, and stays when it is not.
async fn batch(server: &Server, most: i64, refused: Option<&String>) -> Result<bool, StoreError> {
    let mut connection = server.store.pool.acquire().await?;
    let mut tx = connection.begin().await?;
    let taken = received::take(&mut tx, most).await?;
    if taken.is_empty() {
        return Ok(false);
    }
    let mut lines: Vec<Line> = taken.iter().map(|it| line_of(server, it)).collect();
    if let (Some(words), [line]) = (refused, lines.as_mut_slice()) {
        line.said = Err(Unreadable::Refused(words.clone()));
    }
    let raw: Vec<Vec<u8>> = taken.iter().map(|it| it.line.clone()).collect();
    let mut orders: Vec<String> =
        lines.iter().filter_map(|line| line.order.as_ref()).map(ToString::to_string).collect();
    orders.sort();
    orders.dedup();
    let merchants = received::merchants(&mut tx, &orders).await?;
    for (it, line) in taken.iter().zip(&mut lines) {
        keep_back(server, it, line, &merchants);
    }
    import::judged(&mut tx, (&raw, &lines), &server.store.person, false).await?;
    let strangers = received::strangers(&mut tx, &orders).await?;
    let (unknown, known) = wanted(server, &taken, &lines, &strangers);
    received::want(&mut tx, &unknown, 0.0).await?;
    received::want(&mut tx, &known, CONFIRM).await?;
    requests::wake(&mut tx, &orders).await?;
    tx.commit().await.map_err(crate::store::error::of_commit)?;
    drop(connection);
    // Another server may have recorded meanwhile what one of these waits for: neither saw the other. The later one tries again.
    let waiting = facts::early_orders(&server.store.pool, &orders).await?;
    spread::spread(&server.store, &waiting).await;
    Ok(true)
}

/// A notification proves that it came from someone with the account's token, and nothing about another merchant's orders.
fn keep_back(server: &Server, it: &Received, line: &mut Line, merchants: &HashMap<String, String>) {
    let Some(served) = server.named(&it.account) else { return };
    let Some(merchant) = line.order.as_ref().and_then(|order| merchants.get(&order.to_string())) else { return };
    if !served.account().acts_for(merchant) {
        let account = &it.account;
        let words = format!("it came to the account {account}, which does not act for the order's merchant {merchant}");
        line.keep_back(account, words);
    }
}

/// What was received as a line; with the merchant whose account it came to, where that is one.
fn line_of(server: &Server, it: &Received) -> Line {
    let mut line = if it.is_line {
        line::read(&it.line)
    } else {
        line::unread(&secret::blanked(&it.line), it.provider.parse::<Provider>().ok(), it.received_at)
    };
    if let Some(served) = server.named(&it.account)
        && let [only] = served.account().merchants.as_slice()
        && only != "*"
    {
        line.merchant.get_or_insert_with(|| only.clone());
    }
    line
}

/// An order to be read, the account, and why.
type Wanted<'a> = (String, String, &'a str);

/// The orders to be read, of accounts that can read: those that are not known here, and those of which something was told, which their
/// provider confirms.
fn wanted<'a>(
    server: &Server,
    taken: &[Received],
    lines: &[Line],
    strangers: &[String],
) -> (Vec<Wanted<'a>>, Vec<Wanted<'a>>) {
    let (mut unknown, mut known) = (Vec::new(), Vec::new());
    for (it, line) in taken.iter().zip(lines) {
        let Some(order) = line.order.as_ref().map(ToString::to_string) else { continue };
        if line.kept_back.is_some() || !server.named(&it.account).is_some_and(|served| served.account().reads()) {
            continue;
        }
        match strangers.contains(&order) {
            true => unknown.push((order, it.account.clone(), "unknown_order")),
            false => known.push((order, it.account.clone(), "confirm")),
        }
    }
    (unknown, known)
}
