//! Whether the terminal's background is light. The terminal is asked once (OSC 11); its answer arrives among the keys, whenever it
//! comes, and is taken out of them: no start waits for it, and no typed key is lost.

use std::io::{self, Write};

use chrono::{DateTime, TimeDelta, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The question.
const ASK: &[u8] = b"\x1b]11;?\x1b\\";
/// What every answer begins with.
const BEGINS: &str = "11;rgb:";
/// No answer is longer, and its parts are not further apart.
const LONGEST: usize = 40;
const APART: TimeDelta = TimeDelta::milliseconds(300);

/// Asks the terminal.
///
/// # Errors
///
/// The error of the terminal if it cannot be written.
pub fn ask(out: &mut impl Write) -> io::Result<()> {
    out.write_all(ASK)?;
    out.flush()
}

/// What a terminal says of its colours when it starts programs (COLORFGBG, like `0;15`): whether its background is light. Of the sixteen
/// colours, white and the bright ones but grey are.
pub fn told(colours: &str) -> Option<bool> {
    let last = colours.rsplit(';').next()?.parse::<u8>().ok()?;
    Some(matches!(last, 7 | 9..=15))
}

/// An answer that is arriving.
#[derive(Debug, Default)]
pub struct Answer(Option<(String, DateTime<Utc>)>);

/// What a key was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Was {
    /// A key that someone pressed.
    Key,
    /// A part of the answer.
    Part,
    /// The end of the answer: whether the background is light.
    Light(bool),
}

impl Answer {
    /// Takes a key if it belongs to an answer.
    pub fn take(&mut self, key: &KeyEvent, now: DateTime<Utc>) -> Was {
        if key.code == KeyCode::Char(']') && key.modifiers.contains(KeyModifiers::ALT) {
            self.0 = Some((String::new(), now));
            return Was::Part;
        }
        let Some((text, at)) = self.0.as_mut().filter(|(_, at)| now - *at < APART) else {
            self.0 = None;
            return Was::Key;
        };
        *at = now;
        match (key.code, key.modifiers) {
            (KeyCode::Char('\\'), KeyModifiers::ALT) | (KeyCode::Char('g'), KeyModifiers::CONTROL) => {
                let light = is_light(text);
                self.0 = None;
                light.map_or(Was::Part, Was::Light)
            }
            (KeyCode::Char(letter), KeyModifiers::NONE | KeyModifiers::SHIFT) => {
                text.push(letter);
                let fits = BEGINS.starts_with(text.as_str()) || text.starts_with(BEGINS);
                if fits && text.len() <= LONGEST {
                    return Was::Part;
                }
                self.0 = None;
                Was::Key
            }
            _ => {
                self.0 = None;
                Was::Key
            }
        }
    }
}

/// Whether the colour of an answer is light; `None` if it is no colour.
fn is_light(answer: &str) -> Option<bool> {
    let parts: Vec<&str> = answer.strip_prefix(BEGINS)?.split('/').collect();
    let [red, green, blue] = parts.as_slice() else { return None };
    let part = |hex: &str| {
        let most = 16_u32.checked_pow(u32::try_from(hex.len()).ok()?)?.checked_sub(1)?;
        Some(f64::from(u32::from_str_radix(hex, 16).ok()?) / f64::from(most.max(1)))
    };
    Some(0.299 * part(red)? + 0.587 * part(green)? + 0.114 * part(blue)? > 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_tells_its_background() {
        let check = |colours: &str, expect: Option<bool>| assert_eq!(super::told(colours), expect, "{colours}");
        check("0;15", Some(true));
        check("0;default;7", Some(true));
        check("15;0", Some(false));
        check("12;8", Some(false));
        check("15;default", None);
        check("", None);
    }

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    /// What the terminal sends, as the keys that it looks like, and what the last of them was.
    fn arrives(answer: &mut Answer, text: &str) -> Vec<Was> {
        let alt = |letter| KeyEvent::new(KeyCode::Char(letter), KeyModifiers::ALT);
        let mut seen = vec![answer.take(&alt(']'), now())];
        seen.extend(text.chars().map(|letter| answer.take(&KeyCode::Char(letter).into(), now())));
        seen.push(answer.take(&alt('\\'), now()));
        seen
    }

    #[test]
    fn an_answer_is_told_from_keys() {
        let check = |text: &str, expect: Was| {
            let seen = arrives(&mut Answer::default(), text);
            assert_eq!(seen.last(), Some(&expect), "{text}");
            assert!(!seen.contains(&Was::Key), "{text}: {seen:?}");
        };
        check("11;rgb:ffff/ffff/ffff", Was::Light(true));
        check("11;rgb:1d1d/1f1f/2121", Was::Light(false));
        check("11;rgb:ff/f8/e7", Was::Light(true));
        check("11;rgb:nothing", Was::Part);
    }

    /// A key that only looks like the beginning takes nothing from those after it.
    #[test]
    fn keys_stay_keys() {
        let mut answer = Answer::default();
        let bracket = KeyEvent::new(KeyCode::Char(']'), KeyModifiers::ALT);
        assert_eq!(answer.take(&bracket, now()), Was::Part);
        assert_eq!(answer.take(&KeyCode::Char('j').into(), now()), Was::Key);
        assert_eq!(answer.take(&KeyCode::Char('1').into(), now()), Was::Key);
        assert_eq!(answer.take(&bracket, now()), Was::Part);
        assert_eq!(answer.take(&KeyCode::Char('1').into(), now() + TimeDelta::seconds(1)), Was::Key, "much later");
        assert_eq!(answer.take(&bracket, now()), Was::Part);
        assert_eq!(answer.take(&KeyCode::Enter.into(), now()), Was::Key);
    }
}
