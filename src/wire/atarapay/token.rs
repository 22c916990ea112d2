//! AtaraPay's notification token, and the forms in which a notification comes.

use base64::prelude::{BASE64_STANDARD, Engine};
use chrono::{DateTime, Utc};
use percent_encoding::percent_decode;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;

use crate::wire::call::{Arrived, Keys};
use crate::wire::object;

/// The token of a notification with this id and amount, spelled as the body spells them.
pub fn token(public: &str, private: &str, id: &str, amount: &str) -> String {
    BASE64_STANDARD.encode(format!("{public}:{private}:{id}:{amount}"))
}

/// Whether the notification has the token of its order and amount. The token is the same for an order for ever, and covers neither
/// status nor message.
pub fn is_genuine(arrived: &Arrived<'_>, keys: &Keys<'_>, _now: DateTime<Utc>) -> bool {
    let Some((public, private)) = keys.pair.filter(|(public, private)| !public.is_empty() && !private.is_empty())
    else {
        return false;
    };
    let Some(fields) = fields(arrived) else { return false };
    let Some((id, amount)) = named(&fields) else { return false };
    let Some(given) = spelled(&fields, "token") else { return false };
    let expected = token(public, private, &id, &amount);
    bool::from(given.trim().as_bytes().ct_eq(expected.as_bytes()))
}

/// The notification as JSON: as it came, or the fields of a form.
pub fn body(arrived: &Arrived<'_>) -> Option<Vec<u8>> {
    std::str::from_utf8(arrived.body).ok()?;
    match kind(arrived) {
        Kind::Json => return Some(arrived.body.to_vec()),
        Kind::Form => percent_decode(arrived.body).decode_utf8().map(drop).ok()?,
        Kind::Parts(_) => {}
    }
    fields(arrived).map(|fields| Value::Object(fields).to_string().into_bytes())
}

#[derive(PartialEq, Eq)]
enum Kind {
    Json,
    Form,
    Parts(String),
}

fn kind(arrived: &Arrived<'_>) -> Kind {
    let said = arrived.content_type.to_lowercase();
    if said.starts_with("application/x-www-form-urlencoded") {
        return Kind::Form;
    }
    let boundary = arrived.content_type.split(';').find_map(|part| part.trim().strip_prefix("boundary="));
    match boundary.filter(|_| said.starts_with("multipart/form-data")) {
        Some(boundary) => Kind::Parts(boundary.trim_matches('"').to_owned()),
        // Some clients do not say that what they post is a form.
        None if !arrived.body.trim_ascii_start().starts_with(b"{") && arrived.body.contains(&b'=') => Kind::Form,
        None => Kind::Json,
    }
}

fn fields(arrived: &Arrived<'_>) -> Option<Map<String, Value>> {
    // Bytes that are no text may have a good token: then they wait for a person as they came.
    let body = String::from_utf8_lossy(arrived.body);
    match kind(arrived) {
        Kind::Json => object::read(body.as_bytes()).ok().or_else(|| lenient_object(&body)),
        Kind::Form => {
            let pairs = form_urlencoded::parse(body.as_bytes());
            once(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())))
        }
        Kind::Parts(boundary) => once(parts(&body, &boundary)?.into_iter()),
    }
}

/// The fields, unless one is said twice.
fn once(pairs: impl Iterator<Item = (String, String)>) -> Option<Map<String, Value>> {
    let mut fields = Map::new();
    for (name, value) in pairs {
        if fields.insert(name, Value::String(value)).is_some() {
            return None;
        }
    }
    Some(fields)
}

/// At most so many fields of a form in parts are read.
const PARTS: usize = 32;

/// The fields of a form in parts, as RFC 7578 has them. Files are no fields of a notification.
fn parts(text: &str, boundary: &str) -> Option<Vec<(String, String)>> {
    let mark = format!("--{boundary}");
    if boundary.is_empty() || boundary.len() > 70 {
        return None;
    }
    let mut all = Vec::new();
    for part in text.split(mark.as_str()).skip(1) {
        let part = part.strip_prefix("\r\n").or_else(|| part.strip_prefix('\n'));
        let Some(part) = part else { break };
        let (head, value) = part.split_once("\r\n\r\n").or_else(|| part.split_once("\n\n"))?;
        let value = value.strip_suffix("\r\n").or_else(|| value.strip_suffix('\n')).unwrap_or(value);
        let name = head.lines().find_map(|line| {
            let rest = line.to_lowercase().starts_with("content-disposition").then_some(line)?;
            rest.split(';').find_map(|item| item.trim().strip_prefix("name=")).map(|name| name.trim_matches('"'))
        })?;
        all.push((name.to_owned(), value.to_owned()));
        if all.len() > PARTS {
            return None;
        }
    }
    Some(all)
}

/// Of JSON that cannot be read, the outer token and data, as far as they can be told.
fn lenient_object(text: &str) -> Option<Map<String, Value>> {
    let token = after(text, "token")?;
    let mut fields = Map::new();
    fields.insert("token".to_owned(), Value::String(token));
    fields.insert("data".to_owned(), Value::String(text.to_owned()));
    Some(fields)
}

