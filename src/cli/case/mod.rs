//! `recourse case`, `recourse next`, `recourse policy`: the dispute desk on the command line.

mod command;
mod dossier;
pub mod explain;
pub mod json;
mod list;
mod moves;
mod payouts;

use crate::cases::hint;
use chrono::Utc;

use super::Desk;
use crate::cases::law::Refusal;
use crate::cases::policy::Policy;
use crate::desk::cases::shown::CaseFile;
use crate::desk::cases::{self, Answer, Command};
use crate::desk::request::or_nothing;
use crate::desk::team;
use crate::exit::{CliError, End};
use crate::records::CaseDetail;
use crate::records::{Case, CaseEvent, CaseEventKind, Zone};
use crate::settings::ask::case::{Case as Ask, CaseVerb, Next, Payout, PolicyAsk};
use crate::store::cases::policy::current;
use crate::store::cases::read;
use crate::store::cases::{policy, write};
use crate::store::{StoreError, health};
use crate::text;
use json::{CaseLine, CaseShown, ConflictLine, DoneLine, RefusedLine};

/// Runs a command of the dispute desk.
///
/// # Errors
///
/// [`CliError::Usage`] if the store is read-only or an argument cannot be used; [`CliError::Missing`] if there is no
/// such order or case; [`CliError::Store`] if the database fails.
pub async fn case(desk: &mut Desk<'_>, ask: &Ask) -> Result<End, CliError> {
    match &ask.verb {
        CaseVerb::List(ask) => list::list(desk, ask).await,
        CaseVerb::Queues => list::queues(desk).await,
        CaseVerb::Many(ask) => {
            desk.writes()?;
            moves::many(desk, ask).await
        }
        CaseVerb::History { order } => dossier::history(desk, order).await,
        CaseVerb::Dossier { order, to, number, notes } => dossier::dossier(desk, order, *number, to, *notes).await,
        CaseVerb::Show { order, number } => show(desk, order, *number).await,
        CaseVerb::Save { order, file, to } => command::save(desk, order, file, to.as_deref()).await,
        CaseVerb::Open { order, reason, request_id } => {
            desk.writes()?;
            let key = desk.find(order).await?;
            let request = request_id.unwrap_or_else(uuid::Uuid::new_v4);
            let answer = cases::open(&desk.store, desk.roles, &key, reason, request).await?;
            tell(desk, or_nothing(answer)?, order).await
        }
        CaseVerb::Move { all_of: Some(from), to, note, .. } => {
            desk.writes()?;
            moves::all(desk, from, to, note).await
        }
        CaseVerb::Attach { of, file, line } if file.len() > 1 => {
            desk.writes()?;
            moves::attach(desk, of, file, line.as_ref()).await
        }
        CaseVerb::Payout(ask) if ask.export => payouts::to_pay(desk).await,
        CaseVerb::Payout(Payout { import: Some(path), .. }) => payouts::import(desk, path).await,
        verb => {
            desk.writes()?;
            act(desk, verb).await
        }
    }
}

async fn act(desk: &mut Desk<'_>, verb: &CaseVerb) -> Result<End, CliError> {
    let Some(of) = command::of(verb) else { return Ok(End::Usage) };
    let key = desk.find(&of.order).await?;
    let missing = || CliError::Missing(format!("{key} has no case: open one with recourse case open"));
    let whole = read::whole(&desk.store.pool, &key.to_string(), None).await?.ok_or_else(missing)?;
    let what = match command::read(desk, verb, &whole).await? {
        Ok(what) => what,
        Err(refusal) => return refused(desk, &refusal),
    };
    let request = of.request_id.unwrap_or_else(uuid::Uuid::new_v4);
    let command = Command { order: key, what, expect: of.expect, request };
    let now = health::now(&desk.store).await?;
    let answer = cases::act_surely(&desk.store, desk.roles, &command, now).await?;
    match (verb, or_nothing(answer)?) {
        (CaseVerb::Payout(_), Answer::Done(whole)) if !desk.json => list::paid(desk, &whole),
        (_, answer) => tell(desk, answer, &of.order).await,
    }
}

/// Prints the result of an action.
async fn tell(desk: &mut Desk<'_>, answer: Answer, order: &str) -> Result<End, CliError> {
    match answer {
        Answer::Done(whole) => done(desk, &whole),
        Answer::Refused(refusal) => refused(desk, &refusal),
        Answer::Conflict(case, last, refusal) => {
            let zone = zone(desk).await?;
            conflict(desk, &case, last.as_deref(), &refusal, zone)
        }
        Answer::Same(file) => same(desk, file),
        Answer::Missing => Err(CliError::Missing(format!("{} has no case", text::clean(order)))),
    }
}

fn done(desk: &mut Desk<'_>, whole: &CaseDetail) -> Result<End, CliError> {
    let now = Utc::now();
    if desk.json {
        desk.line(&DoneLine::of(whole, now))?;
        return Ok(End::Done);
    }
    let case = &whole.case;
    let what = whole.events.last().map_or(CaseEventKind::Opened, |event| event.kind);
    let owner = case
        .holder(now)
        .map_or_else(|| "unclaimed".to_owned(), |owner| format!("{} has this case", text::clean(owner)));
    writeln!(desk.out, "{} {what}: {}, {owner}", text::clean(case.id()), standing(case))?;
    // What a file is, as it was found: its name may say something else.
    if let Some(file) = whole.events.last().and_then(|event| event.file.as_ref()) {
        writeln!(desk.out, "{}", text::clean(&list::about(file)))?;
    }
    Ok(End::Done)
}

