//! Which orders a server reads that no one asked for.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::postgres::PgPool;

use super::StoreError;

/// An order that a walk came to.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Met {
    /// The order.
    pub id: String,
    /// Its place in the walk.
    pub at: DateTime<Utc>,
    /// Whether it is due for reading.
    pub due: bool,
}

/// Takes the turn to look for orders of an account, for so long. Returns whether it was free.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the login may not serve.
pub async fn turn(pool: &PgPool, account: &str, length: Duration) -> Result<bool, StoreError> {
    let taken: Option<bool> =
        sqlx::query_scalar(sql!("sweep_turn")).bind(account).bind(length.as_secs_f64()).fetch_optional(pool).await?;
    Ok(taken.unwrap_or(false))
}

/// The next orders at these statuses after a place.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn at(
    pool: &PgPool,
    account: &str,
    statuses: &[&str],
    (at, id): &(DateTime<Utc>, String),
    most: i64,
    every: Duration,
) -> Result<Vec<Met>, StoreError> {
    let query = sqlx::query_as(sql!("sweep_page")).bind(account).bind(statuses).bind(at).bind(id).bind(most);
    Ok(query.bind(every.as_secs_f64()).fetch_all(pool).await?)
}

/// The next orders with a move that is not confirmed after a place.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn unconfirmed(
    pool: &PgPool,
    account: &str,
    (at, id): &(DateTime<Utc>, String),
    most: i64,
    every: Duration,
) -> Result<Vec<Met>, StoreError> {
    let query = sqlx::query_as(sql!("sweep_unconfirmed")).bind(account).bind(at).bind(id).bind(most);
    Ok(query.bind(every.as_secs_f64()).fetch_all(pool).await?)
}
