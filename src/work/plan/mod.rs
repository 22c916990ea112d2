//! Plans: judged, saved, approved and run. The dry run and the run judge with the same function.

mod carried;
pub mod run;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::desk::request::{digest, or_nothing, settled};
use crate::desk::stuck;
use crate::domain::{Action, Flag, NotPermitted, OrderKey, Refusal, Roles, Step, Task, Total};
use crate::records::PlannedAction;
use crate::records::{Cause, Health, OrderRecord};
use crate::records::{Plan, PlanEventKind, PlanHead, PlanRow};
use crate::store::{Store, StoreError, feed, read};
use crate::store::{accounts, plans};
use crate::stuck::STUCK;
use crate::stuck::plan::{blocks, steps};
use crate::stuck::why::Why;

/// The most orders in a plan.
pub const MOST: usize = 20_000;

/// How many orders are explained at a time.
const EXPLAINED: usize = 500;

/// What a row would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It takes these steps.
    Would(Vec<Step>),
    /// The law or the person's roles refuse it.
    Refused(Refusal),
    /// The order has changed since the plan was made; how, in words.
    Changed(String),
    /// Its provider was asked: how far it is, in words, and the steps that are left.
    UnderWay(String, Vec<Step>),
}

/// A row, its order as it is now, and what the row would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The row.
    pub row: PlanRow,
    /// The order; `None` if it does not exist.
    pub stored: Option<OrderRecord>,
    /// What the row would do.
    pub verdict: Verdict,
    /// The law allows it here, but the order is presumed expired at the provider.
    pub presumed_expired: bool,
    /// Why the order is stuck, if it is and that was read.
    pub why: Option<Why>,
    /// The account that asks the provider for it; `None` if it is only recorded here, or that was not read.
    pub carrier: Option<Carrier>,
}

/// An account that asks a provider for a row.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Carrier {
    /// Its name.
    pub account: String,
    /// The provider accepts its credentials now.
    pub works: bool,
    /// It says who carries what is captured.
    pub ships: bool,
}

/// Why an account cannot ask for a capture without being told more.
pub fn ships_nothing(account: &str) -> String {
    format!(
        "a capture needs a shipping company, and the account {account} has none: set shipping_company in the accounts file"
    )
}

/// The accounts that ask a provider for these orders.
///
/// # Errors
///
/// [`StoreError`] if they cannot be read.
pub async fn carriers(store: &Store, orders: &[&str]) -> Result<HashMap<String, Carrier>, StoreError> {
    let found = accounts::of_orders(&store.pool, orders).await?.into_iter();
    Ok(found
        .map(|(id, it)| {
            (id, Carrier { works: it.health == Health::Good, ships: it.shipping_company.is_some(), account: it.name })
        })
        .collect())
}

impl Judged {
    /// What stands in the way at the provider, although the law allows it here.
    pub fn blocks(&self) -> Option<String> {
        let captures = self.row.follow.is_some_and(|(action, _)| action == Action::Capture);
        if let Some(carrier) = self.carrier.as_ref().filter(|carrier| captures && !carrier.ships) {
            return Some(ships_nothing(&carrier.account));
        }
        let why = self.why.as_ref().filter(|_| matches!(self.verdict, Verdict::Would(_) | Verdict::UnderWay(..)))?;
        // A token that was refused once and works now blocks nothing any more.
        if why.cause == Cause::NotAllowed && self.carrier.as_ref().is_some_and(|carrier| carrier.works) {
            return None;
        }
        blocks(self.row.follow.map(|(action, _)| action), why)
    }

    /// Why the order is stuck, how sure that is, and what it blocks.
    pub fn cause(&self) -> Option<String> {
        let why = self.why.as_ref()?;
        let blocks = self.blocks().map(|blocks| format!(", {blocks}")).unwrap_or_default();
        Some(format!("{} ({}){blocks}", why.cause.title(), why.sure.name()))
    }
}

