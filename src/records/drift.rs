//! How an order here differs from what its provider shows of it.

use serde::{Deserialize, Serialize};
use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

use crate::domain::{Currency, Money, Order};

/// How an order here differs from what its provider shows of it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    VariantArray,
    IntoStaticStr,
    EnumString,
    EnumMessage,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum DriftClass {
    /// The provider did what is not recorded here.
    #[strum(message = "the provider did more than is recorded here")]
    Ahead,
    /// We recorded what the provider does not show.
    #[strum(message = "recorded here, and not shown there")]
    Behind,
    /// Neither side leads to the other by the law.
    #[strum(message = "no lawful move leads from here to there")]
    Conflict,
    /// The provider has no such order.
    #[strum(message = "the provider has no such order")]
    Absent,
}

impl DriftClass {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What a person does about it where no way is known.
    pub const fn next(self) -> &'static str {
        match self {
            Self::Ahead => "read it again: the next reading records what the provider lists",
            Self::Behind => "read it again later, or ask the provider",
            Self::Conflict => {
                "compare both sides in the provider's portal: import what is missing here, have the provider correct what is wrong \
                 there, then read the order again"
            }
            Self::Absent => "check the id, the account and where it was asked",
        }
    }

    /// The words people read.
    pub fn title(self) -> &'static str {
        self.get_message().unwrap_or_default()
    }
}

/// What was captured, canceled and refunded of an order, as far as its provider says it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// What was captured.
    pub captured: Option<Money>,
    /// What was canceled.
    pub canceled: Option<Money>,
    /// What was refunded.
    pub refunded: Option<Money>,
}

impl Sums {
    /// The sums by their names.
    pub const fn named(&self) -> [(&'static str, Option<Money>); 3] {
        [("captured", self.captured), ("canceled", self.canceled), ("refunded", self.refunded)]
    }

    /// The currency of the sums, if there are any.
    pub fn currency(&self) -> Option<Currency> {
        self.named().into_iter().find_map(|(_, sum)| Some(sum?.currency))
    }

    /// As text: `captured 230.50 SAR`.
    pub fn words(&self) -> String {
        let said = self.named().into_iter().filter_map(|(name, sum)| Some(format!("{name} {}", sum?)));
        said.collect::<Vec<_>>().join(", ")
    }

    /// The sums that are not zero.
    pub fn not_zero(&self) -> Self {
        let some = |sum: Option<Money>| sum.filter(|sum| sum.minor != 0);
        Self { captured: some(self.captured), canceled: some(self.canceled), refunded: some(self.refunded) }
    }

    /// The sums of an order here.
    pub const fn of(order: &Order) -> Self {
        let facts = &order.facts;
        let currency = order.amount.currency;
        Self {
            captured: Some(Money::new(facts.captured, currency)),
            canceled: Some(Money::new(facts.canceled, currency)),
            refunded: Some(Money::new(facts.refunded, currency)),
        }
    }
}
