//! What the panes read: which reads are due, and what was read.

use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::pulse::Pulse;
use crate::console::app::session::Link;
use crate::console::app::state::App;
use crate::console::orders::action::answers;
use crate::console::orders::shown::Shown;
use crate::console::orders::window::{Page, PageAsk};
use crate::console::orders::{board, news, selection};
use crate::domain::OrderKey;
use crate::records::Count;

/// Starts the reads that are due.
pub fn pump(app: &mut App) {
    let live = app.link == Link::Live;
    let height = selection::height(app);
    let orders = &mut app.orders;
    let mut effects = Vec::new();
    // The open order comes first.
    if let Some(key) = orders.list.selected.clone()
        && orders.loads.order.start(live)
    {
        effects.push(Effect::LoadOrder(key));
    }
    if orders.loads.board.start(live) {
        effects.push(Effect::LoadBoard);
    }
    if orders.loads.list.start(live) {
        effects.push(Effect::LoadPage(orders.list.ask(orders.listing(), height)));
    }
    effects.into_iter().for_each(|effect| app.ask(effect));
}

/// Reads everything again.
pub fn refresh(app: &mut App) {
    let loads = &mut app.orders.loads;
    (loads.board.due, loads.list.due, loads.order.due) = (true, true, true);
}

/// Takes over what happened in the order book, unless the screen is frozen.
pub fn pulse(app: &mut App, pulse: &Pulse, held_changed: bool) {
    news::moved(app, &pulse.moves);
    if app.orders.live.frozen.is_some() {
        return;
    }
    let any = !pulse.moves.is_empty();
    let orders = &mut app.orders;
    orders.loads.board.due |= any;
    // An order that moved may match the filter now, or no longer match it.
    let listed = if orders.is_filtered() { any } else { pulse.statuses.contains(&orders.chosen) };
    orders.loads.list.due |= listed || held_changed;
    let selected = orders.list.selected.as_ref().map(OrderKey::to_string);
    let moved = selected.is_some_and(|name| pulse.moves.iter().any(|moved| moved.order == name));
    orders.loads.order.due |= moved || held_changed;
}

/// Takes the counts.
pub fn take_board(app: &mut App, board: Result<Vec<Count>, Failure>) {
    app.orders.loads.board.end(&board);
    match board {
        Ok(read) => {
            let first = app.orders.board.replace(read).is_none();
            if first && !app.orders.moved_by_hand && !app.acts() {
                board::choose_the_first_that_holds_orders(app);
            }
        }
        Err(failure) => app.failed("the counts", &failure),
    }
}

/// Takes rows of a list, unless another list is shown by now.
pub fn take_page(app: &mut App, ask: &PageAsk, page: Result<Page, Failure>) {
    app.orders.loads.list.end(&page);
    if ask.of != app.orders.listing() || ask.sort != app.orders.list.sort {
        return;
    }
    match page {
        Ok(page) => {
            if app.acts() {
                app.orders.list.stay();
            }
            selection::select(app, |list| list.take(ask, page));
        }
        Err(failure) => app.failed("the orders", &failure),
    }
}

/// Takes an order, unless another one is selected by now.
pub fn take_order(app: &mut App, key: &OrderKey, shown: Result<Option<Box<Shown>>, Failure>) {
    let orders = &mut app.orders;
    orders.loads.order.end(&shown);
    if orders.list.selected.as_ref() != Some(key) {
        orders.loads.order.due = orders.list.selected.is_some();
        return;
    }
    match shown {
        Ok(Some(shown)) => {
            let version = orders.shown.as_ref().map(|before| before.stored.order.version);
            if version.is_some_and(|version| version < shown.stored.order.version) {
                answers::moved(app, &shown);
            }
            app.orders.shown = Some(*shown);
        }
        Ok(None) => {}
        Err(failure) => app.failed("the order", &failure),
    }
}
