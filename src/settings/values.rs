//! Reads the values of settings from text. Each error says what to use.

use chrono::{DateTime, Utc};

use crate::domain::{Provider, Role};
use crate::query::{Sort, length_of};
use crate::records::Queue;
use crate::records::zone::{ADVICE, Zone};
use crate::settings::prefs::{Bidi, LogFormat, LogLevel, Times};
use crate::text;

/// Reads who reorders right-to-left text.
///
/// # Errors
///
/// What to use instead.
pub fn bidi(text: &str) -> Result<Bidi, String> {
    text.parse().map_err(|_| "use terminal, application or off".to_owned())
}

/// Reads the level of the log.
///
/// # Errors
///
/// What to use instead.
pub fn log_level(text: &str) -> Result<LogLevel, String> {
    text.parse().map_err(|_| "use error, warn, info or debug".to_owned())
}

/// Reads the format of the log.
///
/// # Errors
///
/// What to use instead.
pub fn log_format(text: &str) -> Result<LogFormat, String> {
    text.parse().map_err(|_| "use text or json".to_owned())
}

/// Reads whether to show ages or times.
///
/// # Errors
///
/// What to use instead.
pub fn times(text: &str) -> Result<Times, String> {
    text.parse().map_err(|_| "use relative or absolute".to_owned())
}

/// Reads since when: a length of time before now, or a moment.
///
/// # Errors
///
/// What to use instead.
pub fn since(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(length) = length_of(text) {
        return Ok(Utc::now() - length);
    }
    let moment = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
    moment.map_err(|_| "use a length of time such as 12h or 2d, or a moment such as 2026-11-20T09:00:00Z".to_owned())
}

/// Reads the name of a queue of cases.
///
/// # Errors
///
/// The queues that there are.
pub fn queue(name: &str) -> Result<Queue, String> {
    name.replace('-', "_").parse().map_err(|_| format!("use one of {}", Queue::names()))
}

/// Reads the name of a schema.
///
/// # Errors
///
/// What to use instead.
pub fn schema(text: &str) -> Result<String, String> {
    let advice = "use lower-case letters, digits and _, starting with a letter";
    crate::store::schema::is_name(text).then(|| text.to_owned()).ok_or_else(|| advice.to_owned())
}

/// Reads a time zone.
///
/// # Errors
///
/// What to use instead.
pub fn zone(text: &str) -> Result<Zone, String> {
    text.parse().map_err(|()| format!("{ADVICE}, or local"))
}

/// Reads a role.
///
/// # Errors
///
/// What to use instead.
pub fn role(name: &str) -> Result<Role, String> {
    name.parse().map_err(|_| "use viewer, agent, lead, ops or admin".to_owned())
}

/// Checks that a login is one printable line: it appears in the log and on other people's screens.
///
/// # Errors
///
/// What to use instead.
pub fn login(name: &str) -> Result<String, String> {
    let is_one = text::clean(name) == name && name.trim() == name;
    is_one.then(|| name.to_owned()).ok_or_else(|| "use one line of printable letters".to_owned())
}

/// Checks that a reason is a code: it is counted and shown to everyone.
///
/// # Errors
///
/// What to use instead.
pub fn code(text: &str) -> Result<String, String> {
    let code = text.trim();
    crate::wire::texts::is_code(code)
        .then(|| code.to_owned())
        .ok_or_else(|| "use a code without blanks, like damaged; words belong into --note".to_owned())
}

/// Reads an order of a list.
///
/// # Errors
///
/// What to use instead.
pub fn sort(name: &str) -> Result<Sort, String> {
    name.parse().map_err(|_| "use age, amount, deadline, urgency or changed".to_owned())
}

/// Reads a provider.
///
/// # Errors
///
/// What to use instead.
pub fn provider(name: &str) -> Result<Provider, String> {
    name.parse().map_err(|_| format!("use {}", Provider::names()))
}

/// Reads a share of one.
///
/// # Errors
///
/// What to use instead.
pub fn share(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| "use a share from 0 to 1".to_owned())
}

/// How many processors this machine has, at most eight of them.
pub fn processors() -> u32 {
    std::thread::available_parallelism().map_or(1, |count| u32::try_from(count.get()).unwrap_or(1).min(8))
}
