//! Settlement statements: kept whole, and what of them does not agree with the book.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::FromRow;
use sqlx::postgres::PgPool;
use uuid::Uuid;

use super::{Store, StoreError};
use crate::domain::{Currency, Money};
use crate::wire::tamara::statement::{Head, Row};

/// A statement that is kept.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub struct Statement {
    /// Its number here.
    pub number: i64,
    /// Tamara's id of it.
    pub name: Option<String>,
    /// Tamara's id of the merchant.
    pub merchant: Option<String>,
    /// The first day of its period.
    pub first_day: Option<NaiveDate>,
    /// The last day.
    pub last_day: Option<NaiveDate>,
    /// How many rows it has.
    pub rows: i32,
    /// Who kept it.
    pub recorder: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether another one stands in its place.
    pub replaced: bool,
    /// How much of it does not agree now, up to [`COUNTED`].
    pub wrong: i64,
}

/// What does not agree is counted up to this, and is more if this is the number.
pub const COUNTED: i64 = 1_000;

/// How something does not agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The order of a row is not known.
    UnknownOrder,
    /// The order has no such move.
    NotRecorded,
    /// A capture with a minus.
    TakenBack,
    /// Fees, tax and what is payable do not make up the amount.
    DoesNotAddUp,
    /// A move of ours that no statement has.
    NoRow,
}

impl Kind {
    /// Of the database's word.
    pub fn of(word: &str) -> Self {
        match word {
            "unknown_order" => Self::UnknownOrder,
            "not_recorded" => Self::NotRecorded,
            "taken_back" => Self::TakenBack,
            "no_row" => Self::NoRow,
            _ => Self::DoesNotAddUp,
        }
    }

    /// What it means.
    pub const fn means(self) -> &'static str {
        match self {
            Self::UnknownOrder => "no such order here",
            Self::NotRecorded => "the order has no such move here",
            Self::TakenBack => "a capture with a minus: it was taken back",
            Self::DoesNotAddUp => "fees, tax and what is payable do not make up the amount",
            Self::NoRow => "recorded here, and in no statement two statements later",
        }
    }
}

/// What a statement calls an action.
pub fn event(action: &str) -> &'static str {
    match action {
        "capture" => "captured",
        "refund" => "refunded",
        _ => "canceled",
    }
}

/// Minor units as digits, in a currency's code.
pub fn digits(currency: &str, minor: i64) -> String {
    Currency::parse(currency).map_or_else(|_| minor.to_string(), |currency| Money::new(minor, currency).digits())
}

/// Minor units for people: `SAR 1,200.00`.
pub fn money(currency: &str, minor: i64) -> String {
    Currency::parse(currency)
        .map_or_else(|_| format!("{currency} {minor}"), |currency| Money::new(minor, currency).to_string())
}

/// Something of a statement that does not agree with the book.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub struct Difference {
    /// Its place in the list.
    pub place: i32,
    /// `unknown_order`, `not_recorded`, `taken_back`, `does_not_add_up`, or `no_row`: a move of ours that no statement has.
    pub kind: String,
    /// Where its row stands in the spreadsheet; a move of ours has none.
    pub sheet: Option<String>,
    /// The line, from 1.
    pub line: Option<i32>,
    /// The day in Riyadh.
    pub day: NaiveDate,
    /// The order, with its provider.
    pub order_id: String,
    /// The merchant's number of it.
    pub order_number: Option<String>,
    /// Capture, refund or cancel.
    pub action: String,
    /// The currency.
    pub currency: String,
    /// Minor units.
    pub amount: i64,
}

/// What a statement has of one currency and action, and how much of that is recorded here. Minor units.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub struct Sum {
    /// The currency.
    pub currency: String,
    /// Capture, refund or cancel.
    pub action: String,
    /// How many rows.
    pub rows: i64,
    /// Their sum.
    pub theirs: i64,
    /// How much of it is recorded here.
    pub ours: i64,
}

/// A statement while it is read.
#[derive(Debug)]
pub struct Reading {
    /// By what its rows are known.
    pub id: Uuid,
    digest: Sha256,
    place: i32,
}

/// Begins to keep a statement.
///
/// # Errors
///
/// [`StoreError::Refused`] if this person may not; another [`StoreError`] if the database cannot be reached.
pub async fn begin(store: &Store) -> Result<Reading, StoreError> {
    let id = sqlx::query_scalar(sql!("statement_begin")).fetch_one(&store.pool).await?;
    Ok(Reading { id, digest: Sha256::new(), place: 0 })
}

/// Forgets a statement that is not kept in the end.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached.
pub async fn drop(store: &Store, id: Uuid) -> Result<(), StoreError> {
    sqlx::query(sql!("statement_drop")).bind(id).execute(&store.pool).await?;
    Ok(())
}

/// What the digest has of the head, and of a row: as the database computes it.
fn head_words(head: &Head) -> String {
    let word = |word: &Option<String>| word.clone().unwrap_or_default();
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let (first, last) = head.period.unzip();
    [word(&head.id), word(&head.merchant), day(first), day(last)].join("\u{1f}") + "\n"
}

