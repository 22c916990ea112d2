//! Reading orders: `board`, `orders`, `show`, `actions`.

use crate::records::Zone;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::json::{AmountLine, ChoiceLine, OrderLine, OrderShown, Related};
use super::table::Table;
use super::{Desk, views};
use crate::desk::around::{Around, around};
use crate::desk::providers;
use crate::domain::{By, Kind, Money, Order, Provider, Status, menu};
use crate::exit::{CliError, End};
use crate::query::{self, Cursor, Field, Query, Sieve};
use crate::records::Count;
use crate::records::Evidence;
use crate::records::InPlan;
use crate::records::Tick;
use crate::records::{OrderRecord, Payout, Transition};
use crate::settings::Settings;
use crate::settings::args::{Actions, OrderName};
use crate::settings::ask::orders::{LISTED, Orders};
use crate::store::cases;
use crate::store::page::{self, Of};
use crate::store::{StoreError, read, requests};
use crate::text;

/// How many orders are read at a time.
const PAGE: u64 = 500;
/// How much evidence of an order is shown, the latest.
const EVIDENCE: i64 = 200;

#[derive(Serialize)]
struct BoardLine {
    provider: &'static str,
    status: &'static str,
    orders: i64,
    amounts: Vec<AmountLine>,
}

/// Prints counts and money by provider and status.
///
/// # Errors
///
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn board(desk: &mut Desk<'_>) -> Result<End, CliError> {
    let counts = read::board(&desk.store.pool).await?;
    let mut table = Table::new(&["provider", "status", "orders", "amounts"], &[2]);
    for status in Provider::all().iter().flat_map(|provider| provider.statuses()) {
        let here: Vec<&Count> = counts.iter().filter(|count| count.status == status).collect();
        let orders = here.iter().map(|count| count.orders).sum();
        if desk.json {
            let amounts = here.iter().map(|count| AmountLine::of(&count.amount));
            let (provider, name) = (status.provider().name(), status.name());
            desk.line(&BoardLine { provider, status: name, orders, amounts: amounts.collect() })?;
        } else {
            let amounts: Vec<String> = here.iter().map(|count| count.amount.to_string()).collect();
            let provider = status.provider().title().to_owned();
            table.row([provider, status.title().to_owned(), text::grouped(orders), amounts.join(" · ")]);
        }
    }
    if !desk.json {
        table.write(desk.out)?;
    }
    Ok(End::Done)
}

/// Prints sorted orders, page by page, up to the limit.
///
/// # Errors
///
/// [`CliError::Usage`] if a status, view, query or cursor cannot be read; [`CliError::Store`] if the database fails;
/// [`CliError::Io`] if the output cannot be written.
pub async fn orders(desk: &mut Desk<'_>, settings: &Settings, ask: &Orders) -> Result<End, CliError> {
    let now = Utc::now();
    let (statuses, query) = (statuses(ask)?, queried(desk, settings, ask).await?);
    let sieve = query.as_ref().map(|query| sieve(query, ask, &statuses, settings, &desk.store.person, now));
    let wrong =
        || CliError::Usage("--after needs the cursor of an earlier line, from a list with the same --sort".to_owned());
    let mut after = match &ask.after {
        Some(text) => Cursor::parse(text, ask.sort).ok_or_else(wrong)?,
        None => Cursor::start(),
    };
    let mut left = ask.limit;
    while left > 0 {
        let limit = i64::try_from(left.min(PAGE)).unwrap_or(i64::MAX);
        let of = sieve.as_ref().map_or(Of::Statuses(&statuses), Of::Sieve);
        let page = page::after(&desk.store.pool, of, ask.sort, &after, limit).await?;
        left -= page.len() as u64;
        let found = page.iter().any(|stored| query.as_ref().is_some_and(|query| query.matched(stored).is_some()));
        let last = if found { "found by" } else { "merchant" };
        let mut table = Table::new(&["order", "provider", "status", "amount", "age", "due", last], &[3, 4, 5]);
        for stored in &page {
            let matched = query.as_ref().and_then(|query| query.matched(stored));
            if desk.json {
                desk.line(&OrderLine::found(stored, ask.sort, matched, now))?
            } else {
                table.row(cells(stored, matched, now))
            }
        }
        if !desk.json {
            table.write(desk.out)?;
        }
        match page.last() {
            Some(last) if page.len() as i64 == limit => after = Cursor::of(last, ask.sort),
            _ => return Ok(End::Done),
        }
    }
    let of = sieve.as_ref().map_or(Of::Statuses(&statuses), Of::Sieve);
    // A limit that was asked for is no surprise.
    let is_default = ask.limit == LISTED;
    if is_default && !page::after(&desk.store.pool, of, ask.sort, &after, 1).await?.is_empty() {
        tracing::warn!("only the first {} are shown; --limit shows more", ask.limit);
    }
    Ok(End::Done)
}

