//! Who is looking at a case, and who writes there.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{Store, StoreError};

/// Somebody at a case.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Present {
    /// Their console.
    pub session: Uuid,
    /// Who.
    pub person: String,
    /// They write there.
    pub editing: bool,
    /// When they were last seen.
    pub seen_at: DateTime<Utc>,
}

/// Says that this session looks at a case, where it may write, and gives who does.
pub async fn seen(store: &Store, session: Uuid, order: &str, number: i32) -> Result<Vec<Present>, StoreError> {
    if !store.read_only {
        let query = sqlx::query(sql!("presence")).bind(order).bind(number).bind(session).bind(&store.person);
        query.execute(&store.pool).await?;
    }
    Ok(sqlx::query_as(sql!("present")).bind(order).bind(number).fetch_all(&store.pool).await?)
}

/// Whether this session may write in a case now; with `take` it may, and whoever did may not any more.
pub async fn edit(store: &Store, session: Uuid, order: &str, number: i32, take: bool) -> Result<bool, StoreError> {
    let query = sqlx::query_scalar(sql!("edit")).bind(order).bind(number).bind(session).bind(&store.person).bind(take);
    Ok(query.fetch_one(&store.pool).await?)
}

/// Says that this session looks at no case any more.
pub async fn leave(store: &Store, session: Uuid) -> Result<(), StoreError> {
    sqlx::query(sql!("leave")).bind(session).execute(&store.pool).await?;
    Ok(())
}
