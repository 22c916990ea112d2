//! Sends alerts to webhooks and commands. Reports what could not be sent, without the webhook's address.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::timeout;

use crate::desk::command_line::quoted;
use crate::store::deliveries::Taken;
use crate::stuck::alarm::{Standing, What};
use crate::stuck::rule::{self, Measure, Whose};
use crate::text;

/// How long one attempt may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where alerts are sent, and when they are sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tellers {
    /// The webhook to which alerts are posted as JSON.
    pub webhook: Option<String>,
    /// The command that sh runs for each alert.
    pub command: Option<String>,
    /// The webhook for what no one acknowledged in time.
    pub second_webhook: Option<String>,
    /// The command for what no one acknowledged in time.
    pub second_command: Option<String>,
    /// An open alert that no one acknowledged is sent again this often.
    pub repeat: Duration,
    /// An open alert that no one acknowledged for this long goes to the second webhook and command.
    pub escalate: Duration,
}

impl Default for Tellers {
    fn default() -> Self {
        let hour = Duration::from_secs(3_600);
        Self {
            webhook: None,
            command: None,
            second_webhook: None,
            second_command: None,
            repeat: hour,
            escalate: hour / 2,
        }
    }
}

impl Tellers {
    /// Whether alerts are sent anywhere.
    pub fn are_set(&self) -> bool {
        !self.first().is_empty() || !self.second().is_empty()
    }

    /// The names of the first sinks that are set.
    pub fn first(&self) -> Vec<&'static str> {
        let set = [("webhook", &self.webhook), ("command", &self.command)];
        set.into_iter().filter(|(_, sink)| sink.is_some()).map(|(name, _)| name).collect()
    }

    /// The names of the second sinks that are set.
    pub fn second(&self) -> Vec<&'static str> {
        let set = [("second_webhook", &self.second_webhook), ("second_command", &self.second_command)];
        set.into_iter().filter(|(_, sink)| sink.is_some()).map(|(name, _)| name).collect()
    }

    /// Sends one delivery to its sink.
    ///
    /// # Errors
    ///
    /// What went wrong, in words, without the webhook's address.
    pub async fn tell(&self, delivery: &Taken) -> Result<(), String> {
        let body = body(delivery);
        let post_to = async |url: &Option<String>| match url {
            Some(url) => post(url, &body).await,
            None => Err("it is not set here".to_owned()),
        };
        let run_it = async |command: &Option<String>| match command {
            Some(command) => {
                let event = &delivery.event;
                let named = [
                    ("RECOURSE_ALERT", event.alert.as_str()),
                    ("RECOURSE_ALERT_WHAT", event.what.name()),
                    ("RECOURSE_ALERT_SEVERITY", event.severity.name()),
                    ("RECOURSE_ALERT_SAID", &event.said),
                ];
                run(command, &named, &body).await
            }
            None => Err("it is not set here".to_owned()),
        };
        match delivery.sink.as_str() {
            "webhook" => post_to(&self.webhook).await,
            "second_webhook" => post_to(&self.second_webhook).await,
            "command" => run_it(&self.command).await,
            _ => run_it(&self.second_command).await,
        }
    }
}

/// An alert for other programs.
#[derive(serde::Serialize)]
struct Body<'a> {
    /// The same for everything that is said about an alert, so that a pager puts it together.
    key: String,
    #[serde(flatten)]
    event: &'a Standing,
    /// Why it is sent: `change`, `repeat` or `escalated`.
    why: &'static str,
    /// How often it was repeated.
    repeats: i32,
    /// The command that lists its orders, or shows more about it.
    command: String,
}

/// The command that shows what an alert is about.
pub fn command(event: &Standing) -> String {
    match &event.query {
        Some(query) => format!("recourse orders --where {}", quoted(query)),
        None => held(event).unwrap_or_else(|| match rule::read(&event.alert, &event.rule) {
            Ok(rule) if rule.measure == Measure::Stopped => "recourse accounts".to_owned(),
            Ok(_) | Err(_) => "recourse doctor".to_owned(),
        }),
    }
}

