//! Settlement statements against the book.

use sqlx::FromRow;
use sqlx::postgres::PgPool;

use super::StoreError;
use crate::domain::{OrderKey, TAMARA};
use crate::wire::tamara::statement::Row;

/// What the book has of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Booked {
    /// The line of the sheet.
    pub line: i32,
    /// Whether its order is known.
    pub is_known: bool,
    /// Whether the order has such a move, one for each equal row.
    pub is_ours: bool,
}

/// What the book has of these rows, in their order.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn booked(pool: &PgPool, rows: &[Row]) -> Result<Vec<Booked>, StoreError> {
    let name = |row: &Row| OrderKey::new(TAMARA, &row.order).map_or_else(String::new, |key| key.to_string());
    Ok(sqlx::query_as(sql!("statement_moves"))
        .bind(rows.iter().map(|row| i32::try_from(row.line).unwrap_or(i32::MAX)).collect::<Vec<_>>())
        .bind(rows.iter().map(name).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.event.action().name()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.amount.currency.code()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.amount.minor).collect::<Vec<_>>())
        .fetch_all(pool)
        .await?)
}
