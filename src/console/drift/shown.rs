//! An order that differs from what its provider shows, as it is drawn: in the list, and with the order.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{OrderKey, Status};
use crate::records::{DriftClass, Sums};
use crate::store::drift::{Drifted, way};
use crate::text;

/// An order that differs. Nothing of it is about people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differing {
    /// The order.
    pub order: OrderKey,
    /// Its merchant.
    pub merchant: Option<String>,
    /// How it differs.
    pub class: DriftClass,
    /// The status here, and what was moved.
    pub ours: (Status, Sums),
    /// The status there, if the provider has it, and what was moved.
    pub theirs: (Option<Status>, Sums),
    /// The provider's word for a status that is not known here.
    #[serde(default)]
    pub word: Option<String>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When the provider said it, or was last read.
    pub read_at: DateTime<Utc>,
    /// The ways from here to there, in words.
    pub ways: Vec<String>,
    /// What a person can do about it.
    pub next: String,
}

impl Differing {
    /// What is drawn of it.
    pub fn of(it: &Drifted) -> Self {
        let order = &it.stored.order;
        Self {
            order: order.key.clone(),
            merchant: it.stored.merchant.clone(),
            class: it.class,
            ours: (order.status, Sums::of(order)),
            theirs: (it.theirs, it.sums),
            word: it.word.as_deref().map(text::clean),
            since: it.since,
            read_at: it.read_at.unwrap_or(it.said_at),
            ways: it.ways.iter().map(|moves| way(moves)).collect(),
            next: it.next(),
        }
    }

    /// Here, in words.
    pub fn here(&self) -> String {
        side(Some(self.ours.0), &self.ours.1)
    }

    /// There, in words.
    pub fn there(&self) -> String {
        match &self.word {
            Some(word) => format!("{word:?}, not known here"),
            None => side(self.theirs.0, &self.theirs.1),
        }
    }
}

/// One side in words: `Partially Captured, captured SAR 120.00`.
fn side(status: Option<Status>, sums: &Sums) -> String {
    let Some(status) = status else { return "no such order".to_owned() };
    let sums = sums.not_zero().words();
    if sums.is_empty() { status.title().to_owned() } else { format!("{}, {sums}", status.title()) }
}
