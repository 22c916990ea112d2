//! `recourse plan`: one action on many orders, planned, approved and run.

use chrono::Utc;
use serde::Serialize;
use uuid::Uuid;

mod chosen;
mod run;

use self::chosen::chosen;
use self::run::go;
use super::Desk;
use super::json::{AmountLine, time};
use super::table::Table;
use crate::desk::request::or_nothing;
use crate::domain::{Flag, Step, Task};
use crate::exit::{CliError, End};
use crate::records::OrderRecord;
use crate::records::{Plan, PlanHead};
use crate::settings::args::Args;
use crate::settings::ask::work::{Plan as Ask, PlanMake, PlanVerb, Then, Work};
use crate::store::plans;
use crate::text;
use crate::work::plan::{self, Answer, Judged, Totals, Verdict};

/// How many plans are listed, and how many rows are read at a time.
const LISTED: i64 = 200;
/// Up to this many rows, a run first counts those that are blocked at the provider.
const COUNTED: i64 = 500;
const PAGE: i64 = 500;

/// Lists, makes, shows, approves or runs plans.
///
/// # Errors
///
/// [`CliError::Usage`] if the store is read-only and the command writes; [`CliError::Missing`] if there is no such
/// plan, or no order for a new one; [`CliError::Store`] if the database fails.
pub async fn plan(desk: &mut Desk<'_>, args: &Args, ask: &Ask) -> Result<End, CliError> {
    let writes = !matches!(&ask.verb, None | Some(PlanVerb::Show { .. }));
    let dry = matches!(&ask.verb, Some(PlanVerb::Make(make)) if make.dry_run);
    if writes && !dry {
        desk.writes()?;
    }
    match &ask.verb {
        None => list(desk).await,
        Some(PlanVerb::Make(ask)) => make(desk, &args.work, ask).await,
        Some(PlanVerb::Show { number }) => show(desk, &args.work.automatic(), *number).await,
        Some(PlanVerb::Approve { number }) => {
            let answer = plan::approve(&desk.store, desk.roles, *number).await?;
            told(desk, *number, answer).await
        }
        Some(PlanVerb::Pause { number }) => {
            let answer = plan::pause(&desk.store, desk.roles, *number).await?;
            told(desk, *number, answer).await
        }
        Some(PlanVerb::Withdraw { number, reason }) => {
            let answer = plan::withdraw(&desk.store, desk.roles, *number, reason.as_deref()).await?;
            told(desk, *number, answer).await
        }
        Some(PlanVerb::Run { number, rate }) => go(desk, args.role, &args.work.automatic(), (*number, *rate)).await,
    }
}

#[derive(Serialize)]
struct PlanLine {
    plan: i64,
    title: String,
    state: String,
    made_by: String,
    made_at: String,
    needs_approval: bool,
    approved_by: Option<String>,
    rate: i32,
    stop_after: i32,
    orders: i64,
    accepted: i64,
    refused: i64,
    changed: i64,
    unknown: i64,
    rest: i64,
    /// How many of those accepted the provider has confirmed.
    confirmed: i64,
    why: Option<String>,
}

fn line(plan: &Plan, confirmed: i64) -> PlanLine {
    PlanLine {
        plan: plan.number,
        title: plan.title.clone(),
        state: plan.standing().replace(' ', "_"),
        made_by: plan.made_by.clone(),
        made_at: time(plan.made_at),
        needs_approval: plan.needs_approval,
        approved_by: plan.approved_by.clone(),
        rate: plan.rate,
        stop_after: plan.stop_after,
        orders: plan.orders,
        accepted: plan.accepted,
        refused: plan.refused,
        changed: plan.changed,
        unknown: plan.unknown,
        rest: plan.rest(),
        confirmed,
        why: plan.why.clone(),
    }
}

