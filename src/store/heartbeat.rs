//! Who works by itself, and when it last did: so that somebody notices when it does not.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::postgres::PgPool;

use super::{Store, StoreError};

/// A process that works by itself.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Beat {
    /// What it does.
    pub worker: String,
    /// When it last did.
    pub beat_at: DateTime<Utc>,
    /// How often it means to, in seconds; 0 where it ended as it should.
    pub every: i32,
    /// On whose behalf.
    pub recorder: String,
}

impl Beat {
    /// For how many seconds it has been late, counting from when it should have said so the third time.
    pub fn late(&self, now: DateTime<Utc>) -> i64 {
        let silent = (now - self.beat_at).num_seconds();
        if self.every == 0 { 0 } else { (silent - i64::from(self.every) * 3).max(0) }
    }
}

/// Says that it did.
pub async fn beat(store: &Store, worker: &str, at: DateTime<Utc>, every: Duration) -> Result<(), StoreError> {
    let every = i32::try_from(every.as_secs()).unwrap_or(i32::MAX);
    sqlx::query(sql!("beat")).bind(worker).bind(at).bind(every).bind(&store.person).execute(&store.pool).await?;
    Ok(())
}

/// Says that it ended as it should, if it ever began: nobody misses it.
pub async fn end(store: &Store, worker: &str) -> Result<(), StoreError> {
    sqlx::query(sql!("beat_end")).bind(worker).bind(&store.person).execute(&store.pool).await?;
    Ok(())
}

/// Everybody who does.
pub async fn all(pool: &PgPool) -> Result<Vec<Beat>, StoreError> {
    Ok(sqlx::query_as(sql!("beats")).fetch_all(pool).await?)
}
