//! Amounts as people type them, and as this program prints them: `200,000`, `NGN 200,000.00`, `₦200000`, `200k`, `١٠٠٫٥`.
//! What providers send is stricter: [`Money::parse`].

use strum::VariantArray;

use super::{Currency, Money, MoneyError};

/// The signs of currencies that people put before an amount.
const SIGNS: [(&str, Currency); 5] = [
    ("₦", Currency::Ngn),
    ("N", Currency::Ngn),
    ("$", Currency::Usd),
    ("\u{20c1}", Currency::Sar),
    ("﷼", Currency::Sar),
];

/// The letters that stand for thousands and millions, with the zeros they add.
const SHORT: [(char, usize); 4] = [('k', 3), ('K', 3), ('m', 6), ('M', 6)];

impl Money {
    /// Reads an amount in major units as a person types it: with commas between groups of three digits, with the currency's
    /// code or sign, with `k` or `m` for thousands and millions, in Latin or Arabic digits. Nothing is rounded.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OtherCurrency`] if it names another currency, [`MoneyError::Grouping`] if a comma does not separate
    /// groups of three digits, otherwise those of [`Money::parse`].
    ///
    /// # Examples
    ///
    /// ```
    /// use recourse::domain::{Currency, Money, MoneyError};
    ///
    /// let all = Money::new(20_000_000, Currency::Ngn);
    /// for text in ["200000", "200,000", "NGN 200,000.00", "₦200000", "200k", "٢٠٠٬٠٠٠"] {
    ///     assert_eq!(Money::typed(text, Currency::Ngn), Ok(all));
    /// }
    /// assert_eq!(Money::typed("100,50", Currency::Ngn), Err(MoneyError::Grouping));
    /// ```
    pub fn typed(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let latin = latin(text);
        let number = match named(latin.trim()) {
            (Some(other), _) if other != currency => return Err(MoneyError::OtherCurrency(currency)),
            (_, number) => number,
        };
        Self::parse(&plain(number)?, currency)
    }
}

/// The digits of an amount in major units of any currency, as a person types them, with at most one point.
///
/// # Errors
///
/// [`MoneyError::Grouping`] if a comma does not separate groups of three digits; [`MoneyError::NotDigits`] if it is not a
/// number.
pub fn digits(text: &str) -> Result<String, MoneyError> {
    let latin = latin(text);
    plain(named(latin.trim()).1)
}

/// The text with Arabic and Persian digits and separators as Latin ones.
pub fn latin(text: &str) -> String {
    let one = |letter: char| match letter {
        '٠'..='٩' => from(letter, '٠'),
        '۰'..='۹' => from(letter, '۰'),
        '٫' => '.',
        '٬' => ',',
        '٪' => '%',
        other => other,
    };
    text.chars().map(one).collect()
}

fn from(letter: char, zero: char) -> char {
    char::from_digit(letter as u32 - zero as u32, 10).unwrap_or(letter)
}

/// The currency that an amount names before or after it, and the rest.
fn named(text: &str) -> (Option<Currency>, &str) {
    for &currency in Currency::VARIANTS {
        let code = currency.code();
        let is_code = |part: Option<&str>| part.is_some_and(|part| part.eq_ignore_ascii_case(code));
        if is_code(text.get(..code.len())) {
            return (Some(currency), text[code.len()..].trim_start());
        }
        let at = text.len().saturating_sub(code.len());
        if is_code(text.get(at..)) {
            return (Some(currency), text[..at].trim_end());
        }
    }
    let sign = SIGNS.iter().find_map(|(sign, currency)| Some((Some(*currency), text.strip_prefix(sign)?.trim_start())));
    sign.unwrap_or((None, text))
}

/// A number without commas, and with all its zeros.
fn plain(number: &str) -> Result<String, MoneyError> {
    let zeros = SHORT.iter().find_map(|(letter, zeros)| Some((number.strip_suffix(*letter)?, *zeros)));
    let (number, zeros) = zeros.unwrap_or((number, 0));
    let (whole, decimals) = number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    if whole.contains(',') && !((1..=3).contains(&first.len()) && groups.clone().all(|group| group.len() == 3)) {
        return Err(MoneyError::Grouping);
    }
    let whole = whole.replace(',', "");
    if !is_number(&whole) || !decimals.is_none_or(is_number) {
        return Err(MoneyError::NotDigits);
    }
    let decimals = decimals.unwrap_or_default();
    let (moved, rest) = decimals.split_at(zeros.min(decimals.len()));
    let whole = format!("{whole}{moved}{}", "0".repeat(zeros - moved.len()));
    Ok(if rest.is_empty() { whole } else { format!("{whole}.{rest}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_read() {
        use Currency::{Kwd, Ngn, Sar, Usd};
        let check = |text: &str, currency: Currency, expect: Result<i64, MoneyError>| {
            assert_eq!(Money::typed(text, currency).map(|money| money.minor), expect, "{text} {currency}");
        };
        for text in
            ["200000", "200,000", "NGN 200,000.00", "ngn200000", "₦200000", "N200,000", "200k", "200K", "200000 NGN"]
        {
            check(text, Ngn, Ok(20_000_000));
        }
        check("1.5m", Ngn, Ok(150_000_000));
        check("1.5k", Usd, Ok(150_000));
        check("0.0005k", Sar, Ok(50));
        check("$10", Usd, Ok(1_000));
        check(" 1,234,567.89 ", Sar, Ok(123_456_789));
        check("١٠٠٫٥", Sar, Ok(10_050));
        check("۱۲٬۳۴۵", Sar, Ok(1_234_500));
        check("12.3450", Kwd, Ok(12_345));
        check("USD 10", Ngn, Err(MoneyError::OtherCurrency(Ngn)));
        check("$10", Sar, Err(MoneyError::OtherCurrency(Sar)));
        for text in ["100,50", "1,00", "1000,000", ",100", "1,,000", "1,000,", "10,0000"] {
            check(text, Sar, Err(MoneyError::Grouping));
        }
        for text in ["", "SAR", "k", "-1", "1e2", "1.", ".5", "1.2.3", "1 000", "0x10", "1kk", "1.2k3"] {
            check(text, Sar, Err(MoneyError::NotDigits));
        }
        check("100.005", Sar, Err(MoneyError::TooPrecise(Sar)));
        check("99999999999999999999", Sar, Err(MoneyError::TooLarge));
    }

    #[test]
    fn what_is_printed_is_read() {
        for &currency in Currency::VARIANTS {
            for minor in [0, 1, 999, 100_000, 123_456_789, i64::MAX] {
                let money = Money::new(minor, currency);
                for text in [money.to_string(), money.digits(), money.grouped()] {
                    assert_eq!(Money::typed(&text, currency), Ok(money), "{text}");
                }
            }
        }
    }
}
