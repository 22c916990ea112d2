//! Running a plan: row by row or some at once, each judged again at its turn. What a row did and what became of it are
//! written in one transaction, so that a run that was killed goes on where it was, and no row is done twice.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::time::{Instant, sleep, sleep_until};

use super::{Answer, Verdict, judge, may};
use crate::domain::{Roles, Source};
use crate::intake::import;
use crate::store::plans::{self, Outcome, Plan, Row};
use crate::store::{Proof, Record, Store, StoreError, append, feed, inbox, read};

/// Rows that are written at once where nothing holds the run back.
const BATCH: usize = 200;
/// So many times a second a run that is held back writes something.
const BEATS: usize = 10;
/// For so long a lost database is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(500);
/// How often a row is tried against others who move the same order.
const TRIES: u32 = 10;

/// What became of the rows of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    /// Done.
    pub accepted: usize,
    /// The law said no.
    pub refused: usize,
    /// Somebody moved the order since the plan was made.
    pub changed: usize,
    /// The database was lost while they were written: found out when it is back, or by the next run.
    pub unknown: usize,
    /// Not had their turn.
    pub rest: usize,
}

impl Progress {
    fn count(&mut self, outcomes: &[Outcome]) {
        for outcome in outcomes {
            match outcome.outcome {
                "accepted" => self.accepted += 1,
                "refused" => self.refused += 1,
                _ => self.changed += 1,
            }
        }
        self.rest = self.rest.saturating_sub(outcomes.len());
    }
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Every row had its turn.
    Finished(Progress),
    /// Somebody paused it, or put it away.
    Paused(Progress),
    /// Too many failures: the last reason.
    Stopped(Progress, String),
    /// Somebody else is running it.
    Busy,
    /// It waits for another person's approval.
    NotApproved,
    /// It was not begun, because of this.
    Not(Answer),
}

/// A run's hands: the plan, on whose behalf, and a connection that holds the turn.
struct Run<'a> {
    store: &'a Store,
    roles: Roles,
    plan: Plan,
    turn: PgConnection,
    now: &'a (dyn Fn() -> DateTime<Utc> + Sync),
}

/// Runs a plan, or goes on with it, and tells how far it is after each step. `rate` comes before the plan's own.
pub async fn run(
    store: &Store,
    roles: Roles,
    number: i64,
    rate: Option<i32>,
    now: &(dyn Fn() -> DateTime<Utc> + Sync),
    mut told: impl FnMut(&Progress),
) -> Result<Ended, StoreError> {
    if !may(roles) {
        return Ok(Ended::Not(Answer::NotYours(roles)));
    }
    let Some(plan) = plans::plan(&store.pool, number).await? else { return Ok(Ended::Not(Answer::Missing)) };
    if plan.is_over() {
        return Ok(Ended::Not(Answer::Over(Box::new(plan))));
    }
    if plan.awaits_approval() {
        return Ok(Ended::NotApproved);
    }
    let mut turn = store.options.connect().await?;
    if !plans::turn(&mut turn, number).await? {
        return Ok(Ended::Busy);
    }
    // A run that was killed left it started: it goes on.
    if plan.what.as_deref() != Some("started") {
        match plans::event(store, &plan, "started", None).await {
            Err(StoreError::Conflict) => return Ok(Ended::Not(Answer::Conflict)),
            done => done?,
        }
    }
    let rest = usize::try_from(plan.rest()).unwrap_or(0);
    let mut progress = Progress { rest, ..Progress::default() };
    told(&progress);
    let rate = rate.unwrap_or(plan.rate).unsigned_abs() as usize;
    let mut run = Run { store, roles, plan, turn, now };
    let ended = run.all(rate, &mut progress, &mut told).await;
    // Whatever happened, the connection that held the turn is not needed any more.
    _ = run.turn.close().await;
    feed::fold(&store.pool).await?;
    feed::ring(store).await;
    ended
}

