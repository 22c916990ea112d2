//! The cases of a queue, most urgent first.

use chrono::{DateTime, TimeDelta, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::console::app::state::App;
use crate::console::disputes::layout::parts;
use crate::console::disputes::state::Focus;
use crate::console::kit::columns::{Column, fit, headings, row};
use crate::console::kit::draw;
use crate::console::kit::draw::{inset, put, whole};
use crate::console::kit::gauge::{time, urgency};
use crate::console::kit::look::Look;
use crate::domain::Money;
use crate::records::Case;
use crate::records::{CaseStage, Queue};
use crate::text;

/// The middle pane of the desk.
pub struct Cases<'a> {
    /// The state.
    pub app: &'a App,
    /// Styles and glyphs.
    pub look: Look,
    /// The case itself is not on the screen.
    pub alone: bool,
}

/// Below this width of the screen, amounts are short.
const SHORT: u16 = 100;

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

/// How wide the bar of the time that is left is.
const BAR: usize = 6;

impl Cases<'_> {
    fn columns(&self, cases: &[Case]) -> Vec<Column> {
        let widest = |of: &dyn Fn(&Case) -> String| cases.iter().map(|case| text::width(&of(case))).max().unwrap_or(0);
        vec![
            Column::whole("case", widest(&|case| text::clean(case.id()))),
            Column::whole("amount", widest(&|case| self.amount(case))).right(),
            Column::words("", BAR, 4),
            Column::whole("time left", widest(&|case| self.time(case))),
            Column::words("reason", widest(&|case| self.reason(case)), 5),
            Column::words("buyer", widest(&|case| named(case.buyer.as_ref())), 6),
            Column::words("seller", widest(&|case| named(case.seller.as_ref())), 7),
            Column::words("owner", widest(&|case| self.owner(case)), 8),
            Column::words("merchant", widest(&|case| named(case.merchant.as_ref())), 9),
        ]
    }

    fn amount(&self, case: &Case) -> String {
        let short = self.app.size.0 < SHORT;
        let said = |money: Money| if short { money.short() } else { money.to_string() };
        case.money(case.amount).map_or_else(|| case.amount.to_string(), said)
    }

    /// How much time is left, or how late it is, and how often that was escalated.
    fn time(&self, case: &Case) -> String {
        let Some(due) = case.due_at else { return String::new() };
        let level = "!".repeat(usize::from(case.level.unsigned_abs()).min(3));
        let words = match due - self.app.now {
            left if left <= TimeDelta::zero() => format!("{} late", text::span(-left)),
            left => text::span(left),
        };
        if level.is_empty() { words } else { format!("{words} {level}") }
    }

    fn reason(&self, case: &Case) -> String {
        let shown = self.app.disputes.shown.as_ref();
        let title =
            |code: &str| shown.map_or_else(|| code.replace('_', " "), |shown| shown.policy.title(code).to_owned());
        case.reason.as_deref().map_or_else(String::new, |code| text::clean(&title(code)))
    }

    fn owner(&self, case: &Case) -> String {
        match case.holder(self.app.now) {
            Some(owner) if owner == self.app.session.person => "you".to_owned(),
            Some(owner) => text::clean(owner),
            None => String::new(),
        }
    }

    fn line(&self, case: &Case, columns: &[Column], widths: &[Option<usize>]) -> Line<'static> {
        let (app, look) = (self.app, self.look);
        let case = &*app.masked(case);
        let bar = if self.is_selected(case) { look.glyphs.bar } else { " " };
        let (glyph, style) = sign(case, look);
        let left = case.due_at.map(|due| due - app.now);
        let urgency = left.map_or(look.dim(), |left| urgency(left, look));
        let values = vec![
            Span::raw(text::clean(case.id())),
            Span::raw(self.amount(case)),
            left.map_or(Span::raw(""), |left| time(left, BAR, look)),
            Span::styled(self.time(case), urgency),
            Span::raw(self.reason(case)),
            Span::raw(named(case.buyer.as_ref())),
            Span::raw(named(case.seller.as_ref())),
            Span::raw(self.owner(case)),
            Span::raw(named(case.merchant.as_ref())),
        ];
        let is_marked = |it: &Case| (&it.order_id, it.number) == (&case.order_id, case.number);
        let marked = app.disputes.marks.iter().any(is_marked);
        let unread = if marked {
            look.glyphs.marked
        } else if case.unread {
            look.glyphs.ours
        } else {
            " "
        };
        let mut spans = vec![Span::raw(bar), Span::styled(glyph, style), Span::styled(unread, look.warn())];
        spans.extend(row(columns, widths, values));
        Line::from(spans)
    }

    fn is_selected(&self, case: &Case) -> bool {
        let selected = self.app.disputes.selected.as_ref();
        selected.is_some_and(|(order, number)| *order == case.order_id && *number == case.number)
    }

    /// Two lines about the selected case, where the case itself has no place on the screen.
    fn preview(&self, area: Rect, buf: &mut Buffer) {
        let Some(shown) = &self.app.disputes.shown else { return };
        let case = &*self.app.masked(&shown.whole.case);
        let who = [("buyer", &case.buyer), ("seller", &case.seller), ("merchant", &case.merchant)];
        let who = who.into_iter().filter_map(|(what, name)| Some(format!("{what} {}", text::clean(name.as_ref()?))));
        let owner = self.owner(case);
        let first = [Some(self.reason(case)), Some(owner).filter(|it| !it.is_empty()).map(|it| format!("owner {it}"))];
        let said = |parts: Vec<String>| {
            let parts: Vec<String> = parts.into_iter().filter(|it| !it.is_empty()).collect();
            format!(" {}", parts.join(&format!(" {} ", self.look.glyphs.dot)))
        };
        let status = format!("{} {}", shown.stored.order.amount, case.money_word());
        let lines = [said([Some(status)].into_iter().chain(first).flatten().collect()), said(who.collect())];
        let width = usize::from(area.width);
        let rule = Line::styled(draw::rule(&text::clean(case.id()), width, self.look), self.look.dim());
        draw::lines([rule].into_iter().chain(lines.map(|words| Line::raw(text::cut(&words, width)))), area, buf);
    }
}

fn named(name: Option<&String>) -> String {
    name.map_or_else(String::new, |name| text::clean(name))
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
        let marked = match app.disputes.marks.len() {
            0 => String::new(),
            count => format!(" {} {count} marked", look.glyphs.dot),
        };
        let title = format!(" {} {} {sorted}{marked}", queue.title(), look.glyphs.dot);
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
        let (columns, room) = (self.columns(cases), usize::from(area.width).saturating_sub(4));
        let widths = fit(&columns, room);
        let mut heading = vec![Span::raw("   ")];
        heading.extend(headings(&columns, &widths, look.dim()));
        let [top, body, below] = parts(inside, self.alone);
        put(&Line::from(heading), top, buf);
        for (case, row) in cases.iter().skip(app.disputes.scroll).zip(body.rows()) {
            let selected = self.is_selected(case);
            let line = match selected && app.disputes.gone {
                true => self.gone(case, usize::from(area.width)),
                false => self.line(case, &columns, &widths),
            };
            if selected { whole(line, row, look.selected(here), buf) } else { put(&line, row, buf) }
        }
        self.preview(below, buf);
    }
}