/// Judges rows against the orders as they are now.
pub fn judge(rows: &[PlanRow], orders: Vec<OrderRecord>, roles: Roles, now: DateTime<Utc>) -> Vec<Judged> {
    let mut orders: HashMap<String, OrderRecord> =
        orders.into_iter().map(|stored| (stored.order.key.to_string(), stored)).collect();
    let one = |row: &PlanRow| {
        let stored = orders.remove(&row.order_id);
        let verdict = match &stored {
            None => Verdict::Changed("there is no such order".to_owned()),
            Some(OrderRecord { order, .. }) if order.version != row.version => Verdict::Changed(format!(
                "it is {} at version {}; the plan was made at version {}",
                order.standing(),
                order.version,
                row.version
            )),
            Some(OrderRecord { order, .. }) => match steps(&row.doing(order.amount.currency), order, roles, now) {
                Ok(steps) => Verdict::Would(steps),
                Err(refusal) => Verdict::Refused(refusal),
            },
        };
        let flags = |stored: &OrderRecord| stored.flags(now).contains(&Flag::PresumedExpired);
        let presumed_expired = matches!(verdict, Verdict::Would(_)) && stored.as_ref().is_some_and(flags);
        Judged { row: row.clone(), stored, verdict, presumed_expired, why: None, carrier: None }
    };
    rows.iter().map(one).collect()
}

/// What rows of a plan would do now, those included that their provider was asked for. Writes nothing.
///
/// # Errors
///
/// [`StoreError`] if the orders cannot be read. A refusal is a [`Verdict`] and not an error.
pub async fn preview(
    store: &Store,
    roles: Roles,
    (number, rows): (i64, &[PlanRow]),
    automatic: &[String],
    now: DateTime<Utc>,
) -> Result<Vec<Judged>, StoreError> {
    let names: Vec<String> = rows.iter().map(|row| row.order_id.clone()).collect();
    let orders = {
        let mut connection = store.pool.acquire().await?;
        read::orders(&mut connection, &names).await?
    };
    let mut judged = judge(rows, orders, roles, now);
    carried::under_way(store, number, &mut judged, roles, now).await?;
    explain(store, &mut judged, automatic, now).await?;
    Ok(judged)
}

/// Adds why the orders of these rows are stuck, and which account asks the provider for them. Merchants in `automatic` authorise by themselves.
///
/// # Errors
///
/// [`StoreError`] if what was tried on the orders cannot be read.
pub async fn explain(
    store: &Store,
    judged: &mut [Judged],
    automatic: &[String],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for part in judged.chunks_mut(EXPLAINED) {
        let open = part.iter().filter(|judged| judged.row.outcome.is_none());
        let stuck = open.filter_map(|judged| judged.stored.clone()).filter(|stored| stored.order.status == STUCK);
        let whys = stuck::explained(store, stuck.collect(), automatic, now).await?;
        let mut whys: HashMap<OrderKey, Why> = whys.into_iter().map(|(stored, why)| (stored.order.key, why)).collect();
        let names: Vec<&str> = part.iter().map(|judged| judged.row.order_id.as_str()).collect();
        let mut carriers = carriers(store, &names).await?;
        for row in part {
            row.why = row.stored.as_ref().and_then(|stored| whys.remove(&stored.order.key));
            row.carrier = carriers.remove(&row.row.order_id);
        }
    }
    Ok(())
}

/// What the rest of a plan would do now, added up.
///
/// # Errors
///
/// [`StoreError`] if the rows of the plan or their orders cannot be read.
pub async fn totals(
    store: &Store,
    roles: Roles,
    number: i64,
    automatic: &[String],
    now: DateTime<Utc>,
) -> Result<Totals, StoreError> {
    let rest = plans::rest(&store.pool, number, 0, MOST as i64).await?;
    Ok(Totals::of(&preview(store, roles, (number, &rest), automatic, now).await?))
}

/// Rows that are not saved yet, for these orders as they are.
pub fn draft(orders: &[(OrderRecord, PlannedAction)]) -> Vec<PlanRow> {
    let row = |(place, (stored, doing)): (i32, &(OrderRecord, PlannedAction))| PlanRow {
        place,
        order_id: stored.order.key.to_string(),
        version: stored.order.version,
        follow: doing.follow.map(|(action, amount)| (action, amount.minor)),
        outcome: None,
        message: None,
        seq: None,
        at: None,
        recorder: None,
    };
    (1..).zip(orders).map(row).collect()
}

