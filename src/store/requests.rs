//! Requests to providers: asked, claimed by a server, moved on, settled. What may follow what is judged by the database, too.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::postgres::PgPool;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::StoreError;
use super::row::unknown;
use crate::domain::{Currency, Money, OrderKey};
use crate::records::{Request, RequestState};

/// What is asked, as it is stored and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The order, and its version when it was asked.
    pub order: OrderKey,
    /// Its version.
    pub version: i32,
    /// The account that carries it.
    pub account: String,
    /// The action and its actor, as words.
    pub action: (&'static str, &'static str),
    /// The amount, if it has one.
    pub amount: Option<Money>,
    /// What only some actions need, as JSON.
    pub details: String,
    /// The method, path and type of the call.
    pub call: (&'static str, String, &'static str),
    /// The bytes to send.
    pub body: Vec<u8>,
    /// Our own mark.
    pub mark: Uuid,
    /// The note, and the reason code.
    pub note: Option<String>,
    /// The reason code.
    pub reason: Option<String>,
    /// The row of a plan that asks.
    pub plan: Option<(i64, i32)>,
    /// The command's id, and the digest of the command.
    pub request: (Uuid, Vec<u8>),
}

#[derive(FromRow)]
struct RequestRow {
    id: i64,
    order_id: String,
    version: i32,
    account: String,
    action: String,
    actor: String,
    amount: Option<i64>,
    currency: String,
    state: RequestState,
    attempts: i32,
    asked_by: String,
    created_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    reference: Option<String>,
    message: Option<String>,
    seq: Option<i32>,
    plan: Option<i64>,
}

impl TryFrom<RequestRow> for Request {
    type Error = StoreError;

    fn try_from(row: RequestRow) -> Result<Self, StoreError> {
        let currency = Currency::parse(&row.currency).map_err(|_| unknown("the currency", &row.currency))?;
        Ok(Self {
            id: row.id,
            order: OrderKey::parse(&row.order_id).ok_or_else(|| unknown("the order", &row.order_id))?,
            version: row.version,
            account: row.account,
            action: row.action.parse().map_err(|_| unknown("the action", &row.action))?,
            actor: row.actor.parse().map_err(|_| unknown("the actor", &row.actor))?,
            amount: row.amount.map(|minor| Money::new(minor, currency)),
            state: row.state,
            attempts: row.attempts,
            asked_by: row.asked_by,
            created_at: row.created_at,
            sent_at: row.sent_at,
            ended_at: row.ended_at,
            reference: row.reference,
            message: row.message,
            seq: row.seq,
            plan: row.plan,
        })
    }
}

/// A request that a server has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The request.
    pub request: Request,
    /// What only some actions need, as JSON.
    pub details: String,
    /// The method, path and type of the call.
    pub call: [String; 3],
    /// The bytes to send.
    pub body: Vec<u8>,
    /// Our own mark.
    pub mark: Uuid,
    /// The note, and the reason code.
    pub note: Option<String>,
    /// The reason code.
    pub reason: Option<String>,
    /// How often the order was read since it is unknown, and since when it is.
    pub looks: i32,
    /// Since when it is unknown.
    pub unknown_since: Option<DateTime<Utc>>,
    /// When a reading first showed no change.
    pub unchanged_at: Option<DateTime<Utc>>,
    /// The provider answered that the order is not where it was thought to be.
    pub conflict: bool,
}

#[derive(FromRow)]
struct ClaimedRow {
    id: i64,
    order_id: String,
    version: i32,
    account: String,
    action: String,
    actor: String,
    amount: Option<i64>,
    currency: String,
    details: String,
    method: String,
    path: String,
    content_type: String,
    body: Vec<u8>,
    mark: Uuid,
    note: Option<String>,
    reason: Option<String>,
    plan: Option<i64>,
    asked_by: String,
    state: RequestState,
    message: Option<String>,
    attempts: i32,
    created_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
    looks: i32,
    unknown_since: Option<DateTime<Utc>>,
    unchanged_at: Option<DateTime<Utc>>,
    conflict: bool,
}

