//! Plans. The rows of a plan never change; its events and the results of its rows are only appended.

use chrono::{DateTime, Utc};
use sqlx::postgres::PgPool;
use sqlx::{FromRow, PgConnection};

use super::row::unknown;
use super::{Store, StoreError};
use crate::domain::{Action, Currency, Money, Order};
use crate::watch::plan::Doing;

/// A plan and its progress.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Plan {
    /// Its number.
    pub number: i64,
    /// What it is for.
    pub title: String,
    /// Someone else must approve it before it runs.
    pub needs_approval: bool,
    /// Orders per second; 0 is as fast as possible.
    pub rate: i32,
    /// A run stops after this many failures.
    pub stop_after: i32,
    /// Who made it.
    pub made_by: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Its last event: `approved`, `withdrawn`, `started`, `paused`, `stopped`, `finished`; or none yet.
    pub what: Option<String>,
    /// The reason for that event.
    pub why: Option<String>,
    /// The number of its events.
    pub seq: Option<i32>,
    /// Who caused the last event.
    pub by: Option<String>,
    /// When it happened.
    pub at: Option<DateTime<Utc>>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// How many rows it has.
    pub orders: i64,
    /// Rows that were done.
    pub accepted: i64,
    /// Rows that the law refused.
    pub refused: i64,
    /// Rows whose order someone else moved first.
    pub changed: i64,
    /// Someone is running it now.
    pub held: bool,
}

impl Plan {
    /// How many rows have no result yet.
    pub const fn rest(&self) -> i64 {
        self.orders - self.accepted - self.refused - self.changed
    }

    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        matches!(self.what.as_deref(), Some("finished" | "withdrawn"))
    }

    /// Whether another person must approve it first.
    pub fn awaits_approval(&self) -> bool {
        self.needs_approval && self.approved_by.is_none() && !self.is_over()
    }

    /// Its state, in words.
    pub fn standing(&self) -> &str {
        match self.what.as_deref() {
            _ if self.awaits_approval() => "waits for approval",
            None => "made",
            Some("started") if self.held => "running",
            Some("started") => "interrupted",
            Some(what) => what,
        }
    }
}

/// A row of a plan, as stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
struct RowRow {
    place: i32,
    order_id: String,
    version: i32,
    follow: Option<String>,
    amount: Option<i64>,
    outcome: Option<String>,
    message: Option<String>,
    seq: Option<i32>,
    at: Option<DateTime<Utc>>,
    recorder: Option<String>,
}

/// A row of a plan and its result.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Row {
    /// Its place in the plan, from 1.
    pub place: i32,
    /// The order.
    pub order_id: String,
    /// The order's version when the plan was made.
    pub version: i32,
    /// The action after the authorisation, with its amount in minor units.
    pub follow: Option<(Action, i64)>,
    /// `accepted`, `refused` or `changed`; or none yet.
    pub outcome: Option<String>,
    /// Why.
    pub message: Option<String>,
    /// The order's version after it.
    pub seq: Option<i32>,
    /// When it was done.
    pub at: Option<DateTime<Utc>>,
    /// Who recorded it.
    pub recorder: Option<String>,
}

impl Row {
    /// What the row does to an order in this currency.
    pub fn doing(&self, currency: Currency) -> Doing {
        Doing { follow: self.follow.map(|(action, minor)| (action, Money::new(minor, currency))) }
    }
}

impl TryFrom<RowRow> for Row {
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

/// A new plan, without its rows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Head {
    /// What it is for.
    pub title: String,
    /// Someone else must approve it before it runs.
    pub needs_approval: bool,
    /// Orders per second; 0 is as fast as possible.
    pub rate: i32,
    /// A run stops after this many failures.
    pub stop_after: i32,
}

/// Stores a plan with its rows (order, version, action) in the order of their places. Returns its number.
pub async fn make(store: &Store, head: &Head, rows: &[(String, i32, Doing)]) -> Result<i64, StoreError> {
    let mut tx = store.pool.begin().await?;
    let number: i64 = sqlx::query_scalar(sql!("make_plan"))
        .bind(&head.title)
        .bind(head.needs_approval)
        .bind(head.rate)
        .bind(head.stop_after)
        .bind(i32::try_from(rows.len()).unwrap_or(i32::MAX))
        .bind(&store.person)
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
    tx.commit().await.map_err(super::error::of_commit)?;
    Ok(number)
}

/// Plans, newest first, at most `most`.
pub async fn all(pool: &PgPool, most: i64) -> Result<Vec<Plan>, StoreError> {
    Ok(sqlx::query_as(sql!("plans")).bind(None::<i64>).bind(most).fetch_all(pool).await?)
}

