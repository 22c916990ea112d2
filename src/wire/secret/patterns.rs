//! Secrets that are known by what they look like: credentials after `Bearer` and `Basic`, JSON Web Tokens, names and passwords in URLs,
//! numbers of cards.

use super::BLANK;

/// The same bytes without them.
pub fn blanked(bytes: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let begins = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        let found =
            if begins { credential(bytes, at).or_else(|| token(bytes, at)).or_else(|| card(bytes, at)) } else { None };
        match found.or_else(|| login(bytes, at)) {
            Some((start, end)) => {
                kept.extend_from_slice(&bytes[at..start]);
                kept.extend_from_slice(BLANK.as_bytes());
                at = end;
            }
            None => {
                kept.push(bytes[at]);
                at += 1;
            }
        }
    }
    kept
}

/// How many bytes from here belong together.
fn run(bytes: &[u8], at: usize, belongs: impl Fn(u8) -> bool) -> usize {
    bytes[at..].iter().take_while(|byte| belongs(**byte)).count()
}

/// How keys of payment services begin.
const KEYS: [&str; 6] = ["sk_live_", "sk_test_", "pk_live_", "pk_test_", "rk_live_", "whsec_"];

/// What follows `Bearer` or `Basic`, if no word of a sentence looks like it.
fn credential(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let name = ["bearer ", "basic "]
        .into_iter()
        .find(|name| bytes.get(at..at + name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes())))?;
    let start = at + name.len();
    let end = start + run(bytes, start, |byte| byte.is_ascii_alphanumeric() || b"+/=._~-".contains(&byte));
    let value = &bytes[start..end];
    let mixed =
        value.iter().any(u8::is_ascii_digit) || value.contains(&b'=') || value.iter().any(u8::is_ascii_uppercase);
    (value.len() >= 6 && mixed).then_some((start, end))
}

/// A JSON Web Token, or a key that says by its beginning that it is one.
fn token(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    if let Some(begin) = KEYS.iter().find(|begin| bytes[at..].starts_with(begin.as_bytes())) {
        let start = at + begin.len();
        let end = start + run(bytes, start, |byte| byte.is_ascii_alphanumeric());
        return (end - start >= 8).then_some((at, end));
    }
    if !bytes[at..].starts_with(b"eyJ") {
        return None;
    }
    let end = at + run(bytes, at, |byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    (end - at >= 20 && bytes[at..end].contains(&b'.')).then_some((at, end))
}

/// What stands before the host of a URL.
fn login(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    if !bytes[at..].starts_with(b"://") {
        return None;
    }
    let start = at + 3;
    let end = start + run(bytes, start, |byte| !byte.is_ascii_whitespace() && !b"/?#\"'<>\\".contains(&byte));
    let user = bytes[start..end].iter().rposition(|byte| *byte == b'@')?;
    (user > 0).then_some((start, start + user))
}

/// The digits that issuers of cards begin their numbers with.
const ISSUERS: [&str; 12] = ["4", "51", "52", "53", "54", "55", "22", "23", "34", "37", "506", "650"];

/// Fields whose digits are ids of orders or of moves, whatever they look like.
const IDS: [&str; 9] = [
    "order",
    "id",
    "order_id",
    "order_reference_id",
    "order_number",
    "reference",
    "capture_id",
    "refund_id",
    "cancel_id",
];

/// A number of a card: 15 to 19 digits of a known issuer, perhaps in groups, with the right last digit.
fn card(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    if !bytes[at].is_ascii_digit() {
        return None;
    }
    let length = run(bytes, at, |byte| byte.is_ascii_digit() || byte == b' ' || byte == b'-');
    let part = &bytes[at..at + length];
    let length = part.iter().rposition(u8::is_ascii_digit)? + 1;
    let digits: Vec<u8> = part[..length].iter().filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0').collect();
    let text: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
    let issued = ISSUERS.iter().any(|start| text.starts_with(start));
    let next = bytes.get(at + length).is_some_and(u8::is_ascii_alphanumeric);
    let fits = (15..=19).contains(&digits.len()) && issued && !next && adds_up(&digits) && !names_an_id(&bytes[..at]);
    fits.then_some((at, at + length))
}

/// Whether the last digit is right (ISO/IEC 7812-1).
fn adds_up(digits: &[u8]) -> bool {
    let weighed = digits.iter().rev().enumerate().map(|(place, digit)| match (place % 2, digit * 2) {
        (0, _) => u32::from(*digit),
        (_, double) => u32::from(double / 10 + double % 10),
    });
    weighed.sum::<u32>() % 10 == 0
}

/// Whether what stands before is the name of a field with ids.
fn names_an_id(before: &[u8]) -> bool {
    let start = before.len().saturating_sub(60);
    let text = String::from_utf8_lossy(&before[start..]);
    let text = text.trim_end_matches(['"', '\'', '\\', ' ', ':', '=']);
    is_id(text.rsplit(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next().unwrap_or_default())
}

/// Whether this is the name of a field with ids.
pub fn is_id(name: &str) -> bool {
    IDS.iter().any(|id| id.eq_ignore_ascii_case(name))
}

/// Whether these bytes are the number of a card, and nothing else.
pub fn is_card(bytes: &[u8]) -> bool {
    !bytes.is_empty() && card(bytes, 0) == Some((0, bytes.len()))
}
