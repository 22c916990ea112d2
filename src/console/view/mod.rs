//! Draws the screen from the state, without changing it. `safe` makes text from outside safe to draw.

mod board;
pub mod bulk;
pub mod confirm;
pub mod desk;
pub mod dialog;
mod footer;
mod form;
mod header;
mod input;
mod list;
mod menu;
pub mod messages;
pub mod order;
mod pick;
pub mod plan;
mod prompt;
pub mod quarantine;
mod reorder;
mod runbook;
mod search;
mod watch;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::app::{App, Layer};
use super::look::Look;
use crate::settings::prefs::Bidi;
use crate::text;

/// The whole screen.
#[derive(Debug, Clone, Copy)]
pub struct Screen<'a> {
    /// The state.
    pub app: &'a App,
    /// The styles and glyphs.
    pub look: Look,
}

impl Screen<'_> {
    /// The cursor position, in the text field that has the focus, if any.
    pub fn cursor(&self) -> Option<Position> {
        let area = self.app.layout()?.body;
        match self.app.layers.last()? {
            Layer::Form(form) => form::Sheet { form, app: self.app, look: self.look }.cursor(area),
            Layer::Confirm(question) => confirm::Question { question, look: self.look }.cursor(area),
            Layer::Settling(settling) => quarantine::Settle { settling, look: self.look }.cursor(area),
            Layer::Filter => footer::Footer { app: self.app, look: self.look }.cursor(self.app.layout()?.footer),
            Layer::Bulk(bulk) => bulk::Many { bulk, look: self.look }.cursor(area),
            Layer::Search(search) => search::Results { search, app: self.app, look: self.look }.cursor(area),
            Layer::Prompt(prompt) => prompt::Line { prompt, look: self.look }.cursor(area),
            Layer::Plan(planning) => plan::Sheet { planning, look: self.look }.cursor(area),
            Layer::Plans => plan::Many { app: self.app, look: self.look }.cursor(area),
            Layer::Sheet(sheet) => desk::Form { sheet, app: self.app, look: self.look }.cursor(area),
            Layer::Menu(_)
            | Layer::Desk
            | Layer::CaseMenu(_)
            | Layer::Paper(_)
            | Layer::Messages(_)
            | Layer::Quarantine
            | Layer::Watch
            | Layer::Runbook(_)
            | Layer::Pick(_)
            | Layer::Columns(_) => None,
        }
    }
}

impl Widget for &Screen<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        let Some(layout) = app.layout() else {
            let whole = text::wrap("recourse needs a screen of 20 columns and 5 lines", usize::from(area.width));
            let short = text::wrap("needs 20x5", usize::from(area.width));
            let words = if whole.len() <= usize::from(area.height) { whole } else { short };
            return lines(words.into_iter().map(Line::raw), area, buf);
        };
        header::Header { app, look }.render(layout.header, buf);
        footer::Footer { app, look }.render(layout.footer, buf);
        let whole = |layer: &&Layer| {
            matches!(layer, Layer::Quarantine | Layer::Watch | Layer::Plan(_) | Layer::Plans | Layer::Desk)
        };
        match app.layers.iter().rev().find(whole) {
            Some(Layer::Watch) => watch::Watch { app, look }.render(layout.body, buf),
            Some(Layer::Plan(planning)) => plan::Sheet { planning, look }.render(layout.body, buf),
            Some(Layer::Plans) => plan::Many { app, look }.render(layout.body, buf),
            Some(Layer::Desk) => desk::Desk { app, look }.render(layout.body, buf),
            Some(_) => quarantine::Inbox { app, look }.render(layout.body, buf),
            None => {
                board::Board { app, look }.render(layout.board, buf);
                list::List { app, look }.render(layout.list, buf);
                order::Order { app, look }.render(layout.order, buf);
                separators(&layout, look, buf);
                self.ends(&layout, buf);
            }
        }
        // Only the topmost layer is drawn: nested frames are hard to read.
        match app.layers.last() {
            Some(Layer::Menu(menu)) => menu::Actions { menu, app, look }.render(layout.body, buf),
            Some(Layer::Form(form)) => form::Sheet { form, app, look }.render(layout.body, buf),
            Some(Layer::Confirm(question)) => confirm::Question { question, look }.render(layout.body, buf),
            Some(Layer::Search(search)) => search::Results { search, app, look }.render(layout.body, buf),
            Some(Layer::Prompt(prompt)) => prompt::Line { prompt, look }.render(layout.body, buf),
            Some(Layer::Bulk(bulk)) => bulk::Many { bulk, look }.render(layout.body, buf),
            Some(Layer::Pick(pick)) => pick::Lines { pick, look }.render(layout.body, buf),
            Some(Layer::Columns(choosing)) => pick::Columns { choosing, look }.render(layout.body, buf),
            Some(Layer::Messages(at)) => messages::Messages { at: *at, app, look }.render(layout.body, buf),
            Some(Layer::Settling(settling)) => quarantine::Settle { settling, look }.render(layout.body, buf),
            Some(Layer::Runbook(at)) => runbook::Steps { app, at, look }.render(layout.body, buf),
            Some(Layer::CaseMenu(menu)) => desk::Menu { menu, app, look }.render(layout.body, buf),
            Some(Layer::Sheet(sheet)) => desk::Form { sheet, app, look }.render(layout.body, buf),
            Some(Layer::Paper(paper)) => desk::Sheets { paper, look }.render(layout.body, buf),
            Some(Layer::Filter | Layer::Quarantine | Layer::Watch | Layer::Plan(_) | Layer::Plans | Layer::Desk)
            | None => {}
        }
        if app.prefs.bidi == Bidi::Application {
            reorder::reorder(buf);
        }
        base(look, buf);
        if look.is_ascii() {
            // Replaces the ellipsis of cut text, and the sign for characters that cannot be shown.
            for cell in &mut buf.content {
                match cell.symbol() {
                    "…" => _ = cell.set_symbol(">"),
                    // Text lines can contain bars too.
                    "▁" | "▂" => _ = cell.set_symbol("."),
                    "▃" | "▄" => _ = cell.set_symbol(":"),
                    "▅" | "▆" => _ = cell.set_symbol("|"),
                    "▇" | "█" => _ = cell.set_symbol("#"),
                    "─" => _ = cell.set_symbol("-"),
                    "\u{fffd}" => _ = cell.set_symbol("?"),
                    _ => {}
                }
            }
        }
    }
}

