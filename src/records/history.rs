//! What the people of an order had to do with the desk before.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::words::{CaseStage, DecisionBasis, Shared};

/// An earlier order of the same people, and one of its cases if it had one.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Met {
    /// What is the same.
    pub same: Shared,
    /// The order, as `provider:id`.
    pub order_id: String,
    /// Its status.
    pub status: String,
    /// Its currency.
    pub currency: String,
    /// Its amount, in minor units.
    pub amount: i64,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// The number of the case, if it had one.
    pub number: Option<i32>,
    /// The reason of the case.
    pub reason: Option<String>,
    /// The stage of the case.
    pub stage: Option<CaseStage>,
    /// When the case was opened.
    pub case_at: Option<DateTime<Utc>>,
    /// How it was decided.
    pub basis: Option<DecisionBasis>,
    /// In minor units.
    pub to_seller: Option<i64>,
    /// In minor units.
    pub to_buyer: Option<i64>,
}

impl Met {
    /// The order's id without its provider.
    pub fn id(&self) -> &str {
        self.order_id.split_once(':').map_or(&self.order_id, |(_, id)| id)
    }
}
