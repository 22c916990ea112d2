//! Moving in the list, and starting it again.

use crate::console::app::layout::Pane;
use crate::console::app::session::Link;
use crate::console::app::state::App;
use crate::console::kit::journal::Tone;
use crate::console::orders::shown::Shown;
use crate::console::orders::window::{Land, Window};
use crate::domain::OrderKey;
use crate::records::OrderRecord;

/// How many rows of the list fit on the screen.
pub fn height(app: &App) -> usize {
    app.layout().map_or(0, |layout| usize::from(layout.list.height.saturating_sub(layout.headings())))
}

/// Moves the selection by this many rows.
pub fn step(app: &mut App, by: isize) {
    select(app, |list| list.step(by));
}

/// Moves the selection to the beginning or the end.
pub fn jump(app: &mut App, land: Land) {
    select(app, |list| list.jump(land));
}

/// Changes the rows or the selection. The change says whether other rows have to be read.
pub fn select(app: &mut App, change: impl FnOnce(&mut Window) -> bool) {
    let before = app.orders.list.selected.clone();
    app.orders.loads.list.due |= change(&mut app.orders.list);
    if before != app.orders.list.selected {
        went(app, before.as_ref());
        show_selected(app);
    }
}

/// Marks all rows between the old and the new selection, while a range is active.
fn went(app: &mut App, from: Option<&OrderKey>) {
    let orders = &mut app.orders;
    if !orders.marks.range {
        return;
    }
    let at = |key: &OrderKey| orders.list.rows.iter().position(|row| row.stored.order.key == *key);
    let (Some(from), Some(to)) = (from.and_then(at), orders.list.at()) else {
        orders.marks.range = false;
        return app.say(Tone::News, "The range has ended: the orders you jumped over were never on the screen.");
    };
    for row in &orders.list.rows[from.min(to)..=from.max(to)] {
        orders.marks.add(&row.stored);
    }
}

/// Shows a newly selected order: what the list has of it at once, the rest when it is read.
fn show_selected(app: &mut App) {
    let orders = &mut app.orders;
    orders.shown = orders.list.row().map(|row| Shown::of(row.stored.clone()));
    orders.scroll = Default::default();
    orders.loads.order.due = orders.shown.is_some();
}

/// Starts a new list from its beginning.
pub fn anew(app: &mut App) {
    app.orders.marks.range = false;
    app.orders.loads.list.due = true;
    if app.acts() {
        // Something is open on the selected order: it stays selected while the list around it changes.
        return app.orders.list.restart();
    }
    app.orders.list = Window::new(app.orders.sort());
    app.orders.shown = None;
    app.orders.loads.order.due = false;
}

/// Loads the list again. The old rows stay on the screen until the new ones are read.
pub fn again(app: &mut App) {
    // Without a connection no rows can be read, and the old rows are not results of this query.
    match app.link {
        Link::Live => app.orders.list.restart(),
        Link::Connecting | Link::Lost { .. } => anew(app),
    }
    app.orders.list.sort = app.orders.sort();
    app.orders.loads.list.due = true;
}

/// Shows an order in the list of its status. Open dialogs are closed; forms are kept.
pub fn go_to(app: &mut App, stored: OrderRecord) {
    app.put_all_away();
    let orders = &mut app.orders;
    orders.marks.range = false;
    orders.moved_by_hand = true;
    orders.filter.on = false;
    orders.views.chosen = None;
    orders.chosen = stored.order.status;
    orders.list = Window::around(stored, orders.sort());
    orders.loads.list.due = true;
    orders.focus = Pane::Order;
    show_selected(app);
}
