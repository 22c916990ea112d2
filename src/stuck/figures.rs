//! The figures that alert rules measure, and what the rules find in them.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use crate::domain::{Currency, Total};
use crate::query::quoted;
use crate::records::Cause;
use crate::stuck::STUCK;
use crate::stuck::alarm::Alarm;
use crate::stuck::rule::{Measure, Rule, Side, Whose};
use crate::text;

/// Figures for one merchant, or for all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many orders are at Approved.
    pub count: i64,
    /// Their opening amounts in minor units, by currency.
    pub money: BTreeMap<&'static str, i128>,
    /// When the oldest was approved.
    pub oldest: Option<DateTime<Utc>>,
    /// How many reached Approved in the last hour.
    pub arrivals: i64,
    /// How many were authorised in the last hour.
    pub clearings: i64,
    /// How many are presumed expired, at Approved and at other statuses.
    pub expired: i64,
    /// How many orders have an unconfirmed move.
    pub unconfirmed: i64,
    /// When the first of these moves was recorded.
    pub unconfirmed_since: Option<DateTime<Utc>>,
    /// How many have another status here than at the provider, by how it differs.
    pub drift: BTreeMap<Cause, i64>,
}

/// Facts in quarantine of one kind and one merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Why they are in quarantine, as a code.
    pub kind: String,
    /// The word that is not known; empty if the kind has none.
    pub detail: String,
    /// The merchant; empty if it is not known.
    pub merchant: String,
    /// How many.
    pub count: i64,
}

/// Everything rules can measure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Figures by merchant; the name is empty for orders without one.
    pub merchants: BTreeMap<String, Figures>,
    /// How many seconds the feed is behind.
    pub behind: i64,
    /// Background workers that are late with their report, and by how many seconds.
    pub silent: Vec<(String, i64)>,
    /// How many seconds ago a clock last reported; `None` if no clock ever did.
    pub clock: Option<i64>,
    /// Facts in quarantine.
    pub quarantined: Vec<Quarantined>,
    /// Accounts that carry nothing now, each with why.
    pub stopped: Vec<(String, String)>,
}

impl Facts {
    fn all(&self) -> Figures {
        let mut all = Figures::default();
        for figures in self.merchants.values() {
            all.count += figures.count;
            all.arrivals += figures.arrivals;
            all.clearings += figures.clearings;
            all.expired += figures.expired;
            all.unconfirmed += figures.unconfirmed;
            all.oldest = all.oldest.into_iter().chain(figures.oldest).min();
            all.unconfirmed_since = all.unconfirmed_since.into_iter().chain(figures.unconfirmed_since).min();
            figures.money.iter().for_each(|(code, minor)| *all.money.entry(code).or_default() += minor);
            figures.drift.iter().for_each(|(cause, count)| *all.drift.entry(*cause).or_default() += count);
        }
        all
    }

    /// Only what concerns one merchant.
    #[must_use]
    pub fn only(mut self, merchant: &str) -> Self {
        self.merchants.retain(|name, _| name == merchant);
        self.quarantined.retain(|facts| facts.merchant == merchant);
        self
    }

