//! Reorders right-to-left text for terminals that do not. Each piece of a line is reordered separately, so that columns
//! and amounts stay in place.

use ratatui::buffer::{Buffer, Cell};
use unicode_bidi::{BidiInfo, Level};

use crate::text;

/// Frames and rules: like two blanks, they separate the pieces of a line.
const FRAMES: &str = "│─╭╮╰╯▌|";

/// Reorders right-to-left text in the buffer.
pub fn reorder(buf: &mut Buffer) {
    let width = usize::from(buf.area.width);
    if width == 0 {
        return;
    }
    for row in buf.content.chunks_mut(width) {
        // Most rows have none.
        if row.iter().any(|cell| cell.symbol().chars().any(reads_from_the_right)) {
            pieces(row).into_iter().for_each(|(from, to)| turn(&mut row[from..to]));
        }
    }
}

fn reads_from_the_right(letter: char) -> bool {
    use unicode_bidi::BidiClass::{AL, R};
    matches!(unicode_bidi::bidi_class(letter), R | AL)
}

/// The cell ranges of the pieces of a row.
fn pieces(row: &[Cell]) -> Vec<(usize, usize)> {
    let (mut pieces, mut start, mut blanks) = (Vec::new(), None, 0);
    for (at, cell) in row.iter().enumerate() {
        let frame = FRAMES.contains(cell.symbol());
        blanks = if cell.symbol() == " " { blanks + 1 } else { 0 };
        if frame || blanks > 1 {
            if let Some(from) = start.take() {
                pieces.push((from, at + usize::from(!frame) - blanks.min(at)));
            }
        } else if start.is_none() && blanks == 0 {
            start = Some(at);
        }
    }
    pieces.extend(start.map(|from| (from, row.len())));
    pieces
}

/// Reorders the cells of a piece as a left-to-right line. Letters of two cells stay together.
fn turn(piece: &mut [Cell]) {
    let mut letters: Vec<Vec<Cell>> = Vec::new();
    let mut at = 0;
    while at < piece.len() {
        let wide = text::cells(piece[at].symbol()).max(1).min(piece.len() - at);
        letters.push(piece[at..at + wide].to_vec());
        at += wide;
    }
    let text: String = letters.iter().map(|cells| cells[0].symbol()).collect();
    let info = BidiInfo::new(&text, Some(Level::ltr()));
    let Some(paragraph) = info.paragraphs.first() else { return };
    let levels = info.reordered_levels(paragraph, paragraph.range.clone());
    let mut place = 0;
    let levels: Vec<Level> = letters
        .iter()
        .map(|cells| {
            let level = levels.get(place).copied().unwrap_or_else(Level::ltr);
            place += cells[0].symbol().len();
            level
        })
        .collect();
    let order = BidiInfo::reorder_visual(&levels);
    let turned: Vec<Cell> = order.into_iter().flat_map(|from| letters[from].clone()).collect();
    piece.clone_from_slice(&turned);
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn names_are_turned_and_columns_stay() {
        let check = |line: &str, expect: &str| {
            let mut buf = Buffer::empty(Rect::new(0, 0, 40, 1));
            buf.set_string(0, 0, line, Style::new());
            reorder(&mut buf);
            let drawn: String = buf.content.iter().map(|cell| cell.symbol()).collect();
            assert_eq!(drawn.trim_end(), expect);
        };
        check("T-1  SAR 300.00", "T-1  SAR 300.00");
        check("buyer \u{5d0}\u{5d1}\u{5d2}  SAR 300", "buyer \u{5d2}\u{5d1}\u{5d0}  SAR 300");
        check("\u{5d0}\u{5d1} \u{5d2}  \u{5d3}\u{5d4}", "\u{5d2} \u{5d1}\u{5d0}  \u{5d4}\u{5d3}");
        check("\u{5d0}\u{5d1} 123 \u{5d2}", "\u{5d2} 123 \u{5d1}\u{5d0}");
        check("\u{5d0}\u{5d1}│\u{5d2}\u{5d3}", "\u{5d1}\u{5d0}│\u{5d3}\u{5d2}");
    }
}
