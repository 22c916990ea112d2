//! Database errors, grouped by how the program handles them.

use super::{address, constraints, embedded};
use crate::domain::NotPermitted;
use crate::records::UnknownWord;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached.
    #[error("no database: {0}")]
    Unreachable(String),
    /// The embedded server could not be found or started.
    #[error(transparent)]
    Embedded(#[from] embedded::Error),
    /// The database belongs to another program or to another version of this one. Nothing was changed.
    #[error("{0}; nothing was changed")]
    Foreign(String),
    /// Someone else moved the order first, or the same request is being recorded right now.
    #[error("someone else changed it first")]
    Conflict,
    /// Something else holds a lock in the database for too long. Nothing was changed.
    #[error(
        "something holds a lock in the database and did not let go within 10 seconds; nothing was changed: try again, or ask who administers it"
    )]
    Busy,
    /// The disk of the database's server is full. Nothing was changed.
    #[error(
        "the database's disk is full; nothing was changed: ask who administers it to free some space, then try again"
    )]
    DiskFull,
    /// The clock of this machine is too far off the database's.
    #[error(
        "this machine's clock is {0} the database's: set both with NTP; what runs unattended does not go on until then"
    )]
    WrongClock(String),
    /// The connection was lost during a write: it may or may not be recorded.
    #[error("the connection was lost while writing; the change may or may not be recorded")]
    Unknown(#[source] sqlx::Error),
    /// The connection was lost during a write, and it was found out that nothing is recorded.
    #[error("the connection was lost and nothing was recorded: try again")]
    NotRecorded,
    /// A constraint refused it; its name says why.
    #[error("{}", constraints::explain(.constraint, .message))]
    Refused {
        /// The constraint's name.
        constraint: String,
        /// The database's message.
        message: String,
    },
    /// The person's roles do not allow it.
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    /// The database login may not do this.
    #[error("the database does not allow this: {0}")]
    NotAllowed(String),
    /// Anything else.
    #[error("database error: {0}")]
    Other(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether the data is wrong, and not who writes it or when.
    pub fn is_of_the_data(&self) -> bool {
        match self {
            Self::Refused { constraint, .. } => constraint != "login_acts_for_itself",
            Self::Other(error) => {
                let code = error.as_database_error().and_then(|error| error.code());
                code.is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
            }
            Self::Unreachable(_)
            | Self::Embedded(_)
            | Self::Foreign(_)
            | Self::Conflict
            | Self::Busy
            | Self::DiskFull
            | Self::WrongClock(_)
            | Self::Unknown(_)
            | Self::NotRecorded
            | Self::NotPermitted(_)
            | Self::NotAllowed(_) => false,
        }
    }

    /// Whether an automatic worker must stop because only a person can fix this.
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Foreign(_)
            | Self::NotPermitted(_)
            | Self::NotAllowed(_)
            | Self::WrongClock(_)
            | Self::Refused { .. } => true,
            Self::Unreachable(_)
            | Self::Embedded(_)
            | Self::Conflict
            | Self::Busy
            | Self::DiskFull
            | Self::Unknown(_)
            | Self::NotRecorded
            | Self::Other(_) => false,
        }
    }

    /// Whether a later retry may help because only the connection failed.
    pub const fn is_lost(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Unknown(_) | Self::Embedded(_) | Self::Busy => true,
            Self::Foreign(_)
            | Self::Conflict
            | Self::DiskFull
            | Self::WrongClock(_)
            | Self::NotRecorded
            | Self::Refused { .. }
            | Self::NotPermitted(_)
            | Self::NotAllowed(_)
            | Self::Other(_) => false,
        }
    }
}

/// The constraints that fail when two writers collide, not when something is unlawful.
const RACES: [&str; 20] = [
    "transition_version_unique",
    "transition_request_unique",
    "fact_key_unique",
    "orders_id_unique",
    "quarantine_settled_once",
    "alert_event_unique",
    "plan_request_unique",
    "plan_event_unique",
    "plan_result_unique",
    "plan_event_not_after_end",
    "plan_event_approves_waiting",
    "case_event_unique",
    "case_event_request_unique",
    "dispute_case_one_open",
    "payout_event_unique",
    "payout_event_request_unique",
    "decision_unique",
    "desk_policy_number_unique",
    "request_once",
    "request_open_once",
];

impl From<UnknownWord> for StoreError {
    fn from(error: UnknownWord) -> Self {
        Self::Foreign(format!("the database has a word of another version: {error}"))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return match error {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::Protocol(_) => Self::Unreachable(crate::text::trouble(&error)),
                other => Self::Other(other),
            };
        };
        let message = database.message().to_owned();
        if address::is_pooled(&database.code().unwrap_or_default(), &message) {
            return address::pooled();
        }
        let constraint = database.constraint().map(constraints::plain_name);
        match (constraint, database.code().as_deref()) {
            (Some(constraint), _) if RACES.contains(&constraint) => Self::Conflict,
            (Some(constraint), _) => Self::Refused { constraint: constraint.to_owned(), message },
            // Both waited for each other.
            (None, Some("40001" | "40P01")) => Self::Conflict,
            (None, Some("55P03")) => Self::Busy,
            (None, Some("53100")) => Self::DiskFull,
            (None, Some("42501")) => Self::NotAllowed(message),
            // It took writes when the program connected: now another server does.
            (None, Some("25006")) => Self::Unreachable(format!("the server takes no writes: {message}")),
            // Unknown login, wrong password or unknown database: the URL needs a fix.
            (None, Some(code)) if code.starts_with("28") || code == "3D000" => Self::Unreachable(message),
            (None, Some(code)) if code.starts_with("57P") || code.starts_with("08") || code == "53300" => {
                Self::Unreachable(message)
            }
            (None, _) => Self::Other(error),
        }
    }
}

/// The error of a commit. If the connection was lost, the commit may or may not have happened.
pub fn of_commit(error: sqlx::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Unreachable(lost) => StoreError::Unknown(sqlx::Error::Protocol(lost)),
        other => other,
    }
}
