//! Checks the hash chain, the projection and the tallies by recomputing them outside the database.
//!
//! The chain proves that no row of an order's log was changed, removed from the middle or inserted without recomputing
//! every later hash. It cannot prove that someone with the owner's rights did not recompute a whole chain. If that
//! matters, keep the hashes of the last rows elsewhere.

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

mod texts;

use self::texts::{Gone, lacks_word, texts_differ};
use super::cases::policy;
use super::row::{OrderRow, parts};
use super::seals::{self, Unfit};
use super::{Store, StoreError};
use crate::domain::{Actor, Ask, By, Money, Order, OrderKey, decide};
use crate::records::OrderRecord;

/// How often the progress is told: after so many orders.
const TOLD: u64 = 5_000;

/// An error, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The order, the status of a tally, or the merchant of a watch sum.
    pub place: String,
    /// The order's version, if the error is in one.
    pub seq: Option<i32>,
    /// What is wrong.
    pub what: String,
}

/// An order as stored, and what was erased of it.
#[derive(Debug, FromRow)]
struct Stored {
    #[sqlx(flatten)]
    order: OrderRow,
    erased: Option<Vec<String>>,
    names_at: Option<DateTime<Utc>>,
    notes_at: Option<DateTime<Utc>>,
    names_salt: Option<Vec<u8>>,
    names_digest: Option<Vec<u8>>,
}

/// What was checked, and what is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Orders checked.
    pub orders: u64,
    /// Transitions checked.
    pub transitions: u64,
    /// Orders of which something personal was erased, as the policy allows.
    pub erased: u64,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

#[derive(Debug, FromRow)]
struct LogRow {
    order_id: String,
    seq: i32,
    law: i32,
    provider: String,
    from_status: String,
    action: String,
    actor: String,
    to_status: String,
    total: i64,
    amount: Option<i64>,
    authorised: i64,
    canceled: i64,
    captured: i64,
    refunded: i64,
    attempt: i16,
    rejection_pending: bool,
    outcome: Option<String>,
    to_seller: Option<i64>,
    to_buyer: Option<i64>,
    due_at: Option<DateTime<Utc>>,
    happened_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
    source: String,
    recorder: String,
    login: String,
    reason: Option<String>,
    note: Option<String>,
    salt: Option<Vec<u8>>,
    personal: Option<Vec<u8>>,
    reference: Option<String>,
    of_capture: Option<String>,
    inferred: bool,
    contradictory: bool,
    request_id: Option<Uuid>,
    request_digest: Option<Vec<u8>>,
    epoch: i32,
    xid: String,
    hash: Vec<u8>,
    state: String,
    before: String,
    needs_confirmation: bool,
}

/// Reads the order book in one snapshot, one order in memory at a time, and reports what is wrong. With `since`, only orders and
/// chains that grew since then, so that the effort is in proportion to what is new; sums over all orders are then left out.
/// Tells the progress now and then.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer. What is wrong in the order book is in the
/// report and is not an error.
pub async fn verify(
    store: &Store,
    since: Option<DateTime<Utc>>,
    mut progress: impl FnMut(&Report),
) -> Result<Report, StoreError> {
    let mut log_side = store.pool.acquire().await?;
    let mut order_side = store.pool.acquire().await?;
    sqlx::raw_sql("begin isolation level repeatable read read only; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0")
        .execute(&mut *log_side)
        .await?;
    let snapshot: String = sqlx::query_scalar("select pg_export_snapshot()").fetch_one(&mut *log_side).await?;
    // Safe to insert: the server generated the snapshot's name.
    let same = format!(
        "begin isolation level repeatable read read only; set transaction snapshot '{snapshot}'; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(same)).execute(&mut *order_side).await?;
    let mut report = Report::default();
    walk(&mut log_side, &mut order_side, since, &mut report, &mut progress).await?;
    if since.is_none() {
        tallies(&mut log_side, &mut report).await?;
        watched(&mut log_side, &mut report).await?;
        unconfirmed(&mut log_side, &mut report).await?;
        drifted(&mut log_side, &mut report).await?;
        statements(&mut log_side, &mut report).await?;
    }
    report.faults.extend(cases(&mut log_side, since).await?);
    sqlx::raw_sql("rollback").execute(&mut *log_side).await?;
    sqlx::raw_sql("rollback").execute(&mut *order_side).await?;
    Ok(report)
}

/// What is wrong with cases, decisions, payouts, files and who recorded them, and what does not fit its seals. Needs a transaction.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn cases(connection: &mut PgConnection, since: Option<DateTime<Utc>>) -> Result<Vec<Fault>, StoreError> {
    let wrong: Vec<(String, String)> = sqlx::query_as(sql!("verify_cases")).fetch_all(&mut *connection).await?;
    let allowed: Vec<(String, String)> =
        sqlx::query_as(sql!("verify_roles")).bind(since).fetch_all(&mut *connection).await?;
    let found: Vec<(String, String)> =
        sqlx::query_as(sql!("verify_found")).bind(since).fetch_all(&mut *connection).await?;
    let asked: Vec<(String, String)> =
        sqlx::query_as(sql!("verify_requests")).bind(since).fetch_all(&mut *connection).await?;
    let unsaid = policy::unsaid(connection).await?.into_iter();
    let unsaid = unsaid
        .map(|number| (format!("policy {number}"), "its text says something else than what is enforced".to_owned()));
    let unfit = seals::unfit(connection, since).await?.into_iter().map(|Unfit { chain, what }| (chain, what));
    Ok(wrong
        .into_iter()
        .chain(allowed)
        .chain(found)
        .chain(asked)
        .chain(unsaid)
        .chain(unfit)
        .map(|(place, what)| Fault { place, seq: None, what })
        .collect())
}

