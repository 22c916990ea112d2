//! The desk's policy: every version is kept, and the newest is in force.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};

use crate::cases::Policy;
use crate::cases::policy::SHIPPED;
use crate::store::error::of_commit;
use crate::store::{Store, StoreError};

/// The policy in force.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct InForce {
    /// Its number, from 1.
    pub number: i32,
    /// The policy itself.
    pub policy: Policy,
    /// Its source, as written.
    pub source: String,
    /// Who set it.
    pub recorder: String,
    /// When it was set.
    pub at: DateTime<Utc>,
    /// Why it was changed.
    #[serde(default)]
    pub why: Option<String>,
}

/// The policy in force.
///
/// # Errors
///
/// [`StoreError::Foreign`] if this program cannot read the policy; another [`StoreError`] if the database cannot be
/// reached.
pub async fn now(connection: &mut PgConnection) -> Result<InForce, StoreError> {
    let (number, body, source, recorder, at, why): (i32, String, String, String, DateTime<Utc>, Option<String>) =
        sqlx::query_as(sql!("policy")).fetch_one(connection).await?;
    Ok(InForce { number, policy: read(number, &body)?, source, recorder, at, why })
}

impl InForce {
    /// Its text, as it was written; the shipped one, if nobody wrote one. If that says something else than what is in force, what is in
    /// force as JSON, after a comment that says so.
    pub fn text(&self) -> String {
        if says(&self.source, &self.policy) {
            return written(&self.source).to_owned();
        }
        let json = serde_json::to_string_pretty(&self.policy).unwrap_or_default();
        format!("# The text of policy {} says something else than what is in force, which is:\n{json}\n", self.number)
    }
}

fn written(source: &str) -> &str {
    if source.is_empty() { SHIPPED } else { source }
}

/// Whether the text of a policy says what is enforced.
fn says(source: &str, policy: &Policy) -> bool {
    Policy::parse(written(source)).is_ok_and(|said| said == *policy)
}

/// The numbers of the policies whose text says something else than what is enforced.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn unsaid(connection: &mut PgConnection) -> Result<Vec<i32>, StoreError> {
    let all: Vec<(i32, String, String)> = sqlx::query_as(sql!("policies")).fetch_all(connection).await?;
    let mut wrong = Vec::new();
    for (number, body, source) in all {
        if !read(number, &body).is_ok_and(|policy| says(&source, &policy)) {
            wrong.push(number);
        }
    }
    Ok(wrong)
}

/// Reads a policy as the database keeps it.
pub(super) fn read(number: i32, body: &str) -> Result<Policy, StoreError> {
    serde_json::from_str(body).map_err(|error| {
        StoreError::Foreign(format!(
            "this program cannot read the desk's policy {number} ({error}); use a newer version"
        ))
    })
}

/// The policy in force, for callers without a connection.
///
/// # Errors
///
/// [`StoreError::Foreign`] if this program cannot read the policy; another [`StoreError`] if the database cannot be
/// reached.
pub async fn current(pool: &PgPool) -> Result<InForce, StoreError> {
    now(&mut *pool.acquire().await?).await
}

/// Sets a new policy on behalf of an admin and returns its number.
///
/// # Errors
///
/// [`StoreError::Refused`] if the person is not an admin; [`StoreError::Conflict`] if someone else just set another
/// policy; [`StoreError::Unknown`] if the connection was lost while it was committed.
pub async fn set(store: &Store, policy: &Policy, source: &str, why: Option<&str>) -> Result<i32, StoreError> {
    let body = serde_json::to_string(policy).map_err(|error| StoreError::Foreign(error.to_string()))?;
    let mut tx = store.pool.begin().await?;
    let query = sqlx::query_scalar(sql!("set_policy")).bind(body).bind(source).bind(&store.person).bind(why);
    let number = query.fetch_one(&mut *tx).await?;
    tx.commit().await.map_err(of_commit)?;
    Ok(number)
}
