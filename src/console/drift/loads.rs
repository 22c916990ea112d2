//! What the list of orders that differ reads, and what was read.

use super::adopt;
use super::page::DriftPage;
use super::shown::Differing;
use super::state::{Ask, News, PageAsk};
use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::pulse::Pulse;
use crate::console::app::session::Link;
use crate::console::app::state::App;
use crate::console::kit::journal::Tone;
use crate::desk::drift::Checked;
use crate::domain::OrderKey;
use crate::text;

/// Starts the read that is due.
pub fn pump(app: &mut App) {
    if app.find::<DriftPage>().is_some() && app.drift.load.start(app.link == Link::Live) {
        app.ask(Effect::Drift(Ask::Page(app.drift.ask())));
    }
}

/// Reads the list again when something happened.
pub fn pulse(app: &mut App, pulse: &Pulse) {
    app.drift.load.due |= pulse.rang || !pulse.moves.is_empty();
}

/// Takes news.
pub fn take(app: &mut App, news: News) {
    match news {
        News::Page(ask, page) => take_page(app, &ask, page),
        News::Checked(order, checked) => take_checked(app, &order, checked),
        News::Adopted(order, adopted) => adopt::adopted(app, &order, adopted),
    }
}

fn take_page(app: &mut App, ask: &PageAsk, page: Result<Vec<Differing>, Failure>) {
    app.drift.load.end(&page);
    match page {
        // Another page is shown by now.
        Ok(_) if *ask != app.drift.ask() => app.drift.load.due = true,
        Ok(page) => app.drift.load.due |= app.drift.list.take(page),
        Err(failure) => app.failed("the orders that differ", &failure),
    }
}

fn take_checked(app: &mut App, order: &OrderKey, checked: Result<Checked, Failure>) {
    app.drift.load.due = true;
    app.orders.loads.order.due = true;
    app.statements.load.due = true;
    let id = text::clean(&order.id);
    match checked {
        Ok(checked) => match checked.unread.first() {
            Some((_, why)) => app.say(Tone::Bad, format!("{id} was not read: {}.", text::clean(why))),
            None => app.say(Tone::Good, format!("{id} was read at {}.", order.provider.title())),
        },
        Err(Failure::Other(text)) => app.say(Tone::Bad, text),
        Err(failure) => app.failed("the order at its provider", &failure),
    }
}
