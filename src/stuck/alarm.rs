//! Alerts: what the rules find in the figures, and when to report it: once when it starts, again when it gets worse or
//! an acknowledgement ends, and when it clears.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr};

use crate::domain::{Currency, Total};
use crate::stuck::rule::{Measure, Rule, Severity, Whose};
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
}

/// A rule's limit is reached.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Alarm {
    /// The rule's name, followed by a slash and the merchant or worker if each has its own alert.
    pub alert: String,
    /// How serious it is.
    pub severity: Severity,
    /// What the rule found, in words.
    pub said: String,
}

/// What happened to an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString, serde::Serialize, serde::Deserialize)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It started, or its severity changed.
    Fired,
    /// Someone acknowledged it until a set time.
    Acknowledged,
    /// The acknowledgement has ended, and the alert is still open.
    Expired,
    /// It has ended.
    Cleared,
}

impl What {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The state of an alert: the last change that it had.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Standing {
    /// The alert's name.
    pub alert: String,
    /// How many changes it has had.
    pub seq: i32,
    /// The last change.
    pub what: What,
    /// How serious it was then.
    pub severity: Severity,
    /// When it started.
    pub since: DateTime<Utc>,
    /// What the rule found, in words.
    pub said: String,
    /// Why someone acknowledged it.
    pub reason: Option<String>,
    /// When the acknowledgement ends.
    pub until: Option<DateTime<Utc>>,
    /// When the last change happened.
    pub at: DateTime<Utc>,
    /// Who recorded it; empty if no one did.
    pub recorder: String,
}

impl Standing {
    /// Whether the alert is open.
    pub fn is_open(&self) -> bool {
        self.what != What::Cleared
    }

    /// Whether an acknowledgement is in force now.
    pub fn is_quiet(&self, now: DateTime<Utc>) -> bool {
        self.until.is_some_and(|until| until > now) && self.what == What::Acknowledged
    }
}

impl Facts {
    fn all(&self) -> Figures {
        let mut all = Figures::default();
        for figures in self.merchants.values() {
            all.count += figures.count;
            all.arrivals += figures.arrivals;
            all.clearings += figures.clearings;
            all.oldest = all.oldest.into_iter().chain(figures.oldest).min();
            figures.money.iter().for_each(|(code, minor)| *all.money.entry(code).or_default() += minor);
        }
        all
    }

    /// What these rules find now, worst first.
    pub fn judge(&self, rules: &[Rule], now: DateTime<Utc>) -> Vec<Alarm> {
        let mut alarms: Vec<Alarm> = rules.iter().flat_map(|rule| self.of(rule, now)).collect();
        alarms.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.alert.cmp(&b.alert)));
        alarms
    }

    fn of(&self, rule: &Rule, now: DateTime<Utc>) -> Vec<Alarm> {
        let alarm = |alert: String, said: String| Alarm { alert, severity: rule.severity, said };
        match (rule.measure, &rule.whose) {
            (Measure::Feed, _) => {
                let holds = rule.side.holds(i128::from(self.behind), rule.limit);
                let said = format!("the feed is {} behind", span(self.behind));
                holds.then(|| alarm(rule.name.clone(), said)).into_iter().collect()
            }
            (Measure::Watcher, _) => {
                let late = self.silent.iter().filter(|(_, late)| rule.side.holds(i128::from(*late), rule.limit));
                let said = late.map(|(worker, late)| {
                    alarm(
                        format!("{}/{worker}", rule.name),
                        format!("the {worker} is {} late with its report", span(*late)),
                    )
                });
                said.collect()
            }
            (_, Whose::All) => {
                let said = measured(rule, &self.all(), now);
                said.map(|said| alarm(rule.name.clone(), said)).into_iter().collect()
            }
            (_, Whose::Merchant(merchant)) => {
                let none = Figures::default();
                let said = measured(rule, self.merchants.get(merchant).unwrap_or(&none), now);
                said.map(|said| alarm(rule.name.clone(), format!("{merchant}: {said}"))).into_iter().collect()
            }
            (_, Whose::Each) => {
                let said = self.merchants.iter().filter_map(|(merchant, figures)| {
                    let said = measured(rule, figures, now)?;
                    Some(alarm(format!("{}/{merchant}", rule.name), said))
                });
                said.collect()
            }
        }
    }
}

