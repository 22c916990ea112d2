//! Payouts in batches: what is to pay as a table for the bank, and the bank's answer as a table of references and failures.

use std::collections::HashMap;
use std::path::Path;

use chrono::Utc;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::super::Desk;
use super::super::export::written;
use crate::desk::cases::{self, Answer, CaseCommand, Command, PayoutUpdate};
use crate::desk::cell::guarded;
use crate::desk::place;
use crate::desk::request::or_nothing;
use crate::exit::{CliError, End};
use crate::records::{Case, CaseDetail, CasePlace, Party, Payout, PayoutState, Queue};
use crate::store::cases::read::{self, Wanted};
use crate::store::health;
use crate::text;

/// How many cases are read at a time.
const PAGE: i64 = 200;
/// The columns of the table for the bank.
const COLUMNS: [&str; 7] = ["order", "case", "to", "name", "amount", "currency", "state"];

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Became {
    /// It is recorded.
    Done,
    /// It was recorded before.
    Same,
    /// The law or the policy refuses it.
    Refused,
    /// It cannot be read, or there is no such payout.
    Unreadable,
}

#[derive(Serialize)]
struct RowLine<'a> {
    row: u64,
    order: &'a str,
    to: Option<Party>,
    result: Became,
    message: &'a str,
}

/// Writes what is to pay as CSV: every payout that is pending.
///
/// # Errors
///
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn to_pay(desk: &mut Desk<'_>) -> Result<End, CliError> {
    let mut table = csv::Writer::from_writer(&mut desk.out);
    table.write_record(COLUMNS).map_err(written)?;
    let (pool, now) = (&desk.store.pool, Utc::now());
    let mut place = CasePlace::start();
    loop {
        let wanted = Wanted { queue: Queue::Unpaid, person: &desk.store.person, now, sieve: None };
        let page = read::page(pool, wanted, &place, PAGE).await?;
        let Some(last) = page.last() else { break };
        place = last.place();
        for case in &page {
            let Some(whole) = read::whole(pool, &case.order_id, Some(case.number)).await? else { continue };
            for payout in whole.payouts.iter().filter(|payout| payout.state == PayoutState::Pending) {
                table.write_record(cells(&whole.case, payout).map(|cell| guarded(&cell))).map_err(written)?;
            }
        }
    }
    table.flush()?;
    Ok(End::Done)
}

fn cells(case: &Case, payout: &Payout) -> [String; 7] {
    let name = if payout.party == Party::Buyer { &case.buyer } else { &case.seller };
    let digits = case.money(payout.amount).map_or_else(|| payout.amount.to_string(), |money| money.digits());
    [
        case.order_id.clone(),
        case.number.to_string(),
        payout.party.name().to_owned(),
        name.clone().unwrap_or_default(),
        digits,
        case.currency.clone(),
        payout.state.to_string(),
    ]
}

/// Records what a bank says of payouts: a table with the columns order, to, and reference or failed. Each row is judged on its own; the
/// same table again changes nothing.
///
/// # Errors
///
/// [`CliError::Usage`] if the store is read-only or the table has no such columns; [`CliError::Missing`] if the file cannot be opened;
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn import(desk: &mut Desk<'_>, path: &Path) -> Result<End, CliError> {
    desk.writes()?;
    let fault =
        |error: &dyn std::fmt::Display| CliError::Missing(format!("{}: {}", path.display(), text::trouble(error)));
    let rows = place::text(path).map_err(|error| fault(&error))?;
    let mut table = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(rows.as_bytes());
    let headings = table.headers().map_err(|error| fault(&error))?.clone();
    let named: HashMap<String, usize> = headings
        .iter()
        .enumerate()
        .map(|(at, name)| (name.trim_start_matches('\u{feff}').to_lowercase(), at))
        .collect();
    let has = |name: &str| named.contains_key(name);
    if !has("order") || !(has("reference") || has("failed")) {
        let words = "the table needs the columns order, to, and reference or failed";
        return Err(CliError::Usage(format!("{}: {words}", path.display())));
    }
    let mut counts: HashMap<&'static str, usize> = HashMap::new();
    let mut worst = End::Done;
    for (at, record) in table.records().enumerate() {
        let row = at as u64 + 2;
        let (order, to, became, message) = match record {
            Ok(record) => {
                let cell = |name: &str| named.get(name).and_then(|at| record.get(*at)).filter(|it| !it.is_empty());
                judge(desk, &cell).await?
            }
            Err(error) => (String::new(), None, Became::Unreadable, error.to_string()),
        };
        match became {
            Became::Done => *counts.entry("recorded").or_default() += 1,
            Became::Same => *counts.entry("recorded before").or_default() += 1,
            Became::Refused => *counts.entry("refused").or_default() += 1,
            Became::Unreadable => *counts.entry("unreadable").or_default() += 1,
        }
        worst = match (became, worst) {
            (Became::Refused, _) | (_, End::Refused) => End::Refused,
            (Became::Unreadable, _) => End::Failed,
            (Became::Done | Became::Same, before) => before,
        };
        let (order, message) = (text::clean(&order), text::clean(&message));
        if desk.json {
            desk.line(&RowLine { row, order: &order, to, result: became, message: &message })?;
        } else if became != Became::Done && became != Became::Same {
            writeln!(desk.out, "row {row}: {order}: {message}")?;
        }
    }
    if !desk.json {
        let words = ["recorded", "recorded before", "refused", "unreadable"];
        let said: Vec<String> = words.iter().map(|word| format!("{} {word}", counts.get(word).unwrap_or(&0))).collect();
        writeln!(desk.out, "payouts: {}", said.join(", "))?;
    }
    Ok(worst)
}

