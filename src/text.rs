//! Makes text from outside safe to show, and measures it. Storage and copying keep the original.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::is_unseen;

/// What shapes its neighbours and belongs to words: joiners of Persian, Indic scripts and emoji, and signs that stand around Arabic digits.
const fn shapes(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}')
}

/// Letters of no script: private to some font, or none at all.
const fn is_unknown(letter: char) -> bool {
    matches!(letter, '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fff0}'..='\u{ffff}' | '\u{f0000}'..='\u{10ffff}')
}

/// A copy for display: control characters and letters of no script become a visible mark, direction controls and other invisible
/// characters are removed, and line breaks and special blanks become spaces.
pub fn clean(text: &str) -> String {
    let shown = |letter: char| match letter {
        '\n' | '\r' | '\t' => Some(' '),
        letter if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') || is_unknown(letter) => {
            Some('\u{fffd}')
        }
        letter if letter.is_whitespace() => Some(' '),
        letter if is_unseen(letter) && !shapes(letter) => None,
        letter => Some(letter),
    };
    text.chars().filter_map(shown).collect()
}

/// JSON on one line, in which what a terminal could act on, or what no one sees, is escaped as well: DEL and the codes after it,
/// direction controls, separators of lines, and invisible letters.
///
/// # Errors
///
/// Those of serde_json, for values that have no JSON.
#[cfg(feature = "program")]
pub fn json(value: &impl serde::Serialize) -> serde_json::Result<String> {
    let plain = serde_json::to_string(value)?;
    let acts = |letter: char| ('\u{7f}'..='\u{9f}').contains(&letter) || (is_unseen(letter) && !shapes(letter));
    if !plain.chars().any(acts) {
        return Ok(plain);
    }
    // All of these are in strings: nothing else in JSON is beyond ASCII.
    let mut escaped = String::with_capacity(plain.len() * 2);
    for letter in plain.chars() {
        if acts(letter) {
            escaped.extend(letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            escaped.push(letter);
        }
    }
    Ok(escaped)
}

/// The width of a text in terminal cells, by grapheme: joined letters take the cells of each.
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(cells).sum()
}

/// The cells of one grapheme, as terminals draw it: never more than two.
pub fn cells(grapheme: &str) -> usize {
    grapheme.width().min(2)
}

/// The text cut to this many cells, with an ellipsis if something was cut.
pub fn cut(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let (mut kept, mut used) = (String::new(), 0);
    for grapheme in text.graphemes(true) {
        let cells = cells(grapheme);
        if used + cells + 1 > room {
            break;
        }
        used += cells;
        kept.push_str(grapheme);
    }
    if room > 0 {
        kept.push('…');
    }
    kept
}

/// The end of the text, at most this many cells of it.
pub fn tail(text: &str, room: usize) -> String {
    let mut used = 0;
    let fits = |(_, grapheme): &(usize, &str)| {
        used += cells(grapheme);
        used <= room
    };
    let from = text.grapheme_indices(true).rev().take_while(fits).last().map_or(text.len(), |(at, _)| at);
    text[from..].to_owned()
}

/// The text in exactly this many cells, flush left.
pub fn left(text: &str, room: usize) -> String {
    let text = cut(text, room);
    let gap = room.saturating_sub(width(&text));
    text + &" ".repeat(gap)
}

/// The text in exactly this many cells, flush right.
pub fn right(text: &str, room: usize) -> String {
    let text = cut(text, room);
    " ".repeat(room.saturating_sub(width(&text))) + &text
}

/// The words of a text and the blanks between them. Punctuation stays with the word that it belongs to.
pub fn words(text: &str) -> Vec<String> {
    let is_sign = |word: &str| !word.chars().any(|letter| letter.is_alphanumeric() || letter.is_whitespace());
    let mut words: Vec<String> = Vec::new();
    for word in text.split_word_bounds() {
        let follows = words.last().is_some_and(|before| !before.trim().is_empty());
        match words.last_mut() {
            Some(before) if follows && (is_sign(word) || is_sign(before)) && !word.trim().is_empty() => {
                before.push_str(word)
            }
            Some(_) | None => words.push(word.to_owned()),
        }
    }
    together(words)
}

/// The words with each amount as one: `NGN 4,500.00` is not broken between its code and its digits.
fn together(words: Vec<String>) -> Vec<String> {
    let is_code = |word: &str| word.len() == 3 && word.bytes().all(|letter| letter.is_ascii_uppercase());
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let digits = word.starts_with(|letter: char| letter.is_ascii_digit());
        match joined.as_mut_slice() {
            [.., code, blank]
                if digits
                    && blank.as_str() == " "
                    && is_code(code.trim_start_matches(|letter: char| !letter.is_alphabetic())) =>
            {
                code.push(' ');
                code.push_str(&word);
                joined.pop();
            }
            _ => joined.push(word),
        }
    }
    joined
}

