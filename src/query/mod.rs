//! The query language of `/` and `orders --where`: conditions on orders, as people type them. Pure: it never touches
//! the store, and time is an argument.
//!
//! `status:disputed age>48h amount>10000 currency:NGN merchant:m-7 buyer:"Ngozi Eze" due<2h unconfirmed`; a `-` before
//! a term means the opposite. [`parse()`] reads a query, and [`Sieve`] is what the database is asked.

mod clauses;
mod folded;
mod mask;
mod name_words;
mod parse;
mod sieve;
mod sort;

use chrono::TimeDelta;

pub use clauses::Clauses;
pub use mask::{masked, masked_letter, masked_letters};
pub use name_words::{pieces, tokens};
pub use parse::{length_of, parse, quoted};
pub use sieve::Sieve;
pub use sort::{By, Cursor, Sort};

use crate::domain::{Currency, Provider, Status};
use crate::records::{Cause, DriftClass, Queue};

/// A query. Orders must match all of its terms.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Query {
    /// The terms, in the order they were typed.
    pub terms: Vec<Term>,
}

impl Query {
    /// Whether it says which statuses it wants.
    pub fn names_statuses(&self) -> bool {
        self.terms.iter().any(|term| !term.not && matches!(term.test, Test::Status(_)))
    }

    /// The status of everything it finds, if it asks for exactly one.
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
    /// Whether the opposite is meant.
    pub not: bool,
    /// The condition.
    pub test: Test,
}

/// A way in which an order differs from what its provider shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Differs {
    /// A class of them.
    Class(DriftClass),
    /// One way exactly.
    Cause(Cause),
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
    /// How long it has been in its status.
    Age(Compare, #[serde(with = "seconds")] TimeDelta),
    /// How long until its deadline; negative when late.
    Due(Compare, #[serde(with = "seconds")] TimeDelta),
    /// The amount it was opened with, in major units as typed.
    Amount(Compare, String),
    /// A field that has words that start with these.
    Named(Field, String),
    /// Exactly this merchant; empty: no merchant.
    Merchant(String),
    /// Any field that has words that start with these.
    Word(String),
    /// Something should have reached the provider and is not confirmed.
    Unconfirmed,
    /// Facts about it are in quarantine.
    Quarantined,
    /// The person who asks has its case.
    Mine,
    /// Its case is unclaimed.
    Unclaimed,
    /// Its case is late.
    Overdue,
    /// This person has its case.
    Owner(Vec<String>),
    /// Its case has one of these reason codes.
    Reason(Vec<String>),
    /// Its case is in one of these queues.
    Queue(Vec<Queue>),
    /// A note on its case has this phrase.
    Note(String),
    /// Its last change was recorded within this time.
    Since(#[serde(with = "seconds")] TimeDelta),
    /// It is presumed expired: past its deadline, and no one recorded that it expired.
    Expired,
    /// How long a move of it has been unconfirmed.
    UnconfirmedFor(Compare, #[serde(with = "seconds")] TimeDelta),
    /// It differs from the provider's last answer in one of these ways; in any, if there are none.
    Drift(Vec<Differs>),
    /// Facts about it are in quarantine for one of these reasons.
    Held(Vec<String>),
    /// It is stuck for one of these causes.
    Cause(Vec<Cause>),
}

/// A duration, serialised in seconds.
mod seconds {
    use chrono::TimeDelta;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes the length in whole seconds.
    ///
    /// # Errors
    ///
    /// The error of the serializer.
    pub fn serialize<S: Serializer>(length: &TimeDelta, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(length.num_seconds())
    }

    /// Reads a length from whole seconds.
    ///
    /// # Errors
    ///
    /// The error of the deserializer, also if it is no number or more seconds than a length can have.
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
    /// The comparison that holds when this one does not; `None` for [`Compare::Is`].
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

/// A field of an order that can be found by its words.
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
    /// The reference of a move, of its confirmation or of a payout.
    Reference,
    /// What a party was told or said.
    Message,
    /// The team's reasons for a decision.
    Rationale,
}

impl Field {
    /// Whether it is written in texts about an order, or under a number of its own, and not only in its names.
    pub const fn is_of_texts(self) -> bool {
        match self {
            Self::Order | Self::Reference | Self::Message | Self::Rationale => true,
            Self::Merchant | Self::Buyer | Self::Seller => false,
        }
    }

    /// For people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Merchant => "merchant",
            Self::Buyer => "buyer",
            Self::Seller => "seller",
            Self::Reference => "reference",
            Self::Message => "message",
            Self::Rationale => "rationale",
        }
    }

    /// The field's letter in the database's text search. The schema (`0006_find.sql`) uses the same letters.
    pub const fn letter(self) -> char {
        match self {
            Self::Order => 'o',
            Self::Merchant => 'm',
            Self::Buyer => 'b',
            Self::Seller => 's',
            Self::Reference => 'r',
            Self::Message => 'g',
            Self::Rationale => 'w',
        }
    }
}

/// Why a query cannot be read, and where, in letters from the start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Fault {
    /// The first letter that is wrong.
    pub from: usize,
    /// The letter after the last that is wrong.
    pub to: usize,
    /// What is wrong and how to fix it.
    pub text: String,
}

