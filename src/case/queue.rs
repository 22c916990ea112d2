//! The queues of the desk. Each is one indexed list, most urgent first.

use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

/// A queue of cases.
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
    /// Cases that you have.
    Mine,
    /// Cases without an owner.
    #[default]
    Unclaimed,
    /// Cases that someone is working on.
    Working,
    /// Cases that wait for the buyer's reply.
    WaitingBuyer,
    /// Cases that wait for the seller's reply.
    WaitingSeller,
    /// Proposals that wait for another person's approval.
    Proposed,
    /// Resolved cases that are not fully paid yet.
    Unpaid,
    /// Cases past their deadline.
    Overdue,
    /// All open cases.
    Open,
    /// Closed cases, the latest first.
    Closed,
}

impl Queue {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The title for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Mine => "Mine",
            Self::Unclaimed => "Unclaimed",
            Self::Working => "In progress",
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

    /// All names, separated by commas.
    pub fn names() -> String {
        Self::VARIANTS.iter().map(|queue| queue.name()).collect::<Vec<_>>().join(", ")
    }
}
