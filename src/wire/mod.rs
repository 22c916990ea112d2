//! Reads the providers' notifications and our own neutral facts, for the law to judge. Pure: it never touches the
//! store.
//!
//! [`mod@line`] reads one line of an import, [`tamara`] and [`atarapay`] the notification in it, [`evidence`] what was
//! attempted or observed, [`call`] what is asked of a provider and what it answers. [`fields`] names the fields of our own lines. [`object`] refuses a field that is said twice; [`secret`] removes what must never be stored.

pub mod atarapay;
pub mod call;
pub mod evidence;
pub mod fields;
pub mod json;
pub mod line;
pub mod object;
pub mod secret;
pub mod tamara;
pub mod texts;
mod written;

use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::domain::{Action, Actor, Currency, Money, Provider};
use crate::records::HeldKind;

/// How a provider's notifications are read.
#[derive(Debug)]
pub struct Reader {
    /// The provider.
    pub provider: Provider,
    /// Reads a body that was sent or received at this time.
    pub said: fn(&Value, DateTime<Utc>) -> Result<line::Said, Unreadable>,
    /// The order that a body names, even if the rest of it cannot be read.
    pub order_id: fn(&Map<String, Value>) -> Option<String>,
    /// The time is part of what a notification says; else the same body is the same notification.
    pub has_time: bool,
    /// How the provider is asked and told, if the program can do that.
    pub connector: Option<&'static call::Connector>,
}

/// The readers that the program has. A new one is added here.
const OURS: [&Reader; 2] = [&atarapay::READER, &tamara::READER];

static REGISTERED: OnceLock<Vec<&'static Reader>> = OnceLock::new();

/// Adds readers to those that the program has. It must be called before the first line is read.
///
/// # Errors
///
/// Returns the readers if the list of readers is in use already.
pub fn register(more: &[&'static Reader]) -> Result<(), Vec<&'static Reader>> {
    REGISTERED.set(OURS.into_iter().chain(more.iter().copied()).collect())
}

/// The reader of a provider's notifications, if there is one.
pub fn reader(provider: Provider) -> Option<&'static Reader> {
    let readers = REGISTERED.get_or_init(|| OURS.to_vec());
    readers.iter().copied().find(|reader| reader.provider == provider)
}

/// How a provider is asked and told, if the program can do that.
pub fn connector(provider: Provider) -> Option<&'static call::Connector> {
    reader(provider)?.connector
}

/// One way to understand a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The action.
    pub action: Action,
    /// Who took it.
    pub actor: Actor,
    /// The amount, if given.
    pub amount: Option<Money>,
    /// The provider's reference, if given.
    pub reference: Option<String>,
    /// Of a refund: the provider's reference of the capture, if given.
    pub of_capture: Option<String>,
    /// The note that came with it.
    pub note: Option<String>,
    /// A reason code, if given.
    pub reason: Option<String>,
}

impl Reading {
    /// A reading with an action and an actor, and nothing else.
    pub const fn new(action: Action, actor: Actor) -> Self {
        Self { action, actor, amount: None, reference: None, of_capture: None, note: None, reason: None }
    }

    /// As text: `merchant capture SAR 230.00`.
    pub fn words(&self) -> String {
        let amount = self.amount.map(|amount| format!(" {amount}")).unwrap_or_default();
        format!("{} {}{amount}", self.actor.title(), self.action.name())
    }
}

/// Why a line cannot be read as a fact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not JSON, or not in the expected shape.
    #[error("cannot be read: {0}")]
    Shape(String),
    /// A word that the provider does not document.
    #[error("{what} {word:?} is not known")]
    Word {
        /// What kind of word.
        what: &'static str,
        /// The word.
        word: String,
    },
    /// A currency that is not known, or that the provider does not support.
    #[error("{said}")]
    Currency {
        /// Its code.
        code: String,
        /// What is wrong with it.
        said: String,
    },
    /// An amount in a currency other than the order's.
    #[error("wrong currency: the order is in {0}")]
    OtherCurrency(Currency),
    /// The database refused it.
    #[error("{0}")]
    Refused(String),
}

impl Unreadable {
    /// The kind, as a code word for programs.
    pub const fn why(&self) -> &'static str {
        match self {
            Self::Shape(_) => HeldKind::Unreadable.name(),
            Self::Word { .. } => HeldKind::Unknown.name(),
            Self::Currency { .. } => HeldKind::Currency.name(),
            Self::OtherCurrency(_) => HeldKind::Amount.name(),
            Self::Refused(_) => HeldKind::Refused.name(),
        }
    }

    /// The word that is not known, if it is about one; else empty.
    pub fn word_in_question(&self) -> &str {
        match self {
            Self::Word { word, .. } | Self::Currency { code: word, .. } => word,
            Self::Shape(_) | Self::OtherCurrency(_) | Self::Refused(_) => "",
        }
    }

    fn currency(code: &str, said: impl Into<String>) -> Self {
        Self::Currency { code: code.chars().take(10).collect(), said: said.into() }
    }

    fn word(what: &'static str, word: &str) -> Self {
        Self::Word { what, word: word.chars().take(60).collect() }
    }

    fn shape(said: impl Into<String>) -> Self {
        Self::Shape(said.into())
    }
}
