//! `recourse reconcile`: what was captured and refunded on a day, here, at the provider and in the statements.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use serde::Serialize;

use super::Desk;
use super::statement::record;
use super::table::Table;
use crate::desk::cell::guarded;
use crate::domain::{Currency, Money};
use crate::exit::{CliError, End};
use crate::settings::ask::provider::Reconcile;
use crate::store::reconcile::{self, Differing, Sum};
use crate::store::statements::{digits, event};
use crate::text;

/// How many orders are read at once.
const PAGE: i64 = 1_000;
/// Tamara's days are those of Riyadh.
const ZONE: chrono_tz::Tz = chrono_tz::Asia::Riyadh;

/// A line of either kind: a merchant's sum, or an order behind a difference.
#[derive(Serialize)]
struct Line {
    kind: &'static str,
    day: String,
    merchant: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
    event: &'static str,
    currency: String,
    orders: i64,
    ours: String,
    provider: Option<String>,
    provider_difference: Option<String>,
    not_read: i64,
    statement: Option<String>,
    statement_difference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<bool>,
}

fn named(merchant: &str) -> Option<String> {
    Some(merchant.to_owned()).filter(|name| !name.is_empty())
}

/// Digits with commas between groups of three, for people.
fn grouped(code: &str, digits: &str) -> String {
    let (sign, bare) = digits.strip_prefix('-').map_or(("", digits), |bare| ("-", bare));
    let money = Currency::parse(code).ok().and_then(|currency| Money::parse(bare, currency).ok());
    money.map_or_else(|| digits.to_owned(), |money| format!("{sign}{}", money.grouped()))
}

impl Line {
    fn sum(day: NaiveDate, it: &Sum) -> Self {
        let some = |minor: Option<i64>| minor.map(|minor| digits(&it.currency, minor));
        Self {
            kind: "sum",
            day: day.to_string(),
            merchant: named(&it.merchant),
            order: None,
            event: event(&it.action),
            currency: it.currency.clone(),
            orders: it.orders,
            ours: digits(&it.currency, it.ours),
            provider: some(it.theirs),
            provider_difference: some(it.theirs_more()),
            not_read: it.unread,
            statement: some(it.told),
            statement_difference: some(it.told_more()),
            known: None,
        }
    }

    fn order(day: NaiveDate, it: &Differing) -> Self {
        let some = |minor: Option<i64>| minor.map(|minor| digits(&it.currency, minor));
        Self {
            kind: "order",
            day: day.to_string(),
            merchant: named(&it.merchant),
            order: Some(it.order_id.split_once(':').map_or(&*it.order_id, |(_, id)| id).to_owned()),
            event: event(&it.action),
            currency: it.currency.clone(),
            orders: 1,
            ours: digits(&it.currency, it.ours),
            provider: some(it.theirs),
            provider_difference: some(it.theirs.map(|theirs| theirs - it.ours)),
            not_read: i64::from(it.theirs.is_none() && it.is_known),
            statement: some(it.told),
            statement_difference: some(it.told.map(|told| told - it.ours)),
            known: Some(it.is_known),
        }
    }

    /// The cells of a table. What is not known is a dash, and not nothing.
    fn cells(&self) -> [String; 9] {
        let money =
            |digits: &Option<String>| digits.as_ref().map_or_else(|| "-".to_owned(), |it| grouped(&self.currency, it));
        [
            self.merchant.clone().unwrap_or_default(),
            self.order.clone().unwrap_or_else(|| self.orders.to_string()),
            self.event.to_owned(),
            self.currency.clone(),
            grouped(&self.currency, &self.ours),
            money(&self.provider),
            money(&self.provider_difference),
            money(&self.statement),
            money(&self.statement_difference),
        ]
    }

    fn record(&self) -> [String; 13] {
        let word = |text: &Option<String>| text.clone().unwrap_or_default();
        [
            self.kind.to_owned(),
            self.day.clone(),
            word(&self.merchant),
            word(&self.order),
            self.event.to_owned(),
            self.currency.clone(),
            self.orders.to_string(),
            self.ours.clone(),
            word(&self.provider),
            word(&self.provider_difference),
            self.not_read.to_string(),
            word(&self.statement),
            word(&self.statement_difference),
        ]
        .map(|cell| guarded(&cell))
    }
}

