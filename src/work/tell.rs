//! Having alerts told outside: a webhook, a command. What cannot be told is said, and never with its address.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::watch::alarm::Standing;

/// For so long one try may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a webhook is tried, and how long between.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// Whom to tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tellers {
    /// Where alerts are posted as JSON.
    pub webhook: Option<String>,
    /// What is run for each, by sh.
    pub command: Option<String>,
}

impl Tellers {
    /// Tells of one thing that happened to an alert; what went wrong, in words.
    pub async fn tell(&self, news: &Standing) -> Vec<String> {
        let body = serde_json::to_string(news).unwrap_or_default();
        let mut failures = Vec::new();
        if let Some(url) = &self.webhook
            && let Err(fault) = post(url, &body).await
        {
            failures.push(format!("the webhook was not told of {}: {fault}", news.alert));
        }
        if let Some(command) = &self.command
            && let Err(fault) = run(command, news, &body).await
        {
            failures.push(format!("the command was not told of {}: {fault}", news.alert));
        }
        failures
    }
}

async fn post(url: &str, body: &str) -> Result<(), String> {
    let mut fault = String::new();
    for attempt in 0..TRIES {
        if attempt > 0 {
            sleep(PAUSE * attempt).await;
        }
        let (url, body) = (url.to_owned(), body.to_owned());
        let sent = tokio::task::spawn_blocking(move || {
            let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build();
            let request = ureq::Agent::new_with_config(config).post(&url).content_type("application/json");
            request.send(body.as_str()).map(|_| ()).map_err(|error| match error {
                ureq::Error::StatusCode(code) => format!("it answered {code}"),
                // Its address may hold a secret: only what kind of thing went wrong.
                ureq::Error::BadUri(_) => "its address is none".to_owned(),
                ureq::Error::Timeout(_) => "no answer in time".to_owned(),
                ureq::Error::HostNotFound => "its host is not known".to_owned(),
                ureq::Error::ConnectionFailed | ureq::Error::Io(_) => "no connection".to_owned(),
                _ => "it could not be reached".to_owned(),
            })
        });
        match sent.await.map_err(|error| error.to_string()).and_then(|sent| sent) {
            Ok(()) => return Ok(()),
            Err(words) => fault = words,
        }
    }
    Err(fault)
}

/// The alert is in the environment and on standard input, never part of what the shell reads.
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
            // It need not read it.
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
