//! The watcher: judges the rules of alerts against the figures, writes down what began and ended, and has it told. Any
//! number of them may watch; what happened to an alert is written once, and whoever wrote it tells it.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use tokio::task::JoinSet;

use super::plan::may;
use super::tell::Tellers;
use crate::domain::Roles;
use crate::store::{Store, StoreError, alerts, heartbeat, watch};
use crate::watch::alarm::{self, Alarm, Facts, Standing, What};
use crate::watch::rule::{Rule, Severity};

/// A watcher looks so often.
const LOOK: Duration = Duration::from_secs(30);

/// The name of the watcher among those that work by themselves.
pub const WATCHER: &str = "watcher";

/// What a look found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Looked {
    /// What is the case now, worst first.
    pub alarms: Vec<Alarm>,
    /// How every alert stands.
    pub standings: Vec<Standing>,
    /// What happened with this look.
    pub news: Vec<Standing>,
}

impl Looked {
    /// What is the case and nobody has acknowledged, worst first.
    pub fn loud(&self, now: DateTime<Utc>) -> Vec<&Alarm> {
        let quiet = |alarm: &&Alarm| {
            let standing = self.standings.iter().find(|standing| standing.alert == alarm.alert);
            standing.is_some_and(|standing| standing.is_quiet(now) && standing.severity >= alarm.severity)
        };
        self.alarms.iter().filter(|alarm| !quiet(alarm)).collect()
    }

    /// The worst of that.
    pub fn worst(&self, now: DateTime<Utc>) -> Option<Severity> {
        self.loud(now).into_iter().map(|alarm| alarm.severity).max()
    }
}

/// Whether an alert is one of these rules'.
fn is_of(rules: &[Rule], alert: &str) -> bool {
    let of = |rule: &Rule| alert.strip_prefix(&rule.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    rules.iter().any(of)
}

/// What happens to alerts by these facts: of alerts of other people's rules nothing.
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
        })
    };
    names.into_iter().filter_map(one).collect()
}

/// Looks once: judges, and writes down what happened where that is to be `keep`t and may be written. Whoever keeps it tells it.
pub async fn look(store: &Store, rules: &[Rule], now: DateTime<Utc>, keep: bool) -> Result<Looked, StoreError> {
    let now = now.trunc_subsecs(6);
    // Standings first: whatever happens to an alert after they were read makes what is written here a conflict.
    let mut standings = alerts::all(&store.pool).await?;
    let facts: Facts = watch::facts(&store.pool, now).await?;
    let alarms = facts.judge(rules, now);
    let recorder = if keep { store.person.as_str() } else { UNWRITTEN };
    let mut told = Vec::new();
    for standing in news(&standings, &alarms, rules, now, recorder) {
        if keep && !store.read_only {
            match alerts::tell(store, &standing).await {
                Ok(()) => told.push(standing.clone()),
                // Another watcher was faster: it tells.
                Err(StoreError::Conflict) => continue,
                Err(error) => return Err(error),
            }
        }
        // For whoever only looks it stands as it would be written down.
        standings.retain(|known| known.alert != standing.alert);
        standings.push(standing);
    }
    standings.sort_by(|a, b| a.alert.cmp(&b.alert));
    Ok(Looked { alarms, standings, news: told })
}

/// The recorder of what nobody has written down.
const UNWRITTEN: &str = "";

/// Whether an alert was ever written down: else nobody knows since when it is the case.
pub fn is_written(standing: &Standing) -> bool {
    standing.recorder != UNWRITTEN
}

/// What came of an acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acknowledged {
    /// It is written down.
    Done(Box<Standing>),
    /// No such alert, or it is over; these are not.
    NotOpen(Vec<String>),
    /// The person's roles do not let them.
    NotYours(Roles),
    /// A reason is mandatory.
    NoReason,
    /// Something else just happened to it.
    Conflict,
}

