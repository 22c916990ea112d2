//! The dispute desk: queues with their counts, the cases of a queue, the selected case, and the dialogs over them.

mod case;
mod case_menu;
mod cases;
mod sheet;

pub(super) use case_menu::Menu;
pub(super) use sheet::Form;

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget};
use strum::VariantArray;

use super::{App, Layer, Look, whole};
use crate::console::app::desk::{Focus, MOST_COUNTED, Paper};
use crate::records::Queue;
use crate::text;

/// The desk.
pub(super) struct Desk<'a> {
    pub app: &'a App,
    pub look: Look,
}

/// From this width, the three panes are side by side.
const WIDE: u16 = 120;
/// Below this width, one pane is shown at a time.
const NARROW: u16 = 76;
/// The width of the queues.
const QUEUES: u16 = 29;

/// The number of lines of the shown case on this screen.
pub fn length(app: &App) -> usize {
    let Some(layout) = app.layout() else { return 0 };
    let width = areas(app, layout.body)[2].width;
    case::lines(app, Look::measure(), usize::from(width)).len()
}

/// Whether the whole topmost form fits on this screen.
pub fn readable(app: &App) -> bool {
    match (app.layers.last(), app.layout()) {
        (Some(Layer::Sheet(sheet)), Some(layout)) => Form { sheet, app, look: Look::measure() }.fits(layout.body),
        _ => false,
    }
}

/// The areas of queues, cases and case. A hidden pane has an empty area.
fn areas(app: &App, body: Rect) -> [Rect; 3] {
    let none = Rect { width: 0, height: 0, ..body };
    let focus = app.desk.focus;
    if app.prefs.plain || body.width < NARROW {
        let mut areas = [none; 3];
        areas[focus as usize] = body;
        return areas;
    }
    if body.width >= WIDE {
        let list = (body.width - QUEUES - 2) * 45 / 100;
        let [queues, _, cases, _, case] = Layout::horizontal([
            Constraint::Length(QUEUES),
            Constraint::Length(1),
            Constraint::Length(list),
            Constraint::Length(1),
            Constraint::Min(0),
        ])
        .areas(body);
        return [queues, cases, case];
    }
    // The case replaces the queues when the focus leaves the queues.
    let [left, _, right] = Layout::horizontal([
        Constraint::Length(QUEUES.max(body.width * 2 / 5)),
        Constraint::Length(1),
        Constraint::Min(0),
    ])
    .areas(body);
    match focus {
        Focus::Queues => [left, right, none],
        Focus::Cases | Focus::Case => [none, left, right],
    }
}

impl Widget for Desk<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        Clear.render(area, buf);
        let [queues, cases, case] = areas(app, area);
        self.queues(queues, buf);
        cases::Cases { app, look }.render(cases, buf);
        let lines = case::lines(app, look, usize::from(case.width));
        let length = lines.len();
        super::lines(lines.into_iter().skip(app.desk.case_scroll), case, buf);
        for left in [queues, cases].into_iter().filter(|it| it.width > 0 && it.right() < area.right()) {
            for y in area.top()..area.bottom() {
                if let Some(cell) = buf.cell_mut((left.right(), y)) {
                    cell.set_symbol(look.glyphs.vertical).set_style(look.dim());
                }
            }
        }
        let mut sign = |y: u16, sign: &str| {
            if let Some(cell) = buf.cell_mut((case.right().saturating_sub(1), y)) {
                cell.set_symbol(sign).set_style(look.warn());
            }
        };
        if case.height > 0 && app.desk.case_scroll > 0 {
            sign(case.top(), look.glyphs.above);
        }
        if case.height > 0 && app.desk.case_scroll + usize::from(case.height) < length {
            sign(case.bottom() - 1, look.glyphs.below);
        }
    }
}

impl Desk<'_> {
    fn queues(&self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        let here = app.desk.focus == Focus::Queues;
        let title = Line::styled(" Cases", if here { look.focus() } else { look.title() });
        super::lines([title], area, buf);
        let inside = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
        for (queue, row) in Queue::VARIANTS.iter().zip(inside.rows()) {
            let chosen = *queue == app.desk.queue;
            let count = match (queue, app.desk.count(*queue)) {
                (Queue::Closed, _) | (_, None) => String::new(),
                (_, Some(count)) if count > MOST_COUNTED => format!("{}+", text::grouped(MOST_COUNTED)),
                (_, Some(count)) => text::grouped(count),
            };
            let bar = if chosen { look.glyphs.bar } else { " " };
            let room = usize::from(area.width).saturating_sub(text::width(&count) + 3);
            let late = *queue == Queue::Overdue && app.desk.count(*queue).is_some_and(|count| count > 0);
            let style = if late { look.bad() } else { look.title() };
            let line = Line::from(vec![
                Span::raw(format!("{bar}{}", text::left(queue.title(), room))),
                Span::styled(format!(" {count}"), if count == "0" { look.dim() } else { style }),
            ]);
            if chosen { whole(line, row, look.selected(here), buf) } else { super::put(&line, row, buf) }
        }
    }
}

/// A page to read: letters, a report, earlier cases or files.
pub(super) struct Sheets<'a> {
    pub paper: &'a Paper,
    pub look: Look,
}

impl Widget for Sheets<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let (paper, look) = (self.paper, self.look);
        Clear.render(area, buf);
        let block = Block::bordered()
            .border_set(look.glyphs.frame)
            .title(Line::styled(format!(" {} ", paper.kind.title()), look.focus()));
        let inside = block.inner(area);
        block.render(area, buf);
        let Some(all) = &paper.lines else {
            return super::lines([Line::styled(" Reading …", look.dim())], inside, buf);
        };
        let height = usize::from(inside.height).max(1);
        let choosing = !paper.files.is_empty();
        let first = if choosing { (paper.at + 1).saturating_sub(height) } else { paper.at };
        for ((at, line), row) in all.iter().enumerate().skip(first).zip(inside.rows()) {
            let line = Line::raw(format!(" {}", text::clean(line)));
            if choosing && at == paper.at {
                whole(line, row, look.selected(true), buf)
            } else {
                super::put(&line, row, buf)
            }
        }
    }
}
