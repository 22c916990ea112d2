//! The providers' words, and our own neutral ones, as facts of the law. Pure: it never touches the store.
//!
//! [`mod@line`] reads one line of an import; [`evidence`] what was tried or observed; [`tamara`] and [`atarapay`] read the notifications inside; [`secret`] takes out
//! what must never be kept.

pub mod atarapay;
pub mod evidence;
pub mod json;
pub mod line;
pub mod secret;
pub mod tamara;

use crate::domain::{Action, Actor, Currency, Money};

/// One way to understand what came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What was done.
    pub action: Action,
    /// Who did it.
    pub actor: Actor,
    /// How much, where it was said.
    pub amount: Option<Money>,
    /// The provider's reference, where it was given.
    pub reference: Option<String>,
    /// What was said with it.
    pub note: Option<String>,
    /// A reason code, where one was given.
    pub reason: Option<String>,
}

impl Reading {
    /// An action of an actor, and nothing else.
    pub const fn new(action: Action, actor: Actor) -> Self {
        Self { action, actor, amount: None, reference: None, note: None, reason: None }
    }

    /// In words: `merchant capture SAR 230.00`.
    pub fn words(&self) -> String {
        let amount = self.amount.map(|amount| format!(" {amount}")).unwrap_or_default();
        format!("{} {}{amount}", self.actor.title(), self.action.name())
    }
}

/// Why a line cannot even be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not the JSON or the shape it has to be.
    #[error("cannot be read: {0}")]
    Shape(String),
    /// A word nobody documents.
    #[error("{what} {word:?} is not known")]
    Word {
        /// What kind of word.
        what: &'static str,
        /// The word.
        word: String,
    },
    /// An amount in another currency than the order's.
    #[error("it is in another currency: the order is in {0}")]
    OtherCurrency(Currency),
    /// The database had the last word.
    #[error("{0}")]
    Refused(String),
}

impl Unreadable {
    /// The kind, as other programs read it.
    pub const fn why(&self) -> &'static str {
        match self {
            Self::Shape(_) => "unreadable",
            Self::Word { .. } => "unknown",
            Self::OtherCurrency(_) => "amount",
            Self::Refused(_) => "refused",
        }
    }

    fn word(what: &'static str, word: &str) -> Self {
        Self::Word { what, word: word.chars().take(60).collect() }
    }

    fn shape(said: impl Into<String>) -> Self {
        Self::Shape(said.into())
    }
}
