//! Runs a plan, row by row or in batches; each row is judged again at its turn. A row's transitions and its outcome are
//! written in one transaction, so that a run that was killed continues where it was, and no row is done twice. Rows whose orders
//! have an account that sends become requests; their outcomes are the provider's answers.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use sqlx::{Connection, PgConnection};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::carried::{self, Waits};
use super::{Answer, Verdict, judge};
use crate::desk;
use crate::domain::{NotPermitted, Role, Roles, Source, Task};
use crate::intake::spread::spread;
use crate::records::{Plan, PlanEventKind, PlanRow, RowOutcome, RowResult};
use crate::store::plans;
use crate::store::{Proof, Record, Store, StoreError, append, facts, feed, health, read};

/// How many rows are written at once if the run has no rate limit.
const BATCH: usize = 200;
/// How many times a second a run with a rate limit writes.
const BEATS: usize = 10;
/// How long a run waits for a lost database.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(500);
/// How long the connection that holds the turn may take to answer that it is there.
const PING: Duration = Duration::from_secs(2);
/// How many times a row is tried when others move the same order.
const TRIES: u32 = 10;

/// The outcomes of a run's rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    /// Done.
    pub accepted: usize,
    /// Refused by the law.
    pub refused: usize,
    /// Someone moved the order since the plan was made.
    pub changed: usize,
    /// The provider did not say what became of them, or the database was lost while they were written: known when it is back, or in
    /// the next run.
    pub unknown: usize,
    /// Asked of the provider, without an answer yet. They are among those not run yet.
    #[serde(default)]
    pub waiting: usize,
    /// Not run yet.
    pub rest: usize,
}

impl Progress {
    fn count(&mut self, outcomes: &[RowResult]) {
        for outcome in outcomes {
            match outcome.outcome {
                RowOutcome::Accepted => self.accepted += 1,
                RowOutcome::Refused => self.refused += 1,
                RowOutcome::Changed => self.changed += 1,
                RowOutcome::Unknown => self.unknown += 1,
            }
        }
        self.rest = self.rest.saturating_sub(outcomes.len());
    }
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Every row has run.
    Finished(Progress),
    /// Someone paused it or withdrew it.
    Paused(Progress),
    /// Too many failures; with the last reason.
    Stopped(Progress, String),
    /// The database was lost for too long. The next run finds out whether the rows under way were written.
    Lost(Progress),
    /// Someone else is running it.
    Busy,
    /// It waits for another person's approval.
    NotApproved,
    /// It did not start, for this reason.
    Not(Answer),
}

/// A run: the plan, the role to act in, and a connection that holds the turn.
struct Run<'a> {
    store: &'a Store,
    role: Option<Role>,
    plan: Plan,
    turn: PgConnection,
    /// The server process that holds it.
    holder: plans::Backend,
    now: &'a (dyn Fn() -> DateTime<Utc> + Sync),
}

