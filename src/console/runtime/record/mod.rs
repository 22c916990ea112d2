//! Keeps the last ten thousand messages in little memory, and writes them to a file on request, with people's names and
//! words masked.

mod mask;
mod read;

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use crossterm::event::KeyModifiers;
use serde::{Deserialize, Serialize};

use crate::console::app::message::Message;
use crate::console::app::state::App;
use crate::console::orders::window::{Listing, Page, PageAsk};
use crate::console::runtime::checkpoint::Checkpoint;
use crate::console::runtime::keys::scope;
use crate::query::Cursor;
use crate::records::OrderRecord;
use crate::settings::keys::Scope;
use mask::Masks;
pub use read::{Fault, read};

/// How many messages are kept.
pub const KEPT: usize = 10_000;
/// How many messages there are between checkpoints.
const SECTION: usize = 500;
/// How many different rows are kept before unused ones are dropped.
const ROWS: usize = 4_000;

/// One line of a recording.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The panes as they were: a checkpoint that later events build on.
    Begin(Box<Checkpoint>),
    /// A checkpoint after something private that is not recorded: playing continues from here.
    Again(Box<Checkpoint>),
    /// A message.
    Message(Message),
}

/// A line with its time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    /// When it came.
    pub at: DateTime<Utc>,
    /// What happened.
    pub event: Event,
}

/// The first line of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The kind of file: `recording`.
    pub recourse: String,
    /// The version of the format.
    pub version: u32,
}

/// The version of the format that this program writes and reads.
const VERSION: u32 = 1;

impl Head {
    fn present() -> Self {
        Self { recourse: "recording".to_owned(), version: VERSION }
    }
}

/// A message as it is kept: rows are shared between pages, everything else is compressed.
#[derive(Debug, Clone)]
enum Packed {
    Begin(Arc<[u8]>),
    Again(Arc<[u8]>),
    Message(Arc<[u8]>),
    /// A key that was typed into private text.
    Private(Arc<[u8]>),
    Page(Arc<[u8]>, Arc<[Arc<OrderRecord>]>),
    All(Arc<[u8]>, Arc<[Arc<OrderRecord>]>),
}

/// Keeps the latest messages.
#[derive(Debug, Default)]
pub struct Recorder {
    ring: VecDeque<(DateTime<Utc>, Packed)>,
    since: usize,
    rows: RefCell<HashMap<String, Arc<OrderRecord>>>,
    /// The number of rows at which unused ones are dropped next.
    crowded: Cell<usize>,
    /// Something private was typed: the next checkpoint is an [`Event::Again`].
    again: bool,
}

/// Whether this message types private text.
fn is_private(app: &App, message: &Message) -> bool {
    // Commands are not private.
    let is_letter = match message {
        Message::Key(key) => {
            !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) && app.keyboard.prefix.is_none()
        }
        _ => true,
    };
    is_letter && app.top().is_some_and(|top| top.takes_words())
}

fn pack(value: &impl Serialize) -> Arc<[u8]> {
    // What cannot be serialised is left out: a recording must not make the console fail.
    let packed = serde_json::to_vec(value).map(|text| lz4_flex::compress_prepend_size(&text));
    packed.unwrap_or_default().into()
}

fn unpack<T: for<'de> Deserialize<'de>>(packed: &[u8]) -> Option<T> {
    serde_json::from_slice(&lz4_flex::decompress_size_prepended(packed).ok()?).ok()
}

