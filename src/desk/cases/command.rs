//! Commands on a case and their answers.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::cases::law::Refusal;
use crate::desk::request;
use crate::domain::CaseAction;
use crate::domain::{Money, OrderKey, Parts};
use crate::records::CaseDetail;
use crate::records::DecidedTexts;
use crate::records::{Case, CaseEvent, Language, Message, Note, Party};

/// What a person does to the case of an order, with the data it needs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseCommand {
    /// Take the unclaimed case.
    Take,
    /// Take it from its owner.
    TakeOver {
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
    /// Move it from its owner to someone else.
    Reassign {
        /// The new owner.
        to: String,
        /// What the new owner has to know.
        note: String,
    },
    /// Put it aside.
    Snooze {
        /// Until when.
        until: DateTime<Utc>,
        /// Why, if there is a reason.
        why: Option<String>,
    },
    /// Work on it again before that time.
    EndSnooze,
    /// Set the language in which a party reads.
    SetLanguage {
        /// The party.
        party: Party,
        /// The language.
        language: Language,
    },
    /// Set what it is about.
    SetReason {
        /// A reason code.
        reason: Option<String>,
        /// How much is claimed.
        claimed: Option<Money>,
    },
    /// Tick or untick a line of the checklist.
    TickChecklist {
        /// The line.
        line: String,
        /// Whether it is ticked.
        done: bool,
    },
    /// Add a note for the desk only.
    AddNote {
        /// The words.
        note: Note,
    },
    /// Send a message to a party.
    SendMessage {
        /// The party and the words.
        message: Message,
        /// Whether to wait for the reply.
        ask: bool,
    },
    /// Record a reply from a party.
    RecordReply {
        /// The party and the words.
        message: Message,
    },
    /// Continue without the reply.
    StopWaiting {
        /// Why.
        why: String,
    },
    /// Attach a file.
    AttachFile {
        /// Its name.
        name: String,
        /// Its bytes.
        content: Vec<u8>,
        /// The line of the checklist that it is about, if it is about one.
        #[serde(default)]
        line: Option<String>,
    },
    /// Decide who gets what.
    Decide {
        /// Who gets what, in minor units.
        parts: Parts,
        /// The reason, the rationale and the sentence for each party.
        said: DecidedTexts,
        /// Whether another person has to approve it, regardless of the amount.
        propose: bool,
        /// Why it does not wait for a reply that the case waits for.
        #[serde(default)]
        without_answer: Option<String>,
    },
    /// Approve someone else's proposal.
    Approve {
        /// The event of the proposal that the person saw; `None` means the pending one.
        proposal: Option<i32>,
    },
    /// Send back someone else's proposal.
    SendBack {
        /// Why.
        why: String,
    },
    /// Withdraw your own proposal.
    WithdrawProposal {
        /// Why, if there is a reason.
        why: Option<String>,
    },
    /// Record what happened to a payout.
    RecordPayout {
        /// The party.
        party: Party,
        /// What happened to it.
        how: PayoutUpdate,
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
pub enum PayoutUpdate {
    /// It was sent.
    Sent {
        /// The payment reference, if there is one already.
        reference: Option<String>,
        /// Whether one transfer pays several, so that its reference occurs several times.
        #[serde(default)]
        collective: bool,
    },
    /// It arrived.
    Confirmed {
        /// The payment reference.
        reference: String,
        /// Whether one transfer pays several, so that its reference occurs several times.
        #[serde(default)]
        collective: bool,
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
    pub what: CaseCommand,
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
    Done(Box<CaseDetail>),
    /// The table, the role or the database refuses it.
    Refused(Refusal),
    /// Someone else was first: the case and its last event.
    Conflict(Box<Case>, Option<Box<CaseEvent>>, Refusal),
    /// The file is attached already, as this event.
    Same(i32),
    /// No such case.
    Missing,
}

impl CaseCommand {
    /// The action it is in the table.
    pub const fn action(&self) -> CaseAction {
        match self {
            Self::Take => CaseAction::Take,
            Self::TakeOver { .. } => CaseAction::TakeOver,
            Self::Release { .. } => CaseAction::Release,
            Self::HandOver { .. } => CaseAction::HandOver,
            Self::Reassign { .. } => CaseAction::Reassign,
            Self::Snooze { .. } => CaseAction::Snooze,
            Self::EndSnooze => CaseAction::EndSnooze,
            Self::SetLanguage { .. } => CaseAction::SetLanguage,
            Self::SetReason { .. } => CaseAction::SetReason,
            Self::TickChecklist { .. } => CaseAction::TickChecklist,
            Self::AddNote { .. } => CaseAction::AddNote,
            Self::SendMessage { ask: false, .. } => CaseAction::SendMessage,
            Self::SendMessage { ask: true, .. } => CaseAction::AskAndWait,
            Self::RecordReply { .. } => CaseAction::RecordReply,
            Self::StopWaiting { .. } => CaseAction::StopWaiting,
            Self::AttachFile { .. } => CaseAction::AttachFile,
            Self::Decide { .. } => CaseAction::Decide,
            Self::Approve { .. } => CaseAction::Approve,
            Self::SendBack { .. } => CaseAction::SendBack,
            Self::WithdrawProposal { .. } => CaseAction::WithdrawProposal,
            Self::RecordPayout { .. } => CaseAction::RecordPayout,
            Self::Close { .. } => CaseAction::Close,
        }
    }
}

impl Command {
    /// A digest that a repeated request has to match.
    pub(super) fn digest(&self, person: &str) -> Vec<u8> {
        match &self.what {
            // A file can be large: its digest stands for it.
            CaseCommand::AttachFile { name, content, line } => {
                let content = Sha256::digest(content);
                request::digest(&(&self.order, "attach_file", name, content.as_slice(), line), person)
            }
            what => request::digest(&(&self.order, what), person),
        }
    }
}
