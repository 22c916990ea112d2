//! Reads case actions from the command line.

use crate::store::StoreError;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use super::super::Desk;
use crate::cases::draft;
use crate::cases::draft::Facts;
use crate::cases::law::Refusal;
use crate::cases::{Policy, file, outcome};
use crate::desk::cases::{CaseCommand, PayoutUpdate, sentences};
use crate::desk::place;
use crate::domain::{Money, MoneyError, Parts};
use crate::exit::{CliError, End};
use crate::records::CaseDetail;
use crate::records::DecidedTexts;
use crate::records::OrderRecord;
use crate::records::{Message, Note, Party, PayoutState};
use crate::settings::ask::case::{CaseVerb, Decide, Of, Payout};
use crate::store::cases::policy;
use crate::store::cases::read;
use crate::text;

/// The case that a command acts on; `None` if it has no case, or only reads.
pub fn of(verb: &CaseVerb) -> Option<Of> {
    match verb {
        CaseVerb::List(_)
        | CaseVerb::Queues
        | CaseVerb::Many(_)
        | CaseVerb::History { .. }
        | CaseVerb::Dossier { .. }
        | CaseVerb::Show { .. }
        | CaseVerb::Save { .. }
        | CaseVerb::Open { .. }
        | CaseVerb::Move { order: None, .. } => None,
        CaseVerb::Move { order: Some(order), expect, request_id, .. } => {
            Some(Of { order: order.clone(), expect: *expect, request_id: *request_id })
        }
        CaseVerb::TakeCase { of, .. }
        | CaseVerb::TakeOver { of, .. }
        | CaseVerb::Release { of, .. }
        | CaseVerb::HandOver { of, .. }
        | CaseVerb::Snooze { of, .. }
        | CaseVerb::Wake { of }
        | CaseVerb::Language { of, .. }
        | CaseVerb::SetReason { of, .. }
        | CaseVerb::Tick { of, .. }
        | CaseVerb::Note { of, .. }
        | CaseVerb::Message { of, .. }
        | CaseVerb::Reply { of, .. }
        | CaseVerb::StopWaiting { of, .. }
        | CaseVerb::Attach { of, .. }
        | CaseVerb::Approve { of, .. }
        | CaseVerb::SendBack { of, .. }
        | CaseVerb::Withdraw { of, .. }
        | CaseVerb::Close { of, .. } => Some(of.clone()),
        CaseVerb::Decide(ask) => Some(ask.of.clone()),
        CaseVerb::Payout(ask) => ask.of(),
    }
}

