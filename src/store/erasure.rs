//! Erasing what a person left with orders, once the policy no longer keeps it.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::error::of_commit;
use super::{Store, StoreError};
use crate::records::Party;

/// Something that a person left with an order.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Left {
    /// The order, as `provider:id`.
    pub order_id: String,
    /// What the person is in it: `buyer` or `seller`.
    pub party: String,
    /// `messages`, `notes`, `files`, `decisions` or `names`.
    pub kind: String,
    /// Until when it is kept; `None` while something of the order is open, and for ever.
    pub until: Option<DateTime<Utc>>,
    /// Whether that is over by the database's clock.
    pub is_over: bool,
}

/// Whose data is meant, and where.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// A person: the whole name, without regard to capitals and diacritics, or a phone number. With an order, in that order only.
    Person(&'a str, Option<&'a str>),
    /// A party of an order, whether or not its name is still there.
    Party(Party, &'a str),
}

/// What someone left, by order.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn left(store: &Store, whose: Whose<'_>) -> Result<Vec<Left>, StoreError> {
    let (who, order, party) = match whose {
        Whose::Person(who, order) => (Some(who), order, None),
        Whose::Party(party, order) => (None, Some(order), Some(party.name())),
    };
    Ok(sqlx::query_as(sql!("erasable")).bind(who).bind(order).bind(party).fetch_all(&store.pool).await?)
}

/// Erases all of it in one transaction. The names of an order have to come last.
///
/// # Errors
///
/// [`StoreError::Refused`] if this person is not an admin, or the policy still keeps some of it; [`StoreError::Unknown`] if the
/// connection was lost while it was committed.
pub async fn erase(store: &Store, all: &[&Left], why: &str) -> Result<(), StoreError> {
    let mut tx = store.pool.begin().await?;
    for Left { order_id, party, kind, .. } in all {
        let erase = sqlx::query(sql!("erase")).bind(order_id).bind(party).bind(kind).bind(why).bind(&store.person);
        erase.execute(&mut *tx).await?;
    }
    tx.commit().await.map_err(of_commit)
}
