//! Alert rules, one line each: `oldest>=60h critical`, `count>=20 each warning`, `money>100000 currency:SAR`.

use chrono::TimeDelta;
use strsim::osa_distance as distance;
use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

use crate::domain::{Currency, Money};
use crate::query::length_of;
use crate::records::{Cause, held_kinds};

/// How serious an alert is.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    VariantArray,
    IntoStaticStr,
    EnumString,
    serde::Serialize,
    serde::Deserialize,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Someone should look.
    Warning,
    /// Someone has to look.
    Critical,
}

impl Severity {
    /// The word.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, IntoStaticStr, EnumString, EnumMessage)]
#[strum(serialize_all = "snake_case")]
pub enum Measure {
    /// How many orders are at Approved.
    #[strum(message = "how many orders are at Approved: count>=20")]
    Count,
    /// The age of the oldest of them, since approval.
    #[strum(message = "the age of the oldest of them, since approval: oldest>=60h")]
    Oldest,
    /// The sum of their opening amounts, in one currency.
    #[strum(message = "what they are worth: money>=100000 currency:SAR")]
    Money,
    /// How many reached Approved in the last hour.
    #[strum(message = "how many reached Approved in the last hour: arrivals>500")]
    Arrivals,
    /// How many were authorised in the last hour, while any are at Approved.
    #[strum(message = "how many were authorised in the last hour, while any are at Approved: clearings<1")]
    Clearings,
    /// How many are presumed expired: past a deadline, without the provider's word.
    #[strum(message = "how many are presumed expired, past a deadline without the provider's word: expired>=1")]
    Expired,
    /// How many orders have a move that the provider should confirm and has not.
    #[strum(message = "how many orders have a move that the provider has not confirmed: unconfirmed>20")]
    Unconfirmed,
    /// How long the first of these moves has been unconfirmed.
    #[strum(message = "how long the first of these moves has been unconfirmed: oldest_unconfirmed>2h")]
    OldestUnconfirmed,
    /// How many orders have another status here than at the provider.
    #[strum(message = "how many have another status here than at the provider: drift>=1 kind:webhook_missing")]
    Drift,
    /// How many facts are in quarantine.
    #[strum(message = "how many facts are in quarantine; each is for each kind: quarantined>=1 kind:currency each")]
    Quarantined,
    /// How long ago a clock last reported.
    #[strum(message = "how long ago a clock last reported; never counts as for ever: clock>5m")]
    Clock,
    /// How far the feed is behind.
    #[strum(message = "how far the feed is behind: feed>1m")]
    Feed,
    /// How many accounts are stopped because the provider refuses their credentials.
    #[strum(message = "how many accounts carry nothing: their credentials are refused, or no server runs: stopped>=1")]
    Stopped,
    /// How late a clock or watcher is with its report.
    #[strum(message = "how late a clock or watcher is with its report: watcher>2m")]
    Watcher,
}

impl Measure {
    /// The word.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The unit of the limit.
    const fn unit(self) -> Unit {
        match self {
            Self::Count
            | Self::Arrivals
            | Self::Clearings
            | Self::Expired
            | Self::Unconfirmed
            | Self::Drift
            | Self::Stopped
            | Self::Quarantined => Unit::Orders,
            Self::Oldest | Self::OldestUnconfirmed | Self::Clock | Self::Feed | Self::Watcher => Unit::Time,
            Self::Money => Unit::Money,
        }
    }

    /// Whether it can be measured per merchant.
    pub const fn has_merchants(self) -> bool {
        match self {
            Self::Count
            | Self::Oldest
            | Self::Money
            | Self::Arrivals
            | Self::Clearings
            | Self::Expired
            | Self::Unconfirmed
            | Self::OldestUnconfirmed
            | Self::Drift
            | Self::Quarantined => true,
            Self::Feed | Self::Watcher | Self::Clock | Self::Stopped => false,
        }
    }

    /// Whether it counts orders, facts or money, so that more is worse. Time only passes.
    pub const fn counts(self) -> bool {
        match self {
            Self::Count
            | Self::Money
            | Self::Arrivals
            | Self::Expired
            | Self::Unconfirmed
            | Self::Drift
            | Self::Quarantined => true,
            Self::Oldest
            | Self::Clearings
            | Self::OldestUnconfirmed
            | Self::Clock
            | Self::Feed
            | Self::Stopped
            | Self::Watcher => false,
        }
    }

    /// Whether it can be measured for one kind.
    const fn has_kinds(self) -> bool {
        matches!(self, Self::Drift | Self::Quarantined)
    }
}

#[derive(PartialEq, Eq)]
enum Unit {
    Orders,
    Time,
    Money,
}

/// Which side of the limit raises the alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// `>`
    Above,
    /// `>=`
    From,
    /// `<`
    Below,
    /// `<=`
    UpTo,
}