impl Run<'_> {
    async fn all(
        &mut self,
        rate: usize,
        progress: &mut Progress,
        told: &mut impl FnMut(&Progress),
    ) -> Result<Ended, StoreError> {
        let batch = if rate == 0 { BATCH } else { rate.div_ceil(BEATS).min(BATCH) };
        let (mut after, mut next) = (0, Instant::now());
        loop {
            let step = match self.step(after, batch).await {
                Err(error) if error.is_lost() => {
                    progress.unknown = batch.min(progress.rest);
                    told(progress);
                    self.find_again(error).await?;
                    // What was written counts, whoever heard of it.
                    *progress = self.progress().await?;
                    continue;
                }
                step => step?,
            };
            let outcomes = match step {
                Step::Paused => return Ok(Ended::Paused(progress.clone())),
                Step::Finished => {
                    return match self.end("finished", None).await {
                        // Somebody has just put it away.
                        Err(StoreError::Conflict) => Ok(Ended::Paused(progress.clone())),
                        done => done.map(|()| Ended::Finished(progress.clone())),
                    };
                }
                Step::Done(last, outcomes) => {
                    after = last;
                    outcomes
                }
            };
            progress.count(&outcomes);
            told(progress);
            let last = outcomes.iter().rev().find(|outcome| outcome.outcome == "refused");
            if let Some(last) = last.filter(|_| progress.refused >= self.plan.stop_after.unsigned_abs() as usize) {
                let why = last.message.clone().unwrap_or_default();
                return match self.end("stopped", Some(&why)).await {
                    Err(StoreError::Conflict) => Ok(Ended::Paused(progress.clone())),
                    done => done.map(|()| Ended::Stopped(progress.clone(), why)),
                };
            }
            if rate > 0 {
                next += Duration::from_secs_f64(outcomes.len() as f64 / rate as f64);
                sleep_until(next).await;
            }
        }
    }

    /// What became of rows since the run began, as it is written.
    async fn progress(&self) -> Result<Progress, StoreError> {
        let now = plans::plan(&self.store.pool, self.plan.number).await?.unwrap_or_else(|| self.plan.clone());
        let since = |now: i64, before: i64| usize::try_from(now - before).unwrap_or(0);
        Ok(Progress {
            accepted: since(now.accepted, self.plan.accepted),
            refused: since(now.refused, self.plan.refused),
            changed: since(now.changed, self.plan.changed),
            unknown: 0,
            rest: since(now.rest(), 0),
        })
    }

    async fn end(&self, what: &str, why: Option<&str>) -> Result<(), StoreError> {
        match plans::plan(&self.store.pool, self.plan.number).await? {
            Some(plan) => plans::event(self.store, &plan, what, why).await,
            None => Ok(()),
        }
    }

    /// Waits for a lost database, and takes the turn again.
    async fn find_again(&mut self, lost: StoreError) -> Result<(), StoreError> {
        let until = Instant::now() + PATIENCE;
        loop {
            sleep(PAUSE).await;
            self.store.sweep().await;
            let found = async {
                let mut turn = self.store.options.connect().await?;
                let free = plans::turn(&mut turn, self.plan.number).await?;
                Ok::<_, StoreError>((turn, free))
            };
            match found.await {
                // Our own old connection may hold it for a moment longer.
                Ok((turn, true)) => {
                    self.turn = turn;
                    return Ok(());
                }
                Ok((_, false)) | Err(_) if Instant::now() < until => {}
                Ok((_, false)) => return Err(StoreError::Conflict),
                Err(_) => return Err(lost),
            }
        }
    }

    /// The next rows, if it still runs.
    async fn step(&self, after: i32, batch: usize) -> Result<Step, StoreError> {
        let (pool, number) = (&self.store.pool, self.plan.number);
        if plans::last(pool, number).await?.as_deref() != Some("started") {
            return Ok(Step::Paused);
        }
        let rows = plans::rest(pool, number, after, batch as i64).await?;
        let Some(last) = rows.last().map(|row| row.place) else {
            // Rows before may have been left out for somebody who was faster, and then was not.
            return Ok(if after > 0 { Step::Done(0, Vec::new()) } else { Step::Finished });
        };
        let outcomes = match self.write(&rows).await {
            Err(StoreError::Conflict) => self.one_by_one(&rows).await,
            Err(error) if error.is_of_the_data() => self.one_by_one(&rows).await,
            done => done,
        };
        match outcomes {
            Ok(outcomes) => Ok(Step::Done(last, outcomes)),
            Err(StoreError::Refused { constraint, .. }) if constraint == NOT_RUNNING => Ok(Step::Paused),
            Err(error) => Err(error),
        }
    }

    /// Rows that somebody else moved one of: each by itself.
    async fn one_by_one(&self, rows: &[Row]) -> Result<Vec<Outcome>, StoreError> {
        let mut outcomes = Vec::new();
        for row in rows {
            outcomes.extend(self.one(row).await?);
        }
        Ok(outcomes)
    }

    async fn one(&self, row: &Row) -> Result<Vec<Outcome>, StoreError> {
        for _ in 0..TRIES {
            let refused = match self.write(std::slice::from_ref(row)).await {
                // Judged anew, it has changed; unless it was the row itself that somebody ended.
                Err(StoreError::Conflict) => {
                    let known = plans::rows(&self.store.pool, self.plan.number, row.place - 1, 1).await?;
                    if known.first().is_some_and(|known| known.outcome.is_some()) {
                        return Ok(Vec::new());
                    }
                    continue;
                }
                Err(StoreError::Refused { constraint, message }) if constraint == NOT_RUNNING => {
                    return Err(StoreError::Refused { constraint, message });
                }
                Err(error) if error.is_of_the_data() => error.to_string(),
                done => return done,
            };
            let outcome = outcome(row, "refused", Some(refused), None);
            let mut connection = self.store.pool.acquire().await?;
            plans::results(&mut connection, self.plan.number, std::slice::from_ref(&outcome), &self.store.person)
                .await?;
            return Ok(vec![outcome]);
        }
        Err(StoreError::Conflict)
    }

    /// Judges rows and writes what comes of them: all of it, or nothing.
    async fn write(&self, rows: &[Row]) -> Result<Vec<Outcome>, StoreError> {
        let names: Vec<String> = rows.iter().map(|row| row.order_id.clone()).collect();
        let mut connection = self.store.pool.acquire().await?;
        let mut tx = connection.begin().await?;
        let orders = read::orders(&mut tx, &names).await?;
        let (mut records, mut outcomes) = (Vec::new(), Vec::new());
        let now = (self.now)().trunc_subsecs(6);
        for judged in judge(rows, orders, self.roles, now) {
            let (word, message, seq) = match judged.verdict {
                Verdict::Would(steps) => {
                    let seq = steps.last().map(|step| step.order().version);
                    records.extend(steps.into_iter().map(|step| Record::Step(step, self.proof())));
                    ("accepted", None, seq)
                }
                Verdict::Refused(refusal) => ("refused", Some(refusal.to_string()), None),
                Verdict::Changed(words) => ("changed", Some(words), None),
            };
            outcomes.push(outcome(&judged.row, word, message, seq));
        }
        append::append(&mut tx, &records).await?;
        plans::results(&mut tx, self.plan.number, &outcomes, &self.store.person).await?;
        let early = inbox::early(&mut tx, &names).await?;
        tx.commit().await.map_err(crate::store::error::of_commit)?;
        drop(connection);
        if !early.is_empty() {
            // It is recorded, whatever becomes of what waited for it.
            _ = import::retry(self.store, &names).await;
        }
        feed::ring(self.store).await;
        Ok(outcomes)
    }

    fn proof(&self) -> Proof {
        Proof { reason: Some(format!("plan-{}", self.plan.number)), ..Proof::new(Source::Console, &self.store.person) }
    }
}

const NOT_RUNNING: &str = "only_a_running_plan_moves_orders";

/// What a step of a run came to.
enum Step {
    /// Rows up to this place had their turn.
    Done(i32, Vec<Outcome>),
    /// No row is left.
    Finished,
    /// It does not run any more.
    Paused,
}

fn outcome(row: &Row, outcome: &'static str, message: Option<String>, seq: Option<i32>) -> Outcome {
    Outcome { place: row.place, order_id: row.order_id.clone(), outcome, message, seq }
}
