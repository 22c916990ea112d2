//! Plans: their rows are fixed with them, what happens to them and what becomes of each row is only ever added.

use chrono::{DateTime, Utc};
use sqlx::postgres::PgPool;
use sqlx::{FromRow, PgConnection};

use super::row::unknown;
use super::{Store, StoreError};
use crate::domain::{Action, Currency, Money, Order};
use crate::watch::plan::Doing;

/// A plan, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Plan {
    /// Its number.
    pub number: i64,
    /// What it is for.
    pub title: String,
    /// Somebody else has to approve it before it runs.
    pub needs_approval: bool,
    /// Orders a second; 0 is as fast as it goes.
    pub rate: i32,
    /// It stops after so many failures of a run.
    pub stop_after: i32,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: DateTime<Utc>,
    /// What happened to it last: `approved`, `withdrawn`, `started`, `paused`, `stopped`, `finished`; nothing yet.
    pub what: Option<String>,
    /// Why.
    pub why: Option<String>,
    /// How many things have happened to it.
    pub seq: Option<i32>,
    /// Who did that.
    pub by: Option<String>,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// How many rows it has.
    pub orders: i64,
    /// Of those: done.
    pub accepted: i64,
    /// The law said no.
    pub refused: i64,
    /// Somebody moved the order since.
    pub changed: i64,
    /// Somebody is running it now.
    pub held: bool,
}

impl Plan {
    /// How many rows nothing has become of yet.
    pub const fn rest(&self) -> i64 {
        self.orders - self.accepted - self.refused - self.changed
    }

    /// Whether nothing can become of it any more.
    pub fn is_over(&self) -> bool {
        matches!(self.what.as_deref(), Some("finished" | "withdrawn"))
    }

    /// Whether another person has to look at it first.
    pub fn awaits_approval(&self) -> bool {
        self.needs_approval && self.approved_by.is_none() && !self.is_over()
    }

    /// How it stands, in a word.
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

/// A row of a plan, as it is kept.
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

/// A row of a plan, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Row {
    /// Its place in the plan, from 1.
    pub place: i32,
    /// Which order.
    pub order_id: String,
    /// At which version.
    pub version: i32,
    /// What follows the authorisation, and how much in minor units.
    pub follow: Option<(Action, i64)>,
    /// `accepted`, `refused` or `changed`; nothing yet.
    pub outcome: Option<String>,
    /// Why.
    pub message: Option<String>,
    /// The last version it led to.
    pub seq: Option<i32>,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// By whom.
    pub recorder: Option<String>,
}

impl Row {
    /// What it does to an order of this currency.
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

/// What a plan is made with, beside its rows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Head {
    /// What it is for.
    pub title: String,
    /// Somebody else has to approve it before it runs.
    pub needs_approval: bool,
    /// Orders a second; 0 is as fast as it goes.
    pub rate: i32,
    /// It stops after so many failures of a run.
    pub stop_after: i32,
}

/// Keeps a plan with its rows: order, version and what is done to it, in the order of their places.
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

/// Plans, newest first, so many at the most.
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

/// Rows of a plan after a place that nothing has become of yet.
pub async fn rest(pool: &PgPool, number: i64, after: i32, most: i64) -> Result<Vec<Row>, StoreError> {
    let rows: Vec<RowRow> =
        sqlx::query_as(sql!("plan_rest")).bind(number).bind(after).bind(most).fetch_all(pool).await?;
    rows.into_iter().map(Row::try_from).collect()
}

/// Writes down what happens to a plan next. Fails as [`StoreError::Conflict`] where something else just did.
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

/// What became of a row.
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
    /// The last version it led to.
    pub seq: Option<i32>,
}

/// Writes down what became of rows. Fails as [`StoreError::Conflict`] where somebody else just did.
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

/// A plan that an order is in, and what became of it there.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct InPlan {
    /// The plan's number.
    pub plan: i64,
    /// What it is for.
    pub title: String,
    /// What follows the authorisation.
    pub follow: Option<String>,
    /// How much of it, in minor units.
    pub amount: Option<i64>,
    /// `accepted`, `refused` or `changed`; nothing yet.
    pub outcome: Option<String>,
    /// Why.
    pub message: Option<String>,
    /// The last version it led to.
    pub seq: Option<i32>,
    /// When that was, or the plan was made.
    pub at: DateTime<Utc>,
    /// Who did that.
    pub by: String,
}

impl InPlan {
    /// In words: `plan 12: authorise, then capture SAR 230.00: accepted`.
    pub fn words(&self, order: &Order) -> String {
        let action = self.follow.as_deref().and_then(|word| word.parse().ok());
        let doing = Doing { follow: action.zip(self.amount.map(|minor| order.money(minor))) };
        let outcome = match self.outcome.as_deref() {
            None => "not had its turn",
            Some("changed") => "changed meanwhile",
            Some(outcome) => outcome,
        };
        let why = self.message.as_deref().map(|why| format!(", {why}")).unwrap_or_default();
        format!("plan {}: {}: {outcome}{why}", self.plan, doing.words())
    }
}

/// The plans an order is in, newest first.
pub async fn of_order(pool: &PgPool, order: &str) -> Result<Vec<InPlan>, StoreError> {
    Ok(sqlx::query_as(sql!("plans_of_order")).bind(order).fetch_all(pool).await?)
}

/// Takes the turn to run a plan on this connection; whether it was free. It is given back when the connection ends.
pub async fn turn(connection: &mut PgConnection, number: i64) -> Result<bool, StoreError> {
    let key = i32::try_from(number).unwrap_or(i32::MAX);
    Ok(sqlx::query_scalar(sql!("plan_turn")).bind(key).fetch_one(connection).await?)
}

/// The last thing that happened to a plan.
pub async fn last(pool: &PgPool, number: i64) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar(sql!("plan_last")).bind(number).fetch_optional(pool).await?)
}
