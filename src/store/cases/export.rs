//! The case columns of an export. None of them contains what only the desk reads.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::postgres::PgPool;

use super::read::read_json;
use crate::records::Payout;
use crate::store::StoreError;

/// The latest case of an order, and how it was decided.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Line {
    /// The order.
    pub order_id: String,
    /// Its number.
    pub number: i32,
    /// Its stage.
    pub stage: String,
    /// Its owner.
    pub owner: Option<String>,
    /// A reason code.
    pub reason: Option<String>,
    /// The claim, in minor units.
    pub claimed: Option<i64>,
    /// When the dispute started.
    pub opened_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// `settled`, `withdrawn` or `reported`.
    pub basis: Option<String>,
    /// In minor units.
    pub to_seller: Option<i64>,
    /// In minor units.
    pub to_buyer: Option<i64>,
    /// Who recorded the decision.
    pub decided_by: Option<String>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// The payouts, as the database writes them.
    payouts: Option<String>,
    /// What arrived, in minor units.
    pub paid: Option<i64>,
}

impl Line {
    /// The payouts of the order.
    ///
    /// # Errors
    ///
    /// [`StoreError::Foreign`] if this program cannot read them.
    pub fn payouts(&self) -> Result<Vec<Payout>, StoreError> {
        self.payouts.as_deref().map_or_else(|| Ok(Vec::new()), |text| read_json("a payout", text))
    }
}

/// When an order reached some statuses, and the references of its moves.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Moments {
    /// The order.
    pub order_id: String,
    /// When the provider approved it.
    pub approved_at: Option<DateTime<Utc>>,
    /// When it was authorised.
    pub authorised_at: Option<DateTime<Utc>>,
    /// The references, in the order of its moves.
    pub refs: Vec<String>,
}

/// The moments of these orders, by order.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn moments(pool: &PgPool, orders: &[String]) -> Result<HashMap<String, Moments>, StoreError> {
    let moments: Vec<Moments> = sqlx::query_as(sql!("export_moments")).bind(orders).fetch_all(pool).await?;
    Ok(moments.into_iter().map(|it| (it.order_id.clone(), it)).collect())
}

/// The latest cases of these orders, by order.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn lines(pool: &PgPool, orders: &[String]) -> Result<HashMap<String, Line>, StoreError> {
    let lines: Vec<Line> = sqlx::query_as(sql!("export_cases")).bind(orders).fetch_all(pool).await?;
    Ok(lines.into_iter().map(|line| (line.order_id.clone(), line)).collect())
}
