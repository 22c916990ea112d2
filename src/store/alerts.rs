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
pub(super) struct StandingRow {
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
    rule: String,
    query: Option<String>,
    figure: Option<i64>,
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
            rule: row.rule,
            query: row.query,
            figure: row.figure,
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
        .bind(&standing.rule)
        .bind(&standing.query)
        .bind(standing.figure)
        .execute(&mut *tx)
        .await?;
    tx.commit().await.map_err(of_commit)
}

/// What was sent of an event, or is still to be sent.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Delivery {
    /// Where to: `webhook`, `command`, `second_webhook` or `second_command`.
    pub sink: String,
    /// 0 for what changed; from 1 on, how often it was repeated.
    pub nr: i32,
    /// How often it was tried.
    pub tries: i32,
    /// Why the last attempt failed.
    pub fault: Option<String>,
    /// When it arrived; `None` while it waits.
    pub sent_at: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct HistoryRow {
    #[sqlx(flatten)]
    event: StandingRow,
    deliveries: String,
}

/// The events of an alert, or of all of them, the latest first, each with its deliveries.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has an event that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn history(
    pool: &PgPool,
    alert: Option<&str>,
    limit: i64,
) -> Result<Vec<(Standing, Vec<Delivery>)>, StoreError> {
    let rows: Vec<HistoryRow> = sqlx::query_as(sql!("alert_history")).bind(alert).bind(limit).fetch_all(pool).await?;
    let one = |row: HistoryRow| {
        let deliveries =
            serde_json::from_str(&row.deliveries).map_err(|_| unknown("the deliveries", &row.deliveries))?;
        Ok((Standing::try_from(row.event)?, deliveries))
    };
    rows.into_iter().map(one).collect()
}