/// The command that lists the facts in quarantine that an alert counted, if it counted any: an alert of its own for each kind has the kind
/// and the unknown word in its name.
fn held(event: &Standing) -> Option<String> {
    let (name, each) =
        event.alert.split_once('/').map_or((event.alert.as_str(), None), |(name, each)| (name, Some(each)));
    let rule = rule::read(name, &event.rule).ok().filter(|rule| rule.measure == Measure::Quarantined)?;
    let (kind, detail) = each.map_or((rule.kind.as_deref(), None), |each| match each.split_once(' ') {
        Some((kind, detail)) => (Some(kind), Some(detail)),
        None => (Some(each), None),
    });
    let merchant = match &rule.whose {
        Whose::Merchant(merchant) => Some(merchant.as_str()),
        Whose::All | Whose::Each => None,
    };
    let flags = [("--kind", kind), ("--detail", detail), ("--merchant", merchant)];
    let flags: Vec<String> =
        flags.into_iter().filter_map(|(flag, value)| Some(format!(" {flag} {}", quoted(value?)))).collect();
    Some(format!("recourse quarantine{}", flags.concat()))
}

/// What is the same for everything that is said about an alert.
pub fn key(event: &Standing) -> String {
    format!("recourse/{}", event.alert)
}

fn body(delivery: &Taken) -> String {
    let why = match (delivery.nr, delivery.sink.starts_with("second")) {
        (0, true) if delivery.event.what != What::Cleared => "escalated",
        (0, _) => "change",
        _ => "repeat",
    };
    let event = &delivery.event;
    let body = Body { key: key(event), event, why, repeats: delivery.nr, command: command(event) };
    serde_json::to_string(&body).unwrap_or_default()
}

/// Posts JSON to a webhook.
///
/// # Errors
///
/// What went wrong, in words, without the address.
pub async fn post(url: &str, body: &str) -> Result<(), String> {
    let client = reqwest::Client::builder().timeout(PATIENCE).build().map_err(|error| words(&error))?;
    let request = client.post(url).header("content-type", "application/json").body(body.to_owned());
    request.send().await.and_then(reqwest::Response::error_for_status).map(|_| ()).map_err(|error| words(&error))
}

/// What went wrong, without the address: it may contain a secret.
fn words(error: &reqwest::Error) -> String {
    match error.status() {
        Some(status) => format!("it answered {}", status.as_u16()),
        None if error.is_builder() => "its address is not valid".to_owned(),
        None if error.is_timeout() => "no answer in time".to_owned(),
        None if error.is_connect() => "no connection".to_owned(),
        None => "it could not be reached".to_owned(),
    }
}

/// How much of a text the environment of a command gets: systems refuse long ones, and standard input has the whole.
const SHOWN: usize = 2_000;

/// The processes of a command. They are ended with this value.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(id) = self.0.and_then(|id| i32::try_from(id).ok()) {
            _ = nix::sys::signal::killpg(nix::unistd::Pid::from_raw(id), nix::sys::signal::Signal::SIGKILL);
        }
    }
}

/// Runs a command with these words in its environment and the whole on standard input, never in the text that the shell parses.
///
/// # Errors
///
/// What went wrong, in words.
pub async fn run(command: &str, named: &[(&str, &str)], body: &str) -> Result<(), String> {
    let mut child = Command::new("sh")
        .arg("-c")
        .arg(command)
        .envs(named.iter().map(|(name, words)| (name, text::cut(words, SHOWN))))
        // What the command does not need, it cannot leak.
        .env_remove("DATABASE_URL")
        .env_remove("RECOURSE_READ_URL")
        .env_remove("PGPASSWORD")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        // What it starts ends with it.
        .process_group(0)
        .spawn()
        .map_err(|error| error.to_string())?;
    let _group = Group(child.id());
    let told = async {
        if let Some(mut stdin) = child.stdin.take() {
            // The command does not have to read it.
            _ = stdin.write_all(body.as_bytes()).await;
        }
        child.wait().await
    };
    match timeout(PATIENCE, told).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(format!("it ended with {status}")),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("it took too long and was stopped".to_owned()),
    }
}
