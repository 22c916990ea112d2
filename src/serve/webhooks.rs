//! The webhooks that a provider has registered for an account.

use serde::Serialize;
use serde_json::{Value, json};

use super::accounts::Account;
use super::client::{self, Answered, Failed, call};
use crate::domain::TAMARA;
use crate::wire::call::{Call, Method};
use crate::wire::tamara;

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Webhook {
    /// The provider's id.
    pub id: String,
    /// Where it posts.
    pub url: String,
    /// What it tells.
    pub events: Vec<String>,
}

fn to(method: Method, path: String, body: &Value) -> Call {
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    Call { method, path, content_type: "application/json", body }
}

/// Registers an address, removes a webhook, or neither; returns those that are registered then. One that is registered already is adopted.
///
/// # Errors
///
/// What the provider or the network said.
pub async fn run(account: &Account, url: Option<&str>, remove: Option<&str>) -> Result<Vec<Webhook>, String> {
    if account.provider != TAMARA {
        return Err(format!(
            "{} has no webhooks to register: its address is set on its dashboard",
            account.provider.title()
        ));
    }
    let client = client::client()?;
    let made = async |what: Call| match call(&client, account, &what).await {
        Ok(answer) => Ok(answer),
        Err(Failed::NotSent(words) | Failed::Cut(words)) => Err(words),
    };
    let mut registered: Vec<Webhook> = Vec::new();
    if let Some(id) = remove {
        let answer = made(to(Method::Delete, format!("/webhooks/{}", tamara::call::percent(id)), &Value::Null)).await?;
        good(account, &answer)?;
    }
    if let Some(url) = url {
        let body = json!({"type": "order", "url": url, "events": tamara::REGISTERED, "headers": {}});
        let answer = made(to(Method::Post, "/webhooks".to_owned(), &body)).await?;
        let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let known = answer.status == 400 && said.to_string().contains("webhook_already_registered");
        if !known {
            good(account, &answer)?;
        }
        registered.extend(id_of(&said).map(|id| Webhook {
            id,
            url: url.to_owned(),
            events: tamara::REGISTERED.map(str::to_owned).to_vec(),
        }));
    }
    let answer = made(to(Method::Get, "/webhooks".to_owned(), &Value::Null)).await?;
    good(account, &answer)?;
    let mut all = listed(&answer.body);
    // A provider may list it only later.
    registered.retain(|one| all.iter().all(|it| it.id != one.id));
    all.extend(registered);
    Ok(all)
}

/// The id in an answer to a registration: of the new webhook, or of the one that had the address before.
fn id_of(said: &Value) -> Option<String> {
    let places = [&said["webhook_id"], &said["data"]["webhook_id"], &said["errors"][0]["data"]["webhook_id"]];
    places.into_iter().find_map(|it| it.as_str().map(str::to_owned))
}

fn good(account: &Account, answer: &Answered) -> Result<(), String> {
    if (200..300).contains(&answer.status) {
        return Ok(());
    }
    Err(format!("HTTP {}: {}", answer.status, account.cleaned(&tamara::values::words(&answer.body))))
}

/// The webhooks of an answer: a list, or a list in a field.
fn listed(body: &[u8]) -> Vec<Webhook> {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let list = value.as_array().or_else(|| ["data", "webhooks"].iter().find_map(|name| value[*name].as_array()));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |hook: &Value| Webhook {
        id: text(&hook["webhook_id"]),
        url: text(&hook["url"]),
        events: hook["events"].as_array().map_or_else(Vec::new, |events| events.iter().map(text).collect()),
    };
    list.map_or_else(Vec::new, |list| list.iter().map(one).collect())
}
