//! The dispute desk: queues with their counts, the cases of a queue, the selected case.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};
use strum::VariantArray;

use crate::console::app::state::App;
use crate::console::disputes::layout::areas;
use crate::console::disputes::shown::MOST_COUNTED;
use crate::console::disputes::state::Focus;
use crate::console::disputes::view::{case, queue};
use crate::console::kit::draw;
use crate::console::kit::draw::{Drawn, ends, whole};
use crate::console::kit::look::Look;
use crate::records::Queue;
use crate::text;

/// Draws the desk, and returns how many lines the case has and how many of them fit.
pub fn draw(app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
    Clear.render(area, buf);
    let [queue, list, shown] = areas(app, area);
    queues(app, look, queue, buf);
    queue::Cases { app, look, alone: shown.is_empty() }.render(list, buf);
    let lines = case::lines(app, look, usize::from(shown.width));
    let (count, height) = (lines.len(), usize::from(shown.height));
    let first = app.disputes.case_scroll.of(count, height);
    draw::lines(lines.into_iter().skip(first), shown, buf);
    for left in [queue, list].into_iter().filter(|it| it.width > 0 && it.right() < area.right()) {
        for y in area.top()..area.bottom() {
            if let Some(cell) = buf.cell_mut((left.right(), y)) {
                cell.set_symbol(look.glyphs.vertical).set_style(look.dim());
            }
        }
    }
    ends(shown, first, count, look, buf);
    Drawn { lines: Some((count, height)).filter(|_| !shown.is_empty()), ..Drawn::default() }
}

fn queues(app: &App, look: Look, area: Rect, buf: &mut Buffer) {
    let here = app.disputes.focus == Focus::Queues;
    let title = Line::styled(" Cases", if here { look.focus() } else { look.title() });
    draw::lines([title], area, buf);
    let inside = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
    for (queue, row) in Queue::VARIANTS.iter().zip(inside.rows()) {
        let chosen = *queue == app.disputes.queue;
        let count = match (queue, app.disputes.count(*queue)) {
            (Queue::Closed, _) | (_, None) => String::new(),
            (_, Some(count)) if count > MOST_COUNTED => format!("{}+", text::grouped(MOST_COUNTED)),
            (_, Some(count)) => text::grouped(count),
        };
        let bar = if chosen { look.glyphs.bar } else { " " };
        let room = usize::from(area.width).saturating_sub(text::width(&count) + 3);
        let late = *queue == Queue::Overdue && app.disputes.count(*queue).is_some_and(|count| count > 0);
        let style = if late { look.bad() } else { look.title() };
        let line = Line::from(vec![
            Span::raw(format!("{bar}{}", text::left(queue.title(), room))),
            Span::styled(format!(" {count}"), if count == "0" { look.dim() } else { style }),
        ]);
        if chosen { whole(line, row, look.selected(here), buf) } else { draw::put(&line, row, buf) }
    }
    let under = inside.rows().skip(Queue::VARIANTS.len() + 1);
    for (line, row) in backlog(app, look, usize::from(area.width)).into_iter().zip(under) {
        draw::put(&line, row, buf);
    }
}

/// How many cases were open at the end of each of the last days.
fn backlog(app: &App, look: Look, width: usize) -> Vec<Line<'static>> {
    let days = &app.disputes.backlog;
    let (Some(now), Some(most)) = (days.last(), days.iter().max()) else { return Vec::new() };
    let first = days.len().saturating_sub(width.saturating_sub(2));
    let words = format!(" open: {} now, at most {}", text::grouped(*now), text::grouped(*most));
    let since = format!(" in {} days", days.len() - first);
    vec![
        Line::raw(format!(" {}", look.bars(&days[first..]))),
        Line::styled(words, look.dim()),
        Line::styled(since, look.dim()),
    ]
}
