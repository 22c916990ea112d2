//! Removes secrets. AtaraPay's token carries the merchant's private key, and Tamara's is a signature: both are blanked
//! in the bytes before anything stores them. Everything else stays as it is.

mod json;
mod patterns;

/// The names of fields that hold secrets, in JSON, in JSON inside a string, and in a form. A longer name that ends with
/// one of them counts too.
const NAMES: [&str; 24] = [
    "token",
    "authorization",
    "private_key",
    "privateKey",
    "secret",
    "password",
    "passwd",
    "api_key",
    "api-key",
    "apikey",
    "cookie",
    "jwt",
    "pwd",
    "pw",
    "passphrase",
    "secret_key",
    "cvc",
    "cvv",
    "pass",
    "session",
    "otp",
    "pin",
    "signature",
    "hmac",
];

/// Those that are names of headers.
const HEADERS: [&str; 5] = ["authorization", "cookie", "api-key", "api_key", "apikey"];

/// The text that replaces a secret.
const BLANK: &str = "[removed]";

/// The same bytes without the values of secret fields, and without what looks like a secret. JSON stays JSON; bytes that are not
/// are looked through as they are.
pub fn blanked(bytes: &[u8]) -> Vec<u8> {
    // Most lines have none, and nothing that could hide one.
    let hides = bytes.windows(2).any(|two| two == b"\\u" || two == b"\\/");
    if !hides && !mentions(bytes) {
        let kept = patterns::blanked(bytes);
        if kept == bytes {
            return kept;
        }
    }
    json::blanked(bytes).unwrap_or_else(|| loose(bytes))
}

/// A text without secrets.
fn text(said: &str) -> String {
    String::from_utf8(loose(said.as_bytes())).unwrap_or_else(|_| BLANK.to_owned())
}

fn loose(bytes: &[u8]) -> Vec<u8> {
    patterns::blanked(&scanned(bytes))
}

/// A text about a call, without what looks like a secret: what follows `Bearer` or `Basic`, a JSON Web Token, and a
/// name and password before the host of a URL.
pub fn words(text: &str) -> String {
    let (mut kept, mut after) = (String::with_capacity(text.len()), false);
    for piece in text.split_inclusive(|letter: char| letter.is_whitespace() || "\"'<>,;(){}[]".contains(letter)) {
        let word = piece.trim_end_matches(|letter: char| letter.is_whitespace() || "\"'<>,;(){}[]".contains(letter));
        let rest = &piece[word.len()..];
        let url = word.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?.1)));
        match url {
            _ if !word.is_empty() && (after || word.starts_with("eyJ")) => kept.push_str(BLANK),
            Some((scheme, host)) => kept.push_str(&format!("{scheme}://{BLANK}@{host}")),
            None => kept.push_str(word),
        }
        kept.push_str(rest);
        let names = ["bearer", "basic"].iter().any(|name| word.eq_ignore_ascii_case(name));
        after = names || (after && word.is_empty());
    }
    kept
}

/// Whether the name of a secret may occur.
fn mentions(bytes: &[u8]) -> bool {
    let initial = |byte: u8| matches!(byte | 0x20, b't' | b'a' | b'p' | b's' | b'c' | b'j' | b'o' | b'h');
    (0..bytes.len()).any(|at| initial(bytes[at]) && named(&bytes[at..]).is_some())
}

/// The secret's name that starts here.
fn named(bytes: &[u8]) -> Option<&'static str> {
    NAMES.into_iter().find(|name| {
        let length = name.len();
        bytes.len() > length && bytes[..length].eq_ignore_ascii_case(name.as_bytes())
    })
}

fn scanned(bytes: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match value_at(&bytes[at..]) {
            Some((start, end, blank)) => {
                kept.extend_from_slice(&bytes[at..at + start]);
                kept.extend_from_slice(blank.as_bytes());
                at += end;
            }
            None => {
                kept.push(bytes[at]);
                at += 1;
            }
        }
    }
    kept
}