/// Reads orders and log in parallel, both sorted by order name.
async fn walk(
    log_side: &mut PgConnection,
    order_side: &mut PgConnection,
    since: Option<DateTime<Utc>>,
    report: &mut Report,
    progress: &mut impl FnMut(&Report),
) -> Result<(), StoreError> {
    let mut rows = sqlx::query_as::<_, LogRow>(sql!("verify_log")).bind(since).fetch(log_side);
    let mut orders = sqlx::query_as::<_, Stored>(sql!("verify_orders")).bind(since).fetch(order_side);
    let mut next = rows.try_next().await?;
    while let Some(Stored { order, erased, names_at, notes_at, names_salt, names_digest }) = orders.try_next().await? {
        let (name, odd) = (order.name().to_owned(), order.is_odd());
        let gone = Gone { names_at, notes_at, names_salt, names_digest };
        let stored = OrderRecord::try_from(order);
        report.orders += 1;
        report.erased += u64::from(erased.is_some());
        if report.orders.is_multiple_of(TOLD) {
            progress(report);
        }
        while let Some(row) = next.take_if(|row| row.order_id < name) {
            report.fault(&row.order_id, Some(row.seq), "a transition of an order that does not exist".to_owned());
            next = rows.try_next().await?;
        }
        let mut fold = Fold::default();
        while let Some(row) = next.take_if(|row| row.order_id == name) {
            report.transitions += 1;
            if let Some(what) = stored.as_ref().ok().and_then(|stored| fold.take(stored, &gone, &row)) {
                report.fault(&name, Some(row.seq), what);
            }
            next = rows.try_next().await?;
        }
        match &stored {
            Ok(_) if odd => report.fault(&name, None, "the order has values that no order can have".to_owned()),
            Ok(stored) => fold.differs(stored).into_iter().for_each(|what| report.fault(&name, None, what)),
            Err(error) => report.fault(&name, None, error.to_string()),
        }
    }
    while let Some(row) = next {
        report.fault(&row.order_id, Some(row.seq), "a transition of an order that does not exist".to_owned());
        next = rows.try_next().await?;
    }
    Ok(())
}

async fn tallies(connection: &mut PgConnection, report: &mut Report) -> Result<(), StoreError> {
    let wrong: Vec<(String, String, String, i64, i64, String, String)> =
        sqlx::query_as(sql!("verify_tally")).fetch_all(connection).await?;
    for (provider, status, currency, told, orders, amount_told, amount) in wrong {
        let what = format!(
            "the tally has {told} orders and {amount_told} minor units of {currency}; the orders have {orders} and {amount}"
        );
        report.fault(&format!("{provider} {status}"), None, what);
    }
    Ok(())
}

/// Kind, merchant, currency, hour; orders in the watch's sums and in the book; amounts likewise.
type Apart = (String, String, String, DateTime<Utc>, i64, i64, String, String);

async fn watched(connection: &mut PgConnection, report: &mut Report) -> Result<(), StoreError> {
    let wrong: Vec<Apart> = sqlx::query_as(sql!("verify_watch")).fetch_all(connection).await?;
    for (kind, merchant, currency, hour, told, orders, amount_told, amount) in wrong {
        let what = format!(
            "the watch has {told} {kind} and {amount_told} minor units of {currency} in the hour from {hour}; the order book has {orders} and {amount}"
        );
        report.fault(&format!("merchant {merchant:?}"), None, what);
    }
    Ok(())
}

