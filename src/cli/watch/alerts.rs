//! The alerts: checked once for a monitoring system, followed, listed, acknowledged.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::Desk;
use super::super::json::time;
use super::super::table::Table;
use crate::exit::{CliError, End};
use crate::query::{self, Cursor, Sort};
use crate::settings::Settings;
use crate::store::alerts::Delivery;
use crate::store::page::{self, Of};
use crate::store::{self, StoreError};
use crate::stuck::alarm::{Standing, What};
use crate::stuck::rule::Rule;
use crate::text;
use crate::work::deliver::Telling;
use crate::work::tell;
use crate::work::watcher::{self, Acknowledged, Looked, WATCHER};

#[derive(Serialize)]
struct AlertLine {
    /// The same for everything that is said about this alert.
    key: String,
    alert: String,
    what: &'static str,
    severity: &'static str,
    said: String,
    /// `None` if no watcher has recorded it.
    since: Option<String>,
    at: String,
    by: Option<String>,
    acknowledged: bool,
    reason: Option<String>,
    until: Option<String>,
    /// What the rule counted, where more is worse.
    figure: Option<i64>,
    /// The rule that found it.
    rule: String,
    /// The command that lists its orders, or shows more about it.
    command: String,
}

fn line(standing: &Standing, now: DateTime<Utc>) -> AlertLine {
    AlertLine {
        key: tell::key(standing),
        alert: standing.alert.clone(),
        what: standing.what.name(),
        severity: standing.severity.name(),
        said: standing.said.clone(),
        since: watcher::is_written(standing).then(|| time(standing.since)),
        at: time(standing.at),
        by: Some(standing.recorder.clone()).filter(|_| watcher::is_written(standing)),
        acknowledged: standing.is_quiet(now),
        reason: standing.reason.clone(),
        until: standing.until.map(time),
        figure: standing.figure,
        rule: standing.rule.clone(),
        command: tell::command(standing),
    }
}

/// Checks the alerts once, of all merchants or of one; the worst unacknowledged one gives the exit code.
///
/// # Errors
///
/// [`CliError::NotKnown`] if the database fails, because the state is then unknown; [`CliError::Io`] if the output
/// cannot be written.
pub async fn once(
    desk: &mut Desk<'_>,
    rules: &[Rule],
    merchant: Option<&str>,
    now: DateTime<Utc>,
) -> Result<End, CliError> {
    if let Some(name) = merchant
        && !is_known(desk, name, now).await.map_err(CliError::NotKnown)?
    {
        let words = format!("no order of the merchant {:?} is known", text::clean(name));
        return Err(CliError::NotKnown(StoreError::Foreign(words)));
    }
    let looked = match merchant {
        Some(merchant) => watcher::look_at(&desk.store, rules, merchant, now).await,
        None => watcher::look(&desk.store, rules, now, false).await,
    };
    // Every error means that the state is unknown, and the exit code must say so.
    let looked = looked.map_err(CliError::NotKnown)?;
    let worst = looked.worst(now);
    if desk.json {
        for alarm in &looked.alarms {
            let standing = looked.standings.iter().find(|standing| standing.alert == alarm.alert);
            match standing {
                Some(standing) => {
                    let found = Standing {
                        rule: alarm.rule.clone(),
                        query: alarm.query.clone(),
                        figure: alarm.figure,
                        ..standing.clone()
                    };
                    desk.line(&AlertLine { said: alarm.said.clone(), ..line(&found, now) })?;
                }
                None => desk.line(alarm)?,
            }
        }
    } else {
        let word = worst.map_or("OK", |worst| if worst.name() == "critical" { "CRITICAL" } else { "WARNING" });
        let said: Vec<String> =
            looked.alarms.iter().map(|alarm| told(&looked, &alarm.alert, &alarm.said, now)).collect();
        writeln!(desk.out, "{word} {}", if said.is_empty() { "no alert".to_owned() } else { said.join("; ") })?;
    }
    Ok(End::of(worst))
}

/// Whether a merchant has any order: a misspelt name must not look healthy.
async fn is_known(desk: &Desk<'_>, merchant: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let unfound = |fault: query::Fault| StoreError::Foreign(fault.to_string());
    let query = query::parse(&format!("merchant={}", query::quoted(merchant))).map_err(unfound)?;
    let sieve = query.sieve(&desk.store.person, now, true);
    let first = page::after(&desk.store.pool, Of::Sieve(&sieve), Sort::Age, &Cursor::start(), 1).await?;
    Ok(!first.is_empty())
}

