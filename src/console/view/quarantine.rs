//! The quarantine: the list of facts, the selected fact with its bytes and readings, and the dialog to settle it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use super::dialog::{Dialog, room};
use super::input::typed;
use super::{App, Look, safe, whole};
use crate::console::app::inbox::Settling;
use crate::console::app::window::follow;
use crate::intake::quarantine::readings;
use crate::records::{FactState, Quarantined};
use crate::text;

pub(super) struct Inbox<'a> {
    pub app: &'a App,
    pub look: Look,
}

impl Inbox<'_> {
    fn row(&self, fact: &Quarantined, width: usize, selected: bool) -> Line<'static> {
        let look = self.look;
        let bar = if selected { look.glyphs.bar } else { " " };
        let order = fact.order_id.as_deref().map_or("-", |name| name.split_once(':').map_or(name, |(_, id)| id));
        let early = match (fact.state, fact.early) {
            (FactState::Applied | FactState::Repeated | FactState::Dismissed, _) => "  settled meanwhile",
            (FactState::Waiting, true) => "  will retry",
            (FactState::Waiting, false) => "",
        };
        let head = format!(
            "{bar} {:>6}  {}  {}  ",
            fact.id,
            self.app.prefs.zone.short(fact.received_at),
            text::left(&text::clean(order), 16)
        );
        let room = width.saturating_sub(text::width(&head) + early.len());
        Line::from(vec![
            Span::raw(head),
            Span::raw(text::cut(&self.private(&fact.message), room)),
            Span::styled(early, look.dim()),
        ])
    }

    /// Text of a fact, masked because it can name people.
    fn private(&self, words: &str) -> String {
        if self.app.prefs.mask { self.look.glyphs.hidden.to_owned() } else { text::clean(words) }
    }

    fn detail(&self, fact: &Quarantined, width: usize) -> Vec<Line<'static>> {
        let look = self.look;
        let rule = look.glyphs.rule;
        let title = format!("{rule}{rule} #{} {} ", fact.id, fact.why.replace('_', " "));
        let mut lines = vec![Line::styled(
            format!("{title}{}", rule.repeat(width.saturating_sub(text::width(&title)))),
            look.dim(),
        )];
        let room = width.saturating_sub(2);
        let wrapped = |words: &str| text::wrap(&text::clean(words), room);
        lines.extend(
            wrapped(&self.private(&fact.message))
                .into_iter()
                .map(|words| Line::styled(format!(" {words}"), look.warn())),
        );
        if fact.early {
            let why = "It came early. It is retried automatically when the missing fact arrives.";
            lines.extend(wrapped(why).into_iter().map(|words| Line::styled(format!(" {words}"), look.dim())));
        }
        for (at, way) in readings(fact).iter().enumerate() {
            lines.push(Line::from(vec![
                Span::styled(format!(" {} ", at + 1), look.key()),
                safe(&format!("Read it as: {}", way.words()), look.title()),
            ]));
        }
        let raw = String::from_utf8_lossy(&fact.raw);
        let seen: String = self.private(&raw).chars().take(room * 20).collect();
        lines.extend(wrapped(&seen).into_iter().map(|words| Line::styled(format!(" {words}"), look.dim())));
        lines
    }
}

