//! The dialog that settles a fact: first a note, then the confirmation word.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use tui_input::Input;

use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::kit::confirmation;
use crate::console::kit::confirmation::Confirmation;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::Drawn;
use crate::console::kit::input::{insert, type_key};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::quarantine::state::How;
use crate::domain::OrderKey;
use crate::intake::quarantine::Answer;
use crate::settings::keys::{Command, Scope};
use crate::text::{self, sentence};

/// What a person is told who did not say how they know.
const NO_NOTE: &str = "A note is required: say how you know.";

/// The dialog.
#[derive(Debug)]
pub struct Settle {
    /// The number of the fact.
    pub id: i64,
    /// The facts that are dismissed after it, for the same reason.
    rest: Vec<i64>,
    /// How many were dismissed before it.
    before: usize,
    /// How it is settled.
    how: How,
    /// The order it applies to and the version of that order, if there is one.
    order: Option<(OrderKey, i32)>,
    /// The full consequence.
    consequence: String,
    /// How the person knows, or why.
    note: Input,
    /// The word that has to be typed.
    word: &'static str,
    /// The question, once there is a note.
    confirmation: Option<Confirmation>,
    /// It is being written.
    pub sent: bool,
}

/// Opens the dialog, with the note that was typed before.
pub fn open(app: &mut App, id: i64, how: How, order: Option<(OrderKey, i32)>, consequence: String, word: &'static str) {
    let note = Input::new(app.quarantine.notes.get(&id).cloned().unwrap_or_default());
    app.open(Settle {
        id,
        rest: Vec::new(),
        before: 0,
        how,
        order,
        consequence,
        note,
        word,
        confirmation: None,
        sent: false,
    });
}

/// Opens the dialog that dismisses these facts, one after the other, for one reason.
pub fn open_many(app: &mut App, ids: Vec<i64>) {
    let [id, rest @ ..] = ids.as_slice() else { return };
    let numbers: Vec<String> = ids.iter().map(i64::to_string).collect();
    let consequence = match rest.len() {
        0 => "The fact is dismissed and changes nothing. It stays readable. This cannot be undone.".to_owned(),
        _ => format!(
            "These {} facts are dismissed and change nothing: {}. They stay readable. This cannot be undone.",
            ids.len(),
            numbers.join(", ")
        ),
    };
    open(app, *id, How::Dismiss, None, consequence, "dismiss");
    app.each::<Settle>().filter(|dialog| dialog.id == *id).for_each(|dialog| dialog.rest = rest.to_vec());
}

impl Settle {
    fn note(&self) -> String {
        self.note.value().trim().to_owned()
    }

    fn send(&mut self, app: &mut App) {
        self.sent = true;
        app.quarantine.notes.insert(self.id, self.note());
        app.quarantine.settling = Some(self.id);
        let expect = self.order.as_ref().map(|order| order.1);
        app.ask(Effect::Settle(self.id, self.how, self.note(), expect));
    }

    fn go(&mut self, app: &mut App) {
        if self.note().is_empty() {
            return app.say(Tone::Bad, NO_NOTE);
        }
        let Some(confirmation) = &self.confirmation else {
            self.confirmation = Some(Confirmation::word(self.word));
            return;
        };
        match confirmation.answer() {
            confirmation::Answer::Yes if app.can_write() => {
                self.send(app);
            }
            confirmation::Answer::Yes | confirmation::Answer::No => {}
            confirmation::Answer::NotYet(why) => why.into_iter().for_each(|why| app.say(Tone::Bad, why)),
        }
    }
}

impl Dialog<App> for Settle {
    fn scope(&self) -> Scope {
        Scope::Word
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        match command {
            Command::Go if self.sent => {}
            Command::Go => self.go(app),
            Command::Back if self.confirmation.is_some() && !self.sent => self.confirmation = None,
            Command::Back => {
                self.put_away(app);
                return Then::Close;
            }
            _ => {}
        }
        Then::Stay
    }

    fn typed(&mut self, _app: &mut App, key: KeyEvent) -> Then {
        match &mut self.confirmation {
            _ if self.sent => {}
            Some(confirmation) => confirmation.type_key(key),
            None => type_key(&mut self.note, key),
        }
        Then::Stay
    }

    /// The confirmation word cannot be pasted.
    fn paste(&mut self, _app: &mut App, text: &str) {
        if self.confirmation.is_none() {
            insert(&mut self.note, text);
        }
    }

    fn confirmation(&mut self) -> Option<&mut Confirmation> {
        self.confirmation.as_mut()
    }

    fn put_away(&mut self, app: &mut App) {
        app.quarantine.notes.insert(self.id, self.note.value().to_owned());
    }

