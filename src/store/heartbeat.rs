//! Automatic workers and their heartbeats, so that people notice when one stops.

use std::sync::LazyLock;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::postgres::PgPool;
use uuid::Uuid;

use super::{Store, StoreError};

/// This process: several may do the same work.
static INSTANCE: LazyLock<String> = LazyLock::new(|| Uuid::new_v4().simple().to_string());

/// An automatic worker and its last heartbeat.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Beat {
    /// The work it does.
    pub worker: String,
    /// Its last heartbeat.
    pub beat_at: DateTime<Utc>,
    /// How often it sends one, in seconds; 0 if it ended normally.
    pub every: i32,
    /// The person it works for.
    pub recorder: String,
}

impl Beat {
    /// How many seconds it is late, counted from when its third missed heartbeat was due.
    pub fn late(&self, now: DateTime<Utc>) -> i64 {
        let silent = (now - self.beat_at).num_seconds();
        if self.every == 0 { 0 } else { (silent - i64::from(self.every) * 3).max(0) }
    }
}

/// Records a heartbeat.
///
/// # Errors
///
/// [`StoreError::NotAllowed`] if the session is read-only; another [`StoreError`] if the database cannot be reached.
pub async fn beat(store: &Store, worker: &str, at: DateTime<Utc>, every: Duration) -> Result<(), StoreError> {
    let every = i32::try_from(every.as_secs()).unwrap_or(i32::MAX);
    sqlx::query(sql!("beat"))
        .bind(worker)
        .bind(at)
        .bind(every)
        .bind(&store.person)
        .bind(&*INSTANCE)
        .execute(&store.pool)
        .await?;
    Ok(())
}

/// Records that a worker ended normally, if it ever started. It is then never late.
///
/// # Errors
///
/// [`StoreError::NotAllowed`] if the session is read-only; another [`StoreError`] if the database cannot be reached.
pub async fn end(store: &Store, worker: &str) -> Result<(), StoreError> {
    sqlx::query(sql!("beat_end")).bind(worker).bind(&store.person).bind(&*INSTANCE).execute(&store.pool).await?;
    Ok(())
}

/// All workers.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn all(pool: &PgPool) -> Result<Vec<Beat>, StoreError> {
    Ok(sqlx::query_as(sql!("beats")).fetch_all(pool).await?)
}
