//! Requests and news about the watch on Approved.

use chrono::{DateTime, Utc};

use crate::console::app::load::Failure;
use crate::console::stuck::shown::{Cell, PlanShown, StuckShown, WatchShown};
use crate::domain::OrderKey;
use crate::records::{Language, OrderRecord, Plan, PlanHead, PlannedAction};
use crate::stuck::why::Why;
use crate::work::plan::run::{Ended, Progress};
use crate::work::plan::{Answer, Carrier, Totals};
use crate::work::watcher::Acknowledged;

/// What is told to others.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Paper {
    /// The hand-over to the next shift.
    HandOver,
    /// A message for a merchant, in a language.
    Message(String, Language),
}

impl Paper {
    /// The title of the page.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::HandOver => "For the next shift: y copies it",
            Self::Message(..) => "A message for the merchant: y copies it, s saves the table of its orders",
        }
    }
}

/// A request from the console.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Read the watch.
    Look,
    /// Read the first orders of a cell of the grid.
    Cell(Cell),
    /// Acknowledge an alert until a time, with a reason.
    Acknowledge {
        /// The alert.
        alert: String,
        /// Why.
        reason: String,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Tick a step of an order's runbook, or untick it.
    Tick(OrderKey, String, bool),
    /// Read a page that is told to others.
    Paper(Paper),
    /// Save the table of a merchant's orders, as CSV.
    SaveTable(String, Language),
    /// Read the plans.
    Plans,
    /// Read the first rows of a plan.
    PlanRows(i64),
    /// Read the totals of the rest of a plan.
    PlanTotals(i64),
    /// Read why these orders of a plan are stuck.
    Explain(Vec<OrderRecord>),
    /// Save a plan; and whether to run it.
    MakePlan(Box<(PlanHead, Vec<(OrderRecord, PlannedAction)>)>, bool),
    /// Run a plan, or continue it.
    RunPlan(i64),
    /// Pause a plan.
    PausePlan(i64),
    /// Approve a plan.
    ApprovePlan(i64),
    /// Withdraw a plan.
    WithdrawPlan(i64),
}

impl Ask {
    /// Whether it only reads.
    pub const fn reads(&self) -> bool {
        match self {
            Self::Look
            | Self::Cell(_)
            | Self::Paper(_)
            | Self::Plans
            | Self::PlanRows(_)
            | Self::PlanTotals(_)
            | Self::Explain(_) => true,
            Self::Acknowledge { .. }
            | Self::Tick(..)
            | Self::SaveTable(..)
            | Self::MakePlan(..)
            | Self::RunPlan(_)
            | Self::PausePlan(_)
            | Self::ApprovePlan(_)
            | Self::WithdrawPlan(_) => false,
        }
    }
}

/// Why orders of a plan are stuck, and which of them a provider is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Explained {
    /// Why.
    pub whys: Vec<(OrderKey, Why)>,
    /// By which account.
    pub carriers: Vec<(OrderKey, Carrier)>,
}

/// The result of a request.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// The watch was read.
    Seen(Result<Box<WatchShown>, Failure>),
    /// The first orders of a cell were read.
    Cell(Cell, Result<Vec<StuckShown>, Failure>),
    /// The result of acknowledging an alert.
    Acknowledged(String, Result<Acknowledged, Failure>),
    /// The result of ticking or unticking a step.
    Ticked(Result<(), Failure>),
    /// A page was read, or why not.
    Paper(Paper, Result<Vec<String>, String>),
    /// A table was saved: where, or why not.
    SavedTable(Result<String, String>),
    /// The plans were read.
    Plans(Result<Vec<Plan>, Failure>),
    /// The first rows of a plan were read.
    PlanRows(i64, Result<PlanShown, Failure>),
    /// The totals of the rest of a plan were read.
    PlanTotals(i64, Result<Totals, Failure>),
    /// Why orders of a plan are stuck.
    Explained(Result<Explained, Failure>),
    /// The result of saving a plan; and whether to run it.
    MadePlan(bool, Result<i64, Failure>),
    /// The progress of a plan that is running here.
    PlanProgress(i64, Progress),
    /// A plan that was running here ended, or did not start.
    PlanEnded(i64, Result<Ended, Failure>),
    /// The result of a command on a plan.
    PlanTold(i64, Result<Answer, Failure>),
}
