//! From which amounts on a lead has to approve what is asked of Tamara: part of the policy.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::{Action, Currency, Money, TAMARA};

/// By action, and by currency, the minor units above which a lead has to approve; `None` if no one has to. What is missing always
/// needs it.
pub type Requests = BTreeMap<String, Option<BTreeMap<String, Option<i64>>>>;

/// The actions that have limits.
const ACTIONS: [Action; 4] = [Action::Authorise, Action::Capture, Action::Cancel, Action::Refund];

/// The limits of one action as they are written: one word, or an amount for each currency.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum WrittenLimits {
    /// `none`.
    Word(String),
    /// By currency.
    Each(BTreeMap<String, String>),
}

/// Reads the limits. An action that is not listed has none that would free it: it always needs a lead.
///
/// # Errors
///
/// A sentence about the first mistake.
pub fn read(written: &BTreeMap<String, WrittenLimits>) -> Result<Requests, String> {
    let names: Vec<&str> = ACTIONS.iter().map(|action| action.name()).collect();
    if let Some(other) = written.keys().find(|key| !names.contains(&key.as_str())) {
        return Err(format!("requests_above: {other:?} is not an action that has a limit; use {}", names.join(", ")));
    }
    let one = |name: &&str| {
        let limits = match written.get(*name) {
            None => Some(BTreeMap::new()),
            Some(WrittenLimits::Word(word)) if word == "none" => None,
            Some(WrittenLimits::Word(_)) => {
                return Err(format!("requests_above.{name}: write \"none\", or an amount for each currency"));
            }
            Some(WrittenLimits::Each(each)) => {
                Some(each.iter().map(|limit| read_one(name, limit)).collect::<Result<_, _>>()?)
            }
        };
        Ok(((*name).to_owned(), limits))
    };
    names.iter().map(one).collect()
}

fn read_one(action: &str, (code, digits): (&String, &String)) -> Result<(String, Option<i64>), String> {
    let known = Currency::parse(code).ok().filter(|it| TAMARA.currencies().contains(it));
    let currency = known.ok_or_else(|| format!("requests_above.{action}: {code} is not a currency of Tamara"))?;
    if digits == "none" {
        return Ok((code.clone(), None));
    }
    let money = Money::typed(digits, currency).map_err(|error| format!("requests_above.{action}.{code}: {error}"))?;
    Ok((code.clone(), Some(money.minor)))
}

/// Whether this has to be approved by a lead. The database asks the same.
pub fn need_approval(limits: &Requests, action: Action, amount: Option<Money>) -> bool {
    let Some(limits) = limits.get(action.name()) else { return true };
    let Some(limits) = limits else { return false };
    let Some(amount) = amount else { return true };
    limits.get(amount.currency.code()).is_none_or(|limit| limit.is_some_and(|most| amount.minor > most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::policy::{Policy, SHIPPED};

    #[test]
    fn money_that_goes_out_is_approved_above_the_limit() {
        let policy = Policy::parse(SHIPPED).unwrap();
        let check = |action, minor, currency, expect| {
            let amount = Some(Money::new(minor, currency));
            assert_eq!(need_approval(&policy.requests, action, amount), expect, "{action:?} {minor} {currency}");
        };
        check(Action::Refund, 2_000_000, Currency::Sar, false);
        check(Action::Refund, 2_000_001, Currency::Sar, true);
        check(Action::Cancel, 2_000_001, Currency::Kwd, true);
        check(Action::Cancel, 2_000_000, Currency::Kwd, false);
        check(Action::Capture, i64::MAX, Currency::Sar, false);
        check(Action::Refund, 1, Currency::Usd, true);
        assert!(!need_approval(&policy.requests, Action::Authorise, None));
        assert!(need_approval(&Requests::new(), Action::Capture, Some(Money::new(1, Currency::Sar))));
    }

    #[test]
    fn faults_say_what_would_be_right() {
        let check = |from: &str, to: &str, expect: &str| {
            assert!(SHIPPED.contains(from), "{from}");
            let fault = Policy::parse(&SHIPPED.replacen(from, to, 1)).unwrap_err();
            assert!(fault.contains(expect), "{fault}");
        };
        check("capture = \"none\"", "capture = \"never\"", "write \"none\"");
        check("capture = \"none\"", "capturing = \"none\"", "is not an action");
        check("cancel = { SAR", "cancel = { NGN", "not a currency of Tamara");
        check("cancel = { SAR = \"20000\"", "cancel = { SAR = \"many\"", "in digits");
    }
}
