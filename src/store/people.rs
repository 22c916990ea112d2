//! People and their roles: an append-only list of grants and withdrawals.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::postgres::PgPool;

use super::error::of_commit;
use super::{Store, StoreError};
use crate::domain::{Role, Roles};
use crate::records::Zone;

/// A role that a person has.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Held {
    /// The person.
    pub login: String,
    /// The role.
    pub role: String,
    /// Who granted it.
    pub changed_by: String,
    /// When it was granted.
    pub changed_at: DateTime<Utc>,
}

/// Everyone and their roles, by login.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn all(pool: &PgPool) -> Result<Vec<Held>, StoreError> {
    Ok(sqlx::query_as(sql!("people")).fetch_all(pool).await?)
}

/// Everyone but this person who may work on cases, and how many open ones each has, counted up to `most`.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn colleagues(pool: &PgPool, person: &str, most: i64) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(sqlx::query_as(sql!("colleagues")).bind(person).bind(most).fetch_all(pool).await?)
}

/// What a person has in hand: open cases, and plans that have not ended, counted up to `most`.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn in_hand(pool: &PgPool, login: &str, most: i64) -> Result<(i64, i64), StoreError> {
    Ok(sqlx::query_as(sql!("in_hand")).bind(login).bind(most).fetch_one(pool).await?)
}

/// A person's roles. While no one is registered, everyone is agent, lead and ops.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn roles(pool: &PgPool, login: &str) -> Result<Roles, StoreError> {
    Ok(arrives(pool, login).await?.0)
}

/// What a person needs first: their roles, and the zone of the desk's hours.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn arrives(pool: &PgPool, login: &str) -> Result<(Roles, Zone), StoreError> {
    let found: (bool, Vec<String>, Option<String>) = sqlx::query_as(sql!("roles")).bind(login).fetch_one(pool).await?;
    let (anybody, names, zone) = found;
    let roles = if anybody { names.iter().filter_map(|name| name.parse().ok()).collect() } else { Roles::UNREGISTERED };
    Ok((roles, zone.and_then(|zone| zone.parse().ok()).unwrap_or_default()))
}

/// Whether this session may bring in what others report: imports, expiries of a clock, what the watcher finds.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn is_intake(store: &Store) -> Result<bool, StoreError> {
    let asked = sqlx::query_scalar(sql!("is_intake")).bind(&store.person).bind(store.named);
    Ok(asked.fetch_one(&store.pool).await?)
}

/// Grants or withdraws roles on behalf of the store's person, an admin. The very first grant must create an admin.
///
/// # Errors
///
/// [`StoreError::Refused`] if that is no admin, the first person would not be one, or the last admin would be
/// removed; [`StoreError::Unknown`] if the connection was lost while it was committed.
pub async fn change(
    store: &Store,
    login: &str,
    roles: &[Role],
    granted: bool,
    why: Option<&str>,
) -> Result<(), StoreError> {
    let mut roles = roles.to_vec();
    // Admin first: the very first grant must create one.
    roles.sort_by_key(|role| *role != Role::Admin);
    let mut tx = store.pool.begin().await?;
    for role in roles {
        sqlx::query(sql!("change_person"))
            .bind(login)
            .bind(role.name())
            .bind(granted)
            .bind(&store.person)
            .bind(why)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await.map_err(of_commit)
}
