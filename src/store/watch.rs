//! Reads for the watch on Approved: counts by age and merchant, the hourly flow, and clues about single orders.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use sqlx::postgres::PgPool;

use super::error::of_commit;
use super::row::unknown;
use super::{Store, StoreError, accounts, evidence, feed, heartbeat, read, requests};
use crate::domain::{Currency, Provider, Status};
use crate::records::{Account, Cause, Health, OrderRecord, Tick, Ticked};
use crate::stuck::STUCK;
use crate::stuck::band::whole;
use crate::stuck::figures::{Facts, Figures, Quarantined, money};
use crate::stuck::grid::{Elsewhere, Grid, Hour, Moments, Piece};
use crate::stuck::why::{Attempt, Clues, Held, Refused};
use crate::wire::json;

/// How many pieces of evidence are read for each order, the latest first.
const EVIDENCE: i64 = 50;

#[derive(FromRow)]
struct PieceRow {
    merchant: String,
    currency: String,
    bucket: i32,
    orders: i64,
    amount: String,
}

fn piece(row: PieceRow) -> Result<Piece, StoreError> {
    let currency = Currency::parse(&row.currency).map_err(|_| unknown("the currency", &row.currency))?;
    let amount = row.amount.parse().map_err(|_| unknown("the sum", &row.amount))?;
    let bucket = usize::try_from(row.bucket).unwrap_or(0);
    Ok(Piece { merchant: row.merchant, currency, bucket, orders: row.orders, amount })
}

async fn pieces(pool: &PgPool, moments: &[DateTime<Utc>]) -> Result<Vec<Piece>, StoreError> {
    let rows: Vec<PieceRow> = sqlx::query_as(sql!("watch_grid")).bind(moments).fetch_all(pool).await?;
    rows.into_iter().map(piece).collect()
}

/// All orders at Approved, by merchant and age, and how many orders of each merchant have drift.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has a currency or a sum that this program cannot read; another
/// [`StoreError`] if it cannot be reached.
pub async fn grid(pool: &PgPool, moments: &Moments) -> Result<Grid, StoreError> {
    let pieces = pieces(pool, &moments.list()).await?;
    Ok(moments.grid(&pieces, &elsewhere(pool, moments.now()).await?))
}

/// What is known of the merchants' other orders.
async fn elsewhere(pool: &PgPool, now: DateTime<Utc>) -> Result<Vec<Elsewhere>, StoreError> {
    let all = Provider::all().iter().flat_map(|provider| provider.statuses());
    let others = all.filter(|status| status.wait().is_some() && *status != STUCK);
    let others: Vec<String> = others.map(|status| format!("{}/{}", status.provider().name(), status.name())).collect();
    let rows: Vec<(String, i64, i64, i64, i64)> =
        sqlx::query_as(sql!("watch_elsewhere")).bind(others).bind(now).fetch_all(pool).await?;
    let elsewhere = |(merchant, drift, expired, outlived, unconfirmed)| Elsewhere {
        merchant,
        drift,
        expired,
        outlived,
        unconfirmed,
    };
    Ok(rows.into_iter().map(elsewhere).collect())
}

type HourRow = (DateTime<Utc>, Option<i64>, Option<i64>, Option<i64>);

/// How many orders entered and left Approved in each of the last hours, oldest first, empty hours included.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn flow(
    pool: &PgPool,
    now: DateTime<Utc>,
    hours: u32,
    merchant: Option<&str>,
) -> Result<Vec<Hour>, StoreError> {
    let last = DateTime::from_timestamp(now.timestamp().div_euclid(3_600) * 3_600, 0).unwrap_or(now);
    let first = last - TimeDelta::hours(i64::from(hours) - 1);
    let rows: Vec<HourRow> =
        sqlx::query_as(sql!("watch_flow")).bind(first).bind(last).bind(merchant).fetch_all(pool).await?;
    let known: HashMap<DateTime<Utc>, HourRow> = rows.into_iter().map(|row| (row.0, row)).collect();
    let hour = |back: i64| {
        let at = first + TimeDelta::hours(back);
        let (_, arrived, cleared, lost) = known.get(&at).copied().unwrap_or((at, None, None, None));
        Hour { at, arrived: arrived.unwrap_or(0), cleared: cleared.unwrap_or(0), lost: lost.unwrap_or(0) }
    };
    Ok((0..i64::from(hours)).map(hour).collect())
}

