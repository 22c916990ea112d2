//! Alerts and their events. Append-only: if two processes record the same event, one wins.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::postgres::PgPool;

use super::error::of_commit;
use super::row::unknown;
use super::{Store, StoreError};
use crate::stuck::alarm::{Standing, What};
use crate::stuck::rule::Severity;

#[derive(FromRow)]
struct StandingRow {
    alert: String,
    seq: i32,
    what: String,
    severity: String,
    since: DateTime<Utc>,
    said: String,
    reason: Option<String>,
    until: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
    recorder: String,
}

impl TryFrom<StandingRow> for Standing {
    type Error = StoreError;

    fn try_from(row: StandingRow) -> Result<Self, StoreError> {
        let what: What = row.what.parse().map_err(|_| unknown("the event", &row.what))?;
        let severity: Severity = row.severity.parse().map_err(|_| unknown("the severity", &row.severity))?;
        Ok(Self {
            alert: row.alert,
            seq: row.seq,
            what,
            severity,
            since: row.since,
            said: row.said,
            reason: row.reason,
            until: row.until,
            at: row.at,
            recorder: row.recorder,
        })
    }
}

/// The current state of every alert.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has an alert that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn all(pool: &PgPool) -> Result<Vec<Standing>, StoreError> {
    let rows: Vec<StandingRow> = sqlx::query_as(sql!("alerts")).fetch_all(pool).await?;
    rows.into_iter().map(Standing::try_from).collect()
}

/// Records an event of an alert. Fails with [`StoreError::Conflict`] if someone else just recorded it.
///
/// # Errors
///
/// [`StoreError::Conflict`] if someone else recorded an event of this alert first; [`StoreError::Refused`] if an
/// acknowledgement has no reason or no later end; [`StoreError::Unknown`] if the connection was lost while it was
/// committed.
pub async fn tell(store: &Store, standing: &Standing) -> Result<(), StoreError> {
    let mut tx = store.pool.begin().await?;
    sqlx::query(sql!("tell_alert"))
        .bind(&standing.alert)
        .bind(standing.seq)
        .bind(standing.what.name())
        .bind(standing.severity.name())
        .bind(standing.since)
        .bind(&standing.said)
        .bind(&standing.reason)
        .bind(standing.until)
        .bind(standing.at)
        .bind(&standing.recorder)
        .execute(&mut *tx)
        .await?;
    tx.commit().await.map_err(of_commit)
}
