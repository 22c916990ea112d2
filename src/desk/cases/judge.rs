//! Judging what is asked: by the table, and by whether it fits the case.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::doing::{Command, Doing, Paying};
use crate::case::law::Refusal;
use crate::case::{Policy, outcome};
use crate::domain::Roles;
use crate::store::cases::{Case, Payout, Proposal, policy, read};
use crate::store::{Store, StoreError, Stored};

/// What judging found out, and writing needs.
pub(super) struct Found {
    pub case: Case,
    pub stored: Stored,
    pub policy: Policy,
    pub proposal: Option<Proposal>,
    pub payouts: Vec<Payout>,
}

/// What stops a command before the database is asked.
pub(super) enum Stop {
    Refused(Refusal),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Reads what judging and writing need; none where there is no such case.
pub(super) async fn found(connection: &mut PgConnection, command: &Command) -> Result<Option<Found>, StoreError> {
    let order = command.order.to_string();
    let Some(case) = read::case(connection, &order, None).await? else { return Ok(None) };
    let Some((stored, _)) = crate::store::read::judge(connection, &command.order, command.request).await? else {
        return Ok(None);
    };
    let proposal = read::proposal(connection, &order, case.number).await?;
    let payouts = read::payouts(connection, &order).await?;
    let policy = policy::now(connection).await?.policy;
    Ok(Some(Found { case, stored, policy, proposal, payouts }))
}

/// Judges by the table, then by what the case is about.
pub(super) fn judge(found: &Found, roles: Roles, doing: &Doing, store: &Store, now: DateTime<Utc>) -> Result<(), Stop> {
    let proposer = found.proposal.as_ref().map(|proposal| proposal.recorder.as_str());
    let unpaid = found.payouts.iter().any(|payout| payout.state != "confirmed") || matches!(doing, Doing::Pay { .. });
    let standing = found.case.standing(proposer, unpaid)?;
    // What is confirmed again is no news, and no fault either.
    if !repeats(found, doing) {
        standing.judge(doing.deed(), &store.person, roles, now)?;
    }
    fits(found, doing).map_or(Ok(()), |refusal| Err(refusal.into()))
}

/// Whether it says what is already so: a confirmation with the same reference.
pub(super) fn repeats(found: &Found, doing: &Doing) -> bool {
    let Doing::Pay { party, how: Paying::Confirmed { reference } } = doing else { return false };
    let payout = found.payouts.iter().find(|payout| payout.party == *party);
    payout.is_some_and(|it| it.state == "confirmed" && it.reference.as_deref() == Some(reference.trim()))
}

/// What is said has to fit the case.
fn fits(found: &Found, doing: &Doing) -> Option<Refusal> {
    // What nobody can see says nothing.
    let blank = |text: &str| crate::text::width(text.trim()) == 0;
    let says = |why: &str, words: String| Some(Refusal::because(why, words));
    let unknown = |code: &str| {
        let known: Vec<&str> = found.policy.offered().map(|reason| reason.code.as_str()).collect();
        format!("{:?} is not a reason that may be chosen; there are {}", crate::text::clean(code), known.join(", "))
    };
    let offered = |code: &str| found.policy.offered().any(|reason| reason.code == code);
    if words(doing).iter().any(|text| text.contains('\0')) {
        return says("facts", "a text holds no zero bytes".to_owned());
    }
    match doing {
        Doing::Take { why } | Doing::Resume { why } | Doing::Reject { why } if blank(why) => {
            says("facts", "say why: it stays in the case's history".to_owned())
        }
        Doing::HandOver { to, note } if blank(to) || blank(note) => {
            says("facts", "say to whom, and what they have to know".to_owned())
        }
        Doing::Classify { reason: Some(code), .. } if !offered(code) => says("facts", unknown(code)),
        Doing::Classify { reason: None, claimed: None } => {
            says("facts", "say a reason, or how much is claimed".to_owned())
        }
        Doing::Classify { claimed: Some(claimed), .. } if claimed.minor < 1 || claimed.minor > found.case.amount => {
            says("amount", format!("what is claimed is more than nothing and at most {}", found.stored.order.amount))
        }
        Doing::Check { line, .. } if !has_line(found, line) => {
            says("facts", format!("{:?} is no line of this case's checklist", crate::text::clean(line)))
        }
        Doing::Note { note } if blank(&note.0) => says("facts", "there is nothing in it".to_owned()),
        Doing::Message { message, .. } | Doing::Answer { message } if blank(&message.body) => {
            says("facts", "there is nothing in it".to_owned())
        }
        Doing::Attach { content, .. } if content.is_empty() => says("facts", "the file is empty".to_owned()),
        Doing::Attach { content, .. } if content.len() > found.policy.file_limit => {
            let most = found.policy.file_limit >> 20;
            says("amount", format!("the file is too large: at most {most} MiB are taken"))
        }
        Doing::Decide { said, .. } if !offered(&said.reason) => says("facts", unknown(&said.reason)),
        Doing::Decide { said, .. } if blank(&said.rationale) => {
            says("facts", "say why it is decided so: the rationale is for the desk".to_owned())
        }
        Doing::Decide { said, .. } if blank(&said.say_seller) || blank(&said.say_buyer) => {
            says("facts", "each party is told in a sentence what they get".to_owned())
        }
        Doing::Decide { parts, said, .. } => [&said.say_seller, &said.say_buyer].into_iter().find_map(|sentence| {
            let other = outcome::foreign_amount(&found.stored.order, *parts, sentence)?;
            says("facts", format!("a sentence for a party names {other}, which nobody gets"))
        }),
        Doing::Pay { party, .. } if !found.payouts.is_empty() && !found.payouts.iter().any(|it| it.party == *party) => {
            says("facts", format!("nothing is paid to the {party}"))
        }
        Doing::Pay { how: Paying::Confirmed { reference }, .. } if blank(reference) => {
            says("facts", "a payment that arrived has a reference".to_owned())
        }
        Doing::Pay { how: Paying::Sent { reference: Some(reference) }, .. } if blank(reference) => {
            says("facts", "a reference that is given can be read".to_owned())
        }
        Doing::Pay { how: Paying::Failed { why }, .. } if blank(why) => says("facts", "say why it failed".to_owned()),
        _ => None,
    }
}

/// Everything somebody wrote.
fn words(doing: &Doing) -> Vec<&str> {
    match doing {
        Doing::Take { why } | Doing::Resume { why } | Doing::Reject { why } => vec![why],
        Doing::Release { why } | Doing::Retract { why } | Doing::Close { why } => {
            why.iter().map(String::as_str).collect()
        }
        Doing::HandOver { to, note } => vec![to, note],
        Doing::Note { note } => vec![&note.0],
        Doing::Message { message, .. } | Doing::Answer { message } => vec![&message.body],
        Doing::Decide { said, .. } => vec![&said.rationale, &said.say_seller, &said.say_buyer],
        Doing::Pay { how: Paying::Confirmed { reference } | Paying::Sent { reference: Some(reference) }, .. } => {
            vec![reference]
        }
        Doing::Pay { how: Paying::Failed { why }, .. } => vec![why],
        Doing::Claim
        | Doing::Classify { .. }
        | Doing::Check { .. }
        | Doing::Attach { .. }
        | Doing::Approve { .. }
        | Doing::Pay { how: Paying::Sent { reference: None } | Paying::Reopened, .. } => Vec::new(),
    }
}

fn has_line(found: &Found, line: &str) -> bool {
    let reason = found.case.reason.as_deref().and_then(|code| found.policy.reason(code));
    reason.is_some_and(|reason| reason.checklist.iter().any(|it| it == line))
}