impl Fault {
    /// The query, with a line under it that points at the error.
    pub fn pointing(&self, query: &str) -> String {
        let before: usize = query.chars().take(self.from).map(|letter| crate::text::width(&letter.to_string())).sum();
        let under = (self.to - self.from).max(1);
        format!("{query}\n{}{} {}", " ".repeat(before), "^".repeat(under), self.text)
    }
}

/// A key of the language: its name, an example, and what it finds.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The name, as typed.
    pub name: &'static str,
    /// An example.
    pub example: &'static str,
    /// What it finds, for the help.
    pub about: &'static str,
}

const fn key(name: &'static str, example: &'static str, about: &'static str) -> Key {
    Key { name, example, about }
}

/// The query language, for the command line's help.
pub fn help() -> String {
    let lines = KEYS.iter().map(|key| format!("  {} {}", crate::text::left(key.example, 26), key.about));
    let rest = [
        "  - before a term            the opposite",
        "  a word                     an id, merchant, buyer, seller, reference, note or message that has a word that starts",
        "                             with it",
    ];
    let lines: Vec<String> = lines.chain(rest.map(str::to_owned)).collect();
    format!("The query language of --where:\n{}", lines.join("\n"))
}

/// All keys, in the order of the help.
pub const KEYS: &[Key] = &[
    key("status", "status:disputed,dispute", "in one of these statuses"),
    key("provider", "provider:tamara", "of this provider"),
    key("age", "age>48h", "in its status for longer than that; units are m, h, d, w"),
    key("due", "due<2h", "less than that left until its deadline, or already late"),
    key("amount", "amount>=10000.50", "opened with at least that much, in major units"),
    key("currency", "currency:NGN", "in this currency"),
    key("order", "order:ATP-20", "the id, or a part of it, starts with this"),
    key("merchant", "merchant:m-7", "the merchant starts with this; merchant=m-7 is exactly that one"),
    key("buyer", "buyer:\"Ngozi Eze\"", "each word starts a word of the buyer's name"),
    key("seller", "seller:aba", "each word starts a word of the seller's name"),
    key("since", "since:1h", "its last change was recorded within that time"),
    key(
        "unconfirmed",
        "unconfirmed",
        "a move should have reached the provider but is not confirmed; unconfirmed>2h: for longer than that",
    ),
    key(
        "expired",
        "expired",
        "presumed expired: past its deadline, without a record that it expired, or an answer since that it has not",
    ),
    key(
        "drift",
        "drift",
        "it differs from the provider's last answer; drift:ahead, behind, conflict, absent, or more exactly webhook_missing, provider_ahead, provider_ended, ended_here, provider_behind, sums_differ",
    ),
    key("cause", "cause:never_called", "it is stuck for this cause, or one of several"),
    key("quarantined", "quarantined", "facts about it are in quarantine; quarantined:time: for this reason"),
    key(
        "reference",
        "reference:PS-77",
        "a capture, refund, payout or other move has a reference that starts with this",
    ),
    key("mine", "mine", "you have its case"),
    key("owner", "owner:agent2", "that person has its case"),
    key("unclaimed", "unclaimed", "its case is unclaimed"),
    key("overdue", "overdue", "its case is late"),
    key(
        "queue",
        "queue:waiting_buyer",
        "its case waits for the buyer; also waiting_seller, proposed, unpaid, failed, returned, working, closed",
    ),
    key("reason", "reason:damaged", "its case has this reason code, or one of several"),
    key("note", "note:\"broken seal\"", "a note on its case has this phrase"),
    key("message", "message:courier", "a message to or from a party has words that start with these"),
    key("rationale", "rationale:packaging", "the team's reasons for a decision have words that start with these"),
];
