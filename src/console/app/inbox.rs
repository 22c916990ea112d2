//! The quarantine pane: facts that need a decision, page by page, and how to settle them.

use crate::text::sentence;
use std::collections::HashMap;

use crossterm::event::{Event, KeyEvent};
use ratatui::layout::Rect;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::{App, Considering, Effect, Failure, Layer, Link, Tone};
use crate::console::look::Look;
use crate::console::view::quarantine::Settle;
use crate::domain::OrderKey;
use crate::intake::quarantine::{Answer, readings};
use crate::records::{FactState, Quarantined};
use crate::settings::keys::Command;

/// How many facts a page holds.
pub const PAGE: usize = 100;

/// How a fact is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Applied as this reading, numbered from 1.
    Apply(usize),
    /// Dismissed.
    Dismiss,
}

/// The dialog that settles a fact: first a note, then the confirmation word.
#[derive(Debug, Clone)]
pub struct Settling {
    /// The number of the fact.
    pub id: i64,
    /// How it is settled.
    pub how: How,
    /// The order it applies to and the version of that order, if there is one.
    pub order: Option<(OrderKey, i32)>,
    /// The full consequence.
    pub consequence: String,
    /// How the person knows, or why.
    pub note: Input,
    /// The word that has to be typed.
    pub word: &'static str,
    /// What has been typed of the word; `None` during the note.
    pub typed: Option<Input>,
    /// The word was asked for on the screen. Keys pressed before that do not answer it.
    pub seen: bool,
    /// It is being written.
    pub sent: bool,
}

/// The facts in quarantine.
#[derive(Debug, Default)]
pub struct Inbox {
    /// How many facts are waiting, counted up to a limit.
    pub waiting: i64,
    /// The current page; `None` before the first is read.
    pub facts: Option<Vec<Quarantined>>,
    /// The number of the selected fact.
    pub selected: Option<i64>,
    /// The fact number before each page, from the second page to this one.
    starts: Vec<i64>,
    /// Select the last fact of the next page that is read.
    land_last: bool,
    /// Notes that were typed and not sent, by fact number.
    notes: HashMap<i64, String>,
    /// The fact that is being settled.
    pub settling: Option<i64>,
}

impl Inbox {
    /// The fact number after which the current page starts.
    pub fn after(&self) -> i64 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The line of the selected fact.
    pub fn at(&self) -> usize {
        let facts = self.facts.as_deref().unwrap_or_default();
        facts.iter().position(|fact| Some(fact.id) == self.selected).unwrap_or(0)
    }

    /// The selected fact.
    pub fn fact(&self) -> Option<&Quarantined> {
        self.facts.as_ref()?.get(self.at())
    }

    /// Moves the selection. Returns whether another page has to be read.
    fn step(&mut self, by: isize) -> bool {
        let count = self.facts.as_ref().map_or(0, Vec::len);
        let to = self.at() as isize + by;
        if to < 0 && !self.starts.is_empty() {
            self.starts.pop();
            self.land_last = true;
            return true;
        }
        if to >= count as isize && count == PAGE {
            let last = self.facts.as_ref().and_then(|facts| facts.last()).map_or(0, |fact| fact.id);
            self.starts.push(last);
            self.selected = None;
            return true;
        }
        let to = to.clamp(0, (count as isize - 1).max(0)) as usize;
        self.selected = self.facts.as_ref().and_then(|facts| facts.get(to)).map(|fact| fact.id);
        let selected = self.selected;
        if let Some(facts) = &mut self.facts {
            facts.retain(|fact| fact.state == FactState::Waiting || Some(fact.id) == selected);
        }
        false
    }

    /// Shows a page. If the selected fact is not waiting any more, it stays in its place, marked as settled. The
    /// selection never jumps to another fact.
    fn take(&mut self, mut facts: Vec<Quarantined>) {
        let here = facts.iter().any(|fact| Some(fact.id) == self.selected);
        if std::mem::take(&mut self.land_last) {
            self.selected = facts.last().map(|fact| fact.id);
        } else if !here {
            match self.fact().filter(|fact| Some(fact.id) == self.selected).cloned() {
                Some(gone) => {
                    let at = facts.partition_point(|fact| fact.id < gone.id);
                    facts.insert(at, Quarantined { state: FactState::Applied, ..gone });
                }
                None => self.selected = facts.first().map(|fact| fact.id),
            }
        }
        self.facts = Some(facts);
    }
}