async fn list(desk: &mut Desk<'_>) -> Result<End, CliError> {
    let mut table = Table::new(
        &["plan", "state", "orders", "recorded", "confirmed", "refused", "changed", "by", "title"],
        &[0, 2, 3, 4, 5, 6],
    );
    let listed = plans::all(&desk.store.pool, LISTED).await?;
    let numbers: Vec<i64> = listed.iter().map(|plan| plan.number).collect();
    let known = plans::confirmed(&desk.store.pool, &numbers).await?;
    for plan in listed {
        let confirmed = known.get(&plan.number).copied().unwrap_or(0);
        if desk.json {
            desk.line(&line(&plan, confirmed))?;
            continue;
        }
        let counts = [plan.orders, plan.accepted, confirmed, plan.refused, plan.changed].map(text::grouped);
        let first = [plan.number.to_string(), plan.standing().to_owned()];
        table.row(first.into_iter().chain(counts).chain([plan.made_by, plan.title]));
    }
    if !desk.json {
        table.write(desk.out)?;
    }
    Ok(End::Done)
}

/// What one row of a plan would do or did.
#[derive(Serialize)]
struct RowLine {
    place: i32,
    order: String,
    version: i32,
    doing: String,
    /// `would`, `accepted`, `refused` or `changed`.
    outcome: String,
    /// The statuses the order would have, step by step.
    steps: Vec<&'static str>,
    /// The account that asks the provider for it, if one does.
    account: Option<String>,
    message: Option<String>,
    /// Why the order is stuck, and what stands in the way at the provider.
    cause: Option<&'static str>,
    sure: Option<&'static str>,
    blocks: Option<String>,
    seq: Option<i32>,
    at: Option<String>,
    by: Option<String>,
}

fn row(judged: &Judged) -> RowLine {
    let row = &judged.row;
    let currency = judged.stored.as_ref().map(|stored| stored.order.amount.currency);
    let doing = currency.map_or_else(|| "authorise".to_owned(), |currency| row.doing(currency).words());
    let statuses = |steps: &[Step]| steps.iter().map(|step| step.order().status.name()).collect();
    let (outcome, steps, message) = match (&row.outcome, &judged.verdict) {
        (Some(outcome), _) => (outcome.name(), Vec::new(), row.message.clone()),
        (None, Verdict::Would(steps)) => {
            let flag = judged.presumed_expired.then(|| Flag::PresumedExpired.title().to_owned());
            ("would", statuses(steps), flag)
        }
        (None, Verdict::Refused(refusal)) => ("refused", Vec::new(), Some(refusal.to_string())),
        (None, Verdict::Changed(words)) => ("changed", Vec::new(), Some(words.clone())),
        (None, Verdict::UnderWay(words, steps)) => ("asked", statuses(steps), Some(words.clone())),
    };
    RowLine {
        place: row.place,
        order: plan::id(row).to_owned(),
        version: row.version,
        doing,
        outcome: outcome.to_owned(),
        steps,
        account: judged.carrier.as_ref().map(|carrier| carrier.account.clone()),
        message,
        cause: judged.why.as_ref().map(|why| why.cause.name()),
        sure: judged.why.as_ref().map(|why| why.sure.name()),
        blocks: judged.blocks(),
        seq: row.seq,
        at: row.at.map(time),
        by: row.recorder.clone(),
    }
}

#[derive(Serialize)]
struct TotalsLine {
    #[serde(flatten)]
    plan: Option<PlanLine>,
    result: &'static str,
    would: usize,
    presumed_expired: usize,
    blocked: usize,
    would_be_refused: usize,
    have_changed: usize,
    authorised: Vec<AmountLine>,
    captured: Vec<AmountLine>,
    canceled: Vec<AmountLine>,
}

