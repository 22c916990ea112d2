//! Prints cases as text or JSON lines: queues, one case, the next case.

use chrono::Utc;

use super::super::Desk;
use super::super::table::Table;
use super::{line, standing, swept};
use crate::cases::Policy;
use crate::domain::{Outcome, Parts};
use crate::exit::{CliError, End};
use crate::query::{self, Sieve};
use crate::records::{Attachment, Case, CaseDetail, CaseEvent, CasePlace};
use crate::records::{Clock, Queue};
use crate::settings::ask::case::List;
use crate::store::cases::read;
use crate::store::cases::read::Wanted;
use crate::text;
use strum::VariantArray;

/// How many cases are read at a time.
const PAGE: i64 = 500;

/// The filter of a query; none without one.
///
/// # Errors
///
/// [`CliError::Usage`] if it cannot be read.
pub fn sieve(query: Option<&str>, person: &str) -> Result<Option<Sieve>, CliError> {
    let fault = |text: &str, fault: query::Fault| CliError::Usage(format!("--where:\n{}", fault.pointing(text)));
    let query = query.map(|text| query::parse(text).map_err(|it| fault(text, it))).transpose()?;
    Ok(query.map(|query| query.sieve(person, Utc::now(), true)))
}

/// Prints the cases of a queue, the most urgent first.
///
/// # Errors
///
/// [`CliError::Usage`] if the cursor or the query cannot be read; [`CliError::Store`] if the database fails;
/// [`CliError::Io`] if the output cannot be written.
pub async fn list(desk: &mut Desk<'_>, ask: &List) -> Result<End, CliError> {
    swept(desk).await?;
    let wrong = || CliError::Usage("--after: not a cursor from this list".to_owned());
    let mut after = ask.after.as_deref().map_or(Some(CasePlace::start()), CasePlace::parse).ok_or_else(wrong)?;
    let person = desk.store.person.clone();
    let sieve = sieve(ask.query.as_deref(), &person)?;
    let wanted = Wanted { queue: ask.queue, person: &person, now: Utc::now(), sieve: sieve.as_ref() };
    let mut table = Table::new(&["order", "amount", "stage", "owner", "clock", "due", "reason"], &[1]);
    let mut left = i64::try_from(ask.limit).unwrap_or(i64::MAX);
    while left > 0 {
        let page = read::page(&desk.store.pool, wanted, &after, left.min(PAGE)).await?;
        let Some(last) = page.last() else { break };
        after = last.place();
        left -= page.len() as i64;
        for case in &page {
            if desk.json { desk.line(&line(case))? } else { table.row(row(case)) }
        }
    }
    if !desk.json {
        table.write(desk.out)?;
    }
    Ok(End::Done)
}

fn row(case: &Case) -> [String; 7] {
    let now = Utc::now();
    let amount = case.money(case.amount).map_or_else(|| case.amount.to_string(), |money| money.to_string());
    let clock = case.clock.map_or("", Clock::title);
    let due = case.due_at.map_or_else(String::new, |due| {
        if due < now { format!("{} late", text::span(now - due)) } else { format!("{} left", text::span(due - now)) }
    });
    let owner = case.holder(now).unwrap_or_default().to_owned();
    [
        case.id().to_owned(),
        amount,
        standing(case),
        owner,
        clock.to_owned(),
        due,
        case.reason.clone().unwrap_or_default(),
    ]
}

/// Prints how many cases are in each queue.
///
/// # Errors
///
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn queues(desk: &mut Desk<'_>) -> Result<End, CliError> {
    swept(desk).await?;
    let counts = read::counts(&desk.store.pool, &desk.store.person, Utc::now(), i64::MAX).await?;
    let mut table = Table::new(&["queue", "cases", ""], &[1]);
    for queue in Queue::VARIANTS.iter().filter(|queue| **queue != Queue::Closed) {
        let count = counts.iter().find(|(name, _)| name == queue.name()).map_or(0, |(_, count)| *count);
        if desk.json {
            desk.line(&serde_json::json!({ "queue": queue.name(), "cases": count }))?;
        } else {
            table.row([queue.name().to_owned(), text::grouped(count), queue.definition().to_owned()]);
        }
    }
    if !desk.json {
        table.write(desk.out)?;
    }
    Ok(End::Done)
}

/// Prints which case would be next, without taking it.
///
/// # Errors
///
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn would_be_next(desk: &mut Desk<'_>) -> Result<End, CliError> {
    let wanted = Wanted { queue: Queue::Unclaimed, person: &desk.store.person, now: Utc::now(), sieve: None };
    let page = read::page(&desk.store.pool, wanted, &CasePlace::start(), 1).await?;
    let Some(case) = page.first() else {
        return super::super::said(desk, "nothing", "no unclaimed case is waiting", End::Done);
    };
    if desk.json {
        desk.line(&serde_json::json!({ "result": "would", "case": line(case) }))?;
    } else {
        writeln!(desk.out, "{} would be next: {}", text::clean(case.id()), standing(case))?;
    }
    Ok(End::Done)
}

