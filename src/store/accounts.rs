//! The accounts that servers announce, their health, and what a running server is asked.

use std::collections::HashMap;

use sqlx::postgres::PgPool;

use super::StoreError;
use crate::records::{Account, Health};

/// What a server announces of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// Its name.
    pub name: String,
    /// The provider's word.
    pub provider: &'static str,
    /// Whose orders it acts for.
    pub merchants: Vec<String>,
    /// Where its calls go.
    pub environment: String,
    /// Whether it sends.
    pub sends: bool,
    /// Who carries what is captured.
    pub shipping_company: Option<String>,
}

/// Announces the accounts that a server has, and removes those that it had before and no server has now.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the login may not serve.
pub async fn announce(pool: &PgPool, accounts: &[Announced], before: &[String]) -> Result<(), StoreError> {
    let names: Vec<&str> = accounts.iter().map(|it| it.name.as_str()).collect();
    let mut tx = pool.begin().await?;
    sqlx::query(sql!("announce"))
        .bind(&names)
        .bind(accounts.iter().map(|it| it.provider).collect::<Vec<_>>())
        .bind(accounts.iter().map(|it| it.merchants.join("\n")).collect::<Vec<_>>())
        .bind(accounts.iter().map(|it| it.environment.as_str()).collect::<Vec<_>>())
        .bind(accounts.iter().map(|it| it.sends).collect::<Vec<_>>())
        .bind(accounts.iter().map(|it| it.shipping_company.as_deref()).collect::<Vec<_>>())
        .execute(&mut *tx)
        .await?;
    sqlx::query(sql!("account_gone")).bind(&names).bind(before).execute(&mut *tx).await?;
    tx.commit().await.map_err(super::error::of_commit)
}

/// Says that a server still has these accounts.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the login may not serve.
pub async fn seen(pool: &PgPool, names: &[String]) -> Result<(), StoreError> {
    sqlx::query(sql!("account_seen")).bind(names).execute(pool).await?;
    Ok(())
}

/// Says whether an account's credentials are accepted.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the login may not serve.
pub async fn health(pool: &PgPool, name: &str, health: Health, message: Option<&str>) -> Result<(), StoreError> {
    sqlx::query(sql!("account_health")).bind(name).bind(health.name()).bind(message).execute(pool).await?;
    Ok(())
}

/// The accounts that servers announced, by name.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or an account cannot be read.
pub async fn all(pool: &PgPool) -> Result<Vec<Account>, StoreError> {
    Ok(sqlx::query_as(sql!("accounts")).fetch_all(pool).await?)
}

/// The account that sends for an order, if there is one.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or the account cannot be read.
pub async fn of_order(pool: &PgPool, order: &str) -> Result<Option<Account>, StoreError> {
    Ok(sqlx::query_as(sql!("account_of")).bind(order).fetch_optional(pool).await?)
}

#[derive(sqlx::FromRow)]
struct OfOrder {
    order_id: String,
    #[sqlx(flatten)]
    account: Account,
}

/// The accounts that send for these orders, where one does.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or an account cannot be read.
pub async fn of_orders(pool: &PgPool, orders: &[&str]) -> Result<HashMap<String, Account>, StoreError> {
    let rows: Vec<OfOrder> = sqlx::query_as(sql!("accounts_of")).bind(orders).fetch_all(pool).await?;
    Ok(rows.into_iter().map(|row| (row.order_id, row.account)).collect())
}

/// Takes the next places of an account's rate, `each` seconds apart: in how many seconds the first of them is.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the account is gone.
pub async fn pace(pool: &PgPool, name: &str, each: f64, places: i32) -> Result<f64, StoreError> {
    let wait: Option<f64> =
        sqlx::query_scalar(sql!("pace")).bind(name).bind(each).bind(f64::from(places)).fetch_optional(pool).await?;
    Ok(wait.unwrap_or_default())
}

/// What a running server can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString, sqlx::Type)]
#[strum(serialize_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Question {
    /// Whether the provider accepts the account's credentials.
    Check,
    /// To read them from its file again.
    Reload,
    /// To read orders at the provider.
    Read,
    /// To record what the provider did with an order.
    Adopt,
}

/// What a running server is asked about an account.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Ask {
    /// The account.
    pub account: String,
    /// What is asked.
    pub what: Question,
    /// The orders to be read.
    pub orders: Option<Vec<String>>,
    /// The order whose way is recorded.
    pub order_id: Option<String>,
    /// Which way, counted from 1.
    pub way: Option<i32>,
    /// Why.
    pub note: Option<String>,
}

impl Ask {
    /// A question about an account alone.
    pub fn of(account: &str, what: Question) -> Self {
        Self { account: account.to_owned(), what, orders: None, order_id: None, way: None, note: None }
    }
}

/// What a server is asked, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Asked {
    /// Its number.
    pub id: i64,
    /// Who asks.
    pub asked_by: String,
    /// What is asked.
    #[sqlx(flatten)]
    pub ask: Ask,
}

/// Asks the running servers about an account; returns the question's number.
///
/// # Errors
///
/// [`StoreError::Refused`] if the person may not ask.
pub async fn ask(pool: &PgPool, ask: &Ask, person: &str) -> Result<i64, StoreError> {
    let what: &str = ask.what.into();
    let query = sqlx::query_scalar(sql!("ask_account")).bind(&ask.account).bind(what).bind(person);
    Ok(query.bind(&ask.orders).bind(&ask.order_id).bind(ask.way).bind(&ask.note).fetch_one(pool).await?)
}

/// What a server answered, if one did: whether it is good, and its words.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn answer(pool: &PgPool, id: i64) -> Result<Option<(bool, String)>, StoreError> {
    Ok(sqlx::query_as(sql!("account_answer")).bind(id).fetch_optional(pool).await?)
}

/// What these accounts are asked and no server has answered.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn asks(pool: &PgPool, accounts: &[String]) -> Result<Vec<Asked>, StoreError> {
    Ok(sqlx::query_as(sql!("account_asks")).bind(accounts).fetch_all(pool).await?)
}

/// Answers what an account was asked.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or the login may not serve.
pub async fn answered(pool: &PgPool, id: i64, good: bool, message: &str) -> Result<(), StoreError> {
    sqlx::query(sql!("answer_account")).bind(id).bind(good).bind(message).execute(pool).await?;
    Ok(())
}
