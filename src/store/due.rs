//! Orders past their deadline.

use chrono::{DateTime, Utc};
use sqlx::postgres::PgPool;

use super::StoreError;
use super::row::OrderRow;
use crate::domain::Status;
use crate::records::OrderRecord;

fn names(statuses: &[Status]) -> Vec<String> {
    statuses.iter().map(|status| status.full_name()).collect()
}

/// Orders in these statuses whose deadline is at or before `at`, except those in `left_out`.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has an order that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn due(
    pool: &PgPool,
    statuses: &[Status],
    at: DateTime<Utc>,
    left_out: &[String],
    limit: i64,
) -> Result<Vec<OrderRecord>, StoreError> {
    let rows: Vec<OrderRow> =
        sqlx::query_as(sql!("due")).bind(names(statuses)).bind(at).bind(left_out).bind(limit).fetch_all(pool).await?;
    rows.into_iter().map(OrderRecord::try_from).collect()
}

/// How many orders in these statuses have a deadline at or before `at`, without those that the provider still had there after it.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn count(pool: &PgPool, statuses: &[Status], at: DateTime<Utc>) -> Result<u64, StoreError> {
    let count: i64 = sqlx::query_scalar(sql!("due_count")).bind(names(statuses)).bind(at).fetch_one(pool).await?;
    Ok(count.unsigned_abs())
}

/// The next deadline after `after` of an order in these statuses.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn next(
    pool: &PgPool,
    statuses: &[Status],
    after: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(sqlx::query_scalar(sql!("due_next")).bind(names(statuses)).bind(after).fetch_one(pool).await?)
}
