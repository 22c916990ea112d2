//! Secrets in JSON: the values of fields that hold them are replaced where they stand, and everything else keeps its bytes. So a line
//! stays JSON, whatever is in its texts.

use std::ops::Range;

use serde_json::Value;

use super::{BLANK, PAIRS, is_secret, patterns};

/// A part of JSON, with the place of its bytes.
enum Node {
    Object(Vec<(Range<usize>, Node)>, Range<usize>),
    Array(Vec<Node>, Range<usize>),
    Text(Range<usize>),
    Number(Range<usize>),
    /// True, false or null.
    Word(Range<usize>),
}

impl Node {
    fn place(&self) -> Range<usize> {
        match self {
            Self::Object(_, place) | Self::Array(_, place) => place.clone(),
            Self::Text(place) | Self::Number(place) | Self::Word(place) => place.clone(),
        }
    }
}

/// The same JSON without secrets; `None` if the bytes are not an object or an array.
pub fn blanked(bytes: &[u8]) -> Option<Vec<u8>> {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace())?;
    if !matches!(bytes[start], b'{' | b'[') || serde_json::from_slice::<Value>(bytes).is_err() {
        return None;
    }
    let mut at = start;
    let node = read(bytes, &mut at);
    let mut found = Vec::new();
    look(bytes, &node, false, &mut found);
    let (mut kept, mut from) = (Vec::with_capacity(bytes.len()), 0);
    for (place, text) in found {
        kept.extend_from_slice(&bytes[from..place.start]);
        kept.extend_from_slice(text.as_bytes());
        from = place.end;
    }
    kept.extend_from_slice(&bytes[from..]);
    Some(kept)
}

fn skip(bytes: &[u8], at: &mut usize) {
    while bytes.get(*at).is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b':')) {
        *at += 1;
    }
}

/// Reads what starts here. The bytes are JSON: that was looked at before.
fn read(bytes: &[u8], at: &mut usize) -> Node {
    let start = *at;
    match bytes.get(start) {
        Some(b'{') => {
            let mut fields = Vec::new();
            *at += 1;
            skip(bytes, at);
            while bytes.get(*at).is_some_and(|byte| *byte == b'"') {
                let name = text(bytes, at);
                skip(bytes, at);
                fields.push((name, read(bytes, at)));
                skip(bytes, at);
            }
            *at += 1;
            Node::Object(fields, start..*at)
        }
        Some(b'[') => {
            let mut parts = Vec::new();
            *at += 1;
            skip(bytes, at);
            while bytes.get(*at).is_some_and(|byte| *byte != b']') {
                parts.push(read(bytes, at));
                skip(bytes, at);
            }
            *at += 1;
            Node::Array(parts, start..*at)
        }
        Some(b'"') => Node::Text(text(bytes, at)),
        first => {
            let number = first.is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-');
            let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
            *at += bytes[start..].iter().take_while(|byte| inside(byte)).count().max(1);
            if number { Node::Number(start..*at) } else { Node::Word(start..*at) }
        }
    }
}

/// The place of the text that starts here, with its quotes.
fn text(bytes: &[u8], at: &mut usize) -> Range<usize> {
    let start = *at;
    *at += 1;
    while let Some(byte) = bytes.get(*at) {
        *at += if *byte == b'\\' { 2 } else { 1 };
        if *byte == b'"' {
            break;
        }
    }
    start..(*at).min(bytes.len())
}

fn decoded(bytes: &[u8], place: &Range<usize>) -> String {
    serde_json::from_slice(&bytes[place.clone()]).unwrap_or_default()
}

/// Where a secret stands, and what replaces it.
type Found = Vec<(Range<usize>, String)>;

fn look(bytes: &[u8], node: &Node, secret: bool, found: &mut Found) {
    match node {
        Node::Word(_) => {}
        _ if secret => {
            let text = if matches!(node, Node::Text(_)) { format!("\"{BLANK}\"") } else { "null".to_owned() };
            found.push((node.place(), text));
        }
        Node::Object(fields, _) => {
            let named = |(name, value): &(Range<usize>, Node)| {
                let Node::Text(place) = value else { return false };
                PAIRS.contains(&decoded(bytes, name).as_str()) && is_secret(&decoded(bytes, place))
            };
            let is_pair = fields.iter().any(named);
            for (name, value) in fields {
                let name = decoded(bytes, name);
                look_at(bytes, &name, value, is_secret(&name) || (is_pair && name == "value"), found);
            }
        }
        // A header as a pair: its name, its value.
        Node::Array(parts, _) => match parts.as_slice() {
            [Node::Text(name), value] if is_secret(&decoded(bytes, name)) => look(bytes, value, true, found),
            parts => parts.iter().for_each(|part| look(bytes, part, false, found)),
        },
        Node::Text(place) => {
            let said = decoded(bytes, place);
            let clean = blanked(said.as_bytes()).and_then(|clean| String::from_utf8(clean).ok());
            let clean = clean.unwrap_or_else(|| super::text(&said));
            if clean != said {
                found.push((place.clone(), Value::String(clean).to_string()));
            }
        }
        Node::Number(place) => {
            if patterns::is_card(&bytes[place.clone()]) {
                found.push((place.clone(), format!("\"{BLANK}\"")));
            }
        }
    }
}

/// A field: digits of an id are no number of a card, whatever they look like.
fn look_at(bytes: &[u8], name: &str, value: &Node, secret: bool, found: &mut Found) {
    let digits =
        |place: &Range<usize>| bytes[place.clone()].iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'"'));
    match value {
        Node::Text(place) | Node::Number(place) if !secret && patterns::is_id(name) && digits(place) => {}
        _ => look(bytes, value, secret, found),
    }
}
