//! A spreadsheet: ids and names are texts, so that 0012 stays 0012; amounts and counts are numbers.

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::cells::{COLUMNS, Cell, Row};
use crate::exit::CliError;
use crate::text;

/// The most rows that a sheet can have. Further rows are on further sheets.
const ROWS: u32 = 1_048_576;
/// The most letters that a cell can have.
const LETTERS: usize = 32_767;

/// A workbook that grows row by row.
pub struct Sheet {
    book: Workbook,
    /// The next row of the last sheet.
    next: u32,
    amount: Format,
    bold: Format,
}

fn broken(error: XlsxError) -> CliError {
    CliError::Missing(format!("the spreadsheet could not be written: {}", crate::text::trouble(&error)))
}

impl Sheet {
    /// An empty one, with its headings.
    ///
    /// # Errors
    ///
    /// [`CliError::Missing`] if there is no room for it.
    pub fn new() -> Result<Self, CliError> {
        let amount = Format::new().set_num_format("#,##0.00#");
        let mut sheet = Self { book: Workbook::new(), next: 0, amount, bold: Format::new().set_bold() };
        sheet.open().map_err(broken)?;
        Ok(sheet)
    }

    /// Starts a sheet. Its rows go to a temporary file as they come: nothing holds all orders in memory.
    fn open(&mut self) -> Result<(), XlsxError> {
        let sheet = self.book.add_worksheet_with_constant_memory();
        sheet.set_freeze_panes(1, 1)?;
        for (place, column) in (0..).zip(&COLUMNS) {
            sheet.set_column_width(place, 16)?;
            sheet.write_string_with_format(0, place, column.name, &self.bold)?;
        }
        self.next = 1;
        Ok(())
    }

    /// Adds a row.
    ///
    /// # Errors
    ///
    /// [`CliError::Missing`] if there is no room for it.
    pub fn put(&mut self, row: &Row) -> Result<(), CliError> {
        if self.next == ROWS {
            self.open().map_err(broken)?;
        }
        let (next, amount) = (self.next, self.amount.clone());
        let last = self.book.worksheets().len() - 1;
        let sheet = self.book.worksheet_from_index(last).map_err(broken)?;
        for (place, cell) in (0..).zip(row) {
            write(sheet, next, place, cell, &amount).map_err(broken)?;
        }
        self.next += 1;
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    ///
    /// [`CliError::Missing`] if there is no room for it.
    pub fn bytes(mut self) -> Result<Vec<u8>, CliError> {
        self.book.save_to_buffer().map_err(broken)
    }
}

fn write(sheet: &mut Worksheet, row: u32, place: u16, cell: &Cell, amount: &Format) -> Result<(), XlsxError> {
    let digits = |digits: &str| digits.parse::<f64>().ok();
    match cell {
        Cell::Empty => {}
        Cell::Number(number) => {
            sheet.write_number(row, place, *number as f64)?;
        }
        Cell::Amount(text) => match digits(text) {
            Some(number) => {
                sheet.write_number_with_format(row, place, number, amount)?;
            }
            None => {
                sheet.write_string(row, place, text)?;
            }
        },
        Cell::Text(_) | Cell::At(_) | Cell::List(_) | Cell::Payouts(_) => {
            let text: String = text::clean(&cell.text()).chars().take(LETTERS).collect();
            sheet.write_string(row, place, &text)?;
        }
    }
    Ok(())
}
