//! Rows of a plan whose orders have an account that sends: each step is asked of the provider, and the row ends with the answer.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Judged, Verdict, judge, ships_nothing};
use crate::desk::providers::{self, Wish};
use crate::desk::request::digest;
use crate::desk::{Answer, Command};
use crate::domain::{Action, Actor, Ask, By, Money, Order, Roles, decide};
use crate::records::{Account, Health, OrderRecord, PlanRow, Request, RequestState, RowOutcome, RowResult};
use crate::store::{Store, StoreError, accounts, read, requests};
use crate::stuck::plan::steps;

/// How many rows may wait for the provider's answer at once.
pub const WINDOW: usize = 32;

/// After so long without knowing, and with nothing else to wait for, a row ends as unknown: the request goes on without the plan.
const PATIENCE: TimeDelta = TimeDelta::seconds(30);

/// A row with its account, and the last request that was made for it.
#[derive(Debug, Clone)]
pub struct Carried {
    row: PlanRow,
    account: Option<Account>,
    last: Option<Request>,
}

/// What the rows that have no result yet wait for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waits {
    /// For the provider's answer.
    pub answer: usize,
    /// Of these: for an account that is stopped, or that no server has; which, and why.
    pub stopped: usize,
    /// Why, of one of them.
    pub why: Option<String>,
    /// Until it is known what became of them.
    pub unknown: usize,
    /// For a lead, who has to approve that money goes out.
    pub approval: usize,
    /// There was no room to ask for more.
    pub full: bool,
}

impl Waits {
    /// How many rows wait.
    pub const fn rows(&self) -> usize {
        self.answer + self.unknown + self.approval
    }

    /// Adds what later rows wait for.
    pub fn add(&mut self, more: Self) {
        self.answer += more.answer;
        self.stopped += more.stopped;
        self.why = more.why.or(self.why.take());
        self.unknown += more.unknown;
        self.approval += more.approval;
        self.full |= more.full;
    }

    /// Why waiting longer helps no row; `None` if it may.
    pub fn in_vain(&self) -> Option<String> {
        if self.unknown > 0 || self.answer > self.stopped {
            return None;
        }
        match (&self.why, self.approval) {
            (Some(why), _) => {
                Some(format!("{why}. What was asked waits, and goes on when it works; run the plan again then"))
            }
            (None, 1..) => Some(format!(
                "{} of its requests wait for a lead: recourse requests --state to_approve. Run the plan again then",
                self.approval
            )),
            (None, 0) => None,
        }
    }
}

/// Separates rows that are only recorded here from those that the provider is asked for.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or a request or account cannot be read.
pub async fn split(store: &Store, plan: i64, rows: Vec<PlanRow>) -> Result<(Vec<PlanRow>, Vec<Carried>), StoreError> {
    let names: Vec<&str> = rows.iter().map(|row| row.order_id.as_str()).collect();
    let places: Vec<i32> = rows.iter().map(|row| row.place).collect();
    let mut accounts = accounts::of_orders(&store.pool, &names).await?;
    let mut last = requests::of_plan(&store.pool, plan, &places).await?;
    let (mut here, mut carried) = (Vec::new(), Vec::new());
    for row in rows {
        match (accounts.remove(&row.order_id), last.remove(&row.place)) {
            (None, None) => here.push(row),
            (account, last) => carried.push(Carried { row, account, last }),
        }
    }
    Ok((here, carried))
}

/// What a row needs now.
enum Need {
    /// To wait.
    Wait,
    /// Its next step is asked for.
    Step(Action, Option<Money>),
    /// Nothing more: it has a result.
    Ended(RowOutcome, Option<String>, Option<i32>),
}

/// Takes rows on as far as they get now: asks for what is next while there is room, and returns the results of those that have one.
/// `alone` says that nothing else is waited for.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or refuses to store a request.
pub async fn taken_on(
    store: &Store,
    plan: i64,
    carried: Vec<Carried>,
    (roles, room, alone): (Roles, usize, bool),
    now: DateTime<Utc>,
) -> Result<(Vec<RowResult>, Waits), StoreError> {
    let names: Vec<String> = carried.iter().map(|it| it.row.order_id.clone()).collect();
    let orders = {
        let mut connection = store.pool.acquire().await?;
        read::orders(&mut connection, &names).await?
    };
    let mut orders: HashMap<String, OrderRecord> =
        orders.into_iter().map(|stored| (stored.order.key.to_string(), stored)).collect();
    let (mut results, mut waits) = (Vec::new(), Waits::default());
    for it in carried {
        let stored = orders.remove(&it.row.order_id);
        let asked = match need(&it, stored.as_ref(), roles, alone, now) {
            Need::Ended(outcome, message, seq) => {
                results.push(result(&it.row, outcome, message, seq));
                continue;
            }
            Need::Step(..) if waits.answer >= room => {
                waits.full = true;
                continue;
            }
            Need::Step(action, amount) => ask(store, plan, &it, stored.as_ref(), (action, amount), roles, now).await?,
            Need::Wait => Ok(it.last.as_ref().map_or(RequestState::Queued, |last| last.state)),
        };
        match asked {
            Ok(state) => waits.wait(state, it.account.as_ref(), now),
            Err((outcome, message)) => results.push(result(&it.row, outcome, Some(message), None)),
        }
    }
    Ok((results, waits))
}