/// Gives cells without a colour the base colours of the theme.
fn base(look: Look, buf: &mut Buffer) {
    let Style { fg, bg, .. } = look.base();
    for cell in &mut buf.content {
        match (fg, bg) {
            (None, None) => return,
            (Some(fg), _) if cell.fg == Color::Reset => _ = cell.set_fg(fg),
            _ => {}
        }
        if let Some(bg) = bg.filter(|_| cell.bg == Color::Reset) {
            cell.set_bg(bg);
        }
    }
}

impl Screen<'_> {
    /// Marks at the right edge of a pane that there is more above or below.
    fn ends(&self, layout: &super::layout::Layout, buf: &mut Buffer) {
        let app = self.app;
        let order = order::length(app, layout.order.width);
        let rows = app.list.rows.len() + usize::from(layout.headings());
        let panes = [
            (layout.board, app.board_scroll, app.board_rows().len()),
            (layout.list, app.list.scroll, rows),
            (layout.order, app.order_scroll, order),
        ];
        for (area, scroll, length) in panes.into_iter().filter(|(area, ..)| !area.is_empty()) {
            let mut put = |y: u16, sign: &str| {
                if let Some(cell) = buf.cell_mut((area.right() - 1, y)) {
                    cell.set_symbol(sign).set_style(self.look.warn());
                }
            };
            if scroll > 0 {
                put(area.top(), self.look.glyphs.above);
            }
            if scroll + usize::from(area.height) < length {
                put(area.bottom() - 1, self.look.glyphs.below);
            }
        }
    }
}

fn separators(layout: &super::layout::Layout, look: Look, buf: &mut Buffer) {
    let mut put = |x: u16, y: u16, sign: &str| {
        if let Some(cell) = buf.cell_mut((x, y)) {
            cell.set_symbol(sign).set_style(look.dim());
        }
    };
    let related = |left: Rect, right: Rect| left.width > 0 && right.width > 0 && right.x > left.right();
    for (left, right) in [(layout.board, layout.list), (layout.list, layout.order)] {
        if related(left, right) {
            (left.top()..left.bottom()).for_each(|y| put(left.right(), y, look.glyphs.vertical));
        }
    }
    if layout.list.width > 0 && layout.order.y > layout.list.bottom() {
        (layout.body.left()..layout.body.right()).for_each(|x| put(x, layout.list.bottom(), look.glyphs.rule));
    }
}

/// Draws the lines from the top of the area. Lines that do not fit are left out.
fn lines<'a>(lines: impl IntoIterator<Item = Line<'a>>, area: Rect, buf: &mut Buffer) {
    for (line, row) in lines.into_iter().zip(area.rows()) {
        put(&line, row, buf);
    }
}

/// Draws a line. If it is longer than the row, it ends with an ellipsis: cut text must not look complete.
fn put(line: &Line<'_>, row: Rect, buf: &mut Buffer) {
    line.render(row, buf);
    let length: usize = line.spans.iter().map(|span| text::width(&span.content)).sum();
    if length <= usize::from(row.width) || row.is_empty() {
        return;
    }
    let last = row.right() - 1;
    let wide = last > row.x && buf.cell((last - 1, row.y)).is_some_and(|cell| text::cells(cell.symbol()) > 1);
    if wide && let Some(cell) = buf.cell_mut((last - 1, row.y)) {
        cell.set_symbol(" ");
    }
    if let Some(cell) = buf.cell_mut((last, row.y)) {
        cell.set_symbol("…");
    }
}

/// Text from outside, made safe to draw, in a style.
fn safe(text: &str, style: Style) -> Span<'static> {
    Span::styled(text::clean(text), style)
}

/// Draws a line and gives the whole area one style, for a selected line for example.
fn whole(line: Line<'_>, area: Rect, style: Style, buf: &mut Buffer) {
    put(&line, area, buf);
    buf.set_style(area, Style::reset());
    buf.set_style(area, style);
}