impl TryFrom<ClaimedRow> for Claimed {
    type Error = StoreError;

    fn try_from(row: ClaimedRow) -> Result<Self, StoreError> {
        let request = RequestRow {
            id: row.id,
            order_id: row.order_id,
            version: row.version,
            account: row.account,
            action: row.action,
            actor: row.actor,
            amount: row.amount,
            currency: row.currency,
            state: row.state,
            attempts: row.attempts,
            asked_by: row.asked_by,
            created_at: row.created_at,
            sent_at: row.sent_at,
            ended_at: None,
            reference: None,
            message: row.message,
            seq: None,
            plan: row.plan,
        };
        Ok(Self {
            request: request.try_into()?,
            details: row.details,
            call: [row.method, row.path, row.content_type],
            body: row.body,
            mark: row.mark,
            note: row.note,
            reason: row.reason,
            looks: row.looks,
            unknown_since: row.unknown_since,
            unchanged_at: row.unchanged_at,
            conflict: row.conflict,
        })
    }
}

/// Stores what is asked, and returns its number.
///
/// # Errors
///
/// [`StoreError::Conflict`] if the command's id is known; [`StoreError::Refused`] if the database refuses it, as when another
/// request of the order is open or the order has moved.
pub async fn ask(connection: &mut PgConnection, asked: &Asked, person: &str) -> Result<i64, StoreError> {
    let (action, actor) = asked.action;
    let (method, path, content_type) = &asked.call;
    let id = sqlx::query_scalar(sql!("ask_request"))
        .bind(asked.order.to_string())
        .bind(asked.version)
        .bind(asked.order.provider.name())
        .bind(&asked.account)
        .bind(action)
        .bind(actor)
        .bind(asked.amount.map(|amount| amount.minor))
        .bind(&asked.details)
        .bind(method)
        .bind(path)
        .bind(content_type)
        .bind(&asked.body)
        .bind(asked.mark)
        .bind(&asked.note)
        .bind(&asked.reason)
        .bind(asked.plan.map(|plan| plan.0))
        .bind(asked.plan.map(|plan| plan.1))
        .bind(asked.request.0)
        .bind(&asked.request.1)
        .bind(person)
        .fetch_one(connection)
        .await?;
    Ok(id)
}

/// Which requests to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Which {
    /// Only this one.
    pub id: Option<i64>,
    /// Only those of this order.
    pub order: Option<String>,
    /// Only those in this state.
    pub state: Option<RequestState>,
    /// Only those before this number.
    pub before: Option<i64>,
}

/// Requests, the newest first, at most `most`.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or a request cannot be read.
pub async fn list(pool: &PgPool, which: &Which, most: i64) -> Result<Vec<Request>, StoreError> {
    let rows: Vec<RequestRow> = sqlx::query_as(sql!("requests"))
        .bind(which.id)
        .bind(&which.order)
        .bind(which.state.map(RequestState::name))
        .bind(which.before)
        .bind(most)
        .fetch_all(pool)
        .await?;
    rows.into_iter().map(Request::try_from).collect()
}

/// One request.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or it cannot be read.
pub async fn one(pool: &PgPool, id: i64) -> Result<Option<Request>, StoreError> {
    Ok(list(pool, &Which { id: Some(id), ..Which::default() }, 1).await?.pop())
}

/// The open requests of these orders.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or a request cannot be read.
pub async fn open_of(connection: &mut PgConnection, orders: &[String]) -> Result<Vec<Request>, StoreError> {
    let rows: Vec<RequestRow> = sqlx::query_as(sql!("request_open_of")).bind(orders).fetch_all(connection).await?;
    rows.into_iter().map(Request::try_from).collect()
}

/// How many requests of each account have not ended.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn open_by_account(pool: &PgPool) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(sqlx::query_as(sql!("open_requests")).fetch_all(pool).await?)
}

#[derive(FromRow)]
struct OfPlan {
    place: i32,
    #[sqlx(flatten)]
    request: RequestRow,
}

