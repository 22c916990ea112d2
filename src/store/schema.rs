//! The schema: created automatically in an empty database, changed only by `recourse migrate`, and refused where it is not
//! this program's.

use serde_json::Value;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AssertSqlSafe, Connection, FromRow, PgConnection, Row};

use super::StoreError;
use super::law_rows::{self, Rows};
use crate::cases::Policy;
use crate::cases::policy::SHIPPED;
use crate::domain::law;

/// The parts of the schema, by subject. Until the first release they are edited in place.
pub static PARTS: Migrator = sqlx::migrate!("assets/schema");

/// The name of the schema, unless a setting says otherwise.
pub const NAME: &str = "recourse";

/// What may be changed in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    Nothing,
    /// An empty database may be filled.
    Empty,
    /// The law of a filled database may be brought up to date, too.
    Filled,
    /// Another workspace may be made next to those that are there, too.
    Another,
}

/// What a database holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    Current,
    /// Nothing, or a schema whose creation was interrupted.
    Unfinished,
    /// An older version of the law.
    OlderLaw,
    /// Nothing, but other workspaces: their names.
    Elsewhere(String),
}

/// Whether a name is one that SQL takes without quotes.
pub fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    // What ends so is what masked readers see of another one, and what is public belongs to everyone.
    let taken = name.starts_with("pg_") || name.ends_with("_masked") || matches!(name, "public" | "information_schema");
    first && name.len() <= 40 && name.bytes().all(fits) && !taken
}

/// Checks that the database can hold every name.
///
/// # Errors
///
/// [`StoreError::Foreign`] if its encoding is not UTF8.
pub fn fits(encoding: &str) -> Result<(), StoreError> {
    if encoding == "UTF8" {
        return Ok(());
    }
    let make = "create database … encoding 'UTF8' template template0";
    Err(foreign(&format!("the database's encoding is {encoding}, and names need UTF8; make another: {make}")))
}

/// Whether there is a schema of this name.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn exists(connection: &mut PgConnection, schema: &str) -> Result<bool, StoreError> {
    let exists = sqlx::query_scalar("select exists (select from pg_catalog.pg_namespace where nspname = $1)");
    Ok(exists.bind(schema).fetch_one(connection).await?)
}

/// Checks the schema, and makes or changes it as far as allowed. The session looks up names in `path` afterwards. Returns
/// whether anything was changed.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database is not this program's, or of another version, and nothing may be changed.
pub async fn prepare(
    connection: &mut PgConnection,
    schema: &str,
    path: &str,
    change: Change,
) -> Result<bool, StoreError> {
    // What the login's own settings say does not hold here; making the schema takes its time.
    let path = format!(
        "set search_path = {path}, pg_temp; set statement_timeout = 0; set lock_timeout = '10s'; set bytea_output = hex"
    );
    match (look(connection, schema, &path).await?, change) {
        (Found::Current, _) => {
            alone(connection, schema).await?;
            return Ok(false);
        }
        (Found::Elsewhere(names), Change::Nothing | Change::Empty | Change::Filled) => {
            return Err(missing(schema, &names));
        }
        (_, Change::Nothing) => {
            return Err(foreign("the database is empty, or has an older version; open it once without --read-only"));
        }
        (Found::OlderLaw, Change::Empty) => {
            return Err(foreign("the database has an older version of the law; run recourse migrate"));
        }
        (Found::Elsewhere(_), Change::Another)
        | (Found::Unfinished, Change::Empty | Change::Filled | Change::Another) => {
            make(connection, schema).await?;
        }
        (Found::OlderLaw, Change::Filled | Change::Another) => {}
    }
    write_law(connection).await?;
    match look(connection, schema, &path).await? {
        Found::Current => alone(connection, schema).await.map(|()| true),
        Found::Unfinished | Found::OlderLaw | Found::Elsewhere(_) => {
            Err(foreign("the schema is not what this program just made"))
        }
    }
}

/// Checks that no one else can put objects of their own where the program looks up names.
async fn alone(connection: &mut PgConnection, schema: &str) -> Result<(), StoreError> {
    let statement = sql!("may_create").replace("$1", &format!("'{schema}'"));
    let row = sqlx::raw_sql(AssertSqlSafe(statement)).fetch_one(connection).await?;
    match row.try_get::<Option<String>, _>(0)? {
        None => Ok(()),
        Some(others) => Err(foreign(&format!(
            "{} may create objects in the schema {schema}, where recourse looks up names: the owner has to revoke it (revoke create on schema {schema} from …)",
            crate::text::clean(&others)
        ))),
    }
}

/// A name with a slip must not make a workspace.
fn missing(schema: &str, names: &str) -> StoreError {
    let names = crate::text::clean(names);
    foreign(&format!(
        "there is no workspace {schema} here, but {names}; make it with recourse workspace create {schema}"
    ))
}

