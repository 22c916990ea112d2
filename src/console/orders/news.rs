//! What happened in the order book meanwhile: change marks, notifications, and freezing the screen.

use crate::console::app::pulse::Move;
use crate::console::app::state::App;
use crate::console::kit::journal::Tone;
use crate::console::kit::look::name;
use crate::domain::Action;
use crate::settings::keys::Command;

/// How many changes one read of the feed reports one by one; the rest are counted.
const TOLD: usize = 3;

/// Handles moves from the feed: marks the changed orders, and notifies about those this person follows.
pub fn moved(app: &mut App, moves: &[Move]) {
    let mut told: Vec<&Move> = Vec::new();
    for moved in moves.iter().filter(|moved| !moved.old && moved.recorder != app.session.person && cares(app, moved)) {
        // Only the latest move of each order is reported.
        told.retain(|before| before.order != moved.order);
        told.push(moved);
    }
    for moved in told.iter().take(TOLD) {
        app.say(Tone::News, words(moved));
    }
    if told.len() > TOLD {
        app.say(Tone::News, format!("{} more marked orders changed.", told.len() - TOLD));
    }
    let live = &mut app.orders.live;
    if live.frozen.is_some() {
        live.waiting += moves.len();
        return;
    }
    for moved in moves.iter().filter(|moved| !moved.old) {
        live.mark(moved.order.clone(), app.now);
    }
}

/// Whether this person has the order open or marked and has not seen this move yet: the feed may lag behind.
fn cares(app: &App, moved: &Move) -> bool {
    let shown = app.orders.shown.as_ref().map(|shown| &shown.stored.order);
    let open = shown.is_some_and(|order| order.version <= moved.seq && order.key.to_string() == moved.order);
    open || app.orders.marks.is_news(&moved.order, moved.seq)
}

/// Freezes the screen, or unfreezes it and reads everything again.
pub fn freeze(app: &mut App) {
    if app.orders.live.frozen.take().is_none() {
        app.orders.live.frozen = Some(app.now);
        return app.say(Tone::News, "The screen is frozen. Press f to continue.");
    }
    app.orders.live.thaw();
    app.then(Command::Refresh);
}

fn words(moved: &Move) -> String {
    let id = moved.order.split_once(':').map_or(moved.order.as_str(), |(_, id)| id);
    let action = moved.action.map_or("opened", Action::title);
    let to = moved.to.map_or("an unknown status", name);
    format!("{id}: {action} by {}, now {to}", moved.recorder)
}
