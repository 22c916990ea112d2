//! Messages that the console receives, and effects that it asks for.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use crossterm::event::{KeyEvent, MouseEvent};

use super::desk;
use super::form::consequence;
use super::inbox;
use super::journal::Tone;
use super::watch::{Ask, News, Related};
use super::window::{Listing, Page, PageAsk};
use crate::desk::{Answer, Command};
use crate::domain::{Action, OrderKey, Roles, Status};
use crate::intake::quarantine;
use crate::records::Count;
use crate::records::Quarantined;
use crate::records::{OrderRecord, Transition};
use crate::settings::view::Kept;
use crate::settings::view::View;
use crate::store::StoreError;

/// An event for the console.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// A key was pressed.
    Key(KeyEvent),
    /// The filter's new text. Only in recordings, where single keys would reveal what was typed.
    Typed(String),
    /// A mouse event, while the mouse is on.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The screen was resized: columns and lines.
    Resize(u16, u16),
    /// Time has passed: ages on the screen are updated.
    Tick,
    /// The connection to the database changed.
    Link(Link),
    /// The feed was read.
    Pulse(Pulse),
    /// The counts were read.
    Board(Result<Vec<Count>, Failure>),
    /// Rows of a list were read.
    Page(Box<PageAsk>, Result<Page, Failure>),
    /// An order was read.
    Order(OrderKey, Result<Option<Box<Shown>>, Failure>),
    /// A page of the quarantine was read, after this number.
    Waiting(i64, Result<Vec<Quarantined>, Failure>),
    /// The person's roles were read.
    Roles(Result<Roles, Failure>),
    /// The result of a command.
    Wrote(Box<Command>, Result<Answer, Failure>),
    /// The result of one command of many.
    WroteOne(Box<Command>, Result<Answer, Failure>),
    /// The outcome of a command that was unknown before: `None` if nothing was recorded.
    Learnt(Box<Command>, Result<Option<Answer>, Failure>),
    /// What settling a quarantined fact with one of its readings would do.
    Considered(i64, usize, Result<Result<Box<Considering>, quarantine::Answer>, Failure>),
    /// The result of settling a quarantined fact.
    Settled(i64, Result<quarantine::Answer, Failure>),
    /// The orders found for a typed id.
    Sought(String, Result<Vec<OrderRecord>, Failure>),
    /// A whole list was read, up to the limit of marks; and whether there is more.
    All(Listing, Result<(Vec<OrderRecord>, bool), Failure>),
    /// The shared views were read: names and queries.
    Views(Result<Vec<(String, String)>, Failure>),
    /// The result of saving a view (`true`) or forgetting it.
    SavedView(Box<View>, bool, Result<(), Failure>),
    /// Something this program did outside the order book, or failed to do.
    Told(Tone, String),
    /// News from the watch on Approved.
    Watch(News),
    /// News from the dispute desk.
    Desk(desk::News),
}

/// An effect that the console asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Read the counts.
    LoadBoard,
    /// Read rows of a list.
    LoadPage(PageAsk),
    /// Read an order with its timeline.
    LoadOrder(OrderKey),
    /// Read a page of the quarantine, after this number.
    LoadWaiting(i64),
    /// Read the person's roles.
    LoadRoles,
    /// Carry out a command.
    Write(Box<Command>),
    /// Carry out one of many commands, and find out its outcome.
    WriteOne(Box<Command>),
    /// Find out the outcome of a command.
    Learn(Box<Command>),
    /// Find out what settling a quarantined fact with this reading would do.
    Consider(i64, usize),
    /// Settle a quarantined fact, with this note, at this version of its order.
    Settle(i64, inbox::How, String, Option<i32>),
    /// Find the orders with this id.
    Seek(String),
    /// Read a whole list, up to the limit of marks.
    LoadAll(Listing),
    /// Read the shared views.
    LoadViews,
    /// Save a view (`true`), or forget it.
    SaveView(Box<View>, bool),
    /// Save the sort and the columns of each list.
    Remember(BTreeMap<String, Kept>),
    /// Copy a text to the terminal's clipboard.
    Copy(String),
    /// Turn the mouse on, or leave it to the terminal.
    Mouse(bool),
    /// A request about the watch on Approved.
    Watch(Ask),
    /// A request about the dispute desk.
    Desk(desk::Ask),
    /// Notify about an alert outside the screen: bell, desktop.
    Alert(String),
    /// Write the latest messages to a file.
    Dump,
    /// Draw everything again.
    Redraw,
    /// Send the program to the background.
    Suspend,
    /// End the program.
    Quit,
}

/// The connection to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// The first attempt is in progress.
    Connecting,
    /// Connected: the screen is up to date.
    Live,
    /// Lost: the screen was up to date until then.
    Lost {
        /// When it was lost.
        since: DateTime<Utc>,
        /// When the next attempt starts.
        retry_at: DateTime<Utc>,
    },
}

/// What one read of the feed brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Pulse {
    /// The moves.
    pub moves: Vec<Move>,
    /// The keys of the orders whose cases changed.
    #[serde(default)]
    pub cases: Vec<String>,
    /// The statuses that orders left or entered.
    pub statuses: Vec<Status>,
    /// How many facts wait in quarantine.
    pub quarantined: i64,
    /// How far the feed lags behind, in seconds.
    pub behind: i64,
    /// A notification came: something that is not in the feed may have changed.
    pub rang: bool,
}

/// What settling a quarantined fact with one of its readings would do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Considering {
    /// The order, and its version.
    pub order: (OrderKey, i32),
    /// The full consequence, in words.
    pub consequence: String,
    /// The action that would be recorded.
    pub action: Action,
}

impl From<quarantine::Considered> for Considering {
    fn from(considered: quarantine::Considered) -> Self {
        let quarantine::Considered { stored, step, .. } = considered;
        let order = (stored.order.key.clone(), stored.order.version);
        Self { order, consequence: consequence(&step, &stored), action: step.action() }
    }
}

/// One transition, as the feed reports it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Move {
    /// The order's key.
    pub order: String,
    /// The order's version after it.
    pub seq: i32,
    /// The action; none if the order was opened.
    pub action: Option<Action>,
    /// The new status.
    pub to: Option<Status>,
    /// Who recorded it.
    pub recorder: String,
}

/// An order with everything shown next to it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Shown {
    /// The order.
    pub stored: OrderRecord,
    /// The latest entries of its log; none while they are read.
    pub log: Option<Vec<Transition>>,
    /// Its facts in quarantine.
    pub held: Vec<Quarantined>,
    /// What is shown next to its log.
    #[serde(default)]
    pub related: Related,
}

/// A failure of the store, reduced to what a person can act on.
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
