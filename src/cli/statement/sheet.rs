//! The rows of a statement's spreadsheet, read cell by cell: no sheet is held whole.

use std::io::BufReader;
use std::path::Path;

use calamine::{DataRef, Reader as _, Xlsx, XlsxError, open_workbook};

use crate::exit::CliError;
use crate::text;
use crate::wire::tamara::statement::{Cell, Head, Reader, Row};

/// The largest file.
const LARGEST: u64 = 256 << 20;
/// The most columns of a row.
const COLUMNS: u32 = 200;

fn cell(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty | DataRef::Error(_) => Cell::Empty,
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Bool(is) => Cell::Text(is.to_string()),
        DataRef::DateTime(at) => at.as_datetime().map_or(Cell::Empty, |at| Cell::Day(at.date())),
    }
}

/// Reads a statement, and gives each row of its tables to `take`, with the first head and the sheet. `take` returns whether it goes
/// on. Returns what its head says.
///
/// # Errors
///
/// [`CliError::Missing`] if the file cannot be opened; [`CliError::Usage`] if it is no statement, naming sheet, row and column.
pub fn read(file: &Path, mut take: impl FnMut(&Head, &str, Row) -> bool) -> Result<Head, CliError> {
    let name = || text::clean(&file.display().to_string());
    let missing = |error: std::io::Error| CliError::Missing(format!("{}: {}", name(), text::trouble(&error)));
    let length = std::fs::metadata(file).map_err(missing)?.len();
    if length > LARGEST {
        return Err(CliError::Usage(format!("{}: it has more than 256 MiB", name())));
    }
    let broken = |error: XlsxError| {
        CliError::Usage(format!(
            "{}: it is no spreadsheet that can be read: {}",
            name(),
            text::clean(&error.to_string())
        ))
    };
    let mut book: Xlsx<BufReader<std::fs::File>> = open_workbook(file).map_err(broken)?;
    let mut head: Option<Head> = None;
    for sheet in book.sheet_names() {
        let mut reader = Reader::default();
        let fault = |said: String| CliError::Usage(format!("{}: sheet {:?}, {said}", name(), text::clean(&sheet)));
        let mut cells = book.worksheet_cells_reader(&sheet).map_err(broken)?;
        let (mut line, mut row): (u32, Vec<Cell>) = (0, Vec::new());
        let mut taken = |reader: &mut Reader, line: u32, row: &[Cell]| match reader.take(line + 1, row) {
            Ok(Some(row)) => Ok(take(head.get_or_insert_with(|| reader.head.clone()), &sheet, row)),
            Ok(None) => Ok(true),
            Err(error) => Err(fault(error.to_string())),
        };
        while let Some(next) = cells.next_cell().map_err(broken)? {
            let (at, column) = next.get_position();
            if at != line {
                if !taken(&mut reader, line, &row)? {
                    return Ok(reader.head);
                }
                (line, row) = (at, Vec::new());
            }
            if column < COLUMNS {
                row.resize(column as usize, Cell::Empty);
                row.push(cell(next.get_value()));
            }
        }
        taken(&mut reader, line, &row)?;
        if reader.found() {
            head.get_or_insert(reader.head);
        }
    }
    let words = "it has no table with the headings Tamara Order ID and Merchant Order ID";
    head.ok_or_else(|| CliError::Usage(format!("{}: {words}", name())))
}