/// Everything that alert rules can measure, at this time.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has a currency or a sum that this program cannot read; another
/// [`StoreError`] if it cannot be reached.
pub async fn facts(pool: &PgPool, now: DateTime<Utc>) -> Result<Facts, StoreError> {
    let mut merchants: BTreeMap<String, Figures> = BTreeMap::new();
    // Divided by the present: what was due before it is presumed expired.
    for piece in pieces(pool, &[now + TimeDelta::microseconds(1)]).await? {
        let figures = merchants.entry(piece.merchant).or_default();
        figures.count += piece.orders;
        figures.expired += if piece.bucket == 0 { piece.orders } else { 0 };
        money(figures, piece.currency, piece.amount);
    }
    let oldest: Vec<(String, DateTime<Utc>)> = sqlx::query_as(sql!("watch_oldest")).fetch_all(pool).await?;
    for (merchant, due) in oldest {
        let approved = due - whole();
        let figures = merchants.entry(merchant).or_default();
        figures.oldest = figures.oldest.into_iter().chain([approved]).min();
    }
    let rates: Vec<(String, i64, i64)> =
        sqlx::query_as(sql!("watch_rates")).bind(now - TimeDelta::hours(1)).bind(now).fetch_all(pool).await?;
    for (merchant, arrivals, clearings) in rates {
        let figures = merchants.entry(merchant).or_default();
        (figures.arrivals, figures.clearings) = (arrivals, clearings);
    }
    for other in elsewhere(pool, now).await?.into_iter().filter(|other| other.expired > 0 || other.outlived > 0) {
        merchants.entry(other.merchant).or_default().expired += other.expired - other.outlived;
    }
    let mut quarantined = Vec::new();
    let counts: Vec<CountRow> = sqlx::query_as(sql!("watch_counts")).fetch_all(pool).await?;
    for row in counts {
        let figures = merchants.entry(row.merchant.clone());
        match row.what.as_str() {
            "unconfirmed" => {
                let figures = figures.or_default();
                (figures.unconfirmed, figures.unconfirmed_since) = (row.count, row.since);
            }
            "drift" => {
                let cause: Cause = row.kind.parse().map_err(|_| unknown("the kind of drift", &row.kind))?;
                figures.or_default().drift.insert(cause, row.count);
            }
            _ => quarantined.push(Quarantined {
                kind: row.kind,
                detail: row.detail,
                merchant: row.merchant,
                count: row.count,
            }),
        }
    }
    let behind = feed::pulse(pool, "", 0).await?.behind;
    let beats = heartbeat::all(pool).await?;
    let clock = beats.iter().filter(|beat| beat.worker == CLOCK).map(|beat| (now - beat.beat_at).num_seconds()).min();
    let silent = beats.into_iter().map(|beat| (beat.late(now), beat.worker));
    let silent = silent.filter(|(late, _)| *late > 0).map(|(late, worker)| (worker, late)).collect();
    let stopped = stopped(pool, now).await?;
    Ok(Facts { merchants, behind: behind as i64, silent, clock, quarantined, stopped })
}

/// A clock's name among the background workers.
pub const CLOCK: &str = "clock";

/// What it counts, its kind with a detail, the merchant, how many, and since when.
#[derive(FromRow)]
struct CountRow {
    what: String,
    kind: String,
    detail: String,
    merchant: String,
    count: i64,
    since: Option<DateTime<Utc>>,
}

/// What is known about these orders apart from their status, by order name.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn clues(
    pool: &PgPool,
    orders: &[&OrderRecord],
    automatic: &[String],
) -> Result<HashMap<String, Clues>, StoreError> {
    let names: Vec<String> = orders.iter().map(|stored| stored.order.key.to_string()).collect();
    let mut clues: HashMap<String, Clues> = HashMap::new();
    for (name, stored) in names.iter().zip(orders) {
        let by_itself = stored.merchant.as_ref().is_some_and(|merchant| automatic.contains(merchant));
        clues.insert(name.clone(), Clues { automatic: by_itself, ..Clues::default() });
    }
    let approvals: Vec<(String, String, bool)> = sqlx::query_as(sql!("approvals")).bind(&names).fetch_all(pool).await?;
    for (name, source, inferred) in approvals {
        clues.entry(name).or_default().approval = Some((source, inferred));
    }
    for found in evidence::of(pool, &names, EVIDENCE).await? {
        let (at, status) = (found.happened_at, found.status());
        let known = clues.entry(found.order_id).or_default();
        if let Some(result) = found.result {
            let action = found.action.as_deref().and_then(|action| action.parse().ok());
            known.attempts.push(Attempt { action, result, detail: found.detail, at });
        } else if let Some(status) = status {
            known.observed.push((status, at));
        }
    }
    let merchants: Vec<&str> = orders.iter().filter_map(|stored| stored.merchant.as_deref()).collect();
    let tokens: Vec<(String, String, String, DateTime<Utc>, bool)> =
        sqlx::query_as(sql!("merchant_tokens")).bind(merchants).fetch_all(pool).await?;
    for (name, stored) in names.iter().zip(orders) {
        let of_merchant = tokens.iter().find(|(merchant, ..)| stored.merchant.as_ref() == Some(merchant));
        match (of_merchant, clues.get_mut(name)) {
            (Some((.., at, true)), Some(known)) => known.works = Some(*at),
            (Some((_, order, result, at, false)), Some(known)) => {
                known.refused = Some(Refused { order: order.clone(), result: result.clone(), at: *at });
            }
            (_, None) | (None, _) => {}
        }
    }
    let drifts: Vec<(String, String, Option<String>, DateTime<Utc>)> =
        sqlx::query_as(sql!("drift_of")).bind(&names).fetch_all(pool).await?;
    for (name, kind, theirs, at) in drifts {
        let cause: Cause = kind.parse().map_err(|_| unknown("the kind of drift", &kind))?;
        let read = |word: &str| Status::read(STUCK.provider(), word).ok_or_else(|| unknown("the status", word));
        let status = theirs.as_deref().map(read).transpose()?;
        clues.entry(name).or_default().drift = Some((cause, status, at));
    }
    let held: Vec<(String, String, String, DateTime<Utc>)> =
        sqlx::query_as(sql!("held_of")).bind(&names).fetch_all(pool).await?;
    for (name, message, readings, at) in held {
        let actions = json::read(&readings).into_iter().map(|reading| reading.action).collect();
        clues.entry(name).or_default().held.push(Held { message, actions, at });
    }
    Ok(clues)
}

