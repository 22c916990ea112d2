//! How much of the time between approval and expiry has passed, in bands.

use chrono::{DateTime, TimeDelta, Utc};
use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::domain::Order;
use crate::stuck::STUCK;

/// A band of ages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, VariantArray, IntoStaticStr, EnumMessage)]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
pub enum Band {
    /// Less than 50% of the time has passed.
    #[strum(serialize = "fresh", message = "under 50%")]
    Fresh,
    /// At least 50% has passed.
    #[strum(serialize = "50", message = "50%")]
    Half,
    /// At least 75% has passed.
    #[strum(serialize = "75", message = "75%")]
    Late,
    /// At least 90% has passed.
    #[strum(serialize = "90", message = "90%")]
    Last,
    /// All of it has passed: the order is presumed expired at the provider.
    #[strum(serialize = "over", message = "over 72 h, verify")]
    Over,
}

/// How long an order may stay at Approved: the law's own clock.
pub fn whole() -> TimeDelta {
    STUCK.wait().map_or(TimeDelta::zero(), |wait| wait.length())
}

/// When an order reached Approved and when it expires; `None` if it is not at Approved.
pub fn clock(order: &Order) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let due = order.due_at().filter(|_| order.status == STUCK)?;
    Some((due - whole(), due))
}

impl Band {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// For headings.
    pub fn title(self) -> &'static str {
        self.get_message().unwrap_or_default()
    }

    /// How many per cent of the time are left when the band starts.
    const fn left(self) -> i32 {
        match self {
            Self::Fresh => 100,
            Self::Half => 50,
            Self::Late => 25,
            Self::Last => 10,
            Self::Over => 0,
        }
    }

    /// How much time is left when the band starts.
    pub fn begins(self) -> TimeDelta {
        whole() * self.left() / 100
    }

    /// The band of a deadline.
    pub fn of(due: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let left = due - now;
        let reached = |band: &&Self| left <= band.begins() || **band == Self::Fresh;
        Self::VARIANTS.iter().rev().find(reached).copied().unwrap_or(Self::Fresh)
    }

    /// The query that finds the orders of this band.
    pub fn query(self) -> String {
        let span = |length: TimeDelta| match (length.num_hours(), length.num_minutes() % 60) {
            (hours, 0) => format!("{hours}h"),
            (hours, minutes) => format!("{hours}h{minutes}m"),
        };
        let next = Self::VARIANTS.iter().find(|band| **band > self);
        let least = next.map(|next| format!("due>{}", span(next.begins())));
        let most = (self != Self::Fresh).then(|| format!("due<={}", span(self.begins())));
        [most, least].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use crate::stuck::band::*;

    #[test]
    fn a_deadline_has_one_band() {
        let now = DateTime::UNIX_EPOCH;
        let check = |left: TimeDelta, expect| assert_eq!(Band::of(now + left, now), expect, "{left}");
        let second = TimeDelta::seconds(1);
        check(TimeDelta::hours(72), Band::Fresh);
        check(TimeDelta::hours(36) + second, Band::Fresh);
        check(TimeDelta::hours(36), Band::Half);
        check(TimeDelta::hours(18) + second, Band::Half);
        check(TimeDelta::hours(18), Band::Late);
        check(TimeDelta::minutes(432) + second, Band::Late);
        check(TimeDelta::minutes(432), Band::Last);
        check(second, Band::Last);
        check(TimeDelta::zero(), Band::Over);
        check(TimeDelta::days(-90), Band::Over);
    }

    #[test]
    fn a_band_is_found_by_its_query() {
        let check = |band: Band, expect: &str| {
            assert_eq!(band.query(), expect);
            crate::query::parse(expect).unwrap();
        };
        check(Band::Fresh, "due>36h");
        check(Band::Late, "due<=18h due>7h12m");
        check(Band::Last, "due<=7h12m due>0h");
        check(Band::Over, "due<=0h");
    }
}
