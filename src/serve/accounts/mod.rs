//! The accounts file: who the providers are reached as, and with which secrets. Nothing else holds these, the database included.
//! A fault names the file, the account and the key, and never quotes what stands there.

mod asking;
mod fields;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use chrono::{DateTime, Utc};
use reqwest::Url;
use toml::{Table, Value};

use super::secret::{Place, Secret};
use crate::domain::Provider;
use crate::query::length_of;
use crate::store::accounts::Announced;
use crate::wire;
use crate::wire::call::Connector;
pub use asking::{Asking, Reading};
use fields::Fields;

/// An account with its secrets.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its name, which is also in its receiving address.
    pub name: String,
    /// The provider.
    pub provider: Provider,
    /// Whose orders it acts for; `*` is all of the provider.
    pub merchants: Vec<String>,
    /// Where its calls go.
    pub base_url: Url,
    /// Where that is, in a word.
    pub environment: String,
    /// What it shows to the provider; `None` if it only receives.
    pub key: Option<Key>,
    /// The tokens that notifications are signed with, each with its end.
    pub notification_tokens: Vec<Ending>,
    /// Whether it sends; otherwise it only receives and reads.
    pub send: bool,
    /// How many calls a second.
    pub rate: f64,
    /// How long a call may take.
    pub timeout: Duration,
    /// Who carries what is captured, unless a request says so.
    pub shipping_company: Option<String>,
    /// When and how often an order is read to find out what became of a request.
    pub asking: Asking,
    /// How often orders are read that no one asked for.
    pub reading: Reading,
}

/// A secret, and when it ends.
pub type Ending = (Secret, Option<DateTime<Utc>>);

/// What an account shows to its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A token, and where it stands, so that it can be replaced.
    Bearer(Secret, Place),
    /// A public and a private key.
    Pair(Secret, Secret),
}

/// Both keys as AtaraPay takes them.
pub fn pair(public: &Secret, private: &Secret) -> String {
    BASE64_STANDARD.encode(format!("{}:{}", public.expose(), private.expose()))
}

impl Account {
    /// How its provider is asked and told. Only such accounts can be read from the file.
    pub fn connector(&self) -> Option<&'static Connector> {
        wire::connector(self.provider)
    }

    /// Whether it can read orders.
    pub const fn reads(&self) -> bool {
        self.key.is_some()
    }

    /// What may be told of it.
    pub fn announced(&self) -> Announced {
        Announced {
            name: self.name.clone(),
            provider: self.provider.name(),
            merchants: self.merchants.clone(),
            environment: self.environment.clone(),
            sends: self.send && self.key.is_some(),
            shipping_company: self.shipping_company.clone(),
        }
    }

    /// Whether it acts for the orders of a merchant.
    pub fn acts_for(&self, merchant: &str) -> bool {
        self.merchants.iter().any(|name| name == "*" || name == merchant)
    }

    /// The merchant of an order that it opens: the first that it names, else its own name.
    pub fn merchant(&self) -> &str {
        self.merchants.iter().map(String::as_str).find(|name| *name != "*").unwrap_or(&self.name)
    }

    /// A text without this account's secrets in it, wherever it came from.
    pub fn cleaned(&self, text: &str) -> String {
        wire::secret::words(&self.without_secrets(text))
    }

    /// Bytes without this account's own secrets, wherever they came from.
    pub fn blanked(&self, bytes: &[u8]) -> Vec<u8> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.without_secrets(text).into_bytes(),
            // Each stretch that is text; what is between keeps its bytes.
            Err(_) => bytes.utf8_chunks().fold(Vec::with_capacity(bytes.len()), |mut kept, chunk| {
                kept.extend(self.without_secrets(chunk.valid()).into_bytes());
                kept.extend_from_slice(chunk.invalid());
                kept
            }),
        }
    }

    /// A text without this account's own secrets, as they are and as they are spelled on the way: in base64, in forms, in JSON.
    pub fn without_secrets(&self, text: &str) -> String {
        let mut secrets: Vec<String> =
            self.notification_tokens.iter().map(|(token, _)| token.expose().to_owned()).collect();
        match &self.key {
            Some(Key::Bearer(token, _)) => secrets.push(token.expose().to_owned()),
            Some(Key::Pair(public, private)) => {
                secrets.push(pair(public, private));
                secrets.extend([public.expose().to_owned(), private.expose().to_owned()]);
            }
            None => {}
        }
        let mut text = text.to_owned();
        for secret in secrets.into_iter().filter(|secret| secret.len() >= 4) {
            let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            for spelled in [form, secret.replace('/', "\\/"), secret] {
                text = text.replace(&spelled, "[removed]");
            }
        }
        text
    }
}

/// Why the accounts cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {said}", path.display())]
pub struct Fault {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it, and what would be right.
    pub said: String,
}

