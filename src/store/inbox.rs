//! What came in: every fact by its key, and those that could not be taken with their bytes.

use chrono::{DateTime, Utc};
use sqlx::postgres::PgPool;
use sqlx::{FromRow, PgConnection};

use super::StoreError;

/// A fact to be kept in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToHold {
    /// By which the same thing is known again.
    pub key: Vec<u8>,
    /// Whose order, as far as it is known.
    pub order_id: Option<String>,
    /// Whose words, as far as it is known.
    pub provider: Option<&'static str>,
    /// When, as far as it is known.
    pub happened_at: Option<DateTime<Utc>>,
    /// As it came, without secrets.
    pub raw: Vec<u8>,
    /// The kind of the reason.
    pub why: &'static str,
    /// The reason, for people.
    pub message: String,
    /// The ways to understand it, as JSON.
    pub readings: String,
    /// It merely came early.
    pub early: bool,
}

/// A waiting fact that came early.
#[derive(Debug, Clone, FromRow)]
pub struct Early {
    /// Its number.
    pub id: i64,
    /// Whose order.
    pub order_id: String,
    /// As it came, without secrets.
    pub raw: Vec<u8>,
    /// The ways it was understood, as JSON.
    pub readings: String,
}

/// What became of a waiting fact that was tried again.
#[derive(Debug, Clone)]
pub struct Rejudged {
    /// Its number.
    pub id: i64,
    /// `applied`, `repeated`, or `waiting` for a person from now on.
    pub state: &'static str,
    /// It is still tried again by itself.
    pub early: bool,
    /// The kind of the new reason, where there is one.
    pub why: Option<&'static str>,
    /// The new reason.
    pub message: Option<String>,
    /// The new readings, as JSON.
    pub readings: Option<String>,
    /// On whose behalf.
    pub by: String,
}

/// A quarantined fact, as people and programs read it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Quarantined {
    /// Its number.
    pub id: i64,
    /// Whose order, as far as it is known.
    pub order_id: Option<String>,
    /// Whose words, as far as it is known.
    pub provider: Option<String>,
    /// When it happened, as far as it is known.
    pub happened_at: Option<DateTime<Utc>>,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// As it came, without secrets.
    pub raw: Vec<u8>,
    /// The kind of the reason.
    pub why: String,
    /// The reason.
    pub message: String,
    /// The ways to understand it, as JSON.
    pub readings: String,
    /// It merely came early, and is tried again by itself.
    pub early: bool,
    /// `waiting`, `applied`, `repeated` or `dismissed`.
    pub state: String,
    /// What the person who settled it said.
    pub note: Option<String>,
    /// Who settled it.
    pub settled_by: Option<String>,
}

/// Which of these facts were taken before, and which of them still wait.
pub async fn known(connection: &mut PgConnection, keys: &[&[u8]]) -> Result<Vec<(Vec<u8>, bool)>, StoreError> {
    Ok(sqlx::query_as(sql!("known_facts")).bind(keys).fetch_all(connection).await?)
}

/// Remembers facts and what came of them. Fails as [`StoreError::Conflict`] where another process just took one.
pub async fn remember(connection: &mut PgConnection, keys: &[&[u8]], outcomes: &[&str]) -> Result<(), StoreError> {
    if !keys.is_empty() {
        sqlx::query(sql!("put_facts")).bind(keys).bind(outcomes).execute(connection).await?;
    }
    Ok(())
}

/// Keeps facts in quarantine. Gives the numbers of those that merely came early.
pub async fn hold(connection: &mut PgConnection, facts: &[ToHold]) -> Result<Vec<i64>, StoreError> {
    if facts.is_empty() {
        return Ok(Vec::new());
    }
    let kept: Vec<(i64, bool)> = sqlx::query_as(sql!("hold"))
        .bind(facts.iter().map(|fact| fact.key.as_slice()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.order_id.as_deref()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.provider).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.happened_at).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.raw.as_slice()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.why).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.message.as_str()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.readings.as_str()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.early).collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
    Ok(kept.into_iter().filter(|(_, early)| *early).map(|(id, _)| id).collect())
}

/// What waits for these orders and merely came early.
pub async fn early(connection: &mut PgConnection, orders: &[String]) -> Result<Vec<Early>, StoreError> {
    Ok(sqlx::query_as(sql!("early")).bind(orders).fetch_all(connection).await?)
}

/// Notes what became of facts that were tried again.
pub async fn rejudge(connection: &mut PgConnection, facts: &[Rejudged]) -> Result<(), StoreError> {
    if facts.is_empty() {
        return Ok(());
    }
    sqlx::query(sql!("rejudge"))
        .bind(facts.iter().map(|fact| fact.id).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.state).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.why).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.message.as_deref()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.readings.as_deref()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.by.as_str()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.early).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes that the provider confirmed a version of an order.
pub async fn confirm(
    connection: &mut PgConnection,
    confirmations: &[(String, i32, Option<String>, DateTime<Utc>)],
    recorder: &str,
) -> Result<(), StoreError> {
    if confirmations.is_empty() {
        return Ok(());
    }
    sqlx::query(sql!("confirm"))
        .bind(confirmations.iter().map(|it| it.0.as_str()).collect::<Vec<_>>())
        .bind(confirmations.iter().map(|it| it.1).collect::<Vec<_>>())
        .bind(confirmations.iter().map(|it| it.2.as_deref()).collect::<Vec<_>>())
        .bind(confirmations.iter().map(|it| it.3).collect::<Vec<_>>())
        .bind(vec![recorder; confirmations.len()])
        .execute(connection)
        .await?;
    Ok(())
}

/// What waits for a person, after a number: of all orders, or of one.
pub async fn waiting(
    pool: &PgPool,
    after: i64,
    order: Option<&str>,
    limit: i64,
) -> Result<Vec<Quarantined>, StoreError> {
    Ok(sqlx::query_as(sql!("quarantine")).bind(after).bind(order).bind(limit).fetch_all(pool).await?)
}

/// One quarantined fact.
pub async fn quarantined(connection: &mut PgConnection, id: i64) -> Result<Option<Quarantined>, StoreError> {
    Ok(sqlx::query_as(sql!("quarantined")).bind(id).fetch_optional(connection).await?)
}

/// A person settles a quarantined fact.
pub async fn settle(
    connection: &mut PgConnection,
    id: i64,
    state: &str,
    note: &str,
    by: &str,
) -> Result<(), StoreError> {
    sqlx::query(sql!("settle")).bind(id).bind(state).bind(note).bind(by).execute(connection).await?;
    Ok(())
}