/// Reads an action. An amount that no order can have is refused; every other error is wrong usage.
///
/// # Errors
///
/// [`CliError::Usage`] if a text, share or file cannot be used; [`CliError::Io`] if a file or the standard input cannot
/// be read; [`CliError::Store`] if the database fails.
pub async fn read(
    desk: &Desk<'_>,
    verb: &CaseVerb,
    whole: &CaseDetail,
) -> Result<Result<CaseCommand, Refusal>, CliError> {
    let policy = policy::current(&desk.store.pool).await?.policy;
    let held = whole.case.holder(chrono::Utc::now());
    Ok(Ok(match verb {
        CaseVerb::TakeCase { reason: Some(why), .. } if held.is_some_and(|owner| owner != desk.store.person) => {
            CaseCommand::TakeOver { why: why.clone() }
        }
        CaseVerb::TakeCase { .. } => CaseCommand::Take,
        CaseVerb::TakeOver { reason, .. } => CaseCommand::TakeOver { why: reason.clone() },
        CaseVerb::Release { reason, .. } => CaseCommand::Release { why: reason.clone() },
        CaseVerb::HandOver { to, note, .. } => CaseCommand::HandOver { to: to.clone(), note: note.clone() },
        CaseVerb::Move { to, note, .. } => CaseCommand::Reassign { to: to.clone(), note: note.clone() },
        CaseVerb::Snooze { until, reason, .. } => {
            let now = crate::store::health::now(&desk.store).await?;
            CaseCommand::Snooze { until: until.at(desk.zone.unwrap_or(policy.zone()), now), why: reason.clone() }
        }
        CaseVerb::Wake { .. } => CaseCommand::EndSnooze,
        CaseVerb::Language { party, language, .. } => CaseCommand::SetLanguage { party: *party, language: *language },
        CaseVerb::SetReason { reason, claimed, .. } => match claim(claimed.as_deref(), whole) {
            Ok(claimed) => CaseCommand::SetReason { reason: reason.clone(), claimed },
            Err(fault) => return fault.told(),
        },
        CaseVerb::Tick { line, undo, .. } => {
            CaseCommand::TickChecklist { line: checklist_line(&policy, whole, line), done: !undo }
        }
        CaseVerb::Note { text, .. } => CaseCommand::AddNote { note: Note(words(text)?) },
        CaseVerb::Message { to, text, canned, wait, .. } => {
            let body = match (text, canned) {
                (Some(text), _) => words(text)?,
                (None, canned) => {
                    let name = canned.as_deref().unwrap_or_default();
                    macro_text(desk, &policy, whole, name, *to).await?
                }
            };
            CaseCommand::SendMessage { message: Message { party: *to, theirs: false, body }, ask: *wait }
        }
        CaseVerb::Reply { from, text, .. } => {
            CaseCommand::RecordReply { message: Message { party: *from, theirs: true, body: words(text)? } }
        }
        CaseVerb::StopWaiting { reason, .. } => CaseCommand::StopWaiting { why: reason.clone() },
        CaseVerb::Attach { file: paths, line, .. } => attached(paths.first(), line.as_deref(), &policy, whole)?,
        CaseVerb::Decide(ask) => {
            let stored = stored(desk, whole).await?;
            match decided(ask, whole, &stored, &policy) {
                Ok(doing) => doing,
                Err(fault) => return fault.told(),
            }
        }
        CaseVerb::Approve { proposal, .. } => CaseCommand::Approve { proposal: *proposal },
        CaseVerb::SendBack { reason, .. } => CaseCommand::SendBack { why: reason.clone() },
        CaseVerb::Withdraw { reason, .. } => CaseCommand::WithdrawProposal { why: reason.clone() },
        CaseVerb::Payout(ask) => return Ok(paying(ask, whole)),
        CaseVerb::Close { reason, .. } => CaseCommand::Close { why: reason.clone() },
        CaseVerb::List(_)
        | CaseVerb::Queues
        | CaseVerb::Many(_)
        | CaseVerb::History { .. }
        | CaseVerb::Dossier { .. }
        | CaseVerb::Show { .. }
        | CaseVerb::Save { .. }
        | CaseVerb::Open { .. } => {
            return Err(CliError::Usage("this command performs no action".to_owned()));
        }
    }))
}

/// Wrong usage, a bad amount, or a refusal.
enum CliErrorOr {
    Cli(CliError),
    Money(MoneyError),
    Refused(Refusal),
}

impl From<CliError> for CliErrorOr {
    fn from(error: CliError) -> Self {
        Self::Cli(error)
    }
}

impl CliErrorOr {
    fn told(self) -> Result<Result<CaseCommand, Refusal>, CliError> {
        match self {
            Self::Cli(error) => Err(error),
            Self::Refused(refusal) => Ok(Err(refusal)),
            Self::Money(error @ (MoneyError::TooPrecise(_) | MoneyError::TooLarge)) => {
                Ok(Err(Refusal::because("amount", error.to_string())))
            }
            Self::Money(error) => Err(CliError::Usage(error.to_string())),
        }
    }
}

fn claim(digits: Option<&str>, whole: &CaseDetail) -> Result<Option<Money>, CliErrorOr> {
    let read = |digits| Money::typed(digits, held_amount(whole)?.currency).map_err(CliErrorOr::Money);
    digits.map(read).transpose()
}

fn held_amount(whole: &CaseDetail) -> Result<Money, CliError> {
    let unknown = || CliError::Missing(format!("unknown currency: {}", text::clean(&whole.case.currency)));
    whole.case.money(whole.case.amount).ok_or_else(unknown)
}

/// Finds a line of the checklist by its text or its number.
fn checklist_line(policy: &Policy, whole: &CaseDetail, said: &str) -> String {
    let reason = whole.case.reason.as_deref().and_then(|code| policy.reason(code));
    let numbered = || said.parse::<usize>().ok().and_then(|at| reason?.checklist.get(at.checked_sub(1)?).cloned());
    numbered().unwrap_or_else(|| said.to_owned())
}

/// The text itself, or standard input for `-`.
fn words(text: &str) -> Result<String, CliError> {
    if text != "-" {
        return Ok(text.to_owned());
    }
    let mut read = String::new();
    std::io::stdin().take(1 << 20).read_to_string(&mut read)?;
    Ok(read.trim_end().to_owned())
}