impl Settling {
    /// The text field that takes keys now.
    pub fn field(&mut self) -> &mut Input {
        self.typed.as_mut().unwrap_or(&mut self.note)
    }

    pub(super) fn type_key(&mut self, key: KeyEvent) {
        if !self.sent && (self.typed.is_none() || self.seen) {
            self.field().handle_event(&Event::Key(key));
        }
    }
}

impl App {
    pub(super) fn on_quarantine(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Down => self.step_inbox(1),
            Command::Up => self.step_inbox(-1),
            Command::PageDown => self.step_inbox(10),
            Command::PageUp => self.step_inbox(-10),
            Command::Dismiss => self.dismiss_fact(),
            _ => {
                self.layers.pop();
            }
        }
        Vec::new()
    }

    fn step_inbox(&mut self, by: isize) {
        self.loads.inbox.due |= self.inbox.step(by);
    }

    /// A digit picks the reading with that number. Its consequence is looked up first.
    pub(super) fn pick_reading(&mut self, key: &str) -> Vec<Effect> {
        let Some(number) = key.parse::<usize>().ok().filter(|number| *number > 0) else { return Vec::new() };
        let Some(fact) = self.unsettled() else { return Vec::new() };
        let (id, count) = (fact.id, readings(fact).len());
        if self.session.read_only {
            self.say(Tone::Bad, "Read-only: nothing is written here.");
        } else if self.link != Link::Live {
            self.say(Tone::Bad, "Not connected: nothing can be written now.");
        } else if count == 0 {
            self.say(Tone::News, "This fact has no reading to apply. Press d to dismiss it.");
        } else if number > count {
            self.say(Tone::News, format!("This fact has readings 1 to {count}."));
        } else {
            return vec![Effect::Consider(id, number)];
        }
        Vec::new()
    }

    /// Returns the selected fact, if it is still waiting.
    fn unsettled(&mut self) -> Option<&Quarantined> {
        let settled = self.inbox.fact().filter(|fact| fact.state != FactState::Waiting).map(|fact| fact.id);
        if let Some(id) = settled {
            self.say(Tone::Bad, format!("Fact {id} was settled meanwhile."));
            return None;
        }
        self.inbox.fact()
    }

    fn dismiss_fact(&mut self) {
        let Some(id) = self.unsettled().map(|fact| fact.id) else { return };
        let consequence = "The fact is dismissed and changes nothing. It stays readable. This cannot be undone.";
        self.settle_fact(id, How::Dismiss, None, consequence.to_owned(), "dismiss");
    }

    pub(super) fn considered(
        &mut self,
        id: i64,
        number: usize,
        answer: Result<Result<Box<Considering>, Answer>, Failure>,
    ) -> Vec<Effect> {
        let here = matches!(self.layers.last(), Some(Layer::Quarantine)) && self.inbox.selected == Some(id);
        match answer {
            Ok(Ok(considered)) if here => {
                let Considering { order, consequence, action } = *considered;
                self.settle_fact(id, How::Apply(number), Some(order), consequence, action.name());
            }
            Ok(Ok(_)) => {}
            Ok(Err(answer)) => return self.settled(id, Ok(answer)),
            Err(failure) => return self.settled(id, Err(failure)),
        }
        Vec::new()
    }

    fn settle_fact(
        &mut self,
        id: i64,
        how: How,
        order: Option<(OrderKey, i32)>,
        consequence: String,
        word: &'static str,
    ) {
        let note = Input::new(self.inbox.notes.get(&id).cloned().unwrap_or_default());
        let settling = Settling { id, how, order, consequence, note, word, typed: None, seen: false, sent: false };
        self.layers.push(Layer::Settling(Box::new(settling)));
    }

    pub(super) fn on_settling(&mut self, command: Command) -> Vec<Effect> {
        let live = self.link == Link::Live;
        let area = self.layout().map_or(Rect::ZERO, |layout| layout.body);
        let Some(Layer::Settling(settling)) = self.layers.last_mut() else { return Vec::new() };
        let fits = Settle { settling, look: Look::measure() }.fits(area);
        match (command, &settling.typed) {
            (Command::Go, _) if settling.sent => {}
            (Command::Go, _) if settling.note.value().trim().is_empty() => {
                self.say(Tone::Bad, "A note is required: say how you know.");
            }
            (Command::Go, None) => (settling.typed, settling.seen) = (Some(Input::default()), false),
            (Command::Go, Some(_)) if !live => self.say(Tone::Bad, "Not connected: nothing can be written now."),
            (Command::Go, Some(_)) if !fits => {
                self.say(Tone::Bad, "This screen is too small to show all of it. Make it larger first.");
            }
            (Command::Go, Some(typed)) if typed.value().trim() == settling.word => {
                settling.sent = true;
                let (id, expect) = (settling.id, settling.order.as_ref().map(|order| order.1));
                let note = settling.note.value().trim().to_owned();
                self.inbox.notes.insert(id, note.clone());
                self.inbox.settling = Some(id);
                return vec![Effect::Settle(id, settling.how, note, expect)];
            }
            (Command::Go, Some(_)) => {
                let words = format!("Type {:?}, letter by letter, to continue.", settling.word);
                self.say(Tone::Bad, words);
            }
            (Command::Back, Some(_)) if !settling.sent => settling.typed = None,
            (Command::Back, _) => self.put_settling_away(),
            _ => {}
        }
        Vec::new()
    }

    /// Closes the dialog and keeps the note.
    pub(super) fn put_settling_away(&mut self) {
        if let Some(Layer::Settling(settling)) = self.layers.pop() {
            self.inbox.notes.insert(settling.id, settling.note.value().to_owned());
        }
    }

    pub(super) fn take_waiting(&mut self, after: i64, page: Result<Vec<Quarantined>, Failure>) -> Vec<Effect> {
        self.loads.inbox.end(&page);
        match page {
            Ok(_) if after != self.inbox.after() => self.loads.inbox.due = true,
            // The last page may be empty by now.
            Ok(page) if page.is_empty() && !self.inbox.starts.is_empty() => {
                self.inbox.starts.pop();
                self.loads.inbox.due = true;
            }
            Ok(page) => self.inbox.take(page),
            Err(Failure::Other(text)) => self.say(Tone::Bad, format!("Could not read the quarantine: {text}")),
            Err(Failure::Lost | Failure::Unknown) => {}
        }
        Vec::new()
    }

    pub(super) fn settled(&mut self, id: i64, answer: Result<Answer, Failure>) -> Vec<Effect> {
        self.loads.inbox.due = true;
        self.loads.order.due = true;
        if self.inbox.settling == Some(id) {
            self.inbox.settling = None;
        }
        if matches!(answer, Ok(Answer::Done)) {
            self.inbox.notes.remove(&id);
        }
        let (tone, text, close) = match answer {
            Ok(Answer::Done) => (Tone::Good, format!("Fact {id} is settled."), true),
            Ok(Answer::Missing) => (Tone::Bad, format!("Fact {id} no longer exists."), true),
            Ok(Answer::Settled(state)) => (Tone::Bad, format!("Someone else was first: fact {id} is {state}."), true),
            Ok(Answer::Conflict) => {
                (Tone::Bad, "Someone moved the order meanwhile. Refresh, then try again.".to_owned(), true)
            }
            Ok(Answer::Refused(refusal)) => (Tone::Bad, format!("Refused. {refusal}"), false),
            Ok(Answer::NotPermitted(refused)) => (Tone::Bad, sentence(&refused.to_string()), false),
            Ok(Answer::NoNote) => (Tone::Bad, "A note is required: say how you know.".to_owned(), false),
            Ok(Answer::NoReading(count)) => (Tone::Bad, format!("Fact {id} has only {count} readings."), false),
            Err(Failure::Lost) => {
                (Tone::Bad, "Not recorded: the database does not answer. Try again.".to_owned(), false)
            }
            Err(Failure::Unknown) => (
                Tone::Bad,
                format!("The connection was lost. When it is back, check whether fact {id} is settled."),
                true,
            ),
            Err(Failure::Other(text)) => (Tone::Bad, text, false),
        };
        let is_it = |layer: &Layer| matches!(layer, Layer::Settling(settling) if settling.id == id);
        if let Some(at) = self.layers.iter().position(is_it) {
            match &mut self.layers[at] {
                Layer::Settling(settling) if !close => settling.sent = false,
                _ => _ = self.layers.remove(at),
            }
        }
        self.say(tone, text);
        Vec::new()
    }
}
