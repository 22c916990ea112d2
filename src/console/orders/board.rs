//! Choosing a status or a view on the left.

use crate::console::app::state::App;
use crate::console::orders::list::BoardRow;
use crate::console::orders::selection;
use crate::domain::Status;

/// Chooses a line of the left pane.
pub fn choose_row(app: &mut App, row: BoardRow) {
    match row {
        BoardRow::Provider(_) | BoardRow::Views => {}
        BoardRow::Status(status) => choose(app, status),
        BoardRow::View(at) => choose_view(app, at),
    }
}

fn choose(app: &mut App, status: Status) {
    relist(app, |app| {
        app.orders.views.chosen = None;
        app.orders.chosen = status;
    });
}

/// Chooses the view at this index.
pub fn choose_view(app: &mut App, at: usize) {
    let Some(view) = app.orders.views.all.get(at) else { return };
    let chosen = Some((view.name.clone(), view.shared));
    relist(app, |app| app.orders.views.chosen = chosen);
}

/// Lists something else, without the filter.
fn relist(app: &mut App, choose: impl FnOnce(&mut App)) {
    app.orders.moved_by_hand = true;
    let before = app.orders.listing();
    app.orders.filter.on = false;
    choose(app);
    if before != app.orders.listing() || app.orders.list.sort != app.orders.sort() {
        selection::anew(app);
    }
}

/// Moves by this many statuses and views, skipping the headings.
pub fn step(app: &mut App, by: isize) {
    let mut rows = app.orders.board_rows();
    rows.retain(|row| matches!(row, BoardRow::Status(_) | BoardRow::View(_)));
    let at = rows.iter().position(|row| app.orders.is_chosen(*row)).unwrap_or(0);
    choose_row(app, rows[at.saturating_add_signed(by).min(rows.len() - 1)]);
}

/// Selects the most urgent status that has orders, for the first screen.
pub fn choose_the_first_that_holds_orders(app: &mut App) {
    let Some(board) = &app.orders.board else { return };
    let holds = |status| board.iter().any(|count| count.status == status && count.orders > 0);
    if let Some(first) = app.orders.statuses.iter().copied().find(|&status| holds(status))
        && first != app.orders.chosen
    {
        app.orders.chosen = first;
        selection::anew(app);
    }
}
