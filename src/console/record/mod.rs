//! The last ten thousand messages, kept small, and written down when somebody asks: people's names and words masked.

mod mask;
mod read;

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use chrono::{DateTime, Utc};
use crossterm::event::KeyModifiers;
use serde::{Deserialize, Serialize};

use super::app::bulk::Stage;
use super::app::checkpoint::Checkpoint;
use super::app::window::{Page, PageAsk};
use super::app::{App, Layer, Message};
use super::keys::Scope;
use crate::query::Cursor;
use crate::store::Stored;
use mask::Masks;
pub use read::{Fault, read};

/// So many messages are kept.
pub const KEPT: usize = 10_000;
/// After so many a recording may begin.
const SECTION: usize = 500;
/// So many different rows are known before those that nobody has any more are forgotten.
const ROWS: usize = 4_000;

/// One line of a recording.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The panes as they were; everything after it builds on it.
    Begin(Box<Checkpoint>),
    /// A message.
    Message(Message),
}

/// A line with its time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    /// When it came.
    pub at: DateTime<Utc>,
    /// What.
    pub event: Event,
}

/// The first line of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The name of what this is.
    pub recourse: String,
    /// Its shape.
    pub version: u32,
}

/// The shape of recordings that this program writes and reads.
const VERSION: u32 = 1;

impl Head {
    fn present() -> Self {
        Self { recourse: "recording".to_owned(), version: VERSION }
    }
}

/// A message as it is kept: rows of a page are shared with other pages, everything else is packed.
#[derive(Debug)]
enum Packed {
    Begin(Vec<u8>),
    Message(Vec<u8>),
    /// A key that went into somebody's words.
    Private(Vec<u8>),
    Page(Vec<u8>, Vec<Rc<Stored>>),
}

/// What is kept.
#[derive(Debug, Default)]
pub struct Recorder {
    ring: VecDeque<(DateTime<Utc>, Packed)>,
    since: usize,
    rows: RefCell<HashMap<String, Rc<Stored>>>,
}

/// Whether this goes into somebody's words: it is nobody's business.
fn is_private(app: &App, message: &Message) -> bool {
    // Commands stay what they are.
    let is_letter = match message {
        Message::Key(key) => {
            !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) && !app.is_in_a_chord()
        }
        _ => true,
    };
    is_letter && takes_words(app)
}

fn takes_words(app: &App) -> bool {
    match app.layers.last() {
        Some(Layer::Form(form)) => form.is_private(),
        Some(Layer::Settling(settling)) => settling.typed.is_none(),
        Some(Layer::Bulk(bulk)) => matches!(bulk.stage, Stage::Noting(_)),
        _ => false,
    }
}

fn pack(value: &impl Serialize) -> Vec<u8> {
    // What cannot be written down is left out: a recording is no reason to fail.
    serde_json::to_vec(value).map_or_else(|_| Vec::new(), |text| lz4_flex::compress_prepend_size(&text))
}

fn unpack<T: for<'de> Deserialize<'de>>(packed: &[u8]) -> Option<T> {
    serde_json::from_slice(&lz4_flex::decompress_size_prepended(packed).ok()?).ok()
}

impl Recorder {
    /// Keeps what is about to happen, unless it is only known afterwards what it was.
    pub fn before(&mut self, app: &App, message: &Message, now: DateTime<Utc>) {
        if self.ring.is_empty() || (self.since >= SECTION && app.layers.is_empty()) {
            self.since = 0;
            self.push(now, Packed::Begin(pack(&app.checkpoint())));
        }
        let packed = match message {
            Message::Tick => return,
            Message::Key(_) | Message::Paste(_) if app.scope() == Scope::Filter => return,
            Message::Page(ask, Ok(page)) => {
                Packed::Page(pack(&(ask, &page.top, page.more)), page.rows.iter().map(|row| self.shared(row)).collect())
            }
            Message::Key(_) | Message::Paste(_) if is_private(app, message) => Packed::Private(pack(message)),
            message => Packed::Message(pack(message)),
        };
        self.push(now, packed);
    }

    /// Keeps a key that went into the filter: as the text that stands there since, or as the key it was.
    pub fn typed(&mut self, app: &App, before: &str, key: Message, now: DateTime<Utc>) {
        let text = app.filter.input.value();
        let message = if text == before { key } else { Message::Typed(text.to_owned()) };
        self.push(now, Packed::Message(pack(&message)));
    }

    fn push(&mut self, now: DateTime<Utc>, packed: Packed) {
        self.since += 1;
        self.ring.push_back((now, packed));
        // What came before the second beginning cannot be played without the first.
        if self.ring.len() > KEPT + SECTION {
            self.ring.pop_front();
            while !matches!(self.ring.front(), Some((_, Packed::Begin(_))) | None) {
                self.ring.pop_front();
            }
        }
    }

    /// The row as it is known already, if it is the same.
    fn shared(&self, stored: &Stored) -> Rc<Stored> {
        let mut rows = self.rows.borrow_mut();
        if rows.len() > ROWS {
            rows.retain(|_, row| Rc::strong_count(row) > 1);
        }
        let key = stored.order.key.to_string();
        match rows.get(&key) {
            Some(known) if **known == *stored => known.clone(),
            _ => {
                let row = Rc::new(stored.clone());
                rows.insert(key, row.clone());
                row
            }
        }
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.ring.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ring.is_empty()
    }

    /// Everything that is kept as JSON lines, masked.
    pub fn dump(&self) -> Vec<u8> {
        let mut masks = Masks::default();
        let mut text = serde_json::to_vec(&Head::present()).unwrap_or_default();
        text.push(b'\n');
        for (at, packed) in &self.ring {
            let Some(mut event) = open(packed) else { continue };
            masks.event(&mut event, matches!(packed, Packed::Private(_)));
            if let Ok(line) = serde_json::to_vec(&Line { at: *at, event }) {
                text.extend(line);
                text.push(b'\n');
            }
        }
        text
    }
}

fn open(packed: &Packed) -> Option<Event> {
    Some(match packed {
        Packed::Begin(packed) => Event::Begin(unpack(packed)?),
        Packed::Message(packed) | Packed::Private(packed) => Event::Message(unpack(packed)?),
        Packed::Page(packed, rows) => {
            let (ask, top, more): (Box<PageAsk>, Cursor, bool) = unpack(packed)?;
            let rows = rows.iter().map(|row| (**row).clone()).collect();
            Event::Message(Message::Page(ask, Ok(Page { top, rows, more })))
        }
    })
}
