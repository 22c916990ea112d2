//! Alerts: what the rules find in the figures, and what is told of it: once when it begins, again when an acknowledgement
//! has ended or it became worse, and when it is over.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr};

use super::rule::{Measure, Rule, Severity, Whose};
use crate::domain::{Currency, Total};
use crate::text;

/// Figures of one merchant, or of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many stand at Approved.
    pub count: i64,
    /// What they were opened with.
    pub money: BTreeMap<&'static str, i128>,
    /// When the oldest was approved.
    pub oldest: Option<DateTime<Utc>>,
    /// How many came in the last hour.
    pub arrivals: i64,
    /// How many were authorised in it.
    pub clearings: i64,
}

/// Everything rules can measure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// By merchant; empty where orders have none.
    pub merchants: BTreeMap<String, Figures>,
    /// For how many seconds the feed has been held back.
    pub behind: i64,
    /// Who works by itself and has been silent, and for how many seconds too long.
    pub silent: Vec<(String, i64)>,
}

/// Something is as a rule says it must not be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Alarm {
    /// The rule's name; behind a slash the merchant, where each has its own.
    pub alert: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is the case, in words.
    pub said: String,
}

/// What happened to an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString, serde::Serialize, serde::Deserialize)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It began, or its severity changed.
    Fired,
    /// Somebody took note of it, for a while.
    Acknowledged,
    /// That while is over, and it is still so.
    Expired,
    /// It is over.
    Cleared,
}

impl What {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// How an alert stands: the last thing that happened to it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Standing {
    /// Which.
    pub alert: String,
    /// How many things have happened to it.
    pub seq: i32,
    /// What was the last.
    pub what: What,
    /// How bad it was then.
    pub severity: Severity,
    /// Since when it is, or was, so.
    pub since: DateTime<Utc>,
    /// What was the case.
    pub said: String,
    /// Why somebody acknowledged it.
    pub reason: Option<String>,
    /// Until when that holds.
    pub until: Option<DateTime<Utc>>,
    /// When the last thing happened.
    pub at: DateTime<Utc>,
    /// Who wrote it down.
    pub recorder: String,
}

impl Standing {
    /// Whether it is the case.
    pub fn is_open(&self) -> bool {
        self.what != What::Cleared
    }

    /// Whether an acknowledgement holds now.
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
                let said = format!("the feed has been held back for {}", span(self.behind));
                holds.then(|| alarm(rule.name.clone(), said)).into_iter().collect()
            }
            (Measure::Watcher, _) => {
                let late = self.silent.iter().filter(|(_, late)| rule.side.holds(i128::from(*late), rule.limit));
                let said = late.map(|(worker, late)| {
                    alarm(
                        format!("{}/{worker}", rule.name),
                        format!("the {worker} should have answered {} ago", span(*late)),
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

/// What is the case, where a rule says that it must not be.
fn measured(rule: &Rule, figures: &Figures, now: DateTime<Utc>) -> Option<String> {
    let (value, said) = match rule.measure {
        Measure::Count => (i128::from(figures.count), format!("{} stand at Approved", figures.count)),
        Measure::Oldest => {
            let age = now - figures.oldest?;
            (i128::from(age.num_seconds()), format!("the oldest has been at Approved for {}", text::span(age)))
        }
        Measure::Money => {
            let currency = rule.currency?;
            let minor = figures.money.get(currency.code()).copied().unwrap_or(0);
            (minor, format!("{} stand at Approved", Total { minor, currency }))
        }
        Measure::Arrivals => (i128::from(figures.arrivals), format!("{} came in the last hour", figures.arrivals)),
        Measure::Clearings if figures.count == 0 => return None,
        Measure::Clearings => {
            let said = format!("{} authorised in the last hour, and {} wait", figures.clearings, figures.count);
            (i128::from(figures.clearings), said)
        }
        Measure::Feed | Measure::Watcher => return None,
    };
    rule.side.holds(value, rule.limit).then_some(said)
}

/// What is to be told of an alert, given how it stood and what is the case now; nothing where nothing changed.
pub fn next(last: Option<&Standing>, alarm: Option<&Alarm>, now: DateTime<Utc>) -> Option<What> {
    let open = last.filter(|last| last.is_open());
    match (open, alarm) {
        (None, None) => None,
        (Some(_), None) => Some(What::Cleared),
        (None, Some(_)) => Some(What::Fired),
        // An acknowledgement is of what was known: worse is news.
        (Some(last), Some(alarm)) if alarm.severity > last.severity => Some(What::Fired),
        (Some(last), Some(_)) if last.what == What::Acknowledged && !last.is_quiet(now) => Some(What::Expired),
        (Some(last), Some(alarm)) if alarm.severity < last.severity && !last.is_quiet(now) => Some(What::Fired),
        (Some(_), Some(_)) => None,
    }
}

/// An amount by currency, as figures keep it.
pub fn money(figures: &mut Figures, currency: Currency, minor: i128) {
    *figures.money.entry(currency.code()).or_default() += minor;
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::watch::rule::read;

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
        check("count>=6", &["x 6 stand at Approved"]);
        check("count>6", &[]);
        check("count>=5 each", &["x/a 5 stand at Approved"]);
        check("count>=1 merchant:b", &["x b: 1 stand at Approved"]);
        check("oldest>=2h", &["x the oldest has been at Approved for 2h 00m"]);
        check("oldest>2h", &[]);
        check("clearings<1 merchant:nobody", &[]);
        check("clearings<1", &["x 0 authorised in the last hour, and 6 wait"]);
        check("arrivals>5", &["x 6 came in the last hour"]);
        check("feed>1m", &["x the feed has been held back for 1m"]);
        check("watcher>3m", &["x/clock the clock should have answered 3m ago"]);
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
