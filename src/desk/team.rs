//! What the team shares: its policy, its people, its views, and the ticks of runbooks. An answer that was lost on its way
//! is found out here, too: what is in force now was set by this person, or it was not.

use super::request::{or_nothing, settled};
use crate::cases::Policy;
use crate::domain::Role;
use crate::store::cases::policy;
use crate::store::erasure::{self, Left, Whose};
use crate::store::{Store, StoreError, feed, people, views, watch};

/// Sets a new policy on behalf of an admin, and returns its number.
///
/// # Errors
///
/// As [`policy::set`]; [`StoreError::Unknown`] if the connection was lost and the database does not come back in time.
pub async fn set_policy(store: &Store, new: &Policy, source: &str, why: Option<&str>) -> Result<i32, StoreError> {
    let recorded = async || {
        let now = policy::current(&store.pool).await?;
        let is_ours = now.policy == *new && now.source == source && now.recorder == store.person;
        Ok(is_ours.then_some(now.number))
    };
    let number = or_nothing(settled(policy::set(store, new, source, why), recorded).await?)?;
    feed::ring(store).await;
    Ok(number)
}

/// Grants roles to a person, or withdraws them, on behalf of an admin.
///
/// # Errors
///
/// As [`people::change`]; [`StoreError::Unknown`] if the connection was lost and the database does not come back in time.
pub async fn change_roles(
    store: &Store,
    login: &str,
    roles: &[Role],
    granted: bool,
    why: Option<&str>,
) -> Result<(), StoreError> {
    let recorded = async || {
        let held = people::all(&store.pool).await?;
        let has = |role: &Role| held.iter().any(|it| it.login == login && it.role == role.name());
        Ok(roles.iter().all(|role| has(role) == granted).then_some(()))
    };
    let written = people::change(store, login, roles, granted, why);
    or_nothing(settled(written, recorded).await?)
}

/// Saves a query under a name for everyone; with `None`, removes the name.
///
/// # Errors
///
/// As [`views::change`]; [`StoreError::Unknown`] if the connection was lost and the database does not come back in time.
pub async fn change_view(store: &Store, name: &str, query: Option<&str>) -> Result<(), StoreError> {
    let recorded = async || {
        let all = views::all(store).await?;
        let now = all.iter().find(|(known, _)| known == name).map(|(_, query)| query.as_str());
        Ok((now == query).then_some(()))
    };
    or_nothing(settled(views::change(store, name, query), recorded).await?)
}

/// Erases what a person left, as far as it was found, on behalf of an admin.
///
/// # Errors
///
/// As [`erasure::erase`]; [`StoreError::Unknown`] if the connection was lost and the database does not come back in time.
pub async fn erase(store: &Store, all: &[&Left], whose: Whose<'_>, why: &str) -> Result<(), StoreError> {
    if all.is_empty() {
        return Ok(());
    }
    let recorded = async || {
        let rest = erasure::left(store, whose).await?;
        let is_there = |it: &&Left| {
            rest.iter().any(|left| (&left.order_id, &left.party, &left.kind) == (&it.order_id, &it.party, &it.kind))
        };
        Ok((!all.iter().any(is_there)).then_some(()))
    };
    or_nothing(settled(erasure::erase(store, all, why), recorded).await?)?;
    feed::ring(store).await;
    Ok(())
}

/// Ticks a step of an order's runbook, or unticks it.
///
/// # Errors
///
/// As [`watch::tick`]; [`StoreError::Unknown`] if the connection was lost and the database does not come back in time.
pub async fn tick(store: &Store, order: &str, step: &str, done: bool) -> Result<(), StoreError> {
    let recorded = async || {
        let ticks = watch::ticks(&store.pool, order).await?;
        Ok((ticks.iter().any(|tick| tick.step == step) == done).then_some(()))
    };
    or_nothing(settled(watch::tick(store, order, step, done), recorded).await?)
}
