//! `recourse drift`: orders that differ from what their provider shows of them.

use chrono::Utc;
use serde::Serialize;

use super::json::{AmountLine, time};
use super::table::Table;
use super::{Desk, not_permitted, refused};
use crate::desk::drift::{self as asking, Adopted};
use crate::domain::{Money, Status};
use crate::exit::{CliError, End};
use crate::intake::reading::Outcome;
use crate::query::{self, Cursor, Sieve, Sort};
use crate::records::Sums;
use crate::settings::ask::provider::{Drift, DriftVerb};
use crate::store::drift::{self, Drifted, Which};
use crate::store::page::{self, Of};
use crate::store::{StoreError, constraints};
use crate::text;
use crate::wire::Reading;

/// The most orders that one check reads.
const MOST: i64 = 10_000;

#[derive(Serialize)]
struct Side {
    status: Option<&'static str>,
    /// The provider's word for a status that is not known here.
    #[serde(skip_serializing_if = "Option::is_none")]
    word: Option<String>,
    captured: Option<String>,
    canceled: Option<String>,
    refunded: Option<String>,
}

impl Side {
    fn of(status: Option<Status>, sums: &Sums) -> Self {
        let digits = |sum: Option<Money>| sum.map(Money::digits);
        Self {
            status: status.map(Status::name),
            word: None,
            captured: digits(sums.captured),
            canceled: digits(sums.canceled),
            refunded: digits(sums.refunded),
        }
    }
}

#[derive(Serialize)]
struct MoveLine {
    action: &'static str,
    actor: &'static str,
    #[serde(flatten)]
    amount: Option<AmountLine>,
    reference: Option<String>,
}

impl MoveLine {
    fn of(reading: &Reading) -> Self {
        Self {
            action: reading.action.name(),
            actor: reading.actor.name(),
            amount: reading.amount.map(AmountLine::money),
            reference: reading.reference.clone(),
        }
    }
}

/// An order that differs, as a line.
#[derive(Serialize)]
struct DriftLine {
    order: String,
    provider: &'static str,
    merchant: Option<String>,
    class: &'static str,
    cause: &'static str,
    currency: &'static str,
    ours: Side,
    theirs: Side,
    since: String,
    said_at: String,
    read_at: Option<String>,
    ways: Vec<Vec<MoveLine>>,
    unlawful: Option<String>,
}

impl DriftLine {
    fn of(it: &Drifted) -> Self {
        let order = &it.stored.order;
        Self {
            order: order.key.id.clone(),
            provider: order.provider().name(),
            merchant: it.stored.merchant.clone(),
            class: it.class.name(),
            cause: it.cause.name(),
            currency: order.amount.currency.code(),
            ours: Side::of(Some(order.status), &Sums::of(order)),
            theirs: Side { word: it.word.clone(), ..Side::of(it.theirs, &it.sums) },
            since: time(it.since),
            said_at: time(it.said_at),
            read_at: it.read_at.map(time),
            ways: it.ways.iter().map(|way| way.iter().map(MoveLine::of).collect()).collect(),
            unlawful: it.unlawful.clone(),
        }
    }
}

/// Lists orders that differ, has orders read now, or records what the provider did.
///
/// # Errors
///
/// [`CliError::Usage`] if a query is wrong or the store is read-only; [`CliError::Missing`] if there is no such order;
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn drift(desk: &mut Desk<'_>, ask: &Drift) -> Result<End, CliError> {
    match &ask.verb {
        None => list(desk, ask).await,
        Some(DriftVerb::Check { query }) => check(desk, query.as_deref()).await,
        Some(DriftVerb::Adopt { order, way, note }) => adopt(desk, order, *way, note).await,
    }
}

async fn list(desk: &mut Desk<'_>, ask: &Drift) -> Result<End, CliError> {
    let which = Which { class: ask.class, ..Which::default() };
    let found = drift::list(&desk.store.pool, &which, i64::from(ask.limit) + 1).await?;
    let more = found.len() > ask.limit as usize;
    write(desk, &found[..found.len().min(ask.limit as usize)])?;
    if more {
        tracing::warn!("only the first {} are shown; --limit shows more", ask.limit);
    }
    Ok(End::Done)
}

fn write(desk: &mut Desk<'_>, found: &[Drifted]) -> Result<(), CliError> {
    if desk.json {
        return found.iter().try_for_each(|it| desk.line(&DriftLine::of(it)));
    }
    let mut table = Table::new(&["order", "merchant", "class", "ours", "theirs", "since", "what can be done"], &[]);
    for it in found {
        table.row([
            it.stored.order.key.id.clone(),
            it.stored.merchant.clone().unwrap_or_default(),
            it.class.name().to_owned(),
            words(Some(it.stored.order.status), &Sums::of(&it.stored.order)),
            it.word.as_deref().map_or_else(|| words(it.theirs, &it.sums), unknown),
            desk.shown(it.since),
            it.next(),
        ]);
    }
    Ok(table.write(desk.out)?)
}

/// A status that is not known here, in the provider's word.
fn unknown(word: &str) -> String {
    format!("{:?}, not known here", text::clean(word))
}

