//! Evidence about orders: actions that were attempted and statuses that were observed. Append-only.

use crate::records::Evidence;
use sqlx::PgConnection;
use sqlx::postgres::PgPool;

use super::StoreError;
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
        Told::Attempted { action, result } => ("attempted", Some(action.name()), Some(result.clone()), None),
        Told::Observed(status) => ("observed", None, None, Some(status.name())),
    };
    sqlx::query(sql!("keep_evidence"))
        .bind(noted.iter().map(|it| it.key.to_string()).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| told(it).0).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| told(it).1).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| told(it).2).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| told(it).3).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| it.detail.as_deref()).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| it.at).collect::<Vec<_>>())
        .bind(vec![recorder; noted.len()])
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

/// The latest evidence about these orders, at most `most` pieces for each, oldest first.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn of(pool: &PgPool, orders: &[String], most: i64) -> Result<Vec<Evidence>, StoreError> {
    Ok(sqlx::query_as(sql!("evidence")).bind(orders).bind(most).fetch_all(pool).await?)
}
