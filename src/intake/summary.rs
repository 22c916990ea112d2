//! What an import did.

use std::collections::BTreeSet;

/// The result of an import. Each line is counted once, by its final state.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Summary {
    /// Lines read.
    pub read: u64,
    /// Lines that opened or moved an order, or were stored as evidence.
    pub applied: u64,
    /// Transitions that no line reported but a later one implied.
    pub inferred: u64,
    /// Lines that said what was already known.
    pub repeated: u64,
    /// Lines in quarantine, waiting for a person.
    pub quarantined: u64,
    /// The number of this import, if a line of it is in quarantine.
    #[serde(skip)]
    pub import: Option<i64>,
    /// Of the repeated lines, those in quarantine since an earlier run.
    #[serde(skip)]
    pub waiting: u64,
    /// Some fields that lines had and this program does not read.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub unread: BTreeSet<String>,
}

impl Summary {
    /// Whether any line of the file is in quarantine, from this run or an earlier one.
    pub const fn left_something(&self) -> bool {
        self.quarantined + self.waiting > 0
    }
}
