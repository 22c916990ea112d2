//! The state of the watch on Approved, and of the plans.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::console::app::load::Load;
use crate::console::orders::window::Listing;
use crate::console::stuck::shown::{COLUMNS, Cell, PlanShown, StuckShown, WatchShown};
use crate::domain::{OrderKey, Role, Roles, Task};
use crate::records::{Plan, PlannedAction};
use crate::stuck::alarm::Standing;
use crate::stuck::grid::Row;
use crate::stuck::rule::Severity;
use crate::work::plan::run::Progress;

/// What is being read.
#[derive(Debug, Default)]
pub struct Loads {
    /// The watch.
    pub watch: Load,
    /// The orders of the selected cell.
    pub cell: Load,
}

/// A part of the watch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// Merchants by age.
    #[default]
    Grid,
    /// The orders of the selected cell.
    Orders,
    /// The alerts.
    Alerts,
}

/// The state of the watch.
#[derive(Debug, Default)]
pub struct Stuck {
    /// The latest read; none before the first.
    pub seen: Option<WatchShown>,
    /// The selected merchant; none is all together.
    pub merchant: Option<String>,
    /// The index of the selected column.
    pub column: usize,
    /// A cell, and its first orders, those with the least time left.
    pub orders: Option<(Cell, Vec<StuckShown>)>,
    /// The selected order of the cell.
    pub order: Option<OrderKey>,
    /// The part with the focus.
    pub part: Part,
    /// The selected alert.
    pub alert: Option<String>,
    /// An alert, and the acknowledgement that was typed for it but not sent: for how long, and why.
    pub reason: (String, String, String),
    /// Alerts without an acknowledgement that were already notified, and their severity.
    pub rung: Option<Vec<(String, Severity)>>,
    /// A tick is being written.
    pub ticking: bool,
    /// What is being read.
    pub loads: Loads,
}

impl Stuck {
    /// The rows of the grid as they are drawn: the merchants, then all together.
    pub fn rows(&self) -> Vec<&Row> {
        self.seen.iter().flat_map(|seen| seen.grid.rows.iter().chain([&seen.grid.all])).collect()
    }

    /// The index of the selected row.
    pub fn at(&self) -> usize {
        let rows = self.rows();
        let last = rows.len().saturating_sub(1);
        let is_it = |name: &String| rows[..last].iter().position(|row| row.merchant == *name);
        self.merchant.as_ref().map_or(last, |name| is_it(name).unwrap_or(last))
    }

    /// The selected cell.
    pub fn cell(&self) -> Cell {
        let rows = self.rows();
        let last = rows.len().saturating_sub(1);
        // A merchant that is no longer in the grid is not selected.
        let merchant = rows.get(self.at()).filter(|_| self.at() < last).map(|row| row.merchant.clone());
        Cell { merchant, column: COLUMNS.get(self.column).copied().unwrap_or_default() }
    }

    /// The orders of the selected cell that were read; none before that.
    pub fn of_the_cell(&self) -> Option<&[StuckShown]> {
        let cell = self.cell();
        self.orders.as_ref().filter(|(of, _)| *of == cell).map(|(_, orders)| orders.as_slice())
    }

    /// The index of the selected order.
    pub fn order_at(&self) -> usize {
        let all = self.of_the_cell().unwrap_or_default();
        all.iter().position(|stuck| Some(&stuck.stored.order.key) == self.order.as_ref()).unwrap_or(0)
    }

    /// The open alerts, worst first; acknowledged ones after the others.
    pub fn open(&self, now: DateTime<Utc>) -> Vec<&Standing> {
        let mut open: Vec<&Standing> =
            self.seen.iter().flat_map(|seen| &seen.looked.standings).filter(|it| it.is_open()).collect();
        open.sort_by(|a, b| {
            let key = |it: &Standing| (it.is_quiet(now), std::cmp::Reverse(it.severity));
            key(a).cmp(&key(b)).then_with(|| a.alert.cmp(&b.alert))
        });
        open
    }

    /// The index of the selected alert.
    pub fn alert_at(&self, now: DateTime<Utc>) -> usize {
        self.open(now).iter().position(|it| Some(&it.alert) == self.alert.as_ref()).unwrap_or(0)
    }

    /// How many open alerts have no acknowledgement, and whether one of them is critical: the same count everywhere.
    pub fn alarms(&self, now: DateTime<Utc>) -> (usize, bool) {
        let loud: Vec<&Standing> = self.open(now).into_iter().filter(|standing| !standing.is_quiet(now)).collect();
        (loud.len(), loud.iter().any(|standing| standing.severity == Severity::Critical))
    }

    /// The merchant to look at first: the one with the oldest orders.
    pub fn worst(&self) -> Option<String> {
        Some(self.seen.as_ref()?.grid.rows.first()?.merchant.clone())
    }
}

/// Whether alerts concern a person with these roles.
pub fn concerns(roles: Roles) -> bool {
    roles.may(Task::Alert).is_ok() || roles.holds(Role::Viewer)
}

/// The list of plans.
#[derive(Debug, Default)]
pub struct Plans {
    /// Newest first; none until they are read.
    pub all: Option<Vec<Plan>>,
    /// The number of the selected plan.
    pub selected: Option<i64>,
    /// What was read of the selected one.
    pub rows: HashMap<i64, PlanShown>,
    /// The plan that is running here, and its progress.
    pub running: Option<(i64, Progress)>,
    /// Whether it was asked to pause.
    pub pausing: bool,
    /// The choices for the orders of a plan that was closed; none for orders that were left out.
    pub planned: HashMap<OrderKey, Option<PlannedAction>>,
    /// A plan opens as soon as all of this is read.
    pub awaits: Option<Listing>,
    /// The list of plans is being read.
    pub load: Load,
}

impl Plans {
    /// The line of the selected plan, if it is listed.
    pub fn at(&self) -> Option<usize> {
        self.all.as_ref()?.iter().position(|plan| Some(plan.number) == self.selected)
    }

    /// The selected plan: never another one.
    pub fn plan(&self) -> Option<&Plan> {
        self.all.as_ref()?.get(self.at()?)
    }
}
