//! The keys of the page of settlement statements.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::page_view;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::drift::page as drift;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw::Drawn;
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::kit::paged::goes;
use crate::domain::OrderKey;
use crate::settings::keys::{Command, Scope};
use crate::store::statements::Kind;

/// The page.
#[derive(Debug)]
pub struct StatementsPage;

/// Opens the page.
pub fn open(app: &mut App) {
    app.statements.load.due = true;
    app.open(StatementsPage);
}

impl Dialog<App> for StatementsPage {
    fn scope(&self) -> Scope {
        Scope::Statements
    }

    fn page(&self) -> Option<&'static str> {
        Some("Statements")
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        if goes(&mut app.statements, command) {
            return Then::Stay;
        }
        match command {
            Command::Open => {
                let Some(row) = app.statements.list.row() else { return Then::Stay };
                let name = row.order_id.clone();
                if Kind::of(&row.kind) == Kind::UnknownOrder {
                    app.say(Tone::Bad, "There is no such order here.");
                    return Then::Stay;
                }
                app.put_all_away();
                app.ask(Effect::Seek(name));
                return Then::Close;
            }
            Command::Check => {
                let order = app.statements.list.row().and_then(|row| OrderKey::parse(&row.order_id));
                drift::check(app, order);
            }
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
