//! What is told to others about stuck orders: a message for a merchant with its table, and the hand-over to the next shift.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Widget};

use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::frame::pick::{Choice, Pick};
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw::{self, Drawn};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::kit::scroll::Scroll;
use crate::console::stuck::requests::{Ask, Paper};
use crate::records::Language;
use crate::settings::keys::{Command, Scope};
use crate::text;

/// A page to read, to copy and to save.
#[derive(Debug)]
pub struct Page {
    paper: Paper,
    /// The lines; `None` while they are being read.
    lines: Option<Vec<String>>,
    scroll: Scroll,
}

/// Asks in which language the merchant of the selected row is written to.
pub fn write(app: &mut App) {
    if app.stuck.cell().merchant.is_none() {
        return app.say(Tone::News, "Select a merchant: the message is about the orders of one.");
    }
    let line = |(letter, language): (char, Language)| Choice {
        letter,
        words: language.title().to_owned(),
        value: language.name().to_owned(),
    };
    let lines = [('e', Language::English), ('a', Language::Arabic)].into_iter().map(line).collect();
    app.open(Pick { title: "Write to the merchant in".to_owned(), lines, at: 0, does: message });
}

fn message(app: &mut App, language: &str) {
    let language = language.parse().unwrap_or(Language::English);
    let Some(merchant) = app.stuck.cell().merchant else { return };
    open(app, Paper::Message(merchant, language));
}

/// Shows the hand-over to the next shift.
pub fn hand_over(app: &mut App) {
    open(app, Paper::HandOver);
}

fn open(app: &mut App, paper: Paper) {
    app.open(Page { paper: paper.clone(), lines: None, scroll: Scroll::new() });
    app.ask(Effect::Stuck(Ask::Paper(paper)));
}

/// Takes the lines of a page.
pub fn take(app: &mut App, paper: &Paper, lines: Result<Vec<String>, String>) {
    let Some(page) = app.each::<Page>().find(|page| page.paper == *paper) else { return };
    match lines {
        Ok(lines) => page.lines = Some(lines),
        Err(fault) => {
            page.lines = Some(vec![fault.clone()]);
            app.say(Tone::Bad, fault);
        }
    }
}

/// Says where the table of a merchant was saved.
pub fn saved(app: &mut App, saved: Result<String, String>) {
    match saved {
        Ok(path) => app.say(Tone::Good, format!("Saved as {path}.")),
        Err(fault) => app.say(Tone::Bad, fault),
    }
}

impl Dialog<App> for Page {
    fn scope(&self) -> Scope {
        Scope::Document
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        let screen = isize::from(i16::try_from(app.size.1).unwrap_or(24)).max(7) - 6;
        match (command, &self.paper) {
            (Command::Down, _) => self.scroll.by(1),
            (Command::Up, _) => self.scroll.by(-1),
            (Command::PageDown, _) => self.scroll.by(screen),
            (Command::PageUp, _) => self.scroll.by(-screen),
            (Command::Copy, _) if app.prefs.mask => app.say(Tone::News, HIDDEN),
            (Command::Copy, _) => {
                let text = self.lines.iter().flatten().cloned().collect::<Vec<_>>().join("\n");
                app.ask(Effect::Copy(text, self.paper.title().to_owned()));
            }
            (Command::Save, Paper::Message(merchant, language)) => {
                app.ask(Effect::Stuck(Ask::SaveTable(merchant.clone(), *language)));
            }
            (Command::Save | Command::Open | Command::View, _) => {}
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

    fn is_of_use(&self, _app: &App, command: Command) -> bool {
        match command {
            Command::Open | Command::View => false,
            Command::Save => matches!(self.paper, Paper::Message(..)),
            _ => true,
        }
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        Clear.render(area, buf);
        let title = format!(" {} ", self.paper.title());
        let block = Block::bordered().border_set(look.glyphs.frame).title(Line::styled(title, look.focus()));
        let inside = block.inner(area);
        block.render(area, buf);
        let said = match &self.lines {
            None => Some(" Reading …".to_owned()),
            Some(_) if app.prefs.mask => Some(format!(" {HIDDEN}")),
            Some(_) => None,
        };
        if let Some(said) = said {
            draw::lines([Line::styled(said, look.dim())], inside, buf);
            return Drawn::default();
        }
        let width = usize::from(inside.width).saturating_sub(2);
        let all: Vec<String> =
            self.lines.iter().flatten().flat_map(|line| text::wrap(&text::clean(line), width)).collect();
        let (count, height) = (all.len(), usize::from(inside.height).max(1));
        let first = self.scroll.of(count, height);
        draw::lines(all.into_iter().skip(first).map(|line| Line::raw(format!(" {line}"))), inside, buf);
        draw::ends(inside, first, count, look, buf);
        Drawn { lines: Some((count, height)), ..Drawn::default() }
    }
}

/// Instead of a page with names, while names are masked.
const HIDDEN: &str = "Hidden while names are masked.";
