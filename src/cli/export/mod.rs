//! `recourse export`: orders with the outcome of their disputes, for spreadsheets and other programs.

mod cells;
mod xlsx;

use std::io::IsTerminal;

use chrono::Utc;

use super::{Desk, book};
use crate::desk::cell::guarded;
use crate::desk::place;
use crate::desk::stuck::causes;
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
                writeln!(out, "{}", crate::text::json(&object).map_err(std::io::Error::from)?)?;
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
