//! The cases of a queue, most urgent first.

use chrono::{DateTime, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::console::app::state::App;
use crate::console::disputes::state::Focus;
use crate::console::kit::draw;
use crate::console::kit::draw::{inset, put, whole};
use crate::console::kit::look::Look;
use crate::records::Case;
use crate::records::{CaseStage, Queue};
use crate::text;

/// The middle pane of the desk.
pub struct Cases<'a> {
    /// The state.
    pub app: &'a App,
    /// Styles and glyphs.
    pub look: Look,
}

/// The time left until a deadline, or with a minus the time since then, in the style of its urgency.
pub fn left(due: Option<DateTime<Utc>>, now: DateTime<Utc>, look: Look) -> (String, Style) {
    match due {
        None => (String::new(), look.dim()),
        Some(due) if due <= now => (format!("-{}", text::span(now - due)), look.bad()),
        Some(due) if (due - now).num_hours() < 4 => (text::span(due - now), look.warn()),
        Some(due) => (text::span(due - now), Style::new()),
    }
}

/// The glyph of a case: it shows who has to act.
fn sign(case: &Case, look: Look) -> (&'static str, Style) {
    let glyphs = look.glyphs;
    match (case.stage, case.waiting) {
        (CaseStage::Working, Some(_)) => (glyphs.waits, look.dim()),
        (CaseStage::Working, None) => (glyphs.dispute, look.bad()),
        (CaseStage::Proposed, _) => (glyphs.brewing, look.warn()),
        (CaseStage::Decided, _) => (glyphs.ours, look.warn()),
        (CaseStage::Closed, _) => (glyphs.done, look.good()),
    }
}

impl Cases<'_> {
    fn line(&self, case: &Case, width: usize) -> Line<'static> {
        let (app, look) = (self.app, self.look);
        let selected = app
            .disputes
            .selected
            .as_ref()
            .is_some_and(|(order, number)| *order == case.order_id && *number == case.number);
        let bar = if selected { look.glyphs.bar } else { " " };
        let (glyph, style) = sign(case, look);
        let (due, due_style) = left(case.due_at, app.now, look);
        let money = case.money(case.amount).map_or_else(|| case.amount.to_string(), |money| money.to_string());
        let owner = match case.holder(app.now) {
            Some(owner) if owner == app.session.person => "you".to_owned(),
            Some(owner) => text::clean(owner),
            None => String::new(),
        };
        let level =
            if case.level > 0 { "!".repeat(usize::from(case.level.unsigned_abs()).min(3)) } else { String::new() };
        let (owners, dues, moneys) = (if width < 56 { 6 } else { 10 }, 8, 15);
        let ids = width.saturating_sub(owners + dues + moneys + 9).clamp(8, 24);
        Line::from(vec![
            Span::raw(bar.to_owned()),
            Span::styled(format!("{glyph} "), style),
            Span::raw(text::left(&text::clean(case.id()), ids)),
            Span::raw(format!(" {}", text::right(&money, moneys))),
            Span::styled(format!(" {}", text::right(&due, dues)), due_style),
            Span::raw(format!("  {}", text::left(&owner, owners))),
            Span::styled(level, look.bad()),
        ])
    }
}

impl Cases<'_> {
    /// The line of a selected case that has left this queue: where it is now.
    fn gone(&self, case: &Case, width: usize) -> Line<'static> {
        let shown = self.app.disputes.shown.as_ref().map(|shown| &shown.whole.case);
        let now = shown.filter(|it| (&it.order_id, it.number) == (&case.order_id, case.number)).unwrap_or(case);
        let to = match (now.queue, now.holder(self.app.now)) {
            (Queue::Working, Some(owner)) if owner == self.app.session.person => "Mine".to_owned(),
            (Queue::Working, Some(owner)) => text::clean(owner),
            (queue, _) => queue.title().to_owned(),
        };
        let bar = self.look.glyphs.bar;
        let words = format!("{bar}  {}  {} {to}", text::clean(case.id()), self.look.glyphs.arrow);
        Line::styled(text::cut(&words, width), self.look.dim())
    }
}

impl Widget for Cases<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        if area.is_empty() {
            return;
        }
        let here = app.disputes.focus == Focus::Cases;
        let queue = app.disputes.queue;
        let sorted = if queue == Queue::Closed { "latest first" } else { "most urgent first" };
        let title = format!(" {} {} {sorted}", queue.title(), look.glyphs.dot);
        put(
            &Line::styled(text::cut(&title, usize::from(area.width)), if here { look.focus() } else { look.title() }),
            Rect { height: 1, ..area },
            buf,
        );
        let inside = Rect { y: area.y + 1, height: area.height - 1, ..area };
        let cases = app.disputes.cases();
        if cases.is_empty() {
            let words = match &app.disputes.seen {
                None => "Reading …".to_owned(),
                Some(_) => {
                    format!("Nothing here. This queue has: {}", queue.definition().trim_end_matches('.').to_lowercase())
                }
            };
            return draw::lines(inset(&words, usize::from(area.width), look.dim()), inside, buf);
        }
        for (case, row) in cases.iter().skip(app.disputes.scroll).zip(inside.rows()) {
            let mut line = self.line(case, usize::from(area.width));
            let selected = app
                .disputes
                .selected
                .as_ref()
                .is_some_and(|(order, number)| *order == case.order_id && *number == case.number);
            if selected && app.disputes.gone {
                line = self.gone(case, usize::from(area.width));
            }
            if selected { whole(line, row, look.selected(here), buf) } else { put(&line, row, buf) }
        }
    }
}
