//! What is asked and told about the watch on Approved.

use chrono::{DateTime, Utc};

use super::plans::RowShown;
use super::{Cell, Seen, StuckShown};
use crate::console::app::Failure;
use crate::domain::OrderKey;
use crate::store::Stored;
use crate::store::plans::{Head, Plan};
use crate::watch::plan::Doing;
use crate::work::plan::run::{Ended, Progress};
use crate::work::plan::{Answer, Totals};
use crate::work::watcher::Acknowledged;

/// What has to be done outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Look at the watch.
    Look,
    /// Read the first orders of a cell of it.
    Cell(Cell),
    /// Take note of an alert until then, and say why.
    Acknowledge {
        /// The alert.
        alert: String,
        /// Why.
        reason: String,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Tick a step of an order's runbook off, or take the tick back.
    Tick(OrderKey, String, bool),
    /// Read the plans.
    Plans,
    /// Read the first rows of a plan.
    PlanRows(i64),
    /// Read what the rest of a plan comes to.
    PlanTotals(i64),
    /// Keep a plan; whether it is to be run.
    MakePlan(Box<(Head, Vec<(Stored, Doing)>)>, bool),
    /// Run a plan, or go on with it.
    RunPlan(i64),
    /// Let a plan rest.
    PausePlan(i64),
    /// Approve a plan.
    ApprovePlan(i64),
    /// Put a plan away.
    WithdrawPlan(i64),
}

impl Ask {
    /// Whether it only reads.
    pub const fn reads(&self) -> bool {
        match self {
            Self::Look | Self::Cell(_) | Self::Plans | Self::PlanRows(_) | Self::PlanTotals(_) => true,
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

/// What came of it.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// The watch was looked at.
    Seen(Result<Box<Seen>, Failure>),
    /// The first orders of a cell were read.
    Cell(Cell, Result<Vec<StuckShown>, Failure>),
    /// An alert was acknowledged, or not.
    Acknowledged(String, Result<Acknowledged, Failure>),
    /// A step of a runbook was ticked off, or not.
    Ticked(Result<(), Failure>),
    /// The plans were read.
    Plans(Result<Vec<Plan>, Failure>),
    /// The first rows of a plan were read.
    PlanRows(i64, Result<Vec<RowShown>, Failure>),
    /// What the rest of a plan comes to was read.
    PlanTotals(i64, Result<Totals, Failure>),
    /// A plan was kept, or not; whether it is to be run.
    MadePlan(bool, Result<i64, Failure>),
    /// A plan that is run from here came further.
    PlanProgress(i64, Progress),
    /// A plan that was run from here ended, or was not begun.
    PlanEnded(i64, Result<Ended, Failure>),
    /// What came of a word about a plan.
    PlanTold(i64, Result<Answer, Failure>),
}
