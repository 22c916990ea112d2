//! The watcher: judges the rules of alerts against the figures, writes down what began and ended, and has it told. Any
//! number of them may watch; what happened to an alert is written once, and whoever wrote it tells it.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};

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

/// Looks once: judges, and writes down what happened where that is `keep`t and may be written.
pub async fn look(store: &Store, rules: &[Rule], now: DateTime<Utc>, keep: bool) -> Result<Looked, StoreError> {
    let now = now.trunc_subsecs(6);
    let facts: Facts = watch::facts(&store.pool, now).await?;
    let alarms = facts.judge(rules, now);
    let mut standings = alerts::all(&store.pool).await?;
    let mut told = Vec::new();
    let news = news(&standings, &alarms, rules, now, &store.person);
    if !keep || store.read_only {
        // For whoever only looks it stands as it would be written down.
        standings.retain(|known| !news.iter().any(|standing| standing.alert == known.alert));
        standings.extend(news);
        standings.sort_by(|a, b| a.alert.cmp(&b.alert));
        return Ok(Looked { alarms, standings, news: Vec::new() });
    }
    for standing in news {
        match alerts::tell(store, &standing).await {
            Ok(()) => told.push(standing),
            // Another watcher was faster: it tells.
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    for standing in &told {
        standings.retain(|known| known.alert != standing.alert);
        standings.push(standing.clone());
    }
    standings.sort_by(|a, b| a.alert.cmp(&b.alert));
    Ok(Looked { alarms, standings, news: told })
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

/// Takes note of an alert until a moment: until then nobody is told of it again, unless it becomes worse.
pub async fn acknowledge(
    store: &Store,
    roles: Roles,
    alert: &str,
    reason: &str,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Acknowledged, StoreError> {
    if !may(roles) {
        return Ok(Acknowledged::NotYours(roles));
    }
    if reason.trim().is_empty() {
        return Ok(Acknowledged::NoReason);
    }
    let standings = alerts::all(&store.pool).await?;
    let Some(last) = standings.iter().find(|standing| standing.alert == alert && standing.is_open()) else {
        let open = standings.into_iter().filter(Standing::is_open).map(|standing| standing.alert).collect();
        return Ok(Acknowledged::NotOpen(open));
    };
    let standing = Standing {
        seq: last.seq + 1,
        what: What::Acknowledged,
        reason: Some(reason.trim().to_owned()),
        until: Some(until.trunc_subsecs(6)),
        at: now.trunc_subsecs(6),
        recorder: store.person.clone(),
        ..last.clone()
    };
    match alerts::tell(store, &standing).await {
        Ok(()) => Ok(Acknowledged::Done(Box::new(standing))),
        Err(StoreError::Conflict) => Ok(Acknowledged::Conflict),
        Err(error) => Err(error),
    }
}

/// Watches until it is dropped, or the database is lost, and has every news told.
pub async fn run(
    store: &Store,
    rules: &[Rule],
    tellers: &Tellers,
    mut told: impl FnMut(&Looked, &[String]),
) -> Result<(), StoreError> {
    loop {
        let looked = look(store, rules, Utc::now(), true).await?;
        heartbeat::beat(store, WATCHER, Utc::now(), LOOK).await?;
        let mut failures = Vec::new();
        for news in &looked.news {
            failures.extend(tellers.tell(news).await);
        }
        told(&looked, &failures);
        tokio::time::sleep(LOOK).await;
    }
}