/// Runs a plan, or continues it, and reports its progress after each step. `role` narrows the person's roles; `rate`
/// overrides the plan's own.
///
/// # Errors
///
/// [`StoreError::Conflict`] if others keep moving the order of a row; another [`StoreError`] if the plan cannot be read
/// or started. A database that is lost during the run and does not come back is [`Ended::Lost`].
pub async fn run(
    store: &Store,
    role: Option<Role>,
    number: i64,
    rate: Option<i32>,
    now: &(dyn Fn() -> DateTime<Utc> + Sync),
    mut told: impl FnMut(&Progress),
) -> Result<Ended, StoreError> {
    let roles = desk::roles(store, role).await?;
    if let Err(refused) = roles.may(Task::Plan) {
        return Ok(Ended::Not(Answer::NotPermitted(refused)));
    }
    health::agreed(store).await?;
    let mut turn = store.connection().await?;
    if !plans::turn(&mut turn, number).await? {
        return Ok(Ended::Busy);
    }
    let holder = plans::backend(&mut turn).await?;
    // Read while holding the turn: another run may just have finished it.
    let Some(plan) = plans::plan(&store.pool, number).await? else { return Ok(Ended::Not(Answer::Missing)) };
    if plan.is_over() {
        return Ok(Ended::Not(Answer::Over(Box::new(plan))));
    }
    if plan.awaits_approval() {
        return Ok(Ended::NotApproved);
    }
    // A run that was killed left it started: continue.
    if plan.what != Some(PlanEventKind::Started) {
        match plans::event(store, &plan, PlanEventKind::Started, None).await {
            Err(StoreError::Conflict) => return Ok(Ended::Not(Answer::Conflict)),
            done => _ = done?,
        }
    }
    let rest = usize::try_from(plan.rest()).unwrap_or(0);
    let mut progress = Progress { rest, ..Progress::default() };
    told(&progress);
    let rate = rate.unwrap_or(plan.rate).unsigned_abs() as usize;
    let mut run = Run { store, role, plan, turn, holder, now };
    let ended = run.all(rate, &mut progress, &mut told).await;
    // The connection that held the turn is no longer needed. If folding fails, another process folds the counts later.
    _ = run.turn.close().await;
    _ = feed::fold(&store.pool).await;
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
        let mut batch = if rate == 0 { BATCH } else { rate.div_ceil(BEATS).min(BATCH) };
        let stop_after = self.plan.stop_after.unsigned_abs() as usize;
        let (mut after, mut next, mut why) = (0, Instant::now(), String::new());
        let (mut pass, mut alone) = (Waits::default(), false);
        loop {
            if progress.refused >= stop_after {
                return self.end(progress, PlanEventKind::Stopped, why).await;
            }
            let room = (carried::WINDOW.saturating_sub(pass.answer), alone);
            let step = match self.step(after, batch, stop_after - progress.refused, room).await {
                Err(error) if error.is_lost() => {
                    progress.unknown = batch.min(progress.rest);
                    told(progress);
                    if !self.find_again().await {
                        return Ok(Ended::Lost(progress.clone()));
                    }
                    // What was written counts, even if no answer arrived.
                    if let Ok(known) = self.progress().await {
                        *progress = known;
                    }
                    continue;
                }
                step => step?,
            };
            match step {
                Step::Paused => return Ok(Ended::Paused(progress.clone())),
                Step::NotPermitted(refused) => {
                    return self.end(progress, PlanEventKind::Stopped, refused.to_string()).await;
                }
                Step::Finished => return self.end(progress, PlanEventKind::Finished, String::new()).await,
                // All rows were looked at.
                Step::Looked => {
                    let seen = std::mem::take(&mut pass);
                    if let Some(why) = seen.in_vain() {
                        return self.end(progress, PlanEventKind::Stopped, why).await;
                    }
                    (after, alone) = (0, seen.rows() > 0 && seen.answer == 0 && !seen.full);
                    if seen.rows() > 0 {
                        sleep(LOOK).await;
                    }
                }
                Step::Done(last, outcomes, waits) => {
                    // The account's rate counts then, not the plan's.
                    batch = if waits.rows() > 0 { BATCH } else { batch };
                    pass.add(waits);
                    after = last;
                    progress.count(&outcomes);
                    progress.waiting = pass.rows();
                    told(progress);
                    if pass.full {
                        (after, pass) = (0, Waits::default());
                        sleep(LOOK).await;
                    }
                    let refused = outcomes.iter().rev().find(|outcome| outcome.outcome == RowOutcome::Refused);
                    why = refused.and_then(|refused| refused.message.clone()).unwrap_or(why);
                    if rate > 0 && progress.waiting == 0 {
                        // Lost time is not made up for.
                        next = next.max(Instant::now()) + Duration::from_secs_f64(outcomes.len() as f64 / rate as f64);
                        sleep_until(next).await;
                    }
                }
            }
        }
    }

    /// The recorded outcomes of rows since the run started.
    async fn progress(&self) -> Result<Progress, StoreError> {
        let now = plans::plan(&self.store.pool, self.plan.number).await?.unwrap_or_else(|| self.plan.clone());
        let since = |now: i64, before: i64| usize::try_from(now - before).unwrap_or(0);
        Ok(Progress {
            accepted: since(now.accepted, self.plan.accepted),
            refused: since(now.refused, self.plan.refused),
            changed: since(now.changed, self.plan.changed),
            unknown: since(now.unknown, self.plan.unknown),
            waiting: 0,
            rest: since(now.rest(), 0),
        })
    }

    /// Ends the run. If someone changed the plan meanwhile, that counts instead.
    async fn end(&self, progress: &Progress, what: PlanEventKind, why: String) -> Result<Ended, StoreError> {
        let Some(plan) = plans::plan(&self.store.pool, self.plan.number).await? else {
            return Ok(Ended::Not(Answer::Missing));
        };
        let said = Some(why.as_str()).filter(|why| !why.is_empty());
        match plans::event(self.store, &plan, what, said).await {
            Ok(_) if what == PlanEventKind::Finished => Ok(Ended::Finished(progress.clone())),
            Ok(_) => Ok(Ended::Stopped(progress.clone(), why)),
            Err(StoreError::Conflict) => Ok(Ended::Paused(progress.clone())),
            Err(error) => Err(error),
        }
    }

    /// Waits for a lost database and takes the turn again. Returns whether it came back in time.
    async fn find_again(&mut self) -> bool {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            sleep(PAUSE).await;
            self.store.sweep().await;
            // A private server that died is started again. Other servers are not ours to start.
            _ = self.store.revive().await;
            // Another connection was lost, not this one.
            if matches!(timeout(PING, self.turn.ping()).await, Ok(Ok(()))) {
                return true;
            }
            let found = async {
                let mut turn = self.store.connection().await?;
                // The server may not have noticed that the old connection is gone: it would hold the turn.
                plans::end_backend(&mut turn, self.holder).await?;
                let free = plans::turn(&mut turn, self.plan.number).await?;
                Ok::<_, StoreError>((plans::backend(&mut turn).await?, turn, free))
            };
            if let Ok((holder, turn, true)) = found.await {
                (self.turn, self.holder) = (turn, holder);
                return true;
            }
        }
        false
    }

    /// Runs the next rows, if the plan is still running.
    async fn step(
        &self,
        after: i32,
        batch: usize,
        failures: usize,
        (room, alone): (usize, bool),
    ) -> Result<Step, StoreError> {
        let (pool, number) = (&self.store.pool, self.plan.number);
        // Read the roles again: they may have been revoked.
        let roles = desk::roles(self.store, self.role).await?;
        if let Err(refused) = roles.may(Task::Plan) {
            return Ok(Step::NotPermitted(refused));
        }
        if plans::last(pool, number).await? != Some(PlanEventKind::Started) {
            return Ok(Step::Paused);
        }
        let rows = plans::rest(pool, number, after, batch as i64).await?;
        if rows.is_empty() {
            // Earlier rows may have been skipped because someone else seemed faster: check from the start.
            return Ok(if after > 0 { Step::Looked } else { Step::Finished });
        }
        let last = rows.last().map_or(after, |row| row.place);
        let (rows, carried) = carried::split(self.store, number, rows).await?;
        if !carried.is_empty() {
            let (answered, waits) = self.asked(carried, (roles, room, alone)).await?;
            // Those that are recorded here only are run with the others of their page, one by one: plans rarely mix both.
            let here = self.one_by_one(&rows, roles, failures).await?;
            return Ok(Step::Done(last, [answered, here].concat(), waits));
        }
        let outcomes = match self.write(&rows, roles, failures).await {
            Err(error) if matches!(error, StoreError::Conflict) || error.is_of_the_data() => {
                self.one_by_one(&rows, roles, failures).await
            }
            done => done,
        };
        match outcomes {
            // Cut off at the failure limit: the rows after it have not run.
            Ok(outcomes) => {
                Ok(Step::Done(outcomes.last().map_or(last, |outcome| outcome.place), outcomes, Waits::default()))
            }
            Err(StoreError::Refused { constraint, .. }) if constraint == NOT_RUNNING => Ok(Step::Paused),
            Err(error) => Err(error),
        }
    }

    /// Takes rows on that the provider is asked for, and records the results of those that have one.
    async fn asked(
        &self,
        carried: Vec<carried::Carried>,
        how: (Roles, usize, bool),
    ) -> Result<(Vec<RowResult>, Waits), StoreError> {
        let (results, waits) =
            carried::taken_on(self.store, self.plan.number, carried, how, (self.now)().trunc_subsecs(6)).await?;
        let mut recorded = Vec::new();
        for result in results {
            let mut connection = self.store.pool.acquire().await?;
            match plans::results(&mut connection, self.plan.number, std::slice::from_ref(&result), &self.store.person)
                .await
            {
                Ok(()) => recorded.push(result),
                // Another run was faster.
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        if !recorded.is_empty() {
            feed::ring(self.store).await;
        }
        Ok((recorded, waits))
    }

    /// Runs rows one by one, because one of them cannot be written.
    async fn one_by_one(&self, rows: &[PlanRow], roles: Roles, failures: usize) -> Result<Vec<RowResult>, StoreError> {
        let mut outcomes: Vec<RowResult> = Vec::new();
        for row in rows {
            if outcomes.iter().filter(|outcome| outcome.outcome == RowOutcome::Refused).count() >= failures {
                break;
            }
            outcomes.extend(self.one(row, roles).await?);
        }
        Ok(outcomes)
    }

    async fn one(&self, row: &PlanRow, roles: Roles) -> Result<Vec<RowResult>, StoreError> {
        for _ in 0..TRIES {
            let refused = match self.write(std::slice::from_ref(row), roles, 1).await {
                // Judge it again: the order has changed. But stop if someone else already wrote this row's outcome.
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
            let outcome = outcome(row, RowOutcome::Refused, Some(refused), None);
            let mut connection = self.store.pool.acquire().await?;
            plans::results(&mut connection, self.plan.number, std::slice::from_ref(&outcome), &self.store.person)
                .await?;
            return Ok(vec![outcome]);
        }
        Err(StoreError::Conflict)
    }

    /// Judges rows and writes the results in one transaction, up to this number of refusals.
    async fn write(&self, rows: &[PlanRow], roles: Roles, failures: usize) -> Result<Vec<RowResult>, StoreError> {
        let names: Vec<String> = rows.iter().map(|row| row.order_id.clone()).collect();
        let mut connection = self.store.pool.acquire().await?;
        let mut tx = connection.begin().await?;
        let orders = read::orders(&mut tx, &names).await?;
        let (mut records, mut outcomes) = (Vec::new(), Vec::new());
        let now = (self.now)().trunc_subsecs(6);
        let mut refused = 0;
        for judged in judge(rows, orders, roles, now) {
            if refused >= failures {
                break;
            }
            refused += usize::from(matches!(judged.verdict, Verdict::Refused(_)));
            let (word, message, seq) = match judged.verdict {
                Verdict::Would(steps) => {
                    let seq = steps.last().map(|step| step.order().version);
                    records.extend(steps.into_iter().map(|step| Record::Step(step, self.proof())));
                    (RowOutcome::Accepted, None, seq)
                }
                Verdict::Refused(refusal) => (RowOutcome::Refused, Some(refusal.to_string()), None),
                Verdict::Changed(words) | Verdict::UnderWay(words, _) => (RowOutcome::Changed, Some(words), None),
            };
            outcomes.push(outcome(&judged.row, word, message, seq));
        }
        append::append(&mut tx, &records).await?;
        plans::results(&mut tx, self.plan.number, &outcomes, &self.store.person).await?;
        let early = facts::early(&mut tx, &names).await?;
        tx.commit().await.map_err(crate::store::error::of_commit)?;
        drop(connection);
        spread(self.store, if early.is_empty() { &[] } else { &names }).await;
        Ok(outcomes)
    }

    fn proof(&self) -> Proof {
        Proof { reason: Some(format!("plan-{}", self.plan.number)), ..Proof::new(Source::Console, &self.store.person) }
    }
}

/// How long to wait before looking again for answers.
const LOOK: Duration = Duration::from_millis(200);
const NOT_RUNNING: &str = "plan_result_plan_running";

/// The result of a step of a run.
enum Step {
    /// Rows up to this place have run, or wait for the provider.
    Done(i32, Vec<RowResult>, Waits),
    /// No row is left after that place.
    Looked,
    /// No row is left.
    Finished,
    /// The plan is no longer running.
    Paused,
    /// The person's roles no longer allow it.
    NotPermitted(NotPermitted),
}

fn outcome(row: &PlanRow, outcome: RowOutcome, message: Option<String>, seq: Option<i32>) -> RowResult {
    RowResult { place: row.place, order_id: row.order_id.clone(), outcome, message, seq }
}
