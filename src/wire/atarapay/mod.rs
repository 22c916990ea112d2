//! AtaraPay: its notifications (an outer status and often an inner one, as JSON, as JSON in a string, or as a form), its calls and
//! answers, and its token.

pub mod call;
pub mod order;
pub mod token;
pub mod words;

use crate::wire::Reader;
use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::call::{Auth, Connector};
use super::line::{Notice, Said, order_key};
use super::texts::{required, text};
use super::{Unreadable, line, object};
use crate::domain::{ATARAPAY, Currency};
use words::{Words, word};

/// How AtaraPay's notifications are read. The same body at another time is another notification.
pub static READER: Reader = Reader { provider: ATARAPAY, said, order_id, has_time: true, connector: Some(&CONNECTOR) };

/// How AtaraPay is asked and told.
static CONNECTOR: Connector = Connector {
    auth: Auth::FormToken,
    sends: call::SENDS,
    call: call::call,
    answer: call::answer,
    look: call::look,
    looked: call::looked,
    is_genuine: token::is_genuine,
    body: token::body,
};

/// Reads a notification's body.
fn said(body: &Value, at: DateTime<Utc>) -> Result<Said, Unreadable> {
    let body = fields(body)?;
    let data = data(&body)?;
    let key = order_key(ATARAPAY, &required(&data, "id")?)?;
    let outer = word(&required(&body, "status")?)?;
    let inner = match data.get("status") {
        Some(Value::Object(status)) => text(status, "title")?,
        _ => None,
    };
    let inner = inner.as_deref().map(word).transpose()?;
    let currency = either(&body, &data, "currency")?;
    let currency = currency.map(|code| Currency::parse(code.trim())).transpose();
    let currency = currency.map_err(|error| Unreadable::shape(error.to_string()))?;
    let words = Words { outer, inner, paid: paid(&body, &data)?, currency };
    Ok(Said::Notice(Notice { key, at, words: line::Words::Atarapay(words), numbers: Vec::new() }))
}

/// A text that the body or its data has. If both have it, they have to agree.
fn either(body: &Map<String, Value>, data: &Map<String, Value>, name: &str) -> Result<Option<String>, Unreadable> {
    match (text(body, name)?, text(data, name)?) {
        (Some(outer), Some(inner)) if outer.trim() != inner.trim() => {
            Err(Unreadable::shape(format!("{name} is said twice: {outer:?} and {inner:?}")))
        }
        (outer, inner) => Ok(inner.or(outer)),
    }
}

/// What was paid in: a whole number of minor units, as a number or as text.
fn paid(body: &Map<String, Value>, data: &Map<String, Value>) -> Result<Option<i64>, Unreadable> {
    let Some(said) = either(body, data, "amount_payed")? else { return Ok(None) };
    let whole = said.trim().split_once('.').map_or(said.trim(), |(whole, rest)| match rest.trim_end_matches('0') {
        "" => whole,
        _ => said.trim(),
    });
    let minor = whole.parse::<i64>().ok().filter(|minor| *minor >= 0);
    let fault = || Unreadable::shape(format!("amount_payed {said:?} is not a whole number of minor units"));
    minor.map(Some).ok_or_else(fault)
}

/// The order that a body names, even if the rest of it cannot be read.
fn order_id(body: &Map<String, Value>) -> Option<String> {
    let data = data(body).ok()?;
    text(data.as_ref(), "id").ok().flatten()
}

/// The body's fields, from an object, from JSON in a string, or from a form.
fn fields(body: &Value) -> Result<Cow<'_, Map<String, Value>>, Unreadable> {
    match body {
        Value::Object(fields) => Ok(Cow::Borrowed(fields)),
        Value::String(text) if text.trim_start().starts_with('{') => object(text).map(Cow::Owned),
        Value::String(text) => {
            let mut fields = Map::new();
            for (name, value) in form_urlencoded::parse(text.as_bytes()) {
                if fields.insert(name.clone().into_owned(), Value::String(value.into_owned())).is_some() {
                    return Err(Unreadable::shape(format!("{} is said twice", crate::text::clean(&name))));
                }
            }
            Ok(Cow::Owned(fields))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            Err(Unreadable::shape("body is neither an object nor a form"))
        }
    }
}

/// The `data` field: an object, or JSON in a string.
fn data<'a>(body: &'a Map<String, Value>) -> Result<Cow<'a, Map<String, Value>>, Unreadable> {
    match body.get("data") {
        Some(Value::Object(data)) => Ok(Cow::Borrowed(data)),
        Some(Value::String(text)) => object(text).map(Cow::Owned),
        Some(_) => Err(Unreadable::shape("data is neither an object nor JSON in a string")),
        None => Err(Unreadable::shape("data is missing")),
    }
}

fn object(text: &str) -> Result<Map<String, Value>, Unreadable> {
    object::read(text.as_bytes()).map_err(|fault| Unreadable::shape(format!("the JSON in a string: {}", fault.said)))
}
