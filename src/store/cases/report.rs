//! What a desk did in a period. Each table is one statement.

use crate::records::report::Report;
use chrono::{DateTime, Utc};
use sqlx::postgres::PgPool;

use crate::store::StoreError;

/// The report of a period.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer one of the statements.
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
