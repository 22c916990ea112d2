//! All messages of the program, newest first.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::console::app::state::App;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw;
use crate::console::kit::draw::Drawn;
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::kit::scroll::Scroll;
use crate::settings::keys::{Command, Scope};
use crate::text;

/// The messages.
#[derive(Debug, Default)]
pub struct Messages {
    scroll: Scroll,
}

/// The indent of wrapped lines: the width of the time and the sign.
const INDENT: usize = 13;

/// Opens the messages: all of them count as read.
pub fn open(app: &mut App) {
    app.journal.unread = 0;
    app.open(Messages::default());
}

fn lines(app: &App, look: Look, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for note in app.journal.newest_first() {
        let (word, style) = match note.tone {
            Tone::News => ("  ", look.title()),
            Tone::Good => ("ok", look.good()),
            Tone::Bad => ("! ", look.bad()),
        };
        for (at, words) in text::wrap(&note.text, width.saturating_sub(INDENT + 1)).into_iter().enumerate() {
            lines.push(match at {
                0 => Line::from(vec![
                    Span::styled(format!(" {} ", app.prefs.zone.show(note.at, "%H:%M:%S")), look.dim()),
                    Span::styled(format!("{word} "), style),
                    Span::raw(words),
                ]),
                _ => Line::raw(format!("{}{words}", " ".repeat(INDENT))),
            });
        }
    }
    lines
}

impl Dialog<App> for Messages {
    fn scope(&self) -> Scope {
        Scope::Page
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        let screen = isize::from(i16::try_from(app.size.1).unwrap_or(24)).max(5) - 4;
        match command {
            Command::Down => self.scroll.by(1),
            Command::Up => self.scroll.by(-1),
            Command::PageDown => self.scroll.by(screen),
            Command::PageUp => self.scroll.by(-screen),
            Command::First => self.scroll.by(isize::MIN),
            Command::Last => self.scroll.by(isize::MAX),
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
        Clear.render(area, buf);
        let zone = app.prefs.zone.name(app.now);
        let heading = Line::styled(format!(" Messages, newest first, {zone}   Esc closes"), look.focus());
        let mut said = lines(app, look, usize::from(area.width));
        let (count, height) = (said.len(), usize::from(area.height).saturating_sub(1));
        if said.is_empty() {
            said.push(Line::styled(" No messages yet.", look.dim()));
        }
        let said = said.into_iter().skip(self.scroll.of(count, height));
        draw::lines(std::iter::once(heading).chain(said), area, buf);
        Drawn { lines: Some((count, height)), ..Drawn::default() }
    }
}