async fn stored(desk: &Desk<'_>, whole: &CaseDetail) -> Result<OrderRecord, CliError> {
    let key = whole.case.key().map_err(StoreError::from)?;
    let missing = || CliError::Missing(format!("no order {key}"));
    crate::store::read::order(&desk.store.pool, &key).await?.ok_or_else(missing)
}

async fn macro_text(
    desk: &Desk<'_>,
    policy: &Policy,
    whole: &CaseDetail,
    name: &str,
    to: Party,
) -> Result<String, CliError> {
    let found = policy.macros.iter().find(|it| it.name == name).ok_or_else(|| {
        let names: Vec<String> = policy.macros.iter().map(|it| format!("{:?}", it.name)).collect();
        CliError::Usage(format!("no canned text {:?}: use one of {}", text::clean(name), names.join(", ")))
    })?;
    if found.to != to {
        return Err(CliError::Usage(format!("the canned text {:?} is for the {}", found.name, found.to)));
    }
    let stored = stored(desk, whole).await?;
    let facts = Facts {
        order: &stored,
        reason: whole.case.reason.as_deref(),
        person: &desk.store.person,
        language: policy.language(&whole.case, to),
    };
    let text = draft::filled(found, policy, facts);
    match draft::left_open(&text) {
        Some(name) => {
            Err(CliError::Usage(format!("{name} is unknown for this case: set its reason, or write the text yourself")))
        }
        None => Ok(text),
    }
}

/// The path as it is, if something is there; else as terminals paste one: in quotes, with escaped blanks, below `~`.
fn pasted(path: &Path) -> PathBuf {
    if path.exists() {
        return path.to_owned();
    }
    let home = std::env::var_os("HOME").map(PathBuf::from);
    file::path(&path.to_string_lossy(), home.as_deref())
}

/// The command that attaches a file, about a line of the checklist if there is one.
fn attached(
    path: Option<&PathBuf>,
    line: Option<&str>,
    policy: &Policy,
    whole: &CaseDetail,
) -> Result<CaseCommand, CliError> {
    let path = path.map(|path| pasted(path)).unwrap_or_default();
    let line = line.map(|line| checklist_line(policy, whole, line));
    Ok(CaseCommand::AttachFile { name: file::name(&path), content: content(&path, policy)?, line })
}

/// Reads a file's bytes, at most one more than the limit.
fn content(path: &Path, policy: &Policy) -> Result<Vec<u8>, CliError> {
    let named = |error: std::io::Error| {
        let words = format!("{}: {}", text::clean(&path.to_string_lossy()), text::trouble(&error));
        CliError::Io(std::io::Error::new(error.kind(), words))
    };
    // Reading anything but a regular file may block or never end.
    let whole = place::source(path).map_err(named)?;
    let mut content = Vec::new();
    let file = std::fs::File::open(whole).map_err(named)?;
    file.take(policy.file_limit as u64 + 1).read_to_end(&mut content).map_err(named)?;
    Ok(content)
}

fn decided(ask: &Decide, whole: &CaseDetail, stored: &OrderRecord, policy: &Policy) -> Result<CaseCommand, CliErrorOr> {
    let parts = parts(ask, stored.order.amount)?;
    let reason = ask.reason.clone().or_else(|| whole.case.reason.clone());
    let reason = reason.ok_or_else(|| CliError::Usage("the case has no reason yet: add --reason CODE".to_owned()))?;
    let (say_seller, say_buyer) = sentences(stored, parts, &whole.case, policy);
    let said = DecidedTexts {
        reason,
        rationale: ask.rationale.clone(),
        say_seller: ask.say_seller.clone().unwrap_or(say_seller),
        say_buyer: ask.say_buyer.clone().unwrap_or(say_buyer),
    };
    Ok(CaseCommand::Decide { parts, said, propose: ask.propose, without_answer: ask.without_answer.clone() })
}

