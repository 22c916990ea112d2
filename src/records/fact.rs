//! Facts in quarantine, evidence, and ticked steps of a runbook.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::words::FactState;
use crate::domain::{OrderKey, Status};

/// A quarantined fact, as people and programs read it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Quarantined {
    /// Its number.
    pub id: i64,
    /// The order, if known.
    pub order_id: Option<String>,
    /// The provider, if known.
    pub provider: Option<String>,
    /// When it happened, if known.
    pub happened_at: Option<DateTime<Utc>>,
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// The fact as received, without secrets. In a list, of a long one only the beginning.
    pub raw: Vec<u8>,
    /// How many bytes it has.
    #[serde(default)]
    pub size: i32,
    /// Why, as a code.
    pub why: String,
    /// The word that is not known, if it is in quarantine because of one; else empty.
    pub detail: String,
    /// The merchant that it names, or whose order it is about; empty if neither is known.
    pub merchant: String,
    /// The number of the run that imported it.
    pub import: Option<i64>,
    /// Why, for people.
    pub message: String,
    /// Its possible readings, as JSON.
    pub readings: String,
    /// It came too early and is tried again automatically.
    pub early: bool,
    /// Whether it needs a decision.
    pub state: FactState,
    /// The note of the person who settled it.
    pub note: Option<String>,
    /// Who settled it.
    pub settled_by: Option<String>,
}

/// How many facts are in quarantine of one kind.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct QuarantineKind {
    /// Why they are in quarantine, as a code.
    pub kind: String,
    /// The word that is not known; empty if there is none.
    pub detail: String,
    /// How many they are.
    pub facts: i64,
    /// Their merchants, at most ten.
    pub merchants: Vec<String>,
    /// When the first was received.
    pub oldest: DateTime<Utc>,
}

/// One piece of evidence, as stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Evidence {
    /// The order.
    pub order_id: String,
    /// `attempted` or `observed`.
    pub kind: String,
    /// The attempted action.
    pub action: Option<String>,
    /// The result of the attempt.
    pub result: Option<String>,
    /// The status that the provider reported.
    pub status: Option<String>,
    /// More detail, as received.
    pub detail: Option<String>,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
    /// Who recorded it.
    pub recorder: String,
}

impl Evidence {
    /// The status that the provider named.
    pub fn status(&self) -> Option<Status> {
        Status::read(OrderKey::parse(&self.order_id)?.provider, self.status.as_deref()?)
    }

    /// As text: `authorise attempted: 409, {…}`.
    pub fn words(&self) -> String {
        let detail = self.detail.as_deref().map(|detail| format!(", {}", crate::text::cut(detail, 120)));
        let said = match (&self.action, &self.status) {
            (Some(action), _) => format!("{action} attempted: {}", self.result.as_deref().unwrap_or_default()),
            (None, Some(status)) => {
                let title = self.status().map(Status::title);
                format!("the provider says {}", title.unwrap_or(status))
            }
            (None, None) => String::new(),
        };
        said + &detail.unwrap_or_default()
    }
}

/// A ticked step of a runbook.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Tick {
    /// The step's name.
    pub step: String,
    /// Who ticked it.
    pub recorder: String,
    /// When it was ticked.
    pub at: DateTime<Utc>,
}

/// A step of an order's runbook that was ticked lately.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Ticked {
    /// The order, as `provider:id`.
    pub order_id: String,
    /// The step.
    pub step: String,
    /// Who ticked it.
    pub recorder: String,
    /// When.
    pub at: DateTime<Utc>,
}
