//! What follows when something was recorded: facts that waited for it are tried again, and everyone is told.

use super::import;
use crate::store::{Store, feed};

/// Tries the facts again that wait for these orders, and rings the bell of everyone who watches. What is recorded stays
/// so, even if a fact still cannot be applied: it waits for the next one of its order.
pub async fn spread(store: &Store, orders: &[String]) {
    if !orders.is_empty()
        && let Err(error) = import::retry(store, orders).await
    {
        tracing::warn!(orders = orders.len(), %error, "facts that waited for these orders could not be tried again");
    }
    feed::ring(store).await;
}
