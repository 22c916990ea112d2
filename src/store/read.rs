//! Reads the order book: orders, their log, the counts. Nothing here loads all orders.

use sqlx::postgres::PgPool;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::StoreError;
use super::row::{OrderRow, TransitionRow, unknown};
use crate::domain::{Currency, OrderKey, Provider, Status, Total};
use crate::records::{Count, OrderRecord, Transition};

#[derive(FromRow)]
struct CountRow {
    provider: String,
    status: String,
    currency: String,
    orders: i64,
    amount: String,
}

/// One order, if it exists.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has an order that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn order(pool: &PgPool, key: &OrderKey) -> Result<Option<OrderRecord>, StoreError> {
    let row: Option<OrderRow> = sqlx::query_as(sql!("order")).bind(key.to_string()).fetch_optional(pool).await?;
    row.map(OrderRecord::try_from).transpose()
}

#[derive(FromRow)]
struct JudgeRow {
    #[sqlx(flatten)]
    order: OrderRow,
    requested: bool,
}

/// One order as the law needs it, if it exists; and whether anything is recorded under this request id.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has an order that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn judge(
    connection: &mut PgConnection,
    key: &OrderKey,
    request: Uuid,
) -> Result<Option<(OrderRecord, bool)>, StoreError> {
    let row: Option<JudgeRow> =
        sqlx::query_as(sql!("judge")).bind(key.to_string()).bind(request).fetch_optional(connection).await?;
    row.map(|row| Ok((OrderRecord::try_from(row.order)?, row.requested))).transpose()
}

/// One transition of an order, if it exists.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has a transition that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn entry(connection: &mut PgConnection, key: &OrderKey, seq: i32) -> Result<Option<Transition>, StoreError> {
    let row: Option<TransitionRow> =
        sqlx::query_as(sql!("entry")).bind(key.to_string()).bind(seq).fetch_optional(connection).await?;
    row.map(Transition::try_from).transpose()
}

/// Those of these orders that exist.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has an order that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn orders(connection: &mut PgConnection, keys: &[String]) -> Result<Vec<OrderRecord>, StoreError> {
    let rows: Vec<OrderRow> = sqlx::query_as(sql!("orders_by_id")).bind(keys).fetch_all(connection).await?;
    rows.into_iter().map(OrderRecord::try_from).collect()
}

/// The orders that merchants know under this number, at most so many.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn numbered(connection: &mut PgConnection, number: &str, most: i64) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(sql!("orders_numbered")).bind(number.trim()).bind(most).fetch_all(connection).await?)
}

/// The transitions of one order after a version, as recorded.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has a transition that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn timeline(pool: &PgPool, key: &OrderKey, after: i32) -> Result<Vec<Transition>, StoreError> {
    let rows: Vec<TransitionRow> =
        sqlx::query_as(sql!("timeline")).bind(vec![key.to_string()]).bind(after).fetch_all(pool).await?;
    rows.into_iter().map(Transition::try_from).collect()
}

/// The hash of the last transition of an order, in hex; empty if there is no such order.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn last_hash(pool: &PgPool, key: &OrderKey) -> Result<String, StoreError> {
    Ok(sqlx::query_scalar(sql!("last_hash")).bind(key.to_string()).fetch_one(pool).await?)
}

/// The latest transitions of one order, at most `most`, as recorded.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has a transition that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn recent(pool: &PgPool, key: &OrderKey, most: i32) -> Result<Vec<Transition>, StoreError> {
    let rows: Vec<TransitionRow> =
        sqlx::query_as(sql!("recent")).bind(key.to_string()).bind(most).fetch_all(pool).await?;
    rows.into_iter().map(Transition::try_from).collect()
}

/// The transitions of these orders, sorted by order, then as recorded.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has a transition that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn timelines(connection: &mut PgConnection, keys: &[String]) -> Result<Vec<Transition>, StoreError> {
    let rows: Vec<TransitionRow> = sqlx::query_as(sql!("timeline")).bind(keys).bind(0).fetch_all(connection).await?;
    rows.into_iter().map(Transition::try_from).collect()
}

/// How many orders are in each status and currency.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has a status, a currency or a sum that this program cannot read; another
/// [`StoreError`] if it cannot be reached.
pub async fn board(pool: &PgPool) -> Result<Vec<Count>, StoreError> {
    let rows: Vec<CountRow> = sqlx::query_as(sql!("board")).fetch_all(pool).await?;
    let count = |row: CountRow| {
        let provider: Provider = row.provider.parse().map_err(|_| unknown("the provider", &row.provider))?;
        let status = Status::read(provider, &row.status).ok_or_else(|| unknown("the status", &row.status))?;
        let currency = Currency::parse(&row.currency).map_err(|_| unknown("the currency", &row.currency))?;
        let minor = row.amount.parse().map_err(|_| unknown("the sum", &row.amount))?;
        Ok(Count { status, orders: row.orders, amount: Total { minor, currency } })
    };
    rows.into_iter().map(count).collect()
}

/// What is recorded under a request id, preferably for this order: order, version and digest of the body.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn request(
    connection: &mut PgConnection,
    key: &OrderKey,
    id: Uuid,
) -> Result<Option<(String, i32, Option<Vec<u8>>)>, StoreError> {
    Ok(sqlx::query_as(sql!("request")).bind(id).bind(key.to_string()).fetch_optional(connection).await?)
}