fn row_words(row: &Row) -> String {
    [
        row.day.to_string(),
        row.order.to_string(),
        row.number.clone().unwrap_or_default(),
        row.event.action().name().to_owned(),
        row.amount.currency.code().to_owned(),
        row.amount.minor.to_string(),
        row.fees.to_string(),
        row.vat.to_string(),
        row.payable.to_string(),
        row.told.to_string(),
    ]
    .join("\u{1f}")
}

/// Adds some rows, which stand on this sheet.
///
/// # Errors
///
/// [`StoreError`] if the database refuses them or cannot be reached.
pub async fn add(
    store: &Store,
    reading: &mut Reading,
    head: &Head,
    sheet: &str,
    rows: &[Row],
) -> Result<(), StoreError> {
    if reading.place == 0 {
        reading.digest.update(head_words(head));
    }
    let first = reading.place + 1;
    for row in rows {
        if reading.place > 0 {
            reading.digest.update("\n");
        }
        reading.digest.update(row_words(row));
        reading.place += 1;
    }
    sqlx::query(sql!("statement_rows"))
        .bind(reading.id)
        .bind(first)
        .bind(sheet)
        .bind(rows.iter().map(|row| i32::try_from(row.line).unwrap_or(i32::MAX)).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.day).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.order.to_string()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.number.clone()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.event.action().name()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.amount.currency.code()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.amount.minor).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.fees).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.vat).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.payable).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.told).collect::<Vec<_>>())
        .execute(&store.pool)
        .await?;
    Ok(())
}

/// What became of a statement that was read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It is kept now, under this number.
    Now(i64),
    /// It was kept before.
    Before(i64),
    /// Another one with its id is kept.
    Other(Box<Statement>),
}

/// Keeps a statement whose rows were all added. With `replace` it stands in for the one that has its id.
///
/// # Errors
///
/// [`StoreError`] if the database refuses it or cannot be reached.
pub async fn end(store: &Store, mut reading: Reading, head: &Head, replace: bool) -> Result<Kept, StoreError> {
    if reading.place == 0 {
        reading.digest.update(head_words(head));
    }
    let digest = reading.digest.clone().finalize().to_vec();
    let known: Option<i64> =
        sqlx::query_scalar(sql!("statement_of_digest")).bind(&digest).fetch_optional(&store.pool).await?;
    if let Some(number) = known {
        return Ok(Kept::Before(number));
    }
    let other = match &head.id {
        Some(name) => all(&store.pool, Which::Named(name), 100).await?,
        None => Vec::new(),
    };
    let other = other.into_iter().find(|it| !it.replaced && it.name == head.id && it.merchant == head.merchant);
    let replaces = other.as_ref().map(|it| it.number);
    if let Some(other) = other.filter(|_| !replace) {
        return Ok(Kept::Other(Box::new(other)));
    }
    let kept = sqlx::query_scalar(sql!("statement_end"))
        .bind(reading.id)
        .bind(&head.id)
        .bind(&head.merchant)
        .bind(&digest)
        .bind(head.period.map(|(first, _)| first))
        .bind(head.period.map(|(_, last)| last))
        .bind(replaces)
        .bind(&store.person)
        .fetch_one(&store.pool)
        .await;
    match kept.map_err(StoreError::from) {
        Ok(number) => Ok(Kept::Now(number)),
        // Someone else kept it at the same time.
        Err(StoreError::Refused { constraint, .. }) if constraint == "statement_digest_once" => {
            let number = sqlx::query_scalar(sql!("statement_of_digest")).bind(&digest).fetch_one(&store.pool).await?;
            Ok(Kept::Before(number))
        }
        Err(error) => Err(error),
    }
}

/// Which statements are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which<'a> {
    /// All.
    All,
    /// Those with this id.
    Named(&'a str),
    /// The one with this number.
    Number(i64),
}

/// The statements that are kept, the latest first.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn all(pool: &PgPool, which: Which<'_>, most: i64) -> Result<Vec<Statement>, StoreError> {
    let (name, number) = match which {
        Which::All => (None, None),
        Which::Named(name) => (Some(name), None),
        Which::Number(number) => (None, Some(number)),
    };
    let read = sqlx::query_as(sql!("statements")).bind(name).bind(number).bind(most).bind(COUNTED);
    Ok(read.fetch_all(pool).await?)
}

/// What of a statement does not agree now, after a place.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn differences(pool: &PgPool, number: i64, after: i32, most: i64) -> Result<Vec<Difference>, StoreError> {
    Ok(sqlx::query_as(sql!("statement_differences")).bind(number).bind(after).bind(most).fetch_all(pool).await?)
}

/// The sums of a statement, by currency and action.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn sums(pool: &PgPool, number: i64) -> Result<Vec<Sum>, StoreError> {
    Ok(sqlx::query_as(sql!("statement_sums")).bind(number).fetch_all(pool).await?)
}
