//! The webhooks that merchants register with the sandbox, as Tamara keeps them.

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Sandbox;

/// An address that is told of an account's orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Registered {
    /// Its id.
    pub webhook_id: String,
    /// The account that registered it.
    #[serde(skip)]
    pub account: String,
    /// Where notifications are posted.
    pub url: String,
    /// The events that it is told of.
    pub events: Vec<String>,
}

/// Answers a call about webhooks; `path` is what follows `/webhooks`.
pub fn answer(sandbox: &Sandbox, account: &str, method: &str, path: &[&str], said: &Value) -> (StatusCode, Value) {
    sandbox.with(|book| match (method, path) {
        ("GET", []) => {
            let own: Vec<&Registered> = book.webhooks.iter().filter(|hook| hook.account == account).collect();
            (StatusCode::OK, json!(own))
        }
        ("POST", []) => {
            let Some((url, events)) = asked(said) else {
                return (StatusCode::BAD_REQUEST, json!({"message": "type, url and events are needed"}));
            };
            if let Some(known) = book.webhooks.iter().find(|hook| hook.account == account && hook.url == url) {
                let data = json!({"webhook_id": known.webhook_id, "url": known.url});
                let errors = json!([{"error_code": "webhook_already_registered", "data": data}]);
                return (StatusCode::BAD_REQUEST, json!({"message": "Webhook already registered", "errors": errors}));
            }
            let webhook_id = Uuid::new_v4().to_string();
            let hook = Registered { webhook_id, account: account.to_owned(), url, events };
            book.webhooks.push(hook.clone());
            (StatusCode::OK, json!(hook))
        }
        ("DELETE", [id]) => {
            let before = book.webhooks.len();
            book.webhooks.retain(|hook| hook.account != account || hook.webhook_id != *id);
            match before == book.webhooks.len() {
                true => (StatusCode::NOT_FOUND, json!({"message": "Webhook not found"})),
                false => (StatusCode::OK, json!({"message": "Deleted"})),
            }
        }
        _ => (StatusCode::NOT_FOUND, json!({"message": "Not found"})),
    })
}

fn asked(said: &Value) -> Option<(String, Vec<String>)> {
    let url = said["url"].as_str().filter(|_| said["type"] == "order")?;
    let events: Vec<String> =
        said["events"].as_array()?.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect();
    Some((url.to_owned(), events)).filter(|(_, events)| !events.is_empty())
}
