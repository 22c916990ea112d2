//! The report on a period of the dispute desk.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;

use super::words::{CaseStage, DecisionBasis};

/// The cases of one day.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize)]
pub struct Day {
    /// The day, in the zone of the report.
    pub day: NaiveDate,
    /// Cases opened.
    pub came: i64,
    /// Cases decided.
    pub decided: i64,
    /// Cases closed.
    pub closed: i64,
}

/// The totals of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow, serde::Serialize)]
pub struct Totals {
    /// Open at the end of the period.
    pub backlog: i64,
    /// Opened in the period.
    pub came: i64,
    /// Of those, on orders that had a case before.
    pub reopened: i64,
    /// Of those, escalated after a missed deadline.
    pub escalated: i64,
    /// Open, and past a deadline at the end of the period.
    pub overdue: i64,
    /// Payouts of what was decided in the period.
    pub payouts: i64,
    /// Of those, that failed or came back at least once.
    pub failed: i64,
}

/// By what the cases behind a bar of a report have in common.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, strum::EnumString, strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Common {
    /// An agent decided them.
    Agent,
    /// They are of a merchant.
    Merchant,
    /// They were decided for a reason.
    Reason,
    /// They were opened in the week that begins with a day.
    Week,
}

/// A case behind a bar of a report.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Behind {
    /// The order, as `provider:id`.
    pub order_id: String,
    /// The number of the case.
    pub number: i32,
    /// The currency.
    pub currency: String,
    /// The amount held, in minor units.
    pub amount: i64,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Its reason.
    pub reason: Option<String>,
    /// Its stage.
    pub stage: CaseStage,
    /// How it was decided.
    pub basis: Option<DecisionBasis>,
    /// In minor units.
    pub to_seller: Option<i64>,
    /// In minor units.
    pub to_buyer: Option<i64>,
}

/// How long something took, in seconds.
#[derive(Debug, Clone, PartialEq, FromRow, serde::Serialize)]
pub struct Took {
    /// A status, `decision` or `first_answer`.
    pub status: String,
    /// How many times.
    pub times: i64,
    /// The median, in seconds.
    pub median: f64,
    /// The 90th percentile, in seconds.
    pub ninetieth: f64,
}

/// How many decisions had the same outcome.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize)]
pub struct Outcome {
    /// A reason code; empty if none was given.
    pub reason: String,
    /// `settled`, `withdrawn` or `reported`.
    pub basis: String,
    /// `pay_seller`, `refund_buyer` or `split`.
    pub outcome: String,
    /// The currency.
    pub currency: String,
    /// How many decisions.
    pub cases: i64,
    /// In minor units.
    pub to_seller: String,
    /// In minor units.
    pub to_buyer: String,
}

/// The decisions of an agent.
#[derive(Debug, Clone, PartialEq, FromRow, serde::Serialize)]
pub struct Agent {
    /// The agent.
    pub agent: String,
    /// Cases they decided.
    pub decided: i64,
    /// Of those, approved by someone else.
    pub approved_by_others: i64,
    /// The median time to a decision, in seconds.
    pub median: f64,
}

/// The cases of a merchant.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize)]
pub struct Merchant {
    /// The merchant; empty if not known.
    pub merchant: String,
    /// Cases opened.
    pub cases: i64,
    /// Of those, decided.
    pub decided: i64,
    /// Decided fully for the buyer.
    pub refunded: i64,
    /// Split between buyer and seller.
    pub split: i64,
}

/// What was captured and refunded on a day, for a merchant, in a currency. Amounts are in major units.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Moved {
    /// The day, in the zone of the report.
    pub day: NaiveDate,
    /// The merchant; empty if not known.
    pub merchant: String,
    /// The currency.
    pub currency: &'static str,
    /// How much was captured.
    pub captured: String,
    /// How many captures.
    pub captures: i64,
    /// How much was refunded.
    pub refunded: String,
    /// How many refunds.
    pub refunds: i64,
}

/// What a desk did in a period, and what moved with Tamara.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Report {
    /// The start of the period, included.
    pub from: DateTime<Utc>,
    /// The end of the period, excluded.
    pub to: DateTime<Utc>,
    /// The totals.
    pub totals: Totals,
    /// By day.
    pub days: Vec<Day>,
    /// How long things took.
    pub times: Vec<Took>,
    /// Outcomes of decisions, by reason.
    pub outcomes: Vec<Outcome>,
    /// By agent, most decisions first.
    pub agents: Vec<Agent>,
    /// By merchant, most cases first.
    pub merchants: Vec<Merchant>,
    /// What Tamara captured and refunded, by day, merchant and currency.
    pub money: Vec<Moved>,
}
