//! What somebody tried at the provider, and what the provider said when it was asked: evidence beside an order. It moves
//! nothing.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::line::{required, text};
use super::{Unreadable, secret};
use crate::domain::{Action, OrderKey, Provider, Status};

/// The longest word for what came of an attempt, in letters.
const LONGEST: usize = 60;
/// So much of a detail is kept, in bytes: an error page says nothing more after that.
const DETAIL: usize = 4_000;

/// What it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A call was made.
    Attempted {
        /// To do what.
        action: Action,
        /// What came of it: a status of HTTP, `timeout`, or another short word.
        result: String,
    },
    /// The provider was asked, and said this status.
    Observed(Status),
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Whose.
    pub key: OrderKey,
    /// When it was tried, or observed.
    pub at: DateTime<Utc>,
    /// What it tells.
    pub told: Told,
    /// What came with it, without secrets.
    pub detail: Option<String>,
}

impl Noted {
    /// `{"type":"attempted","action","result","detail"}` of this order.
    pub(super) fn attempted(fields: &Map<String, Value>, key: OrderKey, at: DateTime<Utc>) -> Result<Self, Unreadable> {
        let word = required(fields, "action")?;
        let known = |action: &Action| key.provider.moves().iter().any(|(known, _)| known == action);
        let action = word.parse().ok().filter(known).ok_or_else(|| Unreadable::word("the action", &word))?;
        let result = required(fields, "result")?.trim().to_lowercase();
        if result.is_empty() || result.chars().count() > LONGEST || result.chars().any(char::is_control) {
            return Err(Unreadable::shape("result is a status of HTTP, timeout, or another short word"));
        }
        Ok(Self { key, at, told: Told::Attempted { action, result }, detail: detail(fields) })
    }

    /// `{"type":"observed","status"}` of this order.
    pub(super) fn observed(fields: &Map<String, Value>, key: OrderKey, at: DateTime<Utc>) -> Result<Self, Unreadable> {
        let word = required(fields, "status")?;
        let of = |provider: Provider| move |status: &Status| status.provider() == provider;
        let status = Status::parse(&word).filter(of(key.provider));
        let status = status.ok_or_else(|| Unreadable::word("the status", &word))?;
        Ok(Self { key, at, told: Told::Observed(status), detail: detail(fields) })
    }

    /// What it says, word by word: the same thing twice is known by it.
    pub(super) fn parts(&self) -> [String; 6] {
        let [kind, word, result] = match &self.told {
            Told::Attempted { action, result } => ["attempted", action.name(), result],
            Told::Observed(status) => ["observed", status.name(), ""],
        };
        let detail = self.detail.clone().unwrap_or_default();
        let at = self.at.timestamp_micros().to_string();
        [kind.to_owned(), self.key.to_string(), at, word.to_owned(), result.to_owned(), detail]
    }
}

/// What came with it, whatever that is: a text, or anything else as JSON.
fn detail(fields: &Map<String, Value>) -> Option<String> {
    let words = match fields.get("detail")? {
        Value::Null => return None,
        Value::String(_) => text(fields, "detail").ok().flatten()?,
        other => other.to_string(),
    };
    let kept = secret::words(&String::from_utf8_lossy(&secret::blanked(words.as_bytes())));
    let end = kept.char_indices().map(|(at, _)| at).take_while(|at| *at <= DETAIL).last().unwrap_or(0);
    let end = if kept.len() <= DETAIL { kept.len() } else { end };
    Some(kept[..end].to_owned()).filter(|kept| !kept.is_empty())
}