/// One side as text: `authorised, captured SAR 230.00`.
fn words(status: Option<Status>, sums: &Sums) -> String {
    let Some(status) = status else { return "no such order".to_owned() };
    let sums = sums.not_zero().words();
    if sums.is_empty() { status.name().to_owned() } else { format!("{}, {sums}", status.name()) }
}

/// The orders that a query finds; without one, those that differ now.
async fn chosen(desk: &Desk<'_>, typed: Option<&str>) -> Result<Vec<String>, CliError> {
    let Some(typed) = typed else {
        let found = drift::list(&desk.store.pool, &Which::default(), MOST + 1).await?;
        return few(found.iter().map(|it| it.stored.order.key.to_string()).collect());
    };
    let query = query::parse(typed).map_err(|fault| CliError::Usage(format!("--where:\n{}", fault.pointing(typed))))?;
    let sieve: Sieve = query.sieve(&desk.store.person, Utc::now(), true);
    let found = page::after(&desk.store.pool, Of::Sieve(&sieve), Sort::Age, &Cursor::start(), MOST + 1).await?;
    few(found.iter().map(|stored| stored.order.key.to_string()).collect())
}

fn few(orders: Vec<String>) -> Result<Vec<String>, CliError> {
    if orders.len() as i64 > MOST {
        return Err(CliError::Usage(format!("more than {MOST} orders match: narrow the query")));
    }
    Ok(orders)
}

/// Has orders read now. 0 if all of them agree, 1 if one does not or could not be read.
async fn check(desk: &mut Desk<'_>, typed: Option<&str>) -> Result<End, CliError> {
    desk.writes()?;
    if let Err(why) = desk.roles.may(crate::domain::Task::CheckDrift) {
        return not_permitted(desk, why);
    }
    let orders = chosen(desk, typed).await?;
    desk.elsewhere.set(true);
    let checked = match asking::check(&desk.store, &orders).await {
        Err(StoreError::Refused { constraint, message }) => {
            let words = constraints::explain(&constraint, &message);
            return refused(desk, constraint, words);
        }
        other => other?,
    };
    let which = Which { orders: Some(orders.clone()), ..Which::default() };
    let found = drift::list(&desk.store.pool, &which, MOST).await?;
    write(desk, &found)?;
    for (order, why) in &checked.unread {
        match desk.json {
            true => desk.line(&serde_json::json!({ "order": order, "result": "not_read", "message": why }))?,
            false => writeln!(desk.out, "{}: not read: {}", text::clean(order), text::clean(why))?,
        }
    }
    let agrees = found.is_empty() && checked.unread.is_empty();
    if !desk.json {
        let differ = found.len();
        writeln!(desk.out, "{} of {} orders read, {differ} differ", checked.read, orders.len())?;
    }
    Ok(if agrees { End::Done } else { End::Failed })
}

async fn adopt(desk: &mut Desk<'_>, name: &str, way: Option<usize>, note: &str) -> Result<End, CliError> {
    desk.writes()?;
    if note.trim().is_empty() {
        return refused(desk, "note".to_owned(), "say why: --note TEXT".to_owned());
    }
    let key = desk.find(name).await?;
    desk.elsewhere.set(true);
    let adopted = match asking::adopt(&desk.store, desk.roles, &key, way, note).await {
        Err(StoreError::Refused { constraint, message }) => {
            let words = constraints::explain(&constraint, &message);
            return refused(desk, constraint, words);
        }
        other => other?,
    };
    let outcome = match adopted {
        Adopted::NotPermitted(why) => return not_permitted(desk, why),
        Adopted::Failed(words) => return super::said(desk, "failed", &words, End::Failed),
        Adopted::Answered(outcome) => outcome,
    };
    let id = text::clean(&key.id);
    match outcome {
        Outcome::Agrees(0) => super::said(desk, "done", &format!("{id} agrees with its provider"), End::Done),
        Outcome::Agrees(moves) => {
            let moves = if moves == 1 { "1 move".to_owned() } else { format!("{moves} moves") };
            super::said(desk, "done", &format!("{id}: {moves} recorded"), End::Done)
        }
        Outcome::Offered(0) => {
            let words = format!("several ways lead to where the provider has {id}: record what happened, step by step");
            refused(desk, "ways".to_owned(), words)
        }
        Outcome::Offered(ways) => {
            let words =
                format!("{id} can have gone {ways} ways: choose one with --way 1 to {ways}; recourse drift lists them");
            refused(desk, "ways".to_owned(), words)
        }
        Outcome::Behind => {
            refused(desk, "behind".to_owned(), format!("the provider does not show what is recorded here of {id}"))
        }
        Outcome::Unlawful(words) => refused(desk, "unlawful".to_owned(), words),
        Outcome::Absent => refused(desk, "absent".to_owned(), format!("the provider has no order {id}")),
        Outcome::Moved => {
            let words = format!("{id} moved while it was read: look at it again");
            super::said(desk, "moved", &words, End::Conflict)
        }
        Outcome::Changed => {
            let words = format!(
                "the provider shows {id} otherwise than it was listed, and nothing was recorded: see recourse drift"
            );
            super::said(desk, "changed", &words, End::Conflict)
        }
        Outcome::Asking => {
            refused(desk, "asking".to_owned(), format!("the provider is being asked about {id}: wait for its answer"))
        }
    }
}