fn rows(desk: &mut Desk<'_>, judged: &[Judged]) -> Result<(), CliError> {
    let mut table = Table::new(&["", "order", "action", "result", "why", "cause"], &[0]);
    for judged in judged {
        let line = row(judged);
        if desk.json {
            desk.line(&line)?;
            continue;
        }
        let to = if line.steps.is_empty() { line.outcome.clone() } else { line.steps.join(", ") };
        let cause = judged.cause().unwrap_or_default();
        table.row([line.place.to_string(), line.order, line.doing, to, line.message.unwrap_or_default(), cause]);
    }
    if !desk.json {
        table.write(desk.out)?;
    }
    Ok(())
}

fn sums(desk: &mut Desk<'_>, plan: Option<(&Plan, i64)>, judged: &[Judged]) -> Result<(), CliError> {
    // A row that already has an outcome would do nothing now.
    let open: Vec<Judged> = judged.iter().filter(|judged| judged.row.outcome.is_none()).cloned().collect();
    let totals = Totals::of(&open);
    if desk.json {
        let amounts = |totals: &[crate::domain::Total]| totals.iter().map(AmountLine::of).collect();
        return desk.line(&TotalsLine {
            plan: plan.map(|(plan, confirmed)| line(plan, confirmed)),
            result: if plan.is_some() { "done" } else { "would" },
            would: totals.would,
            presumed_expired: totals.presumed_expired,
            blocked: totals.blocked,
            would_be_refused: totals.refused,
            have_changed: totals.changed,
            authorised: amounts(&totals.authorised),
            captured: amounts(&totals.captured),
            canceled: amounts(&totals.canceled),
        });
    }
    let money = |name: &str, totals: &[crate::domain::Total]| {
        let sums: Vec<String> = totals.iter().map(ToString::to_string).collect();
        (!sums.is_empty()).then(|| format!("{name} {}", sums.join(" · ")))
    };
    let words: Vec<String> = [
        Some(totals.does()),
        (totals.presumed_expired > 0).then(|| format!("{} of them presumed expired", totals.presumed_expired)),
        (totals.blocked > 0).then(|| format!("{} of them blocked at the provider", totals.blocked)),
        (totals.refused > 0).then(|| format!("{} would be refused", totals.refused)),
        (totals.changed > 0).then(|| format!("{} have changed", totals.changed)),
        money("authorise", &totals.authorised),
        money("capture", &totals.captured),
        money("cancel", &totals.canceled),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !open.is_empty() {
        writeln!(desk.out, "{}", words.join("; "))?;
    }
    if let Some((plan, confirmed)) = plan {
        let counts = format!("{} of {} recorded, {confirmed} confirmed", plan.accepted, plan.orders);
        let title = text::clean(&plan.title);
        writeln!(desk.out, "plan {}: {title}: {}, {counts}", plan.number, plan.standing())?;
    }
    Ok(())
}

async fn make(desk: &mut Desk<'_>, work: &Work, ask: &PlanMake) -> Result<End, CliError> {
    if let Err(refused) = desk.roles.may(Task::Plan) {
        return super::not_permitted(desk, refused);
    }
    let asked = asked(work, ask, &desk.store.person);
    // Sent again, it finds its plan, whatever became of the orders.
    if ask.request_id.is_some()
        && !ask.dry_run
        && let Some(before) = plan::made(&desk.store, &asked).await?
    {
        return show(desk, &work.automatic(), before.number).await;
    }
    let chosen = chosen(desk, &work.automatic(), ask).await?;
    if chosen.is_empty() {
        return Err(CliError::Missing("no order matches: nothing to plan".to_owned()));
    }
    let drafted = plan::draft(&chosen);
    let orders: Vec<OrderRecord> = chosen.iter().map(|(stored, _)| stored.clone()).collect();
    let mut judged = plan::judge(&drafted, orders, desk.roles, Utc::now());
    plan::explain(&desk.store, &mut judged, &work.automatic(), Utc::now()).await?;
    if ask.dry_run {
        rows(desk, &judged)?;
        sums(desk, None, &judged)?;
        return Ok(End::Done);
    }
    let title = ask.title.clone().filter(|title| !title.trim().is_empty()).unwrap_or_else(|| title(ask, chosen.len()));
    let head = head(work, ask, title);
    let made = or_nothing(plan::make(&desk.store, &head, &chosen, &asked).await?)?;
    rows(desk, &judged)?;
    sums(desk, Some((&made, 0)), &judged)?;
    Ok(End::Done)
}

fn head(work: &Work, ask: &PlanMake, title: String) -> PlanHead {
    PlanHead {
        title,
        needs_approval: ask.needs_approval || work.plan_approval,
        rate: ask.rate.unwrap_or(work.plan_rate),
        stop_after: ask.stop_after.unwrap_or(work.plan_stop_after),
    }
}

/// What was asked, in the words of the command line: what the words mean changes when orders move.
fn asked(work: &Work, ask: &PlanMake, person: &str) -> plan::Asked {
    let head = head(work, ask, ask.title.clone().unwrap_or_default());
    let what = (head, &ask.orders, &ask.query, ask.then.and_then(Then::action), &ask.amount);
    plan::Asked::new(ask.request_id.unwrap_or_else(Uuid::new_v4), &what, person)
}

fn orders(count: usize) -> String {
    if count == 1 { "1 order".to_owned() } else { format!("{count} orders") }
}

/// The default title of a plan.
fn title(ask: &PlanMake, count: usize) -> String {
    let follow = match ask.then.unwrap_or(Then::Nothing) {
        Then::Nothing => "authorise",
        Then::Capture => "authorise and capture",
        Then::Cancel => "authorise and cancel",
    };
    let what = ask.query.as_ref().map_or_else(|| orders(count), |query| format!("orders matching {query}"));
    format!("{follow} {what}")
}

async fn show(desk: &mut Desk<'_>, automatic: &[String], number: i64) -> Result<End, CliError> {
    let missing = || CliError::Missing(format!("no plan {number}"));
    let known = plans::plan(&desk.store.pool, number).await?.ok_or_else(missing)?;
    let (mut after, mut all) = (0, Vec::new());
    loop {
        let page = plans::rows(&desk.store.pool, number, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.place;
        let judged = plan::preview(&desk.store, desk.roles, (number, &page), automatic, Utc::now()).await?;
        rows(desk, &judged)?;
        all.extend(judged);
    }
    let confirmed = confirmed(desk, number).await?;
    sums(desk, Some((&known, confirmed)), &all)?;
    Ok(End::Done)
}

async fn confirmed(desk: &Desk<'_>, number: i64) -> Result<i64, CliError> {
    Ok(plans::confirmed(&desk.store.pool, &[number]).await?.get(&number).copied().unwrap_or(0))
}

async fn told(desk: &mut Desk<'_>, number: i64, answer: Answer) -> Result<End, CliError> {
    match answer {
        Answer::Done(plan) => {
            if desk.json {
                let confirmed = confirmed(desk, number).await?;
                desk.line(&line(&plan, confirmed))?;
            } else {
                writeln!(desk.out, "plan {number}: {}", plan.standing())?;
            }
            Ok(End::Done)
        }
        Answer::Missing => Err(CliError::Missing(format!("no plan {number}"))),
        Answer::NotPermitted(refused) => super::not_permitted(desk, refused),
        Answer::Over(plan) => {
            super::said(desk, "refused", &format!("plan {number} is {}", plan.standing()), End::Refused)
        }
        Answer::YourOwn => {
            super::said(desk, "refused", "you made this plan: another person must approve it", End::Refused)
        }
        Answer::NotNeeded => super::said(desk, "refused", "this plan needs no approval", End::Refused),
        Answer::Approved(by) => {
            super::said(desk, "conflict", &format!("{} has already approved it", text::clean(&by)), End::Conflict)
        }
        Answer::Conflict => {
            super::said(desk, "conflict", "someone else changed this plan first: check it and try again", End::Conflict)
        }
    }
}