    /// What these rules find now, worst first.
    pub fn judge(&self, rules: &[Rule], now: DateTime<Utc>) -> Vec<Alarm> {
        let mut alarms: Vec<Alarm> = rules.iter().flat_map(|rule| self.of(rule, now)).collect();
        alarms.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.alert.cmp(&b.alert)));
        alarms
    }

    fn of(&self, rule: &Rule, now: DateTime<Utc>) -> Vec<Alarm> {
        match (rule.measure, &rule.whose) {
            (Measure::Feed, _) => {
                let holds = rule.side.holds(i128::from(self.behind), rule.limit);
                let said = format!("the feed is {} behind", span(self.behind));
                holds.then(|| alarm(rule, "", None, (0, said))).into_iter().collect()
            }
            (Measure::Watcher, _) => {
                let late = self.silent.iter().filter(|(_, late)| rule.side.holds(i128::from(*late), rule.limit));
                let said =
                    |(worker, late): &(String, i64)| format!("the {worker} is {} late with its report", span(*late));
                late.map(|silent| alarm(rule, &silent.0, None, (0, said(silent)))).collect()
            }
            (Measure::Stopped, _) => {
                let one = |(name, words): &(String, String)| {
                    alarm(rule, name, None, (1, format!("the account {name} {words}")))
                };
                let holds = rule.side.holds(self.stopped.len() as i128, rule.limit);
                self.stopped.iter().filter(|_| holds).map(one).collect()
            }
            (Measure::Clock, _) => {
                let holds = rule.side.holds(self.clock.map_or(i128::MAX, i128::from), rule.limit);
                let never = || "no clock has ever run".to_owned();
                let said = self.clock.map_or_else(never, |ago| format!("a clock last reported {} ago", span(ago)));
                holds.then(|| alarm(rule, "", None, (0, said))).into_iter().collect()
            }
            (Measure::Quarantined, _) => self.held(rule),
            (_, Whose::All) => {
                let said = measured(rule, &self.all(), now);
                said.map(|said| alarm(rule, "", listing(rule, None), said)).into_iter().collect()
            }
            (_, Whose::Merchant(merchant)) => {
                let none = Figures::default();
                let said = measured(rule, self.merchants.get(merchant).unwrap_or(&none), now);
                let said = said.map(|(value, said)| (value, format!("{merchant}: {said}")));
                said.map(|said| alarm(rule, "", listing(rule, Some(merchant)), said)).into_iter().collect()
            }
            (_, Whose::Each) => {
                let said = self.merchants.iter().filter_map(|(merchant, figures)| {
                    let said = measured(rule, figures, now)?;
                    Some(alarm(rule, merchant, listing(rule, Some(merchant)), said))
                });
                said.collect()
            }
        }
    }

    /// What a rule finds in quarantine: all facts together, or each kind separately.
    fn held(&self, rule: &Rule) -> Vec<Alarm> {
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        for facts in &self.quarantined {
            let other = matches!(&rule.whose, Whose::Merchant(merchant) if *merchant != facts.merchant);
            if other || rule.kind.as_ref().is_some_and(|kind| *kind != facts.kind) {
                continue;
            }
            let name = match rule.whose {
                Whose::Each => format!("{} {}", facts.kind, code(&facts.detail)).trim().to_owned(),
                Whose::All | Whose::Merchant(_) => String::new(),
            };
            *counts.entry(name).or_default() += facts.count;
        }
        if rule.whose != Whose::Each {
            counts.entry(String::new()).or_default();
        }
        let found = counts.into_iter().filter(|(_, count)| rule.side.holds(i128::from(*count), rule.limit));
        let said = |count: i64| {
            let are = if count == 1 { "fact is" } else { "facts are" };
            (i128::from(count), format!("{count} {are} in quarantine"))
        };
        found.map(|(name, count)| alarm(rule, &name, None, said(count))).collect()
    }
}

