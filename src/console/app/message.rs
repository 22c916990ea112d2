//! What happens to the console, and what it has done outside.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use crossterm::event::{KeyEvent, MouseEvent};

use super::desk;
use super::form::consequence;
use super::inbox;
use super::journal::Tone;
use super::views::{Kept, View};
use super::watch::{Ask, Beside, News};
use super::window::{Listing, Page, PageAsk};
use crate::desk::{Answer, Command};
use crate::domain::{Action, OrderKey, Roles, Status};
use crate::intake::quarantine;
use crate::store::inbox::Quarantined;
use crate::store::read::Count;
use crate::store::{Entry, StoreError, Stored};

/// Something happened.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// A key was pressed.
    Key(KeyEvent),
    /// The filter says this now: in recordings, where single keys would tell what was typed.
    Typed(String),
    /// The mouse did something, where it was asked for.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The screen has another size.
    Resize(u16, u16),
    /// Time went by; whatever shows an age shows it anew.
    Tick,
    /// The way to the database.
    Link(Link),
    /// The feed was looked at.
    Pulse(Pulse),
    /// The counts were read.
    Board(Result<Vec<Count>, Failure>),
    /// Rows of a list were read.
    Page(Box<PageAsk>, Result<Page, Failure>),
    /// An order was read.
    Order(OrderKey, Result<Option<Box<Shown>>, Failure>),
    /// A page of the quarantine after a number was read.
    Waiting(i64, Result<Vec<Quarantined>, Failure>),
    /// The person's roles were read.
    Roles(Result<Roles, Failure>),
    /// A command was carried out, or not.
    Wrote(Box<Command>, Result<Answer, Failure>),
    /// One of many commands was carried out, or not.
    WroteOne(Box<Command>, Result<Answer, Failure>),
    /// What became of a command whose outcome was unknown: `None` where nothing was recorded.
    Learnt(Box<Command>, Result<Option<Answer>, Failure>),
    /// What taking a quarantined fact as a reading would do.
    Considered(i64, usize, Result<Result<Box<Considering>, quarantine::Answer>, Failure>),
    /// A quarantined fact was settled, or not.
    Settled(i64, Result<quarantine::Answer, Failure>),
    /// Orders of a name were looked for.
    Sought(String, Result<Vec<Stored>, Failure>),
    /// All of a list was read, as far as anybody may mark; whether there is more.
    All(Listing, Result<(Vec<Stored>, bool), Failure>),
    /// The shared views were read: names and queries.
    Views(Result<Vec<(String, String)>, Failure>),
    /// A view was kept, or forgotten, or neither.
    SavedView(Box<View>, bool, Result<(), Failure>),
    /// Something this program did beside the order book, or could not do.
    Told(Tone, String),
    /// News of the watch on Approved.
    Watch(News),
    /// News of the desk of disputes.
    Desk(desk::News),
}

/// What has to be done outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Read the counts.
    LoadBoard,
    /// Read rows of a list.
    LoadPage(PageAsk),
    /// Read an order with its timeline.
    LoadOrder(OrderKey),
    /// Read a page of the quarantine after a number.
    LoadWaiting(i64),
    /// Read the person's roles.
    LoadRoles,
    /// Carry out a command.
    Write(Box<Command>),
    /// Carry out one of many commands, and find out what became of it.
    WriteOne(Box<Command>),
    /// Find out what became of a command.
    Learn(Box<Command>),
    /// Find out what taking a quarantined fact as this reading would do.
    Consider(i64, usize),
    /// Settle a quarantined fact, with this note, on this version of its order.
    Settle(i64, inbox::How, String, Option<i32>),
    /// Look for the orders of a name.
    Seek(String),
    /// Read all of a list, as far as anybody may mark.
    LoadAll(Listing),
    /// Read the shared views.
    LoadViews,
    /// Keep a view, or forget it.
    SaveView(Box<View>, bool),
    /// Write down how lists are sorted, and their columns.
    Remember(BTreeMap<String, Kept>),
    /// Give a text to the terminal's clipboard.
    Copy(String),
    /// Take the mouse, or leave it to the terminal.
    Mouse(bool),
    /// Something about the watch on Approved.
    Watch(Ask),
    /// Something about the desk of disputes.
    Desk(desk::Ask),
    /// Tell of an alert beyond the screen: bell, desktop.
    Alert(String),
    /// Write down the latest messages.
    Dump,
    /// Draw everything anew.
    Redraw,
    /// Go into the background.
    Suspend,
    /// End.
    Quit,
}

/// The way to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// On its way for the first time.
    Connecting,
    /// What is on the screen is true.
    Live,
    /// It was true until then.
    Lost {
        /// Until when.
        since: DateTime<Utc>,
        /// When it is tried again.
        retry_at: DateTime<Utc>,
    },
}

/// What looking at the feed brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Pulse {
    /// What moved.
    pub moves: Vec<Move>,
    /// Whose cases something happened to: their orders' names.
    #[serde(default)]
    pub cases: Vec<String>,
    /// Which statuses they left or came to.
    pub statuses: Vec<Status>,
    /// How many facts wait in quarantine.
    pub quarantined: i64,
    /// For how many seconds the feed has been held back.
    pub behind: i64,
    /// Somebody rang: something may have changed that the feed does not carry.
    pub rang: bool,
}

/// What taking a quarantined fact as a reading would do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Considering {
    /// Whose it is, and at which version.
    pub order: (OrderKey, i32),
    /// The full consequence.
    pub consequence: String,
    /// What would be done.
    pub action: Action,
}

impl From<quarantine::Considered> for Considering {
    fn from(considered: quarantine::Considered) -> Self {
        let quarantine::Considered { stored, step, .. } = considered;
        let order = (stored.order.key.clone(), stored.order.version);
        Self { order, consequence: consequence(&step, &stored), action: step.action() }
    }
}

/// One move, as the feed tells it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Move {
    /// Whose: the order's name.
    pub order: String,
    /// The order's version after it.
    pub seq: i32,
    /// What was done; nothing where it was opened.
    pub action: Option<Action>,
    /// What it is now.
    pub to: Option<Status>,
    /// Who wrote it down.
    pub recorder: String,
}

/// An order with all that stands beside it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Shown {
    /// The order.
    pub stored: Stored,
    /// The latest of its log; none while it is being read.
    pub log: Option<Vec<Entry>>,
    /// What waits in quarantine for it.
    pub held: Vec<Quarantined>,
    /// What stands beside its log.
    #[serde(default)]
    pub beside: Beside,
}

/// A failure of the store, as far as a person can do something about it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The database could not be reached; nothing was written.
    Lost,
    /// The connection was lost in the middle of a write.
    Unknown,
    /// Anything else, in words.
    Other(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unknown(_) => Self::Unknown,
            error if error.is_lost() => Self::Lost,
            error => Self::Other(error.to_string()),
        }
    }
}
