//! What is known of the shown order, and what a read of the feed brings.

use crate::console::stuck::shown::Related;
use crate::domain::{Action, Status};
use crate::records::{OrderRecord, Quarantined, Transition};

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

impl Shown {
    /// An order of which only this is known yet.
    pub fn of(stored: OrderRecord) -> Self {
        Self { stored, log: None, held: Vec::new(), related: Related::default() }
    }
}
