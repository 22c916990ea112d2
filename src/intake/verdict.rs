//! What happens to a fact: it applies, it was already known, or it waits.

use crate::domain::{Action, Fault, Refusal, Source, Why};
use crate::store::Record;
use crate::wire::Reading;
use crate::wire::evidence::Noted;

/// What happens to a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It opens or moves the order: these records, the reported one last.
    Applied(Vec<Record>),
    /// It is stored next to the order as evidence. It may prove transitions, and it may say that the order expired.
    Noted(Noted, Vec<Confirmed>, Option<Box<Record>>),
    /// What it says is already so. It may confirm a transition.
    Repeated(Option<Confirmed>),
    /// It goes to quarantine.
    Held(Held),
}

impl Verdict {
    /// Says of what is recorded that a reading showed it.
    pub fn was_read(&mut self) {
        if let Self::Applied(records) = self {
            records.iter_mut().for_each(|record| {
                let (Record::Opening(_, proof) | Record::Step(_, proof)) = record;
                proof.source = Source::Reading;
            });
        }
    }

    /// Whether it opens or moves the order.
    pub const fn moves(&self) -> bool {
        matches!(self, Self::Applied(_) | Self::Noted(_, _, Some(_)))
    }
}

/// A transition that the provider confirms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// The order's version after it.
    pub seq: i32,
    /// The provider's reference.
    pub reference: Option<String>,
}

/// Why a fact goes to quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The kind, as a code word for programs.
    pub why: &'static str,
    /// A sentence for people.
    pub message: String,
    /// Its readings, for a person to choose from.
    pub readings: Vec<Reading>,
    /// It only came early: it is retried automatically when what was missing arrives.
    pub early: bool,
}

impl Held {
    pub(super) fn refused(refusal: &Refusal, readings: Vec<Reading>) -> Self {
        Self { why: refusal.why().name(), message: refusal.to_string(), readings, early: comes_early(refusal) }
    }

    pub(super) fn because(why: &'static str, message: impl Into<String>, readings: Vec<Reading>) -> Self {
        Self { why, message: message.into(), readings, early: false }
    }
}

/// Whether what was refused may be lawful once something arrives that happened before it: an earlier step, the rejection that a seller
/// answers, the answer to a rejection, a capture that a refund is for.
fn comes_early(refusal: &Refusal) -> bool {
    let facts = matches!(refusal, Refusal::Fact(_, Fault::NoRejection | Fault::RejectionPending));
    refusal.why() == Why::NotYet || facts || matches!(refusal, Refusal::Amount(Action::Refund, _))
}

/// The last of these records, as a reading that a person can choose.
pub fn readings(records: &[Record]) -> Vec<Reading> {
    records.last().and_then(reading).into_iter().collect()
}

/// What a record says, as a reading; `None` for an opening.
pub fn reading(record: &Record) -> Option<Reading> {
    match record {
        Record::Step(step, proof) => Some(Reading {
            amount: step.amount(),
            reference: proof.reference.clone(),
            note: proof.note.clone(),
            reason: proof.reason.clone(),
            of_capture: proof.of_capture.clone(),
            ..Reading::new(step.action(), step.actor())
        }),
        Record::Opening(..) => None,
    }
}
