//! A text of several lines: the keys that edit it, and how it looks in a form.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui_textarea::{CursorMove, DataCursor, TextArea, WrapMode};

use crate::text;

/// A text of several lines with a cursor in it.
#[derive(Debug, Clone)]
pub struct Composer {
    area: TextArea<'static>,
    /// The same text in one piece.
    value: String,
}

/// How a text looks: its lines on the screen, and where its cursor is.
#[derive(Debug, PartialEq, Eq)]
pub struct Shown {
    /// The lines, safe to show.
    pub lines: Vec<String>,
    /// The cursor's line and column among them.
    pub cursor: (usize, usize),
}

impl Composer {
    /// A text, with the cursor at its end.
    pub fn new(text: impl Into<String>) -> Self {
        let value = text.into();
        let mut area = TextArea::new(value.split('\n').map(str::to_owned).collect());
        area.set_wrap_mode(WrapMode::None);
        area.set_max_histories(50);
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Self { area, value }
    }

    /// The text.
    pub fn value(&self) -> &str {
        &self.value
    }

    fn keep(&mut self) {
        self.value = self.area.lines().join("\n");
    }

    /// Types a key.
    pub fn type_key(&mut self, key: KeyEvent) {
        self.area.input(key);
        self.keep();
    }

    /// Inserts pasted text, line by line. Other controls become blanks.
    pub fn insert(&mut self, text: &str) {
        let plain = text.replace("\r\n", "\n").replace('\r', "\n");
        let blank = |letter: char| if letter.is_control() && letter != '\n' { ' ' } else { letter };
        self.area.insert_str(plain.chars().map(blank).collect::<String>());
        self.keep();
    }

    /// Moves the cursor a line up or down. Returns whether there is one.
    pub fn goes(&mut self, key: &KeyEvent) -> bool {
        let row = self.area.cursor().0;
        let to = match key.code {
            KeyCode::Up if row > 0 => CursorMove::Up,
            KeyCode::Down if row + 1 < self.area.lines().len() => CursorMove::Down,
            _ => return false,
        };
        self.area.move_cursor(to);
        true
    }

    /// Its lines in this many cells, at most `most` of them: those around the cursor.
    pub fn shown(&self, room: usize, most: usize) -> Shown {
        let DataCursor(row, column) = self.area.cursor();
        let (mut lines, mut cursor) = (Vec::new(), (0, 0));
        for (at, line) in self.area.lines().iter().enumerate() {
            let parts = parts(line, room.saturating_sub(1).max(1));
            let mut from = 0;
            for (nth, part) in parts.iter().enumerate() {
                let length = part.chars().count();
                let last = nth + 1 == parts.len();
                if at == row && column >= from && (column < from + length || last) {
                    let before: String = part.chars().take(column - from).collect();
                    cursor = (lines.len(), text::width(&text::clean(&before)));
                }
                from += length;
                lines.push(text::clean(part));
            }
        }
        let first = (cursor.0 + 1).saturating_sub(most.max(1));
        let lines = lines.into_iter().skip(first).take(most.max(1)).collect();
        Shown { lines, cursor: (cursor.0 - first, cursor.1) }
    }
}

/// A line in parts of at most this many cells, broken after a blank where there is one. Nothing of it is lost: together the parts are
/// the line.
fn parts(line: &str, room: usize) -> Vec<String> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    for word in line.split_inclusive(' ') {
        let fits = |part: &str| text::width(&text::clean(&format!("{part}{}", word.trim_end()))) <= room;
        if !part.is_empty() && !fits(&part) {
            parts.push(std::mem::take(&mut part));
        }
        if fits("") {
            part.push_str(word);
            continue;
        }
        for letter in word.chars() {
            if text::width(&text::clean(&format!("{part}{letter}"))) > room {
                parts.push(std::mem::take(&mut part));
            }
            part.push(letter);
        }
    }
    parts.push(part);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_and_the_cursor_is_in_them() {
        let check = |text: &str, keys: &[KeyCode], lines: &[&str], cursor: (usize, usize)| {
            let mut it = Composer::new(text);
            keys.iter().for_each(|key| it.type_key((*key).into()));
            let expect = Shown { lines: lines.iter().map(|&line| line.to_owned()).collect(), cursor };
            assert_eq!(it.shown(11, 4), expect, "{text:?}");
        };
        check("", &[], &[""], (0, 0));
        check("one", &[KeyCode::Enter, KeyCode::Char('x')], &["one", "x"], (1, 1));
        check("please send photos", &[], &["please ", "send ", "photos"], (2, 6));
        check("aaaaaaaaaaaaa", &[], &["aaaaaaaaaa", "aaa"], (1, 3));
        check("a\nb\nc\nd\ne", &[], &["b", "c", "d", "e"], (3, 1));
        check("سارة", &[KeyCode::Left], &["سارة"], (0, 3));
    }

    #[test]
    fn what_is_pasted_keeps_its_lines_and_no_controls() {
        let mut it = Composer::new("Dear");
        it.insert(" Ada,\r\nthe\tlid\u{1b}[31m");
        assert_eq!(it.value(), "Dear Ada,\nthe lid [31m");
        assert!(it.goes(&KeyCode::Up.into()) && !it.goes(&KeyCode::Up.into()));
    }
}
