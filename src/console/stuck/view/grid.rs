//! The merchants, by the age of their orders at Approved, and by drift.

use crossterm::event::KeyCode;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{Watch, place};
use crate::console::kit::draw;
use crate::console::kit::draw::ends;
use crate::console::kit::place::{Place, Reach, steps};
use crate::console::kit::scroll::centred;
use crate::console::stuck::shown::{COLUMNS, Column};
use crate::console::stuck::state::Part;
use crate::settings::keys::Command;
use crate::stuck::band::Band;
use crate::stuck::grid::Row;
use crate::text;

/// How wide the heading of the sums is.
const RISK: usize = 9;

/// The maximum width of merchant names.
const MERCHANT: usize = 24;

/// The heading of a column, and a shorter one for the narrowest screens.
const fn heading(column: Column) -> (&'static str, &'static str) {
    match column {
        Column::Band(Band::Fresh) => ("<50%", "<50"),
        Column::Band(Band::Half) => ("50%", "50%"),
        Column::Band(Band::Late) => ("75%", "75%"),
        Column::Band(Band::Last) => ("90%", "90%"),
        Column::Band(Band::Over) => ("over", "72h"),
        Column::All => ("all", "all"),
        Column::Unconfirmed => ("doubt", "dbt"),
        Column::Drift => ("drift", "dri"),
        Column::Expired => ("past", "pst"),
    }
}

/// The width of a column, on wide and narrow screens.
const fn column_width(width: usize) -> usize {
    match width {
        ..76 => 4,
        76..90 => 5,
        90.. => 7,
    }
}

impl Watch<'_> {
    fn column_style(&self, column: Column) -> Style {
        match column {
            Column::Band(Band::Fresh | Band::Half) => Style::new(),
            Column::Band(Band::Late) | Column::Unconfirmed => self.look.warn(),
            Column::Band(Band::Last | Band::Over) | Column::Drift | Column::Expired => self.look.bad(),
            Column::All => self.look.title(),
        }
    }

    fn row(&self, row: &Row, name: &str, names: usize, selected: bool, width: usize) -> Line<'static> {
        let look = self.look;
        let here = selected && self.app.stuck.part == Part::Grid;
        let bar = if selected { look.glyphs.bar } else { " " };
        let mut spans = vec![Span::raw(format!("{bar} {} ", text::left(&text::clean(name), names)))];
        for (at, column) in COLUMNS.into_iter().enumerate() {
            let under = here && at == self.app.stuck.column;
            let count = column.count(row);
            let number = text::grouped(count);
            let (number, style) = match (under, count) {
                (true, _) => (format!("[{number}]"), look.selected(true)),
                (false, 0) => (format!("{number} "), look.dim()),
                (false, _) => (format!("{number} "), self.column_style(column)),
            };
            let wide = text::width(&number);
            spans.push(Span::raw(" ".repeat(column_width(width).saturating_sub(wide))));
            spans.push(Span::styled(number, style));
        }
        let used: usize = spans.iter().map(|span| text::width(&span.content)).sum();
        let money = self.money(&row.whole.amounts, width.saturating_sub(used + 2));
        if !money.is_empty() {
            spans.push(Span::styled(format!("  {money}"), look.dim()));
        }
        Line::from(spans)
    }

    pub(super) fn grid(&self, area: Rect, buf: &mut Buffer) -> Vec<Place> {
        let look = self.look;
        let rows = self.app.stuck.rows();
        let width = usize::from(area.width);
        let name = |row: &Row, last: bool| match (last, row.merchant.is_empty()) {
            (true, _) => "all merchants".to_owned(),
            (false, true) => "(no merchant)".to_owned(),
            (false, false) => row.merchant.clone(),
        };
        let last = rows.len().saturating_sub(1);
        let names = rows.iter().map(|row| text::width(&row.merchant)).max().unwrap_or(0).clamp(13, MERCHANT);
        let names = names.min(width.saturating_sub(4 + column_width(width) * COLUMNS.len()).max(7));
        let wide = column_width(width);
        let words = |column| if wide < 6 { heading(column).1 } else { heading(column).0 };
        let heads: String =
            COLUMNS.into_iter().map(|column| text::right(&format!("{} ", words(column)), wide)).collect();
        let risk = if 3 + names + wide * COLUMNS.len() + RISK > width { "" } else { "  at risk" };
        let top = Line::styled(format!("  {}{heads}{risk}", text::left("merchant", names + 1)), look.dim());
        let head = Rect { height: 1.min(area.height), ..area };
        draw::put(&top, head, buf);
        let below = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
        let (height, at) = (usize::from(below.height), self.app.stuck.at());
        let first = centred(at, height, rows.len());
        if rows.len() > height {
            let here = Some(at).filter(|at| *at < last);
            let words = format!(" {} ", place(first, height.min(last - first), here, last));
            let wide = (text::width(&words) as u16).min(head.width);
            draw::put(&Line::styled(words, look.title()), Rect { x: head.right() - wide, width: wide, ..head }, buf);
        }
        let mut places = Vec::new();
        for ((place, row), line) in rows.iter().enumerate().skip(first).zip(below.rows()) {
            let words = self.row(row, &name(row, place == last), names, place == at, width);
            draw::put(&words, line, buf);
            let cell =
                |column: usize| Rect { x: line.x + (3 + names + column * wide) as u16, width: wide as u16, ..line };
            let cells = (0..COLUMNS.len()).map(|column| (cell(column), column));
            let all = cells.chain([(line, self.app.stuck.column)]);
            places.extend(all.map(|(area, column)| Place { area, by: self.reach_cell((place, at), column) }));
        }
        ends(below, first, rows.len(), look, buf);
        places
    }

    /// To a cell of the grid; Enter lists the orders of the selected one.
    fn reach_cell(&self, (row, at): (usize, usize), column: usize) -> Reach {
        let now = self.app.stuck.column;
        if self.app.stuck.part == Part::Grid && (row, column) == (at, now) {
            return Reach::Key(KeyCode::Enter);
        }
        let aside = if column < now { Command::Left } else { Command::Right };
        Reach::Steps(vec![self.turn(Part::Grid), steps(row, at), (aside, column.abs_diff(now))])
    }
}
