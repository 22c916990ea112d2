//! Orders that pass a sieve, in pages: always one indexed statement, whatever was asked.

use sqlx::postgres::PgPool;

use super::read::Cursor;
use super::row::OrderRow;
use super::{StoreError, Stored};
use crate::domain::{Currency, Status};
use crate::query::Sieve;

/// A page of them after a place, oldest first.
pub async fn after(pool: &PgPool, sieve: &Sieve, place: &Cursor, limit: i64) -> Result<Vec<Stored>, StoreError> {
    let statement = if sieve.words.is_empty() { sql!("found_after") } else { sql!("found_by_name_after") };
    page(pool, statement, sieve, place, limit).await
}

/// The page of them that ends before a place, oldest first.
pub async fn before(pool: &PgPool, sieve: &Sieve, place: &Cursor, limit: i64) -> Result<Vec<Stored>, StoreError> {
    let statement = if sieve.words.is_empty() { sql!("found_before") } else { sql!("found_by_name_before") };
    let mut page = page(pool, statement, sieve, place, limit).await?;
    page.reverse();
    Ok(page)
}

async fn page(
    pool: &PgPool,
    statement: &'static str,
    sieve: &Sieve,
    place: &Cursor,
    limit: i64,
) -> Result<Vec<Stored>, StoreError> {
    let statuses: Vec<&str> = sieve.statuses.iter().copied().map(Status::name).collect();
    let currencies: Vec<&str> = sieve.currencies.iter().copied().map(Currency::code).collect();
    let [[least_of_two, most_of_two], [least_of_three, most_of_three]] = sieve.amounts;
    let mut query = sqlx::query_as(statement)
        .bind(statuses)
        .bind(place.entered_at)
        .bind(&place.id)
        .bind(limit)
        .bind(sieve.entered[0])
        .bind(sieve.entered[1])
        .bind(currencies)
        .bind(sieve.due[0])
        .bind(sieve.due[1])
        .bind(least_of_two)
        .bind(most_of_two)
        .bind(least_of_three)
        .bind(most_of_three)
        .bind(sieve.unconfirmed)
        .bind(sieve.quarantined);
    if !sieve.words.is_empty() {
        query = query.bind(&sieve.words);
    }
    // Planned for what is asked: a plan for every sieve alike would be a bad one for most.
    let rows: Vec<OrderRow> = query.persistent(false).fetch_all(pool).await?;
    rows.into_iter().map(Stored::try_from).collect()
}
