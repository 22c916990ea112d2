//! The box of a dialog: lines, and the text field in it that has the cursor.

use crossterm::event::KeyCode;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget};
use tui_input::Input;

use crate::console::kit::confirmation::Confirmation;
use crate::console::kit::draw;
use crate::console::kit::draw::{Drawn, wrapped};
use crate::console::kit::input::typed;
use crate::console::kit::look::Look;
use crate::console::kit::place::{Place, Reach};
use crate::text;

/// A framed box in the middle of the area, as high as its lines.
#[derive(Debug)]
pub struct DialogBox {
    /// The title.
    pub title: String,
    /// The lines.
    pub lines: Vec<Line<'static>>,
    /// The line that has to be visible.
    pub at: usize,
    /// The column of the cursor, in that line.
    pub cursor: Option<usize>,
    /// The first line to show if there are too many, if its last line is a question that stays visible.
    first: Option<usize>,
    /// What a click on a line, or on a part of it, reaches: which line, from which column, how many of them.
    reached: Vec<(usize, (usize, usize), Reach)>,
    /// The width for text.
    pub room: usize,
    /// Styles and glyphs.
    pub look: Look,
}

fn outer(area: Rect) -> u16 {
    area.width.saturating_sub(4).clamp(area.width.min(24), 100)
}

impl DialogBox {
    /// An empty box, as wide as the area allows.
    pub fn new(title: impl Into<String>, area: Rect, look: Look) -> Self {
        let room = usize::from(outer(area).saturating_sub(4)).max(1);
        Self {
            title: title.into(),
            lines: Vec::new(),
            at: 0,
            cursor: None,
            first: None,
            reached: Vec::new(),
            room,
            look,
        }
    }

    /// Adds words, wrapped.
    pub fn say(&mut self, words: &str, style: Style) {
        self.lines.extend(wrapped(words, self.room, style));
    }

    /// Adds an empty line.
    pub fn space(&mut self) {
        self.lines.push(Line::default());
    }

    /// Adds a line. A selected line has the style of the selection, and stays visible.
    pub fn line(&mut self, line: Line<'static>, selected: bool) {
        if selected {
            self.at = self.lines.len();
        }
        self.lines.push(if selected { line.style(self.look.selected(true)) } else { line });
    }

    /// Adds a line that can be chosen, the `at`-th of its list.
    pub fn option(&mut self, line: Line<'static>, at: usize, selected: usize) {
        self.reach(self.lines.len(), Reach::line(at, selected));
        self.line(line, at == selected);
    }

    /// A click on this line reaches something.
    pub fn reach(&mut self, line: usize, by: Reach) {
        self.reached.push((line, (0, self.room), by));
    }

    /// Adds a line with a text field behind a label. The cursor is in it.
    pub fn field(&mut self, label: Span<'static>, input: &Input, style: Style) {
        let wide = label.width();
        let (words, cursor) = typed(input, self.room.saturating_sub(wide + 1));
        (self.at, self.cursor) = (self.lines.len(), Some(wide + cursor));
        self.lines.push(Line::from(vec![label, Span::styled(words, style)]));
    }

    /// Adds the line where the word of a question is typed, if it asks for one.
    pub fn confirmation(&mut self, confirmation: &Confirmation) {
        if let Some((word, input)) = confirmation.typed() {
            self.field(Span::raw(format!("Type {word} to continue: ")), input, self.look.title());
            self.first = Some(confirmation.first());
            return;
        }
        self.buttons("Cancel", "yes, do it", confirmation.agrees());
        self.first = Some(confirmation.first());
    }

