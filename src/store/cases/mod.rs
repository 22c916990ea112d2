//! Cases as they are kept: reading in [`read`], for others in [`export`], writing in [`mod@write`], the desk's policy in [`policy`], who is there in
//! [`presence`], what a period brought in [`report`].

pub mod export;
pub mod policy;
pub mod presence;
pub mod read;
pub mod report;
pub mod write;

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::StoreError;
use super::row::unknown;
use crate::case::{Stage, Standing};
use crate::domain::{Currency, Money, OrderKey, Status};

/// What only the desk reads. It is no [`Message`], and nothing makes one of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Note(pub String);

/// What a party was told, or said: what a letter may hold.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Message {
    /// `buyer` or `seller`.
    pub party: String,
    /// They said it; else they were told.
    pub theirs: bool,
    /// The words.
    pub body: String,
}

/// One case, where it stands, with its order's name, amount and status.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Case {
    /// `provider:id` of its order.
    pub order_id: String,
    /// The order's first case, or its second.
    pub number: i32,
    /// The order's currency.
    pub currency: String,
    /// What the order holds, in minor units.
    pub amount: i64,
    /// The merchant.
    pub merchant: Option<String>,
    /// The buyer.
    pub buyer: Option<String>,
    /// The seller.
    pub seller: Option<String>,
    /// When the dispute began.
    pub opened_at: DateTime<Utc>,
    /// Who, or what, opened it.
    pub opened_by: String,
    /// How many things have happened to it.
    pub seq: i32,
    /// The last of them that a decision has to know of.
    pub matter: i32,
    /// How far it is.
    pub stage: String,
    /// `buyer` or `seller`, whose answer is waited for.
    pub waiting: Option<String>,
    /// Which pile it is in.
    pub queue: String,
    /// Why the buyer rejects, as a code.
    pub reason: Option<String>,
    /// How much is claimed, in minor units.
    pub claimed: Option<i64>,
    /// Who has it.
    pub owner: Option<String>,
    /// Until when, where it goes back by itself.
    pub lease_until: Option<DateTime<Utc>>,
    /// Which clock runs out first.
    pub clock: Option<String>,
    /// When it does.
    pub due_at: Option<DateTime<Utc>>,
    /// What lists of cases are sorted by.
    pub rank: i64,
    /// How often it was escalated over that clock.
    pub level: i16,
    /// The order had a case before.
    pub reopened: bool,
    /// When a party was first written to.
    pub answered_at: Option<DateTime<Utc>>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Where its order stands.
    pub status: String,
    /// At which version.
    pub version: i32,
}

impl Case {
    /// Its order.
    pub fn key(&self) -> Result<OrderKey, StoreError> {
        OrderKey::parse(&self.order_id).ok_or_else(|| unknown("the order", &self.order_id))
    }

    /// The order's id without its provider.
    pub fn id(&self) -> &str {
        self.order_id.split_once(':').map_or(&self.order_id, |(_, id)| id)
    }

    /// An amount of its order, by minor units.
    pub fn money(&self, minor: i64) -> Option<Money> {
        Currency::parse(&self.currency).ok().map(|currency| Money::new(minor, currency))
    }

    /// How far it is.
    pub fn stage(&self) -> Result<Stage, StoreError> {
        self.stage.parse().map_err(|_| unknown("the stage", &self.stage))
    }

    /// Who has it now: a lease that is over is nobody's.
    pub fn holder(&self, now: DateTime<Utc>) -> Option<&str> {
        self.owner.as_deref().filter(|_| self.lease_until.is_none_or(|until| until > now))
    }

    /// The case as the table of what may be done needs it.
    pub fn standing(&self, proposer: Option<&str>, unpaid: bool) -> Result<Standing, StoreError> {
        Ok(Standing {
            stage: self.stage()?,
            status: Status::parse(&self.status).ok_or_else(|| unknown("the status", &self.status))?,
            owner: self.owner.clone(),
            lease_until: self.lease_until,
            waiting: self.waiting.clone(),
            proposer: proposer.map(str::to_owned),
            unpaid,
        })
    }

    /// Its place in a list.
    pub fn place(&self) -> Place {
        Place { rank: self.rank, amount: -self.amount, order_id: self.order_id.clone(), number: self.number }
    }
}

