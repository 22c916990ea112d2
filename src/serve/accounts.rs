//! The accounts file: who the providers are reached as, and with which secrets. Nothing else holds these, the database included.
//! A fault names the file, the account and the key, and never quotes what stands there.

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
use crate::wire::call::{Auth, Connector};

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
        let account = Fields { fields, folder, name: format!("account {}", at + 1) }.account()?;
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

/// The fields of one account.
struct Fields<'a> {
    fields: &'a Table,
    folder: &'a Path,
    /// How faults name the account.
    name: String,
}

const KNOWN: [&str; 14] = [
    "name",
    "provider",
    "merchants",
    "base_url",
    "api_token",
    "notification_tokens",
    "public_key",
    "private_key",
    "send",
    "rate",
    "timeout",
    "shipping_company",
    "environment",
    "asking",
];

impl Fields<'_> {
    fn fault(&self, said: impl std::fmt::Display) -> String {
        format!("{}: {said}", self.name)
    }

    fn text(&self, key: &str) -> Result<Option<String>, String> {
        match self.fields.get(key) {
            None => Ok(None),
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text.trim().to_owned())),
            Some(_) => Err(self.fault(format!("{key} has to be text"))),
        }
    }

    fn needed(&self, key: &str) -> Result<String, String> {
        self.text(key)?.ok_or_else(|| self.fault(format!("{key} is missing")))
    }

    fn length(&self, key: &str, otherwise: Duration) -> Result<Duration, String> {
        let Some(text) = self.text(key)? else { return Ok(otherwise) };
        self.span(key, &text)
    }

    fn span(&self, key: &str, text: &str) -> Result<Duration, String> {
        span(text).ok_or_else(|| self.fault(format!("{key} has to be a length of time, like 10s or 5m")))
    }

    fn account(mut self) -> Result<Account, String> {
        let name = self.needed("name")?;
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
        if name.len() > 63
            || !name.chars().all(plain)
            || !name.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        {
            return Err(self.fault("the name is in an address: use letters, digits, and _ . - between them"));
        }
        self.name = format!("account {name}");
        if let Some(other) = self.fields.keys().find(|key| !KNOWN.contains(&key.as_str())) {
            return Err(self.fault(format!("{other:?} is not a key of an account; there are {}", KNOWN.join(", "))));
        }
        let word = self.needed("provider")?;
        let provider: Provider =
            word.parse().map_err(|_| self.fault(format!("the provider has to be {}", Provider::names())))?;
        let connector = wire::connector(provider)
            .ok_or_else(|| self.fault(format!("{} cannot be reached by this program", provider.title())))?;
        let environment = self.text("environment")?;
        let base_url = self.url(environment.as_deref())?;
        Ok(Account {
            merchants: self.merchants(&name)?,
            environment: environment.unwrap_or_else(|| environment_of(&base_url)),
            key: self.key(connector.auth)?,
            notification_tokens: self.tokens()?,
            send: self.send()?,
            rate: self.rate()?,
            timeout: self.length("timeout", Duration::from_secs(10))?,
            shipping_company: self.text("shipping_company")?,
            asking: self.asking()?,
            name,
            provider,
            base_url,
        })
    }

    fn url(&self, environment: Option<&str>) -> Result<Url, String> {
        let said = self.needed("base_url")?;
        let url = Url::parse(&said)
            .map_err(|_| self.fault("base_url is not an address; write it like https://api.tamara.co"))?;
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            return Err(self.fault("base_url has no user, password or query: secrets have keys of their own"));
        }
        let local = is_local(&url);
        if url.scheme() != "https" && !(url.scheme() == "http" && (local || environment == Some("test"))) {
            return Err(self
                .fault("base_url has to begin with https://; http:// is for this machine and environment = \"test\""));
        }
        Ok(url)
    }

    fn merchants(&self, name: &str) -> Result<Vec<String>, String> {
        let wrong = || self.fault("merchants has to be a list of names, or [\"*\"] for all of the provider");
        match self.fields.get("merchants") {
            None => Ok(vec![name.to_owned()]),
            Some(Value::Array(list)) if !list.is_empty() => list
                .iter()
                .map(|one| {
                    one.as_str()
                        .filter(|one| !one.is_empty() && !one.contains('\n'))
                        .map(str::to_owned)
                        .ok_or_else(wrong)
                })
                .collect(),
            Some(Value::String(one)) if !one.is_empty() => Ok(vec![one.clone()]),
            Some(_) => Err(wrong()),
        }
    }

    fn secret(&self, key: &str, value: &Value) -> Result<(Secret, Place), String> {
        let Value::Table(table) = value else {
            return Err(self.fault(format!(
                "{key} has to be {{ env = \"NAME\" }} or {{ file = \"PATH\" }}, never the secret itself"
            )));
        };
        let place = Place::of(table, self.folder).map_err(|said| self.fault(format!("{key}: {said}")))?;
        let secret = place.read().map_err(|said| self.fault(format!("{key}: {said}")))?;
        Ok((secret, place))
    }

    fn named(&self, key: &str) -> Result<Option<(Secret, Place)>, String> {
        self.fields.get(key).map(|value| self.secret(key, value)).transpose()
    }

    fn key(&self, auth: Auth) -> Result<Option<Key>, String> {
        match auth {
            Auth::Bearer => Ok(self.named("api_token")?.map(|(secret, place)| Key::Bearer(secret, place))),
            Auth::FormToken => match (self.named("public_key")?, self.named("private_key")?) {
                (Some((public, _)), Some((private, _))) => Ok(Some(Key::Pair(public, private))),
                (None, None) => Ok(None),
                (Some(_), None) | (None, Some(_)) => Err(self.fault("give both public_key and private_key")),
            },
        }
    }

    fn tokens(&self) -> Result<Vec<Ending>, String> {
        let list = match self.fields.get("notification_tokens") {
            None => return Ok(Vec::new()),
            Some(Value::Array(list)) => list,
            Some(_) => return Err(self.fault("notification_tokens has to be a list")),
        };
        let one = |value: &Value| {
            let until = match value.get("until") {
                None => None,
                Some(until) => {
                    let text =
                        until.as_str().map(str::to_owned).or_else(|| until.as_datetime().map(ToString::to_string));
                    let read = text.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
                    Some(read.ok_or_else(|| self.fault("until has to be a time, like 2026-12-31T00:00:00Z"))?.to_utc())
                }
            };
            Ok((self.secret("notification_tokens", value)?.0, until))
        };
        list.iter().map(one).collect()
    }

    fn send(&self) -> Result<bool, String> {
        match self.fields.get("send") {
            None => Ok(true),
            Some(Value::Boolean(send)) => Ok(*send),
            Some(_) => Err(self.fault("send has to be true or false")),
        }
    }

    fn rate(&self) -> Result<f64, String> {
        let rate = match self.fields.get("rate") {
            None => 5.0,
            Some(Value::Integer(rate)) => *rate as f64,
            Some(Value::Float(rate)) => *rate,
            Some(_) => return Err(self.fault("rate has to be a number of calls a second")),
        };
        if (0.01..=10_000.0).contains(&rate) {
            Ok(rate)
        } else {
            Err(self.fault("rate has to be 0.01 to 10000 calls a second"))
        }
    }

    fn asking(&self) -> Result<Asking, String> {
        let usual = Asking::default();
        let table = match self.fields.get("asking") {
            None => return Ok(usual),
            Some(Value::Table(table)) => table,
            Some(_) => return Err(self.fault("asking has to be a table with pauses, until and apart")),
        };
        let inner = Fields { fields: table, folder: self.folder, name: format!("{}: asking", self.name) };
        let pauses = match table.get("pauses") {
            None => usual.pauses,
            Some(Value::Array(list)) if !list.is_empty() => {
                let one = |value: &Value| inner.span("pauses", value.as_str().unwrap_or_default());
                list.iter().map(one).collect::<Result<_, _>>()?
            }
            Some(_) => return Err(inner.fault("pauses has to be a list of lengths")),
        };
        Ok(Asking { pauses, until: inner.length("until", usual.until)?, apart: inner.length("apart", usual.apart)? })
    }
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

/// Where an address is, in a word.
fn environment_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match host {
        "api.tamara.co" => "live".to_owned(),
        "api-sandbox.tamara.co" => "sandbox".to_owned(),
        "localhost" | "127.0.0.1" | "[::1]" => "local".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
#[path = "accounts_tests.rs"]
mod tests;