/// The last request of each of these rows of a plan, by place.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or a request cannot be read.
pub async fn of_plan(pool: &PgPool, plan: i64, places: &[i32]) -> Result<HashMap<i32, Request>, StoreError> {
    let rows: Vec<OfPlan> = sqlx::query_as(sql!("requests_of_plan")).bind(plan).bind(places).fetch_all(pool).await?;
    rows.into_iter().map(|row| Ok((row.place, row.request.try_into()?))).collect()
}

/// The request under a command's id, and the digest of the command.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn asked(pool: &PgPool, request: Uuid) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
    Ok(sqlx::query_as(sql!("request_asked")).bind(request).fetch_optional(pool).await?)
}

/// How a request goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved<'a> {
    /// Why, or the provider's words.
    pub message: Option<&'a str>,
    /// The provider's id of what was done.
    pub reference: Option<&'a str>,
    /// The transition that it led to.
    pub seq: Option<i32>,
}

/// Moves a request on, if it is still in the state that was seen. Returns whether it was.
///
/// # Errors
///
/// [`StoreError::Refused`] if that does not follow, or the person or login may not do it.
pub async fn step(
    connection: &mut PgConnection,
    (id, from, to): (i64, RequestState, RequestState),
    moved: &Moved<'_>,
    by: &str,
) -> Result<bool, StoreError> {
    let moved = sqlx::query_scalar(sql!("request_move"))
        .bind(id)
        .bind(from.name())
        .bind(to.name())
        .bind(moved.message)
        .bind(moved.reference)
        .bind(moved.seq)
        .bind(by)
        .fetch_one(connection)
        .await?;
    Ok(moved)
}

/// Claims the next requests of an account for this server, for so many seconds, and reads them.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the login may not serve.
pub async fn claim(
    pool: &PgPool,
    account: &str,
    most: i64,
    (server, lease): (Uuid, f64),
) -> Result<Vec<Claimed>, StoreError> {
    let ids: Vec<i64> = sqlx::query_scalar(sql!("claim_requests"))
        .bind(account)
        .bind(most)
        .bind(server)
        .bind(lease)
        .fetch_all(pool)
        .await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<ClaimedRow> = sqlx::query_as(sql!("claimed")).bind(ids).fetch_all(pool).await?;
    rows.into_iter().map(Claimed::try_from).collect()
}

/// When a request is taken up again, and what was found out about it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Later {
    /// In so many seconds.
    pub seconds: f64,
    /// How many readings were made.
    pub looks: i32,
    /// The reading showed no change.
    pub unchanged: bool,
    /// The provider answered that the order is not where it was thought to be.
    pub conflict: bool,
}

/// Gives a request back, to be taken up at another time.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn later(connection: &mut PgConnection, id: i64, later: Later) -> Result<(), StoreError> {
    sqlx::query(sql!("request_later"))
        .bind(id)
        .bind(later.seconds)
        .bind(later.looks)
        .bind(later.unchanged)
        .bind(later.conflict)
        .execute(connection)
        .await?;
    Ok(())
}

/// In how many seconds the next request of these accounts has its turn; `None` if there is none.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn next(pool: &PgPool, accounts: &[String]) -> Result<Option<f64>, StoreError> {
    Ok(sqlx::query_scalar(sql!("request_next")).bind(accounts).fetch_one(pool).await?)
}

/// Says that a claimed request is being sent, and holds it for so many seconds. Returns whether it was still this server's.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not allow it.
pub async fn begin(pool: &PgPool, id: i64, (server, lease): (Uuid, f64), by: &str) -> Result<bool, StoreError> {
    let ours = sqlx::query_scalar(sql!("begin_request")).bind(id).bind(server).bind(lease).bind(by);
    Ok(ours.fetch_optional(pool).await?.unwrap_or(false))
}

/// Asks now about what is not known of these orders: their provider said something.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn wake(connection: &mut PgConnection, orders: &[String]) -> Result<(), StoreError> {
    sqlx::query(sql!("wake_requests")).bind(orders).execute(connection).await?;
    Ok(())
}
