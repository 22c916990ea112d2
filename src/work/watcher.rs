//! The watcher: checks the figures against the alert rules, records which alerts started or ended, and has them sent. Any
//! number of watchers may run: each change of an alert is recorded once, and sent once to each sink.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};

use super::deliver::{self, Telling};
use super::tell::Tellers;
use crate::desk::request::{or_nothing, settled};
use crate::domain::{NotPermitted, Roles, Task};
use crate::store::{Store, StoreError, alerts, health, heartbeat, watch};
use crate::stuck::alarm;
use crate::stuck::alarm::{Alarm, Standing, What};
use crate::stuck::figures::Facts;
use crate::stuck::rule::{Rule, Severity, Whose};

/// The pause between two checks.
const LOOK: Duration = Duration::from_secs(30);

/// The watcher's name among the background workers.
pub const WATCHER: &str = "watcher";

/// The result of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Looked {
    /// What the rules find now, worst first.
    pub alarms: Vec<Alarm>,
    /// The state of every alert.
    pub standings: Vec<Standing>,
    /// The changes that this check recorded.
    pub news: Vec<Standing>,
}

impl Looked {
    /// What the rules find and no one has acknowledged, worst first.
    pub fn loud(&self, now: DateTime<Utc>) -> Vec<&Alarm> {
        let quiet = |alarm: &&Alarm| {
            let standing = self.standings.iter().find(|standing| standing.alert == alarm.alert);
            standing.is_some_and(|standing| standing.is_quiet(now) && standing.severity >= alarm.severity)
        };
        self.alarms.iter().filter(|alarm| !quiet(alarm)).collect()
    }

    /// The highest severity among them.
    pub fn worst(&self, now: DateTime<Utc>) -> Option<Severity> {
        self.loud(now).into_iter().map(|alarm| alarm.severity).max()
    }
}

/// Whether an alert belongs to one of these rules.
fn is_of(rules: &[Rule], alert: &str) -> bool {
    let of = |rule: &Rule| alert.strip_prefix(&rule.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    rules.iter().any(of)
}

/// The changes of alerts that these findings cause. Alerts of other people's rules do not change.
fn news(standings: &[Standing], alarms: &[Alarm], rules: &[Rule], now: DateTime<Utc>, recorder: &str) -> Vec<Standing> {
    let known = standings.iter().map(|standing| &standing.alert).filter(|alert| is_of(rules, alert));
    let mut names: Vec<&String> = known.chain(alarms.iter().map(|alarm| &alarm.alert)).collect();
    names.sort();
    names.dedup();
    let one = |name: &String| {
        let last = standings.iter().find(|standing| standing.alert == *name);
        let alarm = alarms.iter().find(|alarm| alarm.alert == *name);
        let what = alarm::next(last, alarm, now)?;
        let open = last.filter(|last| last.is_open());
        Some(Standing {
            alert: name.clone(),
            seq: last.map_or(0, |last| last.seq) + 1,
            what,
            severity: alarm.map(|alarm| alarm.severity).or(last.map(|last| last.severity))?,
            since: open.map_or(now, |open| open.since),
            said: alarm.map(|alarm| alarm.said.clone()).or(last.map(|last| last.said.clone()))?,
            reason: None,
            until: None,
            at: now,
            recorder: recorder.to_owned(),
            rule: alarm.map(|alarm| alarm.rule.clone()).or(last.map(|last| last.rule.clone()))?,
            query: alarm.map_or_else(|| last.and_then(|last| last.query.clone()), |alarm| alarm.query.clone()),
            figure: alarm.map_or_else(|| last.and_then(|last| last.figure), |alarm| alarm.figure),
        })
    };
    names.into_iter().filter_map(one).collect()
}

/// Checks once. If `keep` is set and writing is allowed, records the changes.
///
/// # Errors
///
/// [`StoreError`] if the figures cannot be read or a change cannot be recorded. A change that another watcher recorded
/// first is not an error.
pub async fn look(store: &Store, rules: &[Rule], now: DateTime<Utc>, keep: bool) -> Result<Looked, StoreError> {
    let now = now.trunc_subsecs(6);
    // Standings first: if an alert changes after they were read, writing it here is a conflict.
    let mut standings = alerts::all(&store.pool).await?;
    let facts: Facts = watch::facts(&store.pool, now).await?;
    let alarms = facts.judge(rules, now);
    let recorder = if keep { store.person.as_str() } else { UNWRITTEN };
    let mut told = Vec::new();
    for standing in news(&standings, &alarms, rules, now, recorder) {
        if keep && !store.is_read_only() {
            match alerts::tell(store, &standing).await {
                Ok(()) => told.push(standing.clone()),
                // Another watcher recorded it first and sends it.
                Err(StoreError::Conflict) => continue,
                Err(error) => return Err(error),
            }
        }
        // A caller that records nothing gets the state that would be recorded.
        standings.retain(|known| known.alert != standing.alert);
        standings.push(standing);
    }
    standings.sort_by(|a, b| a.alert.cmp(&b.alert));
    Ok(Looked { alarms, standings, news: told })
}

/// Checks the figures of one merchant only, and records nothing. Rules about the feed and about workers do not count.
///
/// # Errors
///
/// [`StoreError`] if the figures cannot be read.
pub async fn look_at(store: &Store, rules: &[Rule], merchant: &str, now: DateTime<Utc>) -> Result<Looked, StoreError> {
    let now = now.trunc_subsecs(6);
    let of_merchants = |rule: &&Rule| rule.measure.has_merchants() && rule.whose.covers(merchant);
    let own = |rule: &Rule| {
        let all = rule.whose == Whose::All;
        Rule { whose: if all { Whose::Merchant(merchant.to_owned()) } else { rule.whose.clone() }, ..rule.clone() }
    };
    let rules: Vec<Rule> = rules.iter().filter(of_merchants).map(own).collect();
    let alarms = watch::facts(&store.pool, now).await?.only(merchant).judge(&rules, now);
    let mut standings = alerts::all(&store.pool).await?;
    for standing in news(&standings, &alarms, &rules, now, UNWRITTEN) {
        standings.retain(|known| known.alert != standing.alert);
        standings.push(standing);
    }
    Ok(Looked { alarms, standings, news: Vec::new() })
}

/// The recorder of a state that no one has recorded.
const UNWRITTEN: &str = "";

/// Whether an alert was ever recorded. If not, no one knows when it started.
pub fn is_written(standing: &Standing) -> bool {
    standing.recorder != UNWRITTEN
}

/// The result of an acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acknowledged {
    /// It is recorded.
    Done(Box<Standing>),
    /// No such alert, or it has ended; these are open.
    NotOpen(Vec<String>),
    /// The person's roles do not allow it.
    NotPermitted(NotPermitted),
    /// The reason is missing.
    NoReason,
    /// Someone else changed it first.
    Conflict,
}

