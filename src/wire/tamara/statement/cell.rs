//! What the cells of a statement say: ids, numbers and days, as spreadsheets write them.

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate};

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// A number, as spreadsheets store it.
    Number(f64),
    /// A day.
    Day(NaiveDate),
    /// An error instead of a value, or a day that is none.
    Broken(String),
}

/// An id or a word. A spreadsheet makes numbers of ids: `263724404.0` is 263724404.
pub fn id(cell: &Cell) -> Option<String> {
    let text = match cell {
        Cell::Empty => return None,
        Cell::Text(text) | Cell::Broken(text) => text.trim().to_owned(),
        Cell::Number(number) => format!("{number}"),
        Cell::Day(day) => day.to_string(),
    };
    let is_digits = |word: &str, letters: fn(u8) -> bool| !word.is_empty() && word.bytes().all(letters);
    let whole = text
        .split_once('.')
        .filter(|(whole, rest)| is_digits(whole, |byte| byte.is_ascii_digit()) && is_digits(rest, |byte| byte == b'0'));
    Some(whole.map_or_else(|| text.clone(), |(whole, _)| whole.to_owned())).filter(|text| !text.is_empty())
}

/// A number in millionths; `None` if there is none.
///
/// # Errors
///
/// What is wrong with it.
pub fn millionths(cell: &Cell) -> Result<Option<i64>, String> {
    let number = match cell {
        Cell::Empty => return Ok(None),
        Cell::Number(number) => *number,
        Cell::Day(_) => return Err("is a day and not a number".to_owned()),
        Cell::Broken(text) => return Err(format!("is {text} and not a number")),
        Cell::Text(text) => {
            // A minus as it is typeset, and the currency's code before or after the digits.
            let plain: String = text.replace('\u{2212}', "-").split_whitespace().collect();
            let plain = plain.trim_matches(|letter: char| letter.is_ascii_uppercase()).to_owned();
            if plain == "-" {
                return Ok(Some(0));
            }
            // Accountants write a minus as brackets.
            let plain = match plain.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
                Some(inner) => format!("-{inner}"),
                None => plain,
            };
            if plain.is_empty() {
                return Ok(None);
            }
            grouped(&plain).ok_or_else(|| format!("{text:?} is not a number: decimals follow a point"))?
        }
    };
    // A double has fifteen digits: with six decimals that is a billion, more than any row has.
    if !number.is_finite() || number.abs() > 1e9 {
        return Err("is not an amount".to_owned());
    }
    Ok(Some((number * 1e6).round() as i64))
}

/// Digits with a point, and commas between groups of three.
fn grouped(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let groups: Vec<&str> = whole.split(',').collect();
    let fits =
        groups.len() == 1 || (groups[1..].iter().all(|group| group.len() == 3) && (1..=3).contains(&groups[0].len()));
    let only_digits = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let plain = fits && groups.iter().all(|group| only_digits(group)) && only_digits(decimals);
    text.replace(',', "").parse().ok().filter(|_| plain)
}

/// A day of this century: as a spreadsheet has it, or as `DD/MM/YYYY` or `YYYY-MM-DD`. `None` if there is none.
///
/// # Errors
///
/// What is wrong with it.
pub fn day(cell: &Cell) -> Result<Option<NaiveDate>, String> {
    let read = match cell {
        Cell::Empty => return Ok(None),
        Cell::Day(day) => Some(*day),
        Cell::Number(_) => return Err("is a number and not a day".to_owned()),
        Cell::Broken(text) => return Err(format!("is {text} and not a day")),
        Cell::Text(text) => {
            let text = text.trim();
            let first = || text.split([' ', 'T']).next().and_then(day_of);
            at(text).or_else(|| day_of(text)).or_else(first)
        }
    };
    let told = id(cell).unwrap_or_default();
    let read = read.filter(|day| is_plausible(*day));
    read.map(Some).ok_or_else(|| format!("{told:?} is not a day: write it like 20/11/2026"))
}

fn is_plausible(day: NaiveDate) -> bool {
    (2000..2100).contains(&day.year())
}

/// The day in Riyadh of a time with its zone.
fn at(text: &str) -> Option<NaiveDate> {
    let riyadh = FixedOffset::east_opt(3 * 3_600)?;
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&riyadh).date_naive())
}

