//! One thing done to several cases.

use clap::Args as ClapArgs;

use crate::records::Queue;
use crate::settings::values;

/// Which cases, and what is done to each.
#[derive(Debug, Clone, ClapArgs)]
pub struct Many {
    /// The cases of this queue, the most urgent first.
    #[arg(long, value_name = "QUEUE", value_parser = values::queue)]
    pub queue: Queue,
    /// Only those whose orders match this query; recourse orders --help explains the syntax.
    #[arg(long = "where", value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// At most this many.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub limit: u64,
    /// Send this canned text of the policy, filled in for each case.
    #[arg(long, value_name = "NAME", required_unless_present_any = ["hand_over_to", "set_reason", "close"], conflicts_with_all = ["hand_over_to", "set_reason", "close"])]
    pub canned: Option<String>,
    /// Wait for the replies to it.
    #[arg(long, requires = "canned")]
    pub ask: bool,
    /// Hand them over to this person.
    #[arg(long, value_name = "LOGIN", value_parser = values::login, requires = "note", conflicts_with_all = ["set_reason", "close"])]
    pub hand_over_to: Option<String>,
    /// What the new owner needs to know.
    #[arg(long, value_name = "TEXT", requires = "hand_over_to")]
    pub note: Option<String>,
    /// Set this reason of the policy.
    #[arg(long, value_name = "CODE", conflicts_with = "close")]
    pub set_reason: Option<String>,
    /// Close those that need no decision.
    #[arg(long)]
    pub close: bool,
    /// Why they are closed.
    #[arg(long, value_name = "TEXT", requires = "close")]
    pub why: Option<String>,
}
