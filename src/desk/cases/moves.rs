//! What is done to many cases: each is judged at its turn, and one that is refused does not stop the others.

use uuid::Uuid;

use super::{Answer, CaseCommand, Command, act_surely};
use crate::desk::request::or_nothing;
use crate::domain::Roles;
use crate::records::Case;
use crate::store::cases::read;
use crate::store::{Store, StoreError, health};

/// How many cases of a person are moved in one go.
const MOST: i64 = 1_000;

/// A case, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The case as it was before.
    pub case: Case,
    /// The answer to its command.
    pub answer: Answer,
}

/// Moves all open cases of a person to someone else.
///
/// # Errors
///
/// [`StoreError`], as [`act_surely`]; the cases before it were moved.
pub async fn move_all(store: &Store, roles: Roles, from: &str, to: &str, note: &str) -> Result<Vec<Moved>, StoreError> {
    let what = CaseCommand::Reassign { to: to.to_owned(), note: note.to_owned() };
    let cases = read::owned(&store.pool, from, MOST).await?;
    each(store, roles, cases, &what).await
}

/// Does the same to each of these cases, as they were seen.
///
/// # Errors
///
/// [`StoreError`], as [`act_surely`]; the cases before it were changed.
pub async fn each(store: &Store, roles: Roles, cases: Vec<Case>, what: &CaseCommand) -> Result<Vec<Moved>, StoreError> {
    let mut all = Vec::with_capacity(cases.len());
    for case in cases {
        let command =
            Command { order: case.key()?, what: what.clone(), expect: Some(case.seq), request: Uuid::new_v4() };
        let now = health::now(store).await?;
        let answer = or_nothing(act_surely(store, roles, &command, now).await?)?;
        all.push(Moved { case, answer });
    }
    Ok(all)
}
