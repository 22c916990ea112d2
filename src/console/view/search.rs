//! Help and the command palette.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use super::input::typed;
use super::{App, Look, whole};
use crate::console::app::search::{Item, Kind, Runs, Search};
use crate::console::app::window::follow;
use crate::text;

pub(super) struct Results<'a> {
    pub search: &'a Search,
    pub app: &'a App,
    pub look: Look,
}

/// The width of the left column, and of the right column of the palette.
const TITLE: usize = 28;
const KEYS: usize = 14;

impl Results<'_> {
    fn asks(&self) -> &'static str {
        match self.search.kind {
            Kind::Help => " Help ? ",
            Kind::Commands => " : ",
        }
    }

    /// The cursor position, after the last typed letter.
    pub fn cursor(&self, area: Rect) -> Option<Position> {
        let at = typed(&self.search.input, usize::from(area.width / 2)).1;
        Some(Position { x: area.x + (self.asks().len() + at) as u16, y: area.y }).filter(|at| area.contains(*at))
    }

    fn typed(&self, found: usize) -> Line<'static> {
        let look = self.look;
        let words = typed(&self.search.input, usize::from(self.app.size.0 / 2)).0;
        let related = match (self.search.input.value().is_empty(), self.search.kind) {
            (true, Kind::Help) => "   type to filter, Enter runs the selected line, Esc closes".to_owned(),
            (true, Kind::Commands) => "   type a command, a view, a status, a theme or an order id".to_owned(),
            (false, _) => format!("   {found} found"),
        };
        Line::from(vec![
            Span::styled(self.asks(), look.key()),
            Span::styled(words, look.title()),
            Span::styled(related, look.dim()),
        ])
    }

    fn item(&self, item: &Item, selected: bool, room: usize) -> Line<'static> {
        let look = self.look;
        let bar = if selected { look.glyphs.bar } else { " " };
        let title = room.min(TITLE);
        let (style, right) = match self.search.kind {
            Kind::Help => (look.key(), 0),
            Kind::Commands => (look.title(), KEYS.min(room / 4)),
        };
        let style = if item.runs == Runs::Nothing { look.title() } else { style };
        let about = room.saturating_sub(title + right + 4);
        let mut spans = vec![
            Span::raw(format!("{bar} ")),
            Span::styled(text::left(&item.title, title), style),
            Span::raw(format!(" {}", text::left(&item.about, about))),
        ];
        if right > 0 {
            spans.push(Span::styled(text::right(&item.keys, right), look.key()));
        }
        Line::from(spans)
    }
}

impl Widget for Results<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        Clear.render(area, buf);
        let items = self.app.found(self.search);
        let (search, look) = (self.search, self.look);
        let top = Rect { height: area.height.min(1), ..area };
        super::put(&self.typed(items.len()), top, buf);
        let below = Rect { y: area.y + 2.min(area.height), height: area.height.saturating_sub(2), ..area };
        if items.is_empty() {
            let nothing = Line::styled(" No matches. Try another word.", look.dim());
            return super::lines([nothing], below, buf);
        }
        // Group headings take one line each.
        let grouped = search.kind == Kind::Help && search.input.value().trim().is_empty();
        let (mut lines, mut place, mut group) = (Vec::new(), 0, "");
        for (at, item) in items.iter().enumerate() {
            if grouped && std::mem::replace(&mut group, item.group) != item.group {
                lines.push(None);
            }
            if at == search.at {
                place = lines.len();
            }
            lines.push(Some((at, item)));
        }
        let height = usize::from(below.height);
        let first = follow(place.saturating_sub(height / 2), place, height, lines.len());
        let mut next = lines.iter().skip(first).peekable();
        for row in below.rows() {
            let Some(line) = next.next() else { break };
            let Some((at, item)) = line else {
                let group = next.peek().and_then(|line| line.as_ref()).map_or("", |(_, item)| item.group);
                super::put(&Line::styled(format!(" {group}"), look.title()), row, buf);
                continue;
            };
            let words = self.item(item, *at == search.at, usize::from(row.width));
            if *at == search.at {
                whole(words, row, look.selected(true), buf);
            } else {
                super::put(&words, row, buf);
            }
        }
    }
}
