//! Marking orders: one, a range, or all of the list.

use crate::console::app::layout::Pane;
use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::kit::journal::Tone;
use crate::console::orders::marked::marks::MOST;
use crate::console::orders::selection;
use crate::console::orders::window::Listing;
use crate::records::OrderRecord;
use crate::text;

/// Marks the selected order, or unmarks it.
pub fn mark(app: &mut App) {
    let Some(row) = selected(app) else { return };
    app.orders.marks.turn(&row);
    // With an order open, the selection stays on it.
    if app.orders.focus == Pane::List {
        selection::step(app, 1);
    }
}

/// The selected row; on the board nothing can be marked.
fn selected(app: &mut App) -> Option<OrderRecord> {
    if app.orders.focus == Pane::Board {
        app.say(Tone::News, "Go into the list first (Enter): only orders can be marked.");
        return None;
    }
    app.orders.list.row().map(|row| row.stored.clone())
}

/// Starts to mark every order that the selection moves over, or stops.
pub fn range(app: &mut App) {
    if std::mem::take(&mut app.orders.marks.range) {
        return app.say(Tone::News, format!("{} marked.", app.orders.marks.len()));
    }
    let Some(row) = selected(app) else { return };
    app.orders.marks.add(&row);
    app.orders.marks.range = true;
    app.say(Tone::News, "Every order you move over is marked. Press v to stop.");
}

/// Reads the whole list, to mark it.
pub fn mark_all(app: &mut App) {
    match app.orders.list.rows.is_empty() {
        true => app.say(Tone::News, "The list is empty."),
        false => app.ask(Effect::LoadAll(app.orders.listing())),
    }
}

/// Marks a whole list as it was read.
pub fn take_all(app: &mut App, of: &Listing, all: Result<(Vec<OrderRecord>, bool), Failure>) {
    match all {
        // Another list was opened meanwhile: these orders were not meant.
        Ok(_) if *of != app.orders.listing() => {}
        Ok((orders, more)) => {
            let marks = &mut app.orders.marks;
            orders.iter().for_each(|stored| marks.add(stored));
            let count = text::grouped(marks.len() as i64);
            let more = more || !orders.iter().all(|stored| marks.holds(&stored.order.key));
            let rest = if more { format!("; there are more, but {MOST} is the limit") } else { String::new() };
            app.say(Tone::News, format!("{count} marked as they are now{rest}. Press u to unmark all."));
        }
        Err(failure @ Failure::Other(_)) => app.failed("the list", &failure),
        Err(Failure::Lost | Failure::Unknown) => {
            app.say(Tone::Bad, "The database does not answer. Nothing was marked.");
        }
    }
}

/// Unmarks all orders. What was chosen for them in a plan is forgotten.
pub fn unmark(app: &mut App) {
    app.plans.planned.clear();
    if !app.orders.marks.is_empty() {
        app.say(Tone::News, format!("{} unmarked.", app.orders.marks.len()));
    }
    app.orders.marks.clear();
}
