//! What concerns a person.

use sqlx::PgPool;

use super::{Store, StoreError};
use crate::records::InboxItem;

/// What concerns this person, the newest first: after `before` (none is from the start), at most `limit` items.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn of(
    pool: &PgPool,
    person: &str,
    read_too: bool,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<InboxItem>, StoreError> {
    let items = sqlx::query_as(sql!("inbox")).bind(person).bind(read_too).bind(before).bind(limit);
    Ok(items.fetch_all(pool).await?)
}

/// How many items this person has not read, counted up to `most`.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn unread(pool: &PgPool, person: &str, most: i64) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar(sql!("inbox_unread")).bind(person).bind(most).fetch_one(pool).await?)
}

/// Marks items as read, or all of them if `ids` is `None`, and returns how many were unread.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn mark_read(store: &Store, ids: Option<&[i64]>) -> Result<u64, StoreError> {
    let marked: i64 =
        sqlx::query_scalar(sql!("inbox_read")).bind(&store.person).bind(ids).fetch_one(&store.pool).await?;
    Ok(marked.unsigned_abs())
}

/// Which of these items are in the person's inbox.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn known(store: &Store, ids: &[i64]) -> Result<Vec<i64>, StoreError> {
    Ok(sqlx::query_scalar(sql!("inbox_known")).bind(&store.person).bind(ids).fetch_all(&store.pool).await?)
}
