//! Stuck orders: listed with causes, explained one by one, and their runbooks.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::super::Desk;
use super::super::json::time;
use super::super::table::Table;
use crate::desk::{stuck, team};
use crate::domain::{Flag, OrderKey, Task};
use crate::exit::{CliError, End};
use crate::query::{self, Cursor, Sort};
use crate::records::OrderRecord;
use crate::records::Tick;
use crate::settings::ask::work::Watch;
use crate::store::page::{self, Of};
use crate::store::{read, watch};
use crate::stuck::STUCK;
use crate::stuck::band::{Band, clock};
use crate::stuck::grid::Moments;
use crate::stuck::runbook;
use crate::stuck::why::Why;
use crate::text;

/// How many orders are read at a time.
const PAGE: u64 = 500;
/// The maximum of orders that only the provider has at Approved: if there are more, something else is wrong.
const BEHIND: i64 = 1_000;

#[derive(Serialize)]
struct StuckLine {
    order: String,
    provider: &'static str,
    status: &'static str,
    version: i32,
    merchant: Option<String>,
    currency: &'static str,
    amount: String,
    approved_at: Option<String>,
    due_at: Option<String>,
    age_seconds: Option<i64>,
    left_seconds: Option<i64>,
    /// The share of its time that has passed.
    used: Option<f64>,
    band: Option<&'static str>,
    expires_today: bool,
    /// Its deadline has passed: check it at the provider.
    verify: bool,
    flags: Vec<&'static str>,
    cause: &'static str,
    cause_title: &'static str,
    sure: &'static str,
    evidence: String,
}

fn line(stored: &OrderRecord, why: &Why, now: DateTime<Utc>, midnight: DateTime<Utc>) -> StuckLine {
    let order = &stored.order;
    let clock = clock(order);
    let seconds = |from: DateTime<Utc>, to: DateTime<Utc>| (to - from).num_seconds();
    let share = |approved, due| seconds(approved, now) as f64 / seconds(approved, due).max(1) as f64;
    StuckLine {
        order: order.key.id.clone(),
        provider: order.provider().name(),
        status: order.status.name(),
        version: order.version,
        merchant: stored.merchant.clone(),
        currency: order.amount.currency.code(),
        amount: order.amount.digits(),
        approved_at: clock.map(|(approved, _)| time(approved)),
        due_at: clock.map(|(_, due)| time(due)),
        age_seconds: clock.map(|(approved, _)| seconds(approved, now).max(0)),
        left_seconds: clock.map(|(_, due)| seconds(now, due)),
        used: clock.map(|(approved, due)| (share(approved, due) * 1e4).round() / 1e4),
        band: clock.map(|(_, due)| Band::of(due, now).name()),
        expires_today: clock.is_some_and(|(_, due)| due > now && due < midnight),
        verify: clock.is_some_and(|(_, due)| due <= now),
        flags: stored.flags(now).into_iter().map(Flag::name).collect(),
        cause: why.cause.name(),
        cause_title: why.cause.title(),
        sure: why.sure.name(),
        evidence: why.evidence.clone(),
    }
}

fn cells(stored: &OrderRecord, why: &Why, now: DateTime<Utc>) -> [String; 8] {
    let order = &stored.order;
    let clock = clock(order);
    let left = |due: DateTime<Utc>| {
        if due <= now { format!("{} late", text::span(now - due)) } else { format!("{} left", text::span(due - now)) }
    };
    [
        order.key.id.clone(),
        stored.merchant.clone().unwrap_or_default(),
        order.amount.to_string(),
        clock.map_or_else(|| order.standing().to_owned(), |(approved, _)| text::age(now - approved)),
        clock.map_or_else(String::new, |(_, due)| left(due)),
        clock.map_or_else(String::new, |(_, due)| Band::of(due, now).title().to_owned()),
        format!("{} ({})", why.cause.title(), why.sure.name()),
        why.evidence.clone(),
    ]
}

/// Prints every order at Approved, least time left first; then those that only the provider has at Approved.
///
/// # Errors
///
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn list(
    desk: &mut Desk<'_>,
    automatic: &[String],
    ask: &Watch,
    (now, offset): (DateTime<Utc>, TimeDelta),
) -> Result<End, CliError> {
    let midnight = Moments::new(now, offset).midnight();
    let query = match &ask.merchant {
        // Quoted, because it may contain anything.
        Some(name) => {
            let text = format!("status:{} merchant={}", STUCK.name(), query::quoted(name));
            Some(query::parse(&text).map_err(|fault| CliError::Usage(fault.to_string()))?)
        }
        None => None,
    };
    let sieve = query.map(|query| query.sieve(&desk.store.person, now, true));
    let mut left = ask.limit.unwrap_or(u64::MAX);
    let mut after = Cursor::start();
    let mut behind = watch::drifted(&desk.store.pool, ask.merchant.as_deref(), BEHIND).await?;
    let headings = ["order", "merchant", "amount", "age", "due", "time used", "why", "evidence"];
    let mut last = false;
    while left > 0 && !last {
        let limit = left.min(PAGE);
        let of = sieve.as_ref().map_or(Of::Statuses(&[STUCK]), Of::Sieve);
        let mut page = page::after(&desk.store.pool, of, Sort::Deadline, &after, limit as i64).await?;
        last = (page.len() as u64) < limit;
        if let Some(end) = page.last() {
            after = Cursor::of(end, Sort::Deadline);
        }
        if last {
            page.append(&mut behind);
        }
        page.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        left -= page.len() as u64;
        // As of a time before its approval, an order is not at Approved yet. Now, every order at Approved is listed, even if
        // its approval is dated ahead of this clock.
        page.retain(|stored| ask.at.is_none_or(|at| clock(&stored.order).is_none_or(|(approved, _)| approved <= at)));
        let mut table = Table::new(&headings, &[2, 3, 4]);
        for (stored, why) in stuck::explained(&desk.store, page, automatic, now).await? {
            if desk.json {
                desk.line(&line(&stored, &why, now, midnight))?;
            } else {
                table.row(cells(&stored, &why, now));
            }
        }
        if !desk.json {
            table.write(desk.out)?;
        }
    }
    Ok(End::Done)
}