const COLUMNS: [&str; 13] = [
    "kind",
    "day",
    "merchant",
    "order",
    "event",
    "currency",
    "orders",
    "ours",
    "provider",
    "provider_difference",
    "not_read",
    "statement",
    "statement_difference",
];

/// The headings of a table of sums, or of orders.
fn table(what: &str) -> Table {
    let headings = ["merchant", what, "event", "", "ours", "provider", "difference", "statement", "difference"];
    let right: &[usize] = if what == "orders" { &[1, 4, 5, 6, 7, 8] } else { &[4, 5, 6, 7, 8] };
    Table::new(&headings, right)
}

/// Prints a day: 0 if everything that can be compared agrees, 1 if not.
///
/// # Errors
///
/// [`CliError::Usage`] if the day is to come; [`CliError::Missing`] if there is no such merchant; [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot
/// be written.
pub async fn reconcile(desk: &mut Desk<'_>, ask: &Reconcile) -> Result<End, CliError> {
    let now: DateTime<Utc> = Utc::now();
    let today = now.with_timezone(&ZONE).date_naive();
    if ask.day > today || ask.day.year() < 2000 {
        return Err(CliError::Usage(format!("--day {} is not a day from 2000 to today in Riyadh, {today}", ask.day)));
    }
    let merchant = ask.merchant.as_deref();
    if let Some(name) = merchant
        && !reconcile::is_merchant(&desk.store.pool, name).await?
    {
        return Err(CliError::Missing(format!("no merchant {}", text::clean(name))));
    }
    let sums = reconcile::sums(&desk.store.pool, ask.day, merchant).await?;
    if ask.csv && !desk.json {
        record(desk, COLUMNS.map(str::to_owned))?;
    }
    let mut shown = table("orders");
    sums.iter().try_for_each(|it| put(desk, ask.csv, &mut shown, &Line::sum(ask.day, it)))?;
    let is_text = !desk.json && !ask.csv;
    match sums.is_empty() {
        true if is_text => writeln!(desk.out, "nothing was captured or refunded on {}", ask.day)?,
        false if is_text => shown.write(desk.out)?,
        true | false => {}
    }
    let differ = orders(desk, ask).await?;
    if is_text {
        let unread: i64 = sums.iter().map(|it| it.unread).sum();
        if unread > 0 {
            writeln!(
                desk.out,
                "{unread} not read at the provider since they moved: recourse drift check --where QUERY"
            )?;
        }
        writeln!(desk.out, "{}: {differ} difference{}", ask.day, if differ == 1 { "" } else { "s" })?;
    }
    Ok(if differ == 0 { End::Done } else { End::Failed })
}

fn put(desk: &mut Desk<'_>, csv: bool, text: &mut Table, line: &Line) -> Result<(), CliError> {
    match (desk.json, csv) {
        (true, _) => desk.line(line),
        (false, true) => record(desk, line.record()),
        (false, false) => {
            text.row(line.cells());
            Ok(())
        }
    }
}

/// Prints the orders behind the differences, and returns how many there are.
async fn orders(desk: &mut Desk<'_>, ask: &Reconcile) -> Result<usize, CliError> {
    let (mut last, mut count): (Option<Differing>, usize) = (None, 0);
    let mut text = table("order");
    loop {
        let which = (ask.day, ask.merchant.as_deref());
        let page = reconcile::orders(&desk.store.pool, which, last.as_ref(), PAGE).await?;
        page.iter().try_for_each(|it| put(desk, ask.csv, &mut text, &Line::order(ask.day, it)))?;
        count += page.len();
        if (page.len() as i64) < PAGE {
            break;
        }
        last = page.into_iter().last();
    }
    if count > 0 && !desk.json && !ask.csv {
        writeln!(desk.out)?;
        text.write(desk.out)?;
    }
    Ok(count)
}