impl Waits {
    fn wait(&mut self, state: RequestState, account: Option<&Account>, now: DateTime<Utc>) {
        match state {
            RequestState::ToApprove => self.approval += 1,
            RequestState::Unknown => self.unknown += 1,
            RequestState::Queued | RequestState::Sending => {
                self.answer += 1;
                if let Some(why) = account.and_then(|account| stopped(account, now)) {
                    self.stopped += 1;
                    self.why = Some(why);
                }
            }
            // It ended just now: the next look has its result.
            RequestState::Done | RequestState::Refused | RequestState::NotDone | RequestState::Withdrawn => {
                self.answer += 1;
            }
        }
    }
}

/// Why an account sends nothing now.
fn stopped(account: &Account, now: DateTime<Utc>) -> Option<String> {
    let name = crate::text::clean(&account.name);
    if account.health == Health::Stopped {
        let why = account.message.as_deref().map(crate::text::clean).unwrap_or_default();
        return Some(format!("the account {name} is stopped: {why}"));
    }
    (!account.is_served(now)).then(|| format!("no server runs that has the account {name}"))
}

fn result(row: &PlanRow, outcome: RowOutcome, message: Option<String>, seq: Option<i32>) -> RowResult {
    RowResult { place: row.place, order_id: row.order_id.clone(), outcome, message, seq }
}

/// What a row needs, by its last request and its order as it is.
fn need(it: &Carried, stored: Option<&OrderRecord>, roles: Roles, alone: bool, now: DateTime<Utc>) -> Need {
    use RowOutcome::{Accepted, Refused, Unknown};
    let Some(last) = &it.last else {
        let judged = judge(std::slice::from_ref(&it.row), stored.cloned().into_iter().collect(), roles, now);
        return match judged.into_iter().next().map(|judged| judged.verdict) {
            // Nothing is started that cannot be ended.
            Some(Verdict::Would(_)) if let Some(account) = unshipped(it) => {
                Need::Ended(Refused, Some(ships_nothing(account)), None)
            }
            Some(Verdict::Would(_)) => Need::Step(Action::Authorise, None),
            Some(Verdict::Refused(refusal)) => Need::Ended(Refused, Some(refusal.to_string()), None),
            Some(Verdict::Changed(words) | Verdict::UnderWay(words, _)) => {
                Need::Ended(RowOutcome::Changed, Some(words), None)
            }
            None => Need::Wait,
        };
    };
    let words = || Some(last.message.clone().unwrap_or_else(|| last.state.title().to_owned()));
    match last.state {
        RequestState::ToApprove | RequestState::Queued | RequestState::Sending => Need::Wait,
        RequestState::Unknown if alone && now - last.sent_at.unwrap_or(last.created_at) > PATIENCE => {
            Need::Ended(Unknown, Some(format!("request {}: whether it was done is not known yet", last.id)), None)
        }
        RequestState::Unknown => Need::Wait,
        RequestState::Done if last.action == Action::Authorise => {
            stored.map_or(Need::Wait, |stored| follow(&it.row, &stored.order, last, roles, now))
        }
        RequestState::Done => Need::Ended(Accepted, None, last.seq),
        RequestState::Refused => Need::Ended(Refused, words(), None),
        RequestState::NotDone => Need::Ended(Refused, Some(format!("request {} was not done", last.id)), None),
        RequestState::Withdrawn => Need::Ended(Refused, Some(format!("request {} was withdrawn", last.id)), None),
    }
}

/// The account of a row that captures, if it does not say who carries what is captured.
fn unshipped(it: &Carried) -> Option<&str> {
    let captures = it.row.follow.is_some_and(|(action, _)| action == Action::Capture);
    let account = it.account.as_ref().filter(|account| captures && account.shipping_company.is_none())?;
    Some(&account.name)
}

/// What follows an authorisation that the provider confirmed.
fn follow(row: &PlanRow, order: &Order, authorised: &Request, roles: Roles, now: DateTime<Utc>) -> Need {
    use RowOutcome::{Accepted, Refused};
    let Some((action, minor)) = row.follow else { return Need::Ended(Accepted, None, authorised.seq) };
    let amount = order.money(minor);
    // Some orders are captured by the provider when they are authorised.
    if action == Action::Capture && order.facts.captured == minor {
        return Need::Ended(Accepted, None, authorised.seq);
    }
    if Some(order.version) != authorised.seq {
        let words = format!("it was authorised, and is {} at version {} since", order.standing(), order.version);
        return Need::Ended(RowOutcome::Changed, Some(words), None);
    }
    let ask = Ask { amount: Some(amount), ..Ask::new(action, Actor::Merchant, now, By::Person(roles)) };
    match decide(order, &ask) {
        Ok(_) => Need::Step(action, Some(amount)),
        Err(refusal) => Need::Ended(Refused, Some(format!("it was authorised; then {refusal}")), None),
    }
}

