//! What concerns a person: written by the database when it happens, kept until it is read.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::words::Concern;

/// One item of a person's inbox.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct InboxItem {
    /// Its number.
    pub id: i64,
    /// What happened.
    pub what: Concern,
    /// `provider:id` of the order, if it is about a case or a request.
    pub order_id: Option<String>,
    /// The number of the case.
    pub number: Option<i32>,
    /// The plan, if it is about a plan.
    pub plan: Option<i64>,
    /// The request, if it is about one.
    pub request: Option<i64>,
    /// The reason or the result, if there is one.
    pub words: Option<String>,
    /// Who did it; empty if it happened automatically.
    pub recorder: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// When this person read it.
    pub read_at: Option<DateTime<Utc>>,
}
