//! The status words of AtaraPay's notifications, and what they mean for an order.

use crate::domain::atarapay::Status::{AwaitingBuyerResponse, Completed, Pending, PendingIi};
use crate::domain::{Action, Actor, Currency, Money, Order, Status};
use crate::wire::{Reading, Unreadable};

/// A status word of AtaraPay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// `Delivered`, `Awaiting Buyer Response`.
    Delivered,
    /// `Accepted`, `Acceptance`.
    Accepted,
    /// `Rejected`.
    Rejected,
    /// `Refunded`.
    Refunded,
    /// `Canceled`, `Cancelled`.
    Canceled,
    /// `Pending II`.
    PendingIi,
    /// `Dispute`.
    Dispute,
    /// `Disputed`.
    Disputed,
    /// `Complete`, `Completed`.
    Complete,
}

pub(super) const WORDS: [(&str, Word); 13] = [
    ("Delivered", Word::Delivered),
    ("Awaiting Buyer Response", Word::Delivered),
    ("Accepted", Word::Accepted),
    ("Acceptance", Word::Accepted),
    ("Rejected", Word::Rejected),
    ("Refunded", Word::Refunded),
    ("Canceled", Word::Canceled),
    ("Cancelled", Word::Canceled),
    ("Pending II", Word::PendingIi),
    ("Dispute", Word::Dispute),
    ("Disputed", Word::Disputed),
    ("Complete", Word::Complete),
    ("Completed", Word::Complete),
];

/// The status words of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// The outer `status`.
    pub outer: Word,
    /// The inner `data.status.title`, if present.
    pub inner: Option<Word>,
    /// What was paid in, in minor units, if present: `data.amount_payed`.
    pub paid: Option<i64>,
    /// The currency of it, if present.
    pub currency: Option<Currency>,
}

/// How a notification can be understood in the order's current status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readings {
    /// The readings; the outer word's comes first.
    pub ways: Vec<Reading>,
    /// The words contradict each other, so exactly one reading must be lawful now.
    pub contradictory: bool,
}

impl Words {
    /// Whether these are the words that the provider sends for a buyer's cancellation.
    pub fn is_buyers_cancellation(self) -> bool {
        (self.outer, self.inner) == (Word::Rejected, Some(Word::Canceled))
    }

    /// What the notification says was paid in, if the order holds another amount.
    pub fn other_amount(self, order: &Order) -> Option<Money> {
        self.paid.filter(|paid| *paid != order.amount.minor).map(|minor| order.money(minor))
    }

    /// The readings of these words for this order.
    pub fn readings(self, order: &Order) -> Readings {
        let disputed = is_disputed(order);
        let outer = outer(self.outer, disputed);
        let mut ways = vec![outer];
        let mut contradictory = false;
        if let Some(inner) = self.inner.map(|word| self::inner(word, disputed))
            && !inner.iter().any(|(action, _)| *action == outer.0)
        {
            contradictory = true;
            if self.is_buyers_cancellation() {
                ways = buyers_cancellation(order.status);
            } else {
                ways.extend(inner);
            }
        }
        Readings { ways: ways.into_iter().map(|(action, actor)| Reading::new(action, actor)).collect(), contradictory }
    }
}

/// Once there is a dispute, `Canceled` means to withdraw from it, even after it was resolved.
fn is_disputed(order: &Order) -> bool {
    let status = order.status;
    crate::domain::atarapay::in_dispute(status) || (status == Completed && order.facts.outcome.is_some())
}

fn buyers_cancellation(status: Status) -> Vec<(Action, Actor)> {
    let (cancel, reject) = ((Action::Cancel, Actor::Buyer), (Action::Reject, Actor::Buyer));
    if status == Pending || status == PendingIi {
        vec![cancel]
    } else if status == AwaitingBuyerResponse {
        vec![reject]
    } else {
        vec![cancel, reject]
    }
}

fn outer(word: Word, disputed: bool) -> (Action, Actor) {
    match word {
        Word::Delivered => (Action::Deliver, Actor::Courier),
        Word::Accepted => (Action::Accept, Actor::Buyer),
        Word::Rejected => (Action::Reject, Actor::Buyer),
        Word::Refunded => (Action::ConfirmGoodCondition, Actor::Seller),
        Word::Canceled if disputed => (Action::Withdraw, Actor::Seller),
        Word::Canceled => (Action::Cancel, Actor::Seller),
        Word::PendingIi => (Action::AgreeSecondDelivery, Actor::Seller),
        Word::Dispute => (Action::ReportBadCondition, Actor::Seller),
        Word::Disputed => (Action::RaiseDispute, Actor::Seller),
        Word::Complete => (Action::Complete, Actor::Provider),
    }
}

/// The inner word means the same, but an inner `Canceled` does not say who cancelled.
fn inner(word: Word, disputed: bool) -> Vec<(Action, Actor)> {
    let (action, actor) = outer(word, disputed);
    match word {
        Word::Canceled => vec![(action, Actor::Buyer), (action, Actor::Seller)],
        Word::Delivered
        | Word::Accepted
        | Word::Rejected
        | Word::Refunded
        | Word::PendingIi
        | Word::Dispute
        | Word::Disputed
        | Word::Complete => vec![(action, actor)],
    }
}

/// The word that a text is.
///
/// # Errors
///
/// [`Unreadable`] if it is none of the known ones.
pub fn word(text: &str) -> Result<Word, Unreadable> {
    let known = WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim()));
    known.map(|(_, word)| *word).ok_or_else(|| Unreadable::word("the status", text))
}
