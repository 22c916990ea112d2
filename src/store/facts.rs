//! Facts: the key of every fact, and the bytes of those that could not be applied.

use crate::records::{QuarantineKind, Quarantined};
use chrono::{DateTime, Utc};
use sqlx::postgres::PgPool;
use sqlx::{FromRow, PgConnection};

use super::{Store, StoreError};

/// A fact to quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToHold {
    /// Identifies the same fact if it comes again.
    pub key: Vec<u8>,
    /// The order, if known.
    pub order_id: Option<String>,
    /// The provider, if known.
    pub provider: Option<&'static str>,
    /// When it happened, if known.
    pub happened_at: Option<DateTime<Utc>>,
    /// The fact as received, without secrets.
    pub raw: Vec<u8>,
    /// Why, as a code.
    pub why: &'static str,
    /// The word that is not known; empty if there is none.
    pub detail: String,
    /// The merchant that it names, if it names one.
    pub merchant: Option<String>,
    /// Why, for people.
    pub message: String,
    /// Its possible readings, as JSON.
    pub readings: String,
    /// It came too early.
    pub early: bool,
}

/// A quarantined fact that came too early.
#[derive(Debug, Clone, FromRow)]
pub struct Early {
    /// Its number.
    pub id: i64,
    /// The order.
    pub order_id: String,
    /// The fact as received, without secrets.
    pub raw: Vec<u8>,
    /// Its readings so far, as JSON.
    pub readings: String,
}

/// The result of trying a quarantined fact again.
#[derive(Debug, Clone)]
pub struct Rejudged {
    /// Its number.
    pub id: i64,
    /// `applied`, `repeated`, or `waiting` for a person from now on.
    pub state: &'static str,
    /// It is still tried again automatically.
    pub early: bool,
    /// The new reason as a code, if there is one.
    pub why: Option<&'static str>,
    /// The new reason.
    pub message: Option<String>,
    /// The new readings, as JSON.
    pub readings: Option<String>,
    /// The person on whose behalf it was tried.
    pub by: String,
}

/// Which of these facts are known already, and whether each still waits in quarantine.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn known(connection: &mut PgConnection, keys: &[&[u8]]) -> Result<Vec<(Vec<u8>, bool)>, StoreError> {
    Ok(sqlx::query_as(sql!("known_facts")).bind(keys).fetch_all(connection).await?)
}

/// The time at the database.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn clock(connection: &mut PgConnection) -> Result<DateTime<Utc>, StoreError> {
    Ok(sqlx::query_scalar(sql!("clock")).fetch_one(connection).await?)
}

/// Stores the keys of facts and their outcomes. Fails with [`StoreError::Conflict`] if another process just stored one.
///
/// # Errors
///
/// [`StoreError::Conflict`] if another process just stored one of the keys; another [`StoreError`] if the database
/// cannot be reached.
pub async fn remember(connection: &mut PgConnection, keys: &[&[u8]], outcomes: &[&str]) -> Result<(), StoreError> {
    if !keys.is_empty() {
        sqlx::query(sql!("put_facts")).bind(keys).bind(outcomes).execute(connection).await?;
    }
    Ok(())
}

/// A number for an import whose lines are written over several connections.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn next_import(store: &Store) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("select nextval('import_number')").fetch_one(&store.pool).await?)
}

/// Quarantines facts of an import, under its number if it has one. Returns the number, and those of facts that came too early.
///
/// # Errors
///
/// [`StoreError::Refused`] if a fact is in quarantine already or its time is not plausible; another [`StoreError`] if
/// the database cannot be reached.
pub async fn hold(
    connection: &mut PgConnection,
    facts: &[ToHold],
    import: Option<i64>,
) -> Result<(Option<i64>, Vec<i64>), StoreError> {
    if facts.is_empty() {
        return Ok((import, Vec::new()));
    }
    let kept: Vec<(i64, bool, i64)> = sqlx::query_as(sql!("hold"))
        .bind(facts.iter().map(|fact| fact.key.as_slice()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.order_id.as_deref()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.provider).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.happened_at).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.raw.as_slice()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.why).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.message.as_str()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.readings.as_str()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.early).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.detail.as_str()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.merchant.as_deref()).collect::<Vec<_>>())
        .bind(import)
        .fetch_all(connection)
        .await?;
    let import = kept.first().map(|(.., import)| *import);
    Ok((import, kept.into_iter().filter(|(_, early, _)| *early).map(|(id, ..)| id).collect()))
}

/// How many facts are in quarantine of each kind, the most first.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn kinds(pool: &PgPool) -> Result<Vec<QuarantineKind>, StoreError> {
    Ok(sqlx::query_as(sql!("quarantine_kinds")).fetch_all(pool).await?)
}

/// Of these orders, those for which a fact waits that may be applied when its time comes.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn early_orders(executor: impl sqlx::PgExecutor<'_>, orders: &[String]) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(sql!("early_orders")).bind(orders).fetch_all(executor).await?)
}

/// The quarantined facts about these orders that came too early.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn early(connection: &mut PgConnection, orders: &[String]) -> Result<Vec<Early>, StoreError> {
    Ok(sqlx::query_as(sql!("early")).bind(orders).fetch_all(connection).await?)
}

/// Records the results of facts that were tried again.
///
/// # Errors
///
/// [`StoreError::Conflict`] if someone else settled one of the facts first; another [`StoreError`] if the database
/// cannot be reached.
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

/// Records that the provider confirmed versions of orders.
///
/// # Errors
///
/// [`StoreError::Refused`] if there is no such transition, or it opened the order; another [`StoreError`] if the
/// database cannot be reached.
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

/// Which facts in quarantine: those with all that is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// Of this order.
    pub order: Option<&'a str>,
    /// In quarantine for this reason.
    pub kind: Option<&'a str>,
    /// With this word that is not known.
    pub detail: Option<&'a str>,
    /// Of this merchant.
    pub merchant: Option<&'a str>,
    /// Of this import.
    pub import: Option<i64>,
}

/// Quarantined facts that wait for a person, after this number.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn waiting(
    pool: &PgPool,
    after: i64,
    wanted: Wanted<'_>,
    limit: i64,
) -> Result<Vec<Quarantined>, StoreError> {
    let Wanted { order, kind, detail, merchant, import } = wanted;
    let facts = sqlx::query_as(sql!("quarantine")).bind(after).bind(order).bind(kind).bind(detail);
    Ok(facts.bind(merchant).bind(import).bind(limit).fetch_all(pool).await?)
}

/// One quarantined fact.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn quarantined(connection: &mut PgConnection, id: i64) -> Result<Option<Quarantined>, StoreError> {
    Ok(sqlx::query_as(sql!("quarantined")).bind(id).fetch_optional(connection).await?)
}

/// Settles a quarantined fact for a person.
///
/// # Errors
///
/// [`StoreError::Conflict`] if someone else settled the fact first; [`StoreError::Refused`] if it is dismissed without
/// a note.
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
