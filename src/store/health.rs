//! The server's health, for `recourse doctor`.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, FromRow};

use super::connect::ReadOnly;
use super::{Store, StoreError, facts};

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

/// The database's time: what a person does is dated by it, however wrong the clock of their machine is.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn now(store: &Store) -> Result<DateTime<Utc>, StoreError> {
    facts::clock(&mut *store.pool.acquire().await?).await
}

/// How long a statement of what runs unattended may take: longer than the server lets any take.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(75);

/// The answer, if it comes in time. Without this a network that goes silent would hold a worker for ever.
///
/// # Errors
///
/// The error of the work; [`StoreError::Unreachable`] if the database does not answer.
pub async fn in_time<T>(work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    let silent = || StoreError::Unreachable(format!("it does not answer (waited for {} s)", LONGEST.as_secs()));
    tokio::time::timeout(LONGEST, work).await.unwrap_or_else(|_| Err(silent()))
}

/// How often a server that works for long is asked whether it is there, and how long it may take to say so.
const PULSE: std::time::Duration = std::time::Duration::from_secs(10);

/// The answer of work that takes as long as it takes, as long as the server answers something else meanwhile.
///
/// # Errors
///
/// The error of the work; [`StoreError::Unreachable`] if the database no longer answers.
pub async fn while_alive<T, E: From<StoreError>>(
    store: &Store,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(PULSE) => {}
        }
        let pulse = async {
            let mut connection = store.connection().await?;
            Ok::<_, StoreError>(sqlx::query("select 1").execute(&mut connection).await.map(|_| ())?)
        };
        // The work may end while the server is asked.
        tokio::select! {
            done = &mut work => return done,
            alive = tokio::time::timeout(PULSE * 2, pulse) => {
                let silent = || StoreError::Unreachable("it does not answer any more".to_owned());
                alive.unwrap_or_else(|_| Err(silent()))?;
            }
        }
    }
}

/// How far apart the clocks of this machine and of the database may be for what runs unattended.
const APART: TimeDelta = TimeDelta::seconds(60);

/// The database's time, by which everything is judged.
///
/// # Errors
///
/// [`StoreError::WrongClock`] if this machine's clock is more than a minute off; another [`StoreError`] if the database cannot be
/// reached or does not answer.
pub async fn agreed(store: &Store) -> Result<DateTime<Utc>, StoreError> {
    let before = Utc::now();
    let theirs = facts::clock(&mut *store.pool.acquire().await?).await?;
    let ours = before + (Utc::now() - before) / 2;
    let apart = ours - theirs;
    if apart.abs() <= APART {
        return Ok(theirs);
    }
    let side = if apart > TimeDelta::zero() { "ahead of" } else { "behind" };
    Err(StoreError::WrongClock(format!("{} {side}", crate::text::span(apart))))
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
        let place = format!(
            "set default_transaction_isolation = 'read committed'; set search_path = {}, pg_temp",
            store.schema
        );
        sqlx::raw_sql(AssertSqlSafe(place)).execute(&mut connection).await?;
        let mut tx = connection.begin().await?;
        sqlx::query(sql!("try_write")).execute(&mut *tx).await?;
        tx.rollback().await?;
    }
    super::address::close(connection).await;
    Ok(why)
}