type Judged = (String, Option<Party>, Became, String);

/// Records one row, if it can be recorded.
async fn judge<'r>(desk: &Desk<'_>, cell: &impl Fn(&str) -> Option<&'r str>) -> Result<Judged, CliError> {
    let name = cell("order").unwrap_or_default().to_owned();
    let wrong = |to, words: String| Ok((name.clone(), to, Became::Unreadable, words));
    let key = match desk.find(&name).await {
        Ok(key) => key,
        Err(CliError::Missing(words) | CliError::Usage(words)) => return wrong(None, words),
        Err(error) => return Err(error),
    };
    let Some(whole) = read::whole(&desk.store.pool, &key.to_string(), None).await? else {
        return wrong(None, "it has no case".to_owned());
    };
    let to = match cell("to").map(str::parse::<Party>) {
        Some(Ok(party)) => Some(party),
        Some(Err(_)) => return wrong(None, "to is buyer or seller".to_owned()),
        None if whole.payouts.len() == 1 => Some(whole.payouts[0].party),
        None => None,
    };
    let payout = to.and_then(|party| whole.payouts.iter().find(|payout| payout.party == party));
    let (Some(party), Some(payout)) = (to, payout) else {
        return wrong(to, "there is no such payout; to says whose".to_owned());
    };
    if let Some(words) = differs(&whole, payout, cell("amount"), cell("currency")) {
        return Ok((name, to, Became::Refused, words));
    }
    let how = match (cell("reference"), cell("failed")) {
        (Some(reference), None) if payout.reference.as_deref() == Some(reference) && is_paid(payout) => {
            return Ok((name, to, Became::Same, String::new()));
        }
        (Some(reference), None) => PayoutUpdate::Confirmed { reference: reference.to_owned(), collective: false },
        (None, Some(why)) => PayoutUpdate::Failed { why: why.to_owned() },
        (Some(_), Some(_)) => return wrong(to, "it has both a reference and a failure".to_owned()),
        (None, None) => return wrong(to, "it has neither a reference nor a failure".to_owned()),
    };
    let said = cell("reference").or_else(|| cell("failed")).unwrap_or_default();
    let request = request(&[&whole.case.order_id, &whole.case.number.to_string(), party.name(), said]);
    let what = CaseCommand::RecordPayout { party, how };
    let before = whole.case.seq;
    let command = Command { order: key, what, expect: None, request };
    let now = health::now(&desk.store).await?;
    let answer = cases::act_surely(&desk.store, desk.roles, &command, now).await?;
    let (became, message) = match or_nothing(answer)? {
        Answer::Done(now) if now.case.seq == before => (Became::Same, String::new()),
        Answer::Done(_) => (Became::Done, String::new()),
        Answer::Refused(refusal) | Answer::Conflict(_, _, refusal) => (Became::Refused, refusal.words),
        Answer::Same(_) => (Became::Same, String::new()),
        Answer::Missing => (Became::Unreadable, "it has no case".to_owned()),
    };
    Ok((name, to, became, message))
}

fn is_paid(payout: &Payout) -> bool {
    payout.state == PayoutState::Confirmed
}

/// What of a row's amount is another one than the payout's.
fn differs(whole: &CaseDetail, payout: &Payout, amount: Option<&str>, currency: Option<&str>) -> Option<String> {
    let owed = whole.case.money(payout.amount)?;
    let other = amount.is_some_and(|text| {
        let typed = crate::domain::Money::typed(&text.replace(',', ""), owed.currency);
        typed.map_or(true, |money| money.minor != owed.minor)
    });
    let foreign = currency.is_some_and(|code| !code.eq_ignore_ascii_case(owed.currency.code()));
    (other || foreign).then(|| format!("the payout is {owed}"))
}

/// The request id of a row: the same row again is the same request.
fn request(parts: &[&str]) -> Uuid {
    let digest = Sha256::digest(parts.join("\n").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
