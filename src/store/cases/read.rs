//! Reads cases: one with all its details, pages of a queue, counts. A page costs the same at any depth.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, FromRow, PgConnection, PgExecutor};

use crate::domain::Parts;
use crate::query::Sieve;
use crate::records::Queue;
use crate::records::{Case, CaseDetail, CaseEvent, CasePlace, Hint, Met, Payout};
use crate::store::StoreError;
use crate::store::page::ranges;

/// The parts of proposals that wait for approval, by order, each with the version of the order that it is for.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn waiting_proposals(
    connection: &mut PgConnection,
    orders: &[String],
) -> Result<Vec<(String, i32, Parts, DateTime<Utc>)>, StoreError> {
    let rows: Vec<(String, i32, i64, i64, DateTime<Utc>)> =
        sqlx::query_as(sql!("waiting_proposals")).bind(orders).fetch_all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|(order, version, to_seller, to_buyer, at)| (order, version, Parts { to_seller, to_buyer }, at))
        .collect())
}

/// A case with all its details, in one round trip. Without a number, the open case of an order, or else its latest.
///
/// # Errors
///
/// [`StoreError`] if it cannot be read.
pub async fn whole(
    executor: impl PgExecutor<'_>,
    order: &str,
    number: Option<i32>,
) -> Result<Option<CaseDetail>, StoreError> {
    let text: Option<String> =
        sqlx::query_scalar(sql!("case_whole")).bind(order).bind(number).fetch_optional(executor).await?;
    text.map(|text| read_json("a case", &text)).transpose()
}

/// The payouts of an order, the seller's first.
///
/// # Errors
///
/// [`StoreError`] if they cannot be read.
pub async fn payouts(pool: &PgPool, order: &str) -> Result<Vec<Payout>, StoreError> {
    Ok(sqlx::query_as(sql!("payouts_of")).bind(order).fetch_all(pool).await?)
}

/// The events of the other cases of an order, each with the number of its case.
///
/// # Errors
///
/// [`StoreError`] if they cannot be read.
pub async fn others(pool: &PgPool, order: &str, number: i32) -> Result<Vec<(i32, CaseEvent)>, StoreError> {
    let events: Vec<(i32, String)> = sqlx::query_as(sql!("case_events")).bind(order).fetch_all(pool).await?;
    let others = events.into_iter().filter(|event| event.0 != number);
    others.map(|(number, event)| Ok((number, read_json("an event of a case", &event)?))).collect()
}

/// Reads a record that the database wrote as JSON.
pub(super) fn read_json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    let foreign = |error| StoreError::Foreign(format!("this program cannot read {what} of this database: {error}"));
    serde_json::from_str(text).map_err(foreign)
}

/// The open cases that a person has, the most urgent first.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or one of them cannot be read.
pub async fn owned(pool: &PgPool, person: &str, most: i64) -> Result<Vec<Case>, StoreError> {
    Ok(sqlx::query_as(sql!("cases_owned")).bind(person).bind(most).fetch_all(pool).await?)
}

/// The event that attached this file to a case, if one did.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn attached(
    connection: &mut PgConnection,
    (order, number): (&str, i32),
    digest: &[u8],
) -> Result<Option<i32>, StoreError> {
    Ok(sqlx::query_scalar(sql!("case_file_same"))
        .bind(order)
        .bind(number)
        .bind(digest)
        .fetch_optional(connection)
        .await?)
}

/// The condition of a queue, over `dispute_case c`.
const fn condition(queue: Queue) -> &'static str {
    match queue {
        Queue::Mine => "open and owner = {person} and queue <> 'snoozed'",
        Queue::Unclaimed => "queue = 'working' and owner is null",
        Queue::Working => "queue = 'working' and owner is not null",
        Queue::Snoozed => "queue = 'snoozed'",
        Queue::WaitingBuyer => "queue = 'waiting_buyer'",
        Queue::WaitingSeller => "queue = 'waiting_seller'",
        Queue::Proposed => "queue = 'proposed'",
        Queue::Unpaid => "queue = 'unpaid'",
        Queue::Failed => "queue = 'failed'",
        Queue::Returned => "queue = 'returned'",
        Queue::Overdue => "open and rank < micros({now})",
        Queue::Open => "open",
        Queue::Closed => "queue = 'closed'",
    }
}