/// If a secret field's name starts here: where its value starts and ends, and what replaces it.
fn value_at(bytes: &[u8]) -> Option<(usize, usize, &'static str)> {
    let name = named(bytes)?;
    let mut at = name.len();
    // In a form, a name in brackets.
    let closing = ["]", "%5D", "%5d"].into_iter().find(|closing| bytes[at..].starts_with(closing.as_bytes()));
    at += closing.map_or(0, str::len);
    if let Some(after) = ["%22%3A%22", "%22%3a%22"].into_iter().find(|after| bytes[at..].starts_with(after.as_bytes()))
    {
        at += after.len();
        let end = (at..bytes.len()).find(|end| bytes[*end..].starts_with(b"%22") || bytes[*end] == b'&');
        return Some((at, end.unwrap_or(bytes.len()), BLANK));
    }
    let quoted = |at: usize| bytes.get(at).filter(|byte| matches!(byte, b'"' | b'\''));
    match (bytes.get(at), quoted(at + 1)) {
        (Some(b'='), Some(quote)) => {
            let end = bytes[at + 2..].iter().position(|byte| byte == quote);
            return Some((at + 2, end.map_or(bytes.len(), |end| at + 2 + end), BLANK));
        }
        (Some(b'='), None) => {
            let end = bytes[at + 1..].iter().position(|byte| matches!(byte, b'&' | b'"' | b' ' | b'\\' | b'\n'));
            return Some((at + 1, end.map_or(bytes.len(), |end| at + 1 + end), BLANK));
        }
        (Some(b'>'), _) => {
            let end = bytes[at + 1..].iter().position(|byte| *byte == b'<')?;
            return (end > 0).then_some((at + 1, at + 1 + end, BLANK));
        }
        (Some(b':'), None) if bytes.get(at + 1) == Some(&b' ') && quoted(at + 2).is_none() => {
            // A header, or a word that someone was told: a header's value is the rest of its line.
            let rest = &bytes[at + 2..];
            let ends = |byte: &u8| matches!(byte, b'\n' | b'\r' | b'"') || (!HEADERS.contains(&name) && *byte == b' ');
            let end = rest.iter().position(ends).unwrap_or(rest.len());
            return (end > 0).then_some((at + 2, at + 2 + end, BLANK));
        }
        _ => {}
    }
    at += skip(&bytes[at..], b"\\\"'")?;
    let between = skip(&bytes[at..], b": \t")?;
    if !bytes[at..at + between].contains(&b':') {
        return None;
    }
    at += between;
    let Some(quotes) = skip(&bytes[at..], b"\\\"'") else {
        // Not text: replace the whole value, so that no part of it stays readable and the line stays JSON.
        let end = bare(&bytes[at..]);
        return (&bytes[at..at + end] != b"null").then_some((at, at + end, "null"));
    };
    let opening = &bytes[at..at + quotes];
    at += quotes;
    // The value ends with the quote that opened it, escaped equally often; a quote escaped more often is inside it.
    let closes = |place: &usize| bytes[at + place - usize::from(*place > 0)] != b'\\' || *place == 0;
    let end = (0..bytes.len() - at).find(|place| bytes[at + place..].starts_with(opening) && closes(place));
    Some((at, end.map_or(bytes.len(), |end| at + end), BLANK))
}

/// The length of a value without quotes, in bytes: a list or an object up to its end, anything else up to a delimiter.
fn bare(bytes: &[u8]) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth > 1 => depth -= 1,
            b']' | b'}' if depth == 1 => return at + 1,
            b']' | b'}' | b',' | b' ' | b'\n' if depth == 0 => return at,
            _ => {}
        }
    }
    bytes.len()
}

/// Where an object that is a header has its name; its value is in `value`.
const PAIRS: [&str; 3] = ["name", "key", "header"];

/// Whether a name is one of a secret, or ends with one.
fn is_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    NAMES.iter().any(|secret| lower.ends_with(&secret.to_ascii_lowercase()))
}

