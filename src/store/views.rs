//! Shared views: named queries for everyone. Append-only: the newest query of a name counts.

use super::error::of_commit;
use super::{Store, StoreError};

/// The names and queries of all shared views.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn all(store: &Store) -> Result<Vec<(String, String)>, StoreError> {
    Ok(sqlx::query_as(sql!("views")).fetch_all(&store.pool).await?)
}

/// Saves a query under a name; with `None`, removes the name.
///
/// # Errors
///
/// [`StoreError::Refused`] if the name is empty, or starts or ends with blanks; [`StoreError::Unknown`] if the connection
/// was lost while it was committed; another [`StoreError`] if the database cannot be reached.
pub async fn change(store: &Store, name: &str, query: Option<&str>) -> Result<(), StoreError> {
    let mut tx = store.pool.begin().await?;
    sqlx::query(sql!("change_view")).bind(name).bind(query).bind(&store.person).execute(&mut *tx).await?;
    tx.commit().await.map_err(of_commit)
}
