//! The rows of a statement's spreadsheet, read cell by cell: no sheet is held whole.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{DataRef, Reader as _, SheetVisible, Xlsx, XlsxError, open_workbook};
use zip::ZipArchive;

use crate::exit::CliError;
use crate::text;
use crate::wire::tamara::statement::{Cell, Head, Reader, Row};

/// The largest file, and the most bytes that it may unpack to.
const LARGEST: u64 = 256 << 20;
const UNPACKED: u64 = 512 << 20;
/// The most bytes of texts that cells share: they are held in memory.
const SHARED: u64 = 128 << 20;
/// The most rows of a head.
const HEAD: u32 = 100;
/// The most columns of a row.
const COLUMNS: u32 = 200;

fn cell(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Error(error) => Cell::Broken(error.to_string()),
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Bool(is) => Cell::Text(is.to_string()),
        DataRef::DateTime(at) => {
            at.as_datetime().map_or_else(|| Cell::Broken("no date".to_owned()), |at| Cell::Day(at.date()))
        }
    }
}

/// Opens the spreadsheet, unless it would fill the memory.
fn open(file: &Path) -> Result<Xlsx<BufReader<File>>, CliError> {
    let name = text::clean(&file.display().to_string());
    let missing = |error: std::io::Error| CliError::Missing(format!("{name}: {}", text::trouble(&error)));
    let length = std::fs::metadata(file).map_err(missing)?.len();
    let usage = |words: &str| Err(CliError::Usage(format!("{name}: {words}")));
    if length > LARGEST {
        return usage("it has more than 256 MiB");
    }
    let Ok(mut packed) = ZipArchive::new(File::open(file).map_err(missing)?) else {
        return usage("it is no .xlsx spreadsheet: open it in a spreadsheet program and save it as .xlsx");
    };
    let mut sizes: Vec<(bool, u64)> = Vec::new();
    for at in 0..packed.len() {
        if let Ok(part) = packed.by_index_raw(at) {
            sizes.push((part.name().to_lowercase().ends_with("sharedstrings.xml"), part.size()));
        }
    }
    let all: u64 = sizes.iter().map(|(_, size)| *size).fold(0, u64::saturating_add);
    if all > UNPACKED || sizes.iter().any(|(shared, size)| *shared && *size > SHARED) {
        return usage("it is too large to be read: keep the statement in parts");
    }
    open_workbook(file).map_err(|error| broken(&name, &error))
}

fn broken(name: &str, error: &XlsxError) -> CliError {
    let why = text::clean(&error.to_string());
    CliError::Usage(format!("{name}: it is no .xlsx spreadsheet that can be read ({why}): save it as .xlsx again"))
}

/// Reads a statement, and gives each row of its tables to `take`, with the head and the sheet. `take` returns whether it goes
/// on. Returns what the head says.
///
/// # Errors
///
/// [`CliError::Missing`] if the file cannot be opened; [`CliError::Usage`] if it is no statement, naming sheet, row and column.
pub fn read(file: &Path, mut take: impl FnMut(&Head, &str, Row) -> bool) -> Result<Head, CliError> {
    let name = text::clean(&file.display().to_string());
    let mut book = open(file)?;
    let seen = |sheet: &&calamine::Sheet| sheet.visible == SheetVisible::Visible;
    let sheets: Vec<String> = book.sheets_metadata().iter().filter(seen).map(|sheet| sheet.name.clone()).collect();
    // The head may stand on another sheet than the table, before it or after.
    let mut head = Head::default();
    for sheet in &sheets {
        let mut reader = Reader::default();
        rows(&mut book, sheet, &name, |line, cells| {
            // What is wrong with a row is said when it is taken.
            Ok(line <= HEAD && reader.take(line, cells).is_ok() && !reader.found())
        })?;
        if !head.join(reader.head) {
            let words = "it is another statement than on the sheet before: keep them as two files";
            return Err(CliError::Usage(format!("{name}: sheet {:?}, {words}", text::clean(sheet))));
        }
    }
    let mut is_found = false;
    for sheet in sheets {
        let fault = |said: &str| CliError::Usage(format!("{name}: sheet {:?}, {said}", text::clean(&sheet)));
        let mut reader = Reader::default();
        let mut goes_on = true;
        rows(&mut book, &sheet, &name, |line, cells| {
            let row = reader.take(line, cells).map_err(|error| fault(&error.to_string()))?;
            goes_on = row.is_none_or(|row| take(&head, &sheet, row));
            Ok(goes_on)
        })?;
        is_found |= reader.found();
        if !goes_on {
            return Ok(head);
        }
    }
    let words = "it has no table with the headings Tamara Order ID and Merchant Order ID on a sheet that can be seen";
    if is_found { Ok(head) } else { Err(CliError::Usage(format!("{name}: {words}"))) }
}

/// Gives each row of a sheet to `take`, with its line, counted from 1. `take` returns whether it goes on.
fn rows(
    book: &mut Xlsx<BufReader<File>>,
    sheet: &str,
    name: &str,
    mut take: impl FnMut(u32, &[Cell]) -> Result<bool, CliError>,
) -> Result<(), CliError> {
    let broken = |error: XlsxError| broken(name, &error);
    let mut cells = book.worksheet_cells_reader(sheet).map_err(broken)?;
    let (mut line, mut row): (u32, Vec<Cell>) = (0, Vec::new());
    while let Some(next) = cells.next_cell().map_err(broken)? {
        let (at, column) = next.get_position();
        if at < line || (at == line && (column as usize) < row.len()) {
            let place = format!("sheet {:?}, row {}", text::clean(sheet), at.saturating_add(1));
            return Err(CliError::Usage(format!(
                "{name}: {place}: its cells are not in order: save it as .xlsx again"
            )));
        }
        if at != line {
            if !take(line + 1, &row)? {
                return Ok(());
            }
            (line, row) = (at, Vec::new());
        }
        if column < COLUMNS {
            row.resize(column as usize, Cell::Empty);
            row.push(cell(next.get_value()));
        }
    }
    take(line.saturating_add(1), &row).map(|_| ())
}