/// Acknowledges an alert until a moment: it is not sent again before then, unless it gets worse. An alert that these
/// rules find does not have to be recorded before.
///
/// # Errors
///
/// [`StoreError`] if the alerts cannot be read or the database refuses the record. If someone else changed the alert
/// first, that is [`Acknowledged::Conflict`].
pub async fn acknowledge(
    store: &Store,
    roles: Roles,
    rules: &[Rule],
    (alert, reason): (&str, &str),
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Acknowledged, StoreError> {
    if let Err(refused) = roles.may(Task::Alert) {
        return Ok(Acknowledged::NotPermitted(refused));
    }
    if reason.trim().is_empty() {
        return Ok(Acknowledged::NoReason);
    }
    let Looked { alarms, standings, .. } = look(store, rules, now, false).await?;
    let Some(last) = standings.iter().find(|standing| standing.alert == alert && standing.is_open()) else {
        let open = standings.into_iter().filter(Standing::is_open).map(|standing| standing.alert).collect();
        return Ok(Acknowledged::NotOpen(open));
    };
    let acknowledged = Standing {
        // A state that no one recorded already has the next number.
        seq: last.seq + i32::from(is_written(last)),
        what: What::Acknowledged,
        reason: Some(reason.trim().to_owned()),
        until: Some(until.trunc_subsecs(6)),
        at: now.trunc_subsecs(6),
        recorder: store.person.clone(),
        // What is known now is what can wait. Where another program has the rule, its figure is not known.
        figure: alarms.iter().find(|alarm| alarm.alert == alert).and_then(|alarm| alarm.figure),
        ..last.clone()
    };
    written(store, acknowledged).await
}

/// Records that an alert has ended, for alerts whose rule no longer exists; `None` if it does: the alert ends when the rule finds
/// nothing.
///
/// # Errors
///
/// [`StoreError`] if the alerts cannot be read or the database refuses the record. If someone else changed the alert
/// first, that is [`Acknowledged::Conflict`].
pub async fn forget(
    store: &Store,
    roles: Roles,
    rules: &[Rule],
    alert: &str,
    now: DateTime<Utc>,
) -> Result<Option<Acknowledged>, StoreError> {
    if let Err(refused) = roles.may(Task::Alert) {
        return Ok(Some(Acknowledged::NotPermitted(refused)));
    }
    let standings = alerts::all(&store.pool).await?;
    let Some(last) = standings.iter().find(|standing| standing.alert == alert && standing.is_open()) else {
        let open = standings.into_iter().filter(Standing::is_open).map(|standing| standing.alert).collect();
        return Ok(Some(Acknowledged::NotOpen(open)));
    };
    if is_of(rules, alert) {
        return Ok(None);
    }
    let over = Standing {
        seq: last.seq + 1,
        what: What::Cleared,
        reason: None,
        until: None,
        at: now.trunc_subsecs(6),
        recorder: store.person.clone(),
        ..last.clone()
    };
    written(store, over).await.map(Some)
}

/// Records what a person did to an alert.
async fn written(store: &Store, standing: Standing) -> Result<Acknowledged, StoreError> {
    let recorded = async || Ok(alerts::all(&store.pool).await?.contains(&standing).then_some(()));
    match settled(alerts::tell(store, &standing), recorded).await.and_then(or_nothing) {
        Ok(()) => Ok(Acknowledged::Done(Box::new(standing))),
        Err(StoreError::Conflict) => Ok(Acknowledged::Conflict),
        Err(error) => Err(error),
    }
}

/// Watches until dropped or the database is lost, and sends every change of an alert.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or a change or a heartbeat cannot be recorded. It returns only with an
/// error.
pub async fn run(
    store: &Store,
    rules: &[Rule],
    tellers: &Tellers,
    telling: &mut Telling,
    mut told: impl FnMut(&Looked, &[String]),
) -> Result<(), StoreError> {
    let mut failures = Vec::new();
    loop {
        let looked = health::in_time(look(store, rules, Utc::now(), true)).await?;
        tracing::debug!(alerts = looked.alarms.len(), news = looked.news.len(), "looked at the alerts");
        health::in_time(deliver::queue(store, tellers, &looked.alarms)).await?;
        health::in_time(heartbeat::beat(store, WATCHER, Utc::now(), LOOK)).await?;
        told(&looked, &failures);
        failures = telling.during(store, tellers, LOOK).await?;
    }
}