/// The query of `--view` or `--where`.
async fn queried(desk: &Desk<'_>, settings: &Settings, ask: &Orders) -> Result<Option<Query>, CliError> {
    let typed = match &ask.view {
        Some(name) => Some(views::query(desk, settings, name).await?),
        None if !ask.found_by.is_empty() => Some(ask.found_by.join(" ")),
        None => ask.query.clone(),
    };
    asked(typed.as_deref())
}

/// The filter made of all flags; without flags, every order passes.
pub(super) async fn sieve_of(desk: &Desk<'_>, settings: &Settings, ask: &Orders) -> Result<Sieve, CliError> {
    let (statuses, query) = (statuses(ask)?, queried(desk, settings, ask).await?.unwrap_or_default());
    Ok(sieve(&query, ask, &statuses, settings, &desk.store.person, Utc::now()))
}

/// Parses `--where`, if it is given.
fn asked(typed: Option<&str>) -> Result<Option<Query>, CliError> {
    let Some(typed) = typed else { return Ok(None) };
    query::parse(typed).map(Some).map_err(|fault| CliError::Usage(format!("--where:\n{}", fault.pointing(typed))))
}

/// A query's filter, limited to the statuses that the other flags allow.
fn sieve(
    query: &Query,
    ask: &Orders,
    statuses: &[Status],
    settings: &Settings,
    person: &str,
    now: DateTime<Utc>,
) -> Sieve {
    let mut sieve = query.sieve(person, now, ask.all || !ask.status.is_empty());
    let named = !ask.status.is_empty();
    let provided = |status: &Status| ask.provider.is_none_or(|provider| provider == status.provider());
    sieve.statuses.retain(|status| provided(status) && (!named || statuses.contains(status)));
    sieve.automatic = settings.args.work.automatic();
    sieve
}

fn statuses(ask: &Orders) -> Result<Vec<Status>, CliError> {
    let provided = |status: &Status| ask.provider.is_none_or(|provider| provider == status.provider());
    if ask.status.is_empty() {
        let every = Provider::all().iter().flat_map(|provider| provider.statuses());
        return Ok(every.filter(provided).filter(|status| ask.all || !status.is_hidden()).collect());
    }
    let parse = |name: &String| match Status::parse_all(name) {
        none if none.is_empty() => Err(CliError::Usage(format!("no status {name:?}; see recourse law"))),
        found => Ok(found),
    };
    let named: Result<Vec<Vec<Status>>, CliError> = ask.status.iter().map(parse).collect();
    Ok(named?.into_iter().flatten().filter(provided).collect())
}

fn cells(stored: &OrderRecord, matched: Option<(Field, &str)>, now: DateTime<Utc>) -> [String; 7] {
    let order = &stored.order;
    let found = matched.map(|(field, name)| format!("{} {}", field.title(), text::clean(name)));
    [
        order.key.id.clone(),
        order.provider().title().to_owned(),
        order.standing().to_owned(),
        order.amount.to_string(),
        text::age(now - order.entered_at),
        order.due_at().map_or_else(String::new, |due| due_in(due, now)),
        found.or_else(|| stored.merchant.clone()).unwrap_or_default(),
    ]
}

/// How much time is left until a deadline, or how late it is.
pub fn due_in(due: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if due < now { format!("{} late", text::span(now - due)) } else { format!("{} left", text::span(due - now)) }
}