/// The text in lines of at most this many cells, broken between words if possible.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(1);
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    for word in words(text) {
        let word = word.as_str();
        let wide = width(word);
        if used + wide > room && used > 0 {
            lines.push(line.trim_end().to_owned());
            (line, used) = (String::new(), 0);
        }
        if used == 0 && word.trim().is_empty() && !lines.is_empty() {
            continue;
        }
        if wide <= room {
            line.push_str(word);
            used += wide;
            continue;
        }
        for grapheme in word.graphemes(true) {
            let wide = cells(grapheme);
            if used + wide > room && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(grapheme);
            used += wide;
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// A whole number with commas between thousands: `12,410`.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bars, from empty to full.
pub const BARS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Numbers as bars of these signs. The largest fills the line, and every number above zero is visible.
pub fn bars(values: &[i64], signs: &[&'static str; 9]) -> String {
    let most = values.iter().copied().max().unwrap_or(0).max(1);
    let bar = |value: &i64| {
        let height = if *value <= 0 { 0 } else { (value * 8).div_euclid(most).max(1) };
        signs[usize::try_from(height).unwrap_or(0).min(8)]
    };
    values.iter().map(bar).collect()
}

/// A duration in its two largest units: `3d 04h`, `2h 07m`, `12m`, `40s`.
pub fn span(length: chrono::TimeDelta) -> String {
    let seconds = length.num_seconds().abs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, minutes) => format!("{minutes}m"),
        (0, hours, minutes) => format!("{hours}h {minutes:02}m"),
        (days, hours, _) => format!("{days}d {hours:02}h"),
    }
}

/// How long ago a time was. One that is a little ahead of the clock is now.
pub fn age(length: chrono::TimeDelta) -> String {
    if length < chrono::TimeDelta::zero() { "now".to_owned() } else { span(length) }
}

/// An error of the system, or one that tells of it, in words without its number.
pub fn trouble(error: &dyn std::fmt::Display) -> String {
    let mut words = error.to_string();
    while let Some((start, rest)) = words.split_once(" (os error ")
        && let Some((_, end)) = rest.split_once(')')
    {
        let mut letters = start.chars();
        let first = letters.next().into_iter().flat_map(char::to_lowercase);
        words = first.chain(letters).collect::<String>() + end;
    }
    words
}

/// A clause as a sentence: with a capital and a full stop.
pub fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let end = if clause.ends_with(['.', '!', '?']) { "" } else { "." };
    first.chain(letters).collect::<String>() + end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_errors_have_no_number() {
        let check = |words: &str, expect: &str| assert_eq!(trouble(&words), expect);
        check("No such file or directory (os error 2)", "no such file or directory");
        check("Reading failed: Broken pipe (os error 32), try again", "reading failed: Broken pipe, try again");
        check("It is what it says", "It is what it says");
    }

    #[test]
    fn amounts_stay_together() {
        let lines = |room| wrap("The buyer gets NGN 4,500.00 back (of NGN 7,000.00).", room);
        for room in 14..50 {
            assert!(lines(room).iter().all(|line| !line.ends_with("NGN")), "{:?}", lines(room));
        }
        assert_eq!(lines(27)[0], "The buyer gets NGN 4,500.00");
        assert_eq!(wrap("ask HIM 4 times", 7), ["ask", "HIM 4", "times"]);
    }

    #[test]
    fn names_cannot_turn_amounts_around() {
        assert_eq!(clean("evil\u{202e}00.1 RAS"), "evil00.1 RAS");
        assert_eq!(clean("a\u{1b}[31mred\nb"), "a\u{fffd}[31mred b");
        assert_eq!(clean("سارة"), "سارة");
        assert_eq!(clean("Ng\u{ad}o\u{2060}zi\u{e0041}\u{3164}\u{a0}E"), "Ngozi E");
        assert_eq!(clean("می\u{200c}خواهم \u{e000}"), "می\u{200c}خواهم \u{fffd}");
    }

    #[cfg(feature = "program")]
    #[test]
    fn json_hides_nothing() {
        let said = "a\u{200b}b\u{e0041}c\u{9b}د\u{202e}";
        let told = json(&said).unwrap();
        assert_eq!(told, "\"a\\u200bb\\udb40\\udc41c\\u009bد\\u202e\"");
        assert_eq!(serde_json::from_str::<String>(&told).unwrap(), said);
    }

    #[test]
    fn text_fits_its_room() {
        let check = |text: &str, room, expect: &str| {
            assert_eq!(left(text, room), expect);
            assert_eq!(width(&left(text, room)), room);
        };
        check("abc", 5, "abc  ");
        check("abcdef", 5, "abcd…");
        check("日本語", 5, "日本…");
        check("日本語", 4, "日… ");
        check("abc", 0, "");
        check("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…");
        // A text library counts one cell, a terminal shows two.
        assert_eq!(width("لا"), 2);
        assert_eq!(right("7", 3), "  7");
    }

    #[test]
    fn lines_break_after_punctuation() {
        assert_eq!(wrap("We hold NGN 450.00. (See below.)", 19), ["We hold NGN 450.00.", "(See below.)"]);
        assert_eq!(wrap("one two, three", 7), ["one", "two,", "three"]);
        assert_eq!(wrap("日本商店。東京", 6), ["日本商", "店。東", "京"]);
    }

    #[test]
    fn lines_break_between_words() {
        let check = |text: &str, room, expect: &[&str]| assert_eq!(wrap(text, room), expect, "{text:?} in {room}");
        check("one two three", 7, &["one two", "three"]);
        check("one two", 80, &["one two"]);
        check("abcdefgh", 3, &["abc", "def", "gh"]);
        check("a abcdefgh b", 4, &["a", "abcd", "efgh", "b"]);
        check("日本語", 4, &["日本", "語"]);
        check("", 5, &[""]);
        check("ab", 0, &["a", "b"]);
    }

    #[test]
    fn spans_show_two_units() {
        let check = |seconds, expect: &str| assert_eq!(span(chrono::TimeDelta::seconds(seconds)), expect);
        check(40, "40s");
        check(12 * 60, "12m");
        check(2 * 3600 + 7 * 60, "2h 07m");
        check(76 * 3600, "3d 04h");
        assert_eq!(age(chrono::TimeDelta::seconds(40)), "40s");
        assert_eq!(age(chrono::TimeDelta::minutes(-4)), "now");
    }
}
