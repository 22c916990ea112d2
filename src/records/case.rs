//! Cases: as they are now, what happened to them, what was said, decided and paid.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::UnknownWord;
use super::words::{
    CaseEventKind, CaseStage, Clock, DecisionBasis, DeliveryState, Language, Party, PayoutState, Queue, Shared,
};
use crate::domain::{Actor, Currency, Money, OrderKey, Status};

/// A note that only the desk reads. It is not a [`Message`], and nothing converts it to one.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Note(pub String);

/// A message to or from a party. Letters contain nothing else.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Message {
    /// The party.
    pub party: Party,
    /// The party sent it; otherwise the desk did.
    pub theirs: bool,
    /// The text.
    pub body: String,
}

/// One case as it is now, with its order's name, amount and status.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Case {
    /// `provider:id` of its order.
    pub order_id: String,
    /// Which case of the order this is, from 1.
    pub number: i32,
    /// The order's currency.
    pub currency: String,
    /// The order's amount, in minor units.
    pub amount: i64,
    /// The merchant.
    pub merchant: Option<String>,
    /// The buyer.
    pub buyer: Option<String>,
    /// The seller.
    pub seller: Option<String>,
    /// When the dispute started.
    pub opened_at: DateTime<Utc>,
    /// The person or process that opened it.
    pub opened_by: String,
    /// The number of its events.
    pub seq: i32,
    /// The last event that a decision must take into account.
    pub material_event: i32,
    /// Its stage.
    pub stage: CaseStage,
    /// `buyer` or `seller`, if the case waits for their answer.
    pub waiting: Option<Party>,
    /// The queue it is in.
    pub queue: Queue,
    /// Why the buyer rejected, as a code.
    pub reason: Option<String>,
    /// The claim, in minor units.
    pub claimed: Option<i64>,
    /// Its owner.
    pub owner: Option<String>,
    /// When the lease ends and the case returns to the queue automatically.
    pub lease_until: Option<DateTime<Utc>>,
    /// The clock with the earliest deadline.
    pub clock: Option<Clock>,
    /// That deadline.
    pub due_at: Option<DateTime<Utc>>,
    /// The sort key of case lists.
    pub rank: i64,
    /// How many times it was escalated for that clock.
    pub level: i16,
    /// The order had a case before.
    pub reopened: bool,
    /// When the desk first wrote to a party.
    pub answered_at: Option<DateTime<Utc>>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Its owner put it aside until then.
    #[serde(default)]
    pub snoozed_until: Option<DateTime<Utc>>,
    /// The language of the buyer, if someone set it.
    #[serde(default)]
    pub buyer_language: Option<Language>,
    /// The language of the seller, if someone set it.
    #[serde(default)]
    pub seller_language: Option<Language>,
    /// The last event that recorded a reply; zero if none did.
    #[serde(default)]
    pub reply_event: i32,
    /// A reply that the person who asks has not read; known in lists only.
    #[serde(default)]
    #[sqlx(default)]
    pub unread: bool,
    /// The status of its order.
    pub status: String,
    /// The version of its order.
    pub version: i32,
}

impl Case {
    /// The key of its order.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if the database has an order that this program cannot name.
    pub fn key(&self) -> Result<OrderKey, UnknownWord> {
        OrderKey::parse(&self.order_id).ok_or_else(|| UnknownWord::new("an order", &self.order_id, "provider:id"))
    }

    /// The status of its order.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if the provider has no such status.
    pub fn order_status(&self) -> Result<Status, UnknownWord> {
        Status::read(self.key()?.provider, &self.status)
            .ok_or_else(|| UnknownWord::new("a status", &self.status, "a status of its provider"))
    }

    /// The language of a party, if someone set it.
    pub const fn language(&self, party: Party) -> Option<Language> {
        match party {
            Party::Buyer => self.buyer_language,
            Party::Seller => self.seller_language,
        }
    }

    /// The order's id without its provider.
    pub fn id(&self) -> &str {
        self.order_id.split_once(':').map_or(&self.order_id, |(_, id)| id)
    }

