//! Texts in the fields of a line or of a provider's body: bounded, and without what cannot be seen where it would mislead.

use serde_json::{Map, Value};

use super::Unreadable;
use crate::domain::is_unseen;

/// The longest text of any kind, in bytes.
const TEXT: usize = 20_000;

/// The longest name, in bytes: every list of orders carries them.
const NAME: usize = 1_000;

/// A text field; `None` if absent, null or blank. A number becomes its digits.
pub(super) fn text(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, Unreadable> {
    Ok(bounded(fields, name, TEXT)?.filter(|text| !text.trim().is_empty()))
}

fn bounded(fields: &Map<String, Value>, name: &str, limit: usize) -> Result<Option<String>, Unreadable> {
    let text = match fields.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        // 1e21 is no spelling of an id, and who wrote it did not mean these digits.
        Some(Value::Number(number)) if number.to_string().contains(['e', 'E']) => {
            return Err(Unreadable::shape(format!("{name} is a number with an exponent: write its digits, in quotes")));
        }
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            return Err(Unreadable::shape(format!("{name} is not text")));
        }
    };
    if text.contains('\0') {
        return Err(Unreadable::shape(format!("{name} contains a NUL character")));
    }
    if text.len() > limit {
        return Err(Unreadable::shape(format!("{name} has {} bytes; at most {limit}", text.len())));
    }
    Ok(Some(text))
}

/// A name, or a word that is shown next to names.
pub(super) fn name(fields: &Map<String, Value>, field: &str) -> Result<Option<String>, Unreadable> {
    Ok(bounded(fields, field, NAME)?.filter(|name| !name.trim().is_empty()))
}

/// A reason: a code that is counted and shown to everyone, so no words about people.
pub(super) fn code(fields: &Map<String, Value>, field: &str) -> Result<Option<String>, Unreadable> {
    let said = name(fields, field)?.map(|said| said.trim().to_owned());
    match said {
        Some(said) if !is_code(&said) => {
            Err(Unreadable::shape(format!("{field} is a code without blanks, like damaged: write words into note")))
        }
        said => Ok(said),
    }
}

/// Whether a text can be the code of a reason: up to 60 letters and digits, with _ - . : / between them.
pub fn is_code(text: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-.:/".contains(letter);
    text.len() <= 60 && text.starts_with(|letter: char| letter.is_ascii_alphanumeric()) && text.chars().all(plain)
}

/// A reference of a provider. Two that look the same are the same: what cannot be seen is in none.
pub(super) fn reference(fields: &Map<String, Value>, field: &str) -> Result<Option<String>, Unreadable> {
    let said = name(fields, field)?;
    if said.as_deref().is_some_and(|said| said.chars().any(|letter| letter.is_control() || is_unseen(letter))) {
        return Err(Unreadable::shape(format!("{field} has invisible characters or special blanks")));
    }
    Ok(said)
}

/// A text field that must be present.
pub(super) fn required(fields: &Map<String, Value>, name: &str) -> Result<String, Unreadable> {
    bounded(fields, name, TEXT)?.ok_or_else(|| Unreadable::shape(format!("{name} is missing")))
}
