//! What a desk did in a period. Each table is one statement.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use sqlx::postgres::PgPool;

use crate::store::StoreError;

/// What came and went in a day.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize)]
pub struct Day {
    /// In UTC.
    pub day: NaiveDate,
    /// Cases that were opened.
    pub came: i64,
    /// Cases that were decided.
    pub decided: i64,
    /// Cases that were closed.
    pub closed: i64,
}

/// The whole in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow, serde::Serialize)]
pub struct Totals {
    /// Open at the end of the period.
    pub backlog: i64,
    /// Opened in it.
    pub came: i64,
    /// Of those, on orders that had a case before.
    pub reopened: i64,
    /// Of those, escalated over a deadline.
    pub escalated: i64,
    /// Open, and over a deadline at the end of the period.
    pub overdue: i64,
}

/// How long something took, in seconds.
#[derive(Debug, Clone, PartialEq, FromRow, serde::Serialize)]
pub struct Took {
    /// A status, `decision` or `first_answer`.
    pub status: String,
    /// How often.
    pub times: i64,
    /// Half of them took at most so long.
    pub median: f64,
    /// Nine tenths of them.
    pub ninetieth: f64,
}

/// What decisions came to.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize)]
pub struct Outcome {
    /// A reason code; nothing where none was said.
    pub reason: String,
    /// `settled`, `withdrawn` or `reported`.
    pub basis: String,
    /// `pay_seller`, `refund_buyer` or `split`.
    pub outcome: String,
    /// In which currency.
    pub currency: String,
    /// How many.
    pub cases: i64,
    /// In minor units.
    pub to_seller: String,
    /// In minor units.
    pub to_buyer: String,
}

/// What an agent did.
#[derive(Debug, Clone, PartialEq, FromRow, serde::Serialize)]
pub struct Agent {
    /// Who.
    pub agent: String,
    /// Cases they decided.
    pub decided: i64,
    /// Of those, approved by somebody else.
    pub approved_by_others: i64,
    /// Half of them were decided within so many seconds.
    pub median: f64,
}

/// How a merchant's orders fared.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize)]
pub struct Merchant {
    /// Whose; nothing where no merchant is known.
    pub merchant: String,
    /// Cases that came.
    pub cases: i64,
    /// Of those, decided.
    pub decided: i64,
    /// All to the buyer.
    pub refunded: i64,
    /// Divided.
    pub split: i64,
}

/// What a desk did from a moment on until before another.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Report {
    /// From then on.
    pub from: DateTime<Utc>,
    /// Until before then.
    pub to: DateTime<Utc>,
    /// The whole in numbers.
    pub totals: Totals,
    /// By the day.
    pub days: Vec<Day>,
    /// How long things took.
    pub times: Vec<Took>,
    /// What decisions came to, by reason.
    pub outcomes: Vec<Outcome>,
    /// By agent, whoever decided most first.
    pub agents: Vec<Agent>,
    /// By merchant, whoever had most first.
    pub merchants: Vec<Merchant>,
}

/// The report of a period.
pub async fn report(pool: &PgPool, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Report, StoreError> {
    Ok(Report {
        from,
        to,
        totals: sqlx::query_as(sql!("report_now")).bind(from).bind(to).fetch_one(pool).await?,
        days: sqlx::query_as(sql!("report_flow")).bind(from).bind(to).fetch_all(pool).await?,
        times: sqlx::query_as(sql!("report_times")).bind(from).bind(to).fetch_all(pool).await?,
        outcomes: sqlx::query_as(sql!("report_outcomes")).bind(from).bind(to).fetch_all(pool).await?,
        agents: sqlx::query_as(sql!("report_agents")).bind(from).bind(to).fetch_all(pool).await?,
        merchants: sqlx::query_as(sql!("report_merchants")).bind(from).bind(to).fetch_all(pool).await?,
    })
}
