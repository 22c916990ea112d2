//! `recourse letter`, `recourse export`, `recourse report`: decisions for people outside the desk.

use chrono::{TimeDelta, Utc};

use super::super::json::time;
use super::super::{Desk, book};
use crate::cases::{pdf, report};
use crate::desk::cases::shown;
use crate::exit::{CliError, End};
use crate::query::Cursor;
use crate::records::OrderRecord;
use crate::settings::Settings;
use crate::settings::ask::case::{Export, Form, LetterAsk, ReportAsk};
use crate::store::cases::export;
use crate::store::page::{self, Of};
use crate::text;

/// The width of a letter as text, in columns.
const WIDTH: usize = 78;
/// How many orders are read at a time.
const PAGE: i64 = 1_000;

/// Prints the letter of a case to a party, or writes it as PDF.
///
/// # Errors
///
/// [`CliError::Missing`] if there is no such order or case, nothing is decided yet, or the PDF cannot be made;
/// [`CliError::Usage`] if its file cannot be written; [`CliError::Store`] if the database fails.
pub async fn letter(desk: &mut Desk<'_>, ask: &LetterAsk) -> Result<End, CliError> {
    let key = desk.find(&ask.order).await?;
    let missing = || CliError::Missing(format!("{key} has no case"));
    let letters = shown::letters(&desk.store, &key.to_string(), None).await?.ok_or_else(missing)?;
    let undecided = || CliError::Missing(format!("{key}: no letter before a decision"));
    let letter = letters.into_iter().find(|(party, _)| *party == ask.party).and_then(|(_, letter)| letter);
    let letter = letter.ok_or_else(undecided)?;
    if let Some(path) = &ask.pdf {
        let bytes = pdf::pdf(&letter).map_err(|error| CliError::Missing(error.to_string()))?;
        if path.as_os_str() == "-" {
            desk.out.write_all(&bytes)?;
        } else {
            std::fs::write(path, bytes)
                .map_err(|error| CliError::Usage(format!("{}: {error}", text::clean(&path.to_string_lossy()))))?;
        }
        return Ok(End::Done);
    }
    if desk.json {
        let line = serde_json::json!({ "order": key.id, "for": ask.party.name(), "date": letter.date, "subject": letter.subject, "paragraphs": letter.paragraphs });
        desk.line(&line)?;
    } else {
        write!(desk.out, "{}", letter.text(WIDTH))?;
    }
    Ok(End::Done)
}

/// Prints what the desk did in a period.
///
/// # Errors
///
/// [`CliError::Usage`] if the period is empty or longer than ten years; [`CliError::Store`] if the database fails;
/// [`CliError::Io`] if the output cannot be written.
pub async fn report(desk: &mut Desk<'_>, ask: &ReportAsk) -> Result<End, CliError> {
    let to = ask.to.unwrap_or_else(Utc::now);
    let from = ask.from.unwrap_or(to - TimeDelta::days(30));
    if from >= to || to - from > TimeDelta::days(3_700) {
        return Err(CliError::Usage("--from must be before --to, by at most ten years".to_owned()));
    }
    let (found, policy) = shown::report(&desk.store, from, to).await?;
    if desk.json {
        desk.line(&found)?;
    } else if ask.csv {
        let mut out = csv::Writer::from_writer(&mut *desk.out);
        out.write_record(["table", "of", "figure", "value"]).map_err(written)?;
        for row in report::rows(&found) {
            out.write_record(row.map(|cell| guarded(&cell))).map_err(written)?;
        }
        out.flush()?;
    } else {
        for line in report::lines(&found, &policy) {
            writeln!(desk.out, "{}", line.trim_end())?;
        }
    }
    Ok(End::Done)
}

fn written(error: csv::Error) -> CliError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => CliError::Io(error),
        other => CliError::Missing(format!("the table could not be written: {other:?}")),
    }
}

/// A cell that no spreadsheet reads as a formula.
fn guarded(cell: &str) -> String {
    let formula =
        cell.starts_with(['=', '+', '@', '\t', '\r']) || (cell.starts_with('-') && cell.parse::<f64>().is_err());
    // Control codes are removed too: the table may go to a terminal.
    let cell = text::clean(cell);
    if formula { format!("'{cell}") } else { cell }
}

