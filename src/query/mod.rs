//! The query language of `/` and of `orders --where`: what orders have to be like, in words people type. Pure: it never
//! touches the store, and time is an argument.
//!
//! `status:disputed age>48h amount>10000 currency:NGN merchant:m-7 buyer:"Ngozi Eze" due<2h unconfirmed`; a `-` before a
//! term means the opposite. [`parse()`] reads it, [`Sieve`] is what the database is asked.

mod cases;
mod mask;
mod parse;
mod sieve;
mod sort;
mod words;

use chrono::TimeDelta;

pub use cases::Cases;
pub use mask::{masked, masked_letter, masked_letters};
pub use parse::{distance, length_of, parse, quoted};
pub use sieve::Sieve;
pub use sort::{By, Cursor, Sort};
pub use words::{pieces, tokens};

use crate::case::Queue;
use crate::domain::{Currency, Provider, Status};

/// What orders have to be like: all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Query {
    /// The terms, as they were typed.
    pub terms: Vec<Term>,
}

impl Query {
    /// The one status that everything it finds is in, where it asks for just one.
    pub fn one_status(&self) -> Option<Status> {
        self.terms.iter().find_map(|term| match &term.test {
            Test::Status(these) if !term.not && these.len() == 1 => these.first().copied(),
            _ => None,
        })
    }
}

/// One condition, or its opposite.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Term {
    /// The opposite is meant.
    pub not: bool,
    /// The condition.
    pub test: Test,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// In one of these statuses.
    Status(Vec<Status>),
    /// Of one of these providers.
    Provider(Vec<Provider>),
    /// In one of these currencies.
    Currency(Vec<Currency>),
    /// In its status for so long.
    Age(Compare, #[serde(with = "seconds")] TimeDelta),
    /// So long before its deadline; over it is less than nothing.
    Due(Compare, #[serde(with = "seconds")] TimeDelta),
    /// Opened with so much, in major units as they were typed.
    Amount(Compare, String),
    /// A name begins with these words.
    Named(Field, String),
    /// Of exactly this merchant; of none where it is empty.
    Merchant(String),
    /// Any name does.
    Word(String),
    /// Something should have reached the provider and is not confirmed.
    Unconfirmed,
    /// Facts about it wait in quarantine.
    Quarantined,
    /// Its case is the person's own.
    Mine,
    /// Its case is nobody's.
    Unclaimed,
    /// Its case is over a deadline.
    Overdue,
    /// Its case is this person's.
    Owner(String),
    /// Its case has one of these reason codes.
    Reason(Vec<String>),
    /// Its case is in one of these queues.
    Queue(Vec<Queue>),
    /// A note of the desk on its case has these words, one after the other.
    Note(String),
}

/// A length of time, written in seconds.
mod seconds {
    use chrono::TimeDelta;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(length: &TimeDelta, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(length.num_seconds())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TimeDelta, D::Error> {
        let seconds = i64::deserialize(deserializer)?;
        TimeDelta::try_seconds(seconds).ok_or_else(|| serde::de::Error::custom("too long"))
    }
}

/// How a quantity is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `:` and `=`
    Is,
}

impl Compare {
    /// The comparison that holds where this one does not; none for what is exactly so.
    pub const fn opposite(self) -> Option<Self> {
        match self {
            Self::Less => Some(Self::AtLeast),
            Self::AtMost => Some(Self::More),
            Self::More => Some(Self::AtMost),
            Self::AtLeast => Some(Self::Less),
            Self::Is => None,
        }
    }
}

/// What an order bears that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Its id.
    Order,
    /// The merchant.
    Merchant,
    /// The buyer.
    Buyer,
    /// The seller.
    Seller,
}

impl Field {
    /// For people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Merchant => "merchant",
            Self::Buyer => "buyer",
            Self::Seller => "seller",
        }
    }

    /// By which the database tells names apart: migration 0002 knows these letters too.
    pub const fn letter(self) -> char {
        match self {
            Self::Order => 'o',
            Self::Merchant => 'm',
            Self::Buyer => 'b',
            Self::Seller => 's',
        }
    }
}

/// A query that cannot be read, and where: letters from the beginning.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Fault {
    /// The first letter that is wrong.
    pub from: usize,
    /// The letter after the last.
    pub to: usize,
    /// What is wrong, and what would be right.
    pub text: String,
}

impl Fault {
    /// The query with a line under it that points at the place.
    pub fn pointing(&self, query: &str) -> String {
        let before: usize = query.chars().take(self.from).map(|letter| crate::text::width(&letter.to_string())).sum();
        let under = (self.to - self.from).max(1);
        format!("{query}\n{}{} {}", " ".repeat(before), "^".repeat(under), self.text)
    }
}

/// A key of the language: what it is called, what it takes, and what it finds.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// As it is typed.
    pub name: &'static str,
    /// An example.
    pub example: &'static str,
    /// For the help.
    pub about: &'static str,
}

const fn key(name: &'static str, example: &'static str, about: &'static str) -> Key {
    Key { name, example, about }
}

/// The language, for the command line's help.
pub fn help() -> String {
    let lines = KEYS.iter().map(|key| format!("  {} {}", crate::text::left(key.example, 26), key.about));
    let rest = [
        "  - before a term            the opposite",
        "  a word                     an id, merchant, buyer or seller that begins so, or has a piece that does",
    ];
    let lines: Vec<String> = lines.chain(rest.map(str::to_owned)).collect();
    format!("The language of --where:\n{}", lines.join("\n"))
}

/// All of them, in the order of the help.
pub const KEYS: &[Key] = &[
    key("status", "status:disputed,dispute", "in one of these statuses, by their names on the wire"),
    key("provider", "provider:tamara", "of this provider"),
    key("age", "age>48h", "in its status for longer than that: m, h, d and w"),
    key("due", "due<2h", "less than that left until its deadline; what is over it, too"),
    key("amount", "amount>=10000.50", "opened with at least that much, in major units"),
    key("currency", "currency:NGN", "in this currency"),
    key("order", "order:ATP-20", "the id begins so, or a part of it"),
    key("merchant", "merchant:m-7", "the merchant begins so; merchant=m-7 is that one and no other"),
    key("buyer", "buyer:\"Ngozi Eze\"", "every word begins one of the buyer's"),
    key("seller", "seller:aba", "every word begins one of the seller's"),
    key("unconfirmed", "unconfirmed", "something should have reached the provider and is not confirmed"),
    key("quarantined", "quarantined", "facts about it wait in quarantine"),
    key("mine", "mine", "its case is yours"),
    key("owner", "owner:agent2", "its case is that person's"),
    key("unclaimed", "unclaimed", "its case is nobody's"),
    key("overdue", "overdue", "its case is over a deadline"),
    key(
        "queue",
        "queue:waiting_buyer",
        "its case waits for the buyer; also waiting_seller, proposed, unpaid, working, closed",
    ),
    key("reason", "reason:damaged", "its case has this reason code, or one of several"),
    key("note", "note:\"broken seal\"", "a note of the desk on it has these words, one after the other"),
];
