//! A person's word on a request: approve or withdraw it, or say what became of it. First what is needed, then a typed word.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;
use strum::VariantArray;
use tui_input::Input;

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
use crate::console::requests::state::Ask;
use crate::desk::providers::{Settled, Word};
use crate::records::{Request, RequestState};
use crate::settings::keys::{Command, Scope};
use crate::text::{self, sentence};

/// What a person is told who did not say how they know.
const NO_NOTE: &str = "A note is required: say how you know.";

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray)]
pub enum Saying {
    /// Money may go out.
    Approve,
    /// It is no longer wanted.
    Withdraw,
    /// The provider did it.
    WasDone,
    /// The provider did not do it.
    WasNotDone,
}

impl Saying {
    /// Its letter in the menu.
    pub const fn letter(self) -> char {
        match self {
            Self::Approve => 'v',
            Self::Withdraw => 'w',
            Self::WasDone => 's',
            Self::WasNotDone => 'n',
        }
    }

    /// Its line in the menu.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Approve => "Approve that money goes out, which someone else asked for",
            Self::Withdraw => "Withdraw it: it was not sent yet",
            Self::WasDone => "It was done: say that the provider did it",
            Self::WasNotDone => "It was not done: say that the provider did not do it",
        }
    }

    /// The word that has to be typed.
    const fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Withdraw => "withdraw",
            Self::WasDone => "done",
            Self::WasNotDone => "not done",
        }
    }

    /// Why it cannot be said of this request now.
    pub fn objection(self, request: &Request, person: &str) -> Option<String> {
        use RequestState::{Queued, ToApprove, Unknown};
        let (id, state) = (request.id, request.state);
        match (self, state) {
            (Self::Approve, ToApprove) if request.asked_by == person => {
                Some("You asked for it: another person has to approve it.".to_owned())
            }
            (Self::Approve, ToApprove)
            | (Self::Withdraw, ToApprove | Queued)
            | (Self::WasDone | Self::WasNotDone, Unknown) => None,
            (Self::WasDone | Self::WasNotDone, _) => Some(format!(
                "Request {id} is {}. Only of one that is unknown can you say what became of it.",
                state.title()
            )),
            (Self::Approve | Self::Withdraw, _) => Some(format!("Request {id}: {}.", state.title())),
        }
    }

    fn consequence(self, request: &Request) -> String {
        let (provider, words) = (request.order.provider.title(), request.words());
        match self {
            Self::Approve => format!("{provider} is asked to {words}. The money goes out; this cannot be undone."),
            Self::Withdraw => format!("{provider} is not asked to {words}. The order stays as it is."),
            Self::WasDone => {
                format!("It is recorded that {provider} did it: {words}. Check it on the dashboard first.")
            }
            Self::WasNotDone => format!(
                "It is recorded that {provider} did not do it. The order stays as it is, and may be asked again."
            ),
        }
    }
}

/// The dialog.
#[derive(Debug)]
pub struct Say {
    request: Request,
    saying: Saying,
    /// The provider's id of what was done, and how the person knows.
    reference: Input,
    note: Input,
    /// The note is being typed, not the reference.
    on_note: bool,
    confirmation: Option<Confirmation>,
    sent: bool,
}

/// Opens the dialog.
pub fn open(app: &mut App, request: &Request, saying: Saying) {
    let word = |saying: Saying| Confirmation::word(format!("{} {}", saying.name(), request.id));
    let confirmation = match saying {
        Saying::Approve | Saying::Withdraw => Some(word(saying)),
        Saying::WasDone | Saying::WasNotDone => None,
    };
    let (reference, note) = (Input::default(), Input::default());
    let on_note = saying != Saying::WasDone;
    app.open(Say { request: request.clone(), saying, reference, note, on_note, confirmation, sent: false });
}

impl Say {
    fn field(&mut self) -> &mut Input {
        if self.on_note { &mut self.note } else { &mut self.reference }
    }

    fn word(&self) -> Word {
        match self.saying {
            Saying::Approve => Word::Approve,
            Saying::Withdraw => Word::Withdraw,
            Saying::WasDone => Word::ItWasDone(self.reference.value().trim().to_owned()),
            Saying::WasNotDone => Word::ItWasNotDone,
        }
    }