/// A place in a list of cases.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// Microseconds of the deadline.
    pub rank: i64,
    /// Less than nothing: the largest first.
    pub amount: i64,
    /// Its order.
    pub order_id: String,
    /// Which of its cases.
    pub number: i32,
}

impl Place {
    /// Before everything.
    pub const fn start() -> Self {
        Self { rank: i64::MIN, amount: i64::MIN, order_id: String::new(), number: 0 }
    }

    /// As other programs hand it back.
    pub fn text(&self) -> String {
        format!("{}.{}.{}/{}", self.rank, self.amount, self.number, self.order_id)
    }

    /// Reads what [`Place::text`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let (place, order_id) = text.split_once('/')?;
        let mut numbers = place.splitn(3, '.');
        Some(Self {
            rank: numbers.next()?.parse().ok()?,
            amount: numbers.next()?.parse().ok()?,
            number: numbers.next()?.parse().ok()?,
            order_id: order_id.to_owned(),
        })
    }
}

/// One thing that happened to a case.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Event {
    /// Its number, from 1.
    pub seq: i32,
    /// What.
    pub what: String,
    /// To or of which party.
    pub party: Option<String>,
    /// Who has the case after it.
    pub person: Option<String>,
    /// Why; for the desk only.
    pub words: Option<String>,
    /// The reason code it set.
    pub reason: Option<String>,
    /// What is claimed, in minor units.
    pub claimed: Option<i64>,
    /// A line of the checklist, or a payout's reference.
    pub item: Option<String>,
    /// Which clock ran out.
    pub clock: Option<String>,
    /// How often.
    pub level: Option<i16>,
    /// Who did it.
    pub recorder: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What was written down for the desk.
    pub note: Option<Note>,
    /// What was said to a party, or by one.
    pub message: Option<Message>,
    /// What was attached.
    pub file: Option<File>,
}

/// An attached file, without its content.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its media type, by its content.
    pub kind: String,
    /// What can be said of it.
    pub facts: String,
    /// In bytes.
    pub size: i32,
    /// SHA-256 of its content, in hex.
    pub digest: String,
}

/// What somebody would decide.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Proposal {
    /// The event that made it.
    pub seq: i32,
    /// The order's version it was made at.
    pub order_version: i32,
    /// What had happened to the case by then that a decision has to know of.
    pub matter: i32,
    /// In minor units.
    pub to_seller: i64,
    /// In minor units.
    pub to_buyer: i64,
    /// A reason code.
    pub reason: String,
    /// Why, for the desk.
    pub rationale: String,
    /// What the seller is told.
    pub say_seller: String,
    /// What the buyer is told.
    pub say_buyer: String,
    /// Who made it.
    pub recorder: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Decision {
    /// In which case of the order.
    pub number: i32,
    /// The transition that did it.
    pub transition_seq: i32,
    /// `settled`, `withdrawn` or `reported`.
    pub basis: String,
    /// In minor units.
    pub to_seller: i64,
    /// In minor units.
    pub to_buyer: i64,
    /// The proposal it followed.
    pub proposal_seq: Option<i32>,
    /// A reason code.
    pub reason: Option<String>,
    /// Why, for the desk.
    pub rationale: Option<String>,
    /// What the seller is told.
    pub say_seller: Option<String>,
    /// What the buyer is told.
    pub say_buyer: Option<String>,
    /// Who recorded it.
    pub decided_by: String,
    /// Who proposed it.
    pub proposed_by: Option<String>,
    /// Who approved it, where somebody else did.
    pub approved_by: Option<String>,
    /// When.
    pub decided_at: DateTime<Utc>,
}

/// What is or was paid to a party.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Payout {
    /// `buyer` or `seller`.
    pub party: String,
    /// In minor units.
    pub amount: i64,
    /// How many things have happened to it.
    pub seq: i32,
    /// `pending`, `sent`, `confirmed` or `failed`.
    pub state: String,
    /// The payment's.
    pub reference: Option<String>,
}

/// A clock of a case that has not ended: it has a deadline, or rests with so many seconds left.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Running {
    /// Its name.
    pub name: String,
    /// When it runs out.
    pub due_at: Option<DateTime<Utc>>,
    /// What is left of it while it rests.
    pub rest: Option<i64>,
}
