//! Plans. The rows of a plan never change; its events and the results of its rows are only appended.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::postgres::PgPool;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::row::unknown;
use super::{Store, StoreError};
use crate::records::{InPlan, Plan, PlanEventKind, PlanHead, PlanRow, PlannedAction, RowOutcome, RowResult};

/// A row of a plan, as stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
struct RowRow {
    place: i32,
    order_id: String,
    version: i32,
    follow: Option<String>,
    amount: Option<i64>,
    outcome: Option<RowOutcome>,
    message: Option<String>,
    seq: Option<i32>,
    at: Option<DateTime<Utc>>,
    recorder: Option<String>,
}

impl TryFrom<RowRow> for PlanRow {
    type Error = StoreError;

    fn try_from(row: RowRow) -> Result<Self, StoreError> {
        let action = row.follow.as_deref().map(|word| word.parse().map_err(|_| unknown("the action", word)));
        Ok(Self {
            place: row.place,
            order_id: row.order_id,
            version: row.version,
            follow: action.transpose()?.zip(row.amount),
            outcome: row.outcome,
            message: row.message,
            seq: row.seq,
            at: row.at,
            recorder: row.recorder,
        })
    }
}

/// Stores a plan with its rows (order, version, action) in the order of their places, and returns it.
///
/// # Errors
///
/// [`StoreError::Conflict`] if the request id is known; [`StoreError::Unknown`] if the connection was lost while it was
/// committed.
pub async fn make(
    store: &Store,
    head: &PlanHead,
    rows: &[(String, i32, PlannedAction)],
    (request, digest): (Uuid, &[u8]),
) -> Result<Plan, StoreError> {
    let mut tx = store.pool.begin().await?;
    let number: i64 = sqlx::query_scalar(sql!("make_plan"))
        .bind(&head.title)
        .bind(head.needs_approval)
        .bind(head.rate)
        .bind(head.stop_after)
        .bind(i32::try_from(rows.len()).unwrap_or(i32::MAX))
        .bind(&store.person)
        .bind(request)
        .bind(digest)
        .fetch_one(&mut *tx)
        .await?;
    sqlx::query(sql!("make_plan_rows"))
        .bind(number)
        .bind((1..).take(rows.len()).collect::<Vec<i32>>())
        .bind(rows.iter().map(|row| row.0.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.1).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.2.follow.map(|(action, _)| action.name())).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.2.follow.map(|(_, amount)| amount.minor)).collect::<Vec<_>>())
        .execute(&mut *tx)
        .await?;
    // Read before the commit, so that nothing can fail after it.
    let made = sqlx::query_as(sql!("plans")).bind(number).bind(1_i64).fetch_one(&mut *tx).await?;
    tx.commit().await.map_err(super::error::of_commit)?;
    Ok(made)
}

/// The plan under a request id, and the digest of the request's body.
///
/// # Errors
///
/// [`StoreError`] if it cannot be read.
pub async fn requested(pool: &PgPool, request: Uuid) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
    Ok(sqlx::query_as(sql!("plan_request")).bind(request).fetch_optional(pool).await?)
}

/// Plans, newest first, at most `most`.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or a plan cannot be read.
pub async fn all(pool: &PgPool, most: i64) -> Result<Vec<Plan>, StoreError> {
    Ok(sqlx::query_as(sql!("plans")).bind(None::<i64>).bind(most).fetch_all(pool).await?)
}

/// One plan.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or the plan cannot be read.
pub async fn plan(pool: &PgPool, number: i64) -> Result<Option<Plan>, StoreError> {
    Ok(sqlx::query_as(sql!("plans")).bind(number).bind(1_i64).fetch_optional(pool).await?)
}

/// How many rows of each of these plans are recorded and confirmed by the provider.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn confirmed(pool: &PgPool, numbers: &[i64]) -> Result<HashMap<i64, i64>, StoreError> {
    let counts: Vec<(i64, i64)> = sqlx::query_as(sql!("plan_confirmed")).bind(numbers).fetch_all(pool).await?;
    Ok(counts.into_iter().collect())
}

/// Rows of a plan after a place.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has an action that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn rows(pool: &PgPool, number: i64, after: i32, most: i64) -> Result<Vec<PlanRow>, StoreError> {
    let rows: Vec<RowRow> =
        sqlx::query_as(sql!("plan_rows")).bind(number).bind(after).bind(most).fetch_all(pool).await?;
    rows.into_iter().map(PlanRow::try_from).collect()
}

