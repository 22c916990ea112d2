//! What is done to many cases: each is judged at its turn, and one that is refused does not stop the others.

use uuid::Uuid;

use super::{Answer, CaseCommand, Command, act_surely};
use crate::cases::draft::{Facts, filled, left_open};
use crate::cases::law::Refusal;
use crate::desk::request::or_nothing;
use crate::domain::Roles;
use crate::records::{Case, Message};
use crate::store::cases::{policy, read};
use crate::store::{Store, StoreError, health, read as orders};

/// How many cases of a person are moved in one go.
const MOST: i64 = 1_000;

/// A case, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Moved {
    /// The case as it was before.
    pub case: Case,
    /// The answer to its command.
    pub answer: Answer,
}

impl Moved {
    /// Why it was not done; `None` if it was.
    pub fn refused(&self) -> Option<&str> {
        match &self.answer {
            Answer::Done(_) | Answer::Same(_) => None,
            Answer::Refused(refusal) | Answer::Conflict(_, _, refusal) => Some(&refusal.words),
            Answer::Missing => Some("the case no longer exists"),
        }
    }
}

/// Moves all open cases of a person to someone else.
///
/// # Errors
///
/// [`StoreError`], as [`act_surely`]; the cases before it were moved.
pub async fn move_all(store: &Store, roles: Roles, from: &str, to: &str, note: &str) -> Result<Vec<Moved>, StoreError> {
    let what = CaseCommand::Reassign { to: to.to_owned(), note: note.to_owned() };
    let mut all = Vec::new();
    for case in read::owned(&store.pool, from, MOST).await? {
        let answer = one(store, roles, &case, what.clone()).await?;
        all.push(Moved { case, answer });
    }
    Ok(all)
}

/// What is done to many cases at once.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bulk {
    /// Send this canned text, filled in for each case.
    Canned {
        /// Its name in the policy.
        name: String,
        /// Whether to wait for the replies.
        ask: bool,
    },
    /// Hand them over.
    HandOver {
        /// The new owner.
        to: String,
        /// What the new owner has to know.
        note: String,
    },
    /// Set the reason of the complaint.
    SetReason {
        /// A reason code.
        reason: String,
    },
    /// Close cases that need no decision.
    Close {
        /// Why, if there is a reason.
        why: Option<String>,
    },
}

/// Does the same to each of these cases, as they were seen.
///
/// # Errors
///
/// [`StoreError`], as [`act_surely`]; the cases before it were changed.
pub async fn many(store: &Store, roles: Roles, cases: Vec<Case>, what: &Bulk) -> Result<Vec<Moved>, StoreError> {
    let mut all = Vec::with_capacity(cases.len());
    for case in cases {
        let answer = match command(store, &case, what).await? {
            Ok(command) => one(store, roles, &case, command).await?,
            Err(refusal) => Answer::Refused(refusal),
        };
        all.push(Moved { case, answer });
    }
    Ok(all)
}

/// The command on one case; of a canned text, what is filled in for this one.
async fn command(store: &Store, case: &Case, what: &Bulk) -> Result<Result<CaseCommand, Refusal>, StoreError> {
    Ok(Ok(match what {
        Bulk::HandOver { to, note } => CaseCommand::HandOver { to: to.clone(), note: note.clone() },
        Bulk::SetReason { reason } => CaseCommand::SetReason { reason: Some(reason.clone()), claimed: None },
        Bulk::Close { why } => CaseCommand::Close { why: why.clone() },
        Bulk::Canned { name, ask } => {
            let policy = policy::current(&store.pool).await?.policy;
            let stored = orders::order(&store.pool, &case.key()?).await?;
            let found = policy.macros.iter().find(|it| it.name == *name);
            let (Some(canned), Some(stored)) = (found, stored) else {
                return Ok(Err(Refusal::because("facts", "the policy has no such canned text any more")));
            };
            let language = policy.language(case, canned.to);
            let facts = Facts { order: &stored, reason: case.reason.as_deref(), person: &store.person, language };
            let body = filled(canned, &policy, facts);
            if let Some(open) = left_open(&body) {
                return Ok(Err(Refusal::because("facts", format!("{open} is not known for this case"))));
            }
            CaseCommand::SendMessage { message: Message { party: canned.to, theirs: false, body }, ask: *ask }
        }
    }))
}

async fn one(store: &Store, roles: Roles, case: &Case, what: CaseCommand) -> Result<Answer, StoreError> {
    let command = Command { order: case.key()?, what, expect: Some(case.seq), request: Uuid::new_v4() };
    let now = health::now(store).await?;
    or_nothing(act_surely(store, roles, &command, now).await?)
}