async fn unconfirmed(connection: &mut PgConnection, report: &mut Report) -> Result<(), StoreError> {
    let wrong: Vec<(String, i64, i64)> = sqlx::query_as(sql!("verify_unconfirmed")).fetch_all(connection).await?;
    for (name, told, moves) in wrong {
        report.fault(
            &name,
            None,
            format!("the order has {told} unconfirmed transitions; its log has {moves}, or since another time"),
        );
    }
    Ok(())
}

async fn drifted(connection: &mut PgConnection, report: &mut Report) -> Result<(), StoreError> {
    let wrong: Vec<(String, String, String)> = sqlx::query_as(sql!("verify_drift")).fetch_all(connection).await?;
    for (name, told, gives) in wrong {
        let what = format!("its drift is {told}; its status and the provider's last answer give {gives}");
        report.fault(&name, None, what);
    }
    Ok(())
}

async fn statements(connection: &mut PgConnection, report: &mut Report) -> Result<(), StoreError> {
    let wrong: Vec<(String, String, String)> = sqlx::query_as(sql!("verify_statements")).fetch_all(connection).await?;
    for (number, name, what) in wrong {
        report.fault(format!("statement {number} {name}").trim_end(), None, what);
    }
    Ok(())
}

impl Report {
    fn fault(&mut self, place: &str, seq: Option<i32>, what: String) {
        self.faults.push(Fault { place: place.to_owned(), seq, what });
    }
}

/// One order's log, folded up to the last row read.
#[derive(Default)]
struct Fold {
    order: Option<Order>,
    last: i32,
    hash: Vec<u8>,
    state: String,
    broken: bool,
}

impl Fold {
    /// Takes the next row and returns what is wrong with it. After an order's first error, the rest is not checked.
    fn take(&mut self, stored: &OrderRecord, gone: &Gone, row: &LogRow) -> Option<String> {
        let hash = hash(&self.hash, row, stored);
        let gap = row.seq != self.last + 1;
        let before = std::mem::replace(&mut self.state, row.state.clone());
        (self.last, self.hash) = (row.seq, row.hash.clone());
        if self.broken {
            return None;
        }
        let what = if gap {
            Some(format!("version {} is missing from the log", row.seq - 1))
        } else if hash != row.hash {
            Some("the hash chain is broken: this transition or its order was changed later".to_owned())
        } else if row.order_id.split_once(':').is_none_or(|(provider, _)| provider != row.provider) {
            Some("its provider is not the order's".to_owned())
        } else if let Some(what) = texts_differ(row, stored, gone) {
            Some(what.to_owned())
        } else if lacks_word(row) {
            Some("a person recorded a party's word without saying how they know".to_owned())
        } else if row.needs_confirmation != needs_confirmation(row) {
            Some("whether the provider has to confirm it is not what the law gives".to_owned())
        } else if row.state != state(row) || (row.seq > 1 && row.before != before) {
            Some("its recorded state before or after does not match the log".to_owned())
        } else {
            self.step(stored, row).err()
        };
        self.broken = what.is_some();
        what
    }

    fn step(&mut self, stored: &OrderRecord, row: &LogRow) -> Result<(), String> {
        let key = OrderKey::parse(&row.order_id).ok_or("this is not a valid order name")?;
        let Some(order) = self.order.take() else {
            let amount = Money::new(row.total, stored.order.amount.currency);
            let order = Order::open(key, amount, row.happened_at);
            let same = row.action == "open" && row.to_status == order.status.name();
            self.order = Some(order);
            return if same { Ok(()) } else { Err("the log does not start with the opening".to_owned()) };
        };
        let action = row.action.parse().map_err(|_| format!("the action {:?} is not known", row.action))?;
        let actor = row.actor.parse().map_err(|_| format!("the actor {:?} is not known", row.actor))?;
        let bears = order.status.rules().iter().any(|rule| rule.action == action && rule.guard.pot().is_some());
        let ask = Ask {
            amount: row.amount.filter(|_| bears).map(|minor| order.money(minor)),
            parts: parts(row.to_seller, row.to_buyer),
            ..Ask::new(action, actor, row.happened_at, By::Notice)
        };
        let step = decide(&order, &ask).map_err(|refusal| format!("the law refuses it: {refusal}"))?;
        let after = step.into_order();
        let facts = &after.facts;
        let same = (facts.authorised, facts.canceled, facts.captured, facts.refunded)
            == (row.authorised, row.canceled, row.captured, row.refunded)
            && (facts.attempt, facts.rejection_pending) == (row.attempt, row.rejection_pending)
            && (facts.parts, facts.outcome.map(|outcome| outcome.name()))
                == (parts(row.to_seller, row.to_buyer), row.outcome.as_deref())
            && (after.status.name(), after.due_at()) == (row.to_status.as_str(), row.due_at);
        self.order = Some(after);
        if same { Ok(()) } else { Err("its amounts, status or deadline are not what the law gives".to_owned()) }
    }

