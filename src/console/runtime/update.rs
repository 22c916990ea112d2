//! What each message changes. Afterwards the reads that are due are started.

use chrono::{DateTime, Utc};

use crate::console::app::message::{Effect, Message};
use crate::console::app::pulse::Pulse;
use crate::console::app::session::Link;
use crate::console::app::state::App;
use crate::console::kit::journal::Tone;
use crate::console::orders::action::answers;
use crate::console::orders::marked::dialog::Bulk;
use crate::console::orders::marked::{marking, run};
use crate::console::orders::view::panes;
use crate::console::orders::{filter, goto, saved_views};
use crate::console::quarantine::settle;
use crate::console::runtime::{keys, mouse};
use crate::console::stuck::plans::editor;
use crate::console::{disputes, drift, inbox, orders, quarantine, requests, statements, stuck};

/// Handles one message, and returns what it asks for. `now` is when it came.
pub fn update(app: &mut App, message: Message, now: DateTime<Utc>) -> Vec<Effect> {
    app.now = now;
    take(app, message);
    app.cover();
    panes::settle(app);
    disputes::loads::settle(app);
    keys::release(app);
    orders::loads::pump(app);
    quarantine::loads::pump(app);
    requests::loads::pump(app);
    drift::loads::pump(app);
    statements::loads::pump(app);
    crate::console::team::loads::pump(app);
    inbox::loads::pump(app);
    stuck::loads::pump(app);
    disputes::loads::pump(app);
    app.take_effects()
}

fn take(app: &mut App, message: Message) {
    match message {
        Message::Key(key) => keys::press(app, key),
        Message::Typed(text) => filter::replay(app, text),
        Message::Mouse(event) => mouse::mouse(app, event),
        Message::Paste(text) => app.paste(&text),
        Message::Resize(width, height) => {
            app.size = (width, height);
            app.uncover();
        }
        Message::Tick => app.orders.live.forget(app.now),
        Message::Link(link) => linked(app, link),
        Message::Pulse(news) => pulse(app, &news),
        Message::Board(board) => orders::loads::take_board(app, board),
        Message::Page(ask, page) => orders::loads::take_page(app, &ask, page),
        Message::Order(key, shown) => orders::loads::take_order(app, &key, shown),
        Message::Waiting(ask, page) => quarantine::loads::take(app, &ask, page),
        Message::Roles(Ok(roles)) => app.session.roles = roles,
        Message::Roles(Err(failure)) => app.failed("your roles", &failure),
        Message::Wrote(command, answer) => answers::wrote(app, command, answer),
        Message::WroteOne(command, answer) => {
            run::wrote(app, &command, answer);
            if app.orders.running.is_none() {
                app.close::<Bulk>(Bulk::is_running);
            }
        }
        Message::Learnt(command, answer) => answers::learnt(app, command, answer),
        Message::Considered(id, number, answer) => quarantine::loads::considered(app, id, number, answer),
        Message::Settled(id, answer) => settle::settled(app, id, answer),
        Message::Sought(name, found) => goto::take(app, &name, found),
        Message::All(of, all) => {
            if let Some(all) = editor::take_all(app, &of, all) {
                marking::take_all(app, &of, all);
            }
        }
        Message::Views(views) => saved_views::take(app, views),
        Message::SavedView(view, kept, result) => saved_views::saved(app, *view, kept, result),
        Message::Slow(since) => app.slow = since.map(|since| app.slow.map_or(since, |before| before.min(since))),
        Message::Told(tone, text) => app.say(tone, text),
        Message::Stuck(news) => stuck::loads::take(app, news),
        Message::Disputes(news) => disputes::loads::take(app, news),
        Message::Requests(news) => requests::loads::take(app, news),
        Message::Drift(news) => drift::loads::take(app, news),
        Message::Statements(news) => statements::loads::take(app, news),
        Message::Team(news) => crate::console::team::loads::take(app, news),
        Message::Inbox(news) => inbox::loads::take(app, news),
    }
}

fn linked(app: &mut App, mut link: Link) {
    // The screen is as old as the first loss of the connection, however many retries follow.
    if let (Link::Lost { since: first, .. }, Link::Lost { since, .. }) = (app.link, &mut link) {
        *since = first;
    }
    match (std::mem::replace(&mut app.link, link), link) {
        (Link::Live, Link::Lost { .. }) => {
            // The header keeps saying so until the connection is back.
            let old = "The database does not answer. What you see may be old, and nothing can be written.";
            app.say(Tone::News, old);
        }
        (Link::Lost { .. }, Link::Live) => {
            // A frozen screen is as old as the lost connection.
            app.orders.live.thaw();
            app.say(Tone::Good, "Connected again.");
            keys::refresh(app);
        }
        (Link::Connecting, Link::Live) => keys::refresh(app),
        _ => {}
    }
}

/// Whether a pulse itself changes the screen; otherwise only the data read because of it does.
pub fn shows(app: &App, pulse: &Pulse) -> bool {
    !pulse.moves.is_empty()
        || !pulse.cases.is_empty()
        || (pulse.behind, &pulse.holder, pulse.lag) != (app.behind, &app.holder, app.lag)
        || pulse.unread != app.unread
        || pulse.waiting() != app.waiting
        || pulse.quarantined != app.quarantine.waiting
}

fn pulse(app: &mut App, pulse: &Pulse) {
    (app.behind, app.lag) = (pulse.behind, pulse.lag);
    inbox::loads::pulse(app, pulse.unread);
    app.waiting = pulse.waiting();
    app.holder.clone_from(&pulse.holder);
    let held_changed = quarantine::loads::pulse(app, pulse);
    orders::loads::pulse(app, pulse, held_changed);
    if app.orders.live.frozen.is_none() {
        app.quarantine.load.due |= held_changed;
        stuck::loads::pulse(app, pulse);
        requests::loads::pulse(app, pulse);
        drift::loads::pulse(app, pulse);
        statements::loads::pulse(app, pulse);
        disputes::loads::pulse(app, pulse);
    }
}
