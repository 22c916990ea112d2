//! What is done to several cases, or several times to one: each is judged at its turn.

use std::path::PathBuf;

use chrono::Utc;
use serde::Serialize;

use super::super::Desk;
use super::{Ask, CaseVerb, list};
use crate::desk::cases::{self, Answer, Bulk};
use crate::exit::{CliError, End};
use crate::records::CasePlace;
use crate::settings::ask::case::Of;
use crate::settings::ask::many::Many;
use crate::store::cases::policy;
use crate::store::cases::read::{self, Wanted};
use crate::text;

#[derive(Serialize)]
struct MovedLine<'a> {
    order: &'a str,
    case: i32,
    result: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    message: &'a str,
}

/// Moves all open cases of a person to someone else.
///
/// # Errors
///
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn all(desk: &mut Desk<'_>, from: &str, to: &str, note: &str) -> Result<End, CliError> {
    let (moved, kept) = told(desk, cases::move_all(&desk.store, desk.roles, from, to, note).await?)?;
    if !desk.json {
        let (from, to) = (text::clean(from), text::clean(to));
        writeln!(desk.out, "cases of {from} moved to {to}: {moved}; not moved: {kept}")?;
    }
    Ok(if kept > 0 { End::Refused } else { End::Done })
}

/// Does one thing to the cases of a queue.
///
/// # Errors
///
/// [`CliError::Usage`] if the query cannot be read, or the policy has no such canned text; [`CliError::Store`] if the database fails;
/// [`CliError::Io`] if the output cannot be written.
pub async fn many(desk: &mut Desk<'_>, ask: &Many) -> Result<End, CliError> {
    let what = match ask {
        Many { canned: Some(name), ask, .. } => {
            let canned = policy::current(&desk.store.pool).await?.policy.macros;
            if !canned.iter().any(|it| it.name == *name) {
                let names: Vec<&str> = canned.iter().map(|it| it.name.as_str()).collect();
                return Err(CliError::Usage(format!("--canned: the policy has {}", names.join(", "))));
            }
            Bulk::Canned { name: name.clone(), ask: *ask }
        }
        Many { hand_over_to: Some(to), note, .. } => {
            Bulk::HandOver { to: to.clone(), note: note.clone().unwrap_or_default() }
        }
        Many { set_reason: Some(reason), .. } => Bulk::SetReason { reason: reason.clone() },
        Many { why, .. } => Bulk::Close { why: why.clone() },
    };
    let person = desk.store.person.clone();
    let sieve = list::sieve(ask.query.as_deref(), &person)?;
    let wanted = Wanted { queue: ask.queue, person: &person, now: Utc::now(), sieve: sieve.as_ref() };
    let most = i64::try_from(ask.limit).unwrap_or(i64::MAX);
    let found = read::page(&desk.store.pool, wanted, &CasePlace::start(), most).await?;
    let (done, kept) = told(desk, cases::many(&desk.store, desk.roles, found, &what).await?)?;
    if !desk.json {
        writeln!(desk.out, "done: {done}; not done: {kept}")?;
    }
    Ok(if kept > 0 { End::Refused } else { End::Done })
}

/// Prints what became of each; in words, only of those where nothing was done. Returns how many were done, and how many not.
fn told(desk: &mut Desk<'_>, all: Vec<cases::Moved>) -> Result<(usize, usize), CliError> {
    let (mut moved, mut kept) = (0, 0);
    for cases::Moved { case, answer } in all {
        let (result, message) = match answer {
            Answer::Done(_) | Answer::Same(_) => ("done", String::new()),
            Answer::Refused(refusal) => ("refused", refusal.words),
            Answer::Conflict(_, _, refusal) => ("conflict", refusal.words),
            Answer::Missing => ("missing", "the case no longer exists".to_owned()),
        };
        if result == "done" {
            moved += 1
        } else {
            kept += 1
        }
        let message = text::clean(&message);
        if desk.json {
            desk.line(&MovedLine { order: case.id(), case: case.number, result, message: &message })?;
        } else if result != "done" {
            writeln!(desk.out, "{}: {message}", text::clean(case.id()))?;
        }
    }
    Ok((moved, kept))
}

/// Attaches several files, one after another. Stops at the first that cannot be attached.
///
/// # Errors
///
/// As a command about one of them; [`CliError::Usage`] if one request id is given for all.
pub async fn attach(desk: &mut Desk<'_>, of: &Of, files: &[PathBuf], line: Option<&String>) -> Result<End, CliError> {
    if of.request_id.is_some() || of.expect.is_some() {
        let words = "--request-id and --expect are about one file: attach them one by one";
        return Err(CliError::Usage(words.to_owned()));
    }
    for file in files {
        let verb = CaseVerb::Attach { of: of.clone(), file: vec![file.clone()], line: line.cloned() };
        let end = Box::pin(super::case(desk, &Ask { verb })).await?;
        if end != End::Done {
            return Ok(end);
        }
    }
    Ok(End::Done)
}
