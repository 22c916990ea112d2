//! Tamara: its notifications (an event or a status, an order, and data whose shape depends on it), its calls and answers, and
//! its token.

pub mod call;
pub mod order;
pub mod statement;
pub mod token;
pub mod values;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::call::{Auth, Connector};
use super::evidence::{Noted, Told};
use super::line::{Notice, Said, Words, order_key};
use super::texts::{is_code, name, reference as spelled, required, text};
use super::{Reader, Reading, Unreadable};
use crate::domain::{Action, Actor, Currency, Money, OrderKey, Status, TAMARA};
use crate::records::Sums;

/// An event: its word, its action and actor, the field with its reference and the field with its amount (empty: none).
struct Event(&'static str, Action, Actor, &'static str, &'static str);

const EVENTS: [Event; 8] = [
    Event("order_approved", Action::Approve, Actor::Provider, "", ""),
    Event("order_declined", Action::Decline, Actor::Provider, "", ""),
    Event("order_authorised", Action::Authorise, Actor::Merchant, "", ""),
    Event("order_canceled", Action::Cancel, Actor::Merchant, "cancel_id", "canceled_amount"),
    Event("order_updated", Action::Cancel, Actor::Merchant, "cancel_id", "canceled_amount"),
    Event("order_captured", Action::Capture, Actor::Merchant, "capture_id", "captured_amount"),
    Event("order_refunded", Action::Refund, Actor::Merchant, "refund_id", "refunded_amount"),
    Event("order_expired", Action::Expire, Actor::Clock, "", ""),
];

/// The events that can be registered. `order_updated` cannot: a partial cancel arrives as `order_canceled`.
pub const REGISTERED: [&str; 8] = [
    "order_approved",
    "order_declined",
    "order_authorised",
    "order_canceled",
    "order_captured",
    "order_refunded",
    "order_expired",
    "order_on_hold",
];

/// A merchant's number of an order has at most this many bytes, like an order's id.
const LONGEST_NUMBER: usize = 200;

/// How Tamara's notifications are read.
pub static READER: Reader = Reader { provider: TAMARA, said, order_id, has_time: false, connector: Some(&CONNECTOR) };

/// How Tamara is asked and told.
static CONNECTOR: Connector = Connector {
    auth: Auth::Bearer,
    sends: call::SENDS,
    call: call::call,
    answer: call::answer,
    look: call::look,
    looked: order::looked,
    is_genuine: token::is_genuine,
    body: |arrived| std::str::from_utf8(arrived.body).is_ok().then(|| arrived.body.to_vec()),
};

/// The older notification, which an order has an address for: a status instead of an event.
const STATUSES: [(&str, &str); 5] = [
    ("approved", "order_approved"),
    ("declined", "order_declined"),
    ("authorised", "order_authorised"),
    ("authorized", "order_authorised"),
    ("expired", "order_expired"),
];

fn order_id(body: &Map<String, Value>) -> Option<String> {
    text(body, "order_id").ok().flatten()
}

/// Reads a notification's body, in either shape.
fn said(body: &Value, at: DateTime<Utc>) -> Result<Said, Unreadable> {
    let Value::Object(body) = body else { return Err(Unreadable::shape("body is not an object")) };
    let key = order_key(TAMARA, &required(body, "order_id")?)?;
    match text(body, "order_status")?.filter(|_| !body.contains_key("event_type")) {
        Some(word) => stated(key, &word, body, at),
        None => event(key, &required(body, "event_type")?, body, at).map(Said::Notice),
    }
}

/// A status is a move where it has no amount. Where it has one, it says what the order is now: an observation.
fn stated(key: OrderKey, word: &str, body: &Map<String, Value>, at: DateTime<Utc>) -> Result<Said, Unreadable> {
    if let Some((_, same)) = STATUSES.iter().find(|(known, _)| *known == word) {
        return event(key, same, body, at).map(Said::Notice);
    }
    let status = Status::read(TAMARA, word).ok_or_else(|| Unreadable::word("the status", word))?;
    Ok(Said::Noted(Noted { key, at, told: Told::Observed(status, Sums::default()), detail: None }))
}

fn event(key: OrderKey, word: &str, body: &Map<String, Value>, at: DateTime<Utc>) -> Result<Notice, Unreadable> {
    let event = EVENTS.iter().find(|event| event.0 == word).ok_or_else(|| Unreadable::word("the event", word))?;
    let Event(_, action, actor, reference, amount) = event;
    let empty = Map::new();
    let data = match body.get("data") {
        Some(Value::Object(data)) => data,
        None | Some(Value::Null) => &empty,
        Some(Value::Array(list)) if list.is_empty() => &empty,
        Some(_) => return Err(Unreadable::shape("data is neither an object nor []")),
    };
    let mut reading = Reading::new(*action, *actor);
    if !amount.is_empty() {
        reading.amount = Some(money(data, amount)?);
        reading.reference = spelled(data, reference)?;
        reading.of_capture = if *action == Action::Refund { spelled(data, "capture_id")? } else { None };
    }
    reading.note = text(data, "comment")?.or(text(data, "declined_reason")?);
    match name(data, "declined_code")?.map(|code| code.trim().to_owned()) {
        Some(code) if is_code(&code) => reading.reason = Some(code),
        // What is no code is kept with the words.
        Some(words) => {
            reading.note = Some(reading.note.map_or_else(|| words.clone(), |note| format!("{note} ({words})")))
        }
        None => {}
    }
    let mut numbers = Vec::new();
    for field in ["order_reference_id", "order_number"] {
        let number = name(body, field)?.map(|number| number.trim().to_owned());
        let plain = |number: &String| !number.is_empty() && crate::text::clean(number) == *number;
        numbers.extend(number.filter(|number| plain(number) && number.len() <= LONGEST_NUMBER));
    }
    Ok(Notice { key, at, words: Words::One(reading), numbers })
}

/// An amount is `{amount, currency}`, in major units.
fn money(data: &Map<String, Value>, name: &str) -> Result<Money, Unreadable> {
    let Some(Value::Object(amount)) = data.get(name) else {
        return Err(Unreadable::shape(format!("{name} is missing")));
    };
    let shape = |error: crate::domain::MoneyError| Unreadable::shape(error.to_string());
    let currency = Currency::parse(&required(amount, "currency")?).map_err(shape)?;
    Money::parse(&required(amount, "amount")?, currency).map_err(shape)
}