/// Rows of a plan after a place that have no result yet.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has an action that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn rest(pool: &PgPool, number: i64, after: i32, most: i64) -> Result<Vec<PlanRow>, StoreError> {
    let rows: Vec<RowRow> =
        sqlx::query_as(sql!("plan_rest")).bind(number).bind(after).bind(most).fetch_all(pool).await?;
    rows.into_iter().map(PlanRow::try_from).collect()
}

/// Records the next event of a plan, and returns the plan. Fails with [`StoreError::Conflict`] if another event was
/// recorded first.
///
/// # Errors
///
/// [`StoreError::Conflict`] if another event was recorded first or the plan has ended; [`StoreError::Refused`] if the
/// event is not allowed now, as when the maker approves; [`StoreError::Unknown`] if the connection was lost while it was
/// committed.
pub async fn event(store: &Store, plan: &Plan, what: PlanEventKind, why: Option<&str>) -> Result<Plan, StoreError> {
    let mut tx = store.pool.begin().await?;
    sqlx::query(sql!("plan_event"))
        .bind(plan.number)
        .bind(plan.seq.unwrap_or(0) + 1)
        .bind(what.name())
        .bind(why)
        .bind(&store.person)
        .execute(&mut *tx)
        .await?;
    // Read before the commit, so that nothing can fail after it.
    let plan = sqlx::query_as(sql!("plans")).bind(plan.number).bind(1_i64).fetch_one(&mut *tx).await?;
    tx.commit().await.map_err(super::error::of_commit)?;
    Ok(plan)
}

/// What was recorded as an event of a plan, and by whom.
///
/// # Errors
///
/// [`StoreError`] if it cannot be read.
pub async fn event_at(pool: &PgPool, plan: i64, seq: i32) -> Result<Option<(PlanEventKind, String)>, StoreError> {
    Ok(sqlx::query_as(sql!("plan_event_at")).bind(plan).bind(seq).fetch_optional(pool).await?)
}

/// Records the results of rows. Fails with [`StoreError::Conflict`] if someone else recorded one first.
///
/// # Errors
///
/// [`StoreError::Conflict`] if someone else recorded the result of a row first; [`StoreError::Refused`] if the plan is
/// not running.
pub async fn results(
    connection: &mut PgConnection,
    plan: i64,
    outcomes: &[RowResult],
    recorder: &str,
) -> Result<(), StoreError> {
    sqlx::query(sql!("plan_results"))
        .bind(plan)
        .bind(outcomes.iter().map(|it| it.place).collect::<Vec<_>>())
        .bind(outcomes.iter().map(|it| it.order_id.as_str()).collect::<Vec<_>>())
        .bind(outcomes.iter().map(|it| it.outcome.name()).collect::<Vec<_>>())
        .bind(outcomes.iter().map(|it| it.message.as_deref()).collect::<Vec<_>>())
        .bind(outcomes.iter().map(|it| it.seq).collect::<Vec<_>>())
        .bind(recorder)
        .execute(connection)
        .await?;
    Ok(())
}

/// The plans that contain an order, newest first.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or a plan cannot be read.
pub async fn of_order(pool: &PgPool, order: &str) -> Result<Vec<InPlan>, StoreError> {
    Ok(sqlx::query_as(sql!("plans_of_order")).bind(order).fetch_all(pool).await?)
}

/// Takes the lock to run a plan, if it is free, and returns whether it was. The lock ends with the connection.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn turn(connection: &mut PgConnection, number: i64) -> Result<bool, StoreError> {
    let key = i32::try_from(number).unwrap_or(i32::MAX);
    Ok(sqlx::query_scalar(sql!("plan_turn")).bind(key).fetch_one(connection).await?)
}

/// A server process: its number, and when it started.
pub type Backend = (i32, DateTime<Utc>);

/// The server process of this connection.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn backend(connection: &mut PgConnection) -> Result<Backend, StoreError> {
    Ok(sqlx::query_as(sql!("own_backend")).fetch_one(connection).await?)
}

/// Ends a server process of this login. Its client is gone, but it may not have noticed.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn end_backend(connection: &mut PgConnection, gone: Backend) -> Result<(), StoreError> {
    sqlx::query(sql!("end_backend")).bind(gone.0).bind(gone.1).execute(connection).await?;
    Ok(())
}

/// The last event of a plan.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or the event is not known to this program.
pub async fn last(pool: &PgPool, number: i64) -> Result<Option<PlanEventKind>, StoreError> {
    Ok(sqlx::query_scalar(sql!("plan_last")).bind(number).fetch_optional(pool).await?)
}
