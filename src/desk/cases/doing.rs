//! Commands on a case and their answers.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::case::law::Refusal;
use crate::domain::CaseAction;
use crate::domain::{Money, OrderKey, Parts};
use crate::store::cases::read::Whole;
use crate::store::cases::write::Reasons;
use crate::store::cases::{Case, Event, Message, Note};

/// What a person does to the case of an order, with the data it needs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// Take the unclaimed case.
    Claim,
    /// Take it from its owner.
    Take {
        /// Why.
        why: String,
    },
    /// Return it to the queue.
    Release {
        /// Why, if there is a reason.
        why: Option<String>,
    },
    /// Give it to someone else.
    HandOver {
        /// The new owner.
        to: String,
        /// What the new owner has to know.
        note: String,
    },
    /// Set what it is about.
    Classify {
        /// A reason code.
        reason: Option<String>,
        /// How much is claimed.
        claimed: Option<Money>,
    },
    /// Tick or untick a line of the checklist.
    Check {
        /// The line.
        line: String,
        /// Whether it is ticked.
        done: bool,
    },
    /// Add a note for the desk only.
    Note {
        /// The words.
        note: Note,
    },
    /// Send a message to a party.
    Message {
        /// The party and the words.
        message: Message,
        /// Whether to wait for the reply.
        ask: bool,
    },
    /// Record a reply from a party.
    Answer {
        /// The party and the words.
        message: Message,
    },
    /// Continue without the reply.
    Resume {
        /// Why.
        why: String,
    },
    /// Attach a file.
    Attach {
        /// Its name.
        name: String,
        /// Its bytes.
        content: Vec<u8>,
    },
    /// Decide who gets what.
    Decide {
        /// Who gets what, in minor units.
        parts: Parts,
        /// The reason, the rationale and the sentence for each party.
        said: Reasons,
        /// Whether another person has to approve it, regardless of the amount.
        propose: bool,
    },
    /// Approve someone else's proposal.
    Approve {
        /// The event of the proposal that the person saw; `None` means the pending one.
        proposal: Option<i32>,
    },
    /// Send back someone else's proposal.
    Reject {
        /// Why.
        why: String,
    },
    /// Withdraw your own proposal.
    Retract {
        /// Why, if there is a reason.
        why: Option<String>,
    },
    /// Record what happened to a payout.
    Pay {
        /// `buyer` or `seller`.
        party: String,
        /// What happened to it.
        how: Paying,
    },
    /// Close a case whose order is not in dispute.
    Close {
        /// Why, if there is a reason.
        why: Option<String>,
    },
}

/// What happened to a payout.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paying {
    /// It was sent.
    Sent {
        /// The payment reference, if there is one already.
        reference: Option<String>,
    },
    /// It arrived.
    Confirmed {
        /// The payment reference.
        reference: String,
    },
    /// It did not arrive.
    Failed {
        /// Why.
        why: String,
    },
    /// It will be sent again.
    Reopened,
}

/// A person's command on one case.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Command {
    /// The order that the case is about.
    pub order: OrderKey,
    /// What to do.
    pub doing: Doing,
    /// The last event that the person saw, if any.
    pub expect: Option<i32>,
    /// The id by which a repeated request is recognised.
    pub request: Uuid,
}

/// The answer to a command.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is recorded: the case as it is now.
    Done(Box<Whole>),
    /// The table, the role or the database refuses it.
    Refused(Refusal),
    /// Someone else was first: the case and its last event.
    Conflict(Box<Case>, Option<Box<Event>>, Refusal),
    /// No such case.
    Missing,
}

impl Doing {
    /// The action it is in the table.
    pub const fn deed(&self) -> CaseAction {
        match self {
            Self::Claim => CaseAction::Take,
            Self::Take { .. } => CaseAction::TakeOver,
            Self::Release { .. } => CaseAction::Release,
            Self::HandOver { .. } => CaseAction::HandOver,
            Self::Classify { .. } => CaseAction::SetReason,
            Self::Check { .. } => CaseAction::TickChecklist,
            Self::Note { .. } => CaseAction::AddNote,
            Self::Message { ask: false, .. } => CaseAction::SendMessage,
            Self::Message { ask: true, .. } => CaseAction::AskAndWait,
            Self::Answer { .. } => CaseAction::RecordReply,
            Self::Resume { .. } => CaseAction::StopWaiting,
            Self::Attach { .. } => CaseAction::AttachFile,
            Self::Decide { .. } => CaseAction::Decide,
            Self::Approve { .. } => CaseAction::Approve,
            Self::Reject { .. } => CaseAction::SendBack,
            Self::Retract { .. } => CaseAction::WithdrawProposal,
            Self::Pay { .. } => CaseAction::RecordPayout,
            Self::Close { .. } => CaseAction::Close,
        }
    }
}

impl Command {
    /// A digest that a repeated request has to match.
    pub(super) fn digest(&self, person: &str) -> Vec<u8> {
        Sha256::digest(format!("{:?} {:?} {person:?}", self.order, self.doing)).to_vec()
    }
}