/// Takes note of an alert until a moment: until then nobody is told of it again, unless it becomes worse. It need not have
/// been written down by a watcher before, if it is the case by these rules.
pub async fn acknowledge(
    store: &Store,
    roles: Roles,
    rules: &[Rule],
    (alert, reason): (&str, &str),
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Acknowledged, StoreError> {
    if !may(roles) {
        return Ok(Acknowledged::NotYours(roles));
    }
    if reason.trim().is_empty() {
        return Ok(Acknowledged::NoReason);
    }
    let standings = look(store, rules, now, false).await?.standings;
    let Some(last) = standings.iter().find(|standing| standing.alert == alert && standing.is_open()) else {
        let open = standings.into_iter().filter(Standing::is_open).map(|standing| standing.alert).collect();
        return Ok(Acknowledged::NotOpen(open));
    };
    let acknowledged = Standing {
        // What nobody wrote down has the number that this has now.
        seq: last.seq + i32::from(is_written(last)),
        what: What::Acknowledged,
        reason: Some(reason.trim().to_owned()),
        until: Some(until.trunc_subsecs(6)),
        at: now.trunc_subsecs(6),
        recorder: store.person.clone(),
        ..last.clone()
    };
    written(store, acknowledged).await
}

/// Says that an alert is over: for those whose rule is not there any more. Where one is, the next look finds it again.
pub async fn forget(store: &Store, roles: Roles, alert: &str, now: DateTime<Utc>) -> Result<Acknowledged, StoreError> {
    if !may(roles) {
        return Ok(Acknowledged::NotYours(roles));
    }
    let standings = alerts::all(&store.pool).await?;
    let Some(last) = standings.iter().find(|standing| standing.alert == alert && standing.is_open()) else {
        let open = standings.into_iter().filter(Standing::is_open).map(|standing| standing.alert).collect();
        return Ok(Acknowledged::NotOpen(open));
    };
    let over = Standing {
        seq: last.seq + 1,
        what: What::Cleared,
        reason: None,
        until: None,
        at: now.trunc_subsecs(6),
        recorder: store.person.clone(),
        ..last.clone()
    };
    written(store, over).await
}

async fn written(store: &Store, standing: Standing) -> Result<Acknowledged, StoreError> {
    match alerts::tell(store, &standing).await {
        Ok(()) => Ok(Acknowledged::Done(Box::new(standing))),
        Err(StoreError::Conflict) => Ok(Acknowledged::Conflict),
        Err(error) => Err(error),
    }
}

/// What is being told outside: each thing in a task of its own, so that a webhook that hangs holds up nothing.
#[derive(Debug, Default)]
pub struct Telling(JoinSet<Vec<String>>);

impl Telling {
    /// Begins to tell.
    pub fn begin(&mut self, tellers: &Tellers, news: &[Standing]) {
        for standing in news {
            let (tellers, standing) = (tellers.clone(), standing.clone());
            self.0.spawn(async move { tellers.tell(&standing).await });
        }
    }

    /// What went wrong with what has been told by now.
    pub fn failures(&mut self) -> Vec<String> {
        let mut failures = Vec::new();
        while let Some(told) = self.0.try_join_next() {
            failures.extend(told.unwrap_or_default());
        }
        failures
    }

    /// Waits for what is still being told, as long as that may take.
    pub async fn finish(&mut self) -> Vec<String> {
        let mut failures = Vec::new();
        let all = async {
            while let Some(told) = self.0.join_next().await {
                failures.extend(told.unwrap_or_default());
            }
        };
        _ = tokio::time::timeout(LAST, all).await;
        failures
    }
}

/// So long a watcher that is stopped waits for what it began to tell.
const LAST: Duration = Duration::from_secs(15);

/// Watches until it is dropped, or the database is lost, and has every news told.
pub async fn run(
    store: &Store,
    rules: &[Rule],
    tellers: &Tellers,
    telling: &mut Telling,
    mut told: impl FnMut(&Looked, &[String]),
) -> Result<(), StoreError> {
    loop {
        let looked = look(store, rules, Utc::now(), true).await?;
        telling.begin(tellers, &looked.news);
        heartbeat::beat(store, WATCHER, Utc::now(), LOOK).await?;
        told(&looked, &telling.failures());
        tokio::time::sleep(LOOK).await;
    }
}