/// What many rows would do, added up by currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    /// How many would be done.
    pub would: usize,
    /// How many of these the provider would be asked for.
    #[serde(default)]
    pub asked: usize,
    /// How many of these are presumed expired at the provider.
    pub presumed_expired: usize,
    /// How many of these would not succeed at the provider now.
    #[serde(default)]
    pub blocked: usize,
    /// How many the law refuses.
    pub refused: usize,
    /// How many have changed.
    pub changed: usize,
    /// How much is authorised.
    pub authorised: Vec<Total>,
    /// How much of it is captured.
    pub captured: Vec<Total>,
    /// How much of it is canceled.
    pub canceled: Vec<Total>,
}

impl Totals {
    /// The totals of these rows.
    pub fn of(judged: &[Judged]) -> Self {
        let mut totals = Self::default();
        for row in judged {
            totals.presumed_expired += usize::from(row.presumed_expired);
            totals.blocked += usize::from(row.blocks().is_some());
            match &row.verdict {
                Verdict::Would(steps) | Verdict::UnderWay(_, steps) => {
                    totals.would += 1;
                    totals.asked += usize::from(row.carrier.is_some());
                    steps.iter().for_each(|step| totals.step(step));
                }
                Verdict::Refused(_) => totals.refused += 1,
                Verdict::Changed(_) => totals.changed += 1,
            }
        }
        totals
    }

    /// What running does, and what it does not do.
    pub fn does(&self) -> String {
        let provider = STUCK.provider().title();
        match (self.asked, self.would - self.asked) {
            (0, here) => format!("{here} would be recorded here; this does not call {provider}"),
            (asked, 0) => format!("{provider} would be asked for {asked}"),
            (asked, here) => format!("{provider} would be asked for {asked}; {here} would be recorded here"),
        }
    }

    fn step(&mut self, step: &Step) {
        let whole = step.order().amount;
        let minor = i128::from(step.amount().unwrap_or(whole).minor);
        match step.action() {
            Action::Capture => Total::gather(&mut self.captured, whole.currency, minor),
            Action::Cancel => Total::gather(&mut self.canceled, whole.currency, minor),
            _ => Total::gather(&mut self.authorised, whole.currency, minor),
        }
    }
}

/// The result of approving, pausing or withdrawing a plan.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is recorded.
    Done(Box<Plan>),
    /// No such plan.
    Missing,
    /// The person's roles do not allow it.
    NotPermitted(NotPermitted),
    /// It has already ended.
    Over(Box<Plan>),
    /// The person who made it cannot approve it.
    YourOwn,
    /// This person has already approved it.
    Approved(String),
    /// It needs no approval.
    NotNeeded,
    /// Someone else changed it first.
    Conflict,
}

/// A request for a plan: its id, and the digest of what was asked. A repeated request asks for the same, even if the orders
/// have moved since.
#[derive(Debug)]
pub struct Asked {
    id: Uuid,
    digest: Vec<u8>,
}

impl Asked {
    /// The request of this person, with its id and what it asks for.
    pub fn new(id: Uuid, what: &impl Serialize, person: &str) -> Self {
        Self { id, digest: digest(what, person) }
    }
}

/// The plan that a request made before; `None` if it made none.
///
/// # Errors
///
/// [`StoreError::Refused`] if the request id was used for another plan; otherwise [`StoreError`] if the database cannot be
/// reached.
pub async fn made(store: &Store, asked: &Asked) -> Result<Option<Plan>, StoreError> {
    match plans::requested(&store.pool, asked.id).await? {
        Some((number, before)) if before == asked.digest => plans::plan(&store.pool, number).await,
        Some(_) => Err(reused()),
        None => Ok(None),
    }
}