fn told(looked: &Looked, alert: &str, said: &str, now: DateTime<Utc>) -> String {
    let quiet = looked.standings.iter().any(|standing| standing.alert == alert && standing.is_quiet(now));
    let quiet = if quiet { " (acknowledged)" } else { "" };
    format!("{}: {}{quiet}", text::clean(alert), text::clean(said))
}

/// Checks the alerts until stopped; reports changes here, and to the configured webhook and command.
///
/// # Errors
///
/// [`CliError::Usage`] if the store is read-only; [`CliError::Store`] if only a person can fix what the database
/// refuses; [`CliError::Io`] if the output cannot be written.
pub async fn follow(desk: &mut Desk<'_>, settings: &Settings) -> Result<End, CliError> {
    desk.writes()?;
    let tellers = settings.args.work.tellers();
    let (store, rules) = (desk.store.clone(), settings.rules());
    let (mut failed, mut telling) = (None, Telling::default());
    let ended = super::super::keep_on(&store, WATCHER, async || {
        let said = |looked: &Looked, failures: &[String]| {
            failed = say(desk, &looked.news, failures).err().or(failed.take());
        };
        watcher::run(&store, &rules, &tellers, &mut telling, said).await
    })
    .await;
    telling
        .finish()
        .await
        .iter()
        .for_each(|failure| tracing::warn!(failure = %text::clean(failure), "an alert was not sent"));
    ended.map_err(CliError::from).and(failed.map_or(Ok(End::Done), Err))
}

fn say(desk: &mut Desk<'_>, news: &[Standing], failures: &[String]) -> Result<(), CliError> {
    let now = Utc::now();
    for standing in news {
        if desk.json {
            desk.line(&line(standing, now))?;
        } else {
            let (alert, said) = (text::clean(&standing.alert), text::clean(&standing.said));
            let (what, severity) = (standing.what.name(), standing.severity.name());
            let at = desk.shown(standing.at);
            writeln!(desk.out, "{at} {severity} {what} {alert}: {said}")?;
        }
    }
    desk.out.flush()?;
    failures.iter().for_each(|failure| tracing::warn!(failure = %text::clean(failure), "an alert was not sent"));
    Ok(())
}

/// Prints the open alerts; or the acknowledged ones, the oldest first.
///
/// # Errors
///
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn list(
    desk: &mut Desk<'_>,
    rules: &[Rule],
    (acknowledged, merchant, limit): (bool, Option<&str>, Option<u64>),
    now: DateTime<Utc>,
) -> Result<End, CliError> {
    let looked = match merchant {
        Some(merchant) => watcher::look_at(&desk.store, rules, merchant, now).await?,
        None => watcher::look(&desk.store, rules, now, false).await?,
    };
    let Looked { alarms, mut standings, .. } = looked;
    standings.retain(Standing::is_open);
    // Of one merchant, only what its own figures raise.
    standings.retain(|standing| merchant.is_none() || alarms.iter().any(|alarm| alarm.alert == standing.alert));
    // What the rule finds now, not when it was recorded.
    for standing in &mut standings {
        if let Some(alarm) = alarms.iter().find(|alarm| alarm.alert == standing.alert) {
            standing.said.clone_from(&alarm.said);
        }
    }
    if acknowledged {
        standings.retain(|standing| standing.what == What::Acknowledged);
        standings.sort_by_key(|standing| standing.at);
    }
    standings.truncate(limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX));
    let mut table = Table::new(&["alert", "severity", "since", "what", "acknowledged", "until"], &[]);
    for standing in &standings {
        if desk.json {
            desk.line(&line(standing, now))?;
            continue;
        }
        let by = standing.reason.as_ref().map(|reason| format!("{}: {reason}", standing.recorder));
        let until = standing.until.map(|until| {
            let over = if standing.is_quiet(now) { "" } else { " (ended)" };
            format!("{}{over}", desk.shown(until))
        });
        table.row([
            standing.alert.clone(),
            standing.severity.name().to_owned(),
            if watcher::is_written(standing) { desk.shown(standing.since) } else { String::new() },
            standing.said.clone(),
            by.unwrap_or_default(),
            until.unwrap_or_default(),
        ]);
    }
    if !desk.json {
        table.write(desk.out)?;
    }
    Ok(End::Done)
}

#[derive(Serialize)]
struct HistoryLine {
    #[serde(flatten)]
    event: AlertLine,
    seq: i32,
    deliveries: Vec<Delivery>,
}

