//! What is over its deadline.

use chrono::{DateTime, Utc};
use sqlx::postgres::PgPool;

use super::row::OrderRow;
use super::{StoreError, Stored};
use crate::domain::Status;

fn names(statuses: &[Status]) -> Vec<&'static str> {
    statuses.iter().map(|status| status.name()).collect()
}

/// Orders in these statuses that are over at a moment, but for those left out.
pub async fn due(
    pool: &PgPool,
    statuses: &[Status],
    at: DateTime<Utc>,
    left_out: &[String],
    limit: i64,
) -> Result<Vec<Stored>, StoreError> {
    let rows: Vec<OrderRow> =
        sqlx::query_as(sql!("due")).bind(names(statuses)).bind(at).bind(left_out).bind(limit).fetch_all(pool).await?;
    rows.into_iter().map(Stored::try_from).collect()
}

/// How many in these statuses are over.
pub async fn count(pool: &PgPool, statuses: &[Status], at: DateTime<Utc>) -> Result<u64, StoreError> {
    let count: i64 = sqlx::query_scalar(sql!("due_count")).bind(names(statuses)).bind(at).fetch_one(pool).await?;
    Ok(count.unsigned_abs())
}

/// When the next one in these statuses is over.
pub async fn next(
    pool: &PgPool,
    statuses: &[Status],
    after: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(sqlx::query_scalar(sql!("due_next")).bind(names(statuses)).bind(after).fetch_one(pool).await?)
}
