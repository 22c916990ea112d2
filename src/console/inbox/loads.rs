//! What is read of the inbox, and when.

use super::page::InboxPage;
use super::state::{Ask, News};
use crate::console::app::message::Effect;
use crate::console::app::session::Link;
use crate::console::app::state::App;
use crate::console::kit::journal::Tone;
use crate::text;

/// Starts the read that is due.
pub fn pump(app: &mut App) {
    if app.find::<InboxPage>().is_some() && app.inbox.load.start(app.link == Link::Live) {
        app.ask(Effect::Inbox(Ask::Look));
    }
}

/// Says once that something new concerns this person.
pub fn pulse(app: &mut App, unread: i64) {
    let more = unread - app.unread;
    app.inbox.load.due |= more != 0;
    if more > 0 && app.find::<InboxPage>().is_none() {
        let count = text::grouped(more);
        let words = if more == 1 { "1 thing is".to_owned() } else { format!("{count} things are") };
        app.say(Tone::News, format!("{words} new for you: ! shows it."));
    }
    app.unread = unread;
}

/// Takes news.
pub fn take(app: &mut App, news: News) {
    match news {
        News::Items(items) => {
            app.inbox.load.end(&items);
            match items {
                Ok(items) => app.inbox.items = Some(items),
                Err(failure) => app.failed("what concerns you", &failure),
            }
        }
        News::Read(Ok(())) => app.inbox.load.due = true,
        News::Read(Err(failure)) => app.failed("what concerns you", &failure),
    }
}
