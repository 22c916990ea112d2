//! AtaraPay: its notifications (an outer status and often an inner one, as JSON, as JSON in a string, or as a form), its calls and
//! answers, and its token.

pub mod call;
pub mod order;
pub mod token;

use crate::wire::Reader;
use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::call::{Auth, Connector};
use super::line::{Notice, Said, order_key};
use super::texts::{required, text};
use super::{Reading, Unreadable, line, object};
use crate::domain::atarapay::Status::{AwaitingBuyerResponse, Completed, Pending, PendingIi};
use crate::domain::{ATARAPAY, Action, Actor, Currency, Money, Order, Status};

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

const WORDS: [(&str, Word); 13] = [
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

/// How AtaraPay's notifications are read. The same body at another time is another notification.
pub static READER: Reader = Reader { provider: ATARAPAY, said, order_id, has_time: true, connector: Some(&CONNECTOR) };

/// How AtaraPay is asked and told.
static CONNECTOR: Connector = Connector {
    auth: Auth::FormToken,
    sends: call::SENDS,
    call: call::call,
    answer: call::answer,
    look: call::look,
    looked: call::looked,
    is_genuine: token::is_genuine,
    body: token::body,
};

/// Reads a notification's body.
fn said(body: &Value, at: DateTime<Utc>) -> Result<Said, Unreadable> {
    let body = fields(body)?;
    let data = data(&body)?;
    let key = order_key(ATARAPAY, &required(&data, "id")?)?;
    let outer = word(&required(&body, "status")?)?;
    let inner = match data.get("status") {
        Some(Value::Object(status)) => text(status, "title")?,
        _ => None,
    };
    let inner = inner.as_deref().map(word).transpose()?;
    let currency = either(&body, &data, "currency")?;
    let currency = currency.map(|code| Currency::parse(code.trim())).transpose();
    let currency = currency.map_err(|error| Unreadable::shape(error.to_string()))?;
    let words = Words { outer, inner, paid: paid(&body, &data)?, currency };
    Ok(Said::Notice(Notice { key, at, words: line::Words::Atarapay(words), numbers: Vec::new() }))
}

/// A text that the body or its data has. If both have it, they have to agree.
fn either(body: &Map<String, Value>, data: &Map<String, Value>, name: &str) -> Result<Option<String>, Unreadable> {
    match (text(body, name)?, text(data, name)?) {
        (Some(outer), Some(inner)) if outer.trim() != inner.trim() => {
            Err(Unreadable::shape(format!("{name} is said twice: {outer:?} and {inner:?}")))
        }
        (outer, inner) => Ok(inner.or(outer)),
    }
}

/// What was paid in: a whole number of minor units, as a number or as text.
fn paid(body: &Map<String, Value>, data: &Map<String, Value>) -> Result<Option<i64>, Unreadable> {
    let Some(said) = either(body, data, "amount_payed")? else { return Ok(None) };
    let whole = said.trim().split_once('.').map_or(said.trim(), |(whole, rest)| match rest.trim_end_matches('0') {
        "" => whole,
        _ => said.trim(),
    });
    let minor = whole.parse::<i64>().ok().filter(|minor| *minor >= 0);
    let fault = || Unreadable::shape(format!("amount_payed {said:?} is not a whole number of minor units"));
    minor.map(Some).ok_or_else(fault)
}

/// The order that a body names, even if the rest of it cannot be read.
fn order_id(body: &Map<String, Value>) -> Option<String> {
    let data = data(body).ok()?;
    text(data.as_ref(), "id").ok().flatten()
}

fn word(text: &str) -> Result<Word, Unreadable> {
    let known = WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim()));
    known.map(|(_, word)| *word).ok_or_else(|| Unreadable::word("the status", text))
}

/// The body's fields, from an object, from JSON in a string, or from a form.
fn fields(body: &Value) -> Result<Cow<'_, Map<String, Value>>, Unreadable> {
    match body {
        Value::Object(fields) => Ok(Cow::Borrowed(fields)),
        Value::String(text) if text.trim_start().starts_with('{') => object(text).map(Cow::Owned),
        Value::String(text) => {
            let mut fields = Map::new();
            for (name, value) in form_urlencoded::parse(text.as_bytes()) {
                if fields.insert(name.clone().into_owned(), Value::String(value.into_owned())).is_some() {
                    return Err(Unreadable::shape(format!("{} is said twice", crate::text::clean(&name))));
                }
            }
            Ok(Cow::Owned(fields))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            Err(Unreadable::shape("body is neither an object nor a form"))
        }
    }
}

/// The `data` field: an object, or JSON in a string.
fn data<'a>(body: &'a Map<String, Value>) -> Result<Cow<'a, Map<String, Value>>, Unreadable> {
    match body.get("data") {
        Some(Value::Object(data)) => Ok(Cow::Borrowed(data)),
        Some(Value::String(text)) => object(text).map(Cow::Owned),
        Some(_) => Err(Unreadable::shape("data is neither an object nor JSON in a string")),
        None => Err(Unreadable::shape("data is missing")),
    }
}

fn object(text: &str) -> Result<Map<String, Value>, Unreadable> {
    object::read(text.as_bytes()).map_err(|fault| Unreadable::shape(format!("the JSON in a string: {}", fault.said)))
}
