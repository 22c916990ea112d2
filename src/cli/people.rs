//! `recourse people`.

use serde::Serialize;

use super::json::time;
use super::table::Table;
use super::{Desk, refused};
use crate::desk::team;
use crate::domain::Role;
use crate::exit::{CliError, End};
use crate::settings::ask::{People, PeopleVerb};
use crate::store::StoreError;
use crate::store::people::{self, Held};

#[derive(Serialize)]
struct PersonLine {
    login: String,
    roles: Vec<String>,
    since: String,
    by: String,
}

/// Lists everyone with their roles, or changes roles.
///
/// # Errors
///
/// [`CliError::Usage`] if roles cannot be changed because the store is read-only; [`CliError::Store`] if the database
/// fails; [`CliError::Io`] if the output cannot be written.
pub async fn people(desk: &mut Desk<'_>, ask: &People) -> Result<End, CliError> {
    let (login, roles, granted) = match &ask.verb {
        None => return list(desk).await,
        Some(PeopleVerb::Add { login, roles }) => (login, roles, true),
        Some(PeopleVerb::Remove { login, roles }) => (login, roles, false),
    };
    desk.writes()?;
    match team::change_roles(&desk.store, login, roles, granted).await {
        Ok(()) => list(desk).await,
        Err(StoreError::Refused { constraint, message }) => refused(desk, constraint, message),
        Err(error) => Err(error.into()),
    }
}

async fn list(desk: &mut Desk<'_>) -> Result<End, CliError> {
    let held = people::all(&desk.store.pool).await?;
    if held.is_empty() && !desk.json {
        let roles: Vec<&str> = crate::domain::Roles::UNREGISTERED.iter().map(Role::name).collect();
        writeln!(desk.out, "No one is registered: everyone is {}.", roles.join(", "))?;
        return Ok(End::Done);
    }
    let mut table = Table::new(&["login", "roles", "since", "by"], &[]);
    for person in held.chunk_by(|one, other| one.login == other.login) {
        let roles: Vec<String> = person.iter().map(|held| held.role.clone()).collect();
        let Held { login, changed_by: by, changed_at, .. } = person[0].clone();
        if desk.json {
            desk.line(&PersonLine { login, roles, since: time(changed_at), by })?;
        } else {
            table.row([login, roles.join(", "), desk.shown(changed_at), by]);
        }
    }
    if !desk.json {
        table.write(desk.out)?;
    }
    Ok(End::Done)
}
