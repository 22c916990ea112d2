//! The question before a write: the full consequence, and an answer that is no by default.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::copy;
use crate::console::app::message::Effect;
use crate::console::app::state::{App, STILL_WRITING};
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw::{Drawn, wrapped};
use crate::console::kit::frame::Frame;
use crate::console::kit::gate::{Answer, Gate};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::desk::{self, command_line};
use crate::domain::Action;
use crate::settings::keys::{Command, Scope};
use crate::text;

/// Actions that you confirm by typing their name, because they decide who gets the money.
pub const WORDED: [Action; 3] = [Action::Settle, Action::Withdraw, Action::Complete];

/// The maximum number of lines shown of a note.
const NOTE_LINES: usize = 3;

/// The stage of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It waits for an answer.
    Asking,
    /// It was answered with yes, and the command is being carried out.
    Writing,
    /// The connection was lost while writing.
    Unknown,
}

/// The question before a write. It holds the exact command.
#[derive(Debug)]
pub struct Confirm {
    /// What runs if the answer is yes, and nothing else.
    pub command: Box<desk::Command>,
    /// The full consequence.
    consequence: String,
    /// What has to be answered.
    gate: Gate,
    /// Its stage.
    pub stage: Stage,
    /// Who moved the order while this was open. It can then only be closed.
    pub moved: Option<String>,
    /// The form under it has to be filled in: it stays open when the question is closed.
    pub needs_form: bool,
}

impl Confirm {
    /// Asks whether a command is to run.
    pub fn new(command: desk::Command, consequence: String, needs_form: bool) -> Self {
        let worded = WORDED.contains(&command.action);
        let gate = if worded { Gate::word(command.action.name()) } else { Gate::yes_or_no() };
        Self { command: Box::new(command), consequence, gate, stage: Stage::Asking, moved: None, needs_form }
    }

    const fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Asking) && self.moved.is_none()
    }

    /// Closes the question, and the form under it unless it had to be filled in; after it was sent, the menu too.
    fn leave(&self, app: &mut App) -> Then {
        let sent = self.stage != Stage::Asking;
        let under = [sent || !self.needs_form, sent];
        for _ in under.into_iter().filter(|closes| *closes) {
            if app.top().is_some_and(Dialog::is_on_the_order) {
                app.put_away();
            }
        }
        Then::Close
    }

    fn write(&mut self, app: &mut App) {
        if !app.can_write() {
            return;
        }
        if app.orders.writing.is_some() {
            return app.say(Tone::Bad, STILL_WRITING);
        }
        self.stage = Stage::Writing;
        app.orders.writing = Some(self.command.clone());
        app.ask(Effect::Write(self.command.clone()));
    }

    fn answers(&self, look: Look) -> Line<'static> {
        let button = |words: &str, marked: bool| {
            let words = if marked { format!("[ {words} ]") } else { format!("  {words}  ") };
            Span::styled(words, if marked { look.selected(true) } else { look.dim() })
        };
        if self.moved.is_some() {
            return Line::from(button("Back", true));
        }
        // Cancelling the order and leaving the dialog need different words.
        let action = self.command.action;
        let cancels = action == Action::Cancel;
        let no = if cancels { "Back" } else { "Cancel" };
        let yes = if cancels { "Cancel the order" } else { action.title() };
        let agrees = self.gate.agrees();
        Line::from(vec![button(no, !agrees), Span::raw("   "), button(yes, agrees)])
    }

    /// The note, reference and reason below the consequence, as far as they fit.
    fn said(&self, look: Look, room: usize, most: usize) -> Vec<Line<'static>> {
        let command = &self.command;
        let mut lines = Vec::new();
        if !command.actor.is_us() {
            lines.extend(wrapped(&format!("Recorded for the {}.", command.actor.title()), room, look.dim()));
        }
        let said = [("note", &command.note), ("reference", &command.reference), ("reason", &command.reason)];
        for (name, words) in said {
            let all = words.iter().flat_map(|words| wrapped(&format!("{name}: {words}"), room, look.dim()));
            let mut all: Vec<_> = all.collect();
            if all.len() > NOTE_LINES {
                all.truncate(NOTE_LINES);
                if let Some(last) = all.last_mut() {
                    last.push_span("…");
                }
            }
            lines.extend(all);
        }
        lines.truncate(most);
        lines
    }
}

impl Dialog<App> for Confirm {
    fn scope(&self) -> Scope {
        if self.gate.typed().is_some() { Scope::Word } else { Scope::Confirm }
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        match command {
            Command::Left | Command::Right => self.gate.turn(),
            Command::Edit => return Then::Close,
            Command::Copy => {
                let order = app.orders.shown.as_ref().map(|shown| &shown.stored.order);
                let twin = order.map(|order| command_line::of_command(&self.command, order.amount.currency));
                copy::copy_command(app, twin);
            }
            Command::Go if self.is_open() => match self.gate.answer() {
                Answer::Yes => self.write(app),
                Answer::No => return self.leave(app),
                Answer::NotYet(why) => why.into_iter().for_each(|why| app.say(Tone::Bad, why)),
            },
            Command::Go if self.gate.answer() == Answer::NotYet(None) => {}
            _ => return self.leave(app),
        }
        Then::Stay
    }

    fn typed(&mut self, _app: &mut App, key: KeyEvent) -> Then {
        self.gate.type_key(key);
        Then::Stay
    }

    fn gate(&mut self) -> Option<&mut Gate> {
        Some(&mut self.gate)
    }

    fn is_on_the_order(&self) -> bool {
        true
    }

    fn is_of_use(&self, _app: &App, command: Command) -> bool {
        self.is_open() || command == Command::Back
    }

    fn draw(&self, _app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let command = &self.command;
        let version = command.expect.map_or_else(String::new, |version| format!(", version {version}"));
        let id = text::clean(&command.order.id);
        let title = format!("{} {} {id}{version}", command.action.title(), look.glyphs.dot);
        let mut frame = Frame::new(title, area, look);
        frame.say(&self.consequence, look.title());
        let moved = self.moved.as_ref().map(|moved| format!("{moved}. Nothing was done. Go back and check."));
        let moved: Vec<_> = moved.iter().flat_map(|moved| wrapped(moved, frame.room, look.bad())).collect();
        let taken = frame.lines.len() + moved.len() + 4;
        frame.lines.extend(self.said(look, frame.room, usize::from(area.height).saturating_sub(taken)));
        frame.lines.extend(moved);
        frame.space();
        match self.stage {
            Stage::Writing => frame.end("Writing …", look.warn()),
            Stage::Unknown => frame.end("Outcome unknown, checking …", look.bad()),
            Stage::Asking if self.moved.is_none() && self.gate.typed().is_some() => frame.gate(&self.gate),
            Stage::Asking => {
                frame.at = frame.lines.len();
                frame.lines.push(self.answers(look));
            }
        }
        frame.draw(area, buf)
    }
}
