//! The orders of the selected cell.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{Watch, place};
use crate::console::kit::draw;
use crate::console::kit::draw::{ends, whole};
use crate::console::kit::scroll::follow;
use crate::console::orders::times::{age, left};
use crate::console::stuck::shown::{Column, StuckShown};
use crate::console::stuck::state::Part;
use crate::stuck::band::clock;
use crate::text;

/// The widths of the order columns: id, amount, age, time left.
struct Widths([usize; 4]);

impl Watch<'_> {
    /// The first orders of the selected cell, those with the least time left first.
    pub(super) fn orders(&self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        let cell = app.stuck.cell();
        let whose = match cell.merchant.as_deref() {
            None => "all merchants".to_owned(),
            Some("") => "(no merchant)".to_owned(),
            Some(name) => text::clean(name),
        };
        let what = match cell.column {
            Column::Band(band) => format!(" {}", band.title()),
            Column::All => String::new(),
            Column::Drift => " drift".to_owned(),
            Column::Expired => " past their deadline, not at Approved".to_owned(),
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
            return draw::lines([Line::styled(" Reading …", look.dim())], below, buf);
        };
        if orders.is_empty() {
            return draw::lines([Line::styled(" None.", look.dim())], below, buf);
        }
        let shown = &orders[first..orders.len().min(first + height)];
        let mut widths = Widths([0; 4]);
        for stuck in shown {
            for (width, (words, _)) in widths.0.iter_mut().zip(self.cells(stuck)) {
                *width = (*width).max(text::width(&words));
            }
        }
        for (place, (stuck, line)) in shown.iter().zip(below.rows()).enumerate() {
            let words = self.order(stuck, &widths, usize::from(area.width));
            if focus && first + place == at {
                whole(words, line, look.selected(true), buf);
            } else {
                draw::put(&words, line, buf);
            }
        }
        ends(below, first, orders.len(), look, buf);
    }

    /// Id, amount, age and time left.
    fn cells(&self, stuck: &StuckShown) -> [(String, Style); 4] {
        let (app, look) = (self.app, self.look);
        let order = &stuck.stored.order;
        let clock = clock(order);
        let since = clock.map_or(order.entered_at, |(approved, _)| approved);
        let left = left(&stuck.stored, app.now, look).filter(|_| clock.is_some());
        [
            (text::clean(&order.key.id), Style::new()),
            (order.amount.to_string(), Style::new()),
            (age(since, app.now), Style::new()),
            left.unwrap_or_else(|| (order.status.title().to_owned(), look.warn())),
        ]
    }

    fn order(&self, stuck: &StuckShown, widths: &Widths, width: usize) -> Line<'static> {
        let mut line = Line::raw("  ");
        for (at, ((words, style), wide)) in self.cells(stuck).into_iter().zip(widths.0).enumerate() {
            // The id identifies the order; it gets up to half of the line.
            let wide = if at == 0 { wide.min(width / 2) } else { wide };
            let words = if at == 0 { text::left(&words, wide) } else { text::right(&words, wide) };
            line.push_span(Span::styled(words, style));
            line.push_span(Span::raw("  "));
        }
        let rest = width.saturating_sub(line.width());
        let cause = format!("{} ({})", stuck.why.cause.title(), stuck.why.sure.name());
        line.push_span(Span::raw(text::cut(&cause, rest)));
        line
    }
}