fn foreign(words: &str) -> StoreError {
    StoreError::Foreign(words.to_owned())
}

/// What the database holds. The session gets these settings first. Nothing is prepared, which would be another way to the server
/// and back for each statement.
async fn look(connection: &mut PgConnection, schema: &str, settings: &str) -> Result<Found, StoreError> {
    let statement = format!("{settings}; {}", sql!("look").replace("$1", &format!("'{schema}'")));
    let row = sqlx::raw_sql(AssertSqlSafe(statement)).fetch_one(&mut *connection).await?;
    let (marked, older, others, elsewhere) = <(bool, bool, i64, Option<String>)>::from_row(&row)?;
    match (marked, older, others) {
        (false, false, 0) => return Ok(elsewhere.map_or(Found::Unfinished, Found::Elsewhere)),
        (false, true, _) => {
            return Err(foreign(
                "an older version of recourse made this database, and it cannot be upgraded before the first release; name an empty database and import the facts again",
            ));
        }
        (false, false, others) => {
            let words =
                format!("the database has {others} tables, types or functions of another program; name an empty one");
            return Err(foreign(&words));
        }
        (true, ..) => {}
    }
    let applied = sqlx::raw_sql(sql!("migrations")).fetch_all(&mut *connection).await?;
    let applied: Vec<(i64, bool, Vec<u8>)> = applied.iter().map(FromRow::from_row).collect::<Result<_, _>>()?;
    for (version, success, checksum) in &applied {
        let known = PARTS.iter().find(|known| known.version == *version);
        if !known.is_some_and(|known| *success && known.checksum.as_ref() == checksum.as_slice()) {
            let words =
                format!("part {version} of the schema is not this program's; use the version of recourse that made it");
            return Err(foreign(&words));
        }
    }
    if applied.len() < PARTS.iter().count() {
        return Ok(Found::Unfinished);
    }
    law(connection).await
}

/// Compares the rows of the law. A version that this program does not know is refused.
async fn law(connection: &mut PgConnection) -> Result<Found, StoreError> {
    let statement = sql!("law_rows").replace("$1", &law::VERSION.to_string());
    let row = sqlx::raw_sql(AssertSqlSafe(statement)).fetch_one(&mut *connection).await?;
    let (laws, rows) = <(String, String)>::from_row(&row)?;
    let laws: Value = serde_json::from_str(&laws).unwrap_or_default();
    let own: String = law_rows::digest().iter().map(|byte| format!("{byte:02x}")).collect();
    for (version, digest) in laws.as_object().into_iter().flatten() {
        let version: i32 = version.parse().unwrap_or(i32::MAX);
        if version > law::VERSION || (version == law::VERSION && *digest != own) {
            let words = format!(
                "the database has version {version} of the law, which this program does not know; use a newer version of recourse"
            );
            return Err(foreign(&words));
        }
    }
    match laws.as_object().map(serde_json::Map::len) {
        None | Some(0) => return Ok(Found::Unfinished),
        Some(_) if laws.get(law::VERSION.to_string()).is_none() => return Ok(Found::OlderLaw),
        Some(_) => {}
    }
    let mut held: Value = serde_json::from_str(&rows).unwrap_or_default();
    let known: Rows = law_rows::rows();
    for (table, known) in known {
        let held = held[table].as_array_mut().map(std::mem::take).unwrap_or_default();
        if law_rows::sorted(held) != known {
            return Err(foreign(&format!("the rows of the database's law are not this program's (table {table})")));
        }
    }
    Ok(Found::Current)
}

/// Makes the roles, the schema and its parts.
async fn make(connection: &mut PgConnection, schema: &str) -> Result<(), StoreError> {
    let prepare = sql!("prepare").replace("{schema}", schema);
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *connection).await?;
    PARTS.run(&mut *connection).await.map_err(|error| match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        other => foreign(&format!("the schema could not be made: {other}")),
    })
}

/// Writes the rows of the law and the first policy. If two sessions do, one finds them written.
async fn write_law(connection: &mut PgConnection) -> Result<(), StoreError> {
    let policy = Policy::parse(SHIPPED).map_err(|error| foreign(&error))?;
    let policy = serde_json::to_string(&policy).map_err(|error| foreign(&error.to_string()))?;
    let rows = serde_json::to_string(&law_rows::rows()).map_err(|error| foreign(&error.to_string()))?;
    let mut tx = connection.begin().await?;
    sqlx::raw_sql("set local role recourse_owner; lock table law in exclusive mode").execute(&mut *tx).await?;
    sqlx::query(sql!("write_law")).bind(law::VERSION).bind(law_rows::digest()).bind(rows).execute(&mut *tx).await?;
    sqlx::query(sql!("first_policy")).bind(policy).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}
