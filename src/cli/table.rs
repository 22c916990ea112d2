//! Plain tables: columns as wide as their widest cell, numbers flush right.

use std::io::{self, Write};

use crate::text;

/// A table of text.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
    right: Vec<usize>,
}

impl Table {
    /// A table with these headings; columns in `right` are flush right.
    pub fn new(headings: &[&str], right: &[usize]) -> Self {
        let headings = headings.iter().map(|&heading| heading.to_owned()).collect();
        Self { rows: vec![headings], right: right.to_vec() }
    }

    /// Adds a row. Cells are made safe to print here.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| text::clean(&cell)).collect());
    }

    /// Writes the table.
    ///
    /// # Errors
    ///
    /// The error of `out` if it cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest = |at: usize| self.rows.iter().filter_map(|row| row.get(at)).map(|cell| text::width(cell)).max();
        let widths: Vec<usize> = (0..columns).map(|at| widest(at).unwrap_or(0)).collect();
        for row in &self.rows {
            let cells = row.iter().enumerate().map(|(at, cell)| {
                if self.right.contains(&at) { text::right(cell, widths[at]) } else { text::left(cell, widths[at]) }
            });
            writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}