/// Says of rows whose provider was asked how far they are, and what is left to do: their orders have moved because of the plan itself.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or a request or account cannot be read.
pub async fn under_way(
    store: &Store,
    plan: i64,
    judged: &mut [Judged],
    roles: Roles,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let goes_on = |judged: &Judged| matches!(judged.row.outcome, None | Some(RowOutcome::Unknown));
    let rows: Vec<PlanRow> = judged.iter().filter(|it| goes_on(it)).map(|judged| judged.row.clone()).collect();
    let (_, carried) = split(store, plan, rows).await?;
    let asked: HashMap<i32, Carried> =
        carried.into_iter().filter(|it| it.last.is_some()).map(|it| (it.row.place, it)).collect();
    for judged in judged.iter_mut().filter(|it| goes_on(it)) {
        let (Some(it), Some(stored)) = (asked.get(&judged.row.place), &judged.stored) else { continue };
        let Some(last) = &it.last else { continue };
        if judged.row.outcome.is_some() {
            // The plan ended before it was known.
            judged.row.message = Some(format!("request {}: {} by now", last.id, last.state.title()));
            continue;
        }
        let order = &stored.order;
        let asks = |action, amount| Ask { amount, ..Ask::new(action, Actor::Merchant, now, By::Person(roles)) };
        judged.verdict = match need(it, Some(stored), roles, false, now) {
            Need::Step(action, amount) => match decide(order, &asks(action, amount)) {
                Ok(step) => {
                    Verdict::UnderWay(format!("{} is done; next {}", last.action.name(), action.name()), vec![step])
                }
                Err(refusal) => Verdict::Refused(refusal),
            },
            Need::Wait => {
                let left = steps(&it.row.doing(order.amount.currency), order, roles, now);
                let left = left.or_else(|_| decide(order, &asks(last.action, last.amount)).map(|step| vec![step]));
                Verdict::UnderWay(format!("{}: {}", last.action.name(), last.state.title()), left.unwrap_or_default())
            }
            Need::Ended(RowOutcome::Accepted, ..) => {
                Verdict::UnderWay(format!("{} is done; the next run writes it down", last.words()), Vec::new())
            }
            Need::Ended(RowOutcome::Changed, words, _) => Verdict::Changed(words.unwrap_or_default()),
            Need::Ended(RowOutcome::Refused | RowOutcome::Unknown, words, _) => {
                Verdict::UnderWay(words.unwrap_or_default(), Vec::new())
            }
        };
    }
    Ok(())
}

/// Asks for a step; or why the row ends without it.
async fn ask(
    store: &Store,
    plan: i64,
    it: &Carried,
    stored: Option<&OrderRecord>,
    (action, amount): (Action, Option<Money>),
    roles: Roles,
    now: DateTime<Utc>,
) -> Result<Result<RequestState, (RowOutcome, String)>, StoreError> {
    use RowOutcome::{Changed, Refused};
    let missing = || (Changed, "there is no such order".to_owned());
    let Some(order) = stored.map(|stored| &stored.order) else { return Ok(Err(missing())) };
    let Some(account) = &it.account else {
        return Ok(Err((Refused, "no account sends for its merchant any more".to_owned())));
    };
    let request = once(plan, it.row.place, action, &store.person);
    let command = Command {
        order: order.key.clone(),
        action,
        actor: Actor::Merchant,
        amount,
        parts: None,
        note: None,
        reference: None,
        reason: None,
        expect: Some(order.version),
        request,
    };
    let wish = Wish { plan: Some((plan, it.row.place)), ..Wish::new(command) };
    Ok(match providers::wish(store, roles, &wish, account, now).await? {
        Answer::Pending(request) => Ok(request.state),
        Answer::Refused(refusal) => Err((Refused, refusal.to_string())),
        Answer::Incomplete(words) => Err((Refused, words)),
        Answer::Asking(open) => Err((Changed, providers::asking(&open))),
        Answer::Conflict(now, _) => {
            Err((Changed, format!("it is {} at version {}", now.order.standing(), now.order.version)))
        }
        Answer::Missing | Answer::Done(_) | Answer::Would(_) => Err(missing()),
    })
}

/// The id of a step of a row: asking twice asks once.
fn once(plan: i64, place: i32, action: Action, person: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest(&(plan, place, action.name()), person)).for_each(|(to, from)| *to = from);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