/// The order's id and its amount, spelled as the body spells them. `data` may be text that is not JSON: then they are looked for in it.
fn named(fields: &Map<String, Value>) -> Option<(String, String)> {
    let data = match fields.get("data")? {
        Value::Object(data) => data.clone(),
        Value::String(text) => match object::read(text.as_bytes()) {
            Ok(data) => data,
            Err(_) => return Some((after(text, "id")?, after(text, "amount_payed")?)),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => return None,
    };
    Some((spelled(&data, "id")?, spelled(&data, "amount_payed")?))
}

fn spelled(fields: &Map<String, Value>, name: &str) -> Option<String> {
    match fields.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The value after a quoted name, in text that is nearly JSON.
fn after(text: &str, name: &str) -> Option<String> {
    let quoted = [format!("\"{name}\""), format!("'{name}'"), format!("\\\"{name}\\\"")];
    let at = quoted.iter().find_map(|quoted| Some(text.find(quoted.as_str())? + quoted.len()))?;
    let rest = text[at..].trim_start().strip_prefix(':')?.trim_start();
    let value: String = rest
        .trim_start_matches(['"', '\'', '\\'])
        .chars()
        .take_while(|letter| letter.is_ascii_alphanumeric() || "+/=.-_".contains(*letter))
        .collect();
    Some(value).filter(|value| !value.is_empty() && value.len() <= 500)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIR: (&str, &str) = ("pub", "priv");

    fn arrived<'a>(content_type: &'a str, body: &'a str) -> Arrived<'a> {
        Arrived { authorization: &[], query: "", content_type, body: body.as_bytes() }
    }

    fn check(content_type: &str, body: &str, expect: bool) {
        let keys = Keys { tokens: &[], pair: Some(PAIR) };
        let got = is_genuine(&arrived(content_type, body), &keys, DateTime::UNIX_EPOCH);
        assert_eq!(got, expect, "{content_type} {body}");
    }

    #[test]
    fn the_token_covers_id_and_amount_as_they_are_spelled() {
        let plain = token("pub", "priv", "77", "450000");
        check(
            "application/json",
            &format!(r#"{{"status":"Delivered","data":{{"id":77,"amount_payed":"450000"}},"token":"{plain}"}}"#),
            true,
        );
        check(
            "application/json",
            &format!(r#"{{"data":{{"id":77,"amount_payed":450000.0}},"token":"{plain}"}}"#),
            false,
        );
        let spelled = token("pub", "priv", "77", "450000.0");
        check(
            "application/json",
            &format!(r#"{{"data":{{"id":77,"amount_payed":450000.0}},"token":"{spelled}"}}"#),
            true,
        );
        check(
            "application/json",
            &format!(r#"{{"data":"{{\"id\":77,\"amount_payed\":450000}}","token":"{plain}"}}"#),
            true,
        );
        check("application/json", &format!(r#"{{"data":{{"id":78,"amount_payed":450000}},"token":"{plain}"}}"#), false);
        check("application/json", r#"{"data":{"id":77,"amount_payed":450000}}"#, false);
        check("application/json", r#"{"data":{"id":77,"amount_payed":450000},"token":""}"#, false);
        check("application/json", "", false);
    }

    #[test]
    fn forms_and_data_that_is_no_json_are_read() {
        let plain = token("pub", "priv", "77", "450000");
        let form: String = form_urlencoded::Serializer::new(String::new())
            .append_pair("status", "Delivered")
            .append_pair("data", r#"{"id":77,"amount_payed":450000}"#)
            .append_pair("token", &plain)
            .finish();
        check("application/x-www-form-urlencoded; charset=utf-8", &form, true);
        check("", &form, true);
        check("application/x-www-form-urlencoded", &format!("{form}&token=x"), false);
        let part = |name: &str, value: &str| {
            format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let whole = format!("{}{}--B--\r\n", part("data", r#"{"id":77,"amount_payed":450000}"#), part("token", &plain));
        check("multipart/form-data; boundary=B", &whole, true);
        check("multipart/form-data; boundary=\"B\"", &whole, true);
        check("multipart/form-data; boundary=C", &whole, false);
        let broken = r#"{"id":77,"amount_payed":450000,"status":{"title":Delivered}}"#;
        let form: String = form_urlencoded::Serializer::new(String::new())
            .append_pair("data", broken)
            .append_pair("token", &plain)
            .finish();
        check("application/x-www-form-urlencoded", &form, true);
    }

    #[test]
    fn without_keys_nothing_is_genuine() {
        let body = format!(r#"{{"data":{{"id":1,"amount_payed":1}},"token":"{}"}}"#, token("", "", "1", "1"));
        let come = arrived("application/json", &body);
        assert!(!is_genuine(&come, &Keys { tokens: &[], pair: None }, DateTime::UNIX_EPOCH));
        assert!(!is_genuine(&come, &Keys { tokens: &[], pair: Some(("", "")) }, DateTime::UNIX_EPOCH));
    }

    #[test]
    fn bytes_that_are_no_text_are_genuine_and_not_read() {
        let plain = token("pub", "priv", "77", "450000");
        let data = "%7B%22id%22%3A77%2C%22amount_payed%22%3A450000%7D";
        let form = format!("message=%ff%fe&data={data}&token={plain}");
        let mut json =
            format!(r#"{{"message":"?","data":{{"id":77,"amount_payed":450000}},"token":"{plain}"}}"#).into_bytes();
        json[12] = 0xff;
        for (kind, bytes) in [("application/x-www-form-urlencoded", form.into_bytes()), ("application/json", json)] {
            let come = Arrived { authorization: &[], query: "", content_type: kind, body: &bytes };
            assert!(is_genuine(&come, &Keys { tokens: &[], pair: Some(PAIR) }, DateTime::UNIX_EPOCH), "{kind}");
            assert_eq!(body(&come), None, "{kind}");
        }
    }

    #[test]
    fn a_form_becomes_json() {
        let come = arrived("application/x-www-form-urlencoded", "status=Delivered&data=%7B%7D");
        assert_eq!(body(&come).unwrap(), br#"{"data":"{}","status":"Delivered"}"#);
        let come = arrived("application/json", r#"{"a": 1.0}"#);
        assert_eq!(body(&come).unwrap(), br#"{"a": 1.0}"#);
    }
}
