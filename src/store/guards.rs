//! Compares what guards the tables (functions, triggers, constraints, indexes, views, policies, grants) with a copy of the schema that
//! is made next to it and taken back, and looks for what gets around them from outside.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, PgConnection};

use super::{Store, StoreError, schema};

/// The kind and the name of a guard, and its text.
type Guards = BTreeMap<(String, String), String>;

/// What differs from this program's schema, in words; `None` if this session may not make a copy to compare with.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the copy cannot be made.
pub async fn compare(store: &Store) -> Result<Option<Vec<String>>, StoreError> {
    if store.is_read_only() {
        return Ok(None);
    }
    let mut connection = store.pool.acquire().await?;
    // Only the server is asked: the program's own functions are among what is compared.
    let may = "select pg_catalog.pg_has_role(session_user, 'recourse_owner', 'member')
        and pg_catalog.has_database_privilege(pg_catalog.current_database(), 'create')";
    let may: bool = sqlx::query_scalar(may).fetch_one(&mut *connection).await?;
    if !may {
        return Ok(None);
    }
    sqlx::raw_sql("begin; set local statement_timeout = 0").execute(&mut *connection).await?;
    let compared = both(&mut connection, &store.schema).await;
    sqlx::raw_sql("rollback").execute(&mut *connection).await?;
    let (found, wanted) = compared?;
    let outside: Vec<String> = sqlx::query_scalar(sql!("verify_server")).fetch_all(&mut *connection).await?;
    Ok(Some(differences(&found, &wanted).into_iter().chain(outside).collect()))
}

/// The guards of the schema, and those of a copy of it that this program makes.
async fn both(connection: &mut PgConnection, name: &str) -> Result<(Guards, Guards), StoreError> {
    let found = read(connection, name).await?;
    let copy = format!("copy_{}", uuid::Uuid::new_v4().simple());
    let prepare = sql!("prepare").replace("{schema}", &copy);
    let path = format!("{prepare}; set local search_path = {copy}, pg_temp");
    sqlx::raw_sql(AssertSqlSafe(path)).execute(&mut *connection).await?;
    for part in schema::PARTS.iter() {
        sqlx::raw_sql(AssertSqlSafe(part.sql.as_str().to_owned())).execute(&mut *connection).await?;
    }
    Ok((found, read(connection, &copy).await?))
}

async fn read(connection: &mut PgConnection, name: &str) -> Result<Guards, StoreError> {
    let mut rows: Vec<(String, String, String)> =
        sqlx::query_as(sql!("verify_guards")).bind(name).fetch_all(&mut *connection).await?;
    let quoted = format!("\"{}\"", name.replace('"', "\"\""));
    let brought = sql!("verify_rows").replace("{schema}", &quoted);
    rows.extend(sqlx::query_as::<_, (String, String, String)>(AssertSqlSafe(brought)).fetch_all(connection).await?);
    Ok(rows.into_iter().map(|(kind, name, body)| ((kind, name), body)).collect())
}

fn differences(found: &Guards, wanted: &Guards) -> Vec<String> {
    let said = |(kind, name): &(String, String), what: &str| format!("{kind} {name} {what}");
    let lost = wanted.iter().filter_map(|(guard, body)| match found.get(guard) {
        None => Some(said(guard, "is missing")),
        Some(other) if other != body => Some(said(guard, "was changed or switched off")),
        Some(_) => None,
    });
    let strange = found.keys().filter(|guard| !wanted.contains_key(*guard));
    lost.chain(strange.map(|guard| said(guard, "is not this program's"))).collect()
}
