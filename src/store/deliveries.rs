//! Deliveries of alerts: a message that has to go out waits in the database until it arrives, whichever watcher sends it.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use std::time::Duration;

use super::alerts::StandingRow;
use super::{Store, StoreError};
use crate::stuck::alarm::{Alarm, Standing};

/// A delivery that this process has taken for a while.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Its number.
    pub id: i64,
    /// The sink's name.
    pub sink: String,
    /// 0 for what changed; from 1 on, how often it was repeated.
    pub nr: i32,
    /// How often it was tried, this time included.
    pub tries: i32,
    /// The event.
    pub event: Standing,
}

#[derive(FromRow)]
struct TakenRow {
    id: i64,
    sink: String,
    nr: i32,
    tries: i32,
    #[sqlx(flatten)]
    event: StandingRow,
}

/// Queues what the first and the second sinks have not been told; repeats and escalates what stays unacknowledged.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not allow it.
pub async fn queue(
    store: &Store,
    (first, second): (&[&str], &[&str]),
    now: DateTime<Utc>,
    (repeat, escalate): (Duration, Duration),
    alarms: &[Alarm],
) -> Result<(), StoreError> {
    let found: (Vec<&str>, Vec<&str>) = alarms.iter().map(|it| (it.alert.as_str(), it.said.as_str())).unzip();
    sqlx::query(sql!("queue_alerts"))
        .bind(first)
        .bind(second)
        .bind(now)
        .bind(repeat.as_secs_f64())
        .bind(escalate.as_secs_f64())
        .bind(found.0)
        .bind(found.1)
        .execute(&store.pool)
        .await?;
    Ok(())
}

/// Takes the deliveries that are due for these sinks; if this process dies, another one gets them a minute later.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not allow it.
pub async fn take(store: &Store, sinks: &[&str]) -> Result<Vec<Taken>, StoreError> {
    let rows: Vec<TakenRow> = sqlx::query_as(sql!("claim_alerts")).bind(sinks).fetch_all(&store.pool).await?;
    let taken = |row: TakenRow| {
        let event = Standing::try_from(row.event)?;
        Ok(Taken { id: row.id, sink: row.sink, nr: row.nr, tries: row.tries, event })
    };
    rows.into_iter().map(taken).collect()
}

/// Writes what became of a delivery: it arrived, or why it did not and when it is tried again.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached.
pub async fn sent(store: &Store, id: i64, fault: Option<&str>, again: Duration) -> Result<(), StoreError> {
    sqlx::query(sql!("sent_alert")).bind(id).bind(fault).bind(again.as_secs_f64()).execute(&store.pool).await?;
    Ok(())
}
