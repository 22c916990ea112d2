//! The middle pane: the orders of the chosen status, oldest first.

use chrono::{DateTime, TimeDelta, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::{App, Look, whole};
use crate::console::app::Link;
use crate::console::app::window::Row;
use crate::console::layout::{LIST_HEADINGS, Pane};
use crate::console::look::name;
use crate::query::Field;
use crate::store::Stored;
use crate::text;

pub(super) struct List<'a> {
    pub app: &'a App,
    pub look: Look,
}

/// How wide each column is; nothing where it does not fit.
#[derive(Debug, Clone, Copy)]
struct Columns {
    id: usize,
    amount: usize,
    age: usize,
    clock: usize,
}

/// An age in minutes and more: nothing on an idle screen counts seconds.
pub fn age(since: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let age = now - since;
    if age < TimeDelta::minutes(1) { "now".to_owned() } else { text::span(age) }
}

/// What is left until a deadline, and how much it wants a look.
pub fn left(stored: &Stored, now: DateTime<Utc>, look: Look) -> Option<(String, Style)> {
    let order = &stored.order;
    let due = order.due_at()?;
    let whole = order.status.wait()?.length();
    let left = due - now;
    Some(if left <= TimeDelta::zero() {
        (format!("over {}", age(due, now)), look.bad())
    } else if left < TimeDelta::minutes(1) {
        ("<1m left".to_owned(), look.bad())
    } else {
        (format!("{} left", text::span(left)), if left * 4 < whole { look.warn() } else { Style::new() })
    })
}

/// The short signs beside an order: not confirmed, in quarantine.
fn flags(stored: &Stored) -> String {
    let unconfirmed = if stored.unconfirmed > 0 { "~" } else { "" };
    let quarantined = if stored.quarantined > 0 { "!" } else { "" };
    format!("{unconfirmed}{quarantined}")
}

