//! The list of orders that differ as it is drawn: the classes, the orders, and both sides of the selected one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use super::shown::Differing;
use super::state::KINDS;
use crate::console::app::state::App;
use crate::console::kit::draw::{self, Drawn, inset};
use crate::console::kit::look::Look;
use crate::console::kit::paged_view::{nothing, with_detail};
use crate::console::kit::place::Place;
use crate::console::kit::tabs;
use crate::records::DriftClass;
use crate::text;

/// What a class looks like: what no reading will clear stands out.
fn style(class: DriftClass, look: Look) -> Style {
    match class {
        DriftClass::Ahead | DriftClass::Behind => look.warn(),
        DriftClass::Conflict | DriftClass::Absent => look.bad(),
    }
}

/// Both sides of an order, one below the other, and what can be done.
pub fn sides(app: &App, it: &Differing, look: Look, width: usize) -> Vec<Line<'static>> {
    let zone = app.prefs.zone;
    let provider = it.order.provider.title();
    let mut lines: Vec<Line<'static>> = Vec::new();
    let head = format!("Differs from {provider} since {}: {}", zone.short(it.since, app.now), it.class.title());
    lines.extend(inset(&head, width, style(it.class, look)));
    let room = text::width(provider).max(4);
    lines.extend(inset(&format!("{}  {}", text::left("here", room), it.here()), width, Style::new()));
    let there = format!("{}  {}, read {}", text::left(provider, room), it.there(), zone.short(it.read_at, app.now));
    lines.extend(inset(&there, width, Style::new()));
    lines.extend(inset(&text::sentence(&it.next), width, look.dim()));
    lines
}

struct Listed<'a> {
    app: &'a App,
    look: Look,
}

impl Listed<'_> {
    /// The classes that can be listed.
    fn kinds(&self) -> Vec<(String, Style)> {
        KINDS.iter().map(|class| (class.map_or("all", DriftClass::name).to_owned(), self.look.dim())).collect()
    }

    /// Ids and times are never cut: what does not fit is below, with the selected order.
    fn row(&self, it: &Differing, (ids, width): (usize, usize), selected: bool) -> Line<'static> {
        let look = self.look;
        let bar = if selected { look.glyphs.bar } else { " " };
        let since = self.app.prefs.zone.short(it.since, self.app.now);
        let head = format!("{bar} {}  ", text::left(&text::clean(&it.order.id), ids));
        let class = text::left(it.class.name(), 9);
        let sides = format!("{}  {}  {}", it.here(), look.glyphs.arrow, it.there());
        let room = width.saturating_sub(text::width(&head) + text::width(&class) + text::width(&since) + 4);
        Line::from(vec![
            Span::raw(head),
            Span::styled(class, style(it.class, look)),
            Span::raw(format!(" {since}  ")),
            Span::styled(text::cut(&sides, room), look.dim()),
        ])
    }

    fn detail(&self, it: &Differing, width: usize) -> Vec<Line<'static>> {
        let merchant = it.merchant.as_deref().map(|name| format!(" of {}", text::clean(name))).unwrap_or_default();
        let title = format!("{}{merchant}", text::clean(&it.order.id));
        let mut lines = vec![Line::styled(draw::rule(&title, width, self.look), self.look.dim())];
        lines.extend(sides(self.app, it, self.look, width));
        lines
    }

    fn draw(&self, area: Rect, buf: &mut Buffer) -> Vec<Place> {
        let (app, look) = (self.app, self.look);
        Clear.render(area, buf);
        let words = format!(" Theirs and ours {} those that differ longest first", look.glyphs.dot);
        let top = Rect { height: area.height.min(2), ..area };
        let line = Rect { y: top.y + 1, height: top.height.saturating_sub(1), ..top };
        let listed = KINDS.iter().position(|kind| *kind == app.drift.class).unwrap_or(0);
        let mut places = tabs::draw(self.kinds(), listed, look, line, buf);
        draw::lines([Line::styled(words, look.focus())], top, buf);
        let rest = Rect { y: top.bottom(), height: area.height - top.height, ..area };
        let list = &app.drift.list;
        let empty = "Nothing here: every order that was read at its provider is there as it is here.";
        if nothing(list, look, rest, buf, empty) {
            return places;
        }
        let ids = list.rows().iter().map(|row| text::width(&text::clean(&row.order.id))).max().unwrap_or(0).max(16);
        let width = usize::from(area.width);
        places.extend(with_detail(
            list,
            look,
            rest,
            buf,
            |row, selected| self.row(row, (ids, width), selected),
            |row| self.detail(row, width),
        ));
        places
    }
}

/// Draws the list.
pub fn draw(app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
    Drawn { places: Listed { app, look }.draw(area, buf), ..Drawn::default() }
}
