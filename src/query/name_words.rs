//! Splits names into words, and matches a query's words with them. The schema (`0006_find.sql`) does the same in SQL.

use super::folded::folded;

/// Words are compared up to this many letters.
const LONGEST: usize = 100;

/// What separates the pieces of a word.
const BETWEEN: [char; 14] = ['-', '_', '/', '.', ':', '@', '+', ',', ';', '"', '(', ')', '&', '\\'];

/// The words of a text as they are compared, cut to at most 100 letters each.
pub fn tokens(text: &str) -> impl Iterator<Item = String> {
    folded(text).split_ascii_whitespace().map(short).collect::<Vec<_>>().into_iter()
}

/// The words of a name and the pieces of those words. A query's word must start one of them.
pub fn pieces(name: &str) -> impl Iterator<Item = String> {
    let text = folded(name);
    let words = text.split_ascii_whitespace();
    let inside = words.clone().flat_map(|word| word.split(BETWEEN)).filter(|piece| !piece.is_empty());
    words.chain(inside).map(short).collect::<Vec<_>>().into_iter()
}

fn short(word: &str) -> String {
    word.chars().take(LONGEST).collect()
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
        check("Adébáyọ̀ Ọlá", "adebayo", true);
        check("Adebayo", "Adébáyọ̀", true);
        check("مصطفى", "مصطفي", true);
        check("", "x", false);
        check("anything", "", true);
    }
}
