//! Who is looking at a case, and who is writing in it.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{Store, StoreError};

/// A person who is looking at a case.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Present {
    /// Their console session.
    pub session: Uuid,
    /// The person.
    pub person: String,
    /// Whether they are writing in it.
    pub editing: bool,
    /// When they were last seen.
    pub seen_at: DateTime<Utc>,
}

/// Records that this session is looking at a case, unless it is read-only or the person may not work on cases, and returns everyone
/// who is.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or refuses to record who is looking.
pub async fn seen(store: &Store, session: Uuid, order: &str, number: i32) -> Result<Vec<Present>, StoreError> {
    if !store.is_read_only() {
        let query = sqlx::query(sql!("presence")).bind(order).bind(number).bind(session).bind(&store.person);
        match query.execute(&store.pool).await.map_err(StoreError::from) {
            // Those who may not work on cases only look.
            Err(StoreError::Refused { constraint, .. }) if constraint == "role_permits" => {}
            written => _ = written?,
        }
    }
    Ok(sqlx::query_as(sql!("present")).bind(order).bind(number).fetch_all(&store.pool).await?)
}

/// Whether this session may write in a case now. With `take` it may, and the session that wrote before may not.
///
/// # Errors
///
/// [`StoreError::NotAllowed`] if the session is read-only; another [`StoreError`] if the database cannot be reached.
pub async fn edit(store: &Store, session: Uuid, order: &str, number: i32, take: bool) -> Result<bool, StoreError> {
    let query = sqlx::query_scalar(sql!("edit")).bind(order).bind(number).bind(session).bind(&store.person).bind(take);
    Ok(query.fetch_one(&store.pool).await?)
}

/// Records that this session no longer looks at a case.
///
/// # Errors
///
/// [`StoreError::NotAllowed`] if the session is read-only; another [`StoreError`] if the database cannot be reached.
pub async fn leave(store: &Store, session: Uuid) -> Result<(), StoreError> {
    sqlx::query(sql!("leave")).bind(session).bind(&store.person).execute(&store.pool).await?;
    Ok(())
}
