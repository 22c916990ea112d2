//! What a person asks of a case, and what comes of it.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::case::Deed;
use crate::case::law::Refusal;
use crate::domain::{Money, OrderKey, Parts};
use crate::store::cases::read::Whole;
use crate::store::cases::write::Reasons;
use crate::store::cases::{Case, Event, Message, Note};

/// What a person does to the case of an order, with what it needs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// Take it.
    Claim,
    /// Take it from whoever has it.
    Take {
        /// Why.
        why: String,
    },
    /// Give it back.
    Release {
        /// Why, if there is something to say.
        why: Option<String>,
    },
    /// Give it to somebody.
    HandOver {
        /// Whom.
        to: String,
        /// What they have to know.
        note: String,
    },
    /// Say what it is about.
    Classify {
        /// A reason code.
        reason: Option<String>,
        /// How much is claimed.
        claimed: Option<Money>,
    },
    /// Tick a line of the checklist, or take the tick off.
    Check {
        /// The line.
        line: String,
        /// Ticked.
        done: bool,
    },
    /// For the desk only.
    Note {
        /// The words.
        note: Note,
    },
    /// To a party.
    Message {
        /// To whom, and the words.
        message: Message,
        /// Wait for their answer.
        ask: bool,
    },
    /// From a party.
    Answer {
        /// From whom, and the words.
        message: Message,
    },
    /// Go on without an answer.
    Resume {
        /// Why.
        why: String,
    },
    /// A file.
    Attach {
        /// Its name.
        name: String,
        /// Its bytes.
        content: Vec<u8>,
    },
    /// Who gets what.
    Decide {
        /// In minor units.
        parts: Parts,
        /// Why, and what each party is told.
        said: Reasons,
        /// Another person has to approve it, whatever it is worth.
        propose: bool,
    },
    /// Say yes to what somebody else proposed.
    Approve {
        /// The proposal that was seen, by its event; the one that waits, where nothing is said.
        proposal: Option<i32>,
    },
    /// Say no to it.
    Reject {
        /// Why.
        why: String,
    },
    /// Take one's own back.
    Retract {
        /// Why, if there is something to say.
        why: Option<String>,
    },
    /// What became of a payout.
    Pay {
        /// `buyer` or `seller`.
        party: String,
        /// What.
        how: Paying,
    },
    /// Close a case that is of no dispute.
    Close {
        /// Why, if there is something to say.
        why: Option<String>,
    },
}

/// What became of a payout.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paying {
    /// It was sent.
    Sent {
        /// The payment's reference, where there is one already.
        reference: Option<String>,
    },
    /// It arrived.
    Confirmed {
        /// The payment's reference.
        reference: String,
    },
    /// It did not arrive.
    Failed {
        /// Why.
        why: String,
    },
    /// It is to be sent anew.
    Reopened,
}

/// What a person asks of one case.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Command {
    /// Whose case.
    pub order: OrderKey,
    /// What.
    pub doing: Doing,
    /// The event the person saw last, where they saw one.
    pub expect: Option<i32>,
    /// By which the same request is known again.
    pub request: Uuid,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is written down: the case as it is now.
    Done(Box<Whole>),
    /// The table, the role or the database refuses.
    Refused(Refusal),
    /// Somebody else was first: the case, and what happened to it last.
    Conflict(Box<Case>, Option<Box<Event>>, Refusal),
    /// No such case.
    Missing,
}

impl Doing {
    /// Which row of the table it is.
    pub const fn deed(&self) -> Deed {
        match self {
            Self::Claim => Deed::Claim,
            Self::Take { .. } => Deed::Take,
            Self::Release { .. } => Deed::Release,
            Self::HandOver { .. } => Deed::HandOver,
            Self::Classify { .. } => Deed::Classify,
            Self::Check { .. } => Deed::Check,
            Self::Note { .. } => Deed::Note,
            Self::Message { ask: false, .. } => Deed::Message,
            Self::Message { ask: true, .. } => Deed::Ask,
            Self::Answer { .. } => Deed::Answer,
            Self::Resume { .. } => Deed::Resume,
            Self::Attach { .. } => Deed::Attach,
            Self::Decide { .. } => Deed::Decide,
            Self::Approve { .. } => Deed::Approve,
            Self::Reject { .. } => Deed::Reject,
            Self::Retract { .. } => Deed::Retract,
            Self::Pay { .. } => Deed::Pay,
            Self::Close { .. } => Deed::Close,
        }
    }
}

impl Command {
    /// What the same request has to say again.
    pub(super) fn digest(&self, person: &str) -> Vec<u8> {
        Sha256::digest(format!("{:?} {:?} {person:?}", self.order, self.doing)).to_vec()
    }
}
