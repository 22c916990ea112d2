//! Notifications that were stored and wait to be judged, and orders to be read at their provider.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::postgres::PgPool;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::StoreError;

/// A notification to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The account that it came to.
    pub account: String,
    /// The provider's word.
    pub provider: &'static str,
    /// A line of an import, or the bytes as they came if they cannot be one.
    pub line: Vec<u8>,
    /// Whether it is a line.
    pub is_line: bool,
}

/// A notification that waits to be judged.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Received {
    /// Its number.
    pub id: i64,
    /// The account that it came to.
    pub account: String,
    /// The provider's word.
    pub provider: String,
    /// A line of an import, or the bytes as they came.
    pub line: Vec<u8>,
    /// Whether it is a line.
    pub is_line: bool,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

/// Stores notifications. When it returns, they survive a crash: the transaction waits for the disk whatever the server's default is.
///
/// # Errors
///
/// [`StoreError`] if they may not be stored; then their sender must send them again.
pub async fn store(pool: &PgPool, arrivals: &[Arrival]) -> Result<(), StoreError> {
    sqlx::query(sql!("receive"))
        .bind(arrivals.iter().map(|it| it.account.as_str()).collect::<Vec<_>>())
        .bind(arrivals.iter().map(|it| it.provider).collect::<Vec<_>>())
        .bind(arrivals.iter().map(|it| it.line.as_slice()).collect::<Vec<_>>())
        .bind(arrivals.iter().map(|it| it.is_line).collect::<Vec<_>>())
        .execute(pool)
        .await?;
    Ok(())
}

/// Takes the oldest notifications; they are gone when the transaction that judges them is committed.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the login may not serve.
pub async fn take(connection: &mut PgConnection, most: i64) -> Result<Vec<Received>, StoreError> {
    let mut taken: Vec<Received> = sqlx::query_as(sql!("received")).bind(most).fetch_all(connection).await?;
    taken.sort_by_key(|it| it.id);
    Ok(taken)
}

/// Wants orders to be read within so many seconds: their ids, the account that reads them, and why.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the login may not serve.
pub async fn want(
    connection: &mut PgConnection,
    wanted: &[(String, String, &str)],
    within: f64,
) -> Result<(), StoreError> {
    if wanted.is_empty() {
        return Ok(());
    }
    // An order twice in one statement is one row that would change twice.
    let mut once: Vec<&(String, String, &str)> = wanted.iter().collect();
    once.sort();
    once.dedup_by(|a, b| a.0 == b.0);
    sqlx::query(sql!("want_readings"))
        .bind(once.iter().map(|it| it.0.as_str()).collect::<Vec<_>>())
        .bind(once.iter().map(|it| it.1.as_str()).collect::<Vec<_>>())
        .bind(once.iter().map(|it| it.2).collect::<Vec<_>>())
        .bind(within)
        .execute(connection)
        .await?;
    Ok(())
}

/// An order to be read.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Wanted {
    /// The order.
    pub order_id: String,
    /// Why.
    pub why: String,
    /// How often it was tried, this time included.
    pub attempts: i32,
    /// When it was last wanted.
    pub wanted_at: DateTime<Utc>,
}

/// Claims the next orders to be read with an account, for so many seconds.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the login may not serve.
pub async fn claim(
    pool: &PgPool,
    account: &str,
    most: i64,
    (server, lease): (Uuid, f64),
) -> Result<Vec<Wanted>, StoreError> {
    let claimed = sqlx::query_as(sql!("claim_readings")).bind(account).bind(most).bind(server).bind(lease);
    Ok(claimed.fetch_all(pool).await?)
}

/// An order was read, or has nothing to read. What was wanted meanwhile is read once more.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the login may not serve.
pub async fn done(pool: &PgPool, wanted: &Wanted) -> Result<(), StoreError> {
    sqlx::query(sql!("reading_done")).bind(&wanted.order_id).bind(wanted.wanted_at).execute(pool).await?;
    Ok(())
}

/// An order could not be read: it is read again in so many seconds. The message is why; `None` if it only has to be read once more.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the login may not serve.
pub async fn later(pool: &PgPool, order: &str, seconds: f64, message: Option<&str>) -> Result<(), StoreError> {
    sqlx::query(sql!("reading_later")).bind(order).bind(seconds).bind(message).execute(pool).await?;
    Ok(())
}

/// How much waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromRow)]
pub struct Backlog {
    /// Requests that wait for approval.
    pub to_approve: i64,
    /// Requests that wait to be sent.
    pub queued: i64,
    /// Requests that are being sent.
    pub sending: i64,
    /// Requests of which no one knows whether they were done.
    pub unknown: i64,
    /// Notifications that wait to be judged, up to 100,000.
    pub received: i64,
    /// Orders to be read, up to 100,000.
    pub readings: i64,
}

/// How much waits.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn backlog(pool: &PgPool) -> Result<Backlog, StoreError> {
    Ok(sqlx::query_as(sql!("serve_backlog")).fetch_one(pool).await?)
}

/// Of these orders, those that are not known here.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn strangers(connection: &mut PgConnection, orders: &[String]) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(sql!("strangers")).bind(orders).fetch_all(connection).await?)
}

/// The merchants of these orders, where they are known.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn merchants(
    connection: &mut PgConnection,
    orders: &[String],
) -> Result<HashMap<String, String>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(sql!("merchants_of")).bind(orders).fetch_all(connection).await?;
    Ok(rows.into_iter().collect())
}

/// When something first named this order that is not known here.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn first_told(connection: &mut PgConnection, order: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(sqlx::query_scalar(sql!("first_told")).bind(order).fetch_one(connection).await?)
}

/// Orders whose deadline passed and whose provider has not been asked since: each with the account that can read it.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn past_deadline(
    pool: &PgPool,
    accounts: &[String],
    providers: &[&str],
    most: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    Ok(sqlx::query_as(sql!("ended_orders")).bind(accounts).bind(providers).bind(most).fetch_all(pool).await?)
}

/// Of these orders, those that are still to be read, each with why it could not be read.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn waiting(
    connection: &mut PgConnection,
    orders: &[String],
) -> Result<Vec<(String, Option<String>)>, StoreError> {
    Ok(sqlx::query_as(sql!("readings_waiting")).bind(orders).fetch_all(connection).await?)
}
