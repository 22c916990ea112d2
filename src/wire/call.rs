//! What is asked of a provider and what it answers: bytes and values. Who sends them, and when, is not known here.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{Action, Actor, Money, OrderKey, Status};
use crate::records::Sums;

/// How a call is made over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Does something.
    Post,
    /// Changes something.
    Put,
    /// Removes something.
    Delete,
}

/// How a provider knows who is asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// A token in the header `Authorization: Bearer`.
    Bearer,
    /// Two keys in the field `authtoken` of the form.
    FormToken,
}

/// A call without its credentials: what is stored, and what is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// What follows the account's address.
    pub path: String,
    /// The type of the body.
    pub content_type: &'static str,
    /// The body, byte by byte.
    pub body: Vec<u8>,
}

/// Who carries what was captured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipping {
    /// The company.
    pub company: Option<String>,
    /// When it was shipped.
    pub shipped_at: Option<DateTime<Utc>>,
    /// The number under which it can be followed.
    pub tracking_number: Option<String>,
    /// Where it can be followed.
    pub tracking_url: Option<String>,
}

/// What is to reach the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The order.
    pub order: OrderKey,
    /// The action.
    pub action: Action,
    /// Whom it is recorded for.
    pub actor: Actor,
    /// The amount, if it has one.
    pub amount: Option<Money>,
    /// A mark of our own that the provider keeps, where it keeps one.
    pub mark: String,
    /// What only some actions need.
    pub details: Details,
}

/// What only some actions need.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Of a refund: what the customer reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Of a capture: the shipping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping: Option<Shipping>,
    /// Of a delivery at AtaraPay: the buyer's phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Something that was done to an order at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The action.
    pub action: Action,
    /// Its amount, if it has one.
    pub amount: Option<Money>,
    /// The provider's id of it.
    pub reference: Option<String>,
    /// Of a refund: the capture that it gives back.
    pub of_capture: Option<String>,
    /// The mark of our own that it has.
    pub mark: Option<String>,
    /// When, if the provider says it.
    pub at: Option<DateTime<Utc>>,
}

impl Done {
    /// An action, and nothing else that is known of it.
    pub const fn new(action: Action) -> Self {
        Self { action, amount: None, reference: None, of_capture: None, mark: None, at: None }
    }
}

/// What an answer to a call means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is done: these moves, the one that was asked for first or last.
    Done(Vec<Done>),
    /// The order is not where it was thought to be: done before, or not allowed. Reading the order tells.
    Look(String),
    /// Refused for good, with the provider's words.
    Refused(String),
    /// The account's credentials are not accepted. No order has failed.
    Broken(String),
    /// Not now: after so long, if it says how long.
    Later(Option<Duration>),
    /// Nobody knows whether it was done. Reading the order tells.
    Unknown(String),
}

/// What an answer to a reading means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// The order as the provider has it.
    Seen(Box<Seen>),
    /// The provider has no such order, in its words.
    Absent(String),
    /// The account's credentials are not accepted.
    Broken(String),
    /// Not now.
    Later(Option<Duration>),
    /// The answer cannot be read, in these words.
    Unknown(String),
}

/// An order as the provider has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its status, if it is one that we know.
    pub status: Option<Status>,
    /// The word for its status.
    pub word: String,
    /// Its amount.
    pub amount: Option<Money>,
    /// What is captured, canceled and refunded, if the provider says it.
    pub captured: Option<Money>,
    /// What is canceled.
    pub canceled: Option<Money>,
    /// What is refunded.
    pub refunded: Option<Money>,
    /// When it was opened.
    pub created_at: Option<DateTime<Utc>>,
    /// When its present wait ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// The customer's name.
    pub buyer: Option<String>,
    /// The numbers under which the merchant knows it.
    pub numbers: Vec<String>,
    /// What was done to it with money, in the order of time.
    pub moves: Vec<Done>,
}

impl Seen {
    /// What was captured, canceled and refunded.
    pub const fn sums(&self) -> Sums {
        Sums { captured: self.captured, canceled: self.canceled, refunded: self.refunded }
    }
}

/// A notification as it arrived, before its token is known to be good.
#[derive(Debug, Clone, Copy)]
pub struct Arrived<'a> {
    /// What the header `Authorization` says.
    pub authorization: &'a [&'a str],
    /// What follows the address: `?…`, or `&…` where `?` should stand.
    pub query: &'a str,
    /// The type of the body.
    pub content_type: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// The secrets of an account that a notification's token is compared with.
#[derive(Clone, Copy)]
pub struct Keys<'a> {
    /// The notification tokens that are valid now.
    pub tokens: &'a [&'a str],
    /// The public and the private key.
    pub pair: Option<(&'a str, &'a str)>,
}

/// How a provider is asked and told.
#[derive(Debug)]
pub struct Connector {
    /// How it knows who is asking.
    pub auth: Auth,
    /// What can be asked of it; anything else is only recorded.
    pub sends: &'static [(Action, Actor)],
    /// The call for what is wanted. An error says what is missing.
    pub call: fn(&Wanted) -> Result<Call, String>,
    /// What its answer with this HTTP status means.
    pub answer: fn(&Wanted, u16, &[u8]) -> Answer,
    /// The call that reads an order.
    pub look: fn(&str) -> Call,
    /// What the answer to that shows, about this order.
    pub looked: fn(&OrderKey, u16, &[u8]) -> Looked,
    /// Whether a notification has a good token now.
    pub is_genuine: fn(&Arrived<'_>, &Keys<'_>, DateTime<Utc>) -> bool,
    /// The body of a notification as JSON, as its reader takes it. `None` if it is not text.
    pub body: fn(&Arrived<'_>) -> Option<Vec<u8>>,
}

/// The HTTP status of an answer that says the same for every provider.
pub(super) fn common(status: u16, words: &str) -> Option<Answer> {
    match status {
        401 | 403 => Some(Answer::Broken(words.to_owned())),
        429 => Some(Answer::Later(None)),
        500..=599 => Some(Answer::Unknown(format!("HTTP {status}"))),
        _ => None,
    }
}
