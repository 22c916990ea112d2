//! How a command ends: its exit code, or why it failed.

use std::io;

use crate::intake::import::ImportError;
use crate::store::StoreError;
use crate::stuck::rule::Severity;

/// How a command ended, as an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Done.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// Wrong usage.
    Usage = 2,
    /// No database.
    NoDatabase = 3,
    /// Refused by the law.
    Refused = 4,
    /// Someone else changed it first.
    Conflict = 5,
    /// It is on its way to the provider, and the answer is not known yet.
    Pending = 6,
}

impl End {
    /// The exit code for monitoring systems: 0 is fine, 1 a warning, 2 critical.
    pub const fn of(worst: Option<Severity>) -> Self {
        match worst {
            None => Self::Done,
            Some(Severity::Warning) => Self::Failed,
            Some(Severity::Critical) => Self::Usage,
        }
    }
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Reading lines or writing output.
    #[error("{}", crate::text::trouble(.0))]
    Io(#[from] io::Error),
    /// Wrong usage.
    #[error("{0}")]
    Usage(String),
    /// Something does not exist, or cannot be done.
    #[error("{0}")]
    Missing(String),
    /// A monitoring check could not find out the state.
    #[error("state unknown: {0}")]
    NotKnown(#[source] StoreError),
}

impl From<ImportError> for CliError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Read(error) => Self::Io(error),
            ImportError::Store(error) => Self::Store(error),
        }
    }
}

impl CliError {
    /// The exit code of this error.
    pub const fn end(&self) -> End {
        match self {
            Self::Usage(_) => End::Usage,
            Self::Store(StoreError::Unreachable(_) | StoreError::Embedded(_) | StoreError::Busy)
            | Self::NotKnown(_) => End::NoDatabase,
            Self::Store(StoreError::Conflict) => End::Conflict,
            Self::Store(StoreError::Refused { .. } | StoreError::NotPermitted(_)) => End::Refused,
            Self::Store(
                StoreError::Foreign(_)
                | StoreError::Unknown(_)
                | StoreError::NotRecorded
                | StoreError::DiskFull
                | StoreError::NotAllowed(_)
                | StoreError::WrongClock(_)
                | StoreError::Other(_),
            )
            | Self::Io(_)
            | Self::Missing(_) => End::Failed,
        }
    }
}
