//! Fills in the placeholders of a text.

/// Replaces each name by its value. A name without a value stays, so that the writer sees what is missing. It goes through the text once,
/// so that braces in a value are not filled in again.
pub fn fill(text: &str, known: &[(&str, Option<&str>)]) -> String {
    let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('{') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        match known.iter().find_map(|(name, value)| Some((*name, (*value)?)).filter(|_| rest.starts_with(name))) {
            Some((name, value)) => {
                filled.push_str(value);
                rest = &rest[name.len()..];
            }
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use crate::cases::fill::fill;

    #[test]
    fn names_are_filled_in_once() {
        let check = |text: &str, expect: &str| {
            assert_eq!(fill(text, &[("{a}", Some("{b}")), ("{b}", Some("2")), ("{c}", None)]), expect, "{text}");
        };
        check("{a} and {b}", "{b} and 2");
        check("{c}, {d}, {", "{c}, {d}, {");
        check("", "");
    }
}
