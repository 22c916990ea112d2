//! What is read of stuck orders, and what is shown next to one.

use crate::cases::duty::OnCall;
use crate::console::drift::shown::Differing;
use crate::domain::tamara;
use crate::query;
use crate::records::{Evidence, InPlan, OrderRecord, Request, Tick};
use crate::stuck::STUCK;
use crate::stuck::band::Band;
use crate::stuck::grid::{Grid, Hour, Row};
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
    /// Who is on call.
    #[serde(default)]
    pub on_call: Vec<OnCall>,
}

/// A column of the grid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Column {
    /// Orders at Approved in this band.
    Band(Band),
    /// All orders at Approved.
    #[default]
    All,
    /// Orders that are authorised here and not confirmed by the provider: they may still be at Approved there.
    Unconfirmed,
    /// Orders with drift, at any status.
    Drift,
    /// Orders that are presumed expired and not at Approved.
    Expired,
}

/// The columns, left to right.
pub const COLUMNS: [Column; 9] = [
    Column::Band(Band::Fresh),
    Column::Band(Band::Half),
    Column::Band(Band::Late),
    Column::Band(Band::Last),
    Column::Band(Band::Over),
    Column::All,
    Column::Unconfirmed,
    Column::Drift,
    Column::Expired,
];

impl Column {
    /// How many orders a line of the grid has in it.
    pub fn count(self, row: &Row) -> i64 {
        match self {
            Self::Band(band) => row.cells[band as usize].orders,
            Self::All => row.whole.orders,
            Self::Unconfirmed => row.unconfirmed,
            Self::Drift => row.drift,
            Self::Expired => row.expired,
        }
    }
}

/// A cell of the grid: one merchant or all, and a column.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cell {
    /// The merchant; none is all of them, empty is orders without a merchant.
    pub merchant: Option<String>,
    /// The column.
    pub column: Column,
}

impl Cell {
    /// The query that finds exactly the orders that it counts.
    pub fn query(&self) -> String {
        let approved = || format!("status:{}", STUCK.name());
        let mut terms = match self.column {
            Column::Band(band) => vec![approved(), band.query()],
            Column::All => vec![approved()],
            Column::Unconfirmed => {
                vec!["unconfirmed".to_owned(), format!("status:{}", tamara::Status::Authorised.status().name())]
            }
            Column::Drift => vec!["drift".to_owned()],
            Column::Expired => vec!["expired".to_owned(), format!("-{}", approved())],
        };
        terms.extend(self.merchant.as_deref().map(|name| format!("merchant={}", query::quoted(name))));
        terms.retain(|term| !term.is_empty());
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
    /// What was asked of its provider last, newest first.
    #[serde(default)]
    pub requests: Vec<Request>,
    /// The account that sends for it, if one does.
    #[serde(default)]
    pub account: Option<String>,
    /// How it differs from what its provider shows, if it does.
    #[serde(default)]
    pub drift: Option<Differing>,
}

impl Related {
    /// The request that is under way, if one is.
    pub fn asking(&self) -> Option<&Request> {
        self.requests.iter().find(|request| request.state.is_open())
    }
}

/// The first rows of a saved plan, and how many of all its rows the provider has confirmed.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PlanShown {
    /// The first rows.
    pub rows: Vec<RowShown>,
    /// How many of those recorded are confirmed.
    pub confirmed: i64,
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
