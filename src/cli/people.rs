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
use crate::text;

/// How many open cases and plans of a person are counted.
const MOST: i64 = 1_000;

#[derive(Serialize)]
struct PersonLine {
    login: String,
    roles: Vec<String>,
    since: String,
    by: String,
    open_cases: i64,
    open_plans: i64,
}

/// Lists everyone with their roles, or changes roles.
///
/// # Errors
///
/// [`CliError::Usage`] if roles cannot be changed because the store is read-only; [`CliError::Store`] if the database
/// fails; [`CliError::Io`] if the output cannot be written.
pub async fn people(desk: &mut Desk<'_>, ask: &People) -> Result<End, CliError> {
    let (login, roles, why, granted) = match &ask.verb {
        None => return list(desk).await,
        Some(PeopleVerb::Add { login, roles, why }) => (login, roles, why, true),
        Some(PeopleVerb::Remove { login, roles, why }) => (login, roles, why, false),
    };
    desk.writes()?;
    match team::change_roles(&desk.store, login, roles, granted, why.as_deref()).await {
        Ok(()) => {
            let end = list(desk).await?;
            if !granted {
                left_behind(desk, login).await?;
            }
            Ok(end)
        }
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
            let (open_cases, open_plans) = people::in_hand(&desk.store.pool, &login, MOST).await?;
            desk.line(&PersonLine { login, roles, since: time(changed_at), by, open_cases, open_plans })?;
        } else {
            table.row([login, roles.join(", "), desk.shown(changed_at), by]);
        }
    }
    if !desk.json {
        table.write(desk.out)?;
    }
    Ok(End::Done)
}

/// What someone who lost a role still has in hand: someone else has to take it.
async fn left_behind(desk: &mut Desk<'_>, login: &str) -> Result<(), CliError> {
    let (cases, plans) = people::in_hand(&desk.store.pool, login, MOST).await?;
    if desk.json || (cases, plans) == (0, 0) {
        return Ok(());
    }
    let name = text::clean(login);
    let has = [(cases, "open cases"), (plans, "plans that have not ended")];
    let has: Vec<String> = has.iter().filter(|it| it.0 > 0).map(|(count, words)| format!("{count} {words}")).collect();
    writeln!(desk.out, "{name} still has {}.", has.join(" and "))?;
    if cases > 0 {
        writeln!(desk.out, "Move the cases: recourse case move --all-of {name} --to LOGIN --note TEXT")?;
    }
    Ok(())
}
