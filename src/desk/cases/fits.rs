//! Judges a command by the table, then checks that it fits the case.

use chrono::{DateTime, TimeDelta, Utc};

use super::command::{CaseCommand, PayoutUpdate};
use crate::cases::law::{Refusal, Standing};
use crate::cases::outcome;
use crate::domain::{CaseAction, Roles, Task};
use crate::records::{Message, Note, Party, PayoutState, UnknownWord};
use crate::store::cases::judge::Found;
use crate::store::{Store, StoreError};

/// Why a command stops before anything is committed.
pub(super) enum Stop {
    Refused(Refusal),
    /// The file is attached already, as this event.
    Same(i32),
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

impl From<UnknownWord> for Stop {
    fn from(error: UnknownWord) -> Self {
        Self::Store(error.into())
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Judges a command by the table, then by the facts of the case.
pub(super) fn judge(
    found: &Found,
    roles: Roles,
    doing: &CaseCommand,
    store: &Store,
    now: DateTime<Utc>,
) -> Result<(), Stop> {
    let proposer = found.proposal.as_ref().map(|proposal| proposal.recorder.as_str());
    let mut standing = Standing::of(&found.case, proposer, &found.payouts, found.policy.zone())?;
    if matches!(doing, CaseCommand::Decide { without_answer: Some(_), .. }) {
        standing.waiting = None;
    }
    // Confirming the same payout again changes nothing and is not an error.
    if !repeats(found, doing) {
        standing.judge(doing.action(), &store.person, roles, now)?;
    }
    let own = matches!(doing, CaseCommand::HandOver { to, .. } if *to == store.person);
    let own = own.then(|| Refusal::because("facts", "you have the case already; hand it to someone else"));
    own.or_else(|| fits(found, doing))
        .or_else(|| aside(doing, now))
        .or_else(|| works_here(found, doing))
        .map_or(Ok(()), |refusal| Err(refusal.into()))
}

/// Checks that a case is handed to someone who can work on it and does not have it.
fn works_here(found: &Found, doing: &CaseCommand) -> Option<Refusal> {
    let (CaseCommand::HandOver { to, .. } | CaseCommand::Reassign { to, .. }) = doing else { return None };
    if found.case.owner.as_ref() == Some(to) {
        return Some(Refusal::because("facts", format!("{} has the case already", crate::text::clean(to))));
    }
    found.other.may(Task::Case(CaseAction::Take)).err()?;
    let words = format!("{} is not an agent or a lead; hand the case to someone who is", crate::text::clean(to));
    Some(Refusal::because("facts", words))
}

/// The longest time for which a case can be put aside.
const ASIDE: TimeDelta = TimeDelta::days(30);

/// Checks the time until which a case is put aside.
fn aside(doing: &CaseCommand, now: DateTime<Utc>) -> Option<Refusal> {
    let CaseCommand::Snooze { until, .. } = doing else { return None };
    let fits = *until > now && *until <= now + ASIDE;
    (!fits).then(|| Refusal::because("facts", "a case can be snoozed for 30 days at most, from now on"))
}

/// Whether the command repeats what is already recorded: a confirmation with the same reference.
pub(super) fn repeats(found: &Found, doing: &CaseCommand) -> bool {
    let CaseCommand::RecordPayout { party, how: PayoutUpdate::Confirmed { reference, .. } } = doing else {
        return false;
    };
    let payout = found.payouts.iter().find(|payout| payout.party == *party);
    payout.is_some_and(|it| it.state == PayoutState::Confirmed && it.reference.as_deref() == Some(reference.trim()))
}

/// The longest text, in bytes.
const LONGEST: usize = 20_000;

/// Checks that the command's data fits the case.
fn fits(found: &Found, doing: &CaseCommand) -> Option<Refusal> {
    let says = |why: &str, words: String| Some(Refusal::because(why, words));
    let unknown = |code: &str| {
        let known: Vec<&str> = found.policy.offered().map(|reason| reason.code.as_str()).collect();
        format!("{:?} is not an available reason; use one of {}", crate::text::clean(code), known.join(", "))
    };
    let offered = |code: &str| found.policy.offered().any(|reason| reason.code == code);
    if words(doing).iter().any(|text| text.contains('\0')) {
        return says("facts", "text cannot contain zero bytes; remove them".to_owned());
    }
    if words(doing).iter().any(|text| text.len() > LONGEST) {
        return says("facts", format!("a text can have at most {LONGEST} bytes; attach a file instead"));
    }
    match doing {
        CaseCommand::TakeOver { why } | CaseCommand::StopWaiting { why } | CaseCommand::SendBack { why }
            if blank(why) =>
        {
            says("facts", "say why; the case history keeps it".to_owned())
        }
        CaseCommand::HandOver { to, note } | CaseCommand::Reassign { to, note } if blank(to) || blank(note) => {
            says("facts", "name the new owner, and write what they have to know".to_owned())
        }
        CaseCommand::SetReason { reason: Some(code), .. } if !offered(code) => says("facts", unknown(code)),
        CaseCommand::SetReason { reason: None, claimed: None } => {
            says("facts", "give a reason, or the amount claimed".to_owned())
        }
        CaseCommand::SetReason { claimed: Some(claimed), .. }
            if claimed.minor < 1 || claimed.minor > found.case.amount =>
        {
            says("amount", format!("the claim must be more than zero and at most {}", found.stored.order.amount))
        }
        CaseCommand::TickChecklist { line, .. } | CaseCommand::AttachFile { line: Some(line), .. }
            if !has_line(found, line) =>
        {
            says("facts", format!("{:?} is not a line of this case's checklist", crate::text::clean(line)))
        }
        CaseCommand::AddNote { note: Note(body) }
        | CaseCommand::SendMessage { message: Message { body, .. }, .. }
        | CaseCommand::RecordReply { message: Message { body, .. } }
            if blank(body) =>
        {
            says("facts", "the text is empty; write something".to_owned())
        }
        CaseCommand::AttachFile { content, .. } if content.is_empty() => says("facts", "the file is empty".to_owned()),
        CaseCommand::AttachFile { content, .. } if content.len() > found.policy.file_limit => {
            let most = found.policy.file_limit >> 20;
            says("amount", format!("the file is too large: at most {most} MiB are allowed"))
        }
        CaseCommand::Decide { said, .. } if !offered(&said.reason) => says("facts", unknown(&said.reason)),
        CaseCommand::Decide { without_answer: Some(why), .. } if blank(why) => {
            says("facts", "say why you decide without the reply; the case history keeps it".to_owned())
        }
        CaseCommand::Decide { said, .. } if blank(&said.rationale) => {
            says("facts", "a rationale is required: say why, for the desk only".to_owned())
        }
        CaseCommand::Decide { said, .. } if blank(&said.say_seller) || blank(&said.say_buyer) => {
            says("facts", "each party needs a sentence that says what they get".to_owned())
        }
        CaseCommand::Decide { parts, said, .. } => {
            [&said.say_seller, &said.say_buyer].into_iter().find_map(|sentence| {
                let other = outcome::foreign_amount(&found.stored.order, *parts, sentence)?;
                says("facts", format!("a sentence for a party mentions {other}, which no one gets; correct it"))
            })
        }
        CaseCommand::RecordPayout { party, how } => payout_fits(found, *party, how),
        _ => None,
    }
}

/// Whether an update fits the payouts of the case.
fn payout_fits(found: &Found, party: Party, how: &PayoutUpdate) -> Option<Refusal> {
    let says = |words: String| Some(Refusal::because("facts", words));
    let is_due = found.payouts.is_empty() || found.payouts.iter().any(|payout| payout.party == party);
    match how {
        _ if !is_due => says(format!("there is no payout to the {party}")),
        PayoutUpdate::Confirmed { reference, .. } if blank(reference) => {
            says("a confirmed payout needs the payment reference".to_owned())
        }
        PayoutUpdate::Confirmed { reference, .. } | PayoutUpdate::Sent { reference: Some(reference), .. }
            if crate::text::clean(reference) != *reference =>
        {
            says("the reference has letters that cannot be seen; type it again".to_owned())
        }
        PayoutUpdate::Sent { reference: Some(reference), .. } if blank(reference) => {
            says("the reference is blank; fill it in or leave it out".to_owned())
        }
        PayoutUpdate::Failed { why } if blank(why) => says("say why it failed".to_owned()),
        PayoutUpdate::Confirmed { .. }
        | PayoutUpdate::Sent { .. }
        | PayoutUpdate::Failed { .. }
        | PayoutUpdate::Reopened => None,
    }
}

/// Whether nothing in a text can be seen.
fn blank(text: &str) -> bool {
    crate::text::width(text.trim()) == 0
}

/// All texts that the person wrote.
fn words(doing: &CaseCommand) -> Vec<&str> {
    match doing {
        CaseCommand::TakeOver { why } | CaseCommand::StopWaiting { why } | CaseCommand::SendBack { why } => vec![why],
        CaseCommand::Release { why }
        | CaseCommand::WithdrawProposal { why }
        | CaseCommand::Close { why }
        | CaseCommand::Snooze { why, .. } => why.iter().map(String::as_str).collect(),
        CaseCommand::HandOver { to, note } | CaseCommand::Reassign { to, note } => vec![to, note],
        CaseCommand::AddNote { note } => vec![&note.0],
        CaseCommand::SendMessage { message, .. } | CaseCommand::RecordReply { message } => vec![&message.body],
        CaseCommand::Decide { said, without_answer, .. } => {
            let texts = [&said.rationale, &said.say_seller, &said.say_buyer];
            texts.into_iter().chain(without_answer).map(String::as_str).collect()
        }
        CaseCommand::RecordPayout {
            how: PayoutUpdate::Confirmed { reference, .. } | PayoutUpdate::Sent { reference: Some(reference), .. },
            ..
        } => {
            vec![reference]
        }
        CaseCommand::RecordPayout { how: PayoutUpdate::Failed { why }, .. } => vec![why],
        CaseCommand::Take
        | CaseCommand::EndSnooze
        | CaseCommand::SetLanguage { .. }
        | CaseCommand::SetReason { .. }
        | CaseCommand::TickChecklist { .. }
        | CaseCommand::AttachFile { .. }
        | CaseCommand::Approve { .. }
        | CaseCommand::RecordPayout {
            how: PayoutUpdate::Sent { reference: None, .. } | PayoutUpdate::Reopened, ..
        } => Vec::new(),
    }
}

fn has_line(found: &Found, line: &str) -> bool {
    let reason = found.case.reason.as_deref().and_then(|code| found.policy.reason(code));
    reason.is_some_and(|reason| reason.checklist.iter().any(|it| it == line))
}
