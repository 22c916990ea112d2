//! One order and its facts: what the law judges.

use std::fmt;

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::law::{Pot, Wait};
use super::{Money, Provider, Status};

/// Identifies an order: ids are unique per provider. Written `tamara:T-1001`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
pub struct OrderKey {
    /// The provider that has the order.
    pub provider: Provider,
    /// The id the provider gave it.
    pub id: String,
}

impl OrderKey {
    /// The longest id accepted, in bytes.
    pub const LONGEST: usize = 200;

    /// Makes a key. `None` if [`OrderKey::fault`] finds something wrong with the id.
    pub fn new(provider: Provider, id: &str) -> Option<Self> {
        Self::fault(id).is_none().then(|| Self { provider, id: id.to_owned() })
    }

    /// What is wrong with an id. Two ids that look the same are the same: nothing in an id is invisible.
    ///
    /// # Examples
    ///
    /// ```
    /// use recourse::domain::OrderKey;
    ///
    /// assert_eq!(OrderKey::fault("T-1001"), None);
    /// assert_eq!(OrderKey::fault("T-1001 "), Some("an order id cannot start or end with a blank"));
    /// ```
    pub fn fault(id: &str) -> Option<&'static str> {
        if id.trim().is_empty() {
            Some("an order id cannot be blank")
        } else if id.len() > Self::LONGEST {
            Some("an order id can have at most 200 bytes")
        } else if id.chars().any(char::is_control) {
            Some("an order id cannot have control characters")
        } else if id.trim() != id {
            Some("an order id cannot start or end with a blank")
        } else if id.chars().any(is_unseen) {
            Some("an order id cannot have invisible characters or special blanks")
        } else {
            None
        }
    }

    /// Reads `provider:id`.
    ///
    /// # Examples
    ///
    /// ```
    /// use recourse::domain::{OrderKey, TAMARA};
    ///
    /// let key = OrderKey::parse("tamara:T-1001").unwrap();
    /// assert_eq!((key.provider, key.id.as_str()), (TAMARA, "T-1001"));
    /// assert_eq!(key.to_string(), "tamara:T-1001");
    ///
    /// assert_eq!(OrderKey::parse("T-1001"), None);
    /// assert_eq!(OrderKey::parse("tamara:"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (provider, id) = text.split_once(':')?;
        Self::new(provider.parse().ok()?, id)
    }
}

/// Whether a character is invisible, or a blank that looks like the common one: Unicode's format and default ignorable
/// characters, and its blanks.
pub fn is_unseen(letter: char) -> bool {
    (letter.is_whitespace() && letter != ' ')
        || matches!(letter, '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}'
            | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{f0000}'..='\u{10ffff}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{16fe4}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

impl fmt::Display for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.provider.name(), self.id)
    }
}

/// Who gets the held amount by a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "program", serde(rename_all = "snake_case"))]
pub enum Outcome {
    /// The seller gets all of it.
    PaySeller,
    /// The buyer gets all of it.
    RefundBuyer,
    /// Each gets a part.
    Split,
}

impl Outcome {
    /// The name used on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The outcome of these parts. It is a split only if both parties get something.
    pub const fn of(parts: Parts) -> Self {
        match parts {
            Parts { to_buyer: 0, .. } => Self::PaySeller,
            Parts { to_seller: 0, .. } => Self::RefundBuyer,
            Parts { .. } => Self::Split,
        }
    }
}

/// Who gets how much of the held amount, in minor units of the order's currency. A part may be zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
pub struct Parts {
    /// The seller's part.
    pub to_seller: i64,
    /// The buyer's part.
    pub to_buyer: i64,
}

/// The facts of an order. Amounts are in minor units of the order's currency, never negative. Tamara orders use the
/// first four fields, AtaraPay orders the next four. A transition stores all of them as they are after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
pub struct Facts {
    /// Tamara: zero until authorised, then the order's amount.
    pub authorised: i64,
    /// Tamara: canceled before capture.
    pub canceled: i64,
    /// Tamara: shipped.
    pub captured: i64,
    /// Tamara: refunded to the customer.
    pub refunded: i64,
    /// AtaraPay: the delivery attempt, 1 or 2.
    pub attempt: i16,
    /// AtaraPay: the buyer rejected and the seller has not answered yet.
    pub rejection_pending: bool,
    /// AtaraPay: how the dispute was decided.
    pub outcome: Option<Outcome>,
    /// AtaraPay: who gets how much, once known.
    pub parts: Option<Parts>,
    /// Tamara: the time of the milestone that the clock counts from; `None` if no clock runs.
    pub clock_from: Option<DateTime<Utc>>,
}

impl Facts {
    /// The facts of a new order.
    pub const OPENED: Self = Self {
        authorised: 0,
        canceled: 0,
        captured: 0,
        refunded: 0,
        attempt: 1,
        rejection_pending: false,
        outcome: None,
        parts: None,
        clock_from: None,
    };

    /// How much is in a pot, in minor units.
    pub const fn left(&self, pot: Pot) -> i64 {
        match pot {
            Pot::Uncaptured => self.authorised - self.canceled - self.captured,
            Pot::Refundable => self.captured - self.refunded,
        }
    }
}

/// One order, as the law needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
pub struct Order {
    /// Its provider and id.
    pub key: OrderKey,
    /// The amount it was opened with; at AtaraPay, the amount held.
    pub amount: Money,
    /// Its status.
    pub status: Status,
    /// The number of its transitions; opening it is the first.
    pub version: i32,
    /// Its facts.
    pub facts: Facts,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it entered its status.
    pub entered_at: DateTime<Utc>,
    /// When its last transition happened.
    pub moved_at: DateTime<Utc>,
}

impl Order {
    /// Opens an order: version 1, in the first status of its provider.
    pub fn open(key: OrderKey, amount: Money, at: DateTime<Utc>) -> Self {
        let status = key.provider.start();
        let facts = Facts { clock_from: status.wait().map(|_| at), ..Facts::OPENED };
        Self { key, amount, status, version: 1, facts, opened_at: at, entered_at: at, moved_at: at }
    }

    /// The provider that has the order.
    pub const fn provider(&self) -> Provider {
        self.key.provider
    }

    /// `minor` units of this order's currency.
    pub const fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.amount.currency)
    }

    /// When something happens that is done now: not before the last move, which another's clock may date some minutes ahead.
    pub fn next_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let is_near = self.moved_at <= now + chrono::TimeDelta::minutes(10);
        if is_near { now.max(self.moved_at) } else { now }
    }

    /// When this wait ends; `None` if its clock does not run.
    pub fn over(&self, wait: Wait) -> Option<DateTime<Utc>> {
        self.facts.clock_from?.checked_add_signed(wait.length())
    }

    /// Its deadline: when it expires if nothing else moves it first.
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        self.over(self.status.wait()?)
    }

    /// Its status in words, with a different word for each of the two meanings of Awaiting Buyer Response.
    pub fn standing(&self) -> &'static str {
        if self.facts.rejection_pending { "Rejected by buyer, seller to answer" } else { self.status.title() }
    }

    /// From when the provider may capture the order automatically: some days before its documentation says so.
    pub fn auto_capture_from(&self) -> Option<DateTime<Utc>> {
        let days = self.status.row().auto_capture_days?;
        self.facts.clock_from?.checked_add_signed(chrono::TimeDelta::days(days))
    }
}
