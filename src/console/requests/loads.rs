//! What the list of requests reads, and what was read.

use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::pulse::Pulse;
use crate::console::app::session::Link;
use crate::console::app::state::App;
use crate::console::requests::page::RequestsPage;
use crate::console::requests::state::{Ask, News, PageAsk, PageShown};
use crate::console::requests::{token, word};

/// Starts the read that is due.
pub fn pump(app: &mut App) {
    if app.find::<RequestsPage>().is_some() && app.requests.load.start(app.link == Link::Live) {
        app.ask(Effect::Requests(Ask::Page(app.requests.ask())));
    }
}

/// Reads the list again when something happened.
pub fn pulse(app: &mut App, pulse: &Pulse) {
    app.requests.load.due |= pulse.rang || !pulse.moves.is_empty();
}

/// Takes news.
pub fn take(app: &mut App, news: News) {
    match news {
        News::Page(ask, page) => take_page(app, &ask, page),
        News::Said(id, answer) => word::said(app, id, answer),
        News::Replaced(account, answer) => token::replaced(app, &account, answer),
    }
}

fn take_page(app: &mut App, ask: &PageAsk, page: Result<PageShown, Failure>) {
    app.requests.load.end(&page);
    match page {
        // Another page is shown by now.
        Ok(_) if *ask != app.requests.ask() => app.requests.load.due = true,
        Ok(page) => app.requests.take(page),
        Err(failure) => app.failed("the requests", &failure),
    }
}
