//! Columns of a list: which of them there is room for. What must be whole is never cut; other columns are left out in a
//! declared order, and the widest words share what is left.

use ratatui::style::Style;
use ratatui::text::Span;

use crate::text;

/// A column of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub title: &'static str,
    /// How wide its widest value is.
    pub wide: usize,
    /// When it is left out: the highest goes first. 0 stays, and is never cut.
    pub drop: u8,
    /// Numbers stand on the right.
    pub right: bool,
    /// It is left out where it would have to be cut.
    pub uncut: bool,
}

/// The least width of a column of words.
const LEAST: usize = 8;
/// Blanks between columns.
const GAP: usize = 2;

impl Column {
    /// A column that is always there and never cut.
    pub fn whole(title: &'static str, wide: usize) -> Self {
        Self { title, wide: wide.max(text::width(title)), drop: 0, right: false, uncut: true }
    }

    /// A column of words that may be cut or left out. Without any words it is not there.
    pub fn words(title: &'static str, wide: usize, drop: u8) -> Self {
        let wide = if wide == 0 { 0 } else { wide.max(text::width(title)) };
        Self { title, wide, drop, right: false, uncut: false }
    }

    /// The same column, left out where it would have to be cut.
    pub const fn uncut(self) -> Self {
        Self { uncut: true, ..self }
    }

    /// The same column, with its values on the right.
    pub const fn right(self) -> Self {
        Self { right: true, ..self }
    }

    fn least(&self) -> usize {
        if self.uncut { self.wide } else { self.wide.min(LEAST) }
    }
}

/// The width of each column in this room; `None` for those that are left out.
pub fn fit(columns: &[Column], room: usize) -> Vec<Option<usize>> {
    let mut widths: Vec<Option<usize>> = columns.iter().map(|it| Some(it.least()).filter(|wide| *wide > 0)).collect();
    let used = |widths: &[Option<usize>]| widths.iter().flatten().map(|wide| wide + GAP).sum::<usize>();
    while used(&widths) > room + GAP {
        let there = columns.iter().enumerate().filter(|(at, it)| it.drop > 0 && widths[*at].is_some());
        let Some((at, _)) = there.max_by_key(|(_, it)| it.drop) else { break };
        widths[at] = None;
    }
    // What is left goes to the columns that are not as wide as their values, a cell at a time, the most important first.
    let mut rest = (room + GAP).saturating_sub(used(&widths));
    while rest > 0 {
        let wants = |at: &usize| widths[*at].is_some_and(|wide| wide < columns[*at].wide);
        let Some(at) = (0..columns.len()).filter(wants).min_by_key(|at| (widths[*at], columns[*at].drop)) else {
            break;
        };
        widths[at] = widths[at].map(|wide| wide + 1);
        rest -= 1;
    }
    widths
}

/// The headings of the columns that there is room for.
pub fn headings(columns: &[Column], widths: &[Option<usize>], style: Style) -> Vec<Span<'static>> {
    let values = columns.iter().map(|it| Span::styled(it.title, style)).collect();
    row(columns, widths, values)
}

/// A row of values, one for each column, in the columns that there is room for.
pub fn row(columns: &[Column], widths: &[Option<usize>], values: Vec<Span<'static>>) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    for ((column, wide), value) in columns.iter().zip(widths).zip(values) {
        let Some(wide) = *wide else { continue };
        if !spans.is_empty() {
            spans.push(Span::raw(" ".repeat(GAP)));
        }
        let words = if column.right { text::right(&value.content, wide) } else { text::left(&value.content, wide) };
        spans.push(Span::styled(words, value.style));
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_go_in_their_order_and_what_is_whole_stays() {
        let columns = [
            Column::whole("id", 9),
            Column::whole("left", 7),
            Column::words("reason", 20, 1),
            Column::words("buyer", 12, 2),
        ];
        let check = |room, expect: [Option<usize>; 4]| assert_eq!(fit(&columns, room), expect, "in {room}");
        check(60, [Some(9), Some(7), Some(20), Some(12)]);
        check(48, [Some(9), Some(7), Some(14), Some(12)]);
        check(38, [Some(9), Some(7), Some(8), Some(8)]);
        check(37, [Some(9), Some(7), Some(17), None]);
        check(20, [Some(9), Some(7), None, None]);
        check(3, [Some(9), Some(7), None, None]);
        let empty = [Column::whole("id", 9), Column::words("reason", 0, 1)];
        assert_eq!(fit(&empty, 40), [Some(9), None]);
    }
}
