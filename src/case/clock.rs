//! The clocks of a case. The database runs them, by the policy in force.

use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

/// A deadline of a case.
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
    serde::Serialize,
    serde::Deserialize,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// From the complaint until someone writes to a party.
    FirstAnswer,
    /// From asking the buyer until they answer.
    BuyerAnswer,
    /// From asking the seller until they answer.
    SellerAnswer,
    /// From the complaint until a decision; it pauses while the case waits for a party.
    Decision,
    /// From a decision until it is paid.
    Payout,
}

impl Clock {
    /// Its name in the database and in the policy.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The title for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::FirstAnswer => "first answer",
            Self::BuyerAnswer => "buyer's answer",
            Self::SellerAnswer => "seller's answer",
            Self::Decision => "decision",
            Self::Payout => "payout",
        }
    }

    /// What it measures, in a sentence.
    pub fn definition(self) -> &'static str {
        self.get_documentation().unwrap_or_default()
    }

    /// All names, separated by commas.
    pub fn names() -> String {
        Self::VARIANTS.iter().map(|clock| clock.name()).collect::<Vec<_>>().join(", ")
    }
}
