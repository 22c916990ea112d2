//! The server's health, for `recourse doctor`.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::{Store, StoreError};

/// What the server reports about itself.
#[derive(Debug, Clone, FromRow)]
pub struct Health {
    /// Its version, for people.
    pub version: String,
    /// Its version, for comparing: 150004.
    pub number: i32,
    /// Its clock.
    pub clock: DateTime<Utc>,
    /// It is a copy of another server and refuses writes.
    pub standby: bool,
    /// The connection is encrypted.
    pub encrypted: bool,
}

/// Asks the server.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn health(store: &Store) -> Result<Health, StoreError> {
    Ok(sqlx::query_as(sql!("doctor")).fetch_one(&store.pool).await?)
}
