//! Names of keys in the table and in the configuration, and keys from names.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Keys that are not letters.
const NAMED: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("shift-tab", KeyCode::BackTab),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pgup", KeyCode::PageUp),
    ("pgdn", KeyCode::PageDown),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("space", KeyCode::Char(' ')),
    ("f1", KeyCode::F(1)),
    ("f2", KeyCode::F(2)),
    ("f3", KeyCode::F(3)),
    ("f4", KeyCode::F(4)),
    ("f5", KeyCode::F(5)),
    ("f6", KeyCode::F(6)),
    ("f7", KeyCode::F(7)),
    ("f8", KeyCode::F(8)),
    ("f9", KeyCode::F(9)),
    ("f10", KeyCode::F(10)),
    ("f11", KeyCode::F(11)),
    ("f12", KeyCode::F(12)),
];

/// Letters of the Arabic keyboard and the Latin keys that they are on: terminals report the letter, not the key.
const ARABIC: &[(char, char)] = &[
    ('ض', 'q'),
    ('\u{64e}', 'Q'),
    ('ص', 'w'),
    ('ث', 'e'),
    ('ق', 'r'),
    ('ف', 't'),
    ('غ', 'y'),
    ('ع', 'u'),
    ('ه', 'i'),
    ('خ', 'o'),
    ('ح', 'p'),
    ('ش', 'a'),
    ('س', 's'),
    ('ي', 'd'),
    ('ب', 'f'),
    ('ل', 'g'),
    ('ا', 'h'),
    ('ت', 'j'),
    ('ن', 'k'),
    ('م', 'l'),
    ('ئ', 'z'),
    ('ء', 'x'),
    ('ؤ', 'c'),
    ('ر', 'v'),
    ('ﻻ', 'b'),
    ('ى', 'n'),
    ('ة', 'm'),
    ('؟', '?'),
    ('١', '1'),
    ('٢', '2'),
    ('٣', '3'),
    ('٤', '4'),
    ('٥', '5'),
    ('٦', '6'),
    ('٧', '7'),
    ('٨', '8'),
    ('٩', '9'),
];

/// The name of a key as the table writes it; `None` for keys that cannot be bound.
pub fn name(key: &KeyEvent) -> Option<String> {
    let named = NAMED.iter().find(|(_, code)| *code == key.code).map(|(name, _)| *name);
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match (named, key.code) {
        // Esc and a key that arrive together look like Alt and the key.
        (Some(name), _) => (!control && !key.modifiers.contains(KeyModifiers::ALT)).then(|| name.to_owned()),
        _ if key.modifiers.contains(KeyModifiers::ALT) => None,
        (None, KeyCode::Char(letter)) => {
            let letter = ARABIC.iter().find(|(arabic, _)| *arabic == letter).map_or(letter, |(_, latin)| *latin);
            Some(if control { format!("ctrl-{}", letter.to_ascii_lowercase()) } else { letter.to_string() })
        }
        _ => None,
    }
}

/// The key with this name; `None` if there is none.
pub fn event(name: &str) -> Option<KeyEvent> {
    if let Some((_, code)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Some(KeyEvent::new(*code, KeyModifiers::NONE));
    }
    let (modifiers, letter) =
        name.strip_prefix("ctrl-").map_or((KeyModifiers::NONE, name), |letter| (KeyModifiers::CONTROL, letter));
    let mut letters = letter.chars();
    let letter = letters.next().filter(|letter| letters.next().is_none() && !letter.is_whitespace())?;
    Some(KeyEvent::new(KeyCode::Char(letter), modifiers))
}

#[cfg(test)]
mod tests {
    use crate::settings::keys::name::*;

    #[test]
    fn arabic_letters_are_keys() {
        let check = |letter, expect: &str| {
            let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
            assert_eq!(name(&key).as_deref(), Some(expect));
        };
        check('ت', "j");
        check('ض', "q");
        check('؟', "?");
        check('j', "j");
        check('G', "G");
    }

    #[test]
    fn names_are_keys_and_back() {
        let check = |text: &str| assert_eq!(event(text).and_then(|key| name(&key)).as_deref(), Some(text));
        ["enter", "space", "ctrl-a", "j", "G", "?", "f1", "shift-tab", ":"].into_iter().for_each(check);
        assert_eq!(event("nothing"), None);
        assert_eq!(event("ctrl-"), None);
    }
}
