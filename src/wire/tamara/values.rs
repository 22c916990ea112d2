//! The values in an answer of Tamara: texts, amounts, and the words of an error.

use serde_json::Value;

use crate::domain::{Currency, Money};

/// A text of an answer, or the digits of a number; `None` if it is absent or empty.
pub fn text(value: &Value, name: &str) -> Option<String> {
    match &value[name] {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// An amount: an object with its digits as a number or as text, sometimes as a list of one.
pub fn money(value: &Value, currency: Currency) -> Option<Money> {
    let one = value.as_array().and_then(|list| list.first()).unwrap_or(value);
    if one["currency"].as_str().is_some_and(|code| code != currency.code()) {
        return None;
    }
    Money::parse(&text(one, "amount")?, currency).ok()
}

/// An amount that names its currency.
pub fn any_money(value: &Value) -> Option<Money> {
    let one = value.as_array().and_then(|list| list.first()).unwrap_or(value);
    money(one, Currency::parse(one["currency"].as_str()?).ok()?)
}

/// The provider's message, with the code of the error: for people.
pub fn words(body: &[u8]) -> String {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return "no message".to_owned() };
    let codes: Vec<&str> = body["errors"].as_array().map_or_else(Vec::new, |errors| {
        errors.iter().filter_map(|error| error["error_code"].as_str().or(error["code"].as_str())).collect()
    });
    let message = body["message"].as_str().filter(|message| !message.trim().is_empty());
    match (message, codes.as_slice()) {
        (Some(message), []) => message.to_owned(),
        (Some(message), codes) => format!("{message} ({})", codes.join(", ")),
        (None, []) => "no message".to_owned(),
        (None, codes) => codes.join(", "),
    }
}