/// Prints one order: facts and timeline.
///
/// # Errors
///
/// [`CliError::Missing`] if there is no such order, [`CliError::Usage`] if several have this id; [`CliError::Store`] if
/// the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn show(desk: &mut Desk<'_>, ask: &OrderName) -> Result<End, CliError> {
    let key = desk.find(&ask.order).await?;
    let missing = || CliError::Missing(format!("no order {key}"));
    let stored = read::order(&desk.store.pool, &key).await?.ok_or_else(missing)?;
    let log = read::timeline(&desk.store.pool, &key, 0).await?;
    let payouts = cases::read::payouts(&desk.store.pool, &key.to_string()).await?;
    let Around { evidence, plans, ticks, held, requests, .. } = around(&desk.store, &key, EVIDENCE).await?;
    if desk.json {
        let related = Related::of(&stored.order, &evidence, &plans, &ticks);
        desk.line(&OrderShown::of(&stored, &log, (&payouts, &requests), related, Utc::now()))?;
        return Ok(End::Done);
    }
    let zone = desk.zone.unwrap_or_default();
    for (name, value) in facts(&stored, zone) {
        writeln!(desk.out, "{} {}", text::left(name, 18), text::clean(&value))?;
    }
    for Payout { party, amount, state, reference, seq: _ } in payouts {
        let reference = reference.map_or_else(String::new, |it| format!(", {}", text::clean(&it)));
        let name = text::left(&format!("payout to {party}"), 18);
        writeln!(desk.out, "{name} {}: {state}{reference}", stored.order.money(amount))?;
    }
    writeln!(desk.out)?;
    let mut table = Table::new(&["when", "who", "what", "amount", "becomes", "source", "recorder", "said"], &[3]);
    log.iter().for_each(|entry| table.row(timeline_cells(zone, &stored.order, entry)));
    table.write(desk.out)?;
    if !requests.is_empty() {
        writeln!(desk.out, "\nAsked of {}", key.provider.title())?;
    }
    for request in &requests {
        let said = request.message.as_deref().map(|said| format!(": {}", text::clean(said))).unwrap_or_default();
        writeln!(desk.out, "{:>6}  {}{said}", request.id, text::clean(&providers::asking(request)))?;
    }
    if !held.is_empty() {
        writeln!(desk.out, "\nIn quarantine")?;
    }
    for fact in held {
        writeln!(desk.out, "{:>6}  {}: {}", fact.id, fact.why, text::clean(&fact.message))?;
    }
    let related = related(zone, &stored.order, &evidence, &plans, &ticks);
    if !related.is_empty() {
        writeln!(desk.out, "\nRelated")?;
        let mut table = Table::new(&["when", "what", "by"], &[]);
        related.into_iter().for_each(|cells| table.row(cells));
        table.write(desk.out)?;
    }
    Ok(End::Done)
}

/// The records related to an order, as people read them, oldest first.
fn related(zone: Zone, order: &Order, evidence: &[Evidence], plans: &[InPlan], ticks: &[Tick]) -> Vec<[String; 3]> {
    let mut lines: Vec<(DateTime<Utc>, String, String)> = Vec::new();
    for it in evidence {
        lines.push((it.happened_at, it.words(), it.recorder.clone()));
    }
    for it in plans {
        lines.push((it.at, it.words(order), it.by.clone()));
    }
    for it in ticks {
        lines.push((it.at, format!("ticked {}", it.step), it.recorder.clone()));
    }
    lines.sort();
    lines.into_iter().map(|(at, what, by)| [zone.long(at), what, by]).collect()
}

/// The facts of an order, as people read them.
pub fn facts(stored: &OrderRecord, zone: Zone) -> Vec<(&'static str, String)> {
    let order = &stored.order;
    let time = |at: DateTime<Utc>| zone.long(at);
    let money = |minor| order.money(minor).to_string();
    let mut facts = vec![
        ("order", order.key.to_string()),
        ("status", order.standing().to_owned()),
        ("version", order.version.to_string()),
        ("amount", order.amount.to_string()),
    ];
    match order.provider().kind() {
        Kind::Capture => {
            let gathered = &order.facts;
            facts.push(("authorised", money(gathered.authorised)));
            facts.push(("canceled", money(gathered.canceled)));
            facts.push(("captured", money(gathered.captured)));
            facts.push(("refunded", money(gathered.refunded)));
        }
        Kind::Escrow => {
            facts.push(("delivery attempt", order.facts.attempt.to_string()));
            facts.extend(stored.cancellation_fee.map(|fee| ("cancellation fee", money(fee))));
            if let Some(parts) = order.facts.parts {
                facts.push(("to seller", money(parts.to_seller)));
                facts.push(("to buyer", money(parts.to_buyer)));
            }
        }
    }
    facts.push(("opened", time(order.opened_at)));
    facts.push(("in this status", time(order.entered_at)));
    facts.extend(order.due_at().map(|due| ("due", time(due))));
    facts.extend((!stored.numbers.is_empty()).then(|| ("merchant's number", stored.numbers.join(", "))));
    facts.extend(stored.merchant.clone().map(|name| ("merchant", name)));
    facts.extend(stored.buyer.clone().map(|name| ("buyer", name)));
    facts.extend(stored.seller.clone().map(|name| ("seller", name)));
    facts.extend(stored.flags(Utc::now()).into_iter().map(|flag| ("attention", flag.title().to_owned())));
    if stored.unconfirmed > 0 {
        facts.push(("not confirmed", format!("{} by the provider", moves(stored.unconfirmed))));
    }
    facts
}

