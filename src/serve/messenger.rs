//! How messages to parties are carried: `[messages]` of the accounts file.

use std::path::Path;
use std::time::Duration;

use reqwest::Url;
use toml::{Table, Value};

use super::accounts::{Fault, is_local, span};

/// How messages to parties are carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Messenger {
    /// The way.
    pub way: Way,
    /// The pauses before a message is tried again. After the last one it has failed.
    pub pauses: Vec<Duration>,
}

/// A way to carry messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// A command that sh runs for each.
    Command(String),
    /// A webhook to which each is posted as JSON.
    Webhook(String),
}

impl Way {
    /// Its word.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Command(_) => "command",
            Self::Webhook(_) => "webhook",
        }
    }
}

/// Reads how messages to parties are carried, if the file says so.
///
/// # Errors
///
/// [`Fault`] if the file cannot be read, or says something else.
pub fn messenger(path: &Path) -> Result<Option<Messenger>, Fault> {
    let fault = |said: &str| Fault { path: path.to_path_buf(), said: said.to_owned() };
    let text = std::fs::read_to_string(path).map_err(|error| fault(&crate::text::trouble(&error)))?;
    let table: Table = text.parse().map_err(|_| fault("it is not TOML"))?;
    let Some(said) = table.get("messages") else { return Ok(None) };
    let wanted = "[messages] has either command or webhook, and may have pauses, like [\"5s\", \"1m\"]";
    let fields = said.as_table().ok_or_else(|| fault(wanted))?;
    let named = |key: &str| fields.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let known = fields.keys().all(|key| ["command", "webhook", "pauses"].contains(&key.as_str()));
    let way = match (named("command"), named("webhook")) {
        (Some(command), None) if known => Way::Command(command.to_owned()),
        (None, Some(url)) if known && Url::parse(url).is_ok_and(|url| url.scheme() == "https" || is_local(&url)) => {
            Way::Webhook(url.to_owned())
        }
        (None, Some(_)) if known => return Err(fault("the webhook of [messages] has to start with https://")),
        _ => return Err(fault(wanted)),
    };
    let pauses = match fields.get("pauses") {
        None => [5, 60, 300, 900, 3_600, 3 * 3_600].map(Duration::from_secs).to_vec(),
        Some(list) => {
            let all = list.as_array().map(|all| all.iter().map(|it| span(it.as_str()?)).collect());
            all.flatten().ok_or_else(|| fault(wanted))?
        }
    };
    Ok(Some(Messenger { way, pauses }))
}
