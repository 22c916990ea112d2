//! Orders that differ from what their provider shows of them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::FromRow;
use sqlx::postgres::PgPool;

use super::{StoreError, read};
use crate::domain::{Currency, Money, OrderKey, Status};
use crate::records::{Cause, DriftClass, OrderRecord, Sums};
use crate::wire::{Reading, json};

/// An order that differs from what its provider shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drifted {
    /// The order as it is here.
    pub stored: OrderRecord,
    /// How it differs.
    pub class: DriftClass,
    /// How it differs, more exactly.
    pub cause: Cause,
    /// The provider's status; `None` if it has no such order, or one that is not known here.
    pub theirs: Option<Status>,
    /// The provider's word for a status that is not known here.
    pub word: Option<String>,
    /// What the provider says was moved.
    pub sums: Sums,
    /// When the provider said it.
    pub said_at: DateTime<Utc>,
    /// Since when they differ in this way.
    pub since: DateTime<Utc>,
    /// When it was last read, if it was.
    pub read_at: Option<DateTime<Utc>>,
    /// The ways from here to there, of which a person chooses.
    pub ways: Vec<Vec<Reading>>,
    /// Why no lawful way leads there.
    pub unlawful: Option<String>,
}

impl Drifted {
    /// What a person can do about it, in words.
    pub fn next(&self) -> String {
        match (&self.unlawful, self.ways.len(), self.class) {
            (Some(words), ..) => format!("{words}; {}", DriftClass::Conflict.next()),
            (None, 0, class) => class.next().to_owned(),
            (None, 1, _) => format!("record {}", way(&self.ways[0])),
            (None, _, _) => {
                let ways: Vec<String> =
                    self.ways.iter().enumerate().map(|(at, it)| format!("{} {}", at + 1, way(it))).collect();
                format!("choose a way: {}", ways.join("; "))
            }
        }
    }
}

/// A way in words: `authorise, then capture SAR 230.00`.
pub fn way(moves: &[Reading]) -> String {
    moves.iter().map(Reading::words).collect::<Vec<_>>().join(", then ")
}

/// Which of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Which {
    /// Only those that differ in this way.
    pub class: Option<DriftClass>,
    /// Only these orders.
    pub orders: Option<Vec<String>>,
    /// Only those after this place: since when they differ, and the order.
    pub after: Option<(DateTime<Utc>, String)>,
}

#[derive(FromRow)]
struct Row {
    order_id: String,
    kind: String,
    class: String,
    theirs: Option<String>,
    word: Option<String>,
    said_at: DateTime<Utc>,
    since: DateTime<Utc>,
    currency: Option<String>,
    captured: Option<i64>,
    canceled: Option<i64>,
    refunded: Option<i64>,
    read_at: Option<DateTime<Utc>>,
    ways: Option<Value>,
    unlawful: Option<String>,
}

fn unknown(what: &str, word: &str) -> StoreError {
    StoreError::Foreign(format!("{what} {word:?} is not known"))
}

impl Row {
    fn drifted(self, stored: OrderRecord) -> Result<Drifted, StoreError> {
        let provider = OrderKey::parse(&self.order_id).map(|key| key.provider);
        let status = |word: &String| {
            provider.and_then(|provider| Status::read(provider, word)).ok_or_else(|| unknown("the status", word))
        };
        let currency = self.currency.as_deref().and_then(|code| Currency::parse(code).ok());
        let sum = |minor: Option<i64>| Some(Money::new(minor?, currency?));
        let lists = self.ways.as_ref().and_then(Value::as_array);
        Ok(Drifted {
            class: self.class.parse().map_err(|_| unknown("the class of drift", &self.class))?,
            cause: self.kind.parse().map_err(|_| unknown("the kind of drift", &self.kind))?,
            theirs: self.theirs.as_ref().map(status).transpose()?,
            // What was read before says nothing of a status that is not known.
            sums: if self.word.is_some() {
                Sums::default()
            } else {
                Sums { captured: sum(self.captured), canceled: sum(self.canceled), refunded: sum(self.refunded) }
            },
            said_at: self.said_at,
            since: self.since,
            read_at: self.read_at,
            ways: lists.into_iter().flatten().map(|way| json::read(&way.to_string())).collect(),
            word: self.word,
            unlawful: self.unlawful,
            stored,
        })
    }
}

/// Orders that differ from what their provider shows, at most so many, those that differ longest first.
///
/// # Errors
///
/// [`StoreError::Foreign`] if a row cannot be read; another [`StoreError`] if the database cannot be reached.
pub async fn list(pool: &PgPool, which: &Which, most: i64) -> Result<Vec<Drifted>, StoreError> {
    let after = which.after.clone().unwrap_or_else(|| (DateTime::UNIX_EPOCH, String::new()));
    let rows: Vec<Row> = sqlx::query_as(sql!("drifts"))
        .bind(which.class.map(DriftClass::name))
        .bind(&which.orders)
        .bind(after.0)
        .bind(after.1)
        .bind(most)
        .fetch_all(pool)
        .await?;
    let names: Vec<String> = rows.iter().map(|row| row.order_id.clone()).collect();
    let mut connection = pool.acquire().await?;
    let found = read::orders(&mut connection, &names).await?;
    let mut orders: HashMap<String, OrderRecord> =
        found.into_iter().map(|stored| (stored.order.key.to_string(), stored)).collect();
    rows.into_iter().filter_map(|row| orders.remove(&row.order_id).map(|stored| row.drifted(stored))).collect()
}

/// The account that reads each of these orders, where one does.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn readers(pool: &PgPool, orders: &[String]) -> Result<Vec<(String, String)>, StoreError> {
    Ok(sqlx::query_as(sql!("readers")).bind(orders).fetch_all(pool).await?)
}