    /// Minor units as an amount in the order's currency.
    pub fn money(&self, minor: i64) -> Option<Money> {
        Currency::parse(&self.currency).ok().map(|currency| Money::new(minor, currency))
    }
    /// Its owner now. After its lease has ended, a case has no owner.
    pub fn holder(&self, now: DateTime<Utc>) -> Option<&str> {
        self.owner.as_deref().filter(|_| self.lease_until.is_none_or(|until| until > now))
    }
    /// What became of the order's amount, in a word.
    pub const fn money_word(&self) -> &'static str {
        match self.stage {
            CaseStage::Working | CaseStage::Proposed | CaseStage::Decided => "held",
            CaseStage::Closed => "no longer held",
        }
    }

    /// Its place in a list.
    pub fn place(&self) -> CasePlace {
        CasePlace { rank: self.rank, amount: -self.amount, order_id: self.order_id.clone(), number: self.number }
    }
}

/// A place in a list of cases.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct CasePlace {
    /// The deadline, in microseconds.
    pub rank: i64,
    /// The negative amount, so that the largest comes first.
    pub amount: i64,
    /// The order.
    pub order_id: String,
    /// The number of the case.
    pub number: i32,
}

impl CasePlace {
    /// Before the first case.
    pub const fn start() -> Self {
        Self { rank: i64::MIN, amount: i64::MIN, order_id: String::new(), number: 0 }
    }

    /// The place as text, for other programs to pass back.
    pub fn text(&self) -> String {
        format!("{}.{}.{}/{}", self.rank, self.amount, self.number, self.order_id)
    }

    /// Reads what [`CasePlace::text`] wrote.
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

/// One event of a case.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CaseEvent {
    /// Its number, from 1.
    pub seq: i32,
    /// What happened.
    pub kind: CaseEventKind,
    /// The party that it concerns.
    pub party: Option<Party>,
    /// The owner of the case after it.
    pub person: Option<String>,
    /// Why; for the desk only.
    pub words: Option<String>,
    /// The reason code it set.
    pub reason: Option<String>,
    /// The claim, in minor units.
    pub claimed: Option<i64>,
    /// A line of the checklist, a payout's reference, or a language.
    pub item: Option<String>,
    /// Until when it is put aside.
    #[serde(default)]
    pub until: Option<DateTime<Utc>>,
    /// Which clock ran out.
    pub clock: Option<Clock>,
    /// How many times.
    pub level: Option<i16>,
    /// Whom the law says it comes from, if not from the person who recorded it.
    #[serde(default)]
    pub actor: Option<Actor>,
    /// Who recorded it; empty if it happened automatically.
    pub recorder: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The note for the desk.
    pub note: Option<Note>,
    /// The message to or from a party.
    pub message: Option<Message>,
    /// What became of the message to a party, if a server carries it; otherwise it is only recorded.
    #[serde(default)]
    pub delivery: Option<Delivery>,
    /// The attached file.
    pub file: Option<Attachment>,
}

/// What became of a message to a party.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Delivery {
    /// Where it is.
    pub state: DeliveryState,
    /// Why it was not taken, at the last try.
    pub fault: Option<String>,
    /// When it was taken.
    pub sent_at: Option<DateTime<Utc>>,
}

impl CaseEvent {
    /// What became of its message to a party, for people; `None` if it has none.
    pub fn carried(&self) -> Option<String> {
        self.message.as_ref().filter(|message| !message.theirs)?;
        let Some(delivery) = &self.delivery else { return Some("recorded only: send it yourself".to_owned()) };
        let why = delivery.fault.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
        let then = if delivery.state == DeliveryState::Failed { ": send it yourself" } else { "" };
        Some(format!("{}{why}{then}", delivery.state.title()))
    }

    /// Who did it, for people: the person, or the one whom the law says, with who recorded it.
    pub fn by(&self) -> String {
        by(self.actor, &self.recorder)
    }
}

impl Decision {
    /// Who decided, for people.
    pub fn by(&self) -> String {
        by(Some(self.decided_actor).filter(|actor| *actor != Actor::DisputeManager), &self.decided_by)
    }
}

fn by(actor: Option<Actor>, recorder: &str) -> String {
    match (actor, recorder) {
        (None, recorder) => recorder.to_owned(),
        (Some(actor), "") => format!("the {}", actor.title()),
        (Some(actor), recorder) => format!("the {} (recorded by {recorder})", actor.title()),
    }
}

/// An attached file, without its content.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type, detected from its content.
    pub kind: String,
    /// What is known about its content, for example its dimensions.
    pub facts: String,
    /// Its size in bytes.
    pub size: i32,
    /// SHA-256 of its content, in hex.
    pub digest: String,
}

