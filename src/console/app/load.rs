//! Reading: each kind of data has one read in progress at a time, and the latest request wins.

use crate::store::StoreError;

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

/// The state of reading one kind of data.
#[derive(Debug, Clone, Copy, Default)]
pub struct Load {
    /// A read is needed.
    pub due: bool,
    /// A read is in progress.
    under_way: bool,
}

impl Load {
    /// Whether a read is due or in progress.
    pub const fn is_wanted(&self) -> bool {
        self.due || self.under_way
    }

    /// Starts a read if one is due. Returns whether it may start.
    pub const fn start(&mut self, live: bool) -> bool {
        let start = live && self.due && !self.under_way;
        if start {
            *self = Self { due: false, under_way: true };
        }
        start
    }

    /// Starts reading further rows. Returns whether it may start.
    pub const fn start_more(&mut self, live: bool) -> bool {
        let start = live && !self.under_way;
        self.under_way |= start;
        start
    }

    /// Ends a read. If the database was not reached, the read is due again.
    pub fn end<T>(&mut self, result: &Result<T, Failure>) {
        self.under_way = false;
        self.due |= matches!(result, Err(Failure::Lost | Failure::Unknown));
    }
}
