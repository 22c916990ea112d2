//! Stuck orders with their causes, as screens and commands show them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::domain::OrderKey;
use crate::records::OrderRecord;
use crate::store::{Store, StoreError, watch};
use crate::stuck::STUCK;
use crate::stuck::why::{self, Why};

/// Why each of these orders is stuck, in their order. Merchants in `automatic` authorise by themselves.
///
/// # Errors
///
/// [`StoreError`] if what was tried on the orders cannot be read.
pub async fn explained(
    store: &Store,
    orders: Vec<OrderRecord>,
    automatic: &[String],
    now: DateTime<Utc>,
) -> Result<Vec<(OrderRecord, Why)>, StoreError> {
    let asked: Vec<&OrderRecord> = orders.iter().collect();
    let clues = watch::clues(&store.pool, &asked, automatic).await?;
    let why = |stored: &OrderRecord| why::explain(&stored.order, clues.get(&stored.order.key.to_string()), now);
    Ok(orders.into_iter().map(|stored| (why(&stored), stored)).map(|(why, stored)| (stored, why)).collect())
}

/// Why those of these orders are stuck that are, by their keys.
///
/// # Errors
///
/// [`StoreError`] if what was tried on the orders cannot be read.
pub async fn causes(
    store: &Store,
    orders: &[OrderRecord],
    automatic: &[String],
    now: DateTime<Utc>,
) -> Result<HashMap<OrderKey, Why>, StoreError> {
    let asked: Vec<&OrderRecord> = orders.iter().filter(|stored| stored.order.provider() == STUCK.provider()).collect();
    let clues = watch::clues(&store.pool, &asked, automatic).await?;
    let why = |stored: &&OrderRecord| {
        let why = why::of_stuck(&stored.order, clues.get(&stored.order.key.to_string()), now)?;
        Some((stored.order.key.clone(), why))
    };
    Ok(asked.iter().filter_map(why).collect())
}

/// Why an order is stuck; none if it is not.
///
/// # Errors
///
/// [`StoreError`] if what was tried on the order cannot be read.
pub async fn why(
    store: &Store,
    stored: &OrderRecord,
    automatic: &[String],
    now: DateTime<Utc>,
) -> Result<Option<Why>, StoreError> {
    let clues = watch::clues(&store.pool, &[stored], automatic).await?;
    let clues = clues.get(&stored.order.key.to_string());
    Ok(why::of_stuck(&stored.order, clues, now))
}
