//! The user, where they work, and whether the database can be reached.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::domain::Roles;

/// The user, and where they work.
#[derive(Debug, Clone)]
pub struct Session {
    /// The user's name.
    pub person: String,
    /// Their roles.
    pub roles: Roles,
    /// Nothing may be written.
    pub read_only: bool,
    /// The database, in one word.
    pub place: String,
    /// Real money: the name is shown as a warning.
    pub production: bool,
    /// Its id, from which request ids are made.
    pub id: Uuid,
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