const COLUMNS: [&str; 26] = [
    "order",
    "provider",
    "status",
    "version",
    "currency",
    "amount",
    "merchant",
    "buyer",
    "seller",
    "opened_at",
    "entered_at",
    "due_at",
    "case",
    "case_stage",
    "case_owner",
    "case_reason",
    "case_opened_at",
    "claimed",
    "basis",
    "to_seller",
    "to_buyer",
    "decided_at",
    "decided_by",
    "approved_by",
    "payouts",
    "case_closed_at",
];

fn cells(stored: &OrderRecord, case: Option<&export::Line>) -> [Option<String>; 26] {
    let order = &stored.order;
    let digits = |minor: i64| order.money(minor).digits();
    let of = |field: fn(&export::Line) -> Option<String>| case.and_then(field);
    let parts = order.facts.parts;
    [
        Some(order.key.id.clone()),
        Some(order.provider().name().to_owned()),
        Some(order.status.name().to_owned()),
        Some(order.version.to_string()),
        Some(order.amount.currency.code().to_owned()),
        Some(order.amount.digits()),
        stored.merchant.clone(),
        stored.buyer.clone(),
        stored.seller.clone(),
        Some(time(order.opened_at)),
        Some(time(order.entered_at)),
        order.due_at().map(time),
        of(|it| Some(it.number.to_string())),
        of(|it| Some(it.stage.clone())),
        of(|it| it.owner.clone()),
        of(|it| it.reason.clone()),
        of(|it| Some(time(it.opened_at))),
        case.and_then(|it| it.claimed).map(digits),
        of(|it| it.basis.clone()),
        parts.map(|parts| digits(parts.to_seller)),
        parts.map(|parts| digits(parts.to_buyer)),
        of(|it| it.decided_at.map(time)),
        of(|it| it.decided_by.clone()),
        of(|it| it.approved_by.clone()),
        of(|it| it.payouts.clone()),
        of(|it| it.closed_at.map(time)),
    ]
}

/// Exports matching orders with the outcome of their disputes, page by page.
///
/// # Errors
///
/// [`CliError::Usage`] if a status, view or query cannot be read; [`CliError::Store`] if the database fails;
/// [`CliError::Io`] if the output cannot be written.
pub async fn export(desk: &mut Desk<'_>, settings: &Settings, ask: &Export) -> Result<End, CliError> {
    let orders = ask.orders();
    let sieve = book::sieve_of(desk, settings, &orders).await?;
    let pool = desk.store.pool.clone();
    let mut after = Cursor::start();
    let csv_wanted = !desk.json && ask.format == Form::Csv;
    if csv_wanted {
        let mut out = csv::Writer::from_writer(&mut *desk.out);
        out.write_record(COLUMNS).map_err(written)?;
        out.flush()?;
    }
    let mut left = i64::try_from(ask.limit.unwrap_or(u64::MAX)).unwrap_or(i64::MAX);
    while left > 0 {
        let page = page::after(&pool, Of::Sieve(&sieve), orders.sort, &after, left.min(PAGE)).await?;
        let Some(last) = page.last() else { break };
        after = Cursor::of(last, orders.sort);
        left -= page.len() as i64;
        let names: Vec<String> = page.iter().map(|stored| stored.order.key.to_string()).collect();
        let cases = export::lines(&pool, &names).await?;
        let rows = page.iter().zip(&names).map(|(stored, name)| cells(stored, cases.get(name)));
        if csv_wanted {
            let mut out = csv::Writer::from_writer(&mut *desk.out);
            for row in rows {
                out.write_record(row.map(|cell| guarded(&cell.unwrap_or_default()))).map_err(written)?;
            }
            out.flush()?;
        } else {
            for row in rows {
                let object: serde_json::Map<String, serde_json::Value> =
                    COLUMNS.iter().zip(row).map(|(name, cell)| ((*name).to_owned(), cell.into())).collect();
                desk.line(&object)?;
            }
        }
    }
    Ok(End::Done)
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn no_cell_is_a_formula() {
        let check = |cell: &str, expect: &str| assert_eq!(guarded(cell), expect);
        check("=1+1", "'=1+1");
        check("@SUM(A1)", "'@SUM(A1)");
        check("-x", "'-x");
        check("-5.20", "-5.20");
        check("Ngozi Eze", "Ngozi Eze");
    }
}
