//! What must never be kept. AtaraPay's token carries the merchant's private key, Tamara's is a signature: both are
//! blanked in the bytes before anything stores them. Everything else stays as it came.

/// The fields that hold secrets, as they appear in JSON, in JSON inside a string, and in a form.
const NAMES: [&str; 4] = ["token", "authtoken", "tamaraToken", "auth_token"];

/// What stands in a secret's place.
const BLANK: &[u8] = b"[removed]";

/// The same bytes without the values of secret fields.
pub fn blanked(bytes: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match value_at(&bytes[at..]) {
            Some((start, end)) => {
                kept.extend_from_slice(&bytes[at..at + start]);
                kept.extend_from_slice(BLANK);
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

/// Where a secret's value starts and ends, if a secret field's name starts here.
fn value_at(bytes: &[u8]) -> Option<(usize, usize)> {
    let name = NAMES.iter().find(|name| {
        let length = name.len();
        bytes.len() > length && bytes[..length].eq_ignore_ascii_case(name.as_bytes())
    })?;
    let mut at = name.len();
    if bytes[at] == b'=' {
        let end = bytes[at + 1..].iter().position(|byte| matches!(byte, b'&' | b'"' | b' ' | b'\\'));
        return Some((at + 1, end.map_or(bytes.len(), |end| at + 1 + end)));
    }
    at += skip(&bytes[at..], b"\\\"")?;
    at += skip(&bytes[at..], b": \t")?;
    let quotes = skip(&bytes[at..], b"\\\"")?;
    let opening = &bytes[at..at + quotes];
    at += quotes;
    // The value ends with the quote it began with: bare, or escaped as deep as the opening one.
    let end = bytes[at..].windows(opening.len()).position(|window| window == opening);
    Some((at, end.map_or(bytes.len(), |end| at + end)))
}

/// How many of these bytes come first; `None` where there is none.
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
    fn secrets_are_blanked_and_nothing_else() {
        check(
            r#"{"status":"Delivered","token":"cHVi+OnBy=","data":1}"#,
            r#"{"status":"Delivered","token":"[removed]","data":1}"#,
        );
        check(r#"{"a":"{\"token\": \"abc\",\"b\":1}"}"#, r#"{"a":"{\"token\": \"[removed]\",\"b\":1}"}"#);
        check("\"status=Delivered&token=abc%3D&data=1\"", "\"status=Delivered&token=[removed]&data=1\"");
        check(r#"{"token":"abc", broken"#, r#"{"token":"[removed]", broken"#);
        check(r#"{"token":"never closed"#, r#"{"token":"[removed]"#);
        check(
            r#"{"note":"a token of thanks","tokens":3,"token":null}"#,
            r#"{"note":"a token of thanks","tokens":3,"token":null}"#,
        );
    }
}
