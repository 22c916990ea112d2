//! `host=… dbname=… user=…`: words with values, in single quotes where a value has spaces.

use super::keywords::{self, SHAPE};
use super::{Fault, Parts, fault};

/// The parts of such a text.
///
/// # Errors
///
/// [`Fault`] if a word has no value, a quote does not end, or a keyword is unknown.
pub fn parts(text: &str) -> Result<Parts, Fault> {
    let mut parts = Parts::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or_else(|| fault(SHAPE))?;
        let name = name.trim();
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(fault(SHAPE));
        }
        let keyword = keywords::known(name)?;
        let (value, after) = value(after.trim_start())?;
        keywords::check(keyword, &value)?;
        parts.insert(keyword, value);
        rest = after.trim_start();
    }
    if parts.is_empty() { Err(fault(SHAPE)) } else { Ok(parts) }
}

/// A value, and what follows it. A backslash takes the next character as it is.
fn value(text: &str) -> Result<(String, &str), Fault> {
    let quoted = text.starts_with('\'');
    let mut letters = text.char_indices().skip(usize::from(quoted));
    let mut value = String::new();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
            '\'' if quoted => return Ok((value, &text[at + 1..])),
            letter if letter.is_whitespace() && !quoted => return Ok((value, &text[at..])),
            letter => value.push(letter),
        }
    }
    if quoted { Err(fault("a quoted value of the database's address does not end")) } else { Ok((value, "")) }
}
