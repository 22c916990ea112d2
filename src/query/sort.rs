//! The sort order of a list: a rank for every order, the lowest first, and its SQL expression.

use chrono::{DateTime, Utc};
use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

use crate::domain::{Currency, Status};
use crate::records::OrderRecord;

/// The sort order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, VariantArray, IntoStaticStr, EnumString, EnumMessage)]
#[strum(serialize_all = "snake_case")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Longest in its status first.
    #[default]
    Age,
    /// Largest amount first; currencies are not converted.
    Amount,
    /// Nearest deadline first; then, without one, longest in its status.
    Deadline,
    /// Nearest deadline first; then, without one, largest amount.
    Urgency,
    /// Last change first, by when it was recorded.
    Changed,
}

/// What a section of a list is ranked by. Each has its own index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// When the order entered its status.
    Entered,
    /// Its deadline.
    Due,
    /// The amount it was opened with, largest first.
    Amount,
    /// When its last change was recorded, latest first.
    Changed,
}

/// The rank of orders without a deadline, after all others: `9999-01-01`, in microseconds since 1970.
const NEVER: i64 = 253_370_764_800_000_000;
/// Larger amounts all have the same rank; in minor units.
const MOST: i64 = 900_000_000_000_000_000;

impl Sort {
    /// The word on the command line.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// For headings.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Age => "oldest first",
            Self::Amount => "largest first",
            Self::Deadline => "nearest deadline first",
            Self::Urgency => "most urgent first",
            Self::Changed => "last change first",
        }
    }

    /// What it means, in a sentence.
    pub fn definition(self) -> &'static str {
        self.get_documentation().unwrap_or_default()
    }

    /// The sections of a list of these statuses.
    pub fn legs(self, statuses: &[Status]) -> Vec<(By, Vec<Status>)> {
        let (clocked, rest) = statuses.iter().partition(|status| status.wait().is_some());
        match self {
            Self::Age => vec![(By::Entered, statuses.to_vec())],
            Self::Amount => vec![(By::Amount, statuses.to_vec())],
            Self::Changed => vec![(By::Changed, statuses.to_vec())],
            Self::Deadline => vec![(By::Due, clocked), (By::Entered, rest)],
            Self::Urgency => vec![(By::Due, clocked), (By::Amount, rest)],
        }
    }

    /// The section of an order, and its rank there.
    pub fn rank(self, stored: &OrderRecord) -> (u8, i64) {
        let clocked = stored.order.status.wait().is_some();
        match (self, clocked) {
            (Self::Age, _) => (0, By::Entered.rank(stored)),
            (Self::Amount, _) => (0, By::Amount.rank(stored)),
            (Self::Changed, _) => (0, By::Changed.rank(stored)),
            (Self::Deadline | Self::Urgency, true) => (0, By::Due.rank(stored)),
            (Self::Deadline, false) => (1, By::Entered.rank(stored)),
            (Self::Urgency, false) => (1, By::Amount.rank(stored)),
        }
    }
}

impl By {
    /// The SQL expression. The schema (`0002_orders.sql`) indexes the same one.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Entered => "entered_at",
            Self::Changed => "(- micros(changed_at))",
            Self::Due => "coalesce(due_at, '9999-01-01Z'::timestamptz)",
            Self::Amount => {
                "(- case when currency in ('KWD', 'BHD', 'OMR') then amount else least(amount, 900000000000000000) * 10 end)"
            }
        }
    }

    /// The same for an order in memory: microseconds since 1970, or negative thousandths of a major unit.
    fn rank(self, stored: &OrderRecord) -> i64 {
        let order = &stored.order;
        match self {
            Self::Entered => order.entered_at.timestamp_micros(),
            Self::Due => order.due_at().map_or(NEVER, |due| due.timestamp_micros()),
            Self::Changed => -stored.changed_at.timestamp_micros(),
            Self::Amount => {
                let minor = order.amount.minor;
                match order.amount.currency {
                    Currency::Kwd | Currency::Bhd | Currency::Omr => -minor,
                    Currency::Ngn | Currency::Usd | Currency::Sar | Currency::Aed => -(minor.min(MOST) * 10),
                }
            }
        }
    }
}

/// A place in a list: before everything, after everything, or right after an order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Cursor {
    /// The section of the list.
    pub leg: u8,
    /// The rank there.
    pub rank: i64,
    /// The key of the order at this place.
    pub id: String,
}

impl Cursor {
    /// Before everything.
    pub const fn start() -> Self {
        Self { leg: 0, rank: i64::MIN, id: String::new() }
    }

    /// After everything.
    pub const fn end() -> Self {
        Self { leg: u8::MAX, rank: i64::MAX, id: String::new() }
    }

    /// The place of an order in a list with this sort order.
    pub fn of(stored: &OrderRecord, sort: Sort) -> Self {
        let (leg, rank) = sort.rank(stored);
        Self { leg, rank, id: stored.order.key.to_string() }
    }

    /// The rank as a time, limited to the years 1900 to 9999.
    pub fn moment(&self) -> DateTime<Utc> {
        let [first, last] = [-2_208_988_800_000_000, 253_402_300_799_000_000];
        DateTime::from_timestamp_micros(self.rank.clamp(first, last)).unwrap_or(DateTime::<Utc>::UNIX_EPOCH)
    }

    /// The cursor as text for other programs: the rank and the order's key; for sorts other than age also the sort and
    /// the section.
    pub fn text(&self, sort: Sort) -> String {
        match sort {
            Sort::Age => format!("{}/{}", self.rank, self.id),
            Sort::Amount | Sort::Deadline | Sort::Urgency | Sort::Changed => {
                format!("{}.{}.{}/{}", sort.name(), self.leg, self.rank, self.id)
            }
        }
    }

    /// Reads what [`Cursor::text`] wrote for a list with this sort order.
    pub fn parse(text: &str, sort: Sort) -> Option<Self> {
        let (place, id) = text.split_once('/')?;
        let place: Vec<&str> = place.split('.').collect();
        let (leg, rank) = match place.as_slice() {
            [rank] if sort == Sort::Age => (0, rank),
            [name, leg, rank] if sort != Sort::Age && *name == sort.name() => (leg.parse().ok()?, rank),
            _ => return None,
        };
        Some(Self { leg, rank: rank.parse().ok()?, id: id.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back() {
        let check = |text, sort| {
            assert_eq!(Cursor::parse(text, sort).map(|cursor| cursor.text(sort)).as_deref(), Some(text));
        };
        check("1763721600000000/tamara:T-1", Sort::Age);
        check("urgency.1.-3000000/atarapay:A/7", Sort::Urgency);
        check("amount.0.-5/x", Sort::Amount);
        check("changed.0.-1763721600000000/x", Sort::Changed);
        assert_eq!(Cursor::parse("x/y", Sort::Age), None);
        // A cursor of another list is not valid in this one.
        assert_eq!(Cursor::parse("amount.0.-5/x", Sort::Age), None);
        assert_eq!(Cursor::parse("5/x", Sort::Amount), None);
        assert!(Cursor::start() < Cursor::end());
    }
}