impl Side {
    const SIGNS: [(&'static str, Self); 4] =
        [(">=", Self::From), ("<=", Self::UpTo), (">", Self::Above), ("<", Self::Below)];

    /// Whether a value is on this side of the limit.
    pub const fn holds(self, value: i128, limit: i128) -> bool {
        match self {
            Self::Above => value > limit,
            Self::From => value >= limit,
            Self::Below => value < limit,
            Self::UpTo => value <= limit,
        }
    }
}

/// Whose orders are measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// All together.
    All,
    /// Each merchant separately; facts in quarantine: each kind.
    Each,
    /// This merchant's.
    Merchant(String),
}

impl Whose {
    /// Whether orders of this merchant are measured.
    pub fn covers(&self, merchant: &str) -> bool {
        match self {
            Self::All | Self::Each => true,
            Self::Merchant(other) => other == merchant,
        }
    }
}

/// A rule for an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The alert's name.
    pub name: String,
    /// The rule as it was written.
    pub text: String,
    /// What is measured.
    pub measure: Measure,
    /// Which side of the limit raises the alert.
    pub side: Side,
    /// The limit: orders, seconds, or minor units of the currency.
    pub limit: i128,
    /// The currency, if money is measured.
    pub currency: Option<Currency>,
    /// The one kind of drift, or of fact in quarantine, that is measured.
    pub kind: Option<String>,
    /// Whose orders are measured.
    pub whose: Whose,
    /// How serious the alert is.
    pub severity: Severity,
}

/// The built-in rules: names and texts.
pub const SHIPPED: [(&str, &str); 8] = [
    ("over 72 h", "oldest>=72h critical"),
    ("last tenth", "oldest>=64h48m warning"),
    ("a merchant is stuck", "oldest>=36h each warning"),
    ("webhook missing", "drift>=1 kind:webhook_missing each critical"),
    ("unknown currency", "quarantined>=1 kind:currency each warning"),
    ("an account is stopped", "stopped>=1 critical"),
    ("the feed is stale", "feed>1m critical"),
    ("a watcher is silent", "watcher>1m critical"),
];

/// The built-in rules, parsed.
pub fn shipped() -> Vec<Rule> {
    SHIPPED.iter().filter_map(|(name, text)| read(name, text).ok()).collect()
}

/// The language of rules, for the help of the command line.
pub fn help() -> String {
    let lines = Measure::VARIANTS.iter().map(|measure| {
        format!("  {} {}", crate::text::left(measure.name(), 18), measure.get_message().unwrap_or_default())
    });
    let rest = [
        "  each               a separate alert for each merchant; merchant:NAME for one merchant",
        "  warning or critical, at the end (default: warning)",
    ];
    let lines: Vec<String> = lines.chain(rest.map(str::to_owned)).collect();
    let shipped: Vec<String> = SHIPPED.iter().map(|(name, text)| format!("  \"{name}\" = \"{text}\"")).collect();
    format!(
        "Alerts are lines under [alerts] in the configuration; they replace the built-in ones. What they measure:\n{}\n\nBuilt-in alerts:\n{}",
        lines.join("\n"),
        shipped.join("\n")
    )
}

/// Parses a rule. The error says what is wrong and what would be right.
///
/// # Errors
///
/// A sentence for people: an unknown measure or word, a limit that cannot be read, a currency that is missing or too
/// much, or a name that cannot be used.
pub fn read(name: &str, text: &str) -> Result<Rule, String> {
    let words = words(text)?;
    let first = words.first().map_or("", String::as_str);
    let sign = Side::SIGNS.iter().find_map(|(sign, side)| Some((first.split_once(sign)?, *side)));
    let ((measured, limit), side) =
        sign.ok_or_else(|| format!("{first:?} is not a rule; write something like oldest>=60h"))?;
    let measure: Measure = measured.parse().map_err(|_| {
        let nearest = Measure::VARIANTS.iter().min_by_key(|known| distance(known.name(), measured));
        format!("{measured:?} is not a measure; the nearest is {:?}", nearest.map_or("count", |nearest| nearest.name()))
    })?;
    let (mut whose, mut currency, mut kind, mut severity) = (Whose::All, None, None, Severity::Warning);
    for word in words.iter().skip(1) {
        match (word.as_str(), word.split_once(':')) {
            ("each", _) => whose = Whose::Each,
            (_, Some(("merchant", merchant))) if !merchant.is_empty() => whose = Whose::Merchant(merchant.to_owned()),
            (_, Some(("currency", code))) => {
                currency = Some(Currency::parse(&code.to_uppercase()).map_err(|error| error.to_string())?);
            }
            (_, Some(("kind", named))) => kind = Some(kind_of(measure, named)?),
            (word, _) => {
                let wrong =
                    |_| format!("{word:?} is not known here; use each, merchant:, currency:, kind:, warning, critical");
                severity = word.parse().map_err(wrong)?;
            }
        }
    }
    if whose != Whose::All && !measure.has_merchants() {
        return Err(format!("{measured} cannot be measured per merchant"));
    }
    if (measure.unit() == Unit::Money) != currency.is_some() {
        return Err("money needs a currency, and only money takes one: money>=100000 currency:SAR".to_owned());
    }
    let limit = match (measure.unit(), currency) {
        (Unit::Orders, _) => limit.parse().map_err(|_| format!("{limit:?} is not a number of orders"))?,
        (Unit::Money, Some(currency)) => {
            i128::from(Money::typed(limit, currency).map_err(|error| error.to_string())?.minor)
        }
        (Unit::Time | Unit::Money, _) => i128::from(length(limit)?.num_seconds()),
    };
    let (name, text) = (name.trim().to_owned(), text.trim().to_owned());
    if name.is_empty() {
        return Err("an alert needs a name".to_owned());
    }
    if name.contains('/') {
        return Err("an alert's name cannot contain a slash: the merchant follows the slash".to_owned());
    }
    Ok(Rule { name, text, measure, side, limit, currency, kind, whose, severity })
}