/// Orders that are not at Approved and whose status differs from the provider's last answer: of all merchants, or of one.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has an order that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn drifted(pool: &PgPool, merchant: Option<&str>, most: i64) -> Result<Vec<OrderRecord>, StoreError> {
    let names: Vec<String> = sqlx::query_scalar(sql!("drifted")).bind(most).bind(merchant).fetch_all(pool).await?;
    let mut connection = pool.acquire().await?;
    read::orders(&mut connection, &names).await
}

/// The ticked steps of an order's runbook.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn ticks(pool: &PgPool, order: &str) -> Result<Vec<Tick>, StoreError> {
    Ok(sqlx::query_as(sql!("ticks")).bind(order).fetch_all(pool).await?)
}

/// Steps of runbooks that were ticked after a time and still are, the latest first.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn ticked(pool: &PgPool, since: DateTime<Utc>, most: i64) -> Result<Vec<Ticked>, StoreError> {
    Ok(sqlx::query_as(sql!("ticked")).bind(since).bind(most).fetch_all(pool).await?)
}

/// Ticks or unticks a step.
///
/// # Errors
///
/// [`StoreError::Refused`] if there is no such order or the step has no name; [`StoreError::Unknown`] if the connection
/// was lost while it was committed; another [`StoreError`] if the database cannot be reached.
pub async fn tick(store: &Store, order: &str, step: &str, done: bool) -> Result<(), StoreError> {
    let mut tx = store.pool.begin().await?;
    sqlx::query(sql!("tick")).bind(order).bind(step).bind(done).bind(&store.person).execute(&mut *tx).await?;
    tx.commit().await.map_err(of_commit)
}

/// The accounts that carry nothing now, each with why: the provider refuses their credentials, or requests wait and no server runs, has the
/// account, or sends for it.
async fn stopped(pool: &PgPool, now: DateTime<Utc>) -> Result<Vec<(String, String)>, StoreError> {
    let open: HashMap<String, i64> = requests::open_by_account(pool).await?.into_iter().collect();
    let why = |account: Account| {
        let waiting = open.get(&account.name).copied().unwrap_or(0);
        let words = match account.health {
            Health::Stopped => {
                let said = account.message.as_deref().unwrap_or_default();
                Some(format!("is stopped: the provider refuses its credentials ({said})"))
            }
            _ if waiting > 0 && !account.is_served(now) => {
                Some(format!("is silent: no server runs that has it, and its open requests are {waiting}"))
            }
            _ if waiting > 0 && !account.sends => {
                Some(format!("does not send any more (send = false), and its open requests are {waiting}"))
            }
            Health::Unknown | Health::Good => None,
        };
        words.map(|words| (account.name, words))
    };
    let all = accounts::all(pool).await?;
    let left = open.iter().filter(|(name, _)| !all.iter().any(|account| account.name == **name));
    let left: Vec<(String, String)> = left
        .map(|(name, waiting)| {
            (name.clone(), format!("is in the file of no server any more, and its open requests are {waiting}"))
        })
        .collect();
    Ok(left.into_iter().chain(all.into_iter().filter_map(why)).collect())
}
