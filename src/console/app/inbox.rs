//! The quarantine pane: what waits for a person, page by page, and how it is settled.

use crossterm::event::{Event, KeyEvent};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::{App, Effect, Failure, Layer, Link, Tone};
use crate::console::keys::Command;
use crate::intake::quarantine::{Answer, readings};
use crate::store::inbox::Quarantined;

/// How many facts a page holds.
pub const PAGE: usize = 100;

/// How a fact is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// As this reading, numbered from 1.
    Apply(usize),
    /// Put away.
    Dismiss,
}

/// A fact about to be settled.
#[derive(Debug, Clone)]
pub struct Settling {
    /// Its number.
    pub id: i64,
    /// How.
    pub how: How,
    /// What it would be taken as.
    pub words: String,
    /// How the person knows, or why.
    pub note: Input,
    /// It is being written.
    pub sent: bool,
}

/// What waits in quarantine.
#[derive(Debug, Default)]
pub struct Inbox {
    /// How many wait, counted as far as anybody cares.
    pub waiting: i64,
    /// The page that was read; none before the first.
    pub facts: Option<Vec<Quarantined>>,
    /// The number of the selected fact.
    pub selected: Option<i64>,
    /// After which numbers the pages before this one began, and this one.
    starts: Vec<i64>,
    /// Where to go once the next page is there.
    land_last: bool,
}

impl Inbox {
    /// After which number the present page begins.
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

    /// Moves the selection. Whether another page has to be read.
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
        false
    }

    fn take(&mut self, facts: Vec<Quarantined>) {
        let here = facts.iter().any(|fact| Some(fact.id) == self.selected);
        if std::mem::take(&mut self.land_last) {
            self.selected = facts.last().map(|fact| fact.id);
        } else if !here {
            // The one that took its place.
            let at = self.at().min(facts.len().saturating_sub(1));
            self.selected = facts.get(at).map(|fact| fact.id);
        }
        self.facts = Some(facts);
    }
}

impl Settling {
    pub(super) fn type_key(&mut self, key: KeyEvent) {
        if !self.sent {
            self.note.handle_event(&Event::Key(key));
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
            Command::Dismiss => self.settle_fact(How::Dismiss, "put away".to_owned()),
            _ => {
                self.layers.pop();
            }
        }
        Vec::new()
    }

    fn step_inbox(&mut self, by: isize) {
        self.loads.inbox.due |= self.inbox.step(by);
    }

    /// A digit picks the reading of that number.
    pub(super) fn pick_reading(&mut self, key: &str) -> Vec<Effect> {
        let Some(number) = key.parse::<usize>().ok().filter(|number| *number > 0) else { return Vec::new() };
        if self.seat.read_only {
            self.say(Tone::Bad, "read-only: nothing is written here");
            return Vec::new();
        }
        let ways = self.inbox.fact().map(readings).unwrap_or_default();
        match ways.get(number - 1) {
            Some(way) => self.settle_fact(How::Apply(number), way.words()),
            None if ways.is_empty() => self.say(Tone::News, "this fact has no reading to apply; d puts it away"),
            None => self.say(Tone::News, format!("this fact has readings 1 to {}", ways.len())),
        }
        Vec::new()
    }

    fn settle_fact(&mut self, how: How, words: String) {
        if let Some(fact) = self.inbox.fact() {
            let settling = Settling { id: fact.id, how, words, note: Input::default(), sent: false };
            self.layers.push(Layer::Settling(Box::new(settling)));
        }
    }

    pub(super) fn on_settling(&mut self, command: Command, key: KeyEvent) -> Vec<Effect> {
        let live = self.link == Link::Live;
        let Some(Layer::Settling(settling)) = self.layers.last_mut() else { return Vec::new() };
        match command {
            Command::Left | Command::Right => settling.type_key(key),
            Command::Go if settling.sent => {}
            Command::Go if !live => self.say(Tone::Bad, "not connected: nothing can be written now"),
            Command::Go if settling.note.value().trim().is_empty() => {
                self.say(Tone::Bad, "a note is mandatory: say how you know");
            }
            Command::Go => {
                settling.sent = true;
                return vec![Effect::Settle(settling.id, settling.how, settling.note.value().trim().to_owned())];
            }
            Command::Back => {
                self.layers.pop();
            }
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn take_waiting(&mut self, after: i64, page: Result<Vec<Quarantined>, Failure>) -> Vec<Effect> {
        self.loads.inbox.end(&page);
        match page {
            Ok(_) if after != self.inbox.after() => self.loads.inbox.due = true,
            // The last page may have emptied under us.
            Ok(page) if page.is_empty() && !self.inbox.starts.is_empty() => {
                self.inbox.starts.pop();
                self.loads.inbox.due = true;
            }
            Ok(page) => self.inbox.take(page),
            Err(Failure::Other(text)) => self.say(Tone::Bad, format!("the quarantine could not be read: {text}")),
            Err(Failure::Lost | Failure::Unknown) => {}
        }
        Vec::new()
    }

    pub(super) fn settled(&mut self, id: i64, answer: Result<Answer, Failure>) -> Vec<Effect> {
        self.loads.inbox.due = true;
        self.loads.order.due = true;
        let (tone, text, close) = match answer {
            Ok(Answer::Done) => (Tone::Good, format!("fact {id} is settled"), true),
            Ok(Answer::Missing) => (Tone::Bad, format!("fact {id} is not there any more"), true),
            Ok(Answer::Settled(state)) => (Tone::Bad, format!("somebody else was first: fact {id} is {state}"), true),
            Ok(Answer::Conflict) => (Tone::Bad, "somebody moved the order meanwhile; look again".to_owned(), true),
            Ok(Answer::Refused(refusal)) => (Tone::Bad, format!("refused. {refusal}"), false),
            Ok(Answer::NotYours(roles)) => (Tone::Bad, format!("not yours, you are {roles}"), false),
            Ok(Answer::NoNote) => (Tone::Bad, "a note is mandatory: say how you know".to_owned(), false),
            Ok(Answer::NoReading(count)) => (Tone::Bad, format!("fact {id} has {count} readings"), false),
            Err(Failure::Lost) => (Tone::Bad, "the database does not answer; nothing was recorded".to_owned(), false),
            Err(Failure::Unknown) => (
                Tone::Bad,
                format!("the connection was lost: whether fact {id} is settled shows once it is back"),
                true,
            ),
            Err(Failure::Other(text)) => (Tone::Bad, text, false),
        };
        if let Some(Layer::Settling(settling)) = self.layers.last_mut()
            && settling.id == id
        {
            settling.sent = false;
            if close {
                self.layers.pop();
            }
        }
        self.say(tone, text);
        Vec::new()
    }
}
