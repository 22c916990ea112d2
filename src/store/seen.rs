//! The last reading of each order at its provider, and how orders differ from what it shows.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{FromRow, PgConnection};

use super::StoreError;
use crate::domain::Action;
use crate::records::Sums;
use crate::wire::evidence::{Noted, Told};

/// The last reading of an order.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Sighting {
    /// The order.
    pub order_id: String,
    /// The account that read it.
    pub account: String,
    /// When it was read.
    pub read_at: DateTime<Utc>,
    /// The provider's word for its status; empty if it has no such order.
    pub word: String,
    /// What that word means here, if it is known.
    pub status: Option<String>,
    /// The ways from here to there, each a list of readings as JSON.
    pub ways: Value,
    /// Why no lawful way leads there.
    pub unlawful: Option<String>,
    /// Whether its lists have all that was captured and refunded.
    pub listed: bool,
}

/// A capture or refund that a reading lists: minor units of the order's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Capture or refund.
    pub action: Action,
    /// How much.
    pub amount: i64,
    /// When.
    pub at: DateTime<Utc>,
}

/// Stores the last reading of an order, and what it lists.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the login may not serve.
pub async fn keep(connection: &mut PgConnection, it: &Sighting, moves: &[Listed]) -> Result<(), StoreError> {
    sqlx::query(sql!("keep_seen"))
        .bind(&it.order_id)
        .bind(&it.account)
        .bind(it.read_at)
        .bind(&it.word)
        .bind(&it.status)
        .bind(&it.ways)
        .bind(&it.unlawful)
        .bind(it.listed)
        .bind(moves.iter().map(|it| it.action.name()).collect::<Vec<_>>())
        .bind(moves.iter().map(|it| it.amount).collect::<Vec<_>>())
        .bind(moves.iter().map(|it| it.at).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}

/// The last readings of these orders.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn of(connection: &mut PgConnection, orders: &[String]) -> Result<Vec<Sighting>, StoreError> {
    Ok(sqlx::query_as(sql!("seen")).bind(orders).fetch_all(connection).await?)
}

/// What the provider last answered about an order.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
struct Answered {
    kind: Option<String>,
    status: Option<String>,
    currency: Option<String>,
    captured: Option<i64>,
    canceled: Option<i64>,
    refunded: Option<i64>,
    happened_at: Option<DateTime<Utc>>,
    moved_at: Option<DateTime<Utc>>,
}

/// Whether an answer says what the last one said, since the order moved last: keeping it would add nothing.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn is_known(connection: &mut PgConnection, noted: &Noted) -> Result<bool, StoreError> {
    let last: Option<Answered> =
        sqlx::query_as(sql!("last_answer")).bind(noted.key.to_string()).fetch_optional(connection).await?;
    let Some(last) = last else { return Ok(false) };
    let (kind, sums) = match &noted.told {
        Told::Observed(_, sums) => ("observed", *sums),
        Told::Absent => ("absent", Sums::default()),
        Told::Attempted { .. } => return Ok(false),
    };
    let minor = |sum: Option<crate::domain::Money>| sum.map(|sum| sum.minor);
    let same = (last.kind.as_deref(), last.status.as_deref())
        == (Some(kind), noted.status().map(|status| status.name()))
        && last.currency.as_deref() == sums.currency().map(|currency| currency.code())
        && [last.captured, last.canceled, last.refunded]
            == [minor(sums.captured), minor(sums.canceled), minor(sums.refunded)];
    Ok(same && last.happened_at.zip(last.moved_at).is_some_and(|(said, moved)| said >= moved))
}