/// What became of a delivery, in words.
fn delivered(delivery: &Delivery, desk: &Desk<'_>) -> String {
    let repeat = if delivery.nr > 0 { format!(" repeat {}", delivery.nr) } else { String::new() };
    let tries = if delivery.tries == 1 { "1 attempt".to_owned() } else { format!("{} attempts", delivery.tries) };
    let came = match (delivery.sent_at, &delivery.fault) {
        (Some(at), _) => format!("sent {}", desk.shown(at)),
        (None, Some(fault)) => format!("waits after {tries}: {fault}"),
        (None, None) => "waits".to_owned(),
    };
    format!("{}{repeat}: {came}", delivery.sink.replace('_', " "))
}

/// Prints what happened to an alert or to all of them, and what was sent of it, the latest first.
///
/// # Errors
///
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn history(
    desk: &mut Desk<'_>,
    alert: Option<&str>,
    limit: u64,
    now: DateTime<Utc>,
) -> Result<End, CliError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut table = Table::new(&["at", "alert", "event", "severity", "what", "by", "sent"], &[]);
    for (event, deliveries) in store::alerts::history(&desk.store.pool, alert, limit).await? {
        if desk.json {
            desk.line(&HistoryLine { seq: event.seq, event: line(&event, now), deliveries })?;
            continue;
        }
        let sent: Vec<String> = deliveries.iter().map(|delivery| delivered(delivery, desk)).collect();
        let by = event.reason.as_ref().map_or_else(String::new, |reason| format!("{}: {reason}", event.recorder));
        let (what, severity) = (event.what.name().to_owned(), event.severity.name().to_owned());
        table.row([desk.shown(event.at), event.alert, what, severity, event.said, by, sent.join("; ")]);
    }
    if !desk.json {
        table.write(desk.out)?;
    }
    Ok(End::Done)
}

/// Acknowledges an alert until a time.
///
/// # Errors
///
/// [`CliError::Usage`] if the store is read-only or the reason is empty; [`CliError::Missing`] if no such alert is
/// open; [`CliError::Store`] if the database fails.
pub async fn acknowledge(
    desk: &mut Desk<'_>,
    rules: &[Rule],
    (alert, reason): (&str, &str),
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<End, CliError> {
    desk.writes()?;
    let answer = watcher::acknowledge(&desk.store, desk.roles, rules, (alert, reason), until, now).await?;
    came_of(desk, alert, &format!("acknowledged until {}", desk.shown(until)), answer, now)
}

/// Ends an alert whose rule no longer exists.
///
/// # Errors
///
/// [`CliError::Usage`] if the store is read-only; [`CliError::Missing`] if no such alert is open; [`CliError::Store`]
/// if the database fails.
pub async fn forget(desk: &mut Desk<'_>, rules: &[Rule], alert: &str, now: DateTime<Utc>) -> Result<End, CliError> {
    desk.writes()?;
    let answer = watcher::forget(&desk.store, desk.roles, rules, alert, now).await?;
    match answer {
        Some(answer) => came_of(desk, alert, "ended", answer, now),
        None => {
            let words = "its rule still exists: it ends when the rule finds nothing. Acknowledge it instead: recourse stuck ack";
            super::super::said(desk, "refused", words, End::Refused)
        }
    }
}

fn came_of(
    desk: &mut Desk<'_>,
    alert: &str,
    what: &str,
    answer: Acknowledged,
    now: DateTime<Utc>,
) -> Result<End, CliError> {
    match answer {
        Acknowledged::Done(standing) => {
            if desk.json {
                desk.line(&line(&standing, now))?;
            } else {
                writeln!(desk.out, "{} is {what}", text::clean(alert))?;
            }
            Ok(End::Done)
        }
        Acknowledged::NotOpen(open) => {
            let names: Vec<String> = open.iter().map(|name| format!("{:?}", text::clean(name))).collect();
            let there = if names.is_empty() {
                "there are none".to_owned()
            } else {
                format!("open alerts: {}", names.join(", "))
            };
            Err(CliError::Missing(format!("no open alert {:?}; {there}", text::clean(alert))))
        }
        Acknowledged::NotPermitted(refused) => super::super::not_permitted(desk, refused),
        Acknowledged::NoReason => Err(CliError::Usage("add --reason: why the alert can wait".to_owned())),
        Acknowledged::Conflict => {
            super::super::said(desk, "conflict", "this alert just changed: check it and try again", End::Conflict)
        }
    }
}