/// A proposed decision.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Proposal {
    /// The event that recorded it.
    pub seq: i32,
    /// The order's version when it was made.
    pub order_version: i32,
    /// The last event before it that a decision must take into account.
    pub material_event: i32,
    /// In minor units.
    pub to_seller: i64,
    /// In minor units.
    pub to_buyer: i64,
    /// A reason code.
    pub reason: String,
    /// Why, for the desk.
    pub rationale: String,
    /// The message to the seller.
    pub say_seller: String,
    /// The message to the buyer.
    pub say_buyer: String,
    /// Who made it.
    pub recorder: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Decision {
    /// Which case of the order.
    pub number: i32,
    /// The order's transition that carried it out.
    pub transition_seq: i32,
    /// `settled`, `withdrawn` or `reported`.
    pub basis: DecisionBasis,
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
    /// The message to the seller.
    pub say_seller: Option<String>,
    /// The message to the buyer.
    pub say_buyer: Option<String>,
    /// Whom the law says it comes from: the dispute manager, a party who withdrew, or the provider.
    pub decided_actor: Actor,
    /// Who recorded it.
    pub decided_by: String,
    /// Who proposed it.
    pub proposed_by: Option<String>,
    /// Who approved it, if someone else did.
    pub approved_by: Option<String>,
    /// When.
    pub decided_at: DateTime<Utc>,
}

/// The texts of a decision.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DecidedTexts {
    /// A reason code.
    pub reason: String,
    /// Why, for the desk.
    pub rationale: String,
    /// The message to the seller.
    pub say_seller: String,
    /// The message to the buyer.
    pub say_buyer: String,
}

/// A payout to a party.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Payout {
    /// The party.
    pub party: Party,
    /// In minor units.
    pub amount: i64,
    /// The number of its events.
    pub seq: i32,
    /// `pending`, `sent`, `confirmed` or `failed`.
    pub state: PayoutState,
    /// The reference of the payment.
    pub reference: Option<String>,
}

/// A clock of a case that has not ended: it runs to a deadline, or is paused with some seconds left.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct RunningClock {
    /// Its name.
    pub name: Clock,
    /// Its deadline.
    pub due_at: Option<DateTime<Utc>>,
    /// The seconds left while it is paused.
    pub rest: Option<i64>,
}

/// A case with all its details.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CaseDetail {
    /// The case.
    pub case: Case,
    /// Its events.
    pub events: Vec<CaseEvent>,
    /// The latest proposal, whether it was followed or not.
    pub proposal: Option<Proposal>,
    /// The decision in this case, if there is one.
    pub decision: Option<Decision>,
    /// Its payouts.
    pub payouts: Vec<Payout>,
    /// The clocks that have not ended.
    pub clocks: Vec<RunningClock>,
}

impl CaseDetail {
    /// The ticked lines of its checklist. A party's recorded reply ticks `seller's answer` or `buyer's answer`.
    pub fn checked(&self) -> Vec<String> {
        let mut checked: Vec<String> = Vec::new();
        for event in &self.events {
            // A recorded reply is the party's answer.
            let answered = event.party.filter(|_| event.kind == CaseEventKind::Answered);
            if let Some(line) = answered.map(|party| format!("{}'s answer", party.name()))
                && !checked.contains(&line)
            {
                checked.push(line);
            }
            let Some(item) = &event.item else { continue };
            if event.kind == CaseEventKind::Checked && !checked.contains(item) {
                checked.push(item.clone());
            } else if event.kind == CaseEventKind::Unchecked {
                checked.retain(|ticked| ticked != item);
            }
        }
        checked
    }

    /// The proposal that waits for approval, and whether it is out of date.
    pub fn waiting_proposal(&self) -> Option<(&Proposal, bool)> {
        let proposal = self.proposal.as_ref().filter(|_| self.case.stage == CaseStage::Proposed)?;
        let stale = proposal.material_event != self.case.material_event || proposal.order_version != self.case.version;
        Some((proposal, stale))
    }
}

/// An earlier case with the same buyer, seller, merchant or phone number.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Hint {
    /// What is the same: `buyer`, `seller`, `merchant` or `phone`.
    pub same: Shared,
    /// The other case's order.
    pub order_id: String,
    /// Its number.
    pub number: i32,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Its reason.
    pub reason: Option<String>,
    /// Its stage.
    pub stage: CaseStage,
    /// Its order's currency.
    pub currency: String,
    /// How it was decided.
    pub basis: Option<DecisionBasis>,
    /// In minor units.
    pub to_seller: Option<i64>,
    /// In minor units.
    pub to_buyer: Option<i64>,
}
