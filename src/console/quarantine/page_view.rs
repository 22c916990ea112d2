//! The quarantine as it is drawn: the list of facts, and the selected fact with its bytes and readings.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::console::app::state::App;
use crate::console::kit::draw;
use crate::console::kit::draw::{Drawn, inset, safe};
use crate::console::kit::look::Look;
use crate::console::kit::paged_view::{nothing, rows};
use crate::console::kit::place::Place;
use crate::console::kit::tabs;
use crate::intake::quarantine::readings;
use crate::records::{FactState, QuarantineKind, Quarantined};
use crate::text;

struct Held<'a> {
    app: &'a App,
    look: Look,
}

impl Held<'_> {
    fn row(&self, fact: &Quarantined, width: usize, selected: bool) -> Line<'static> {
        let (look, fact) = (self.look, &*self.app.masked(fact));
        let bar = match (selected, self.app.quarantine.marks.contains(&fact.id)) {
            (_, true) => look.glyphs.marked,
            (true, false) => look.glyphs.bar,
            (false, false) => " ",
        };
        let order = fact.order_id.as_deref().map_or("-", |name| name.split_once(':').map_or(name, |(_, id)| id));
        let early = match (fact.state, fact.early) {
            (FactState::Applied | FactState::Repeated | FactState::Dismissed, _) => "  settled meanwhile",
            (FactState::Waiting, true) => "  will retry",
            (FactState::Waiting, false) => "",
        };
        let head = format!(
            "{bar} {:>6}  {}  {}  ",
            fact.id,
            self.app.prefs.zone.short(fact.received_at, self.app.now),
            text::left(&text::clean(order), 16)
        );
        let room = width.saturating_sub(text::width(&head) + early.len());
        Line::from(vec![
            Span::raw(head),
            Span::raw(text::cut(&text::clean(&fact.message), room)),
            Span::styled(early, look.dim()),
        ])
    }

    /// How many facts there are of each kind.
    fn kinds(&self) -> Vec<(String, Style)> {
        let facts = &self.app.quarantine;
        let all: i64 = facts.kinds.iter().map(|kind| kind.facts).sum();
        let named = |kind: &QuarantineKind| {
            let name = format!("{} {}", kind.kind.replace('_', " "), text::clean(&kind.detail));
            (name.trim().to_owned(), kind.facts)
        };
        let kinds = std::iter::once(("all".to_owned(), all)).chain(facts.kinds.iter().map(named));
        kinds.map(|(name, count)| (format!("{name} {}", text::grouped(count)), self.look.dim())).collect()
    }

    fn detail(&self, fact: &Quarantined, width: usize) -> Vec<Line<'static>> {
        let (look, fact) = (self.look, &*self.app.masked(fact));
        let title = format!("#{} {}", fact.id, fact.why.replace('_', " "));
        let mut lines = vec![Line::styled(draw::rule(&title, width, look), look.dim())];
        let room = width.saturating_sub(2);
        lines.extend(inset(&fact.message, width, look.warn()));
        if fact.early {
            let why = "It came early. It is retried automatically when the missing fact arrives.";
            lines.extend(inset(why, width, look.dim()));
        }
        for (at, way) in readings(fact).iter().enumerate() {
            lines.push(Line::from(vec![
                Span::styled(format!(" {} ", at + 1), look.key()),
                safe(&format!("Read it as: {}", way.words()), look.title()),
            ]));
        }
        let raw = String::from_utf8_lossy(&fact.raw);
        let seen: String = raw.chars().take(room * 20).collect();
        lines.extend(inset(&seen, width, look.dim()));
        lines
    }
}

/// Draws the quarantine.
pub fn draw(app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
    Drawn { places: Held { app, look }.draw(area, buf), ..Drawn::default() }
}

impl Held<'_> {
    fn draw(&self, area: Rect, buf: &mut Buffer) -> Vec<Place> {
        let (app, look) = (self.app, self.look);
        Clear.render(area, buf);
        let marked = match app.quarantine.marks.len() {
            0 => String::new(),
            count => format!(" {} {count} marked", look.glyphs.dot),
        };
        let waiting = app.quarantine.waiting;
        let heading = format!(" In quarantine {} {waiting}, oldest first{marked}", look.glyphs.dot);
        let heading = Line::styled(heading, look.focus());
        // The kinds are a line of their own, where there is more than one.
        draw::lines([heading], area, buf);
        let line = Rect { y: area.y + 1, height: 1.min(area.height.saturating_sub(1)), ..area };
        let several = app.quarantine.kinds.len() > 1 || app.quarantine.kind.is_some();
        let mut places = Vec::new();
        if several {
            places = tabs::draw(self.kinds(), app.quarantine.listed(), look, line, buf);
        }
        let upper = (1 + u16::from(several)).min(area.height);
        let quarantined = &app.quarantine.list;
        let rest = Rect { y: area.y + upper, height: area.height - upper, ..area };
        let empty = "Nothing here. Facts that cannot be applied as they are wait here for a decision.";
        if nothing(quarantined, look, rest, buf, empty) {
            return places;
        }
        // The list uses the space that the selected fact leaves free.
        let width = usize::from(area.width);
        let detail = quarantined.row().map(|fact| self.detail(fact, width)).unwrap_or_default();
        let (top, rest, below) = (rest.y, rest.height, detail.len() as u16);
        let upper = (rest / 2).max(rest.saturating_sub(below)).min((quarantined.rows().len() as u16).max(rest / 2));
        let list = Rect { y: top, height: upper, ..area };
        let below = Rect { y: list.bottom(), height: area.bottom().saturating_sub(list.bottom()), ..area };
        places.extend(rows(quarantined, look, list, buf, |fact, selected| self.row(fact, width, selected)));
        draw::lines(detail, below, buf);
        places
    }
}
