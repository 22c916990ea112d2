//! Plans: one action for many orders, their rows and results.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::words::{PlanEventKind, RowOutcome};
use crate::domain::{Action, Currency, Money, Order};

/// What a plan does to an order: authorise it, then optionally capture or cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PlannedAction {
    /// Capture or cancel, and how much; `None` to only authorise.
    pub follow: Option<(Action, Money)>,
}

impl PlannedAction {
    /// Authorise, then apply this action to the full amount of the order.
    pub fn all(order: &Order, follow: Option<Action>) -> Self {
        Self { follow: follow.map(|action| (action, order.amount)) }
    }

    /// In words: `authorise, then capture SAR 230.00`.
    pub fn words(&self) -> String {
        match self.follow {
            None => "authorise".to_owned(),
            Some((action, amount)) => format!("authorise, then {} {amount}", action.name()),
        }
    }
}

/// A plan and its progress.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Plan {
    /// Its number.
    pub number: i64,
    /// What it is for.
    pub title: String,
    /// Someone else must approve it before it runs.
    pub needs_approval: bool,
    /// Orders per second; 0 is as fast as possible.
    pub rate: i32,
    /// A run stops after this many failures.
    pub stop_after: i32,
    /// Who made it.
    pub made_by: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Its last event, if there is one.
    pub what: Option<PlanEventKind>,
    /// The reason for that event.
    pub why: Option<String>,
    /// The number of its events.
    pub seq: Option<i32>,
    /// Who caused the last event.
    pub by: Option<String>,
    /// When it happened.
    pub at: Option<DateTime<Utc>>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// How many rows it has.
    pub orders: i64,
    /// Rows that were done.
    pub accepted: i64,
    /// Rows that the law refused.
    pub refused: i64,
    /// Rows whose order someone else moved first.
    pub changed: i64,
    /// Rows of which it was not known whether the provider did them.
    pub unknown: i64,
    /// Someone is running it now.
    pub held: bool,
}

impl Plan {
    /// How many rows have no result yet.
    pub const fn rest(&self) -> i64 {
        self.orders - self.accepted - self.refused - self.changed - self.unknown
    }

    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        matches!(self.what, Some(PlanEventKind::Finished | PlanEventKind::Withdrawn))
    }

    /// Whether another person must approve it first.
    pub fn awaits_approval(&self) -> bool {
        self.needs_approval && self.approved_by.is_none() && !self.is_over()
    }

    /// Its state, in words.
    pub fn standing(&self) -> &'static str {
        match self.what {
            _ if self.awaits_approval() => "waits for approval",
            None => "made",
            Some(PlanEventKind::Started) if self.held => "running",
            Some(PlanEventKind::Started) => "interrupted",
            Some(what) => what.title(),
        }
    }
}

/// A row of a plan and its result.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PlanRow {
    /// Its place in the plan, from 1.
    pub place: i32,
    /// The order.
    pub order_id: String,
    /// The order's version when the plan was made.
    pub version: i32,
    /// The action after the authorisation, with its amount in minor units.
    pub follow: Option<(Action, i64)>,
    /// Its result, if there is one.
    pub outcome: Option<RowOutcome>,
    /// Why.
    pub message: Option<String>,
    /// The order's version after it.
    pub seq: Option<i32>,
    /// When it was done.
    pub at: Option<DateTime<Utc>>,
    /// Who recorded it.
    pub recorder: Option<String>,
}

impl PlanRow {
    /// What the row does to an order in this currency.
    pub fn doing(&self, currency: Currency) -> PlannedAction {
        PlannedAction { follow: self.follow.map(|(action, minor)| (action, Money::new(minor, currency))) }
    }
}

/// A new plan, without its rows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PlanHead {
    /// What it is for.
    pub title: String,
    /// Someone else must approve it before it runs.
    pub needs_approval: bool,
    /// Orders per second; 0 is as fast as possible.
    pub rate: i32,
    /// A run stops after this many failures.
    pub stop_after: i32,
}

/// A plan that contains an order, and the order's result in it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct InPlan {
    /// The plan's number.
    pub plan: i64,
    /// What it is for.
    pub title: String,
    /// The action after the authorisation.
    pub follow: Option<String>,
    /// Its amount, in minor units.
    pub amount: Option<i64>,
    /// Its result, if there is one.
    pub outcome: Option<RowOutcome>,
    /// Why.
    pub message: Option<String>,
    /// The order's version after it.
    pub seq: Option<i32>,
    /// When the result was recorded, or else when the plan was made.
    pub at: DateTime<Utc>,
    /// Who recorded the result, or made the plan.
    pub by: String,
}

impl InPlan {
    /// As text: `plan 12: authorise, then capture SAR 230.00: accepted`.
    pub fn words(&self, order: &Order) -> String {
        let action = self.follow.as_deref().and_then(|word| word.parse().ok());
        let doing = PlannedAction { follow: action.zip(self.amount.map(|minor| order.money(minor))) };
        let outcome = self.outcome.map_or("not run yet", RowOutcome::title);
        let why = self.message.as_deref().map(|why| format!(", {why}")).unwrap_or_default();
        format!("plan {}: {}: {outcome}{why}", self.plan, doing.words())
    }
}

/// The result of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowResult {
    /// Its place.
    pub place: i32,
    /// Its order.
    pub order_id: String,
    /// What became of it.
    pub outcome: RowOutcome,
    /// Why.
    pub message: Option<String>,
    /// The order's version after it.
    pub seq: Option<i32>,
}
