//! Evidence about orders: actions that were attempted and statuses that were observed. Append-only.

use crate::domain::{Currency, Money, Status};
use crate::records::Evidence;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::postgres::PgPool;

use super::StoreError;
use crate::records::Sums;
use crate::wire::evidence::{Noted, Told};

/// Stores evidence about orders.
///
/// # Errors
///
/// [`StoreError::Refused`] if there is no such order or a time is not plausible; another [`StoreError`] if the database
/// cannot be reached.
pub async fn keep(connection: &mut PgConnection, noted: &[Noted], recorder: &str) -> Result<(), StoreError> {
    if noted.is_empty() {
        return Ok(());
    }
    let told = |noted: &Noted| match &noted.told {
        Told::Attempted { action, result } => ("attempted", Some(action.name()), Some(result.clone())),
        Told::Observed(..) => ("observed", None, None),
        Told::Absent => ("absent", None, None),
    };
    let sums = |noted: &Noted| match &noted.told {
        Told::Observed(_, sums) => *sums,
        Told::Attempted { .. } | Told::Absent => Sums::default(),
    };
    let minor = |pick: fn(&Sums) -> Option<Money>| -> Vec<Option<i64>> {
        noted.iter().map(|it| pick(&sums(it)).map(|sum| sum.minor)).collect()
    };
    sqlx::query(sql!("keep_evidence"))
        .bind(noted.iter().map(|it| it.key.to_string()).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| told(it).0).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| told(it).1).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| told(it).2).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| it.status().map(Status::name)).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| it.detail.as_deref()).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| it.at).collect::<Vec<_>>())
        .bind(vec![recorder; noted.len()])
        .bind(noted.iter().map(|it| sums(it).currency().map(Currency::code)).collect::<Vec<_>>())
        .bind(minor(|sums| sums.captured))
        .bind(minor(|sums| sums.canceled))
        .bind(minor(|sums| sums.refunded))
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps the numbers under which merchants know these orders.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or refuses it.
pub async fn numbers(connection: &mut PgConnection, told: &[(String, String)]) -> Result<(), StoreError> {
    if told.is_empty() {
        return Ok(());
    }
    let (orders, numbers): (Vec<&str>, Vec<&str>) =
        told.iter().map(|(order, it)| (order.as_str(), it.as_str())).unzip();
    sqlx::query(sql!("order_numbers")).bind(orders).bind(numbers).execute(connection).await?;
    Ok(())
}

/// When the provider last answered what each of these orders is.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn last_answers(
    connection: &mut PgConnection,
    orders: &[String],
) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_as(sql!("last_answers")).bind(orders).fetch_all(connection).await?)
}

/// The latest evidence about these orders, at most `most` pieces for each, oldest first.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn of(pool: &PgPool, orders: &[String], most: i64) -> Result<Vec<Evidence>, StoreError> {
    Ok(sqlx::query_as(sql!("evidence")).bind(orders).bind(most).fetch_all(pool).await?)
}
