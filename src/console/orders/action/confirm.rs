//! The question before a write: the full consequence ([`crate::domain::consequence`] has its sentences), and an answer that
//! is no by default.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::console::app::message::Effect;
use crate::console::app::state::{App, STILL_WRITING};
use crate::console::kit::confirmation::{Answer, Confirmation};
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::{Drawn, wrapped};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::kit::place::Reach;
use crate::console::orders::copy;
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
    confirmation: Confirmation,
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
        let confirmation = if worded { Confirmation::word(command.action.name()) } else { Confirmation::yes_or_no() };
        Self { command: Box::new(command), consequence, confirmation, stage: Stage::Asking, moved: None, needs_form }
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

    fn answers(&self, dialog: &mut DialogBox) {
        if self.moved.is_some() {
            (dialog.at, dialog.cursor) = (dialog.lines.len(), None);
            dialog.reach(dialog.at, Reach::Key(KeyCode::Esc));
            dialog.lines.push(Line::styled("[ Back ]", dialog.look.selected(true)));
            return;
        }
        // Cancelling the order and leaving the dialog need different words.
        let action = self.command.action;
        let (no, yes) = match action == Action::Cancel {
            true => ("Back", "Cancel the order"),
            false => ("Cancel", action.title()),
        };
        dialog.buttons(no, yes, self.confirmation.agrees());
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
        if self.confirmation.typed().is_some() { Scope::Word } else { Scope::Confirm }
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        match command {
            Command::Left | Command::Right => self.confirmation.turn(),
            Command::Edit => return Then::Close,
            Command::Copy => {
                let order = app.orders.shown.as_ref().map(|shown| &shown.stored.order);
                let twin = order.map(|order| command_line::of_command(&self.command, order.amount.currency));
                copy::copy_command(app, twin);
            }
            Command::Yes | Command::Go if self.is_open() => {
                if command == Command::Yes {
                    self.confirmation.agree();
                }
                match self.confirmation.answer() {
                    Answer::Yes => self.write(app),
                    Answer::No => return self.leave(app),
                    Answer::NotYet(why) => why.into_iter().for_each(|why| app.say(Tone::Bad, why)),
                }
            }
            Command::Go if self.confirmation.answer() == Answer::NotYet(None) => {}
            _ => return self.leave(app),
        }
        Then::Stay
    }

    fn typed(&mut self, _app: &mut App, key: KeyEvent) -> Then {
        self.confirmation.type_key(key);
        Then::Stay
    }

    fn confirmation(&mut self) -> Option<&mut Confirmation> {
        Some(&mut self.confirmation)
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
        let mut dialog = DialogBox::new(title, area, look);
        dialog.say(&self.consequence, look.title());
        let moved = self.moved.as_ref().map(|moved| format!("{moved}. Nothing was done. Go back and check."));
        let moved: Vec<_> = moved.iter().flat_map(|moved| wrapped(moved, dialog.room, look.bad())).collect();
        let taken = dialog.lines.len() + moved.len() + 4;
        dialog.lines.extend(self.said(look, dialog.room, usize::from(area.height).saturating_sub(taken)));
        dialog.lines.extend(moved);
        dialog.space();
        match self.stage {
            Stage::Writing => dialog.end("Writing …", look.warn()),
            Stage::Unknown => dialog.end("Outcome unknown, checking …", look.bad()),
            Stage::Asking if self.moved.is_none() && self.confirmation.typed().is_some() => {
                dialog.confirmation(&self.confirmation)
            }
            Stage::Asking => self.answers(&mut dialog),
        }
        dialog.draw(area, buf)
    }
}
