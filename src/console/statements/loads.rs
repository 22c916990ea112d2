//! What the page of statements reads, and what was read.

use super::page::StatementsPage;
use super::state::News;
use crate::console::app::message::Effect;
use crate::console::app::pulse::Pulse;
use crate::console::app::session::Link;
use crate::console::app::state::App;

/// Starts the read that is due.
pub fn pump(app: &mut App) {
    if app.find::<StatementsPage>().is_some() && app.statements.load.start(app.link == Link::Live) {
        app.ask(Effect::Statements(app.statements.ask()));
    }
}

/// Reads it again when something happened: what is recorded later agrees later.
pub fn pulse(app: &mut App, pulse: &Pulse) {
    app.statements.load.due |= pulse.rang || !pulse.moves.is_empty();
}

/// Takes news.
pub fn take(app: &mut App, news: News) {
    let News::Page(ask, page) = news;
    app.statements.load.end(&page);
    match page {
        // Another page is shown by now.
        Ok(_) if ask != app.statements.ask() => app.statements.load.due = true,
        Ok(page) => app.statements.take(page),
        Err(failure) => app.failed("the statements", &failure),
    }
}