fn day_of(word: &str) -> Option<NaiveDate> {
    let shapes = [
        "%d/%m/%Y",
        "%Y-%m-%d",
        "%d-%m-%Y",
        "%d.%m.%Y",
        "%Y/%m/%d",
        "%d %b %Y",
        "%d %B %Y",
        "%d-%b-%Y",
        "%b %d, %Y",
        "%B %d, %Y",
    ];
    shapes.iter().find_map(|shape| NaiveDate::parse_from_str(word, shape).ok()).filter(|day| is_plausible(*day))
}

/// A day in words.
pub fn one(words: &str) -> Option<NaiveDate> {
    at(words.trim()).or_else(|| day_of(words.trim()))
}

/// A period in words: two days with something between them, like `01/11/2026 - 07/11/2026`.
pub fn period(words: &str) -> Option<(NaiveDate, NaiveDate)> {
    let parts = [" to ", " until ", "–", "—", " - ", "-"].iter().find_map(|between| {
        words.match_indices(between).find_map(|(place, between)| {
            let (first, last) = (&words[..place], &words[place + between.len()..]);
            day_of(first.trim()).zip(day_of(last.trim()))
        })
    });
    let days: Vec<NaiveDate> = words.split_whitespace().filter_map(day_of).collect();
    let (first, last) = parts.or_else(|| days.first().copied().zip(days.get(1).copied()))?;
    Some((first.min(last), first.max(last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        let check = |text: &str, expect: Result<Option<i64>, &str>| {
            let read = millionths(&Cell::Text(text.to_owned()));
            assert_eq!(read.as_ref().map_err(String::as_str).copied(), expect, "{text}");
        };
        check("1,234.5", Ok(Some(1_234_500_000)));
        check("-30", Ok(Some(-30_000_000)));
        check("(1,030.5)", Ok(Some(-1_030_500_000)));
        check("SAR 300.00", Ok(Some(300_000_000)));
        check("-", Ok(Some(0)));
        check("(-30)", Err("\"(-30)\" is not a number: decimals follow a point"));
        check(" ", Ok(None));
        check("300,00", Err("\"300,00\" is not a number: decimals follow a point"));
        check("1e3", Err("\"1e3\" is not a number: decimals follow a point"));
        check("inf", Err("\"inf\" is not a number: decimals follow a point"));
        let broken = millionths(&Cell::Broken("#N/A".to_owned()));
        assert_eq!(broken, Err("is #N/A and not a number".to_owned()));
    }

    #[test]
    fn ids_lose_what_a_spreadsheet_adds() {
        let check = |text: &str, expect: &str| assert_eq!(id(&Cell::Text(text.to_owned())).as_deref(), Some(expect));
        check("263724404.0", "263724404");
        check("263724404.00", "263724404");
        check("1.5", "1.5");
        check("v1.0", "v1.0");
    }

    #[test]
    fn days_are_of_this_century() {
        let check = |text: &str, good: bool| assert_eq!(day(&Cell::Text(text.to_owned())).is_ok(), good, "{text}");
        check("20/11/2026", true);
        check("2026-11-20T08:00:00", true);
        check("20 Nov 2026", true);
        check("20.11.2026", true);
        check("20/11/26", false);
        check("26-11-20", false);
        check("31/11/2026", false);
        check("20/11/+10000", false);
    }

    #[test]
    fn periods_have_two_days() {
        let day = |day: u32| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        for words in [
            "01/11/2026 - 30/11/2026",
            "01/11/2026-30/11/2026",
            "2026-11-01 to 2026-11-30",
            "1 Nov 2026 to 30 Nov 2026",
            "1 November 2026 to 30 November 2026",
            "Nov 1, 2026 - Nov 30, 2026",
            "01.11.2026 - 30.11.2026",
            "30/11/2026 – 01/11/2026",
        ] {
            assert_eq!(period(words), Some((day(1), day(30))), "{words}");
        }
        assert_eq!(period("1 October 2026 to 31 October 2026").map(|(first, _)| first.day()), Some(1));
        assert_eq!(period("weekly"), None);
        let late = super::day(&Cell::Text("2026-11-20T22:30:00Z".to_owned()));
        assert_eq!(late, Ok(Some(day(21))), "the day in Riyadh");
    }
}
