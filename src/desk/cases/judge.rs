//! Judges a command by the table, then checks that it fits the case.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::doing::{Command, Doing, Paying};
use crate::case::law::Refusal;
use crate::case::{Policy, outcome};
use crate::domain::Roles;
use crate::store::cases::{Case, Payout, Proposal, policy, read};
use crate::store::{Store, StoreError, Stored};

/// What is read to judge a command and to write it.
pub(super) struct Found {
    pub case: Case,
    pub stored: Stored,
    pub policy: Policy,
    pub proposal: Option<Proposal>,
    pub payouts: Vec<Payout>,
}

/// Why a command stops before anything is committed.
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

/// Reads what judging and writing need; `None` if there is no such case.
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

/// Judges a command by the table, then by the facts of the case.
pub(super) fn judge(found: &Found, roles: Roles, doing: &Doing, store: &Store, now: DateTime<Utc>) -> Result<(), Stop> {
    let proposer = found.proposal.as_ref().map(|proposal| proposal.recorder.as_str());
    let unpaid = found.payouts.iter().any(|payout| payout.state != "confirmed") || matches!(doing, Doing::Pay { .. });
    let standing = found.case.standing(proposer, unpaid)?;
    // Confirming the same payout again changes nothing and is not an error.
    if !repeats(found, doing) {
        standing.judge(doing.deed(), &store.person, roles, now)?;
    }
    fits(found, doing).map_or(Ok(()), |refusal| Err(refusal.into()))
}

/// Whether the command repeats what is already recorded: a confirmation with the same reference.
pub(super) fn repeats(found: &Found, doing: &Doing) -> bool {
    let Doing::Pay { party, how: Paying::Confirmed { reference } } = doing else { return false };
    let payout = found.payouts.iter().find(|payout| payout.party == *party);
    payout.is_some_and(|it| it.state == "confirmed" && it.reference.as_deref() == Some(reference.trim()))
}

/// Checks that the command's data fits the case.
fn fits(found: &Found, doing: &Doing) -> Option<Refusal> {
    // Text without visible characters counts as blank.
    let blank = |text: &str| crate::text::width(text.trim()) == 0;
    let says = |why: &str, words: String| Some(Refusal::because(why, words));
    let unknown = |code: &str| {
        let known: Vec<&str> = found.policy.offered().map(|reason| reason.code.as_str()).collect();
        format!("{:?} is not an available reason; use one of {}", crate::text::clean(code), known.join(", "))
    };
    let offered = |code: &str| found.policy.offered().any(|reason| reason.code == code);
    if words(doing).iter().any(|text| text.contains('\0')) {
        return says("facts", "text cannot contain zero bytes; remove them".to_owned());
    }
    match doing {
        Doing::Take { why } | Doing::Resume { why } | Doing::Reject { why } if blank(why) => {
            says("facts", "say why; the case history keeps it".to_owned())
        }
        Doing::HandOver { to, note } if blank(to) || blank(note) => {
            says("facts", "name the new owner, and write what they have to know".to_owned())
        }
        Doing::Classify { reason: Some(code), .. } if !offered(code) => says("facts", unknown(code)),
        Doing::Classify { reason: None, claimed: None } => {
            says("facts", "give a reason, or the amount claimed".to_owned())
        }
        Doing::Classify { claimed: Some(claimed), .. } if claimed.minor < 1 || claimed.minor > found.case.amount => {
            says("amount", format!("the claim must be more than zero and at most {}", found.stored.order.amount))
        }
        Doing::Check { line, .. } if !has_line(found, line) => {
            says("facts", format!("{:?} is not a line of this case's checklist", crate::text::clean(line)))
        }
        Doing::Note { note } if blank(&note.0) => says("facts", "the text is empty; write something".to_owned()),
        Doing::Message { message, .. } | Doing::Answer { message } if blank(&message.body) => {
            says("facts", "the text is empty; write something".to_owned())
        }
        Doing::Attach { content, .. } if content.is_empty() => says("facts", "the file is empty".to_owned()),
        Doing::Attach { content, .. } if content.len() > found.policy.file_limit => {
            let most = found.policy.file_limit >> 20;
            says("amount", format!("the file is too large: at most {most} MiB are allowed"))
        }
        Doing::Decide { said, .. } if !offered(&said.reason) => says("facts", unknown(&said.reason)),
        Doing::Decide { said, .. } if blank(&said.rationale) => {
            says("facts", "a rationale is required: say why, for the desk only".to_owned())
        }
        Doing::Decide { said, .. } if blank(&said.say_seller) || blank(&said.say_buyer) => {
            says("facts", "each party needs a sentence that says what they get".to_owned())
        }
        Doing::Decide { parts, said, .. } => [&said.say_seller, &said.say_buyer].into_iter().find_map(|sentence| {
            let other = outcome::foreign_amount(&found.stored.order, *parts, sentence)?;
            says("facts", format!("a sentence for a party mentions {other}, which no one gets; correct it"))
        }),
        Doing::Pay { party, .. } if !found.payouts.is_empty() && !found.payouts.iter().any(|it| it.party == *party) => {
            says("facts", format!("there is no payout to the {party}"))
        }
        Doing::Pay { how: Paying::Confirmed { reference }, .. } if blank(reference) => {
            says("facts", "a confirmed payout needs the payment reference".to_owned())
        }
        Doing::Pay { how: Paying::Sent { reference: Some(reference) }, .. } if blank(reference) => {
            says("facts", "the reference is blank; fill it in or leave it out".to_owned())
        }
        Doing::Pay { how: Paying::Failed { why }, .. } if blank(why) => says("facts", "say why it failed".to_owned()),
        _ => None,
    }
}

/// All texts that the person wrote.
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
