//! What a person can do to a case. The words on the wire are older than the names here, and stay.

use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

/// What a person can do to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, IntoStaticStr, EnumString, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub enum CaseAction {
    /// Take an unclaimed case.
    #[strum(serialize = "claim", message = "Take case")]
    Take,
    /// Take it from its owner, and say why.
    #[strum(serialize = "take", message = "Take over")]
    TakeOver,
    /// Return it to the queue.
    #[strum(message = "Release")]
    Release,
    /// Give it to someone else, with a note.
    #[strum(message = "Hand over")]
    HandOver,
    /// Set the reason of the complaint and the amount claimed.
    #[strum(serialize = "classify", message = "Set reason")]
    SetReason,
    /// Tick or untick a line of the checklist.
    #[strum(serialize = "check", message = "Tick checklist")]
    TickChecklist,
    /// Add a note that only the team reads.
    #[strum(serialize = "note", message = "Add note")]
    AddNote,
    /// Write to the buyer or the seller.
    #[strum(serialize = "message", message = "Send message")]
    SendMessage,
    /// Write to a party and wait for the reply. The decision clock pauses.
    #[strum(serialize = "ask", message = "Ask and wait")]
    AskAndWait,
    /// Record what a party replied.
    #[strum(serialize = "answer", message = "Record reply")]
    RecordReply,
    /// Continue without the reply, and say why.
    #[strum(serialize = "resume", message = "Stop waiting")]
    StopWaiting,
    /// Attach a file as evidence.
    #[strum(serialize = "attach", message = "Attach file")]
    AttachFile,
    /// Decide who gets what. A large amount needs a lead's approval.
    #[strum(message = "Decide")]
    Decide,
    /// Approve someone else's proposal. This decides the order.
    #[strum(message = "Approve")]
    Approve,
    /// Send back someone else's proposal, and say why.
    #[strum(serialize = "reject", message = "Send back")]
    SendBack,
    /// Withdraw your own proposal.
    #[strum(serialize = "retract", message = "Withdraw proposal")]
    WithdrawProposal,
    /// Record that a payout was sent, arrived or failed.
    #[strum(serialize = "pay", message = "Record payout")]
    RecordPayout,
    /// Move it from its owner to someone else, with a note. A lead does this.
    #[strum(message = "Move to someone")]
    Reassign,
    /// Put it aside until a time. Its clocks go on.
    #[strum(message = "Snooze")]
    Snooze,
    /// Work on it again before that time.
    #[strum(serialize = "wake", message = "End snooze")]
    EndSnooze,
    /// Set the language in which a party reads.
    #[strum(serialize = "language", message = "Set language")]
    SetLanguage,
    /// Close a case that needs no decision.
    #[strum(message = "Close")]
    Close,
}

impl CaseAction {
    /// The word in JSON and in the database.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The words people read.
    pub fn title(self) -> &'static str {
        self.get_message().unwrap_or_default()
    }

    /// What it means, in a sentence.
    pub fn definition(self) -> &'static str {
        self.get_documentation().unwrap_or_default()
    }
}
