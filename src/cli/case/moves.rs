//! What is done to several cases, or several times to one: each is judged at its turn.

use std::path::PathBuf;

use serde::Serialize;

use super::super::Desk;
use super::{Ask, CaseVerb};
use crate::desk::cases::{self, Answer};
use crate::exit::{CliError, End};
use crate::settings::ask::case::Of;
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
    let (mut moved, mut kept) = (0, 0);
    for cases::Moved { case, answer } in cases::move_all(&desk.store, desk.roles, from, to, note).await? {
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
    if !desk.json {
        let (from, to) = (text::clean(from), text::clean(to));
        writeln!(desk.out, "cases of {from} moved to {to}: {moved}; not moved: {kept}")?;
    }
    Ok(if kept > 0 { End::Refused } else { End::Done })
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