/// One plan.
pub async fn plan(pool: &PgPool, number: i64) -> Result<Option<Plan>, StoreError> {
    Ok(sqlx::query_as(sql!("plans")).bind(number).bind(1_i64).fetch_optional(pool).await?)
}

/// Rows of a plan after a place.
pub async fn rows(pool: &PgPool, number: i64, after: i32, most: i64) -> Result<Vec<Row>, StoreError> {
    let rows: Vec<RowRow> =
        sqlx::query_as(sql!("plan_rows")).bind(number).bind(after).bind(most).fetch_all(pool).await?;
    rows.into_iter().map(Row::try_from).collect()
}

/// Rows of a plan after a place that have no result yet.
pub async fn rest(pool: &PgPool, number: i64, after: i32, most: i64) -> Result<Vec<Row>, StoreError> {
    let rows: Vec<RowRow> =
        sqlx::query_as(sql!("plan_rest")).bind(number).bind(after).bind(most).fetch_all(pool).await?;
    rows.into_iter().map(Row::try_from).collect()
}

/// Records the next event of a plan. Fails with [`StoreError::Conflict`] if another event was recorded first.
pub async fn event(store: &Store, plan: &Plan, what: &str, why: Option<&str>) -> Result<(), StoreError> {
    sqlx::query(sql!("plan_event"))
        .bind(plan.number)
        .bind(plan.seq.unwrap_or(0) + 1)
        .bind(what)
        .bind(why)
        .bind(&store.person)
        .execute(&store.pool)
        .await?;
    Ok(())
}

/// The result of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its place.
    pub place: i32,
    /// Its order.
    pub order_id: String,
    /// `accepted`, `refused` or `changed`.
    pub outcome: &'static str,
    /// Why.
    pub message: Option<String>,
    /// The order's version after it.
    pub seq: Option<i32>,
}

/// Records the results of rows. Fails with [`StoreError::Conflict`] if someone else recorded one first.
pub async fn results(
    connection: &mut PgConnection,
    plan: i64,
    outcomes: &[Outcome],
    recorder: &str,
) -> Result<(), StoreError> {
    sqlx::query(sql!("plan_results"))
        .bind(plan)
        .bind(outcomes.iter().map(|it| it.place).collect::<Vec<_>>())
        .bind(outcomes.iter().map(|it| it.order_id.as_str()).collect::<Vec<_>>())
        .bind(outcomes.iter().map(|it| it.outcome).collect::<Vec<_>>())
        .bind(outcomes.iter().map(|it| it.message.as_deref()).collect::<Vec<_>>())
        .bind(outcomes.iter().map(|it| it.seq).collect::<Vec<_>>())
        .bind(recorder)
        .execute(connection)
        .await?;
    Ok(())
}

/// A plan that contains an order, and the order's result in it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct InPlan {
    /// The plan's number.
    pub plan: i64,
    /// What it is for.
    pub title: String,
    /// The action after the authorisation.
    pub follow: Option<String>,
    /// Its amount, in minor units.
    pub amount: Option<i64>,
    /// `accepted`, `refused` or `changed`; or none yet.
    pub outcome: Option<String>,
    /// Why.
    pub message: Option<String>,
    /// The order's version after it.
    pub seq: Option<i32>,
    /// When the result was recorded, or else when the plan was made.
    pub at: DateTime<Utc>,
    /// Who recorded the result, or made the plan.
    pub by: String,
}

impl InPlan {
    /// As text: `plan 12: authorise, then capture SAR 230.00: accepted`.
    pub fn words(&self, order: &Order) -> String {
        let action = self.follow.as_deref().and_then(|word| word.parse().ok());
        let doing = Doing { follow: action.zip(self.amount.map(|minor| order.money(minor))) };
        let outcome = match self.outcome.as_deref() {
            None => "not run yet",
            Some("changed") => "changed meanwhile",
            Some(outcome) => outcome,
        };
        let why = self.message.as_deref().map(|why| format!(", {why}")).unwrap_or_default();
        format!("plan {}: {}: {outcome}{why}", self.plan, doing.words())
    }
}

/// The plans that contain an order, newest first.
pub async fn of_order(pool: &PgPool, order: &str) -> Result<Vec<InPlan>, StoreError> {
    Ok(sqlx::query_as(sql!("plans_of_order")).bind(order).fetch_all(pool).await?)
}

/// Takes the lock to run a plan, if it is free, and returns whether it was. The lock ends with the connection.
pub async fn turn(connection: &mut PgConnection, number: i64) -> Result<bool, StoreError> {
    let key = i32::try_from(number).unwrap_or(i32::MAX);
    Ok(sqlx::query_scalar(sql!("plan_turn")).bind(key).fetch_one(connection).await?)
}

/// The last event of a plan.
pub async fn last(pool: &PgPool, number: i64) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar(sql!("plan_last")).bind(number).fetch_optional(pool).await?)
}
