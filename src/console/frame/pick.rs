//! A short menu: a line for each choice, with its letter. Its contents are fixed when it opens.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::console::app::state::App;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::Drawn;
use crate::console::kit::look::Look;
use crate::settings::keys::{self, Command, Scope};
use crate::text;

/// One line.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Its letter.
    pub letter: char,
    /// What it says.
    pub words: String,
    /// What is passed on if it is chosen.
    pub value: String,
}

/// A short menu.
#[derive(Debug)]
pub struct Pick {
    /// The title.
    pub title: String,
    /// The lines.
    pub lines: Vec<Choice>,
    /// The selected line.
    pub at: usize,
    /// What a chosen line does with its value.
    pub does: fn(&mut App, &str),
}

impl Dialog<App> for Pick {
    fn scope(&self) -> Scope {
        Scope::Pick
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        match command {
            Command::Down => self.at = (self.at + 1).min(self.lines.len().saturating_sub(1)),
            Command::Up => self.at = self.at.saturating_sub(1),
            Command::Choose => {
                if let Some(line) = self.lines.get(self.at) {
                    (self.does)(app, &line.value);
                }
                return Then::Close;
            }
            _ => return Then::Close,
        }
        Then::Stay
    }

    fn typed(&mut self, app: &mut App, key: KeyEvent) -> Then {
        let name = keys::name(&key).unwrap_or_default();
        let Some(line) = self.lines.iter().find(|line| line.letter.to_string() == name) else { return Then::Stay };
        (self.does)(app, &line.value);
        Then::Close
    }

    fn draw(&self, _app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let mut dialog = DialogBox::new(self.title.clone(), area, look);
        for (at, line) in self.lines.iter().enumerate() {
            let bar = if at == self.at { look.glyphs.bar } else { " " };
            let words = text::left(&line.words, dialog.room.saturating_sub(5));
            let line = Line::from(vec![
                Span::raw(format!("{bar} ")),
                Span::styled(line.letter.to_string(), look.key()),
                Span::raw(format!("  {words}")),
            ]);
            dialog.option(line, at, self.at);
        }
        dialog.draw(area, buf)
    }
}
