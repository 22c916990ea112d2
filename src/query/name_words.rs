//! Splits names into words, and matches a query's words with them. The schema (`0006_find.sql`) does the same in SQL.

/// Words are compared up to this many letters.
const LONGEST: usize = 100;

/// What separates the pieces of a word.
const BETWEEN: [char; 7] = ['-', '_', '/', '.', ':', '@', '+'];

/// The words of a text, cut to at most 100 letters each, with ASCII letters in lower case.
pub fn tokens(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split_ascii_whitespace().map(short)
}

/// The words of a name and the pieces of those words. A query's word must start one of them.
pub fn pieces(name: &str) -> impl Iterator<Item = String> + '_ {
    let inside = name.split_ascii_whitespace().flat_map(|word| word.split(BETWEEN)).filter(|piece| !piece.is_empty());
    tokens(name).chain(inside.map(short))
}

fn short(word: &str) -> String {
    word.chars().take(LONGEST).collect::<String>().to_ascii_lowercase()
}

/// Whether each of the words starts a word of the name, or a piece of one.
pub fn begins(name: &str, words: &str) -> bool {
    tokens(words).all(|word| pieces(name).any(|piece| piece.starts_with(&word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_begin_names() {
        let check = |name, words, expect| assert_eq!(begins(name, words), expect, "{words:?} of {name:?}");
        check("Ngozi Eze", "ngozi", true);
        check("Ngozi Eze", "eze ngo", true);
        check("Ngozi Eze", "gozi", false);
        check("ATP-20311", "atp-203", true);
        check("ATP-20311", "203", true);
        check("سارة العتيبي", "سارة", true);
        check("", "x", false);
        check("anything", "", true);
    }
}
