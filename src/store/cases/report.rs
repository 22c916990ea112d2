//! What a desk did in a period, and what moved with Tamara. Each table is one statement.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::postgres::PgPool;

use crate::domain::{Currency, Total};
use crate::records::Zone;
use crate::records::report::{Behind, Common, Day, Moved, Report};
use crate::store::StoreError;
use crate::store::row::unknown;

/// A day, a merchant, a currency, and what was captured and refunded in minor units, with how often.
type MovedRow = (NaiveDate, String, String, String, i64, String, i64);

fn moved(row: MovedRow) -> Result<Moved, StoreError> {
    let (day, merchant, currency, captured, captures, refunded, refunds) = row;
    let currency = Currency::parse(&currency).map_err(|_| unknown("the currency", &currency))?;
    let digits = |minor: &str| {
        let minor = minor.parse().map_err(|_| unknown("the sum", minor))?;
        Ok::<_, StoreError>(Total { minor, currency }.digits())
    };
    let (captured, refunded) = (digits(&captured)?, digits(&refunded)?);
    Ok(Moved { day, merchant, currency: currency.code(), captured, captures, refunded, refunds })
}

/// The cases behind a bar of a report, the latest first.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or one of them cannot be read.
pub async fn behind(
    pool: &PgPool,
    (from, to, zone): (DateTime<Utc>, DateTime<Utc>, Zone),
    (common, value): (Common, &str),
    most: i64,
) -> Result<Vec<Behind>, StoreError> {
    let common: &'static str = common.into();
    let query = sqlx::query_as(sql!("report_cases")).bind(from).bind(to).bind(zone.sql(to));
    Ok(query.bind(common).bind(value).bind(most).fetch_all(pool).await?)
}

/// How many cases were open at the end of each day of a period that ends now, by the days of a zone; the last number is now.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or does not answer.
pub async fn backlog(
    pool: &PgPool,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    zone: Zone,
) -> Result<Vec<i64>, StoreError> {
    let open: i64 = sqlx::query_scalar("select count(*) from dispute_case where open").fetch_one(pool).await?;
    let flow = sqlx::query_as(sql!("report_flow")).bind(from).bind(to).bind(zone.sql(to));
    let days: Vec<Day> = flow.fetch_all(pool).await?;
    let before = |open: &mut i64, day: &Day| {
        let at_its_end = *open;
        *open -= day.came - day.closed;
        Some(at_its_end)
    };
    let mut days: Vec<i64> = days.iter().rev().scan(open, before).collect();
    days.reverse();
    Ok(days)
}

/// The report of a period, by the days of a zone.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has a currency or a sum that this program cannot read; another
/// [`StoreError`] if it cannot be reached or does not answer one of the statements.
pub async fn report(pool: &PgPool, from: DateTime<Utc>, to: DateTime<Utc>, zone: Zone) -> Result<Report, StoreError> {
    let zone = zone.sql(to);
    let money: Vec<MovedRow> =
        sqlx::query_as(sql!("report_money")).bind(from).bind(to).bind(&zone).fetch_all(pool).await?;
    Ok(Report {
        from,
        to,
        totals: sqlx::query_as(sql!("report_now")).bind(from).bind(to).fetch_one(pool).await?,
        days: sqlx::query_as(sql!("report_flow")).bind(from).bind(to).bind(&zone).fetch_all(pool).await?,
        times: sqlx::query_as(sql!("report_times")).bind(from).bind(to).fetch_all(pool).await?,
        outcomes: sqlx::query_as(sql!("report_outcomes")).bind(from).bind(to).fetch_all(pool).await?,
        agents: sqlx::query_as(sql!("report_agents")).bind(from).bind(to).fetch_all(pool).await?,
        merchants: sqlx::query_as(sql!("report_merchants")).bind(from).bind(to).fetch_all(pool).await?,
        money: money.into_iter().map(moved).collect::<Result<_, _>>()?,
    })
}
