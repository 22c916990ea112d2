//! Sends alerts to a webhook and to a command. Reports what could not be sent, without the webhook's address.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::stuck::alarm::Standing;

/// How long one attempt may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many times a webhook is tried, and the pause between attempts.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// Where alerts are sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tellers {
    /// The webhook to which alerts are posted as JSON.
    pub webhook: Option<String>,
    /// The command that sh runs for each alert.
    pub command: Option<String>,
}

impl Tellers {
    /// Sends one change of an alert. Returns what went wrong, in words.
    pub async fn tell(&self, news: &Standing) -> Vec<String> {
        let body = serde_json::to_string(news).unwrap_or_default();
        let mut failures = Vec::new();
        if let Some(url) = &self.webhook
            && let Err(fault) = post(url, &body).await
        {
            failures.push(format!("the webhook did not get the alert {}: {fault}", news.alert));
        }
        if let Some(command) = &self.command
            && let Err(fault) = run(command, news, &body).await
        {
            failures.push(format!("the command did not get the alert {}: {fault}", news.alert));
        }
        failures
    }
}

async fn post(url: &str, body: &str) -> Result<(), String> {
    let client = reqwest::Client::builder().timeout(PATIENCE).build().map_err(|error| words(&error))?;
    let mut fault = String::new();
    for attempt in 0..TRIES {
        if attempt > 0 {
            sleep(PAUSE * attempt).await;
        }
        let request = client.post(url).header("content-type", "application/json").body(body.to_owned());
        match request.send().await.and_then(reqwest::Response::error_for_status) {
            Ok(_) => return Ok(()),
            Err(error) => {
                fault = words(&error);
                tracing::info!(attempt = attempt + 1, fault, "the webhook did not get an alert");
            }
        }
    }
    Err(fault)
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

/// Passes the alert in the environment and on standard input, never in the text that the shell parses.
async fn run(command: &str, news: &Standing, body: &str) -> Result<(), String> {
    let mut child = Command::new("sh")
        .arg("-c")
        .arg(command)
        .env("RECOURSE_ALERT", &news.alert)
        .env("RECOURSE_ALERT_WHAT", news.what.name())
        .env("RECOURSE_ALERT_SEVERITY", news.severity.name())
        .env("RECOURSE_ALERT_SAID", &news.said)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| error.to_string())?;
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