impl Widget for Inbox<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        Clear.render(area, buf);
        let heading = Line::styled(
            format!(" In quarantine {} {}, oldest first", look.glyphs.dot, app.inbox.waiting),
            look.focus(),
        );
        super::lines([heading], area, buf);
        let facts = match &app.inbox.facts {
            Some(facts) if !facts.is_empty() => facts,
            facts => {
                let words = if facts.is_some() {
                    "Nothing here. Facts that cannot be applied as they are wait here for a decision."
                } else {
                    "Reading …"
                };
                let below = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
                let words = text::wrap(words, usize::from(area.width).saturating_sub(2));
                return super::lines(
                    words.into_iter().map(|words| Line::styled(format!(" {words}"), look.dim())),
                    below,
                    buf,
                );
            }
        };
        // The list uses the space that the selected fact leaves free.
        let below = app.inbox.fact().map_or(0, |fact| self.detail(fact, usize::from(area.width)).len() as u16);
        let rest = area.height.saturating_sub(1);
        let upper = (rest / 2).max(rest.saturating_sub(below)).min((facts.len() as u16).max(rest / 2));
        let list = Rect { y: area.y + 1.min(area.height), height: upper, ..area };
        let below = Rect { y: list.bottom(), height: area.bottom().saturating_sub(list.bottom()), ..area };
        let at = app.inbox.at();
        let first = follow(at.saturating_sub(usize::from(upper) / 2), at, usize::from(upper), facts.len());
        for ((place, fact), line) in facts.iter().enumerate().skip(first).zip(list.rows()) {
            let words = self.row(fact, usize::from(area.width), place == at);
            if place == at {
                whole(words, line, look.selected(true), buf);
            } else {
                super::put(&words, line, buf);
            }
        }
        let mut sign = |y: u16, sign: &str| {
            if let Some(cell) = buf.cell_mut((list.right().saturating_sub(1), y)) {
                cell.set_symbol(sign).set_style(look.warn());
            }
        };
        if first > 0 {
            sign(list.top(), look.glyphs.above);
        }
        if first + usize::from(upper) < facts.len() && upper > 0 {
            sign(list.bottom() - 1, look.glyphs.below);
        }
        if let Some(fact) = app.inbox.fact() {
            super::lines(self.detail(fact, usize::from(area.width)), below, buf);
        }
    }
}

pub(crate) struct Settle<'a> {
    pub settling: &'a Settling,
    pub look: Look,
}

/// The label of the note.
const ASKS: &str = "How you know: ";

impl Settle<'_> {
    fn label(&self) -> String {
        match self.settling.typed {
            Some(_) => format!("Type {} to continue: ", self.settling.word),
            None => ASKS.to_owned(),
        }
    }

    fn dialog(&self, area: Rect) -> Dialog {
        let (settling, look) = (self.settling, self.look);
        let room = room(area);
        let wrapped = |words: &str, style| {
            let lines = text::wrap(&text::clean(words), room);
            lines.into_iter().map(move |words| Line::styled(words, style)).collect::<Vec<_>>()
        };
        let mut lines = wrapped(&settling.consequence, look.title());
        lines.push(Line::default());
        if let Some(word) = &settling.typed {
            let note = text::cut(&text::clean(settling.note.value()), room.saturating_sub(6));
            lines.push(Line::styled(format!("note: {note}"), look.dim()));
            lines.push(Line::from(vec![
                Span::raw(self.label()),
                Span::styled(typed(word, room.saturating_sub(self.label().len() + 1)).0, look.title()),
            ]));
        } else {
            lines.push(Line::from(vec![
                Span::styled(ASKS, look.focus()),
                Span::raw(typed(&settling.note, room.saturating_sub(ASKS.len() + 1)).0),
            ]));
        }
        if settling.sent {
            lines.push(Line::styled("Writing …", look.warn()));
        }
        let order = settling.order.as_ref().map_or_else(String::new, |(key, version)| {
            format!(" {} {}, version {version}", look.glyphs.dot, text::clean(&key.id))
        });
        Dialog { title: format!("Fact {}{order}", settling.id), at: lines.len() - 1, lines, look }
    }

    /// Whether the whole consequence fits on a screen of this size. If not, it cannot be confirmed.
    pub fn fits(&self, area: Rect) -> bool {
        let dialog = self.dialog(area);
        let (inside, first) = dialog.inside(area);
        first == 0 && dialog.lines.len() <= usize::from(inside.height)
    }

    /// The cursor position, after the typed note or word.
    pub fn cursor(&self, area: Rect) -> Option<Position> {
        let dialog = self.dialog(area);
        let (inside, first) = dialog.inside(area);
        let line = dialog.lines.len() - 1 - usize::from(self.settling.sent);
        let (label, input) = (self.label().len(), self.settling.typed.as_ref().unwrap_or(&self.settling.note));
        let at = label + typed(input, room(area).saturating_sub(label + 1)).1;
        let (x, y) = (inside.x + at as u16, inside.y + line.checked_sub(first)? as u16);
        inside.contains(Position { x, y }).then_some(Position { x, y })
    }
}

impl Widget for Settle<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        self.dialog(area).render(area, buf);
    }
}