/// The kind that a rule measures, if the measure has kinds and this is one of them.
fn kind_of(measure: Measure, named: &str) -> Result<String, String> {
    if !measure.has_kinds() {
        return Err(format!("{} has no kinds; drift and quarantined have", measure.name()));
    }
    let known: Vec<&str> = Cause::DRIFT.iter().map(|cause| cause.name()).collect();
    if measure == Measure::Drift && !known.contains(&named) {
        return Err(format!("{named:?} is not a kind of drift; use {}", known.join(", ")));
    }
    let reasons = held_kinds();
    if measure == Measure::Quarantined && !reasons.clone().any(|kind| kind == named) {
        let nearest = reasons.clone().min_by_key(|kind| distance(kind, named)).unwrap_or_default();
        return Err(format!("{named:?} is not a reason for quarantine; the nearest is {nearest:?}"));
    }
    Ok(named.to_owned())
}

/// The words of a rule; text in quotes is one word: `merchant:"Riyadh Home"`. A backslash in quotes takes the next letter as
/// it is, as in queries.
fn words(text: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if quoted => word.extend(letters.next()),
            '"' => quoted = !quoted,
            letter if letter.is_whitespace() && !quoted => words.push(std::mem::take(&mut word)),
            letter => word.push(letter),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    if quoted { Err("a quote is not closed".to_owned()) } else { Ok(words) }
}

fn length(text: &str) -> Result<TimeDelta, String> {
    length_of(text)
}

#[cfg(test)]
mod tests {
    use crate::stuck::rule::*;

    #[test]
    fn rules_are_read() {
        let check = |text: &str, measure, side, limit, whose, severity| {
            let rule = read("x", text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
            let is = (rule.measure, rule.side, rule.limit, rule.whose, rule.severity);
            assert_eq!(is, (measure, side, limit, whose, severity), "{text}");
        };
        let m7 = Whose::Merchant("m-7".to_owned());
        check("oldest>=60h critical", Measure::Oldest, Side::From, 216_000, Whose::All, Severity::Critical);
        check("count>20 each", Measure::Count, Side::Above, 20, Whose::Each, Severity::Warning);
        let noor = Whose::Merchant(r#"Al "Noor" \ متجر"#.to_owned());
        let text = r#"drift>=1 merchant:"Al \"Noor\" \\ متجر" critical"#;
        check(text, Measure::Drift, Side::From, 1, noor, Severity::Critical);
        check("clearings<1 merchant:m-7", Measure::Clearings, Side::Below, 1, m7, Severity::Warning);
        check("money>=1000.5 currency:kwd", Measure::Money, Side::From, 1_000_500, Whose::All, Severity::Warning);
        let spaced = Whose::Merchant("Riyadh Home".to_owned());
        check("count>2 merchant:\"Riyadh Home\" critical", Measure::Count, Side::Above, 2, spaced, Severity::Critical);
        assert_eq!(shipped().len(), SHIPPED.len());
    }

    #[test]
    fn wrong_rules_say_what_would_be_right() {
        let check = |text: &str, words: &str| {
            let fault = read("x", text).expect_err(text);
            assert!(fault.contains(words), "{text}: {fault}");
        };
        check("", "write something like");
        check("cuont>3", "the nearest is \"count\"");
        check("count>many", "not a number");
        check("oldest>soon", "not a length of time");
        check("money>3", "currency");
        check("count>3 currency:SAR", "currency");
        check("feed>1m each", "cannot be measured per merchant");
        check("clock>5m merchant:m", "cannot be measured per merchant");
        check("drift>0 kind:sideways", "use webhook_missing");
        check("count>0 kind:currency", "has no kinds");
        check("quarantined>0 kind:curency", "the nearest is \"currency\"");
        check("count>3 fatal", "warning, critical");
        check("count>3 merchant:\"Riyadh", "a quote is not closed");
    }
}