    /// How the stored order differs from its log, if it does.
    fn differs(&self, stored: &OrderRecord) -> Option<String> {
        let shown = &stored.order;
        if self.last == 0 {
            return Some("the order has no transitions".to_owned());
        }
        if shown.version != self.last {
            return Some(format!("the order is at version {}; its log ends at {}", shown.version, self.last));
        }
        match &self.order {
            Some(order) if !self.broken && order != shown => {
                let (is, told) = (shown.standing(), order.standing());
                Some(format!("the order is {is}; its log gives {told}, or other values differ"))
            }
            Some(_) | None => None,
        }
    }
}

/// Whether the provider has to confirm a move: ours, of an actor that it is not told of otherwise.
fn needs_confirmation(row: &LogRow) -> bool {
    let reaches = row.seq > 1 && row.actor.parse::<Actor>().is_ok_and(Actor::must_reach_provider);
    reaches && !matches!(row.source.as_str(), "notification" | "clock" | "answer" | "reading")
}

/// The state after a row, as the database writes it.
fn state(row: &LogRow) -> String {
    let or_dash = |number: Option<i64>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
    format!(
        "{} {} {} {} {} {} {} {} {} {} {}",
        row.to_status,
        row.total,
        row.authorised,
        row.canceled,
        row.captured,
        row.refunded,
        row.attempt,
        row.rejection_pending,
        row.outcome.as_deref().unwrap_or("-"),
        or_dash(row.to_seller),
        or_dash(row.to_buyer)
    )
}

/// What an order was opened with, apart from its amount. The hash of its first transition covers it.
fn born(stored: &OrderRecord) -> String {
    let fee = stored.cancellation_fee.map_or_else(|| "-".to_owned(), |fee| fee.to_string());
    format!("{} {fee}{}", stored.order.amount.currency, sized(&stored.merchant))
}

/// A text with its length before it; of an absent text only the mark.
fn sized(text: &Option<String>) -> String {
    text.as_ref().map_or_else(|| ":".to_owned(), |text| format!("{}:{text}", text.len()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash of a row: the previous hash, then the fields as the database writes them. A text has its length before it;
/// an absent text has none. Instants are microseconds since 2000, eight bytes in hex.
fn hash(before: &[u8], row: &LogRow, stored: &OrderRecord) -> Vec<u8> {
    const YEAR_2000: i64 = 946_684_800_000_000;
    let instant = |at: DateTime<Utc>| format!("{:016x}", at.timestamp_micros() - YEAR_2000);
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let number = |number: Option<i64>| or_dash(number.map(|number| number.to_string()));
    let yes = |holds: bool| if holds { "t" } else { "f" }.to_owned();
    let facts = [
        row.seq.to_string(),
        row.law.to_string(),
        number(row.amount),
        row.total.to_string(),
        row.authorised.to_string(),
        row.canceled.to_string(),
        row.captured.to_string(),
        row.refunded.to_string(),
        row.attempt.to_string(),
        yes(row.rejection_pending),
        or_dash(row.outcome.clone()),
        number(row.to_seller),
        number(row.to_buyer),
        or_dash(row.due_at.map(instant)),
        instant(row.happened_at),
        instant(row.recorded_at),
        yes(row.inferred),
        yes(row.contradictory),
        or_dash(row.request_id.map(|id| id.to_string())),
        or_dash(row.request_digest.as_deref().map(hex)),
        or_dash(row.personal.as_deref().map(hex)),
        row.epoch.to_string(),
        row.xid.clone(),
        if row.seq == 1 { born(stored) } else { String::new() },
    ]
    .join(" ");
    let fields = [&facts, &row.order_id, &row.from_status, &row.to_status, &row.action, &row.actor, &row.source];
    let optional = [&row.reason, &row.reference, &row.of_capture];
    let mut hasher = Sha256::new();
    hasher.update(before);
    for field in fields.into_iter().chain([&row.recorder, &row.login]) {
        hasher.update(format!("{}:{field}", field.len()));
    }
    for field in optional {
        hasher.update(field.as_ref().map_or_else(|| ":".to_owned(), |text| format!("{}:{text}", text.len())));
    }
    hasher.finalize().to_vec()
}