#[derive(Serialize)]
struct WhyLine {
    order: String,
    status: &'static str,
    cause: &'static str,
    cause_title: &'static str,
    sure: &'static str,
    evidence: String,
    steps: Vec<StepLine>,
}

#[derive(Serialize)]
struct StepLine {
    step: &'static str,
    words: &'static str,
    done: bool,
    by: Option<String>,
    at: Option<String>,
}

/// The order, why it is stuck (if it is), and its ticked steps.
async fn asked(
    desk: &Desk<'_>,
    automatic: &[String],
    order: &str,
    now: DateTime<Utc>,
) -> Result<(OrderKey, OrderRecord, Option<Why>, Vec<Tick>), CliError> {
    let key = desk.find(order).await?;
    let missing = || CliError::Missing(format!("no order {key}"));
    let stored = read::order(&desk.store.pool, &key).await?.ok_or_else(missing)?;
    let why = stuck::why(&desk.store, &stored, automatic, now).await?;
    let ticks = watch::ticks(&desk.store.pool, &key.to_string()).await?;
    Ok((key, stored, why, ticks))
}

/// Prints why an order is stuck, and what to do about it.
///
/// # Errors
///
/// [`CliError::Missing`] if there is no such order, [`CliError::Usage`] if several have this id; [`CliError::Store`] if
/// the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn explain(
    desk: &mut Desk<'_>,
    automatic: &[String],
    order: &str,
    now: DateTime<Utc>,
) -> Result<End, CliError> {
    let (key, stored, why, ticks) = asked(desk, automatic, order, now).await?;
    let Some(why) = why else {
        let standing = stored.order.standing();
        if desk.json {
            desk.line(&serde_json::json!({
                "order": key.id, "status": stored.order.status.name(), "cause": null, "steps": [],
            }))?;
        } else {
            let why = match stored.order.provider() == STUCK.provider() {
                true => "not stuck at Approved".to_owned(),
                false => format!("only orders of {} can be stuck at Approved", STUCK.provider().title()),
            };
            writeln!(desk.out, "{} is {standing}: {why}", text::clean(&key.id))?;
        }
        return Ok(End::Done);
    };
    let step = |step: &runbook::Step| {
        let tick = ticks.iter().find(|tick| tick.step == step.name);
        StepLine {
            step: step.name,
            words: step.words,
            done: tick.is_some(),
            by: tick.map(|tick| tick.recorder.clone()),
            at: tick.map(|tick| time(tick.at)),
        }
    };
    let steps: Vec<StepLine> = runbook::steps(why.cause).iter().map(step).collect();
    if desk.json {
        desk.line(&WhyLine {
            order: key.id,
            status: stored.order.status.name(),
            cause: why.cause.name(),
            cause_title: why.cause.title(),
            sure: why.sure.name(),
            evidence: why.evidence,
            steps,
        })?;
        return Ok(End::Done);
    }
    writeln!(desk.out, "{}: {} ({})", text::clean(&key.id), why.cause.title(), why.sure.name())?;
    writeln!(desk.out, "{}\n", text::clean(&why.evidence))?;
    let mut table = Table::new(&["", "step", "what to do", "by", "at"], &[]);
    for step in steps {
        let done = if step.done { "x" } else { "" }.to_owned();
        let by = [step.by.unwrap_or_default(), step.at.unwrap_or_default()];
        table.row([done, step.step.to_owned(), step.words.to_owned()].into_iter().chain(by));
    }
    Ok(table.write(desk.out).map(|()| End::Done)?)
}

/// Ticks or unticks a step.
///
/// # Errors
///
/// [`CliError::Usage`] if the store is read-only, the order is not stuck, or there is no such step;
/// [`CliError::Missing`] if there is no such order; [`CliError::Store`] if the database fails.
pub async fn tick(
    desk: &mut Desk<'_>,
    automatic: &[String],
    order: &str,
    (step, done): (&str, bool),
    now: DateTime<Utc>,
) -> Result<End, CliError> {
    desk.writes()?;
    if let Err(refused) = desk.roles.may(Task::Runbook) {
        return super::super::not_permitted(desk, refused);
    }
    let (key, stored, why, ticks) = asked(desk, automatic, order, now).await?;
    let Some(why) = why else {
        let words = format!("{} is {}: not stuck at Approved", text::clean(&key.id), stored.order.standing());
        return Err(CliError::Usage(words));
    };
    let steps = runbook::steps(why.cause);
    if !steps.iter().any(|known| known.name == step) {
        let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
        return Err(CliError::Usage(format!("no step {:?}: use one of {}", text::clean(step), names.join(", "))));
    }
    // If someone else was first, their tick stays.
    if ticks.iter().any(|tick| tick.step == step) != done {
        team::tick(&desk.store, &key.to_string(), step, done).await?;
    }
    explain(desk, automatic, order, now).await
}
