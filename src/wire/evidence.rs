//! Evidence next to an order: calls made to the provider, and statuses that the provider reported when asked. Evidence
//! moves nothing.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::texts::{required, text};
use super::{Unreadable, secret};
use crate::domain::{Action, Currency, Money, OrderKey, Status};
use crate::records::Sums;
use crate::stuck::answer;

/// The longest result of an attempt, in letters.
const LONGEST: usize = 60;
/// The longest detail that is stored, in bytes: the rest of an error page adds nothing.
const DETAIL: usize = 4_000;

/// What a piece of evidence shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A call to the provider.
    Attempted {
        /// The action it attempted.
        action: Action,
        /// The result: an HTTP status, `timeout`, or another short word.
        result: String,
    },
    /// The provider reported this status, and what was moved where it said that.
    Observed(Status, Sums),
    /// The provider was asked, and has no such order.
    Absent,
}

/// Reads the sums of a line, which names their currency.
fn sums(fields: &Map<String, Value>) -> Result<Sums, Unreadable> {
    let code = text(fields, "currency")?;
    let currency = code.map(|code| Currency::parse(&code)).transpose();
    let currency = currency.map_err(|error| Unreadable::shape(error.to_string()))?;
    let sum = |name: &str| {
        let Some(digits) = text(fields, name)? else { return Ok(None) };
        let currency = currency.ok_or_else(|| Unreadable::shape(format!("{name} needs a currency")))?;
        Money::parse(&digits, currency).map(Some).map_err(|error| Unreadable::shape(error.to_string()))
    };
    Ok(Sums { captured: sum("captured")?, canceled: sum("canceled")?, refunded: sum("refunded")? })
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// The order.
    pub key: OrderKey,
    /// When it was attempted or observed.
    pub at: DateTime<Utc>,
    /// What it shows.
    pub told: Told,
    /// Details that came with it, without secrets.
    pub detail: Option<String>,
}

impl Noted {
    /// Reads `{"type":"attempted","action","result","detail"}` for this order.
    pub(super) fn attempted(fields: &Map<String, Value>, key: OrderKey, at: DateTime<Utc>) -> Result<Self, Unreadable> {
        let word = required(fields, "action")?;
        let known = |action: &Action| key.provider.moves().iter().any(|(known, _)| known == action);
        let action = word.parse().ok().filter(known).ok_or_else(|| Unreadable::word("the action", &word))?;
        let result = answer::plain(&required(fields, "result")?.to_lowercase()).to_owned();
        if result.is_empty() || result.chars().count() > LONGEST || result.chars().any(char::is_control) {
            return Err(Unreadable::shape("result must be an HTTP status, timeout, or another short word"));
        }
        Ok(Self { key, at, told: Told::Attempted { action, result }, detail: detail(fields) })
    }

    /// Reads `{"type":"observed","status"}` for this order, with what was captured, canceled and refunded where it says so.
    pub(super) fn observed(fields: &Map<String, Value>, key: OrderKey, at: DateTime<Utc>) -> Result<Self, Unreadable> {
        let word = required(fields, "status")?;
        let status = Status::read(key.provider, &word).ok_or_else(|| Unreadable::word("the status", &word))?;
        Ok(Self { key, at, told: Told::Observed(status, sums(fields)?), detail: detail(fields) })
    }

    /// Reads `{"type":"absent"}` for this order.
    pub(super) fn absent(fields: &Map<String, Value>, key: OrderKey, at: DateTime<Utc>) -> Self {
        Self { key, at, told: Told::Absent, detail: detail(fields) }
    }

    /// The status that the order has at the provider, if this shows it.
    pub fn status(&self) -> Option<Status> {
        match &self.told {
            Told::Observed(status, _) => Some(*status),
            Told::Absent => None,
            Told::Attempted { action, result } => {
                answer::status(self.key.provider, *action, result, self.detail.as_deref())
            }
        }
    }

    /// Its content in parts, by which a repeat is recognised.
    pub(super) fn parts(&self) -> [String; 6] {
        let (kind, word, result) = match &self.told {
            Told::Attempted { action, result } => ("attempted", action.name(), result.clone()),
            Told::Observed(status, sums) => ("observed", status.name(), sums.words()),
            Told::Absent => ("absent", "", String::new()),
        };
        let detail = self.detail.clone().unwrap_or_default();
        let at = self.at.timestamp_micros().to_string();
        [kind.to_owned(), self.key.to_string(), at, word.to_owned(), result, detail]
    }
}

/// The detail without secrets, cut to length: text as it is, anything else as JSON.
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
