//! `recourse export`: orders with the outcome of their disputes, for spreadsheets and other programs.

mod cells;
mod xlsx;

use std::io::IsTerminal;

use chrono::Utc;

use super::{Desk, book};
use crate::desk::place;
use crate::desk::stuck::causes;
use crate::domain::is_unseen;
use crate::exit::{CliError, End};
use crate::query::Cursor;
use crate::settings::Settings;
use crate::settings::ask::tell::{Export, Form};
use crate::store::StoreError;
use crate::store::cases::export;
use crate::store::page::{self, Of};
use crate::text;
use cells::{COLUMNS, Row, Told};

/// How many orders are read at a time.
const PAGE: i64 = 1_000;

pub(super) fn written(error: csv::Error) -> CliError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => CliError::Io(error),
        other => CliError::Missing(format!("the table could not be written: {other:?}")),
    }
}

/// A cell that no spreadsheet reads as a formula.
pub(super) fn guarded(cell: &str) -> String {
    // Control codes and invisible letters are removed first: a spreadsheet looks behind them, and so does a terminal.
    let cell = text::clean(cell);
    // What separates cells for another reader begins a cell of its own there.
    let skipped = |letter: char| letter.is_whitespace() || matches!(letter, ';' | ',') || is_unseen(letter);
    let first = cell.trim_start_matches(skipped);
    let sign = first.starts_with(['=', '+', '@', '＝', '＋', '＠', '－', '﹦', '﹢', '﹫', '﹣']);
    let formula = sign || (first.starts_with('-') && cell.parse::<f64>().is_err());
    if formula { format!("'{cell}") } else { cell }
}

/// Where rows go.
enum Sink {
    Csv,
    Lines,
    Sheet(Box<xlsx::Sheet>),
}

/// Exports matching orders, page by page.
///
/// # Errors
///
/// [`CliError::Usage`] if a status, view or query cannot be read, or a spreadsheet would be printed on a terminal;
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn export(desk: &mut Desk<'_>, settings: &Settings, ask: &Export) -> Result<End, CliError> {
    let orders = ask.orders();
    let sieve = book::sieve_of(desk, settings, &orders).await?;
    let mut sink = match ask.format {
        _ if desk.json => Sink::Lines,
        Form::Csv => Sink::Csv,
        Form::Jsonl => Sink::Lines,
        Form::Xlsx if ask.to.is_none() && std::io::stdout().is_terminal() => {
            let words = "a spreadsheet is no text: add --to FILE.xlsx, or send the output to a file";
            return Err(CliError::Usage(words.to_owned()));
        }
        Form::Xlsx => Sink::Sheet(Box::new(xlsx::Sheet::new()?)),
    };
    let create = |path: &std::path::PathBuf| place::target(path).and_then(|()| std::fs::File::create(path));
    let mut file = ask.to.as_ref().map(create).transpose().map_err(|error| {
        let path = ask.to.as_ref().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
        CliError::Usage(format!("{}: {}", text::clean(&path), text::trouble(&error)))
    })?;
    let mut out: &mut dyn std::io::Write = match &mut file {
        Some(file) => file,
        None => &mut *desk.out,
    };
    if matches!(sink, Sink::Csv) {
        let mut table = csv::Writer::from_writer(&mut out);
        table.write_record(COLUMNS.each_ref().map(|column| column.name)).map_err(written)?;
        table.flush()?;
    }
    let (pool, automatic) = (desk.store.pool.clone(), settings.args.work.automatic());
    let mut after = Cursor::start();
    let mut left = i64::try_from(ask.limit.unwrap_or(u64::MAX)).unwrap_or(i64::MAX);
    while left > 0 {
        let page = page::after(&pool, Of::Sieve(&sieve), orders.sort, &after, left.min(PAGE)).await?;
        let Some(last) = page.last() else { break };
        after = Cursor::of(last, orders.sort);
        left -= page.len() as i64;
        let names: Vec<String> = page.iter().map(|stored| stored.order.key.to_string()).collect();
        let (cases, moments) = (export::lines(&pool, &names).await?, export::moments(&pool, &names).await?);
        let whys = causes(&desk.store, &page, &automatic, Utc::now()).await?;
        let rows = page.iter().zip(&names).map(|(stored, name)| {
            let cause = whys.get(&stored.order.key).map(|why| why.cause.name());
            let case = cases.get(name);
            let payouts = case.map(export::Line::payouts).transpose()?.unwrap_or_default();
            Ok(Told { stored, case, payouts, moments: moments.get(name), cause }.row())
        });
        let rows = rows.collect::<Result<Vec<Row>, StoreError>>()?;
        put(&mut sink, &mut out, rows.into_iter())?;
    }
    if let Sink::Sheet(sheet) = sink {
        out.write_all(&sheet.bytes()?)?;
    }
    out.flush()?;
    Ok(End::Done)
}

fn put(sink: &mut Sink, out: &mut dyn std::io::Write, rows: impl Iterator<Item = Row>) -> Result<(), CliError> {
    match sink {
        Sink::Csv => {
            let mut table = csv::Writer::from_writer(out);
            for row in rows {
                table.write_record(row.iter().map(|cell| guarded(&cell.text()))).map_err(written)?;
            }
            table.flush()?;
        }
        Sink::Lines => {
            for row in rows {
                let object: serde_json::Map<String, serde_json::Value> =
                    COLUMNS.iter().zip(row).map(|(column, cell)| (column.name.to_owned(), cell.json())).collect();
                writeln!(out, "{}", serde_json::Value::from(object))?;
            }
        }
        Sink::Sheet(sheet) => {
            for row in rows {
                sheet.put(&row)?;
            }
        }
    }
    Ok(())
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
        check("\t=1+1", "' =1+1");
        check("  =1+1", "'  =1+1");
        check("\u{200b}=1+1", "'=1+1");
        check("\u{2060}=1+1", "'\u{2060}=1+1");
        check("\u{ad}@x", "'\u{ad}@x");
        check("＝1+1", "'＝1+1");
        check("－x", "'－x");
        check(";=1 22", "';=1 22");
        check("\u{600}﹦1", "'\u{600}﹦1");
        check("-5.20", "-5.20");
        check("Ngozi Eze", "Ngozi Eze");
    }
}
