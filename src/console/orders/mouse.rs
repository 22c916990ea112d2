//! The mouse in the panes: a click selects, the wheel scrolls what is under it. It never runs an action.

use ratatui::layout::{Position, Rect};

use crate::console::app::layout::Pane;
use crate::console::app::state::App;
use crate::console::orders::{board, selection};

fn pane_at(app: &App, at: Position) -> Option<(Pane, Rect)> {
    let layout = app.layout()?;
    let panes = [Pane::Board, Pane::List, Pane::Order].map(|pane| (pane, layout.pane(pane)));
    panes.into_iter().find(|(_, area)| area.contains(at))
}

/// Selects what is under the mouse.
pub fn click(app: &mut App, at: Position) {
    let Some((pane, area)) = pane_at(app, at) else { return };
    app.orders.focus = pane;
    let line = usize::from(at.y - area.y);
    match pane {
        Pane::Board => {
            if let Some(row) = app.orders.board_rows().get(line + app.orders.board_scroll).copied() {
                board::choose_row(app, row);
            }
        }
        Pane::List => {
            let headings = usize::from(app.layout().map_or(0, |layout| layout.headings()));
            let rows = &mut app.orders.list;
            let row = line.checked_sub(headings).map(|line| line + rows.scroll);
            rows.stay();
            if let (Some(to), Some(from)) = (row.filter(|row| *row < rows.rows.len()), rows.at()) {
                selection::step(app, to as isize - from as isize);
            }
        }
        Pane::Order => {}
    }
}

/// Scrolls what is under the mouse by this many lines.
pub fn wheel(app: &mut App, at: Position, by: isize) {
    match pane_at(app, at) {
        Some((Pane::Board, _)) => board::step(app, by.signum()),
        Some((Pane::List, _)) => selection::step(app, by),
        Some((Pane::Order, _)) => app.orders.scroll.by(by),
        None => {}
    }
}
