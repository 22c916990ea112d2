//! Calls a provider over HTTP. What it says of a failure is whether anything can have reached the provider.

use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Client, redirect};

use super::accounts::{Account, Key};
use crate::wire::call::{Call, Method};

/// How long a connection may take: what is not connected by then was not sent.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest answer that is read.
const LONGEST: usize = 1 << 20;

/// An answer of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The body, up to a mebibyte.
    pub body: Vec<u8>,
    /// What it says about when to come again.
    pub retry_after: Option<Duration>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// No byte of it reached the provider.
    NotSent(String),
    /// It may have reached the provider.
    Cut(String),
}

/// A client for all accounts. It follows no redirections: what is elsewhere is not the provider.
///
/// # Errors
///
/// Why there can be none, as when the machine's certificates cannot be read.
pub fn client() -> Result<Client, String> {
    let built = Client::builder().connect_timeout(CONNECT).redirect(redirect::Policy::none()).build();
    built.map_err(|error| crate::text::trouble(&error))
}

/// Makes a call with an account's credentials.
///
/// # Errors
///
/// [`Failed`] if no whole answer came in the account's time.
pub async fn call(client: &Client, account: &Account, call: &Call) -> Result<Answered, Failed> {
    let address = format!("{}{}", account.base_url.as_str().trim_end_matches('/'), call.path);
    let mut request = match call.method {
        Method::Get => client.get(&address),
        Method::Post => client.post(&address),
        Method::Put => client.put(&address),
        Method::Delete => client.delete(&address),
    };
    request = request.header(ACCEPT, "application/json").timeout(account.timeout);
    request = match &account.key {
        None => return Err(Failed::NotSent("the account has no credentials".to_owned())),
        Some(Key::Bearer(token, _)) => {
            let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", token.expose())) else {
                return Err(Failed::NotSent("the token has letters that no header may have".to_owned()));
            };
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
            if call.body.is_empty() { request } else { request.body(call.body.clone()) }
        }
        Some(Key::Pair(public, private)) => {
            let token = super::accounts::pair(public, private);
            let field = form_urlencoded::Serializer::new(String::new()).append_pair("authtoken", &token).finish();
            let mut body = call.body.clone();
            if !body.is_empty() {
                body.push(b'&');
            }
            body.extend_from_slice(field.as_bytes());
            request.body(body)
        }
    };
    let answer = request.header(CONTENT_TYPE, call.content_type).send().await.map_err(|error| failed(&error))?;
    let status = answer.status().as_u16();
    let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let mut body = Vec::new();
    let mut pieces = answer.bytes_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| Failed::Cut(what(&error)))?;
        if body.len() + piece.len() > LONGEST {
            return Err(Failed::Cut("the answer is too long".to_owned()));
        }
        body.extend_from_slice(&piece);
    }
    let body = super::answer::cleaned(account, body);
    Ok(Answered { status, body, retry_after: retry_after.map(Duration::from_secs) })
}

fn failed(error: &reqwest::Error) -> Failed {
    if error.is_connect() || error.is_builder() { Failed::NotSent(what(error)) } else { Failed::Cut(what(error)) }
}

/// What failed, in words without the address: it can have an id in it.
fn what(error: &reqwest::Error) -> String {
    let words = if error.is_timeout() && error.is_connect() {
        "no connection in time"
    } else if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection was cut"
    };
    words.to_owned()
}
