//! How the server is: for `recourse doctor`.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::{Store, StoreError};

/// What it says of itself.
#[derive(Debug, Clone, FromRow)]
pub struct Health {
    /// For people.
    pub version: String,
    /// For comparing: 150004.
    pub number: i32,
    /// Its clock.
    pub clock: DateTime<Utc>,
    /// It repeats another server, and cannot be written.
    pub standby: bool,
    /// What goes over the line cannot be read on the way.
    pub encrypted: bool,
}

/// Asks it.
pub async fn health(store: &Store) -> Result<Health, StoreError> {
    Ok(sqlx::query_as(sql!("doctor")).fetch_one(&store.pool).await?)
}
