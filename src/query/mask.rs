//! Masks people's names in queries, for recordings. A masked text parses to the masked query.

use super::{Field, KEYS, Query, Term, Test};

/// Replaces a letter by `x` and a digit by `0`, since they may be part of a name or a number.
pub fn masked_letter(letter: char) -> char {
    match letter {
        letter if letter.is_alphabetic() => 'x',
        letter if letter.is_numeric() => '0',
        letter => letter,
    }
}

/// A text with all letters and digits masked.
pub fn masked_letters(text: &str) -> String {
    text.chars().map(masked_letter).collect()
}

/// Whether a field holds people's names.
const fn is_private(field: Field) -> bool {
    match field {
        Field::Buyer | Field::Seller | Field::Message | Field::Rationale => true,
        Field::Order | Field::Merchant | Field::Reference => false,
    }
}

impl Query {
    /// The same query with the names in it masked.
    pub fn masked(&self) -> Self {
        let term = |term: &Term| {
            let test = match &term.test {
                Test::Named(field, words) if is_private(*field) => Test::Named(*field, masked_letters(words)),
                Test::Word(words) => Test::Word(masked_word(words)),
                Test::Note(words) => Test::Note(masked_letters(words)),
                Test::Owner(names) => Test::Owner(names.iter().map(|name| masked_letters(name)).collect()),
                other => other.clone(),
            };
            Term { not: term.not, test }
        };
        Self { terms: self.terms.iter().map(term).collect() }
    }
}

/// Masks a word, unless a key of the language starts with it.
fn masked_word(word: &str) -> String {
    if KEYS.iter().any(|key| key.name.starts_with(word)) { word.to_owned() } else { masked_letters(word) }
}

/// The text of a query with the names in it masked. It parses to the masked query.
pub fn masked(text: &str) -> String {
    // A text that does not parse can have a name anywhere.
    if super::parse(text).is_err() {
        return masked_letters(text);
    }
    let (mut masked, mut piece, mut quoted, mut escaped) = (String::new(), String::new(), false, false);
    for letter in text.chars() {
        if letter.is_whitespace() && !quoted {
            masked.push_str(&masked_piece(&piece));
            masked.push(letter);
            piece.clear();
            continue;
        }
        match (letter, escaped) {
            (_, true) => escaped = false,
            ('\\', false) if quoted => escaped = true,
            ('"', false) => quoted = !quoted,
            (_, false) => {}
        }
        piece.push(letter);
    }
    masked + &masked_piece(&piece)
}

fn masked_piece(piece: &str) -> String {
    let (not, body) = piece.strip_prefix('-').map_or(("", piece), |body| ("-", body));
    let sign = body.find([':', '=', '<', '>']).filter(|at| !body[..*at].contains('"'));
    match sign.map(|at| body.split_at(at)) {
        Some((key, value))
            if ["buyer", "seller", "note", "owner", "message", "rationale"].contains(&key.to_lowercase().as_str()) =>
        {
            format!("{not}{key}{}", masked_letters(value))
        }
        Some(_) => piece.to_owned(),
        None if body.contains('"') => format!("{not}{}", masked_letters(body)),
        None => format!("{not}{}", masked_word(body)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse;

    #[test]
    fn masked_text_reads_as_the_masked_query() {
        let check = |text: &str, expect: &str| {
            assert_eq!(masked(text), expect);
            assert_eq!(parse(expect).unwrap(), parse(text).unwrap().masked(), "{text}");
        };
        check("status:disputed age>48h", "status:disputed age>48h");
        check("buyer:\"Ngozi Eze\" -unconfirmed", "buyer:\"xxxxx xxx\" -unconfirmed");
        check("-seller:aba ATP-203 merchant:m-7", "-seller:xxx xxx-000 merchant:m-7");
        check("note:\"broken seal\" owner:ben mine", "note:\"xxxxxx xxxx\" owner:xxx mine");
        check("سارة due<2h", "xxxx due<2h");
        assert_eq!(masked("buyr:Hauwa 0803"), "xxxx:xxxxx 0000");
        check("\"she said\" amount>5", "\"xxx xxxx\" amount>5");
    }
}
