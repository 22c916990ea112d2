//! What the law is judged against: one order, and the facts it has gathered.

use std::fmt;

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::law::{Pot, Provider, Status, Wait};
use super::{Money, atarapay, tamara};

/// An order's name: ids are unique per provider. Written `tamara:T-1001`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
pub struct OrderKey {
    /// Whose order.
    pub provider: Provider,
    /// The id the provider gave it.
    pub id: String,
}

impl OrderKey {
    /// The longest id that is taken, in bytes.
    pub const LONGEST: usize = 200;

    /// Names an order. Ids are 1 to 200 bytes without control characters.
    pub fn new(provider: Provider, id: &str) -> Option<Self> {
        let fits = !id.is_empty() && id.len() <= Self::LONGEST && !id.chars().any(char::is_control);
        fits.then(|| Self { provider, id: id.to_owned() })
    }

    /// Reads `provider:id`.
    pub fn parse(text: &str) -> Option<Self> {
        let (provider, id) = text.split_once(':')?;
        Self::new(provider.parse().ok()?, id)
    }
}

impl fmt::Display for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.provider.name(), self.id)
    }
}

/// Who a dispute was decided for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "program", serde(rename_all = "snake_case"))]
pub enum Outcome {
    /// All of the held amount to the seller.
    PaySeller,
    /// All of the held amount to the buyer.
    RefundBuyer,
    /// Each gets a part.
    Split,
}

impl Outcome {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The outcome that these parts are. Only a real division is a split.
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

/// What an order has gathered on its way. Amounts are minor units of the order's currency, never negative. Tamara's
/// orders use the first four, AtaraPay's the next four; a transition carries all of them as it leaves them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
pub struct Facts {
    /// Tamara: zero until authorised, then the order's amount.
    pub authorised: i64,
    /// Tamara: called off before capture.
    pub canceled: i64,
    /// Tamara: shipped.
    pub captured: i64,
    /// Tamara: gone back to the customer.
    pub refunded: i64,
    /// AtaraPay: which delivery it is, 1 or 2.
    pub attempt: i16,
    /// AtaraPay: the buyer rejected and the seller has not spoken.
    pub rejection_pending: bool,
    /// AtaraPay: how the dispute was decided.
    pub outcome: Option<Outcome>,
    /// AtaraPay: who gets how much, once that is known.
    pub parts: Option<Parts>,
    /// Tamara: when the milestone was passed that the running clock counts from; none where no clock runs.
    pub clock_from: Option<DateTime<Utc>>,
}

impl Facts {
    /// An order that was just opened.
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

/// One order, as the law sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
pub struct Order {
    /// Its name.
    pub key: OrderKey,
    /// What it was opened with; at AtaraPay, what is held.
    pub amount: Money,
    /// Where it stands.
    pub status: Status,
    /// How many transitions it has had; opening it was the first.
    pub version: i32,
    /// What it has gathered.
    pub facts: Facts,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it came to where it stands.
    pub entered_at: DateTime<Utc>,
    /// When its last transition happened.
    pub moved_at: DateTime<Utc>,
}

impl Order {
    /// An order as it is opened: version 1, at the start of its provider's law.
    pub fn open(key: OrderKey, amount: Money, at: DateTime<Utc>) -> Self {
        let status = key.provider.start();
        let facts = Facts { clock_from: status.wait().map(|_| at), ..Facts::OPENED };
        Self { key, amount, status, version: 1, facts, opened_at: at, entered_at: at, moved_at: at }
    }

    /// Whose order it is.
    pub const fn provider(&self) -> Provider {
        self.key.provider
    }

    /// `minor` units of this order's currency.
    pub const fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.amount.currency)
    }

    /// When this wait is over; `None` where its clock does not run.
    pub fn over(&self, wait: Wait) -> Option<DateTime<Utc>> {
        self.facts.clock_from?.checked_add_signed(wait.length())
    }

    /// When time will move this order, if nothing else does: its deadline.
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        self.over(self.status.wait()?)
    }

    /// Where it stands, in words that tell the two meanings of Awaiting Buyer Response apart.
    pub fn standing(&self) -> &'static str {
        match (self.status, self.facts.rejection_pending) {
            (Status::Atarapay(atarapay::Status::AwaitingBuyerResponse), true) => "Rejected by buyer, seller to answer",
            (status, _) => status.title(),
        }
    }

    /// From when the provider may capture by itself: 18 days after authorisation, three before its newer pages say so.
    pub fn may_capture_itself_from(&self) -> Option<DateTime<Utc>> {
        use tamara::Status::{Authorised, Updated};
        match self.status {
            Status::Tamara(Authorised | Updated) => {
                self.facts.clock_from?.checked_add_signed(chrono::TimeDelta::days(18))
            }
            Status::Tamara(_) | Status::Atarapay(_) => None,
        }
    }
}
