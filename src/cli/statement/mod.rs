//! `recourse statement`: a settlement statement of Tamara against the book.

mod sheet;

use std::collections::BTreeMap;

use serde::Serialize;

use super::Desk;
use super::table::Table;
use crate::domain::{Currency, Money};
use crate::exit::{CliError, End};
use crate::settings::ask::provider::Statement;
use crate::store::statements;
use crate::text;
use crate::wire::tamara::statement::Row;

/// A row that does not agree with the book.
#[derive(Serialize)]
struct Wrong {
    kind: &'static str,
    line: u32,
    day: String,
    order: String,
    number: Option<String>,
    event: &'static str,
    currency: &'static str,
    amount: String,
}

impl Wrong {
    fn of(kind: &'static str, row: &Row) -> Self {
        Self {
            kind,
            line: row.line,
            day: row.day.to_string(),
            order: row.order.clone(),
            number: row.number.clone(),
            event: row.event.into(),
            currency: row.amount.currency.code(),
            amount: row.amount.digits(),
        }
    }
}

/// What a statement has of one currency and event.
#[derive(Debug, Default)]
struct Sum {
    rows: u64,
    theirs: i64,
    ours: i64,
}

#[derive(Serialize)]
struct SumLine {
    kind: &'static str,
    currency: &'static str,
    event: &'static str,
    rows: u64,
    theirs: String,
    ours: String,
    difference: String,
}

/// The sums, by currency and event in words.
type Sums = BTreeMap<(&'static str, &'static str), (Currency, Sum)>;

/// Reads a statement and lists what does not agree with the book: 0 if everything does, 1 if not.
///
/// # Errors
///
/// [`CliError::Missing`] if the file cannot be opened; [`CliError::Usage`] if it is no statement; [`CliError::Store`] if the database
/// fails; [`CliError::Io`] if the output cannot be written.
pub async fn statement(desk: &mut Desk<'_>, ask: &Statement) -> Result<End, CliError> {
    let mut rows = Vec::new();
    let head = sheet::read(&ask.file, |row| rows.push(row))?;
    let (mut sums, mut wrong): (Sums, Vec<Wrong>) = (Sums::new(), Vec::new());
    // All at once: equal rows are counted against equal moves, wherever they stand.
    let booked = statements::booked(&desk.store.pool, &rows).await?;
    for (row, booked) in rows.iter().zip(booked) {
        count(&mut sums, row, booked.is_ours);
        if !row.adds_up {
            wrong.push(Wrong::of("does_not_add_up", row));
        }
        match (booked.is_known, booked.is_ours) {
            (false, _) => wrong.push(Wrong::of("unknown_order", row)),
            (true, false) => wrong.push(Wrong::of("not_recorded", row)),
            (true, true) => {}
        }
    }
    print(desk, &wrong, &sums)?;
    if !desk.json {
        let id = head.id.map(|id| format!(" {}", text::clean(&id))).unwrap_or_default();
        let merchant = head.merchant.map(|name| format!(" of merchant {}", text::clean(&name))).unwrap_or_default();
        writeln!(desk.out, "statement{id}{merchant}: {} rows, {} do not agree", rows.len(), wrong.len())?;
    }
    Ok(if wrong.is_empty() { End::Done } else { End::Failed })
}

fn count(sums: &mut Sums, row: &Row, is_ours: bool) {
    let currency = row.amount.currency;
    let place = (currency.code(), <&str>::from(row.event));
    let (_, sum) = sums.entry(place).or_insert_with(|| (currency, Sum::default()));
    sum.rows += 1;
    sum.theirs += row.amount.minor;
    sum.ours += if is_ours { row.amount.minor } else { 0 };
}

/// What a kind of disagreement means.
fn means(kind: &str) -> &'static str {
    match kind {
        "unknown_order" => "no such order here",
        "not_recorded" => "the order has no such move here",
        _ => "fees, tax and what is payable do not make up the amount",
    }
}

fn print(desk: &mut Desk<'_>, wrong: &[Wrong], sums: &Sums) -> Result<(), CliError> {
    let mut lines = sums.iter().map(|((code, event), (currency, sum))| {
        let digits = |minor| Money::new(minor, *currency).digits();
        SumLine {
            kind: "sum",
            currency: code,
            event,
            rows: sum.rows,
            theirs: digits(sum.theirs),
            ours: digits(sum.ours),
            difference: digits(sum.theirs - sum.ours),
        }
    });
    if desk.json {
        wrong.iter().try_for_each(|it| desk.line(it))?;
        return lines.try_for_each(|it| desk.line(&it));
    }
    if !wrong.is_empty() {
        let mut table = Table::new(&["row", "day", "order", "shop no", "event", "amount", "what is wrong"], &[0]);
        for it in wrong {
            table.row([
                it.line.to_string(),
                it.day.clone(),
                it.order.clone(),
                it.number.clone().unwrap_or_default(),
                it.event.to_owned(),
                format!("{} {}", it.currency, it.amount),
                means(it.kind).to_owned(),
            ]);
        }
        table.write(desk.out)?;
    }
    let mut table = Table::new(&["event", "rows", "theirs", "ours", "difference"], &[1, 2, 3, 4]);
    for it in lines {
        let money = |digits: String| format!("{} {digits}", it.currency);
        table.row([it.event.to_owned(), it.rows.to_string(), money(it.theirs), money(it.ours), money(it.difference)]);
    }
    Ok(table.write(desk.out)?)
}