fn span(seconds: i64) -> String {
    if seconds < 60 { format!("{seconds} s") } else { text::span(chrono::TimeDelta::seconds(seconds)) }
}

/// What the rule found, in words; `None` if its limit is not reached.
fn measured(rule: &Rule, figures: &Figures, now: DateTime<Utc>) -> Option<String> {
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
        Measure::Feed | Measure::Watcher => return None,
    };
    rule.side.holds(value, rule.limit).then_some(said)
}

/// What to report about an alert, given its last state and what the rule finds now; `None` if nothing changed.
pub fn next(last: Option<&Standing>, alarm: Option<&Alarm>, now: DateTime<Utc>) -> Option<What> {
    let open = last.filter(|last| last.is_open());
    match (open, alarm) {
        (None, None) => None,
        (Some(_), None) => Some(What::Cleared),
        (None, Some(_)) => Some(What::Fired),
        // An acknowledgement covers only what was known: a higher severity is reported.
        (Some(last), Some(alarm)) if alarm.severity > last.severity => Some(What::Fired),
        (Some(last), Some(_)) if last.what == What::Acknowledged && !last.is_quiet(now) => Some(What::Expired),
        (Some(last), Some(alarm)) if alarm.severity < last.severity && !last.is_quiet(now) => Some(What::Fired),
        (Some(_), Some(_)) => None,
    }
}

/// Adds an amount to the figures, by currency.
pub fn money(figures: &mut Figures, currency: Currency, minor: i128) {
    *figures.money.entry(currency.code()).or_default() += minor;
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use crate::stuck::alarm::*;
    use crate::stuck::rule::read;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    #[test]
    fn rules_find_what_is_the_case() {
        let figures =
            |count, oldest: i64| Figures { count, oldest: Some(at(oldest)), arrivals: 3, ..Figures::default() };
        let merchants = BTreeMap::from([("a".to_owned(), figures(5, 0)), ("b".to_owned(), figures(1, 60))]);
        let facts = Facts { merchants, behind: 90, silent: vec![("clock".to_owned(), 200)] };
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
        check("watcher>3m", &["x/clock the clock is 3m late with its report"]);
    }

    #[test]
    fn what_is_told_follows_from_what_was() {
        let alarm = |severity| Alarm { alert: "x".to_owned(), severity, said: String::new() };
        let standing = |what, until: Option<i64>| Standing {
            alert: "x".to_owned(),
            seq: 1,
            what,
            severity: Severity::Warning,
            since: at(0),
            said: String::new(),
            reason: None,
            until: until.map(at),
            at: at(0),
            recorder: String::new(),
        };
        let check = |last: Option<Standing>, alarm: Option<Alarm>, expect| {
            assert_eq!(next(last.as_ref(), alarm.as_ref(), at(10)), expect, "{last:?} {alarm:?}");
        };
        let (warning, critical) = (|| Some(alarm(Severity::Warning)), || Some(alarm(Severity::Critical)));
        check(None, None, None);
        check(None, warning(), Some(What::Fired));
        check(Some(standing(What::Cleared, None)), warning(), Some(What::Fired));
        check(Some(standing(What::Cleared, None)), None, None);
        check(Some(standing(What::Fired, None)), warning(), None);
        check(Some(standing(What::Fired, None)), critical(), Some(What::Fired));
        check(Some(standing(What::Fired, None)), None, Some(What::Cleared));
        check(Some(standing(What::Acknowledged, Some(11))), warning(), None);
        check(Some(standing(What::Acknowledged, Some(10))), warning(), Some(What::Expired));
        check(Some(standing(What::Acknowledged, Some(11))), critical(), Some(What::Fired));
        check(Some(standing(What::Acknowledged, Some(11))), None, Some(What::Cleared));
    }
}
