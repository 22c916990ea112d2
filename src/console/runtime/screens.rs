//! Going from one screen to another. What lies above a screen is put away first, and what was typed is kept.

use crate::console::app::layout::Pane;
use crate::console::app::message::Effect;
use crate::console::app::screen::Screen;
use crate::console::app::state::App;
use crate::console::disputes::page as disputes;
use crate::console::inbox::page as inbox;
use crate::console::kit::journal::Tone;
use crate::console::orders::{filter, selection};
use crate::console::quarantine::page as quarantine;
use crate::console::requests::page as requests;
use crate::console::stuck::page as stuck;
use crate::domain::{OrderKey, atarapay};
use crate::settings::keys::Command;

/// Goes to a screen, at the place where it was left.
pub fn go(app: &mut App, screen: Screen) {
    app.put_all_away();
    match screen {
        Screen::Orders => {}
        Screen::Disputes => disputes::open(app),
        Screen::Stuck => stuck::open(app),
        Screen::Requests => requests::open(app),
        Screen::Quarantine => quarantine::open(app),
    }
}

/// Finds orders, from any screen.
pub fn find(app: &mut App) {
    if app.screen() != Screen::Orders {
        go(app, Screen::Orders);
    }
    filter::open(app);
}

/// Goes from an order to its case or its request, and from a case to its order.
pub fn other_side(app: &mut App) {
    match app.screen() {
        Screen::Orders => from_the_order(app),
        Screen::Disputes => {
            let stored = app.disputes.shown.as_ref().map(|shown| shown.stored.clone());
            match stored {
                Some(stored) => selection::go_to(app, stored),
                None => app.say(Tone::News, "No case is selected."),
            }
        }
        Screen::Requests => seek(app, app.requests.list.row().map(|request| request.order.to_string())),
        Screen::Quarantine => seek(app, app.quarantine.list.row().and_then(|fact| fact.order_id.clone())),
        Screen::Stuck => app.say(Tone::News, "Enter goes to the order that is selected here."),
    }
}

/// Goes to an order by its whole name.
fn seek(app: &mut App, order: Option<String>) {
    let Some(order) = order else { return app.say(Tone::News, "What is selected here names no order.") };
    app.put_all_away();
    app.ask(Effect::Seek(order));
}

fn from_the_order(app: &mut App) {
    let shown = app.orders.shown.as_ref().filter(|_| app.orders.focus != Pane::Board);
    let Some(shown) = shown else { return app.say(Tone::News, "No order is selected.") };
    let order = &shown.stored.order;
    let asked: Option<i64> = shown.related.requests.iter().map(|request| request.id).max();
    let key: OrderKey = order.key.clone();
    if atarapay::in_dispute(order.status) {
        app.put_all_away();
        return disputes::open_case(app, &key);
    }
    match asked {
        Some(id) => {
            go(app, Screen::Requests);
            app.requests.list.selected = Some(id);
        }
        None => app.say(Tone::News, "This order has no open case, and nothing is asked of its provider."),
    }
}

/// Goes to what the selected item of the inbox is about: a case, a request, a plan or an order. It is read then.
pub fn to_what_concerns(app: &mut App) {
    let Some(item) = app.inbox.item().cloned() else { return };
    inbox::mark_read(app, Some(item.id));
    let order = item.order_id.as_deref().and_then(OrderKey::parse);
    match (item.request, item.plan, order, item.number) {
        (Some(id), ..) => {
            go(app, Screen::Requests);
            app.requests.list.selected = Some(id);
        }
        (None, Some(_), ..) => {
            app.put_all_away();
            app.then(Command::Plans);
        }
        (None, None, Some(order), Some(_)) => {
            app.put_all_away();
            disputes::open_case(app, &order);
        }
        (None, None, Some(order), None) => {
            app.put_all_away();
            app.ask(Effect::Seek(order.to_string()));
        }
        (None, None, None, _) => app.say(Tone::News, "There is nothing to go to."),
    }
}