/// Prints one case as text.
///
/// # Errors
///
/// [`CliError::Io`] if the output cannot be written.
pub fn shown(desk: &mut Desk<'_>, whole: &CaseDetail, policy: &Policy) -> Result<End, CliError> {
    let case = &whole.case;
    let now = Utc::now();
    let zone = desk.zone.unwrap_or_else(|| policy.zone());
    let money = |minor| case.money(minor).map_or_else(|| minor.to_string(), |money| money.to_string());
    let owner = case
        .holder(now)
        .map_or_else(|| "unclaimed".to_owned(), |owner| format!("{} has this case", text::clean(owner)));
    let lease = case.lease_until.filter(|until| *until > now).map(|until| format!(" for {}", text::span(until - now)));
    let head = format!(
        "{} case {}: {}; {owner}{}",
        text::clean(case.id()),
        case.number,
        standing(case),
        lease.unwrap_or_default()
    );
    writeln!(desk.out, "{head}")?;
    writeln!(
        desk.out,
        "{} {}{}",
        money(case.amount),
        case.money_word(),
        case.claimed.map_or_else(String::new, |it| format!(", {} claimed", money(it)))
    )?;
    let title = case.reason.as_deref().map_or("no reason yet", |code| policy.title(code));
    writeln!(desk.out, "{}", text::clean(title))?;
    for clock in &whole.clocks {
        let when = clock.due_at.map_or_else(|| "paused".to_owned(), |due| zone.long(due));
        let then = policy.clocks.get(&clock.name).map_or("", |rule| &rule.then);
        writeln!(desk.out, "{}: {when}; then {}", clock.name, text::clean(then))?;
    }
    for missing in policy.missing(case.reason.as_deref(), &whole.checked()) {
        writeln!(desk.out, "missing: {}", text::clean(missing))?;
    }
    if let Some((proposal, stale)) = whole.waiting_proposal() {
        let parts = Parts { to_seller: proposal.to_seller, to_buyer: proposal.to_buyer };
        let called = Outcome::of(parts).name().replace('_', " ");
        let (seller, buyer) = (money(proposal.to_seller), money(proposal.to_buyer));
        let stale = if stale { " (out of date)" } else { "" };
        writeln!(
            desk.out,
            "proposed by {}: {called}: seller {seller}, buyer {buyer}{stale}",
            text::clean(&proposal.recorder)
        )?;
        writeln!(desk.out, "  {}", text::clean(&proposal.rationale))?;
    }
    if let Some(decision) = &whole.decision {
        let (seller, buyer) = (money(decision.to_seller), money(decision.to_buyer));
        writeln!(desk.out, "{} by {}: seller {seller}, buyer {buyer}", decision.basis, text::clean(&decision.by()))?;
        let reason = decision.reason.as_deref().map(|code| policy.title(code));
        for words in [reason, decision.rationale.as_deref()].into_iter().flatten() {
            writeln!(desk.out, "  {}", text::clean(words))?;
        }
    }
    payouts(desk, whole)?;
    let mut table = Table::new(&["", "at", "what", "who", ""], &[0]);
    for event in &whole.events {
        table.row([event.seq.to_string(), zone.long(event.at), what(event), event.by(), words(event)]);
    }
    table.write(desk.out)?;
    Ok(End::Done)
}

/// Prints what became of a payout: the case as it is now, and all of its payouts.
///
/// # Errors
///
/// [`CliError::Io`] if the output cannot be written.
pub fn paid(desk: &mut Desk<'_>, whole: &CaseDetail) -> Result<End, CliError> {
    writeln!(desk.out, "{}: {}", text::clean(whole.case.id()), standing(&whole.case))?;
    payouts(desk, whole)?;
    Ok(End::Done)
}

/// Prints the payouts of a case's order, a line each.
///
/// # Errors
///
/// [`CliError::Io`] if the output cannot be written.
pub fn payouts(desk: &mut Desk<'_>, whole: &CaseDetail) -> Result<(), CliError> {
    for payout in &whole.payouts {
        let reference = payout.reference.as_deref().map_or_else(String::new, |it| format!(" {}", text::clean(it)));
        let amount = whole.case.money(payout.amount).map_or_else(|| payout.amount.to_string(), |it| it.to_string());
        writeln!(desk.out, "payout to the {}: {amount}: {}{reference}", payout.party, payout.state)?;
    }
    Ok(())
}

/// An attached file: its name, what it is and how large.
pub fn about(file: &Attachment) -> String {
    format!("{} ({}, {} bytes) {}", file.name, file.kind, file.size, file.facts)
}

fn what(event: &CaseEvent) -> String {
    let party = event.party.map_or_else(String::new, |party| format!(" {party}"));
    format!("{}{party}", event.kind)
}

fn words(event: &CaseEvent) -> String {
    let note = event.note.as_ref().map(|note| format!("[internal] {}", note.0));
    let message = event.message.as_ref().map(|message| match event.carried() {
        Some(carried) => format!("{} [{carried}]", message.body),
        None => message.body.clone(),
    });
    let file = event.file.as_ref().map(about);
    let person = event.person.as_ref().map(|person| format!("to {person}"));
    let rest = [person, event.words.clone(), event.item.clone(), event.reason.clone(), note, message, file];
    rest.into_iter().flatten().collect::<Vec<_>>().join(": ")
}