impl Recorder {
    /// Keeps a message before it is handled. [`Self::typed`] keeps the keys typed into the filter.
    pub fn before(&mut self, app: &App, message: &Message, now: DateTime<Utc>) {
        let quiet = app.layers.is_empty();
        let again = quiet && std::mem::take(&mut self.again);
        // A key must not wait for a checkpoint.
        let by_hand = matches!(message, Message::Key(_) | Message::Paste(_) | Message::Mouse(_));
        let due = quiet && !by_hand && self.since >= SECTION;
        // A layer that is open all day must not cost the whole recording.
        if self.ring.is_empty() || again || due || self.since >= KEPT / 2 {
            self.since = 0;
            let packed = pack(&Checkpoint::of(app));
            self.push(now, if again { Packed::Again(packed) } else { Packed::Begin(packed) });
        }
        self.again |= is_private(app, message) && matches!(scope(app), Scope::Search | Scope::Prompt);
        let packed = match message {
            Message::Tick => return,
            Message::Key(_) | Message::Paste(_) if scope(app) == Scope::Filter => return,
            Message::Page(ask, Ok(page)) => {
                Packed::Page(pack(&(ask, &page.top, page.more)), page.rows.iter().map(|row| self.shared(row)).collect())
            }
            Message::All(of, Ok((rows, more))) => {
                Packed::All(pack(&(of, more)), rows.iter().map(|row| self.shared(row)).collect())
            }
            Message::Key(_) | Message::Paste(_) if is_private(app, message) => Packed::Private(pack(message)),
            message => Packed::Message(pack(message)),
        };
        self.push(now, packed);
    }

    /// Keeps a key typed into the filter: as the filter's new text, or as the key if the text did not change.
    pub fn typed(&mut self, app: &App, before: &str, key: Message, now: DateTime<Utc>) {
        let text = app.orders.filter.input.value();
        let message = if text == before { key } else { Message::Typed(text.to_owned()) };
        self.push(now, Packed::Message(pack(&message)));
    }

    fn push(&mut self, now: DateTime<Utc>, packed: Packed) {
        self.since += 1;
        self.ring.push_back((now, packed));
        // Messages before the second checkpoint cannot be played without the first.
        if self.ring.len() > KEPT + SECTION {
            self.ring.pop_front();
            while !matches!(self.ring.front(), Some((_, Packed::Begin(_) | Packed::Again(_))) | None) {
                self.ring.pop_front();
            }
        }
    }

    /// Shares a row with an equal one that is kept already.
    fn shared(&self, stored: &OrderRecord) -> Arc<OrderRecord> {
        let mut rows = self.rows.borrow_mut();
        if rows.len() > self.crowded.get().max(ROWS) {
            rows.retain(|_, row| Arc::strong_count(row) > 1);
            self.crowded.set(rows.len() * 2);
        }
        let key = stored.order.key.to_string();
        match rows.get(&key) {
            Some(known) if **known == *stored => known.clone(),
            _ => {
                let row = Arc::new(stored.clone());
                rows.insert(key, row.clone());
                row
            }
        }
    }

    /// How many messages are kept.
    pub fn len(&self) -> usize {
        self.ring.len()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.ring.is_empty()
    }

    /// A copy of everything that is kept, to be written elsewhere.
    pub fn tape(&self) -> Tape {
        Tape(self.ring.iter().cloned().collect())
    }
}

/// A copy of what was kept at one moment.
#[derive(Debug)]
pub struct Tape(Vec<(DateTime<Utc>, Packed)>);

impl Tape {
    /// All of it as JSON lines, masked.
    pub fn dump(&self) -> Vec<u8> {
        let mut masks = Masks::default();
        let mut text = serde_json::to_vec(&Head::present()).unwrap_or_default();
        text.push(b'\n');
        for (at, packed) in &self.0 {
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
        Packed::Again(packed) => Event::Again(unpack(packed)?),
        Packed::Message(packed) | Packed::Private(packed) => Event::Message(unpack(packed)?),
        Packed::Page(packed, rows) => {
            let (ask, top, more): (Box<PageAsk>, Cursor, bool) = unpack(packed)?;
            let rows = rows.iter().map(|row| (**row).clone()).collect();
            Event::Message(Message::Page(ask, Ok(Page { top, rows, more })))
        }
        Packed::All(packed, rows) => {
            let (of, more): (Listing, bool) = unpack(packed)?;
            Event::Message(Message::All(of, Ok((rows.iter().map(|row| (**row).clone()).collect(), more))))
        }
    })
}
