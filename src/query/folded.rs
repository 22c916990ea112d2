//! Texts as they are compared: small letters, no diacritics, hooks, strokes or apostrophes, one spelling of Arabic's alef,
//! ya, kaf and ta marbuta, digits from 0 to 9. The schema (`0006_find.sql`) does the same in SQL.

use unicode_normalization::UnicodeNormalization;

/// Marks on letters of Latin and Arabic, and the line that only stretches an Arabic word.
const fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// The one letter that stands for several.
const fn plain(letter: char) -> char {
    match letter {
        '\u{671}' => '\u{627}',
        '\u{649}' | '\u{6cc}' => '\u{64a}',
        '\u{6a9}' => '\u{643}',
        '\u{629}' => '\u{647}',
        // Letters with a hook or a stroke, as in Hausa, have no base letter in Unicode.
        'Ɓ' | 'ɓ' => 'b',
        'Ɗ' | 'ɗ' | 'Đ' | 'đ' => 'd',
        'Ƙ' | 'ƙ' => 'k',
        'Ƴ' | 'ƴ' => 'y',
        'Ł' | 'ł' => 'l',
        'Ø' | 'ø' => 'o',
        '٠' | '۰' => '0',
        '١' | '۱' => '1',
        '٢' | '۲' => '2',
        '٣' | '۳' => '3',
        '٤' | '۴' => '4',
        '٥' | '۵' => '5',
        '٦' | '۶' => '6',
        '٧' | '۷' => '7',
        '٨' | '۸' => '8',
        '٩' | '۹' => '9',
        'ı' => 'i',
        'Ŋ' | 'ŋ' => 'n',
        letter => letter.to_ascii_lowercase(),
    }
}

/// Apostrophes, however they are typed: O'Neill and Oneill are the same name.
const fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '`' | '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{b4}')
}

/// The text as it is compared.
pub fn folded(text: &str) -> String {
    let kept = |letter: &char| !is_mark(*letter) && !is_apostrophe(*letter);
    if text.is_ascii() {
        return text.chars().filter(kept).map(plain).collect();
    }
    text.nfkd().filter(kept).map(plain).collect()
}

/// The digits of what looks like a phone number, without the zero or the country's code before it; `None` if it does not.
pub fn phone(text: &str) -> Option<String> {
    let text = &folded(text);
    let looks = text.chars().all(|letter| letter.is_ascii_digit() || " +().-/".contains(letter));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let text = text.trim_start();
    let abroad = text.starts_with('+') || text.starts_with("00");
    let national = digits.trim_start_matches('0');
    // A long number without a zero or a plus at its start begins with its country's code.
    let whole = abroad || (digits.len() >= 11 && !digits.starts_with('0'));
    let code = CODES.iter().find(|code| whole && national.starts_with(**code));
    let own = code.map_or(national, |code| &national[code.len()..]).trim_start_matches('0');
    (looks && !own.is_empty() && (abroad || digits.len() >= 3)).then(|| own.to_owned())
}

/// The calling codes of the countries that the users' customers live in, longer ones first.
const CODES: [&str; 26] = [
    "966", "971", "965", "973", "968", "974", "967", "964", "962", "961", "963", "970", "249", "218", "216", "213",
    "212", "222", "234", "233", "254", "20", "27", "44", "91", "1",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_with_and_without_marks_are_the_same() {
        for (one, other) in [
            ("Adébáyọ̀", "adebayo"),
            ("ADEBAYO", "adebayo"),
            ("أحمد", "احمد"),
            ("إيمان", "ايمان"),
            ("آمنة", "امنه"),
            ("مصطفى", "مصطفي"),
            ("علی", "علي"),
            ("مُحَمَّد", "محمد"),
            ("محـــمد", "محمد"),
            ("ﷲ", "الله"),
            ("Ɗanjuma", "danjuma"),
            ("ƙofa ƁALA Yar’adua", "kofa bala yaradua"),
            ("O’Neill", "o'neill"),
            ("ŁÓDŹ Ørsted đorđe", "lodz orsted dorde"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} and {other}");
        }
    }

    #[test]
    fn phone_numbers_lose_their_country() {
        let check = |text: &str, expect: Option<&str>| assert_eq!(phone(text).as_deref(), expect, "{text}");
        check("+966 55 123 4567", Some("551234567"));
        check("+966 5", Some("5"));
        check("00966-55-1234567", Some("551234567"));
        check("0551234567", Some("551234567"));
        check("055 123", Some("55123"));
        check("+234 803 123", Some("803123"));
        check("2348035551234", Some("8035551234"));
        check("08035551234", Some("8035551234"));
        check("1234", Some("1234"));
        check("12", None);
        check("٠٥٥ ١٢٣", Some("55123"));
        check("055/123", Some("55123"));
        check("123", Some("123"));
        check("+966", None);
        check("ATP-1234", None);
    }
}
