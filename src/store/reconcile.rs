//! A day's captures and refunds of Tamara: ours, the provider's, and the statements'.

use chrono::NaiveDate;
use sqlx::FromRow;
use sqlx::postgres::PgPool;

use super::StoreError;

/// A merchant's sum of a day, of one currency and action. Minor units.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Sum {
    /// The merchant; empty if the orders have none.
    pub merchant: String,
    /// The currency.
    pub currency: String,
    /// Capture or refund.
    pub action: String,
    /// How many orders.
    pub orders: i64,
    /// What is recorded here.
    pub ours: i64,
    /// What the provider lists, of orders that were read since; `None` if none was.
    pub theirs: Option<i64>,
    /// What the statements have; `None` if none covers the day.
    pub told: Option<i64>,
    /// How many orders were not read since they moved.
    pub unread: i64,
    /// What is recorded here of those.
    pub ours_unread: i64,
    /// What is recorded here of orders that a statement covers.
    pub ours_told: Option<i64>,
}

impl Sum {
    /// How much more the provider lists than is recorded here, of the orders that were read.
    pub fn theirs_more(&self) -> Option<i64> {
        self.theirs.map(|theirs| theirs - (self.ours - self.ours_unread))
    }

    /// How much more the statements have than is recorded here.
    pub fn told_more(&self) -> Option<i64> {
        self.told.zip(self.ours_told).map(|(told, ours)| told - ours)
    }
}

/// An order behind a difference. Minor units.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Differing {
    /// The order, with its provider.
    pub order_id: String,
    /// The merchant; empty if it has none.
    pub merchant: String,
    /// The currency.
    pub currency: String,
    /// Capture or refund.
    pub action: String,
    /// Whether the order is known here.
    pub is_known: bool,
    /// What is recorded here.
    pub ours: i64,
    /// What the provider lists, if it was read since.
    pub theirs: Option<i64>,
    /// What the statements have, if one covers the day.
    pub told: Option<i64>,
}

/// The sums of a day in Riyadh, of one merchant or of all.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn sums(pool: &PgPool, day: NaiveDate, merchant: Option<&str>) -> Result<Vec<Sum>, StoreError> {
    Ok(sqlx::query_as(sql!("reconcile_sums")).bind(day).bind(merchant).fetch_all(pool).await?)
}

/// Whether any order is of this merchant.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn is_merchant(pool: &PgPool, name: &str) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(sql!("is_merchant")).bind(name).fetch_one(pool).await?)
}

/// The orders behind the differences of a day, after one of them.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn orders(
    pool: &PgPool,
    (day, merchant): (NaiveDate, Option<&str>),
    after: Option<&Differing>,
    most: i64,
) -> Result<Vec<Differing>, StoreError> {
    let place = |part: fn(&Differing) -> &str| after.map(part).unwrap_or_default();
    Ok(sqlx::query_as(sql!("reconcile_orders"))
        .bind(day)
        .bind(merchant)
        .bind(place(|it| &it.merchant))
        .bind(place(|it| &it.order_id))
        .bind(place(|it| &it.action))
        .bind(place(|it| &it.currency))
        .bind(most)
        .fetch_all(pool)
        .await?)
}
