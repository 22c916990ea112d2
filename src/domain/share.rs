//! Reads a party's part of a held amount, given as an amount or a percentage.

use super::typed::latin;
use super::{Money, MoneyError, Parts};

/// 100%, in hundredths of a percent.
const WHOLE: i128 = 10_000;

impl Parts {
    /// Reads what the seller gets: `2700` in major units, or `60%`. See [`Parts::read_to_buyer`].
    ///
    /// # Errors
    ///
    /// [`MoneyError::NotPercent`] if the text ends in `%` and is not 0% to 100% with at most two decimals; otherwise
    /// the error of [`Money::typed`].
    pub fn read_to_seller(text: &str, held: Money) -> Result<Money, MoneyError> {
        read(text, held, false)
    }

    /// Reads what the buyer gets: `1800` in major units, or `40%` with at most two decimals. If a percentage is not a
    /// whole number of minor units, the extra unit goes to the party with the larger remainder, or to the buyer if the
    /// remainders are equal. So 40% to the buyer and 60% to the seller add up to exactly the whole amount.
    ///
    /// # Errors
    ///
    /// [`MoneyError::NotPercent`] if the text ends in `%` and is not 0% to 100% with at most two decimals; otherwise
    /// the error of [`Money::typed`].
    pub fn read_to_buyer(text: &str, held: Money) -> Result<Money, MoneyError> {
        read(text, held, true)
    }
}

/// `up`: this party gets the extra unit if both remainders are equal.
fn read(text: &str, held: Money, up: bool) -> Result<Money, MoneyError> {
    let text = latin(text);
    let Some(percent) = text.trim().strip_suffix('%') else { return Money::typed(&text, held.currency) };
    let product = i128::from(held.minor) * hundredths(percent).ok_or(MoneyError::NotPercent)?;
    let (units, remainder) = (product / WHOLE, product % WHOLE);
    let more = 2 * remainder > WHOLE || (up && 2 * remainder == WHOLE);
    let minor = i64::try_from(units + i128::from(more)).map_err(|_| MoneyError::TooLarge)?;
    Ok(Money { minor, ..held })
}

/// Reads a percentage from 0% to 100% as hundredths of a percent.
fn hundredths(text: &str) -> Option<i128> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str, most: usize| {
        let is_number = (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse::<i128>().ok()).flatten()
    };
    let fraction = digits(decimals, 2)? * if decimals.len() == 1 { 10 } else { 1 };
    Some(digits(whole, 3)? * 100 + fraction).filter(|hundredths| *hundredths <= WHOLE)
}

#[cfg(test)]
mod tests {
    use super::super::Currency;
    use super::*;

    #[test]
    fn parts_are_read() {
        let check = |held: i64, text: &str, seller: i64, buyer: i64| {
            let held = Money::new(held, Currency::Ngn);
            let read = (Parts::read_to_seller(text, held), Parts::read_to_buyer(text, held));
            assert_eq!(read.0.map(|it| it.minor), Ok(seller), "{text} to the seller");
            assert_eq!(read.1.map(|it| it.minor), Ok(buyer), "{text} to the buyer");
        };
        check(450_000, "1800", 180_000, 180_000);
        check(450_000, "40%", 180_000, 180_000);
        check(450_000, "٤٠٪", 180_000, 180_000);
        check(450_000, "NGN 1,800.00", 180_000, 180_000);
        check(450_000, "0%", 0, 0);
        check(450_000, "100.00%", 450_000, 450_000);
        check(101, "50%", 50, 51);
        check(100, "33.3%", 33, 33);
        check(100, "66.67%", 67, 67);
        check(1, "49.99%", 0, 0);
        check(i64::MAX, "100%", i64::MAX, i64::MAX);
    }

    #[test]
    fn what_is_no_percentage_is_refused() {
        for text in ["%", "-1%", "101%", "100.01%", "33.333%", "1e1%", "4 0%", ".5%", "5.%", "40%%"] {
            let read = Parts::read_to_buyer(text, Money::new(450_000, Currency::Ngn));
            assert_eq!(read, Err(MoneyError::NotPercent), "{text}");
        }
    }

    #[test]
    fn both_percentages_are_the_whole() {
        for held in [1, 2, 3, 7, 99, 100, 101, 9_999, 10_001, 450_050, i64::MAX] {
            let held = Money::new(held, Currency::Ngn);
            for seller in 0..=WHOLE {
                let text = |hundredths: i128| format!("{}.{:02}%", hundredths / 100, hundredths % 100);
                let to_seller = Parts::read_to_seller(&text(seller), held).unwrap();
                let to_buyer = Parts::read_to_buyer(&text(WHOLE - seller), held).unwrap();
                assert_eq!(
                    i128::from(to_seller.minor) + i128::from(to_buyer.minor),
                    i128::from(held.minor),
                    "{seller}"
                );
            }
        }
    }
}
