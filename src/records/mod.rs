//! What every room shares, as plain typed records: orders, transitions, cases, plans and facts. No I/O.

#[macro_use]
mod word;

pub mod case;
pub mod cause;
pub mod drift;
pub mod fact;
pub mod history;
pub mod inbox;
pub mod order;
pub mod plan;
pub mod report;
pub mod request;
pub mod words;
pub mod zone;

pub use case::{
    Attachment, Case, CaseDetail, CaseEvent, CasePlace, DecidedTexts, Decision, Hint, Message, Note, Payout, Proposal,
    RunningClock,
};
pub use cause::Cause;
pub use drift::{DriftClass, Sums};
pub use fact::{Evidence, QuarantineKind, Quarantined, Tick, Ticked};
pub use history::Met;
pub use inbox::InboxItem;
pub use order::{Count, OrderRecord, Transition};
pub use plan::{InPlan, Plan, PlanHead, PlanRow, PlannedAction, RowResult};
pub use request::{Account, Request};
pub use words::{
    CaseEventKind, CaseStage, Clock, Concern, DecisionBasis, DeliveryState, Doubt, FactState, Health, HeldKind,
    Language, Party, PayoutEventKind, PayoutState, PlanEventKind, Queue, RequestState, RowOutcome, Shared, held_kinds,
};
pub use zone::Zone;

/// A word that this program does not know, and those that it does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is not known as {what}; use {known}")]
pub struct UnknownWord {
    what: String,
    word: String,
    known: String,
}

impl UnknownWord {
    /// A word of this kind.
    pub fn new(what: &str, word: &str, known: &str) -> Self {
        Self { what: what.to_owned(), word: word.chars().take(60).collect(), known: known.to_owned() }
    }
}
