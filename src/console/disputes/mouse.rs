//! The mouse on the disputes: a click selects a queue or a case. It never runs an action.

use ratatui::layout::{Position, Rect};
use strum::VariantArray;

use crate::console::app::state::App;
use crate::console::disputes::layout::{areas, parts};
use crate::console::disputes::page;
use crate::console::disputes::state::Focus;
use crate::records::Queue;

/// Selects what is under the mouse.
pub fn click(app: &mut App, at: Position) {
    let body = app.layout().map_or(Rect::default(), |layout| layout.body);
    let [queues, list, shown] = areas(app, body);
    let line = |area: Rect| usize::from(at.y.saturating_sub(area.y));
    if queues.contains(at) {
        app.disputes.focus = Focus::Queues;
        let queue = line(queues).checked_sub(1).and_then(|row| Queue::VARIANTS.get(row));
        queue.into_iter().for_each(|queue| page::list(app, *queue));
    } else if list.contains(at) {
        app.disputes.focus = Focus::Cases;
        let inside = Rect { y: list.y + 1, height: list.height.saturating_sub(1), ..list };
        let [_, rows, _] = parts(inside, shown.is_empty());
        if rows.contains(at) {
            let case = app.disputes.cases().get(app.disputes.scroll + line(rows));
            let named = case.map(|case| (case.order_id.clone(), case.number));
            named.into_iter().for_each(|named| app.disputes.select(Some(named)));
        }
    } else if shown.contains(at) {
        app.disputes.focus = Focus::Case;
    }
}
