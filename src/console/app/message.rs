//! Messages that the console receives, and effects that it asks for.

use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

use crossterm::event::{KeyEvent, MouseEvent};

use crate::console::app::load::Failure;
use crate::console::app::pulse::Pulse;
use crate::console::app::session::Link;
use crate::console::disputes::requests as disputes;
use crate::console::drift::state as drift;
use crate::console::inbox::state as inbox;
use crate::console::kit::journal::Tone;
use crate::console::orders::shown::Shown;
use crate::console::orders::window::{Listing, Page, PageAsk};
use crate::console::quarantine::state::{Considering, How, Waiting, WaitingAsk};
use crate::console::requests::state as requests;
use crate::console::statements::state as statements;
use crate::console::stuck::requests as stuck;
use crate::console::team::state as team;
use crate::desk::{Answer, Command};
use crate::domain::{OrderKey, Roles};
use crate::intake::quarantine;
use crate::records::{Count, OrderRecord};
use crate::settings::view::{Kept, View};

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
    /// The database has not answered a read since then; or it has now.
    Slow(Option<DateTime<Utc>>),
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
    Waiting(WaitingAsk, Result<Waiting, Failure>),
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
    Stuck(stuck::News),
    /// News from the dispute desk.
    Disputes(disputes::News),
    /// News about requests to the providers.
    Requests(requests::News),
    /// News about orders that differ from what their provider shows.
    Drift(drift::News),
    /// News about settlement statements.
    Statements(statements::News),
    /// News of people and policy.
    Team(team::News),
    /// News of what concerns this person.
    Inbox(inbox::News),
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
    LoadWaiting(WaitingAsk),
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
    Settle(i64, How, String, Option<i32>),
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
    Copy(String, String),
    /// Turn the mouse on, or leave it to the terminal.
    Mouse(bool),
    /// A request about the watch on Approved.
    Stuck(stuck::Ask),
    /// A request about the dispute desk.
    Disputes(disputes::Ask),
    /// A request about requests to the providers.
    Requests(requests::Ask),
    /// A request about orders that differ from what their provider shows.
    Drift(drift::Ask),
    /// Read a page of a settlement statement.
    Statements(statements::PageAsk),
    /// A request about people and policy.
    Team(team::Ask),
    /// A request about what concerns this person.
    Inbox(inbox::Ask),
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

impl Effect {
    /// Whether it waits for others than the database, so that its length says nothing about that.
    pub const fn waits_for_others(&self) -> bool {
        match self {
            Self::Stuck(stuck::Ask::RunPlan(_)) | Self::Requests(requests::Ask::Token(..)) => true,
            Self::Drift(ask) => !matches!(ask, drift::Ask::Page(_)),
            _ => false,
        }
    }
}