    fn go(&mut self, app: &mut App) {
        let Some(confirmation) = &self.confirmation else {
            if !self.on_note {
                self.on_note = true;
            } else if self.note.value().trim().is_empty() {
                app.say(Tone::Bad, NO_NOTE);
            } else {
                self.confirmation = Some(Confirmation::word(format!("{} {}", self.saying.name(), self.request.id)));
            }
            return;
        };
        match confirmation.answer() {
            Answer::Yes if app.can_write() => {
                self.sent = true;
                app.requests.saying = Some(self.request.id);
                let note = Some(self.note.value().trim().to_owned()).filter(|note| !note.is_empty());
                app.ask(Effect::Requests(Ask::Say(self.request.id, self.word(), note)));
            }
            Answer::Yes | Answer::No => {}
            Answer::NotYet(why) => why.into_iter().for_each(|why| app.say(Tone::Bad, why)),
        }
    }
}

impl Dialog<App> for Say {
    fn scope(&self) -> Scope {
        Scope::Word
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        let needs_note = matches!(self.saying, Saying::WasDone | Saying::WasNotDone);
        match command {
            Command::Go if self.sent => {}
            Command::Go => self.go(app),
            Command::Back if self.confirmation.is_some() && needs_note && !self.sent => self.confirmation = None,
            Command::Back if self.on_note && self.saying == Saying::WasDone && !self.sent => self.on_note = false,
            Command::Back => return Then::Close,
            _ => {}
        }
        Then::Stay
    }

    fn typed(&mut self, _app: &mut App, key: KeyEvent) -> Then {
        match &mut self.confirmation {
            _ if self.sent => {}
            Some(confirmation) => confirmation.type_key(key),
            None => type_key(self.field(), key),
        }
        Then::Stay
    }

    /// The confirmation word cannot be pasted.
    fn paste(&mut self, _app: &mut App, text: &str) {
        if self.confirmation.is_none() {
            insert(self.field(), text);
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
        let order = text::clean(&self.request.order.id);
        let title = format!("Request {} {} {order}", self.request.id, look.glyphs.dot);
        let mut dialog = DialogBox::new(title, area, look);
        dialog.say(&self.saying.consequence(&self.request), look.title());
        dialog.space();
        match &self.confirmation {
            Some(confirmation) => dialog.confirmation(confirmation),
            None if self.on_note => {
                dialog.field(Span::styled("How you know: ", look.focus()), &self.note, Style::new())
            }
            None => {
                dialog.field(Span::styled("The provider's reference: ", look.focus()), &self.reference, Style::new());
            }
        }
        if self.sent {
            dialog.end("Writing …", look.warn());
        }
        dialog.draw(area, buf)
    }
}

/// Handles the result of a person's word.
pub fn said(app: &mut App, id: i64, answer: Result<Settled, Failure>) {
    app.requests.load.due = true;
    app.orders.loads.order.due = true;
    app.requests.saying.take_if(|saying| *saying == id);
    let (tone, text, close) = match answer {
        Ok(Settled::Done(request)) => (Tone::Good, format!("Request {id}: {}.", request.state.title()), true),
        Ok(Settled::Missing) => (Tone::Bad, format!("Request {id} no longer exists."), true),
        Ok(Settled::Elsewhere(request)) => {
            (Tone::Bad, format!("It went on meanwhile: request {id} is {}.", request.state.title()), true)
        }
        Ok(Settled::NotPermitted(refused)) => (Tone::Bad, sentence(&refused.to_string()), false),
        Ok(Settled::NoNote) => (Tone::Bad, NO_NOTE.to_owned(), false),
        Ok(Settled::Refused(refusal)) => (Tone::Bad, format!("Refused. {refusal}"), false),
        Err(Failure::Lost) => (Tone::Bad, "Not recorded: the database does not answer. Try again.".to_owned(), false),
        Err(Failure::Unknown) => {
            (Tone::Bad, format!("The connection was lost. When it is back, look where request {id} is."), true)
        }
        Err(Failure::Other(text)) => (Tone::Bad, text, false),
    };
    if close {
        app.close::<Say>(|dialog| dialog.request.id == id);
    }
    app.each::<Say>().filter(|dialog| dialog.request.id == id).for_each(|dialog| dialog.sent = false);
    app.say(tone, text);
}
