//! When and how often orders are read: to find out what became of a request, and to see what the provider did.

use std::time::Duration;

use toml::Value;

use super::fields::Fields;

/// When and how often an order is read to find out what became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// The pauses before the readings; the last one repeats.
    pub pauses: Vec<Duration>,
    /// After so long a person has to find out.
    pub until: Duration,
    /// Two readings without a change, so far apart, mean that it was not done.
    pub apart: Duration,
}

impl Default for Asking {
    fn default() -> Self {
        let minutes = |count: u64| Duration::from_secs(count * 60);
        let mut pauses = vec![Duration::ZERO, Duration::from_secs(10), minutes(1)];
        pauses.extend([minutes(5); 5]);
        pauses.push(minutes(60));
        Self { pauses, until: minutes(48 * 60), apart: minutes(2) }
    }
}

impl Asking {
    /// The key `asking` of an account.
    ///
    /// # Errors
    ///
    /// What is wrong with it, for people.
    pub(super) fn of(account: &Fields<'_>) -> Result<Self, String> {
        let usual = Self::default();
        let Some(inner) = account.inner("asking", "pauses, until and apart")? else { return Ok(usual) };
        let pauses = match inner.fields.get("pauses") {
            None => usual.pauses,
            Some(Value::Array(list)) if !list.is_empty() => {
                let one = |value: &Value| inner.span("pauses", value.as_str().unwrap_or_default());
                list.iter().map(one).collect::<Result<_, _>>()?
            }
            Some(_) => return Err(inner.fault("pauses has to be a list of lengths")),
        };
        Ok(Self { pauses, until: inner.length("until", usual.until)?, apart: inner.length("apart", usual.apart)? })
    }
}

/// How often orders are read that no one asked for: with which share of the account's rate, and how long after their last reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The share of the rate, 0 to 1. With 0 only what is asked for is read.
    pub share: f64,
    /// Orders that are stuck: at Approved.
    pub stuck: Duration,
    /// Orders with a move of ours that the provider has not confirmed.
    pub unconfirmed: Duration,
    /// All other orders that have not ended.
    pub open: Duration,
}

impl Default for Reading {
    fn default() -> Self {
        let minutes = |count: u64| Duration::from_secs(count * 60);
        Self { share: 0.2, stuck: minutes(10), unconfirmed: minutes(10), open: minutes(24 * 60) }
    }
}

impl Reading {
    /// The key `reading` of an account.
    ///
    /// # Errors
    ///
    /// What is wrong with it, for people.
    pub(super) fn of(account: &Fields<'_>) -> Result<Self, String> {
        let usual = Self::default();
        let Some(inner) = account.inner("reading", "share, stuck, unconfirmed and open")? else { return Ok(usual) };
        let known = ["share", "stuck", "unconfirmed", "open"];
        if let Some(other) = inner.fields.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(inner.fault(format!("{other:?} is not a key of it; there are {}", known.join(", "))));
        }
        let share = match inner.fields.get("share") {
            None => usual.share,
            Some(Value::Integer(share)) => *share as f64,
            Some(Value::Float(share)) => *share,
            Some(_) => f64::NAN,
        };
        if !(0.0..=1.0).contains(&share) {
            return Err(inner.fault("share has to be 0 to 1: the part of the rate that is for reading"));
        }
        Ok(Self {
            share,
            stuck: inner.length("stuck", usual.stuck)?,
            unconfirmed: inner.length("unconfirmed", usual.unconfirmed)?,
            open: inner.length("open", usual.open)?,
        })
    }
}
