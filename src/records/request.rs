//! Requests to a provider, the accounts that carry them, and what a server keeps of its work.

use chrono::{DateTime, Utc};

use super::words::{Health, RequestState};
use crate::domain::{Action, Actor, Money, OrderKey};

/// A request to a provider, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Request {
    /// Its number.
    pub id: i64,
    /// The order.
    pub order: OrderKey,
    /// The version of the order when it was asked.
    pub version: i32,
    /// The account that carries it.
    pub account: String,
    /// What is asked for.
    pub action: Action,
    /// Whom it is recorded for.
    pub actor: Actor,
    /// The amount, if it has one.
    pub amount: Option<Money>,
    /// Where it is.
    pub state: RequestState,
    /// How often it was written to the provider.
    pub attempts: i32,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it was last written to the provider.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// The provider's id of what was done.
    pub reference: Option<String>,
    /// The provider's words, or why it ended as it did.
    pub message: Option<String>,
    /// The version of the order that it led to.
    pub seq: Option<i32>,
    /// The plan that asked, if one did.
    pub plan: Option<i64>,
}

/// An account, as a server announced it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize, serde::Deserialize)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// The provider.
    pub provider: String,
    /// Whose orders it acts for; `*` is all of the provider.
    pub merchants: Vec<String>,
    /// Where its calls go: sandbox, live, or a host.
    pub environment: String,
    /// Whether it sends; otherwise it only receives and reads.
    pub sends: bool,
    /// Who carries what is captured, unless a request says so.
    pub shipping_company: Option<String>,
    /// Whether its credentials are accepted.
    pub health: Health,
    /// The provider's words about them.
    pub message: Option<String>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When a server last said that it has it.
    pub seen_at: DateTime<Utc>,
}

impl Account {
    /// After so many seconds without a word of a server, no server runs that has it.
    pub const SILENT: i64 = 60;

    /// Whether a server that has it runs.
    pub fn is_served(&self, now: DateTime<Utc>) -> bool {
        (now - self.seen_at).num_seconds() <= Self::SILENT
    }

    /// Its health for people and programs: silent, if no server runs that has it.
    pub fn standing(&self, now: DateTime<Utc>) -> &'static str {
        if self.is_served(now) { self.health.name() } else { "silent" }
    }
}

impl Request {
    /// What is asked for, in words: `capture SAR 230.00`.
    pub fn words(&self) -> String {
        self.amount.map_or_else(|| self.action.name().to_owned(), |amount| format!("{} {amount}", self.action.name()))
    }
}
