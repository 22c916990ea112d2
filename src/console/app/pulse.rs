//! What a read of the feed brings: the transitions of all orders since the read before.

use crate::domain::{Action, Status};

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
    /// How much of this person's inbox is unread.
    #[serde(default)]
    pub unread: i64,
    /// How many cases this person has, and how many no one has, together.
    #[serde(default)]
    pub waiting_cases: i64,
    /// How many requests to providers wait for a person's word.
    #[serde(default)]
    pub waiting_requests: i64,
    /// How far the feed lags behind, in seconds.
    pub behind: i64,
    /// Whose write holds it back, if it does.
    #[serde(default)]
    pub holder: Option<String>,
    /// How many seconds the standby that is read is behind its primary; `None` on a primary.
    #[serde(default)]
    pub lag: Option<i64>,
    /// A notification came: something that is not in the feed may have changed.
    pub rang: bool,
}

impl Pulse {
    /// What waits on the other screens.
    pub const fn waiting(&self) -> Waiting {
        Waiting { cases: self.waiting_cases, requests: self.waiting_requests }
    }
}

/// What waits on the other screens, as the last pulse said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Cases that this person has, and those that no one has.
    pub cases: i64,
    /// Requests that a person has to say something about.
    pub requests: i64,
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
    /// It was recorded before this console connected: the lists may have shown it from the start.
    #[serde(default)]
    pub old: bool,
}
