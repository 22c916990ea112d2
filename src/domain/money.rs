//! Money: a whole number of minor units and its currency. Never a float, never rounded, never converted.

use std::fmt;

use strum::{EnumString, IntoStaticStr, VariantArray};

/// The currencies the two providers use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "UPPERCASE")]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "program", serde(rename_all = "UPPERCASE"))]
pub enum Currency {
    /// Nigerian naira, 2 decimals.
    Ngn,
    /// US dollar, 2 decimals.
    Usd,
    /// Saudi riyal, 2 decimals.
    Sar,
    /// UAE dirham, 2 decimals.
    Aed,
    /// Kuwaiti dinar, 3 decimals.
    Kwd,
    /// Bahraini dinar, 3 decimals.
    Bhd,
    /// Omani rial, 3 decimals.
    Omr,
}

impl Currency {
    /// How many decimals a major unit has (ISO 4217).
    pub const fn exponent(self) -> u32 {
        match self {
            Self::Ngn | Self::Usd | Self::Sar | Self::Aed => 2,
            Self::Kwd | Self::Bhd | Self::Omr => 3,
        }
    }

    /// The ISO 4217 code, in capitals.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Reads an ISO 4217 code, in capitals.
    ///
    /// # Errors
    ///
    /// [`MoneyError::UnknownCurrency`] if it is not one of the seven codes. Small letters are not accepted.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        code.parse().map_err(|_| MoneyError::UnknownCurrency(code.chars().take(12).collect()))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// An exact amount: `minor` units of `currency`. Sixteen bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
pub struct Money {
    /// Minor units: kobo, cents, halalas, fils, baisa.
    pub minor: i64,
    /// The currency the minor units are of.
    pub currency: Currency,
}

/// Why a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoneyError {
    /// Not one of the seven currencies.
    UnknownCurrency(String),
    /// Anything but digits with at most one point between them.
    NotDigits,
    /// A comma that does not separate groups of three digits.
    Grouping,
    /// An amount in another currency than this one.
    OtherCurrency(Currency),
    /// More decimals than the currency has: it would have to be rounded.
    TooPrecise(Currency),
    /// More minor units than an `i64` holds.
    TooLarge,
    /// Not a percentage.
    NotPercent,
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownCurrency(code) => write!(f, "{code:?} is not a supported currency; use one like NGN or SAR"),
            Self::NotDigits => f.write_str("write the amount in digits with at most one point, like 230 or 230.50"),
            Self::Grouping => {
                f.write_str("a comma separates groups of three digits, like 1,000; decimals follow a point")
            }
            Self::OtherCurrency(currency) => write!(f, "write the amount in {currency}"),
            Self::TooPrecise(currency) => write!(f, "{currency} has at most {} decimals", currency.exponent()),
            Self::TooLarge => f.write_str("the amount is too large"),
            Self::NotPercent => f.write_str("write 0% to 100% with at most two decimals, like 40% or 33.33%"),
        }
    }
}

impl std::error::Error for MoneyError {}

impl Money {
    /// `minor` units of `currency`.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads an amount in major units from its digits, exactly: `230`, `230.5`, `230.50`. Nothing is rounded; zeros beyond
    /// the currency's decimals are ignored; a sign, an exponent, spaces and separators are refused.
    ///
    /// # Errors
    ///
    /// [`MoneyError::NotDigits`] for anything but digits with a point between them, [`MoneyError::TooPrecise`] for more
    /// decimals than the currency has, and [`MoneyError::TooLarge`] if the minor units do not fit in 64 bits.
    ///
    /// # Examples
    ///
    /// ```
    /// use recourse::domain::{Currency, Money, MoneyError};
    ///
    /// let price = Money::parse("230.5", Currency::Sar).unwrap();
    /// assert_eq!(price, Money::new(23_050, Currency::Sar));
    /// assert_eq!(price.to_string(), "SAR 230.50");
    ///
    /// assert_eq!(Money::parse("230.505", Currency::Sar), Err(MoneyError::TooPrecise(Currency::Sar)));
    /// assert_eq!(Money::parse("1,000", Currency::Sar), Err(MoneyError::NotDigits));
    /// ```
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(decimals) {
            return Err(MoneyError::NotDigits);
        }
        let places = currency.exponent();
        // Zeros beyond the last decimal say nothing.
        let decimals = match decimals.split_at_checked(places as usize) {
            Some((kept, zeros)) if zeros.bytes().all(|byte| byte == b'0') => kept,
            Some(_) => return Err(MoneyError::TooPrecise(currency)),
            None => decimals,
        };
        let missing = (places as usize).saturating_sub(decimals.len());
        let number = |part: &str| part.parse::<i64>().map_err(|_| MoneyError::TooLarge);
        let fraction = number(decimals)? * 10_i64.pow(missing as u32);
        let minor = number(whole)?
            .checked_mul(10_i64.pow(places))
            .and_then(|minor| minor.checked_add(fraction))
            .ok_or(MoneyError::TooLarge)?;
        Ok(Self { minor, currency })
    }

    /// The amount in major units with all the currency's decimals, without the code: `4500.00`, `12.345`.
    pub fn digits(self) -> String {
        Total::from(self).digits()
    }

    /// The digits with commas between thousands: `4,500.00`.
    pub fn grouped(self) -> String {
        Total::from(self).grouped()
    }

    /// The amount with its code where there is little room: `NGN 214.5k`, rounded down; below ten thousand all of it.
    pub fn short(self) -> String {
        Total::from(self).short()
    }
}

