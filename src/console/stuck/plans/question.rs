//! The question before a command on a plan.

use crate::console::kit::confirmation::Confirmation;
use crate::work::plan::Totals;

/// A command on a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Run it, or continue.
    Run,
    /// Approve it.
    Approve,
    /// Withdraw it for good.
    Withdraw,
}

impl Word {
    /// As it is typed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Approve => "approve",
            Self::Withdraw => "withdraw",
        }
    }

    /// Its consequence, in words.
    pub const fn consequence(self) -> &'static str {
        match self {
            Self::Run => {
                "It continues where it stopped. Each order is checked again at its turn. What is done cannot be undone."
            }
            Self::Approve => "The person who made it can then run it. Each row below is checked again at its turn.",
            Self::Withdraw => "It is withdrawn for good. What it did stays done; the other orders do not change.",
        }
    }
}

/// A question about a plan.
#[derive(Debug)]
pub struct Question {
    /// The command.
    pub word: Word,
    /// The number of the plan.
    pub number: i64,
    /// What has to be answered.
    pub confirmation: Confirmation,
    /// The totals of its rest; none while they are read. Nobody can agree before they are on the screen.
    pub totals: Option<Totals>,
}
