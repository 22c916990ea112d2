//! Workspaces: the schemas of this program in one database, each with a book, people, policy and law of its own.

use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, FromRow};

use super::StoreError;
use super::schema::is_name;

/// A workspace of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its name, which is the name of its schema.
    pub name: String,
    /// The version of its law; `None` if this login may not look into it.
    pub law: Option<i32>,
    /// About how many orders it has, as the server last counted them.
    pub orders: i64,
    /// How many bytes its tables and indexes take.
    pub bytes: i64,
}

#[derive(Debug, FromRow)]
struct Row {
    name: String,
    orders: i64,
    bytes: i64,
    opens: bool,
}

/// The workspaces of the database, by name.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn all(pool: &PgPool) -> Result<Vec<Workspace>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(sql!("workspaces")).fetch_all(pool).await?;
    let mut all = Vec::with_capacity(rows.len());
    for Row { name, orders, bytes, opens } in rows {
        let law = match opens && is_name(&name) {
            true => {
                sqlx::query_scalar(AssertSqlSafe(format!("select max(version) from {name}.law")))
                    .fetch_one(pool)
                    .await?
            }
            false => None,
        };
        all.push(Workspace { name, law, orders, bytes });
    }
    Ok(all)
}

/// Drops a workspace with everything in it, at once or not at all. It waits ten seconds for sessions that use it.
///
/// # Errors
///
/// [`StoreError`] if the login does not own it, if someone uses it, or if the database does not answer.
pub async fn remove(pool: &PgPool, name: &str) -> Result<(), StoreError> {
    if !is_name(name) {
        return Err(StoreError::Foreign(format!("{} is no name of a workspace", crate::text::clean(name))));
    }
    let statement = sql!("workspace_drop").replace("{name}", name);
    let mut connection = pool.acquire().await?;
    let dropped = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *connection).await;
    if dropped.is_err() {
        _ = sqlx::raw_sql("rollback").execute(&mut *connection).await;
    }
    Ok(dropped.map(|_| ())?)
}
