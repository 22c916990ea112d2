//! Records what the provider did with an order: which way, if there are several, why, and a question.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;
use tui_input::Input;

use super::shown::Differing;
use super::state::Ask;
use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::kit::confirmation::{Answer, Confirmation};
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::Drawn;
use crate::console::kit::input::{insert, type_key};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::desk::drift::Adopted;
use crate::domain::{OrderKey, Task};
use crate::intake::reading::Outcome;
use crate::settings::keys::{Command, Scope};
use crate::text::{self, sentence};

/// The dialog.
#[derive(Debug)]
pub struct Adopt {
    it: Differing,
    /// Which way, counted from 1; typed if there are several.
    way: Input,
    note: Input,
    on_note: bool,
    confirmation: Option<Confirmation>,
    sent: bool,
}

/// Opens the dialog for the selected order.
pub fn open(app: &mut App) {
    let Some(it) = app.drift.list.row().cloned() else { return app.say(Tone::News, "No order is selected.") };
    if let Err(refused) = app.session.roles.may(Task::AdoptDrift) {
        return app.say(Tone::Bad, sentence(&refused.to_string()));
    }
    if it.ways.is_empty() {
        return app
            .say(Tone::Bad, format!("No way is known for {}: {}.", text::clean(&it.order.id), text::clean(&it.next)));
    }
    if app.may_write() && app.can_write() {
        let on_note = it.ways.len() == 1;
        app.open(Adopt { it, way: Input::default(), note: Input::default(), on_note, confirmation: None, sent: false });
    }
}

impl Adopt {
    fn chosen(&self) -> Option<usize> {
        match self.it.ways.len() {
            1 => Some(1),
            count => self.way.value().trim().parse().ok().filter(|way| (1..=count).contains(way)),
        }
    }

    fn go(&mut self, app: &mut App) {
        let Some(confirmation) = &self.confirmation else {
            if !self.on_note {
                match self.chosen() {
                    Some(_) => self.on_note = true,
                    None => app.say(Tone::Bad, format!("Type 1 to {}: which way it went.", self.it.ways.len())),
                }
            } else if self.note.value().trim().is_empty() {
                app.say(Tone::Bad, "A note is required: say how you know.");
            } else {
                self.confirmation = Some(Confirmation::word("adopt"));
            }
            return;
        };
        match confirmation.answer() {
            Answer::Yes if app.can_write() => {
                self.sent = true;
                app.drift.adopting = Some(self.it.order.clone());
                let note = self.note.value().trim().to_owned();
                app.ask(Effect::Drift(Ask::Adopt(self.it.order.clone(), self.chosen(), note)));
            }
            Answer::Yes | Answer::No => {}
            Answer::NotYet(why) => why.into_iter().for_each(|why| app.say(Tone::Bad, why)),
        }
    }
}

impl Dialog<App> for Adopt {
    fn scope(&self) -> Scope {
        Scope::Word
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        match command {
            Command::Go if self.sent => {}
            Command::Go => self.go(app),
            Command::Back if self.confirmation.is_some() && !self.sent => self.confirmation = None,
            Command::Back if self.on_note && self.it.ways.len() > 1 && !self.sent => self.on_note = false,
            Command::Back => return Then::Close,
            _ => {}
        }
        Then::Stay
    }

    fn typed(&mut self, _app: &mut App, key: KeyEvent) -> Then {
        match &mut self.confirmation {
            _ if self.sent => {}
            Some(confirmation) => confirmation.type_key(key),
            None if self.on_note => type_key(&mut self.note, key),
            None => type_key(&mut self.way, key),
        }
        Then::Stay
    }

    /// The confirmation word cannot be pasted.
    fn paste(&mut self, _app: &mut App, text: &str) {
        if self.confirmation.is_none() && self.on_note {
            insert(&mut self.note, text);
        }
    }

    fn confirmation(&mut self) -> Option<&mut Confirmation> {
        self.confirmation.as_mut()
    }

