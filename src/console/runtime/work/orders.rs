//! The console's reads of orders: a page of a list, all of a list to mark, and one order with everything around it.

use chrono::Utc;

use crate::console::drift::shown::Differing;
use crate::console::orders::marked::marks::MOST;
use crate::console::orders::shown::Shown;
use crate::console::orders::window::{Listing, Page, PageAsk, Want};
use crate::console::stuck::shown::Related;
use crate::desk;
use crate::desk::around::{Around, around};
use crate::domain::{OrderKey, Status};
use crate::query::{Cursor, Sieve, Sort};
use crate::records::OrderRecord;
use crate::store::page::{self, Of};
use crate::store::{Store, StoreError, read};
use crate::stuck::STUCK;

/// How many of an order's latest transitions are read: the cost of a key must not grow with the order's history.
const RECENT: i32 = 500;
/// How many of an order's latest pieces of evidence are shown.
const EVIDENCE: i64 = 50;

/// The statuses or the filter of a list, for the store.
fn asked(of: &Listing, person: &str, automatic: &[String]) -> (Vec<Status>, Option<Sieve>) {
    match of {
        Listing::Status(status) => (vec![*status], None),
        Listing::Found(query) => {
            let sieve = Sieve { automatic: automatic.to_vec(), ..query.sieve(person, Utc::now(), true) };
            (Vec::new(), Some(sieve))
        }
    }
}

/// The rows after a place, or around one.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or a row cannot be read.
pub async fn page(store: &Store, ask: &PageAsk, automatic: &[String]) -> Result<Page, StoreError> {
    let (statuses, sieve) = asked(&ask.of, &store.person, automatic);
    let of = sieve.as_ref().map_or(Of::Statuses(&statuses), Of::Sieve);
    let top = match &ask.want {
        Want::After(place) => place.clone(),
        Want::Around(place) => {
            let half = ask.limit / 2;
            let before = page::before(&store.pool, of, ask.sort, place, half as i64 + 1).await?;
            match before.first() {
                Some(first) if before.len() > half => Cursor::of(first, ask.sort),
                Some(_) | None => Cursor::start(),
            }
        }
    };
    let mut rows = page::after(&store.pool, of, ask.sort, &top, ask.limit as i64 + 1).await?;
    let more = rows.len() > ask.limit;
    rows.truncate(ask.limit);
    Ok(Page { top, rows, more })
}

/// As many rows of a list as may be marked, and whether there are more.
pub(super) async fn all(
    store: &Store,
    of: &Listing,
    automatic: &[String],
) -> Result<(Vec<OrderRecord>, bool), StoreError> {
    let (statuses, sieve) = asked(of, &store.person, automatic);
    let of = sieve.as_ref().map_or(Of::Statuses(&statuses), Of::Sieve);
    let mut rows = page::after(&store.pool, of, Sort::Age, &Cursor::start(), MOST as i64 + 1).await?;
    let more = rows.len() > MOST;
    rows.truncate(MOST);
    Ok((rows, more))
}

pub(super) async fn shown(
    store: &Store,
    key: &OrderKey,
    automatic: &[String],
) -> Result<Option<Box<Shown>>, StoreError> {
    let pool = &store.pool;
    let (stored, log, around) =
        tokio::try_join!(read::order(pool, key), read::recent(pool, key, RECENT), around(store, key, EVIDENCE))?;
    let Some(stored) = stored else { return Ok(None) };
    // Read at the same time, on several connections: the log must not be older than the order that it explains.
    let is_older = log.last().is_none_or(|last| last.seq < stored.order.version);
    let log = if is_older { read::recent(pool, key, RECENT).await? } else { log };
    let Around { evidence, plans, ticks, held, requests, account, drift } = around;
    let drift = drift.as_ref().map(Differing::of);
    // Few orders have evidence, and only they and those at Approved can be stuck.
    let why = match stored.order.status == STUCK || !evidence.is_empty() {
        true => desk::stuck::why(store, &stored, automatic, Utc::now()).await?,
        false => None,
    };
    let related = Related { why, evidence, plans, ticks, requests, account, drift };
    Ok(Some(Box::new(Shown { stored, log: Some(log), held, related })))
}