/// What names a kind of facts: the unknown word, if it is written like a code. Anything else may be about a person, who can ask for it to
/// be erased, and an alert is kept; it is told from others by a few digits of its digest.
fn code(detail: &str) -> String {
    let snake = detail.len() <= 40 && detail.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let short = detail.len() == 3 && detail.bytes().all(|byte| byte.is_ascii_uppercase());
    if snake || short {
        return detail.to_owned();
    }
    let digest = Sha256::digest(detail.as_bytes());
    format!("#{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2])
}

/// An alert; with a name after the slash if each has its own.
fn alarm(rule: &Rule, name: &str, query: Option<String>, (value, said): (i128, String)) -> Alarm {
    let alert = match (&rule.whose, rule.measure) {
        (Whose::Each, _) | (_, Measure::Watcher | Measure::Stopped) => format!("{}/{name}", rule.name),
        (Whose::All | Whose::Merchant(_), _) => rule.name.clone(),
    };
    let counts = rule.measure.counts() && matches!(rule.side, Side::Above | Side::From);
    let figure = counts.then(|| i64::try_from(value).unwrap_or(i64::MAX));
    Alarm { alert, severity: rule.severity, said, rule: rule.text.clone(), query, figure }
}

/// The query that lists exactly the orders that a rule counted, of one merchant or of all.
fn listing(rule: &Rule, merchant: Option<&str>) -> Option<String> {
    let approved = format!("status:{}", STUCK.name());
    let minutes = rule.limit / 60;
    let kind = || rule.kind.as_ref().map_or_else(|| "drift".to_owned(), |kind| format!("drift:{kind}"));
    let orders = match rule.measure {
        Measure::Count | Measure::Clearings => approved,
        Measure::Oldest => format!("{approved} age>={minutes}m"),
        Measure::Money => format!("{approved} currency:{}", rule.currency?.code()),
        Measure::Arrivals => format!("{approved} age<=1h"),
        Measure::Expired => "expired".to_owned(),
        Measure::Unconfirmed => "unconfirmed".to_owned(),
        Measure::OldestUnconfirmed => format!("unconfirmed>={minutes}m"),
        Measure::Drift => kind(),
        Measure::Quarantined | Measure::Clock | Measure::Feed | Measure::Stopped | Measure::Watcher => return None,
    };
    Some(match merchant {
        Some(merchant) => format!("{orders} merchant={}", quoted(merchant)),
        None => orders,
    })
}

fn span(seconds: i64) -> String {
    if seconds < 60 { format!("{seconds} s") } else { text::span(TimeDelta::seconds(seconds)) }
}

/// What the rule measured, also in words; `None` if its limit is not reached.
fn measured(rule: &Rule, figures: &Figures, now: DateTime<Utc>) -> Option<(i128, String)> {
    let (value, said) = match rule.measure {
        Measure::Count => (i128::from(figures.count), format!("{} at Approved", figures.count)),
        Measure::Oldest => {
            let age = now - figures.oldest?;
            (i128::from(age.num_seconds()), format!("the oldest has been at Approved for {}", text::span(age)))
        }
        Measure::Money => {
            let currency = rule.currency?;
            let minor = figures.money.get(currency.code()).copied().unwrap_or(0);
            (minor, format!("{} at Approved", Total { minor, currency }))
        }
        Measure::Arrivals => {
            (i128::from(figures.arrivals), format!("{} reached Approved in the last hour", figures.arrivals))
        }
        Measure::Clearings if figures.count == 0 => return None,
        Measure::Clearings => {
            let said = format!("{} authorised in the last hour, {} at Approved", figures.clearings, figures.count);
            (i128::from(figures.clearings), said)
        }
        Measure::Expired => (i128::from(figures.expired), format!("{} presumed expired", figures.expired)),
        Measure::Unconfirmed => {
            (i128::from(figures.unconfirmed), format!("{} not confirmed by the provider", figures.unconfirmed))
        }
        Measure::OldestUnconfirmed => {
            let age = now - figures.unconfirmed_since?;
            (i128::from(age.num_seconds()), format!("a move has been unconfirmed for {}", text::span(age)))
        }
        Measure::Drift => {
            let wanted =
                figures.drift.iter().filter(|(cause, _)| rule.kind.as_deref().is_none_or(|kind| kind == cause.name()));
            let count: i64 = wanted.map(|(_, count)| count).sum();
            let what = match rule.kind.as_deref().and_then(|kind| kind.parse::<Cause>().ok()) {
                Some(cause) => cause.title(),
                None => "another status here than at the provider",
            };
            (i128::from(count), format!("{count}: {what}"))
        }
        Measure::Quarantined | Measure::Clock | Measure::Feed | Measure::Stopped | Measure::Watcher => return None,
    };
    rule.side.holds(value, rule.limit).then_some((value, said))
}

/// Adds an amount to the figures, by currency.
pub fn money(figures: &mut Figures, currency: Currency, minor: i128) {
    *figures.money.entry(currency.code()).or_default() += minor;
}

#[cfg(test)]
mod tests {
    use crate::stuck::figures::*;
    use crate::stuck::rule::read;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    #[test]
    fn rules_find_what_is_the_case() {
        let figures = |count, oldest: i64| Figures {
            count,
            oldest: Some(at(oldest)),
            arrivals: 3,
            expired: count - 1,
            unconfirmed: 2,
            unconfirmed_since: Some(at(100)),
            drift: BTreeMap::from([(Cause::WebhookMissing, count), (Cause::ProviderEnded, 1)]),
            ..Figures::default()
        };
        let merchants = BTreeMap::from([("a".to_owned(), figures(5, 0)), ("b".to_owned(), figures(1, 60))]);
        let held = |kind: &str, detail: &str, merchant: &str, count| Quarantined {
            kind: kind.to_owned(),
            detail: detail.to_owned(),
            merchant: merchant.to_owned(),
            count,
        };
        let quarantined =
            vec![held("currency", "QAR", "a", 3), held("currency", "QAR", "b", 4), held("time", "", "a", 1)];
        let silent = vec![("clock".to_owned(), 200)];
        let facts = Facts { merchants, behind: 90, silent, clock: Some(290), quarantined, ..Facts::default() };
        let check = |rule: &str, expect: &[&str]| {
            let alarms = facts.judge(&[read("x", rule).unwrap()], at(120));
            assert_eq!(
                alarms.iter().map(|it| format!("{} {}", it.alert, it.said)).collect::<Vec<_>>(),
                expect,
                "{rule}"
            );
        };
        check("count>=6", &["x 6 at Approved"]);
        check("count>6", &[]);
        check("count>=5 each", &["x/a 5 at Approved"]);
        check("count>=1 merchant:b", &["x b: 1 at Approved"]);
        check("oldest>=2h", &["x the oldest has been at Approved for 2h 00m"]);
        check("oldest>2h", &[]);
        check("clearings<1 merchant:nobody", &[]);
        check("clearings<1", &["x 0 authorised in the last hour, 6 at Approved"]);
        check("arrivals>5", &["x 6 reached Approved in the last hour"]);
        check("feed>1m", &["x the feed is 1m behind"]);
        check("expired>=1 each", &["x/a 4 presumed expired"]);
        check("unconfirmed>3", &["x 4 not confirmed by the provider"]);
        check("oldest_unconfirmed>=20m", &["x a move has been unconfirmed for 20m"]);
        check("drift>7", &["x 8: another status here than at the provider"]);
        check("drift>1 kind:webhook_missing each", &["x/a 5: webhook missing: approved there, new here"]);
        check("quarantined>3", &["x 8 facts are in quarantine"]);
        check("quarantined>0 each", &["x/currency QAR 7 facts are in quarantine", "x/time 1 fact is in quarantine"]);
        check("quarantined>0 kind:currency merchant:b", &["x 4 facts are in quarantine"]);
        check("clock>4m", &["x a clock last reported 4m ago"]);
        check("watcher>3m", &["x/clock the clock is 3m late with its report"]);
    }

    #[test]
    fn what_was_counted_is_listed() {
        let check = |rule: &str, merchant: Option<&str>, expect: Option<&str>| {
            let query = listing(&read("x", rule).unwrap(), merchant);
            assert_eq!(query.as_deref(), expect, "{rule}");
            query.iter().for_each(|query| assert!(crate::query::parse(query).is_ok(), "{query}"));
        };
        check("count>3", None, Some("status:approved"));
        check(
            "oldest>=60h each",
            Some("Riyadh \"Home\""),
            Some(r#"status:approved age>=3600m merchant="Riyadh \"Home\"""#),
        );
        check("drift>0 kind:provider_ahead", None, Some("drift:provider_ahead"));
        check("drift>0", None, Some("drift"));
        check("expired>0 each", Some(""), Some("expired merchant=\"\""));
        check("oldest_unconfirmed>2h", None, Some("unconfirmed>=120m"));
        check("feed>1m", None, None);
    }
}
