//! The page of people and policy, and its keys.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::form;
use super::view;
use crate::console::app::state::App;
use crate::console::frame::pick::{Choice, Pick};
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw::Drawn;
use crate::console::kit::look::Look;
use crate::console::kit::scroll::{Scroll, moved};
use crate::settings::keys::{Command, Scope};

/// The page.
#[derive(Debug, Default)]
pub struct TeamPage {
    scroll: Scroll,
}

/// Opens it.
pub fn open(app: &mut App) {
    app.team.load.due = true;
    app.open(TeamPage::default());
}

/// What can be changed, with the letter of each.
const CHANGES: [(char, &str); 4] = [
    ('g', "Give a role to a person"),
    ('t', "Take a role away"),
    ('m', "Move all open cases of a person to someone else"),
    ('p', "Change the policy"),
];

impl Dialog<App> for TeamPage {
    fn scope(&self) -> Scope {
        Scope::Team
    }

    fn page(&self) -> Option<&'static str> {
        Some("People and policy")
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        let screen = isize::from(i16::try_from(app.size.1).unwrap_or(24)).max(5) - 4;
        let count = app.team.people().len();
        match command {
            Command::Down => app.team.at = moved(app.team.at, 1, count),
            Command::Up => app.team.at = moved(app.team.at, -1, count),
            Command::PageDown => self.scroll.by(screen),
            Command::PageUp => self.scroll.by(-screen),
            Command::Actions => {
                let line = |(letter, words): (char, &str)| Choice {
                    letter,
                    words: words.to_owned(),
                    value: letter.to_string(),
                };
                let lines = CHANGES.into_iter().map(line).collect();
                app.open(Pick { title: "People and policy".to_owned(), lines, at: 0, does: form::open });
            }
            _ => return Then::Close,
        }
        Then::Stay
    }

    fn drawn(&mut self, _app: &mut App, drawn: Drawn) {
        drawn.lines.into_iter().for_each(|lines| self.scroll.drawn(lines));
    }

    fn scrolls(&self) -> bool {
        true
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        view::draw(app, &self.scroll, look, area, buf)
    }
}