    /// Adds a line with the two answers of a question. It has to be visible.
    pub fn buttons(&mut self, no: &str, yes: &str, agrees: bool) {
        let button = |words: &str, marked: bool| {
            let words = if marked { format!("[ {words} ]") } else { format!("  {words}  ") };
            Span::styled(words, if marked { self.look.selected(true) } else { self.look.dim() })
        };
        let (no, key) = (button(no, !agrees), Span::styled("y", self.look.key()));
        let line = Line::from(vec![no, Span::raw("   "), key, button(yes, agrees)]);
        let (before, all) = (line.spans[0].width(), line.width());
        self.at = self.lines.len();
        self.reached.push((self.at, (0, before), Reach::Key(KeyCode::Esc)));
        self.reached.push((self.at, (before + 3, all - before - 3), Reach::Key(KeyCode::Char('y'))));
        self.lines.push(line);
    }

    /// Adds a last line that has to be visible.
    pub fn end(&mut self, words: impl Into<std::borrow::Cow<'static, str>>, style: Style) {
        (self.at, self.cursor) = (self.lines.len(), None);
        self.lines.push(Line::styled(words, style));
    }

    /// Draws it, and returns where the cursor is and whether something was cut off.
    pub fn draw(mut self, area: Rect, buf: &mut Buffer) -> Drawn {
        let width = outer(area);
        let height = (self.lines.len() as u16).saturating_add(2).min(area.height);
        let outer =
            Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 3, width, height };
        let inside = Rect {
            x: outer.x + 2.min(outer.width),
            y: outer.y + 1.min(outer.height),
            width: outer.width.saturating_sub(4),
            height: outer.height.saturating_sub(2),
        };
        let places = self.places(inside);
        let long = self.first.filter(|_| inside.height >= 4 && self.lines.len() > usize::from(inside.height));
        let lines = long.map(|first| self.in_part(first, usize::from(inside.height)));
        let first = (self.at + 1).saturating_sub(usize::from(inside.height));
        let cursor = self
            .cursor
            .map(|column| Position { x: inside.x + column as u16, y: inside.y + self.at.saturating_sub(first) as u16 });
        let cut = lines.is_some() || first > 0 || self.lines.len() > usize::from(inside.height);
        Clear.render(outer, buf);
        let title = text::cut(&self.title, usize::from(outer.width).saturating_sub(4));
        Block::bordered()
            .border_set(self.look.glyphs.frame)
            .title(Line::styled(format!(" {title} "), self.look.focus()))
            .render(outer, buf);
        draw::lines(self.lines.into_iter().skip(first), inside, buf);
        Drawn { cursor: cursor.filter(|at| inside.contains(*at)), cut, lines, places }
    }

    /// Where what a click reaches is drawn. A question that scrolls keeps its last line, with the buttons.
    fn places(&self, inside: Rect) -> Vec<Place> {
        let (height, count) = (usize::from(inside.height), self.lines.len());
        let scrolls = self.first.is_some() && height >= 4 && count > height;
        let first = (self.at + 1).saturating_sub(height);
        let row = |line: usize| match scrolls {
            true => (line + 1 == count).then_some(height - 1),
            false => line.checked_sub(first).filter(|row| *row < height),
        };
        let place = |(line, (column, width), by): &(usize, (usize, usize), Reach)| {
            let (x, y) = (inside.x + *column as u16, inside.y + row(*line)? as u16);
            let area = Rect { x, y, width: *width as u16, height: 1 }.intersection(inside);
            Some(Place { area, by: by.clone() })
        };
        self.reached.iter().filter_map(place).collect()
    }

    /// Keeps a page of the lines, how to see the others, and the question. Returns how many lines there are and how many fit.
    fn in_part(&mut self, first: usize, height: usize) -> (usize, usize) {
        let question = self.lines.pop().unwrap_or_default();
        let (all, fit) = (self.lines.len(), height - 2);
        let first = first.min(all - fit);
        let left = all - first - fit;
        let words = if left > 0 { format!("PgDn: {left} more lines") } else { "PgUp: back to the start".to_owned() };
        self.lines = self.lines.drain(first..first + fit).collect();
        self.lines.extend([Line::styled(words, self.look.warn()), question]);
        self.at = self.lines.len() - 1;
        (all, fit)
    }
}
