//! Orders and their transitions, as they are stored.

use chrono::{DateTime, Utc};

use super::words::Doubt;
use crate::domain::{Action, Actor, Flag, Money, Order, OrderKey, Outcome, Source, Status, Total};

/// An order as stored: the law's order, and the fields that only people read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OrderRecord {
    /// The order, as the law sees it.
    pub order: Order,
    /// AtaraPay: the cancellation fee, in minor units; the provider deducts it.
    pub cancellation_fee: Option<i64>,
    /// The merchant's id, as the provider gave it.
    pub merchant: Option<String>,
    /// The buyer, as the provider named them.
    pub buyer: Option<String>,
    /// The seller, as the provider named them.
    pub seller: Option<String>,
    /// When its last transition was recorded.
    pub changed_at: DateTime<Utc>,
    /// How many of its transitions must reach the provider and are not confirmed.
    pub unconfirmed: i64,
    /// How many facts about it are in quarantine.
    pub quarantined: i64,
    /// The owner of its open case.
    #[serde(default)]
    pub owner: Option<String>,
    /// The nearest deadline of its open case.
    #[serde(default)]
    pub case_due: Option<DateTime<Utc>>,
    /// The numbers under which the merchant knows it.
    #[serde(default)]
    pub numbers: Vec<String>,
    /// Whether the provider, read after the order's deadline, still had it at this status.
    #[serde(default)]
    pub outlived: bool,
}

impl OrderRecord {
    /// Its flags at this time.
    pub fn flags(&self, now: DateTime<Utc>) -> Vec<Flag> {
        self.order.flags(self.outlived, now)
    }
}

/// A transition of an order. Amounts are minor units of the order's currency.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Transition {
    /// The order.
    pub order: OrderKey,
    /// The order's version after it.
    pub seq: i32,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Who the law says did it.
    pub actor: Actor,
    /// What was done; `None` for the opening.
    pub action: Option<Action>,
    /// The status before it; `None` for the opening.
    pub from: Option<Status>,
    /// The status after it.
    pub to: Status,
    /// The amount, for actions that have one.
    pub amount: Option<i64>,
    /// The seller's part, as of then.
    pub to_seller: Option<i64>,
    /// The buyer's part, as of then.
    pub to_buyer: Option<i64>,
    /// The outcome, as of then.
    pub outcome: Option<Outcome>,
    /// Whether a rejection waits for the seller, as of then.
    pub rejection_pending: bool,
    /// How it was learnt.
    pub source: Source,
    /// The person or process that recorded it.
    pub recorder: String,
    /// A reason code.
    pub reason: Option<String>,
    /// The recorder's note.
    pub note: Option<String>,
    /// The provider's reference.
    pub reference: Option<String>,
    /// Recorded because a later notification implies it.
    pub inferred: bool,
    /// The notification contradicted itself, and only one reading was lawful.
    pub contradictory: bool,
    /// The provider confirmed it.
    pub confirmed: bool,
    /// The reference of the notification that confirmed it.
    pub confirmed_reference: Option<String>,
    /// Of a refund: the provider's reference of the capture that it gives back.
    #[serde(default)]
    pub of_capture: Option<String>,
    /// What is odd about that.
    #[serde(default)]
    pub doubt: Option<Doubt>,
}

impl Transition {
    /// The word of its action; `open` for the opening.
    pub fn action_name(&self) -> &'static str {
        self.action.map_or("open", Action::name)
    }

    /// The title of its action; `Opened` for the opening.
    pub fn action_title(&self) -> &'static str {
        self.action.map_or("Opened", Action::title)
    }

    /// Whether we made it and the provider should have heard of it, but did not confirm it.
    pub const fn is_unconfirmed(&self) -> bool {
        !self.confirmed && self.action.is_some() && self.actor.must_reach_provider()
    }

    /// An amount of its order.
    pub const fn money(&self, order: &Order, minor: i64) -> Money {
        order.money(minor)
    }
}

/// How many orders are in one status and currency, and the sum of their amounts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Count {
    /// The status.
    pub status: Status,
    /// How many.
    pub orders: i64,
    /// The sum of the amounts they were opened with.
    pub amount: Total,
}
