//! `recourse workspace`: the books that one database has next to each other.

use std::io::Write;

use serde::Serialize;

use super::table::Table;
use crate::exit::{CliError, End};
use crate::settings::Settings;
use crate::settings::ask::{WorkspaceAsk, WorkspaceVerb};
use crate::store::workspaces::{self, Workspace};
use crate::store::{Access, Store, StoreError};
use crate::text;

/// Few connections: one statement at a time.
const CONNECTIONS: u32 = 2;

#[derive(Serialize)]
struct WorkspaceLine<'a> {
    workspace: &'a str,
    current: bool,
    law: Option<i32>,
    orders_about: i64,
    bytes: i64,
}

/// Lists the workspaces of the database, makes one, or drops one.
///
/// # Errors
///
/// [`CliError::Usage`] if the name is not confirmed; [`CliError::Missing`] if the workspace is there already, or is not there;
/// [`CliError::Store`] if the database fails or does not let this login; [`CliError::Io`] if the output cannot be written.
pub async fn workspace(settings: &Settings, ask: &WorkspaceAsk, out: &mut dyn Write) -> Result<End, CliError> {
    let args = &settings.args;
    let access = args.access(CONNECTIONS);
    let words = match &ask.verb {
        None => return list(&access, args.json, out).await,
        Some(WorkspaceVerb::Create { name }) => create(access, name).await?,
        Some(WorkspaceVerb::Drop { name, confirm }) => remove(access, name, confirm).await?,
    };
    if args.json {
        writeln!(out, "{}", serde_json::json!({ "result": "done", "message": words }))?;
    } else {
        writeln!(out, "done: {words}")?;
    }
    Ok(End::Done)
}

async fn list(access: &Access, json: bool, out: &mut dyn Write) -> Result<End, CliError> {
    let store = Store::open(&Access { read_only: true, ..access.clone() }).await?;
    let all = workspaces::all(&store.pool).await?;
    if json {
        for Workspace { name, law, orders, bytes } in &all {
            let current = *name == access.schema;
            let line = WorkspaceLine { workspace: name, current, law: *law, orders_about: *orders, bytes: *bytes };
            writeln!(out, "{}", text::json(&line).map_err(std::io::Error::from)?)?;
        }
        return Ok(End::Done);
    }
    let mut table = Table::new(&["workspace", "law", "orders, about", "MB"], &[1, 2, 3]);
    for Workspace { name, law, orders, bytes } in all {
        let here = if name == access.schema { " (this one)" } else { "" };
        let law = law.map_or_else(|| "-".to_owned(), |law| law.to_string());
        table.row([format!("{name}{here}"), law, text::grouped(orders), text::grouped(bytes / 1_000_000)]);
    }
    table.write(out)?;
    Ok(End::Done)
}

async fn create(access: Access, name: &str) -> Result<String, CliError> {
    if is_there(&access, name).await? {
        return Err(CliError::Missing(format!("there is a workspace {name} already")));
    }
    let access = Access { schema: name.to_owned(), migrate: true, read_only: false, ..access };
    Store::open(&access).await?;
    Ok(format!("the workspace {name} is made. Use it with --workspace {name}, or with RECOURSE_SCHEMA={name}"))
}

async fn remove(access: Access, name: &str, confirm: &str) -> Result<String, CliError> {
    if confirm != name {
        return Err(CliError::Usage(format!(
            "everything in {name} would be gone: orders, cases, people, policy. Dump it first, then confirm with --confirm {name}"
        )));
    }
    if access.read_only {
        return Err(CliError::Usage("nothing is written with --read-only".to_owned()));
    }
    if !is_there(&access, name).await? {
        return Err(CliError::Missing(format!("there is no workspace {name}")));
    }
    let store = Store::open(&Access { schema: name.to_owned(), read_only: false, ..access }).await?;
    workspaces::remove(&store.pool, name).await?;
    Ok(format!("the workspace {name} is gone"))
}

/// Whether there is such a workspace, seen from one that is there.
async fn is_there(access: &Access, name: &str) -> Result<bool, CliError> {
    let seen = Store::open(&Access { read_only: true, ..access.clone() }).await;
    match seen {
        Ok(store) => Ok(workspaces::all(&store.pool).await?.iter().any(|it| it.name == name)),
        // Nothing is there yet, or not the one that the settings name.
        Err(StoreError::Foreign(_)) => {
            let named = Access { schema: name.to_owned(), read_only: true, ..access.clone() };
            Ok(Store::open(&named).await.is_ok())
        }
        Err(error) => Err(error.into()),
    }
}
