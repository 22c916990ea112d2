//! The orders of the selected cell.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{Watch, place};
use crate::console::kit::columns::{Column, fit, row};
use crate::console::kit::draw;
use crate::console::kit::draw::{ends, whole};
use crate::console::kit::gauge::time;
use crate::console::kit::place::Place;
use crate::console::kit::scroll::follow;
use crate::console::orders::times::{age, left};
use crate::console::stuck::shown::{Column as Counted, StuckShown};
use crate::console::stuck::state::Part;
use crate::stuck::band::clock;
use crate::text;

impl Watch<'_> {
    /// The first orders of the selected cell, those with the least time left first.
    pub(super) fn orders(&self, area: Rect, buf: &mut Buffer) -> Vec<Place> {
        let (app, look) = (self.app, self.look);
        let cell = app.stuck.cell();
        let whose = match cell.merchant.as_deref() {
            None => "all merchants".to_owned(),
            Some("") => "(no merchant)".to_owned(),
            Some(name) => text::clean(name),
        };
        let what = match cell.column {
            Counted::Band(band) => format!(" {}", band.title()),
            Counted::All => String::new(),
            Counted::Unconfirmed => " not confirmed by the provider".to_owned(),
            Counted::Drift => " drift".to_owned(),
            Counted::Expired => " past their deadline, not at Approved".to_owned(),
        };
        let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        let (height, at) = (usize::from(below.height), app.stuck.order_at());
        let focus = app.stuck.part == Part::Orders;
        let orders = app.stuck.of_the_cell();
        // As many as the cell counts; only the first of them are read.
        let counted = app.stuck.rows().get(app.stuck.at()).map_or(0, |row| cell.column.count(row)).max(0) as usize;
        let count = counted.max(orders.map_or(0, <[_]>::len));
        let first = follow(0, if focus { at } else { 0 }, height, orders.map_or(0, <[_]>::len));
        let dot = look.glyphs.dot;
        let here = place(first, height, focus.then_some(at), count);
        let title = format!("{whose}{what} {dot} least time left first {dot} {here}");
        let title = draw::rule(&title, usize::from(area.width), look);
        let style = if focus { look.focus() } else { look.dim() };
        draw::put(&Line::styled(title, style), Rect { height: 1, ..area }, buf);
        let Some(orders) = orders else {
            draw::lines([Line::styled(" Reading …", look.dim())], below, buf);
            return Vec::new();
        };
        if orders.is_empty() {
            draw::lines([Line::styled(" None.", look.dim())], below, buf);
            return Vec::new();
        }
        let shown = &orders[first..orders.len().min(first + height)];
        let cells: Vec<Vec<Span<'static>>> = shown.iter().map(|stuck| self.cells(stuck)).collect();
        let columns = columns(&cells);
        let widths = fit(&columns, usize::from(area.width).saturating_sub(3));
        let mut places = Vec::new();
        for (place, (cells, line)) in cells.into_iter().zip(below.rows()).enumerate() {
            places.push(Place { area: line, by: self.reach(Part::Orders, first + place, at) });
            let mut spans = vec![Span::raw("  ")];
            spans.extend(row(&columns, &widths, cells));
            if focus && first + place == at {
                whole(Line::from(spans), line, look.selected(true), buf);
            } else {
                draw::put(&Line::from(spans), line, buf);
            }
        }
        ends(below, first, orders.len(), look, buf);
        places
    }

    /// The values of a row.
    fn cells(&self, stuck: &StuckShown) -> Vec<Span<'static>> {
        let (app, look) = (self.app, self.look);
        let stored = &*app.masked(&stuck.stored);
        let order = &stored.order;
        let clock = clock(order);
        let since = clock.map_or(order.entered_at, |(approved, _)| approved);
        let time_left = left(stored, app.now, look).filter(|_| clock.is_some());
        let (words, style) = time_left.unwrap_or_else(|| (order.status.title().to_owned(), look.warn()));
        let short = app.size.0 < SHORT;
        let bar = clock.map_or(Span::raw(""), |(_, due)| time(due - app.now, BAR, look));
        let named = |name: Option<&String>| name.map_or_else(String::new, |name| text::clean(name));
        vec![
            Span::raw(text::clean(&order.key.id)),
            Span::raw(if short { order.amount.short() } else { order.amount.to_string() }),
            bar,
            Span::styled(words, style),
            Span::raw(age(since, app.now)),
            Span::raw(format!("{} ({})", stuck.why.cause.title(), stuck.why.sure.name())),
            Span::raw(named(stored.numbers.first())),
            Span::raw(named(stored.buyer.as_ref())),
        ]
    }
}

/// How wide the bar of the time that is left is, and below which width of the screen amounts are short.
const BAR: usize = 6;
const SHORT: u16 = 100;

/// The columns: id, amount and time left are never cut.
fn columns(rows: &[Vec<Span<'static>>]) -> Vec<Column> {
    let widest = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(Span::width).max().unwrap_or(0);
    vec![
        Column::whole("", widest(0)),
        Column::whole("", widest(1)).right(),
        Column::words("", widest(2), 4),
        Column::whole("", widest(3)).right(),
        Column::words("", widest(4), 7).right(),
        Column::words("", widest(5), 1),
        Column::words("", widest(6), 5).uncut(),
        Column::words("", widest(7), 6),
    ]
}