fn moves(count: i64) -> String {
    if count == 1 { "1 transition".to_owned() } else { format!("{count} transitions") }
}

fn timeline_cells(zone: Zone, order: &Order, entry: &Transition) -> [String; 8] {
    let mut said: Vec<String> = [&entry.reason, &entry.note, &entry.reference].into_iter().flatten().cloned().collect();
    said.extend(entry.of_capture.as_ref().map(|capture| format!("of capture {capture}")));
    said.extend(entry.doubt.map(|doubt| doubt.title().to_owned()));
    said.extend(entry.inferred.then(|| "inferred".to_owned()));
    said.extend(entry.contradictory.then(|| "contradictory".to_owned()));
    let becomes = entry.to.title().to_owned();
    [
        zone.long(entry.happened_at),
        entry.actor.name().to_owned(),
        entry.action_name().to_owned(),
        entry.amount.map_or_else(String::new, |minor| Money::new(minor, order.amount.currency).grouped()),
        becomes,
        entry.source.name().to_owned(),
        entry.recorder.clone(),
        said.join(" · "),
    ]
}

/// Says that something is asked of the provider, so that nothing else can be done.
fn asking(desk: &mut Desk<'_>, order: &Order, words: &str, all: bool) -> Result<End, CliError> {
    if !desk.json {
        writeln!(desk.out, "{words}; nothing else can be done until it ends (recourse requests)")?;
        return Ok(End::Done);
    }
    for choice in menu(order, By::Person(desk.roles), Utc::now()).iter().filter(|_| all) {
        desk.line(&ChoiceLine::asking(choice, words))?;
    }
    Ok(End::Done)
}

/// Prints the actions allowed now; with `all`, also the others and why not.
///
/// # Errors
///
/// [`CliError::Missing`] if there is no such order, [`CliError::Usage`] if several have this id; [`CliError::Store`] if
/// the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn actions(desk: &mut Desk<'_>, ask: &Actions) -> Result<End, CliError> {
    let key = desk.find(&ask.order).await?;
    let missing = || CliError::Missing(format!("no order {key}"));
    let stored = read::order(&desk.store.pool, &key).await?.ok_or_else(missing)?;
    let mut connection = desk.store.pool.acquire().await.map_err(StoreError::from)?;
    let open = requests::open_of(&mut connection, &[key.to_string()]).await?.pop();
    drop(connection);
    if let Some(open) = open {
        return asking(desk, &stored.order, &providers::asking(&open), ask.all);
    }
    let mut table = Table::new(&["key", "action", "actor", "becomes", "at most / why not"], &[]);
    for choice in menu(&stored.order, By::Person(desk.roles), Utc::now()) {
        if choice.verdict.is_err() && !ask.all {
            continue;
        }
        if desk.json {
            desk.line(&ChoiceLine::of(&choice))?;
            continue;
        }
        let (to, more) = match &choice.verdict {
            Ok(offer) => {
                let to: Vec<&str> = offer.to.iter().map(|status| status.title()).collect();
                (to.join(" or "), offer.most.map_or_else(String::new, |most| most.to_string()))
            }
            Err(refusal) => ("-".to_owned(), refusal.to_string()),
        };
        let names = (choice.action.name().to_owned(), choice.actor.title().to_owned());
        table.row([choice.letter.to_string(), names.0, names.1, to, more]);
    }
    if !desk.json {
        table.write(desk.out)?;
    }
    Ok(End::Done)
}