/// Reads the accounts of a file.
///
/// # Errors
///
/// [`Fault`] if it cannot be read, can be read by others, or says something that is not an account.
pub fn read(path: &Path) -> Result<Vec<Account>, Fault> {
    let fault = |said: String| Fault { path: path.to_path_buf(), said };
    let told = |error: std::io::Error| fault(format!("cannot be read: {}", crate::text::trouble(&error)));
    let about = std::fs::metadata(path).map_err(told)?;
    if about.permissions().mode() & 0o077 != 0 {
        let words = "it has secrets and can be read by other users of this machine: chmod 600 it";
        return Err(fault(words.to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(told)?;
    parse(&text, path.parent().unwrap_or(Path::new("."))).map_err(fault)
}

/// Reads accounts as they are written; files of secrets are relative to `folder`. An error quotes nothing of the text.
///
/// # Errors
///
/// What is wrong, and what would be right.
pub fn parse(text: &str, folder: &Path) -> Result<Vec<Account>, String> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        format!("line {line} is not TOML")
    })?;
    if let Some(other) = table.keys().find(|key| !["account", "messages"].contains(&key.as_str())) {
        return Err(format!("{other:?} is not a key of it; accounts are written as [[account]]"));
    }
    let list = match table.get("account") {
        Some(Value::Array(list)) => list.as_slice(),
        None => &[],
        Some(_) => return Err("accounts are written as [[account]]".to_owned()),
    };
    let mut accounts: Vec<Account> = Vec::new();
    for (at, entry) in list.iter().enumerate() {
        let Value::Table(fields) = entry else { return Err("accounts are written as [[account]]".to_owned()) };
        let account = Fields::new(fields, folder, format!("account {}", at + 1)).account()?;
        if accounts.iter().any(|known| known.name == account.name) {
            return Err(format!("there are two accounts with the name {:?}", account.name));
        }
        if account.timeout.is_zero() {
            return Err(format!("{}: timeout has to be longer than nothing", account.name));
        }
        if let Some((other, merchant)) = both(&accounts, &account) {
            let name = &account.name;
            return Err(format!(
                "{other} and {name} both send for the merchant {merchant:?}: name each in one account"
            ));
        }
        accounts.push(account);
    }
    Ok(accounts)
}

/// An account of the same provider that sends for the same merchant, and the merchant: it would be left to chance whose token is used.
fn both<'a>(known: &'a [Account], account: &'a Account) -> Option<(&'a str, &'a str)> {
    let same = known.iter().filter(|it| it.send && account.send && it.provider == account.provider);
    let named = |it: &&'a Account| it.merchants.iter().find(|merchant| account.merchants.contains(merchant));
    same.filter_map(|it| Some((it.name.as_str(), named(&it)?.as_str()))).next()
}

/// Whether an address is on this machine.
pub fn is_local(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host == "localhost" || host == "[::1]" || host.starts_with("127."))
}

/// The file that has an account's token, even if it cannot be read now; what is wrong if it stands elsewhere.
///
/// # Errors
///
/// [`Fault`] if the accounts file cannot be read, or has no such account.
pub fn token_place(path: &Path, name: &str) -> Result<Result<PathBuf, String>, Fault> {
    let fault = |said: String| Fault { path: path.to_path_buf(), said };
    let text = std::fs::read_to_string(path).map_err(|error| fault(crate::text::trouble(&error)))?;
    let table: Table = text.parse().map_err(|_| fault("it is not TOML".to_owned()))?;
    let list = table.get("account").and_then(Value::as_array);
    let named = list.and_then(|list| list.iter().find(|entry| entry.get("name").and_then(Value::as_str) == Some(name)));
    let account = named.ok_or_else(|| fault(format!("no account {name:?}")))?;
    let Some(Value::Table(place)) = account.get("api_token") else {
        return Ok(Err("it has no api_token".to_owned()));
    };
    if place.contains_key("credential") {
        return Ok(Err(
            "its token is a credential of systemd: replace the file that the unit loads, and restart the server"
                .to_owned(),
        ));
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    Ok(match Place::of(place, folder) {
        Ok(Place::File(file)) => Ok(file),
        Ok(Place::Env(variable)) => {
            Err(format!("its token is in the variable {variable}: set it there and start the server again"))
        }
        Err(said) => Err(said),
    })
}

/// A length of time: `500ms`, `10s`, `5m`, `2h`, `3d`.
pub fn span(text: &str) -> Option<Duration> {
    if let Some(digits) = text.strip_suffix("ms") {
        return digits.parse().ok().map(Duration::from_millis);
    }
    if let Some(digits) = text.strip_suffix('s') {
        return digits.parse().ok().map(Duration::from_secs);
    }
    length_of(text).ok()?.to_std().ok()
}

#[cfg(test)]
mod tests;
