//! An account as it is written: each key with what it may say.

use std::path::Path;
use std::time::Duration;

use chrono::DateTime;
use reqwest::Url;
use toml::{Table, Value};

use super::{Account, Asking, Ending, Key, Reading, is_local, span};
use crate::domain::Provider;
use crate::serve::secret::{Place, Secret};
use crate::wire;
use crate::wire::call::Auth;

/// The fields of one account.
pub struct Fields<'a> {
    pub(super) fields: &'a Table,
    pub(super) folder: &'a Path,
    /// How faults name the account.
    pub(super) name: String,
}

const KNOWN: [&str; 15] = [
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
    "reading",
];

impl<'a> Fields<'a> {
    pub(super) const fn new(fields: &'a Table, folder: &'a Path, name: String) -> Self {
        Self { fields, folder, name }
    }

    /// The fields of a table in it.
    pub(super) fn inner(&self, key: &str, wanted: &str) -> Result<Option<Fields<'a>>, String> {
        match self.fields.get(key) {
            None => Ok(None),
            Some(Value::Table(fields)) => Ok(Some(Fields::new(fields, self.folder, format!("{}: {key}", self.name)))),
            Some(_) => Err(self.fault(format!("{key} has to be a table with {wanted}"))),
        }
    }

    pub(super) fn fault(&self, said: impl std::fmt::Display) -> String {
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

    pub(super) fn length(&self, key: &str, otherwise: Duration) -> Result<Duration, String> {
        let Some(text) = self.text(key)? else { return Ok(otherwise) };
        self.span(key, &text)
    }

    pub(super) fn span(&self, key: &str, text: &str) -> Result<Duration, String> {
        span(text).ok_or_else(|| self.fault(format!("{key} has to be a length of time, like 10s or 5m")))
    }

    pub(super) fn account(mut self) -> Result<Account, String> {
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
            asking: Asking::of(&self)?,
            reading: Reading::of(&self)?,
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
