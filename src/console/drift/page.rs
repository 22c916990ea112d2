//! The keys of the list of orders that differ from what their provider shows.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::state::Ask;
use super::{adopt, page_view};
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw::Drawn;
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::kit::paged::goes;
use crate::domain::{OrderKey, Task};
use crate::settings::keys::{Command, Scope};
use crate::text;

/// The page.
#[derive(Debug)]
pub struct DriftPage;

/// Opens the list.
pub fn open(app: &mut App) {
    app.drift.load.due = true;
    app.open(DriftPage);
}

/// Has an order read at its provider.
pub fn check(app: &mut App, order: Option<OrderKey>) {
    let Some(order) = order else { return app.say(Tone::News, "No order is selected.") };
    if let Err(refused) = app.session.roles.may(Task::CheckDrift) {
        return app.say(Tone::Bad, text::sentence(&refused.to_string()));
    }
    if app.may_write() && app.can_write() {
        let words = format!("Asking {} for {} …", order.provider.title(), text::clean(&order.id));
        app.say(Tone::News, words);
        app.ask(Effect::Drift(Ask::Check(order)));
    }
}

impl Dialog<App> for DriftPage {
    fn scope(&self) -> Scope {
        Scope::Drift
    }

    fn page(&self) -> Option<&'static str> {
        Some("Drift")
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        if goes(&mut app.drift, command) {
            return Then::Stay;
        }
        match command {
            Command::Open => {
                let Some(name) = app.drift.list.row().map(|row| row.order.to_string()) else { return Then::Stay };
                app.put_all_away();
                app.ask(Effect::Seek(name));
                return Then::Close;
            }
            Command::Check => check(app, app.drift.list.row().map(|row| row.order.clone())),
            Command::Adopt => adopt::open(app),
            _ => return Then::Close,
        }
        Then::Stay
    }

    fn scrolls(&self) -> bool {
        true
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        page_view::draw(app, look, area, buf)
    }
}
