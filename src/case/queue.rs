//! The piles of work a desk has: each is one indexed list, the most urgent first.

use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

/// A pile of cases.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    VariantArray,
    IntoStaticStr,
    EnumString,
    EnumMessage,
    serde::Serialize,
    serde::Deserialize,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// What I have.
    Mine,
    /// What nobody has.
    #[default]
    Unclaimed,
    /// What somebody works on.
    Working,
    /// What waits for the buyer's word.
    WaitingBuyer,
    /// What waits for the seller's word.
    WaitingSeller,
    /// What is proposed and waits for another person.
    Proposed,
    /// Resolved, not yet paid.
    Unpaid,
    /// What is over its deadline.
    Overdue,
    /// Everything that is open.
    Open,
    /// What is over, the latest first.
    Closed,
}

impl Queue {
    /// The word on the command line.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// For headings.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Mine => "Mine",
            Self::Unclaimed => "Unclaimed",
            Self::Working => "In work",
            Self::WaitingBuyer => "Waiting for buyer",
            Self::WaitingSeller => "Waiting for seller",
            Self::Proposed => "To approve",
            Self::Unpaid => "Resolved, not yet paid",
            Self::Overdue => "Overdue",
            Self::Open => "All open",
            Self::Closed => "Closed",
        }
    }

    /// What is in it, in a sentence.
    pub fn definition(self) -> &'static str {
        self.get_documentation().unwrap_or_default()
    }

    /// All of them, with commas.
    pub fn names() -> String {
        Self::VARIANTS.iter().map(|queue| queue.name()).collect::<Vec<_>>().join(", ")
    }
}
