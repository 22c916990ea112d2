//! What each party gets by a decision.

use crate::domain::{Currency, Money, MoneyError, Order, Parts};

/// How a percentage is rounded; shown wherever a split is entered.
pub const ROUNDING: &str =
    "if a percentage leaves a unit over, the larger remainder gets it, or the buyer if both are equal";

/// Reads the parts from two texts, in major units or percent. Does not check that they add up to `held`.
///
/// # Errors
///
/// [`MoneyError`] if a text is neither an exact amount in the currency of `held` nor a percentage from 0% to 100%.
pub fn split(to_seller: &str, to_buyer: &str, held: Money) -> Result<Parts, MoneyError> {
    let seller = Parts::read_to_seller(to_seller, held)?;
    let buyer = Parts::read_to_buyer(to_buyer, held)?;
    Ok(Parts { to_seller: seller.minor, to_buyer: buyer.minor })
}

/// The parts if the seller gets this much and the buyer the rest. `None` if that is negative or more than is held.
pub const fn rest(to_seller: Money, held: Money) -> Option<Parts> {
    if to_seller.minor < 0 || to_seller.minor > held.minor {
        return None;
    }
    Some(Parts { to_seller: to_seller.minor, to_buyer: held.minor - to_seller.minor })
}

/// The fees to show with the parts, for people. The provider deducts them, not the desk.
pub fn fees(order: &Order, cancellation_fee: Option<i64>) -> Vec<String> {
    let fee = cancellation_fee.filter(|fee| *fee > 0);
    let line =
        |fee: i64| format!("cancellation fee {}: deducted by the provider, not from these parts", order.money(fee));
    fee.map(line).into_iter().collect()
}

/// How people write a currency next to an amount.
const fn marks(currency: Currency) -> &'static [&'static str] {
    match currency {
        Currency::Ngn => &["NGN", "₦", "N", "naira", "Naira"],
        Currency::Usd => &["USD", "$", "dollars", "dollar"],
        // No escrow order is in these.
        Currency::Sar | Currency::Aed | Currency::Kwd | Currency::Bhd | Currency::Omr => &[],
    }
}

/// Whether one of the marks is directly before or after an amount.
fn is_marked(before: &str, after: &str, marks: &[&str]) -> bool {
    marks.iter().any(|mark| {
        // A single letter is a mark only if it touches the digits.
        let (before, after) = if mark.len() == 1 { (before, "") } else { (before.trim_end(), after.trim_start()) };
        let ends = before.strip_suffix(mark).is_some_and(|rest| !rest.ends_with(char::is_alphabetic));
        ends || after.strip_prefix(mark).is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
    })
}

/// The first amount in a sentence that is neither held nor given to a party: it was probably written for another
/// decision.
pub fn foreign_amount(order: &Order, parts: Parts, sentence: &str) -> Option<String> {
    let known = [order.amount.minor, parts.to_seller, parts.to_buyer];
    let currency = order.amount.currency;
    let mut from = 0;
    while let Some(start) = sentence[from..].find(|letter: char| letter.is_ascii_digit()).map(|at| from + at) {
        let rest = &sentence[start..];
        let length =
            rest.find(|letter: char| !letter.is_ascii_digit() && !matches!(letter, '.' | ',')).unwrap_or(rest.len());
        let digits = rest[..length].trim_end_matches(['.', ',']);
        from = start + length;
        let minor = Money::parse(&digits.replace(',', ""), currency).map(|money| money.minor);
        let other = minor.is_ok_and(|minor| !known.contains(&minor));
        if other && is_marked(&sentence[..start], &sentence[start + digits.len()..], marks(currency)) {
            return Some(format!("{} {digits}", currency.code()));
        }
    }
    None
}

/// What a decision gives to each party, for the person who approves it.
pub fn difference(order: &Order, parts: Parts) -> String {
    let percent = |part: i64| 100.0 * part as f64 / order.amount.minor.max(1) as f64;
    format!(
        "of {}: {} ({:.1}%) to the seller, {} ({:.1}%) to the buyer; nothing has been paid yet",
        order.amount,
        order.money(parts.to_seller),
        percent(parts.to_seller),
        order.money(parts.to_buyer),
        percent(parts.to_buyer),
    )
}

#[cfg(test)]
mod tests {
    use crate::cases::outcome::*;
    use crate::domain::ATARAPAY;
    use crate::domain::OrderKey;

    fn order() -> Order {
        let at = "2026-11-20T08:00:00Z".parse().unwrap();
        Order::open(OrderKey::new(ATARAPAY, "ATP-1").unwrap(), Money::new(450_000, Currency::Ngn), at)
    }

    #[test]
    fn sentences_name_no_other_amount() {
        let parts = Parts { to_seller: 300_000, to_buyer: 150_000 };
        let check = |sentence: &str, expect: Option<&str>| {
            assert_eq!(foreign_amount(&order(), parts, sentence).as_deref(), expect, "{sentence}");
        };
        check("You receive NGN 3,000.00 of the NGN 4,500.00.", None);
        check("You receive NGN 2000.00. Kind regards", Some("NGN 2000.00"));
        check("We are sorry for order 2000.", None);
        check("You get ₦9,000 back.", Some("NGN 9,000"));
        check("You get N5000 and N3,000.", Some("NGN 5000"));
        check("4,400.00 NGN is yours", Some("NGN 4,400.00"));
        check("999 naira", Some("NGN 999"));
        check("₦3,000.00, N1500, 4500 naira", None);
        check("PLAN 5 comes in 3 days to No 12", None);
    }

    #[test]
    fn the_rest_is_the_buyers() {
        let held = Money::new(101, Currency::Ngn);
        let check = |to_seller, expect| assert_eq!(rest(Money::new(to_seller, Currency::Ngn), held), expect);
        check(101, Some(Parts { to_seller: 101, to_buyer: 0 }));
        check(40, Some(Parts { to_seller: 40, to_buyer: 61 }));
        check(102, None);
    }
}
