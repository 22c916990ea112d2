//! Readings as JSON, for the quarantine.

use serde_json::{Value, json};

use super::Reading;
use crate::domain::{Currency, Money};

/// Readings as a JSON array.
pub fn write(readings: &[Reading]) -> String {
    let one = |reading: &Reading| {
        json!({
            "action": reading.action.name(),
            "actor": reading.actor.name(),
            "amount": reading.amount.map(Money::digits),
            "currency": reading.amount.map(|amount| amount.currency.code()),
            "reference": reading.reference,
            "of_capture": reading.of_capture,
            "note": reading.note,
            "reason": reading.reason,
        })
    };
    Value::Array(readings.iter().map(one).collect()).to_string()
}

/// Reads what [`write()`] wrote. Skips entries that it cannot read.
pub fn read(text: &str) -> Vec<Reading> {
    let list: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    list.iter().filter_map(one).collect()
}

fn one(value: &Value) -> Option<Reading> {
    let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
    let currency = text("currency").and_then(|code| Currency::parse(&code).ok());
    Some(Reading {
        amount: text("amount").and_then(|digits| Money::parse(&digits, currency?).ok()),
        reference: text("reference"),
        of_capture: text("of_capture"),
        note: text("note"),
        reason: text("reason"),
        ..Reading::new(text("action")?.parse().ok()?, text("actor")?.parse().ok()?)
    })
}
