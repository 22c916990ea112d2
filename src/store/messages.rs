//! Messages to parties that a server carries: they wait in the database until a command or a webhook has taken them.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::postgres::PgPool;

use super::StoreError;

/// A message that this server has taken for a while.
#[derive(Debug, Clone, FromRow)]
pub struct Taken {
    /// The order, the number of its case, and the event.
    pub order_id: String,
    /// The number of the case.
    pub number: i32,
    /// The number of the event.
    pub seq: i32,
    /// How often it was tried, this time included.
    pub tries: i32,
    /// `messaged`, or `asked` if the case waits for the answer.
    pub what: String,
    /// `buyer` or `seller`.
    pub party: String,
    /// Who wrote it.
    pub recorder: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The text; `None` if it was erased meanwhile.
    pub body: Option<String>,
    /// The order's currency.
    pub currency: String,
    /// The order's amount in minor units.
    pub amount: i64,
    /// Whom it is for, as the order names them.
    pub addressee: Option<String>,
    /// The phone numbers in that.
    pub phones: Vec<String>,
}

/// Says that a server carries messages, by a `command` or a `webhook`; or that none does.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the login may not serve.
pub async fn carried_by(pool: &PgPool, kind: Option<&str>) -> Result<(), StoreError> {
    match kind {
        Some(kind) => sqlx::query(sql!("messenger_seen")).bind(kind).execute(pool).await?,
        None => sqlx::query(sql!("messenger_gone")).execute(pool).await?,
    };
    Ok(())
}

/// How messages are carried, if a server that runs does.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn carrier(pool: &PgPool) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar(sql!("messenger")).fetch_optional(pool).await?)
}

/// Takes messages that are due, at most `most`, for so many seconds.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the login may not serve.
pub async fn claim(pool: &PgPool, most: i64, seconds: f64) -> Result<Vec<Taken>, StoreError> {
    Ok(sqlx::query_as(sql!("claim_messages")).bind(most).bind(seconds).fetch_all(pool).await?)
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Became<'a> {
    /// It was taken.
    Sent,
    /// It is tried again after so many seconds, for this reason.
    Again(f64, &'a str),
    /// It could not be carried, for this reason.
    Failed(&'a str),
}

/// Writes what became of a message that was taken.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the login may not serve.
pub async fn became(pool: &PgPool, taken: &Taken, became: Became<'_>) -> Result<(), StoreError> {
    let (state, fault, seconds) = match became {
        Became::Sent => ("sent", None, 0.0),
        Became::Again(seconds, why) => ("queued", Some(why), seconds),
        Became::Failed(why) => ("failed", Some(why), 0.0),
    };
    let query = sqlx::query(sql!("message_carried")).bind(&taken.order_id).bind(taken.number).bind(taken.seq);
    query.bind(state).bind(fault).bind(seconds).execute(pool).await?;
    Ok(())
}