    fn takes_words(&self) -> bool {
        self.confirmation.is_none()
    }

    fn is_of_use(&self, _app: &App, command: Command) -> bool {
        !self.sent || command == Command::Back
    }

    fn draw(&self, _app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let order = self.order.as_ref().map_or_else(String::new, |(key, version)| {
            format!(" {} {}, version {version}", look.glyphs.dot, text::clean(&key.id))
        });
        let all = self.before + 1 + self.rest.len();
        let title = if all == 1 { format!("Fact {}{order}", self.id) } else { format!("{all} facts") };
        let mut dialog = DialogBox::new(title, area, look);
        dialog.say(&self.consequence, look.title());
        dialog.space();
        match &self.confirmation {
            Some(confirmation) => {
                let note = text::cut(&text::clean(self.note.value()), dialog.room.saturating_sub(6));
                dialog.line(Line::styled(format!("note: {note}"), look.dim()), false);
                dialog.confirmation(confirmation);
            }
            None => dialog.field(Span::styled("How you know: ", look.focus()), &self.note, Style::new()),
        }
        if self.sent {
            match all {
                1 => dialog.end("Writing …", look.warn()),
                _ => dialog.end(format!("Writing … {} of {all}", self.before + 1), look.warn()),
            }
        }
        dialog.draw(area, buf)
    }
}

/// Handles the result of settling a fact.
pub fn settled(app: &mut App, id: i64, answer: Result<Answer, Failure>) {
    app.quarantine.load.due = true;
    app.orders.loads.order.due = true;
    app.quarantine.settling.take_if(|settling| *settling == id);
    if matches!(answer, Ok(Answer::Done)) {
        let facts = &mut app.quarantine;
        facts.notes.remove(&id);
        facts.marks.remove(&id);
        facts.settled.insert(id);
        if goes_on(app, id) {
            return;
        }
    }
    let before = app.each::<Settle>().find(|dialog| dialog.id == id).map_or(0, |dialog| dialog.before);
    let (tone, text, close) = match answer {
        Ok(Answer::Done) if before > 0 => (Tone::Good, format!("{} facts are dismissed.", before + 1), true),
        Ok(Answer::Done) => (Tone::Good, format!("Fact {id} is settled."), true),
        Ok(Answer::Missing) => (Tone::Bad, format!("Fact {id} no longer exists."), true),
        Ok(Answer::Settled(state)) => (Tone::Bad, format!("Someone else was first: fact {id} is {state}."), true),
        Ok(Answer::Conflict) => {
            (Tone::Bad, "Someone moved the order meanwhile. Refresh, then try again.".to_owned(), true)
        }
        Ok(Answer::Refused(refusal)) => (Tone::Bad, format!("Refused. {refusal}"), false),
        Ok(Answer::Future(at)) => (
            Tone::Bad,
            format!("Fact {id} is from the future. Wait until {}.", app.prefs.zone.short(at, app.now)),
            false,
        ),
        Ok(Answer::NotPermitted(refused)) => (Tone::Bad, sentence(&refused.to_string()), false),
        Ok(Answer::NoNote) => (Tone::Bad, NO_NOTE.to_owned(), false),
        Ok(Answer::NoReading(count)) => (Tone::Bad, format!("Fact {id} has only {count} readings."), false),
        Err(Failure::Lost) => (Tone::Bad, "Not recorded: the database does not answer. Try again.".to_owned(), false),
        Err(Failure::Unknown) => {
            (Tone::Bad, format!("The connection was lost. When it is back, check whether fact {id} is settled."), true)
        }
        Err(Failure::Other(text)) => (Tone::Bad, text, false),
    };
    if close {
        app.close::<Settle>(|dialog| dialog.id == id);
    }
    app.each::<Settle>().filter(|dialog| dialog.id == id).for_each(|dialog| dialog.sent = false);
    let text = if before > 0 && tone == Tone::Bad { format!("{text} {before} before it dismissed.") } else { text };
    app.say(tone, text);
}

/// Goes on to the next fact, if several are dismissed. Returns whether there is one.
fn goes_on(app: &mut App, id: i64) -> bool {
    let next = app.each::<Settle>().find(|dialog| dialog.id == id && !dialog.rest.is_empty()).map(|dialog| {
        dialog.before += 1;
        dialog.id = dialog.rest.remove(0);
        (dialog.id, dialog.how, dialog.note())
    });
    let Some((next, how, note)) = next else { return false };
    app.quarantine.settling = Some(next);
    app.ask(Effect::Settle(next, how, note, None));
    true
}
