//! Alerts: what the rules found, and when to report it: once when it starts, again when its severity changes, when what was acknowledged
//! has doubled, when an acknowledgement ends, and when it clears.

use chrono::{DateTime, TimeDelta, Utc};
use strum::{EnumString, IntoStaticStr};

use crate::stuck::rule::Severity;

/// The longest time for which an alert can be acknowledged: what is known for longer is not forgotten.
pub const LONGEST_QUIET: TimeDelta = TimeDelta::days(30);

/// So many more are no news yet, although one became two.
const FEW: i64 = 5;

/// A rule's limit is reached.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Alarm {
    /// The rule's name, followed by a slash and the merchant or worker if each has its own alert.
    pub alert: String,
    /// How serious it is.
    pub severity: Severity,
    /// What the rule found, in words.
    pub said: String,
    /// The rule, as it is written.
    pub rule: String,
    /// The query that lists the orders it counted; `None` if it counted no orders.
    pub query: Option<String>,
    /// What it counted, where more is worse: orders, facts, or minor units.
    #[serde(default)]
    pub figure: Option<i64>,
}

/// What happened to an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString, serde::Serialize, serde::Deserialize)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It started, its severity changed, or it doubled after it was acknowledged.
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
    /// The rule that found it, as it was written then.
    pub rule: String,
    /// The query that lists its orders; `None` if it is not about orders.
    pub query: Option<String>,
    /// What the rule counted then, where more is worse.
    #[serde(default)]
    pub figure: Option<i64>,
}

impl Standing {
    /// Whether a rule that counts finds at least twice as much as it did then, and more than a few.
    fn has_doubled(&self, alarm: &Alarm) -> bool {
        let both = self.figure.filter(|then| *then > 0).zip(alarm.figure);
        both.is_some_and(|(then, now)| now >= then.saturating_mul(2) && now >= then.saturating_add(FEW))
    }

    /// Whether the alert is open.
    pub fn is_open(&self) -> bool {
        self.what != What::Cleared
    }

    /// Whether an acknowledgement is in force now.
    pub fn is_quiet(&self, now: DateTime<Utc>) -> bool {
        self.until.is_some_and(|until| until > now) && self.what == What::Acknowledged
    }
}

/// What to report about an alert, given its last state and what the rule finds now; `None` if nothing changed.
pub fn next(last: Option<&Standing>, alarm: Option<&Alarm>, now: DateTime<Utc>) -> Option<What> {
    let open = last.filter(|last| last.is_open());
    match (open, alarm) {
        (None, None) => None,
        (Some(_), None) => Some(What::Cleared),
        (None, Some(_)) => Some(What::Fired),
        // An acknowledgement covers only what was known: a higher severity, or twice as much, is reported.
        (Some(last), Some(alarm)) if alarm.severity > last.severity => Some(What::Fired),
        (Some(last), Some(alarm)) if last.what == What::Acknowledged && last.has_doubled(alarm) => Some(What::Fired),
        (Some(last), Some(_)) if last.what == What::Acknowledged && !last.is_quiet(now) => Some(What::Expired),
        (Some(last), Some(alarm)) if alarm.severity < last.severity && !last.is_quiet(now) => Some(What::Fired),
        (Some(_), Some(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::stuck::alarm::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    #[test]
    fn what_is_told_follows_from_what_was() {
        let alarm = |severity| Alarm {
            alert: "x".to_owned(),
            severity,
            said: String::new(),
            rule: String::new(),
            query: None,
            figure: Some(8),
        };
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
            rule: String::new(),
            query: None,
            figure: None,
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
        let counted = |what, figure| Some(Standing { figure: Some(figure), ..standing(what, Some(11)) });
        check(counted(What::Acknowledged, 5), warning(), None);
        check(counted(What::Acknowledged, 4), warning(), None);
        check(counted(What::Acknowledged, 3), warning(), Some(What::Fired));
        check(counted(What::Acknowledged, 0), warning(), None);
        check(counted(What::Fired, 4), warning(), None);
    }
}
