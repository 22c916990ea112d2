//! Settling facts in quarantine: applied as one of their readings, or dismissed.

use chrono::{DateTime, Utc};

use super::request::{or_nothing, settled};
use crate::domain::Roles;
use crate::intake::quarantine::{self, Answer};
use crate::records::FactState;
use crate::store::{Store, StoreError, facts};

/// How a fact is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Applied as this reading, numbered from 1. With a version, only to that version of the order.
    Apply(usize, Option<i32>),
    /// Dismissed.
    Dismiss,
}

/// Settles a fact, with a note that says how the person knows, or why.
///
/// # Errors
///
/// As [`quarantine::apply`] and [`quarantine::dismiss`]; [`StoreError::Unknown`] if the connection was lost and the
/// database does not come back in time.
pub async fn settle(
    store: &Store,
    roles: Roles,
    id: i64,
    how: How,
    note: &str,
    now: DateTime<Utc>,
) -> Result<Answer, StoreError> {
    let state = match how {
        How::Apply(..) => FactState::Applied,
        How::Dismiss => FactState::Dismissed,
    };
    let written = async {
        match how {
            How::Apply(reading, expect) => quarantine::apply(store, roles, id, reading, note, expect, now).await,
            How::Dismiss => quarantine::dismiss(store, roles, id, note).await,
        }
    };
    let recorded = async || {
        let fact = facts::quarantined(&mut *store.pool.acquire().await?, id).await?;
        let is_ours = fact.is_some_and(|fact| {
            (fact.state, fact.note.as_deref(), fact.settled_by.as_deref()) == (state, Some(note), Some(&store.person))
        });
        Ok(is_ours.then_some(Answer::Done))
    };
    or_nothing(settled(written, recorded).await?)
}
