//! Requests and news about the watch on Approved.

use chrono::{DateTime, Utc};

use crate::console::app::load::Failure;
use crate::console::stuck::shown::{Cell, PlanShown, StuckShown, WatchShown};
use crate::domain::OrderKey;
use crate::records::{OrderRecord, Plan, PlanHead, PlannedAction};
use crate::stuck::why::Why;
use crate::work::plan::run::{Ended, Progress};
use crate::work::plan::{Answer, Carrier, Totals};
use crate::work::watcher::Acknowledged;

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
            Self::Look | Self::Cell(_) | Self::Plans | Self::PlanRows(_) | Self::PlanTotals(_) | Self::Explain(_) => {
                true
            }
            Self::Acknowledge { .. }
            | Self::Tick(..)
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