/// Saves a plan and returns it. A repeated request returns the plan that it made; `None` if the connection was lost and
/// nothing was recorded.
///
/// # Errors
///
/// [`StoreError::Refused`] if the request id was used for another plan; [`StoreError::Unknown`] if the database does not
/// come back in time to tell what became of it.
pub async fn make(
    store: &Store,
    head: &PlanHead,
    orders: &[(OrderRecord, PlannedAction)],
    asked: &Asked,
) -> Result<Option<Plan>, StoreError> {
    let row =
        |(stored, doing): &(OrderRecord, PlannedAction)| (stored.order.key.to_string(), stored.order.version, *doing);
    let rows: Vec<(String, i32, PlannedAction)> = orders.iter().map(row).collect();
    let written = async {
        match plans::make(store, head, &rows, (asked.id, &asked.digest)).await {
            Err(StoreError::Conflict) => made(store, asked).await?.ok_or(StoreError::Conflict),
            written => written,
        }
    };
    let made = settled(written, || made(store, asked)).await?;
    feed::ring(store).await;
    Ok(made)
}

fn reused() -> StoreError {
    let message = "this request id was already used for another plan; use a new one".to_owned();
    StoreError::Refused { constraint: "plan_request_unique".to_owned(), message }
}

/// Approves a plan that someone else made.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or refuses the event. An approval that is not possible is an
/// [`Answer`].
pub async fn approve(store: &Store, roles: Roles, number: i64) -> Result<Answer, StoreError> {
    word(store, roles, number, PlanEventKind::Approved, None, |plan| match &plan.approved_by {
        Some(before) => Some(Answer::Approved(before.clone())),
        None if !plan.needs_approval => Some(Answer::NotNeeded),
        None if plan.made_by == store.person => Some(Answer::YourOwn),
        None => None,
    })
    .await
}

/// Pauses a plan after the order under way.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or refuses the event. A plan that has ended is [`Answer::Over`].
pub async fn pause(store: &Store, roles: Roles, number: i64) -> Result<Answer, StoreError> {
    word(store, roles, number, PlanEventKind::Paused, None, |plan| {
        // A plan that is not running is already paused.
        (plan.what != Some(PlanEventKind::Started)).then(|| Answer::Done(Box::new(plan.clone())))
    })
    .await
}

/// Withdraws a plan for good.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or refuses the event. A plan that has ended is [`Answer::Over`].
pub async fn withdraw(store: &Store, roles: Roles, number: i64, why: Option<&str>) -> Result<Answer, StoreError> {
    word(store, roles, number, PlanEventKind::Withdrawn, why, |_| None).await
}

async fn word(
    store: &Store,
    roles: Roles,
    number: i64,
    what: PlanEventKind,
    why: Option<&str>,
    objection: impl FnOnce(&Plan) -> Option<Answer>,
) -> Result<Answer, StoreError> {
    if let Err(refused) = roles.may(Task::Plan) {
        return Ok(Answer::NotPermitted(refused));
    }
    let Some(plan) = plans::plan(&store.pool, number).await? else { return Ok(Answer::Missing) };
    if plan.is_over() {
        return Ok(Answer::Over(Box::new(plan)));
    }
    if let Some(answer) = objection(&plan) {
        return Ok(answer);
    }
    let seq = plan.seq.unwrap_or(0) + 1;
    let recorded = async || match plans::event_at(&store.pool, number, seq).await? {
        Some(event) if event == (what, store.person.clone()) => plans::plan(&store.pool, number).await,
        Some(_) => Err(StoreError::Conflict),
        None => Ok(None),
    };
    match settled(plans::event(store, &plan, what, why), recorded).await.and_then(or_nothing) {
        Ok(plan) => {
            feed::ring(store).await;
            Ok(Answer::Done(Box::new(plan)))
        }
        Err(StoreError::Conflict) => Ok(Answer::Conflict),
        Err(error) => Err(error),
    }
}

/// The order id of a row, without the provider.
pub fn id(row: &PlanRow) -> &str {
    row.order_id.split_once(':').map_or(row.order_id.as_str(), |(_, id)| id)
}

/// The order key of a row.
pub fn key(row: &PlanRow) -> Option<OrderKey> {
    OrderKey::parse(&row.order_id)
}
