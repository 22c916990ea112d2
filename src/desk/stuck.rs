//! Stuck orders with their causes, as screens and commands show them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::desk::cell::guarded;
use crate::domain::OrderKey;
use crate::query::{self, Cursor, Sort};
use crate::records::{Language, OrderRecord, Plan, PlanEventKind, RequestState};
use crate::store::cases::policy;
use crate::store::drift::{self, Drifted};
use crate::store::page::{self, Of};
use crate::store::{Store, StoreError, alerts, plans, requests, watch};
use crate::stuck::STUCK;
use crate::stuck::alarm::Standing;
use crate::stuck::grid::Moments;
use crate::stuck::shift::{Differs, SHIFT, Shift};
use crate::stuck::tell;
use crate::stuck::why::{self, Why};

/// Why each of these orders is stuck, in their order. Merchants in `automatic` authorise by themselves.
///
/// # Errors
///
/// [`StoreError`] if what was tried on the orders cannot be read.
pub async fn explained(
    store: &Store,
    orders: Vec<OrderRecord>,
    automatic: &[String],
    now: DateTime<Utc>,
) -> Result<Vec<(OrderRecord, Why)>, StoreError> {
    let asked: Vec<&OrderRecord> = orders.iter().collect();
    let clues = watch::clues(&store.pool, &asked, automatic).await?;
    let why = |stored: &OrderRecord| why::explain(&stored.order, clues.get(&stored.order.key.to_string()), now);
    Ok(orders.into_iter().map(|stored| (why(&stored), stored)).map(|(why, stored)| (stored, why)).collect())
}

/// Why those of these orders are stuck that are, by their keys.
///
/// # Errors
///
/// [`StoreError`] if what was tried on the orders cannot be read.
pub async fn causes(
    store: &Store,
    orders: &[OrderRecord],
    automatic: &[String],
    now: DateTime<Utc>,
) -> Result<HashMap<OrderKey, Why>, StoreError> {
    let asked: Vec<&OrderRecord> = orders.iter().filter(|stored| stored.order.provider() == STUCK.provider()).collect();
    let clues = watch::clues(&store.pool, &asked, automatic).await?;
    let why = |stored: &&OrderRecord| {
        let why = why::of_stuck(&stored.order, clues.get(&stored.order.key.to_string()), now)?;
        Some((stored.order.key.clone(), why))
    };
    Ok(asked.iter().filter_map(why).collect())
}

/// Why an order is stuck; none if it is not.
///
/// # Errors
///
/// [`StoreError`] if what was tried on the order cannot be read.
pub async fn why(
    store: &Store,
    stored: &OrderRecord,
    automatic: &[String],
    now: DateTime<Utc>,
) -> Result<Option<Why>, StoreError> {
    let clues = watch::clues(&store.pool, &[stored], automatic).await?;
    let clues = clues.get(&stored.order.key.to_string());
    Ok(why::of_stuck(&stored.order, clues, now))
}

/// The most orders of a merchant that it is written about.
const OF_A_MERCHANT: i64 = 5_000;
/// How many ticked steps are handed over at most.
const TICKED: i64 = 200;
/// How many orders and requests of a kind are handed over by their names.
const LISTED: i64 = 10;
/// How many plans are looked at.
const PLANS: i64 = 200;

/// The orders of a merchant at Approved, those with the least time left first, each with why it is stuck.
///
/// # Errors
///
/// [`StoreError`] if they cannot be read.
pub async fn of_merchant(
    store: &Store,
    merchant: &str,
    automatic: &[String],
    now: DateTime<Utc>,
) -> Result<Vec<(OrderRecord, Why)>, StoreError> {
    let merchant = format!("merchant={}", query::quoted(merchant));
    let orders = at_approved(store, &merchant, OF_A_MERCHANT, now).await?;
    explained(store, orders, automatic, now).await
}

/// Orders at Approved that this query finds, those with the least time left first.
async fn at_approved(
    store: &Store,
    query: &str,
    most: i64,
    now: DateTime<Utc>,
) -> Result<Vec<OrderRecord>, StoreError> {
    let text = format!("status:{} {query}", STUCK.name());
    let unfound = |fault| StoreError::Foreign(format!("these orders cannot be found by a query: {fault}"));
    let sieve = query::parse(&text).map_err(unfound)?.sieve(&store.person, now, true);
    page::after(&store.pool, Of::Sieve(&sieve), Sort::Deadline, &Cursor::start(), most).await
}

/// Everything that the next shift has to know.
///
/// # Errors
///
/// [`StoreError`] if a part of it cannot be read.
pub async fn shift(store: &Store, moments: &Moments, now: DateTime<Utc>) -> Result<Shift, StoreError> {
    let pool = &store.pool;
    let of_state = |state| requests::Which { state: Some(state), ..requests::Which::default() };
    let any = drift::Which::default();
    let (to_approve, unknown) = (of_state(RequestState::ToApprove), of_state(RequestState::Unknown));
    let (standings, plans, grid, ticked, held) = tokio::try_join!(
        alerts::all(pool),
        plans::all(pool, PLANS),
        watch::grid(pool, moments),
        watch::ticked(pool, now - SHIFT, TICKED),
        policy::current(pool)
    )?;
    let (next, drifted, mut asked, doubted, open) = tokio::try_join!(
        at_approved(store, "", LISTED, now),
        drift::list(pool, &any, LISTED),
        requests::list(pool, &to_approve, LISTED),
        requests::list(pool, &unknown, LISTED),
        requests::open_by_account(pool)
    )?;
    asked.extend(doubted);
    let differs =
        |it: Drifted| Differs { next: it.next(), order: it.stored.order.key, class: it.class, since: it.since };
    let ended = |plan: &Plan| matches!(plan.what, Some(PlanEventKind::Finished | PlanEventKind::Withdrawn));
    Ok(Shift {
        at: now,
        alerts: standings.into_iter().filter(Standing::is_open).collect(),
        plans: plans.into_iter().filter(|plan| !ended(plan)).collect(),
        grid,
        next,
        drift: drifted.into_iter().map(differs).collect(),
        requests: asked,
        open,
        ticked,
        on_call: held.policy.on_call(now),
    })
}

/// The table of a merchant's orders as CSV. Cells that a spreadsheet would compute are text.
pub fn table(orders: &[(OrderRecord, Why)], language: Language) -> Vec<u8> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let rows = tell::rows(orders, language, tell::zone_of(orders));
    let written = table.write_record(tell::COLUMNS);
    let written = rows
        .iter()
        .fold(written, |done, row| done.and_then(|()| table.write_record(row.each_ref().map(|it| guarded(it)))));
    // Writing to memory does not fail.
    written.ok().and_then(|()| table.into_inner().ok()).unwrap_or_default()
}