    fn takes_words(&self) -> bool {
        self.confirmation.is_none()
    }

    fn is_of_use(&self, _app: &App, command: Command) -> bool {
        !self.sent || command == Command::Back
    }

    fn draw(&self, _app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let title = format!("Adopt {} {}", look.glyphs.dot, text::clean(&self.it.order.id));
        let mut dialog = DialogBox::new(title, area, look);
        let provider = self.it.order.provider.title();
        dialog.say(&format!("Here {}; at {provider} {}.", self.it.here(), self.it.there()), Style::new());
        for (at, way) in self
            .it
            .ways
            .iter()
            .enumerate()
            .filter(|(at, _)| self.confirmation.is_none() || self.chosen() == Some(at + 1))
        {
            dialog.say(&format!("{}  {way}", at + 1), look.title());
        }
        dialog.say(
            &format!(
                "The server reads the order at {provider} once more and records this in your name. It cannot be undone."
            ),
            look.dim(),
        );
        dialog.space();
        match &self.confirmation {
            Some(confirmation) => dialog.confirmation(confirmation),
            None if self.on_note => {
                dialog.field(Span::styled("How you know: ", look.focus()), &self.note, Style::new())
            }
            None => dialog.field(Span::styled("Which way: ", look.focus()), &self.way, Style::new()),
        }
        if self.sent {
            dialog.end("Asking the provider …", look.warn());
        }
        dialog.draw(area, buf)
    }
}

/// Handles the result of a decision.
pub fn adopted(app: &mut App, order: &OrderKey, answer: Result<Adopted, Failure>) {
    (app.drift.load.due, app.orders.loads.order.due) = (true, true);
    app.drift.adopting.take_if(|adopting| adopting == order);
    let id = text::clean(&order.id);
    let (tone, words, close) = match answer {
        Ok(Adopted::Answered(outcome)) => told(&id, order.provider.title(), outcome),
        Ok(Adopted::Failed(words)) => (Tone::Bad, format!("Not recorded: {}.", text::clean(&words)), false),
        Ok(Adopted::NotPermitted(refused)) => (Tone::Bad, sentence(&refused.to_string()), false),
        Err(Failure::Lost) => (Tone::Bad, "Not recorded: the database does not answer. Try again.".to_owned(), false),
        Err(Failure::Unknown) => {
            (Tone::Bad, format!("The connection was lost. When it is back, look where {id} is."), true)
        }
        Err(Failure::Other(words)) => (Tone::Bad, words, false),
    };
    if close {
        app.close::<Adopt>(|dialog| dialog.it.order == *order);
    }
    app.each::<Adopt>().filter(|dialog| dialog.it.order == *order).for_each(|dialog| dialog.sent = false);
    app.say(tone, words);
}

fn told(id: &str, provider: &str, outcome: Outcome) -> (Tone, String, bool) {
    match outcome {
        Outcome::Agrees(0) => (Tone::Good, format!("{id} agrees with {provider} by now."), true),
        Outcome::Agrees(1) => (Tone::Good, format!("{id}: 1 move recorded."), true),
        Outcome::Agrees(moves) => (Tone::Good, format!("{id}: {moves} moves recorded."), true),
        Outcome::Moved => (Tone::Bad, format!("{id} moved while it was read. Look again."), true),
        Outcome::Changed | Outcome::Offered(_) => {
            (Tone::Bad, format!("{provider} shows {id} otherwise by now. Look again."), true)
        }
        Outcome::Behind => (Tone::Bad, format!("{provider} does not show what is recorded here of {id}."), true),
        Outcome::Unlawful(words) => (Tone::Bad, format!("Refused. {}", sentence(&text::clean(&words))), true),
        Outcome::Absent => (Tone::Bad, format!("{provider} has no order {id}."), true),
        Outcome::Asking => (Tone::Bad, format!("{provider} is being asked about {id}: wait for its answer."), true),
    }
}
