//! What of a statement does not agree, as lines of JSON, as CSV, or as tables.

use serde::Serialize;

use crate::cli::Desk;
use crate::cli::export::written;
use crate::cli::table::Table;
use crate::desk::cell::guarded;
use crate::exit::CliError;
use crate::store::statements::{COUNTED, Difference, Kind, Statement, Sum, digits, event, money};

/// A statement, as a line.
#[derive(Serialize)]
pub struct Head<'a> {
    kind: &'static str,
    number: i64,
    id: Option<&'a str>,
    merchant: Option<&'a str>,
    first_day: Option<String>,
    last_day: Option<String>,
    rows: i32,
    /// How much does not agree; that many or more if it is cut off.
    differences: i64,
    cut_off: bool,
    replaced: bool,
    /// Whether it was kept now or before.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<&'static str>,
}

impl<'a> Head<'a> {
    /// The line of a statement.
    pub fn of(it: &'a Statement, kept: Option<&'static str>) -> Self {
        Self {
            kind: "statement",
            number: it.number,
            id: it.name.as_deref(),
            merchant: it.merchant.as_deref(),
            first_day: it.first_day.map(|day| day.to_string()),
            last_day: it.last_day.map(|day| day.to_string()),
            rows: it.rows,
            differences: it.wrong,
            cut_off: it.wrong >= COUNTED,
            replaced: it.replaced,
            kept,
        }
    }
}

#[derive(Serialize)]
struct DifferenceLine<'a> {
    kind: &'a str,
    sheet: Option<&'a str>,
    line: Option<i32>,
    day: String,
    order: &'a str,
    number: Option<&'a str>,
    event: &'static str,
    currency: &'a str,
    amount: String,
}

#[derive(Serialize)]
struct SumLine<'a> {
    kind: &'static str,
    currency: &'a str,
    event: &'static str,
    rows: i64,
    theirs: String,
    ours: String,
    difference: String,
}

/// How it is printed.
pub enum Out {
    /// Lines of JSON.
    Json,
    /// CSV.
    Csv,
    /// A table, once all rows are there.
    Text(Option<Table>),
}

const COLUMNS: [&str; 13] = [
    "kind",
    "sheet",
    "row",
    "day",
    "order",
    "number",
    "event",
    "currency",
    "amount",
    "rows",
    "theirs",
    "ours",
    "difference",
];

impl Out {
    /// Prints what stands before everything else.
    ///
    /// # Errors
    ///
    /// [`CliError::Io`] if the output cannot be written.
    pub fn begin(desk: &mut Desk<'_>, csv: bool, it: &Statement, kept: Option<&'static str>) -> Result<Self, CliError> {
        if desk.json {
            desk.line(&Head::of(it, kept))?;
            return Ok(Self::Json);
        }
        if csv {
            record(desk, COLUMNS.map(str::to_owned))?;
            return Ok(Self::Csv);
        }
        Ok(Self::Text(None))
    }

    /// Prints something that does not agree.
    ///
    /// # Errors
    ///
    /// [`CliError::Io`] if the output cannot be written.
    pub fn difference(&mut self, desk: &mut Desk<'_>, it: &Difference) -> Result<(), CliError> {
        let line = DifferenceLine {
            kind: &it.kind,
            sheet: it.sheet.as_deref(),
            line: it.line,
            day: it.day.to_string(),
            order: it.order_id.split_once(':').map_or(&it.order_id, |(_, id)| id),
            number: it.order_number.as_deref(),
            event: event(&it.action),
            currency: &it.currency,
            amount: digits(&it.currency, it.amount),
        };
        let number = line.line.map(|line| line.to_string()).unwrap_or_default();
        match self {
            Self::Json => desk.line(&line),
            Self::Csv => {
                let words = [line.kind, line.sheet.unwrap_or_default(), &number, &line.day, line.order];
                let more = [line.number.unwrap_or_default(), line.event, line.currency, &line.amount, "", "", "", ""];
                record(desk, words.into_iter().chain(more).map(guarded))
            }
            Self::Text(table) => {
                let headings = ["row", "day", "order", "shop no", "event", "amount", "what is wrong"];
                table.get_or_insert_with(|| Table::new(&headings, &[0, 5])).row([
                    number,
                    line.day,
                    line.order.to_owned(),
                    line.number.unwrap_or_default().to_owned(),
                    line.event.to_owned(),
                    format!("{} {}", line.currency, line.amount),
                    Kind::of(line.kind).means().to_owned(),
                ]);
                Ok(())
            }
        }
    }

    /// Prints the sums.
    ///
    /// # Errors
    ///
    /// [`CliError::Io`] if the output cannot be written.
    pub fn end(self, desk: &mut Desk<'_>, sums: &[Sum]) -> Result<(), CliError> {
        let line = |it: &Sum| {
            (event(&it.action), [it.theirs, it.ours, it.theirs - it.ours].map(|sum| digits(&it.currency, sum)))
        };
        match self {
            Self::Json => sums.iter().try_for_each(|it| {
                let (event, [theirs, ours, difference]) = line(it);
                desk.line(&SumLine {
                    kind: "sum",
                    currency: &it.currency,
                    event,
                    rows: it.rows,
                    theirs,
                    ours,
                    difference,
                })
            }),
            Self::Csv => sums.iter().try_for_each(|it| {
                let (event, [theirs, ours, difference]) = line(it);
                let rows = it.rows.to_string();
                let words = ["sum", "", "", "", "", "", event, &it.currency, "", &rows, &theirs, &ours, &difference];
                record(desk, words.map(guarded))
            }),
            Self::Text(table) => {
                table.map_or(Ok(()), |table| table.write(desk.out))?;
                let mut table = Table::new(&["event", "rows", "theirs", "ours", "difference"], &[1, 2, 3, 4]);
                for it in sums {
                    let [theirs, ours, difference] =
                        [it.theirs, it.ours, it.theirs - it.ours].map(|sum| money(&it.currency, sum));
                    table.row([event(&it.action).to_owned(), it.rows.to_string(), theirs, ours, difference]);
                }
                Ok(table.write(desk.out)?)
            }
        }
    }
}

/// Writes a line of CSV.
///
/// # Errors
///
/// [`CliError::Io`] if the output cannot be written.
pub fn record(desk: &mut Desk<'_>, cells: impl IntoIterator<Item = String>) -> Result<(), CliError> {
    let mut out = csv::Writer::from_writer(&mut *desk.out);
    out.write_record(cells).map_err(written)?;
    Ok(out.flush()?)
}