/// A sum over many orders, in 128 bits so that it cannot overflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
pub struct Total {
    /// Minor units.
    pub minor: i128,
    /// The currency the minor units are of.
    pub currency: Currency,
}

impl From<Money> for Total {
    fn from(money: Money) -> Self {
        Self { minor: i128::from(money.minor), currency: money.currency }
    }
}

impl Total {
    /// Adds minor units to the sum of their currency. Currencies are never mixed.
    pub fn gather(totals: &mut Vec<Self>, currency: Currency, minor: i128) {
        match totals.iter_mut().find(|total| total.currency == currency) {
            Some(total) => total.minor += minor,
            None => totals.push(Self { minor, currency }),
        }
    }

    /// The sum in major units with all the currency's decimals, without the code.
    pub fn digits(self) -> String {
        let places = self.currency.exponent();
        let unit = 10_u128.pow(places);
        let (sign, minor) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        format!("{sign}{}.{:0width$}", minor / unit, minor % unit, width = places as usize)
    }

    /// The sum with its code where there is little room: `NGN 214.5k`, rounded down; below ten thousand all of it.
    pub fn short(self) -> String {
        let whole = self.minor / 10_i128.pow(self.currency.exponent());
        let (tenths, unit) = match whole.abs() {
            0..10_000 => return self.to_string(),
            10_000..1_000_000 => (whole / 100, 'k'),
            _ => (whole / 100_000, 'm'),
        };
        let rest = match tenths.abs() % 10 {
            0 => String::new(),
            rest => format!(".{rest}"),
        };
        format!("{} {}{rest}{unit}", self.currency.code(), tenths / 10)
    }

    /// The digits with commas between thousands.
    pub fn grouped(self) -> String {
        let digits = self.digits();
        let (whole, decimals) = digits.split_once('.').unwrap_or((&digits, ""));
        let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |rest| ("-", rest));
        let mut text = String::from(sign);
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text + "." + decimals
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.grouped())
    }
}

/// The amount for people: `NGN 4,500.00`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.grouped())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, currency: Currency, expect: Result<i64, MoneyError>) {
        assert_eq!(Money::parse(text, currency).map(|money| money.minor), expect, "{text} {currency}");
    }

    #[test]
    fn amounts_are_read_as_digits() {
        use Currency::*;
        use MoneyError::*;
        let short = |minor, currency, expect: &str| assert_eq!(Money::new(minor, currency).short(), expect);
        short(21_459_999, Ngn, "NGN 214.5k");
        short(42_900_000, Ngn, "NGN 429k");
        short(999_999, Ngn, "NGN 9,999.99");
        short(10_205_000, Kwd, "KWD 10.2k");
        short(254_965_100, Ngn, "NGN 2.5m");
        check("300", Sar, Ok(30000));
        check("300.0", Sar, Ok(30000));
        check("300.00", Sar, Ok(30000));
        check("0.01", Sar, Ok(1));
        check("12.345", Kwd, Ok(12345));
        check("12", Bhd, Ok(12000));
        check("12.3456", Kwd, Err(TooPrecise(Kwd)));
        check("300.001", Ngn, Err(TooPrecise(Ngn)));
        check("300.000", Ngn, Ok(30000));
        check("12.34500", Kwd, Ok(12345));
        check("300.0010", Ngn, Err(TooPrecise(Ngn)));
        check("92233720368547758.07", Usd, Ok(i64::MAX));
        check("92233720368547758.08", Usd, Err(TooLarge));
        check("99999999999999999999", Usd, Err(TooLarge));
        for bad in ["", ".", "1.", ".5", "-1", "+1", "1e2", "1 000", "1,000.00", "1.2.3", "٣٠٠", "0x10", "NaN", " 1"]
        {
            check(bad, Sar, Err(NotDigits));
        }
        assert!(matches!(Currency::parse("JPY"), Err(UnknownCurrency(_))));
        assert!(matches!(Currency::parse("sar"), Err(UnknownCurrency(_))));
    }

    #[test]
    fn amounts_are_shown_with_all_their_decimals() {
        let show = |minor, currency| Money::new(minor, currency).to_string();
        assert_eq!(show(450000, Currency::Ngn), "NGN 4,500.00");
        assert_eq!(show(12345, Currency::Kwd), "KWD 12.345");
        assert_eq!(show(5, Currency::Omr), "OMR 0.005");
        assert_eq!(show(10_000_000_000, Currency::Usd), "USD 100,000,000.00");
        assert_eq!(show(i64::MIN, Currency::Usd), "USD -92,233,720,368,547,758.08");
        assert_eq!(size_of::<Money>(), 16);
    }
}
