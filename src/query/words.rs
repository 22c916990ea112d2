//! Names as words: how the database splits them, and how a query's words meet them. Migration 0002 does the same in SQL.

/// Longer words are not told apart.
const LONGEST: usize = 100;

/// Between the pieces of one word.
const BETWEEN: [char; 7] = ['-', '_', '/', '.', ':', '@', '+'];

/// The words of a text: lower case as far as ASCII goes, as far as they are told apart.
pub fn tokens(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split_ascii_whitespace().map(short)
}

/// The words of a name and the pieces of its words: what the beginning of a query's word is compared with.
pub fn pieces(name: &str) -> impl Iterator<Item = String> + '_ {
    let inside = name.split_ascii_whitespace().flat_map(|word| word.split(BETWEEN)).filter(|piece| !piece.is_empty());
    tokens(name).chain(inside.map(short))
}

fn short(word: &str) -> String {
    word.chars().take(LONGEST).collect::<String>().to_ascii_lowercase()
}

/// Whether each of the words begins one of the name's.
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
