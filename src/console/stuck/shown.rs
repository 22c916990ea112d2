//! What is read of stuck orders, and what is shown next to one.

use crate::query;
use crate::records::{Evidence, InPlan, OrderRecord, Tick};
use crate::stuck::STUCK;
use crate::stuck::band::Band;
use crate::stuck::grid::{Grid, Hour};
use crate::stuck::why::Why;
use crate::work::watcher::Looked;

/// What one read of the watch brought.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WatchShown {
    /// Age by merchant.
    pub grid: Grid,
    /// Orders that entered and left Approved, hour by hour.
    pub flow: Vec<Hour>,
    /// The alerts.
    pub looked: Looked,
}

/// A cell of the grid: one merchant or all, one band or all.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cell {
    /// The merchant; none is all of them, empty is orders without a merchant.
    pub merchant: Option<String>,
    /// The band; none is all of them.
    pub band: Option<Band>,
}

impl Cell {
    /// The query that finds its orders.
    pub fn query(&self) -> String {
        let mut terms = vec![format!("status:{}", STUCK.name())];
        terms.extend(self.merchant.as_deref().map(|name| format!("merchant={}", query::quoted(name))));
        terms.extend(self.band.map(Band::query).filter(|query| !query.is_empty()));
        terms.join(" ")
    }
}

/// A stuck order, and why it is stuck.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StuckShown {
    /// The order.
    pub stored: OrderRecord,
    /// Why.
    pub why: Why,
}

/// What is shown next to an order's log.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Related {
    /// Why it is stuck, if it is.
    pub why: Option<Why>,
    /// What was tried and observed, oldest first.
    pub evidence: Vec<Evidence>,
    /// The plans it is in, newest first.
    pub plans: Vec<InPlan>,
    /// The ticked steps of its runbook.
    pub ticks: Vec<Tick>,
}

/// One row of a saved plan, for reading.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RowShown {
    /// The order's id.
    pub order: String,
    /// What is done to it.
    pub doing: String,
    /// Its expected or recorded outcome.
    pub comes_to: String,
}
