//! Shared views: queries with names, for everybody. Append-only: the newest of a name counts.

use super::{Store, StoreError};

/// Names and queries.
pub async fn all(store: &Store) -> Result<Vec<(String, String)>, StoreError> {
    Ok(sqlx::query_as(sql!("views")).fetch_all(&store.pool).await?)
}

/// Keeps a query under a name, or forgets the name.
pub async fn change(store: &Store, name: &str, query: Option<&str>) -> Result<(), StoreError> {
    sqlx::query(sql!("change_view")).bind(name).bind(query).bind(&store.person).execute(&store.pool).await?;
    Ok(())
}
