//! Reads what a command on a case is judged by, in one round trip.

use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::{policy, read};
use crate::cases::Policy;
use crate::domain::{OrderKey, Role, Roles};
use crate::records::{Case, OrderRecord, Payout, Proposal};
use crate::store::StoreError;
use crate::store::row::OrderRow;

/// What is read to judge a command and to write it.
#[derive(Debug, Clone)]
pub struct Found {
    /// The open case of the order, or else its latest.
    pub case: Case,
    /// The order.
    pub stored: OrderRecord,
    /// The policy in force.
    pub policy: Policy,
    /// The latest proposal in the case.
    pub proposal: Option<Proposal>,
    /// The payouts of the order, the seller's first.
    pub payouts: Vec<Payout>,
    /// The roles of the other person that the command names.
    pub other: Roles,
    /// Something is recorded under the request id.
    pub requested: bool,
}

#[derive(FromRow)]
struct Row {
    #[sqlx(flatten)]
    order: OrderRow,
    detail: String,
    policy_number: i32,
    policy_body: String,
    requested: bool,
}

#[derive(serde::Deserialize)]
struct Detail {
    case: Case,
    proposal: Option<Proposal>,
    payouts: Vec<Payout>,
    registered: bool,
    roles: Vec<String>,
}

/// Reads the case of an order for a command; `None` if it has none. `other` is another person that the command names.
///
/// # Errors
///
/// [`StoreError`] if it cannot be read.
pub async fn found(
    connection: &mut PgConnection,
    key: &OrderKey,
    request: Uuid,
    other: Option<&str>,
) -> Result<Option<Found>, StoreError> {
    let query = sqlx::query_as(sql!("case_judge")).bind(key.to_string()).bind(request).bind(other);
    let Some(row): Option<Row> = query.fetch_optional(connection).await? else { return Ok(None) };
    let detail: Detail = read::read_json("a case", &row.detail)?;
    let roles = || detail.roles.iter().filter_map(|name| name.parse::<Role>().ok()).collect();
    Ok(Some(Found {
        case: detail.case,
        stored: row.order.try_into()?,
        policy: policy::read(row.policy_number, &row.policy_body)?,
        proposal: detail.proposal,
        payouts: detail.payouts,
        other: if detail.registered { roles() } else { Roles::UNREGISTERED },
        requested: row.requested,
    }))
}