/// How many bytes at the start are in this set; `None` if there are none.
fn skip(bytes: &[u8], of: &[u8]) -> Option<usize> {
    let count = bytes.iter().take_while(|byte| of.contains(byte)).count();
    (count > 0).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::blanked;

    fn check(bytes: &str, expect: &str) {
        assert_eq!(String::from_utf8(blanked(bytes.as_bytes())).unwrap(), expect);
    }

    #[test]
    fn secrets_in_the_middle_of_words_are_blanked() {
        let check = |text: &str, expect: &str| assert_eq!(super::words(text), expect);
        check("failed with Bearer abc.def, again", "failed with Bearer [removed], again");
        check("{\"url\":\"https://user:pw@h/x\"}", "{\"url\":\"https://[removed]@h/x\"}");
        check("jwt eyJhbGci.eyJz.SflK", "jwt [removed]");
        check("a bearer of news at a@b.c", "a bearer [removed] news at a@b.c");
        check("Service Unavailable", "Service Unavailable");
    }

    #[test]
    fn secrets_without_a_name_of_their_own_are_blanked() {
        check(
            r#"{"headers":[["Authorization","Basic dTpw"],["Accept","x"]]}"#,
            r#"{"headers":[["Authorization","[removed]"],["Accept","x"]]}"#,
        );
        check(r#"{"h":[{"name":"X-Api-Key","value":"S"}]}"#, r#"{"h":[{"name":"X-Api-Key","value":"[removed]"}]}"#);
        check("<a><Password>S</Password><b>1</b></a>", "<a><Password>[removed]</Password><b>1</b></a>");
        check(r#"{"note":"sent Bearer a1b2c3d4e5f6a7b8 to it"}"#, r#"{"note":"sent Bearer [removed] to it"}"#);
        check(r#"{"note":"eyJhbGciOiJIUzI1.eyJzdWIiOiIx.SflKxw"}"#, r#"{"note":"[removed]"}"#);
        check(r#"{"url":"https://ada:pw@h/x?y=a@b"}"#, r#"{"url":"https://[removed]@h/x?y=a@b"}"#);
        check(r#"{"card":"4111 1111 1111 1111","n":1}"#, r#"{"card":"[removed]","n":1}"#);
        check(r#"{"note":"paid with 5555555555554444."}"#, r#"{"note":"paid with [removed]."}"#);
        for plain in [
            r#"{"order":"4111111111111111","order_id":"4111111111111111"}"#,
            r#"{"note":"4111111111111112 and 1763629200000 and +2348031234567"}"#,
            r#"{"note":"a bearer of news, basic things, at a@b.c"}"#,
            r#"{"url":"https://h/x"}"#,
        ] {
            check(plain, plain);
        }
    }

    #[test]
    fn json_stays_json_whatever_is_in_its_texts() {
        check(r#"{"transaction_id":4111111111111111,"b":{"c":1}}"#, r#"{"transaction_id":"[removed]","b":{"c":1}}"#);
        check(r#"{"token":{"a":[1,{"b":"}"}]},"c":1}"#, r#"{"token":null,"c":1}"#);
        check(r#"{"token":"x\\","a":1}"#, r#"{"token":"[removed]","a":1}"#);
        for plain in [
            r#"{"note":"the \"password\" x"}"#,
            r#"{"comment":"gift card \"password\" wrong"}"#,
            r#"{"comment":"buyer says the \"token\" was missing"}"#,
        ] {
            check(plain, plain);
        }
        check(
            r#"{"comment":"<input name=\"token\" value=\"x\">"}"#,
            r#"{"comment":"<input name=\"token\" value=\"x\">"}"#,
        );
    }

    #[test]
    fn other_spellings_are_blanked() {
        check(r#"<Auth token="S"/>"#, r#"<Auth token="[removed]"/>"#);
        check(r#"{"x":"<Auth token=\"S\"/>"}"#, r#"{"x":"<Auth token=\"[removed]\"/>"}"#);
        check(r#"{"u":"https:\/\/user:S@host/hook"}"#, r#"{"u":"https://[removed]@host/hook"}"#);
        check(
            "status=Foo&data=%7B%22token%22%3A%22S%22%7D&a=1",
            "status=Foo&data=%7B%22token%22%3A%22[removed]%22%7D&a=1",
        );
        check("data[token]=S&data%5Btoken%5D=S&a=1", "data[token]=[removed]&data%5Btoken%5D=[removed]&a=1");
        check("Authorization: Token S\nAccept: x", "Authorization: [removed]\nAccept: x");
        check("X-Api-Key: S\nSet-Cookie: a=b; c\n", "X-Api-Key: [removed]\nSet-Cookie: [removed]\n");
        check("pwd: S and passphrase=S", "pwd: [removed] and passphrase=[removed]");
        check(r#"{"cvc":"123","a":["authtoken","S"]}"#, r#"{"cvc":"[removed]","a":["authtoken","[removed]"]}"#);
    }

    #[test]
    fn secrets_are_blanked_and_nothing_else() {
        check(
            r#"{"status":"Delivered","token":"cHVi+OnBy=","data":1}"#,
            r#"{"status":"Delivered","token":"[removed]","data":1}"#,
        );
        check(r#"{"a":"{\"token\": \"abc\",\"b\":1}"}"#, r#"{"a":"{\"token\": \"[removed]\",\"b\":1}"}"#);
        check("\"status=Delivered&token=abc%3D&data=1\"", "\"status=Delivered&token=[removed]&data=1\"");
        check(r#"{"token":"abc", broken"#, r#"{"token":"[removed]", broken"#);
        check(r#"{"token":"never closed"#, r#"{"token":"[removed]"#);
        check(r#"{"token":["S"],"a":1}"#, r#"{"token":null,"a":1}"#);
        check(r#"{"token":{"x":"S","y":[1]},"a":1}"#, r#"{"token":null,"a":1}"#);
        check(r#"{"token":123,"a":1}"#, r#"{"token":null,"a":1}"#);
        check(r#"{"\u0074oken":"S","a":1}"#, r#"{"\u0074oken":"[removed]","a":1}"#);
        check(r#"{"data":"{\"\\u0074oken\":\"S\"}"}"#, r#"{"data":"{\"\\u0074oken\":\"[removed]\"}"}"#);
        check(r#"{'token':'S', broken"#, r#"{'token':'[removed]', broken"#);
        check(r#"{"token":"ab\"S","b":1} broken"#, r#"{"token":"[removed]","b":1} broken"#);
        check(r#"{"headers":{"Authorization":"Bearer S"}}"#, r#"{"headers":{"Authorization":"[removed]"}}"#);
        check(
            r#"{"note":"a token of thanks","tokens":3,"token":null}"#,
            r#"{"note":"a token of thanks","tokens":3,"token":null}"#,
        );
    }
}