/// The statement for a page of a queue, with an optional filter on the orders.
fn statement(queue: Queue, sieve: Option<&Sieve>) -> String {
    // A parameter that the queue does not use still needs a type.
    let typed = "and ({person}::text is null or true) and ({now}::timestamptz is null or true)";
    let body = |text: &'static str| text.split_once('\n').map_or("", |(_, body)| body);
    let passing = sieve.map_or_else(String::new, |sieve| {
        body(sql!("case_sieve")).replace("{sieve}", body(sql!("sieve"))).replace("{cases}", &sieve.clauses.sql("$19"))
    });
    let mut text =
        sql!("case_page").replace("{queue}", &format!("{} {typed}", condition(queue))).replace("{where}", &passing);
    let first = if sieve.is_some() { 20 } else { 1 };
    for (number, name) in (first..).zip(["{rank}", "{amount}", "{order}", "{number}", "{limit}", "{person}", "{now}"]) {
        text = text.replace(name, &format!("${number}"));
    }
    text
}

/// Every statement that queues can produce, for checks of their query plans.
pub fn statements() -> Vec<String> {
    use strum::VariantArray;
    let sieve = crate::query::Query::default().sieve("", DateTime::<Utc>::UNIX_EPOCH, true);
    let plain = Queue::VARIANTS.iter().map(|queue| statement(*queue, None));
    plain.chain([statement(Queue::Open, Some(&sieve))]).collect()
}

/// What to read from a queue.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The queue.
    pub queue: Queue,
    /// The person, for the queue of one person.
    pub person: &'a str,
    /// The time at which deadlines are compared.
    pub now: DateTime<Utc>,
    /// Only cases whose orders pass this filter.
    pub sieve: Option<&'a Sieve>,
}

/// A page of a queue, the most urgent first; for closed cases, the latest first.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or one of the cases cannot be read.
pub async fn page(pool: &PgPool, wanted: Wanted<'_>, after: &CasePlace, limit: i64) -> Result<Vec<Case>, StoreError> {
    let mut query = sqlx::query_as(AssertSqlSafe(statement(wanted.queue, wanted.sieve)));
    if let Some(sieve) = wanted.sieve {
        let names: Vec<String> = sieve.statuses.iter().map(|status| status.full_name()).collect();
        let none = None::<String>;
        query = ranges(query.bind(names).bind(none.clone()).bind(none.clone()).bind(none), sieve);
        query = query.bind(&sieve.clauses.values);
    }
    let query = query.bind(after.rank).bind(after.amount).bind(&after.order_id).bind(after.number).bind(limit);
    Ok(query.bind(wanted.person).bind(wanted.now).fetch_all(pool).await?)
}

/// How many cases are in each queue, by name, counted up to `most`: a large backlog must not slow down a key press.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn counts(
    pool: &PgPool,
    person: &str,
    now: DateTime<Utc>,
    most: i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(sqlx::query_as(sql!("case_counts")).bind(person).bind(now).bind(most).fetch_all(pool).await?)
}

/// A file with its content.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Content {
    /// The event that attached it.
    pub seq: i32,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub kind: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// Their SHA-256, in hex.
    pub digest: String,
}

/// A file of a case, by the number of its event or by its name.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn content(pool: &PgPool, order: &str, number: i32, called: &str) -> Result<Option<Content>, StoreError> {
    Ok(sqlx::query_as(sql!("case_content"))
        .bind(order)
        .bind(number)
        .bind(called.parse::<i32>().ok())
        .bind(called)
        .fetch_optional(pool)
        .await?)
}

/// Earlier orders and cases of an order's people, the strongest match first.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or one of them cannot be read.
pub async fn history(pool: &PgPool, order: &str, most: i64) -> Result<Vec<Met>, StoreError> {
    Ok(sqlx::query_as(sql!("history")).bind(order).bind(most).fetch_all(pool).await?)
}

/// Earlier cases with the same people.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn hints(pool: &PgPool, case: &Case) -> Result<Vec<Hint>, StoreError> {
    let query = sqlx::query_as(sql!("case_hints")).bind(&case.order_id).bind(case.number);
    Ok(query.bind(&case.buyer).bind(&case.seller).bind(&case.merchant).fetch_all(pool).await?)
}
