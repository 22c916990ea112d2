//! Reads a JSON object in which nothing is said twice: of two values for one field, none is guessed.

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};

/// Why an object cannot be read, and what of it can.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The reason, for people.
    pub said: String,
    /// The fields that are said once; empty if it is no object.
    pub rest: Map<String, Value>,
}

/// Reads an object.
///
/// # Errors
///
/// [`Fault`] if it is not JSON, not an object, or if a field in it is said twice, at any depth.
pub fn read(bytes: &[u8]) -> Result<Map<String, Value>, Fault> {
    // Some editors put a byte order mark before the first line.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let none = |said: String| Fault { said, rest: Map::new() };
    let fields = match serde_json::from_slice(bytes) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) => return Err(none("not a JSON object".to_owned())),
        Err(error) => return Err(none(plain(bytes, &error))),
    };
    let mut twice = BTreeSet::new();
    let read = Names(&mut twice).deserialize(&mut serde_json::Deserializer::from_slice(bytes));
    if let Err(error) = read {
        return Err(none(plain(bytes, &error)));
    }
    let Some(name) = twice.first() else { return Ok(fields) };
    let said = format!("{} is said twice", crate::text::clean(name));
    Err(Fault { said, rest: without(fields, &twice) })
}

/// Where a text stops being JSON, for people.
fn plain(bytes: &[u8], error: &serde_json::Error) -> String {
    let at = error.column();
    let number = bytes.get(at.wrapping_sub(2)..at).is_some_and(|two| two[0] == b'0' && two[1].is_ascii_digit());
    let deep = error.to_string().starts_with("recursion limit");
    match (std::str::from_utf8(bytes), error.classify()) {
        (Err(error), _) => format!("not UTF-8 from byte {}: save it as UTF-8", error.valid_up_to() + 1),
        _ if deep => "not JSON that can be read: it is nested too deeply".to_owned(),
        _ if number => format!("not JSON: the number at character {at} begins with a zero; write it in quotes"),
        (_, Category::Eof) => "not JSON: it is cut off".to_owned(),
        (_, Category::Syntax | Category::Data | Category::Io) => {
            format!("not JSON from character {at} on; write one object on each line")
        }
    }
}

/// The fields without these names, at any depth.
fn without(fields: Map<String, Value>, names: &BTreeSet<String>) -> Map<String, Value> {
    let one = |value: Value| match value {
        Value::Object(fields) => Value::Object(without(fields, names)),
        other => other,
    };
    fields.into_iter().filter(|(name, _)| !names.contains(name)).map(|(name, value)| (name, one(value))).collect()
}

/// Collects the names of fields that are said twice. The values are not kept.
struct Names<'a>(&'a mut BTreeSet<String>);

impl<'de> DeserializeSeed<'de> for Names<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Names<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            map.next_value_seed(Names(self.0))?;
            if names.contains(&name) {
                self.0.insert(name);
            } else {
                names.insert(name);
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Names(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_field_is_said_once() {
        let check = |text: &str, expect: Result<usize, &str>| {
            let fields = read(text.as_bytes());
            let told = fields.as_ref().map(serde_json::Map::len).map_err(|fault| fault.said.as_str());
            assert_eq!(told, expect, "{text}");
        };
        check(r#"{"a":1,"b":[1,2.5,-3,true,null,"x",{}],"c":{"a":1e400}}"#, Ok(3));
        check("\u{feff}{}", Ok(0));
        check(r#"{"a":1,"a":1}"#, Err("a is said twice"));
        check(r#"{"a":1,"\u0061":2}"#, Err("a is said twice"));
        check(r#"{"body":{"data":[{"x":1},{"x":1,"x":2}]}}"#, Err("x is said twice"));
        check(r#"[{"a":1}]"#, Err("not a JSON object"));
        check(r#"{"order":0012}"#, Err("not JSON: the number at character 11 begins with a zero; write it in quotes"));
        check(r#"{"order":"#, Err("not JSON: it is cut off"));
        assert_eq!(read(b"{\"a\":\"caf\xe9\"}").unwrap_err().said, "not UTF-8 from byte 10: save it as UTF-8");
        assert!(read(b"{\"a\":}").unwrap_err().said.starts_with("not JSON from character 6 on"));
    }

    #[test]
    fn what_is_said_once_is_kept() {
        let fault =
            read(br#"{"order":"A","amount":"1","amount":"2","body":{"order_id":"B","order_id":"C"}}"#).unwrap_err();
        assert_eq!(serde_json::Value::Object(fault.rest), serde_json::json!({"order": "A", "body": {}}));
    }
}
