//! Tamara's notifications: an event, an order, and data whose shape depends on the event.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::line::{Notice, Words, name, order_key, required, text};
use super::{Reader, Reading, Unreadable};
use crate::domain::{Action, Actor, Currency, Money, TAMARA};

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

/// A merchant's number of an order has at most this many bytes, like an order's id.
const LONGEST_NUMBER: usize = 200;

/// How Tamara's notifications are read.
pub static READER: Reader = Reader { provider: TAMARA, notice, order_id, has_time: false };

fn order_id(body: &Map<String, Value>) -> Option<String> {
    text(body, "order_id").ok().flatten()
}

/// Reads a notification's body.
fn notice(body: &Value, at: DateTime<Utc>) -> Result<Notice, Unreadable> {
    let Value::Object(body) = body else { return Err(Unreadable::shape("body is not an object")) };
    let key = order_key(TAMARA, &required(body, "order_id")?)?;
    let word = required(body, "event_type")?;
    let event = EVENTS.iter().find(|event| event.0 == word).ok_or_else(|| Unreadable::word("the event", &word))?;
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
        reading.reference = name(data, reference)?;
        reading.of_capture = if *action == Action::Refund { name(data, "capture_id")? } else { None };
    }
    reading.note = text(data, "comment")?.or(text(data, "declined_reason")?);
    reading.reason = name(data, "declined_code")?;
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