impl List<'_> {
    fn columns(&self, width: usize) -> Columns {
        let rows = &self.app.list.rows;
        let widest = |cell: &dyn Fn(&Row) -> usize| rows.iter().map(cell).max().unwrap_or(0);
        let amount = widest(&|row| row.stored.order.amount.to_string().len());
        let words = |row: &Row| left(&row.stored, self.app.now, self.look).map_or(0, |(words, _)| text::width(&words));
        let clock = widest(&words);
        let id = widest(&|row| text::width(&row.stored.order.key.id)).clamp(4, 24);
        let mut columns = Columns { id, amount, age: 7, clock };
        // Mark and flags, and a gap before each column.
        let room = width.saturating_sub(2 + 3);
        let gap = |column: usize| if column > 0 { column + 2 } else { 0 };
        let over = |columns: &Columns| {
            (columns.id + gap(columns.amount) + gap(columns.age) + gap(columns.clock)).saturating_sub(room)
        };
        let short = columns.id.min(8);
        // Where not all of it has room, the running clock says more than the age, and the age more than a long id.
        columns.id = columns.id.saturating_sub(over(&columns)).max(short);
        if over(&columns) > 0 && columns.clock > 0 {
            columns.age = 0;
        }
        if over(&columns) > 0 {
            columns.clock = 0;
        }
        columns.id = id.saturating_sub(over(&Columns { id, ..columns })).max(short);
        columns
    }

    fn row(&self, row: &Row, columns: Columns, selected: bool) -> Line<'static> {
        let (app, look) = (self.app, self.look);
        let stored = &row.stored;
        let order = &stored.order;
        let bar = if selected { look.glyphs.bar } else { " " };
        let amount = order.amount.grouped();
        let code = order.amount.currency.code();
        let mut spans = vec![
            Span::raw(format!("{bar} ")),
            Span::raw(text::left(&text::clean(&order.key.id), columns.id)),
            Span::raw(format!("  {code} {}", text::right(&amount, columns.amount.saturating_sub(4)))),
        ];
        if row.gone {
            let now = app.shown.as_ref().filter(|shown| shown.stored.order.key == order.key);
            let to = now.map(|shown| shown.stored.order.status).filter(|to| *to != order.status);
            let arrow = look.glyphs.arrow;
            spans.push(Span::raw(format!("  {arrow} {}", to.map_or("moved away", name))));
            return Line::from(spans);
        }
        if columns.age > 0 {
            spans.push(Span::raw(format!("  {}", text::right(&age(order.entered_at, app.now), columns.age))));
        }
        if columns.clock > 0 {
            let (words, style) = left(stored, app.now, look).unwrap_or_default();
            spans.push(Span::raw("  "));
            spans.push(Span::styled(text::right(&words, columns.clock), style));
        }
        spans.push(Span::styled(format!(" {:<2}", flags(stored)), look.warn()));
        if app.is_filtered() {
            spans.extend(self.found(stored));
        }
        Line::from(spans)
    }

    /// Where what was found stands, and by which name it was found.
    fn found(&self, stored: &Stored) -> Vec<Span<'static>> {
        let (sign, style) = self.look.status(stored.order.status);
        let mut spans = vec![Span::styled(format!(" {sign} {}", name(stored.order.status)), style)];
        if let Some((field, value)) = self.app.filter.query.matched(stored).filter(|(field, _)| *field != Field::Order)
        {
            let words = format!("  {} {}", field.title(), text::clean(value));
            spans.push(Span::styled(words, self.look.dim()));
        }
        spans
    }

    /// The headings over what was found: the query, and how far one is in it.
    fn found_headings(&self, area: Rect, style: Style, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        let here = app.list.rows.iter().filter(|row| !row.gone).count();
        let all = if app.list.is_whole() { here.to_string() } else { format!("{here}+") };
        let number = app.list.number().map_or_else(|| "-".to_owned(), |number| number.to_string());
        let number = if app.list.is_awaited() { " …".to_owned() } else { format!(" {number} / {all}") };
        let room = usize::from(area.width).saturating_sub(text::width(&number) + 1);
        let title = format!(" Found {} oldest first", look.glyphs.dot);
        let title = Line::from(vec![Span::styled(text::left(&title, room), style), Span::raw(number)]);
        let query = format!(" {}", text::cut(&text::clean(app.filter.input.value()), room));
        super::lines([title, Line::styled(query, look.dim())], area, buf);
    }

    fn headings(&self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        let style = if app.focus == Pane::List { look.focus() } else { look.title() };
        if app.is_filtered() {
            return self.found_headings(area, style, buf);
        }
        let here = app.board.iter().flatten().filter(|count| count.status == app.chosen);
        let (mut orders, mut money) = (0, Vec::new());
        for count in here {
            orders += count.orders;
            money.push(count.amount.to_string());
        }
        let dot = look.glyphs.dot;
        let title = format!(" {} {dot} {}, oldest first", name(app.chosen), text::grouped(orders));
        let number = app.list.number().filter(|_| orders > 0);
        // What has moved away is not one of them any more.
        let here = app.list.row().is_some_and(|row| !row.gone);
        let number = number.map_or_else(String::new, |number| match here {
            true => format!(" {} / {}", text::grouped(number as i64), text::grouped(orders)),
            false => format!(" - / {}", text::grouped(orders)),
        });
        let room = usize::from(area.width).saturating_sub(text::width(&number) + 1);
        let title = Line::from(vec![Span::styled(text::left(&title, room), style), Span::raw(number)]);
        let money = Line::styled(format!(" {}", text::cut(&money.join(&format!(" {dot} ")), room)), look.dim());
        super::lines([title, money], area, buf);
    }

    /// What would make an empty list non-empty.
    fn empty(&self) -> String {
        let app = self.app;
        let status = name(app.chosen);
        let nothing = app.board.as_ref().is_some_and(|board| board.iter().all(|count| count.orders == 0));
        match app.link {
            Link::Live if app.is_filtered() && app.list.loaded => {
                "Nothing passes this filter. / changes it, Esc takes it off.".to_owned()
            }
            _ if nothing && app.list.loaded => {
                "No orders at all yet. `recourse import FILE` takes them in, `recourse demo` makes some up.".to_owned()
            }
            Link::Live if !app.list.loaded => "Reading …".to_owned(),
            Link::Connecting => "Connecting to the database …".to_owned(),
            Link::Lost { .. } if !app.list.loaded => {
                "Not read: the database does not answer. It is read as soon as it does.".to_owned()
            }
            Link::Live | Link::Lost { .. } => {
                format!("No order is {status} now. {} One shows here as soon as it comes.", app.chosen.definition())
            }
        }
    }
}

impl Widget for List<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        if area.is_empty() {
            return;
        }
        self.headings(Rect { height: LIST_HEADINGS.min(area.height), ..area }, buf);
        let below = LIST_HEADINGS.min(area.height);
        let area = Rect { y: area.y + below, height: area.height - below, ..area };
        if app.list.rows.is_empty() {
            let words = text::wrap(&self.empty(), usize::from(area.width).saturating_sub(2));
            return super::lines(
                words.into_iter().map(|words| Line::styled(format!(" {words}"), look.dim())),
                area,
                buf,
            );
        }
        let columns = self.columns(usize::from(area.width));
        let selected = app.list.at();
        for ((at, row), line) in app.list.rows.iter().enumerate().skip(app.list.scroll).zip(area.rows()) {
            let is_selected = selected == Some(at);
            let words = self.row(row, columns, is_selected);
            if is_selected {
                whole(words, line, look.selected(app.focus == Pane::List), buf);
            } else {
                super::put(&words, line, buf);
            }
            if row.gone {
                buf.set_style(line, look.dim());
            }
        }
    }
}
