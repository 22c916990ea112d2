//! The console's state: one part for each screen, and what they share. It does no I/O and has no clock: work for the
//! outside is asked for as effects.

use std::borrow::Cow;
use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};
use crossterm::event::{KeyCode, KeyEvent};
use uuid::Uuid;

use crate::console::app::layout::Layout;
use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::pulse::Waiting;
use crate::console::app::session::{Link, Session};
use crate::console::disputes::state::Disputes;
use crate::console::drift::state::Drifts;
use crate::console::inbox::state::Inbox;
use crate::console::kit::background::Answer;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw::Drawn;
use crate::console::kit::journal::{Journal, Tone};
use crate::console::kit::place::Place;
use crate::console::mask::{Behind, Mask};
use crate::console::orders::state::Orders;
use crate::console::quarantine::state::Quarantine;
use crate::console::requests::state::Requests;
use crate::console::statements::state::Statements;
use crate::console::stuck::state::{Plans, Stuck};
use crate::console::team::state::Team;
use crate::query;
use crate::settings::keys::Command;
use crate::settings::prefs::Prefs;

/// What a person is told who may not write.
const READ_ONLY: &str = "Read-only: nothing is written here.";
/// What a person is told who cannot write now.
const NOT_CONNECTED: &str = "Not connected: nothing can be written now.";
/// What a person is told whose last write is not done.
pub const STILL_WRITING: &str = "Another write is still in progress. Try again when it is done.";

/// The state of the keyboard.
#[derive(Debug, Default)]
pub struct Keyboard {
    /// The first half of a chord.
    pub prefix: Option<String>,
    /// An Esc that may start a sequence: whether more of it followed, and when.
    pub escape: Option<(bool, DateTime<Utc>)>,
    /// The person was told what quitting would lose, and quits at the next press.
    pub leaving: bool,
    /// Keys that were typed before the object that they are meant for was on the screen, and when.
    pub held: Vec<(KeyEvent, DateTime<Utc>)>,
    /// When a letter was typed at a question that takes none: words that were meant for a form must not agree to it.
    pub stray: Option<DateTime<Utc>>,
    /// The terminal's answer about its background, while it arrives.
    pub answer: Answer,
}

/// How long keys wait for what they are meant for.
pub const HELD: TimeDelta = TimeDelta::seconds(1);

/// What drawing the screen found out.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    /// What the topmost dialog found out.
    pub dialog: Drawn,
    /// How many lines the shown order has, and how many of them fit; none if a page covers it.
    pub order: Option<(usize, usize)>,
}

/// The console.
#[derive(Debug)]
pub struct App {
    /// The user, and where they work.
    pub session: Session,
    /// The user's preferences.
    pub prefs: Prefs,
    /// When the last message came.
    pub now: DateTime<Utc>,
    /// The screen size: columns and lines.
    pub size: (u16, u16),
    /// The connection to the database.
    pub link: Link,
    /// Since when the database has not answered a read.
    pub slow: Option<DateTime<Utc>>,
    /// How far the feed lags behind, in seconds.
    pub behind: i64,
    /// How many seconds the standby that is read is behind its primary; `None` on a primary.
    pub lag: Option<i64>,
    /// Whose write holds it back, if it does.
    pub holder: Option<String>,
    /// How much of this person's inbox is unread.
    pub unread: i64,
    /// What waits on the other screens.
    pub waiting: Waiting,
    /// The program's messages.
    pub journal: Journal,
    /// The dialogs above the panes, the topmost last.
    pub layers: Vec<Box<dyn Dialog<App>>>,
    /// What a click reaches in the topmost dialog, as it was last drawn.
    pub places: Vec<Place>,
    /// The panes: statuses, orders, one order.
    pub orders: Orders,
    /// The dispute desk.
    pub disputes: Disputes,
    /// The watch on Approved.
    pub stuck: Stuck,
    /// The plans.
    pub plans: Plans,
    /// The facts in quarantine.
    pub quarantine: Quarantine,
    /// The requests to the providers.
    pub requests: Requests,
    /// The orders that differ from what their provider shows.
    pub drift: Drifts,
    /// Settlement statements.
    pub statements: Statements,
    /// People and policy.
    pub team: Team,
    /// What concerns this person.
    pub inbox: Inbox,
    /// The state of the keyboard.
    pub keyboard: Keyboard,
    /// What is asked for since the last message.
    effects: Vec<Effect>,
    /// Commands to run after this one, as if their keys were pressed.
    later: VecDeque<(Command, KeyEvent)>,
    asked: u128,
}

