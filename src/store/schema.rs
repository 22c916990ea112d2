//! The schema: checked before anything is changed, and created automatically in an empty database.

use sha2::{Digest, Sha256};
use sqlx::migrate::Migrator;
use sqlx::{Connection, PgConnection};

use super::StoreError;
use crate::domain::{Provider, law};

/// Every migration this program knows.
pub static MIGRATIONS: Migrator = sqlx::migrate!("assets/migrations");

/// One row of the database's `rule` table.
type RuleRow = (&'static str, &'static str, &'static str, &'static str, &'static str, String, &'static str);

/// The law as rows. Opening an order is also a row, because the log records it.
pub fn rules() -> Vec<RuleRow> {
    let mut rows = Vec::new();
    for &provider in Provider::all() {
        rows.push((provider.name(), "", "open", "buyer", provider.start().name(), String::new(), "seed"));
        for (from, rule) in provider.rules() {
            let (action, actor) = (rule.action.name(), rule.actor.name());
            let guard = rule.guard.to_string();
            rows.push((provider.name(), from.name(), action, actor, rule.to.name(), guard, rule.basis.name()));
        }
    }
    rows
}

/// A digest of the law's rows: the same version must mean the same rows.
pub fn digest() -> Vec<u8> {
    Sha256::digest(format!("{:?}", rules())).to_vec()
}

/// Accepts a database that is ours and up to date, migrates an empty or older one, and refuses any other.
pub async fn prepare(connection: &mut PgConnection, read_only: bool) -> Result<(), StoreError> {
    if is_current(connection).await? {
        return Ok(());
    }
    if read_only {
        return Err(StoreError::Foreign("the database is empty or older than this program, and --read-only does not change it; run once without --read-only".to_owned()));
    }
    MIGRATIONS.run(&mut *connection).await.map_err(|error| match error {
        sqlx::migrate::MigrateError::Execute(error) | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => {
            error.into()
        }
        other => StoreError::Foreign(format!("the schema could not be created: {other}")),
    })?;
    write_law(connection).await?;
    if is_current(connection).await? {
        return Ok(());
    }
    Err(StoreError::Foreign("the schema is not the one that this program just created".to_owned()))
}

/// Whether the schema is complete. An error if the database has something that this program does not know.
async fn is_current(connection: &mut PgConnection) -> Result<bool, StoreError> {
    let (marked, tables): (bool, i64) = sqlx::query_as(sql!("look")).fetch_one(&mut *connection).await?;
    if !marked {
        return match tables {
            0 => Ok(false),
            _ => Err(StoreError::Foreign(format!(
                "the database has {tables} tables, types or functions of something else; use an empty database"
            ))),
        };
    }
    let applied: Vec<(i64, bool, Vec<u8>)> = sqlx::query_as(sql!("migrations")).fetch_all(&mut *connection).await?;
    for (version, success, checksum) in &applied {
        let known = MIGRATIONS.iter().find(|known| known.version == *version);
        let same = known.is_some_and(|known| *success && known.checksum.as_ref() == checksum.as_slice());
        if !same {
            return Err(StoreError::Foreign(format!(
                "the database has migration {version}, which this program does not know; use the version that applied it"
            )));
        }
    }
    if applied.len() < MIGRATIONS.iter().count() {
        return Ok(false);
    }
    let laws: Vec<(i32, Vec<u8>)> = sqlx::query_as(sql!("laws")).fetch_all(&mut *connection).await?;
    for (version, known) in &laws {
        if *version > law::VERSION || (*version == law::VERSION && *known != digest()) {
            return Err(StoreError::Foreign(format!(
                "the database has version {version} of the law, which this program does not know; use a newer program"
            )));
        }
    }
    if !laws.iter().any(|(version, _)| *version == law::VERSION) {
        return Ok(false);
    }
    // Compare the rows too, not only the version: the database checks the log against the rows.
    let mut held: Vec<[String; 7]> = Vec::new();
    for (provider, from, action, actor, to, guard, basis) in
        sqlx::query_as(sql!("rules")).bind(law::VERSION).fetch_all(&mut *connection).await?
    {
        held.push([provider, from, action, actor, to, guard, basis]);
    }
    let words = |row: RuleRow| [row.0, row.1, row.2, row.3, row.4, &row.5, row.6].map(str::to_owned);
    let mut known: Vec<[String; 7]> = rules().into_iter().map(words).collect();
    held.sort();
    known.sort();
    if held != known {
        return Err(StoreError::Foreign(
            "the law in the database is not this program's; use the version that wrote it".to_owned(),
        ));
    }
    Ok(true)
}

/// Writes the law's rows. If two processes do this at once, the second finds them written.
async fn write_law(connection: &mut PgConnection) -> Result<(), StoreError> {
    let rows = rules();
    let column = |pick: fn(&RuleRow) -> String| rows.iter().map(pick).collect::<Vec<String>>();
    let mut tx = connection.begin().await?;
    sqlx::raw_sql("set local role recourse_owner; lock table law in exclusive mode").execute(&mut *tx).await?;
    sqlx::query(sql!("write_law"))
        .bind(law::VERSION)
        .bind(digest())
        .bind(column(|row| row.0.to_owned()))
        .bind(column(|row| row.1.to_owned()))
        .bind(column(|row| row.2.to_owned()))
        .bind(column(|row| row.3.to_owned()))
        .bind(column(|row| row.4.to_owned()))
        .bind(column(|row| row.5.clone()))
        .bind(column(|row| row.6.to_owned()))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