fn parts(ask: &Decide, held: Money) -> Result<Parts, CliErrorOr> {
    let all = |to_seller, to_buyer| Parts { to_seller, to_buyer };
    let over = |_: ()| CliErrorOr::Refused(Refusal::because("amount", format!("the shares must add up to {held}")));
    match (ask.pay_seller, ask.refund_buyer, &ask.to_seller, &ask.to_buyer) {
        (true, ..) => Ok(all(held.minor, 0)),
        (_, true, ..) => Ok(all(0, held.minor)),
        (_, _, Some(seller), Some(buyer)) => outcome::split(seller, buyer, held).map_err(CliErrorOr::Money),
        (_, _, Some(seller), None) => {
            let seller = Parts::read_to_seller(seller, held).map_err(CliErrorOr::Money)?;
            outcome::rest(seller, held).ok_or(()).map_err(over)
        }
        (_, _, None, Some(buyer)) => {
            let buyer = Parts::read_to_buyer(buyer, held).map_err(CliErrorOr::Money)?;
            let rest = outcome::rest(buyer, held).ok_or(()).map_err(over)?;
            Ok(all(rest.to_buyer, rest.to_seller))
        }
        (_, _, None, None) => {
            Err(CliError::Usage("use --pay-seller, --refund-buyer, or --to-seller and --to-buyer".to_owned()).into())
        }
    }
}

fn paying(ask: &Payout, whole: &CaseDetail) -> Result<CaseCommand, Refusal> {
    let open: Vec<Party> =
        whole.payouts.iter().filter(|it| it.state != PayoutState::Confirmed).map(|it| it.party).collect();
    let party = match (ask.to, open.as_slice()) {
        (Some(party), _) => party,
        (None, [one]) => *one,
        // A repeated command about the only payout, which is already confirmed.
        (None, []) if whole.payouts.len() == 1 => whole.payouts[0].party,
        (None, []) if whole.payouts.is_empty() => return Err(Refusal::because("not_yet", "nothing is decided yet")),
        (None, _) => return Err(Refusal::because("facts", "there are two payouts: add --to buyer or --to seller")),
    };
    let how = if let Some(reference) = &ask.confirm {
        PayoutUpdate::Confirmed { reference: reference.clone(), collective: ask.collective }
    } else if let Some(why) = &ask.failed {
        PayoutUpdate::Failed { why: why.clone() }
    } else if ask.reopen {
        PayoutUpdate::Reopened
    } else if ask.sent {
        PayoutUpdate::Sent { reference: ask.reference.clone(), collective: ask.collective }
    } else {
        PayoutUpdate::Confirmed { reference: ask.reference.clone().unwrap_or_default(), collective: ask.collective }
    };
    Ok(CaseCommand::RecordPayout { party, how })
}

/// The name of a file as screens show it, and never one that a command would take for an option.
fn own_name(name: &str) -> String {
    text::clean(name).trim_start_matches('-').to_owned()
}

/// Saves an attached file to disk. Never overwrites a file.
///
/// # Errors
///
/// [`CliError::Missing`] if there is no such order, case or file; [`CliError::Io`] if the target is there already or
/// cannot be written; [`CliError::Store`] if the database fails.
pub async fn save(desk: &mut Desk<'_>, order: &str, called: &str, to: Option<&Path>) -> Result<End, CliError> {
    let key = desk.find(order).await?;
    let missing = || CliError::Missing(format!("{key} has no case"));
    let whole = read::whole(&desk.store.pool, &key.to_string(), None).await?.ok_or_else(missing)?;
    let found = read::content(&desk.store.pool, &key.to_string(), whole.case.number, called).await?;
    let found = found.ok_or_else(|| CliError::Missing(format!("no attached file {}", text::clean(called))))?;
    let path = to.map_or_else(|| PathBuf::from(own_name(&found.name)), Path::to_owned);
    let made = place::target(&path).and_then(|()| std::fs::OpenOptions::new().write(true).create_new(true).open(&path));
    let made = made.and_then(|mut file| file.write_all(&found.content));
    made.map_err(|error| {
        let words = format!("{}: {}", text::clean(&path.to_string_lossy()), text::trouble(&error));
        std::io::Error::new(error.kind(), words)
    })?;
    if desk.json {
        let line = serde_json::json!({ "result": "done", "file": path.to_string_lossy(), "type": found.kind, "size": found.content.len(), "sha256": found.digest });
        desk.line(&line)?;
    } else {
        // The folder, too: where it was started is easily forgotten.
        let whole = std::path::absolute(&path).unwrap_or(path);
        writeln!(
            desk.out,
            "{} ({}, {} bytes)",
            text::clean(&whole.to_string_lossy()),
            found.kind,
            found.content.len()
        )?;
    }
    Ok(End::Done)
}