impl App {
    /// Creates a console that has read nothing yet.
    pub fn new(session: Session, prefs: Prefs, size: (u16, u16), now: DateTime<Utc>) -> Self {
        Self {
            orders: Orders::new(session.roles, &prefs),
            session,
            prefs,
            now,
            size,
            link: Link::Connecting,
            slow: None,
            behind: 0,
            lag: None,
            holder: None,
            unread: 0,
            waiting: Waiting::default(),
            journal: Journal::default(),
            layers: Vec::new(),
            places: Vec::new(),
            disputes: Disputes::default(),
            stuck: Stuck::default(),
            plans: Plans::default(),
            quarantine: Quarantine::default(),
            requests: Requests::default(),
            drift: Drifts::default(),
            statements: Statements::default(),
            team: Team::default(),
            inbox: Inbox::default(),
            keyboard: Keyboard::default(),
            effects: Vec::new(),
            later: VecDeque::new(),
            asked: 0,
        }
    }

    /// Asks for an effect.
    pub fn ask(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Takes the effects that were asked for.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Runs a command after this one: a screen does not have to know the screen whose command it is.
    pub fn then(&mut self, command: Command) {
        self.then_key(command, KeyEvent::from(KeyCode::Null));
    }

    /// Runs a command after this one, as if this key had been pressed for it.
    pub fn then_key(&mut self, command: Command, key: KeyEvent) {
        self.later.push_back((command, key));
    }

    /// The next command to run after this one.
    pub fn next_command(&mut self) -> Option<(Command, KeyEvent)> {
        self.later.pop_front()
    }

    /// Something to show: with names and words hidden, if the screen is shared.
    pub fn masked<'a, T: Mask + Clone>(&self, value: &'a T) -> Cow<'a, T> {
        if !self.prefs.mask {
            return Cow::Borrowed(value);
        }
        let mut masked = value.clone();
        masked.mask(&mut Behind(self.prefs.look().glyphs.hidden));
        Cow::Owned(masked)
    }

    /// The text of a query for the screen, without people's names if they are hidden.
    pub fn shown_query(&self, text: &str) -> String {
        if self.prefs.mask { query::masked(text) } else { text.to_owned() }
    }

    /// Says something in the footer.
    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.journal.say(self.now, tone, text);
    }

    /// Says why something was not read. A lost connection is in the header.
    pub fn failed(&mut self, what: &str, failure: &Failure) {
        if let Failure::Other(text) = failure {
            self.say(Tone::Bad, format!("Could not read {what}: {text}"));
        }
    }

    /// Whether this console may write at all; otherwise it says that it may not.
    pub fn may_write(&mut self) -> bool {
        if self.session.read_only {
            self.say(Tone::Bad, READ_ONLY);
        }
        !self.session.read_only
    }

    /// Whether the database can be written now; otherwise it says that it cannot.
    pub fn can_write(&mut self) -> bool {
        let live = self.link == Link::Live;
        if !live {
            self.say(Tone::Bad, NOT_CONNECTED);
        }
        live
    }

    /// A new request id. The same request with the same id is carried out once.
    pub fn request(&mut self) -> Uuid {
        self.asked += 1;
        Uuid::from_u128(self.session.id.as_u128().wrapping_add(self.asked))
    }

    /// The layout of the panes now.
    pub fn layout(&self) -> Option<Layout> {
        Layout::new(self.size.0, self.size.1, self.orders.focus, self.prefs.plain)
    }

    /// Whether something is open on the shown order. Then only a key may show another order.
    pub fn acts(&self) -> bool {
        self.layers.iter().any(|layer| layer.is_on_the_order())
    }

    /// Takes over what drawing the current state found out. What is on the screen can be answered now.
    pub fn drawn(&mut self, mut seen: Measured) {
        self.places = std::mem::take(&mut seen.dialog.places);
        seen.order.into_iter().for_each(|lines| self.orders.scroll.drawn(lines));
        self.with_top(|top, app| {
            if let Some(confirmation) = top.confirmation() {
                match seen.dialog.lines {
                    Some((lines, fit)) if seen.dialog.cut => confirmation.drawn_in_part(lines, fit),
                    Some(_) | None => confirmation.drawn(!seen.dialog.cut),
                }
            }
            top.drawn(app, seen.dialog);
            Then::Stay
        });
    }

    /// Whether anything on the screen shows how old it is.
    pub fn shows_time(&self) -> bool {
        !self.orders.list.rows.is_empty() || !self.layers.is_empty()
    }

    /// Whether a countdown of seconds is on the screen.
    pub const fn counts_seconds(&self) -> bool {
        matches!(self.link, Link::Lost { .. })
    }

    /// When the screen next changes automatically, if the exact time is known.
    pub fn next_change(&self) -> Option<DateTime<Utc>> {
        let held = self.keyboard.held.first().map(|(_, since)| *since + HELD);
        self.orders.live.until().into_iter().chain(self.journal.until(self.now)).chain(held).min()
    }

    /// Whether a write is still in progress.
    pub fn is_writing(&self) -> bool {
        self.orders.writing.is_some()
            || self.quarantine.settling.is_some()
            || self.requests.saying.is_some()
            || self.drift.adopting.is_some()
            || self.orders.running.is_some()
            || self.plans.running.is_some()
            || self.disputes.writing.is_some()
    }
}