/// Prints that the file is attached already.
fn same(desk: &mut Desk<'_>, file: i32) -> Result<End, CliError> {
    if desk.json {
        desk.line(&serde_json::json!({ "result": "same", "file": file }))?;
    } else {
        writeln!(desk.out, "this file is attached already, as no. {file}")?;
    }
    Ok(End::Done)
}

/// The state of a case, in words.
fn standing(case: &Case) -> String {
    match case.waiting {
        Some(party) => format!("waiting for the {party}"),
        None => case.stage.title().to_owned(),
    }
}

fn refused(desk: &mut Desk<'_>, refusal: &Refusal) -> Result<End, CliError> {
    if desk.json {
        desk.line(&RefusedLine { result: "refused", why: &refusal.why, message: &refusal.words })?;
    } else {
        writeln!(desk.out, "refused: {}", text::clean(&refusal.words))?;
    }
    Ok(End::Refused)
}

/// The zone of the times of cases: the one that the person asked for, or else that of the desk's hours.
///
/// # Errors
///
/// [`CliError::Store`] if the database fails.
pub async fn zone(desk: &Desk<'_>) -> Result<Zone, CliError> {
    match desk.zone {
        Some(zone) => Ok(zone),
        None => Ok(current(&desk.store.pool).await?.policy.zone()),
    }
}

fn conflict(
    desk: &mut Desk<'_>,
    case: &Case,
    last: Option<&CaseEvent>,
    refusal: &Refusal,
    zone: Zone,
) -> Result<End, CliError> {
    let did = last.map(|event| {
        let at = zone.show(event.at, "%H:%M:%S");
        format!("; last: {} by {} at {at}", event.kind, text::clean(&event.by()))
    });
    let message = format!("{}{}", refusal.words, did.unwrap_or_default());
    if desk.json {
        desk.line(&ConflictLine::of(case, last, &refusal.why, &message, Utc::now()))?;
    } else {
        writeln!(desk.out, "conflict: {}", text::clean(&message))?;
    }
    Ok(End::Conflict)
}

async fn show(desk: &mut Desk<'_>, order: &str, number: Option<i32>) -> Result<End, CliError> {
    let key = desk.find(order).await?;
    let missing = || CliError::Missing(format!("{key} has no case"));
    let file = cases::shown::file(&desk.store, &key.to_string(), number).await?.ok_or_else(missing)?;
    let CaseFile { whole, hints, policy, .. } = file;
    if desk.json {
        desk.line(&CaseShown::of(&whole, &policy, &hints, Utc::now()))?;
        return Ok(End::Done);
    }
    for hint in &hints {
        writeln!(desk.out, "{}", text::clean(&hint::words(hint, &policy)))?;
    }
    list::shown(desk, &whole, &policy)
}

/// Takes the most urgent unclaimed case.
///
/// # Errors
///
/// [`CliError::Usage`] if the store is read-only and this is no dry run; [`CliError::Store`] if the database fails;
/// [`CliError::Io`] if the output cannot be written.
pub async fn next(desk: &mut Desk<'_>, ask: &Next) -> Result<End, CliError> {
    if !ask.dry_run {
        desk.writes()?;
    } else {
        return list::would_be_next(desk).await;
    }
    match cases::next(&desk.store, desk.roles, ask.reason.as_deref(), Utc::now()).await? {
        Err(refusal) => refused(desk, &refusal),
        Ok(None) => super::said(desk, "nothing", "no unclaimed case is waiting", End::Done),
        Ok(Some(whole)) => done(desk, &whole),
    }
}

/// Prints the desk's policy as it was written, or sets a new one.
///
/// # Errors
///
/// [`CliError::Io`] if the file cannot be read; [`CliError::Usage`] if its policy is wrong or the store is read-only;
/// [`CliError::Store`] if the database fails.
pub async fn policy(desk: &mut Desk<'_>, ask: &PolicyAsk) -> Result<End, CliError> {
    if let Some(file) = &ask.set {
        desk.writes()?;
        let text = crate::desk::place::text(file)?;
        let policy = Policy::parse(&text).map_err(|fault| CliError::Usage(format!("{}: {fault}", file.display())))?;
        match team::set_policy(&desk.store, &policy, &text, ask.why.as_deref()).await {
            Ok(_) => {}
            Err(StoreError::Refused { constraint, message }) => {
                return refused(desk, &Refusal::because(&constraint, message));
            }
            Err(StoreError::Other(error)) if error.as_database_error().is_some() => {
                return Err(CliError::Usage(format!("hours: the database cannot use them: {error}")));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let held = policy::current(&desk.store.pool).await?;
    if desk.json {
        let line = serde_json::json!({ "policy": held.number, "by": held.recorder, "why": held.why, "at": super::json::time(held.at), "says": held.policy });
        desk.line(&line)?;
    } else {
        write!(desk.out, "{}", held.text())?;
    }
    Ok(End::Done)
}

/// Returns untouched cases to the queue and records clocks that ran out, if this person can write.
async fn swept(desk: &Desk<'_>) -> Result<(), CliError> {
    if !desk.store.is_read_only() {
        write::sweep(&desk.store, cases::SWEPT).await?;
    }
    Ok(())
}

fn line(case: &Case) -> CaseLine {
    CaseLine::of(case, Utc::now())
}
