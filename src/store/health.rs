//! The server's health, for `recourse doctor`.

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, FromRow};

use super::connect::ReadOnly;
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
    /// How it stores text.
    pub encoding: String,
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

/// Tries a write in a session with the login's own settings, and takes it back. Returns why nothing can be written.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or refuses the write for another reason.
pub async fn can_write(store: &Store) -> Result<Option<ReadOnly>, StoreError> {
    let mut connection = store.pool.connect_options().connect().await?;
    sqlx::raw_sql(super::address::PATIENT).execute(&mut connection).await?;
    let (standby, refuses): (bool, bool) = sqlx::query_as(sql!("server_kind")).fetch_one(&mut connection).await?;
    let writer: bool = sqlx::query_scalar("select pg_has_role(session_user, 'recourse_writer', 'usage')")
        .fetch_one(&mut connection)
        .await?;
    let why = match (standby, refuses, writer) {
        (true, ..) => Some(ReadOnly::Standby),
        (false, true, _) => Some(ReadOnly::Setting),
        (false, false, false) => Some(ReadOnly::Login),
        (false, false, true) => None,
    };
    if why.is_none() {
        let place = format!("set search_path = {}, pg_temp", store.schema);
        sqlx::raw_sql(AssertSqlSafe(place)).execute(&mut connection).await?;
        let mut tx = connection.begin().await?;
        sqlx::query(sql!("try_write")).execute(&mut *tx).await?;
        tx.rollback().await?;
    }
    super::address::close(connection).await;
    Ok(why)
}
