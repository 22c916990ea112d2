//! Marked orders, kept as they were when marked, whatever the lists do.

use std::collections::HashSet;

use crate::domain::OrderKey;
use crate::records::OrderRecord;

/// The most orders that can be marked at once.
pub const MOST: usize = 20_000;

/// The marked orders, as they were when they were marked.
#[derive(Debug, Default)]
pub struct Marks {
    orders: Vec<OrderRecord>,
    names: HashSet<String>,
    /// Whether moving the selection marks orders.
    pub range: bool,
}

impl Marks {
    /// Whether an order is marked.
    pub fn holds(&self, key: &OrderKey) -> bool {
        !self.names.is_empty() && self.names.contains(&key.to_string())
    }

    /// Whether version `seq` of a marked order is newer than the marked one.
    pub fn is_news(&self, name: &str, seq: i32) -> bool {
        let newer = |marked: &OrderRecord| marked.order.version < seq && marked.order.key.to_string() == name;
        self.names.contains(name) && self.orders.iter().any(newer)
    }

    /// How many orders are marked.
    pub fn len(&self) -> usize {
        self.orders.len()
    }

    /// Whether no order is marked.
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    /// All marked orders, the first marked first.
    pub fn orders(&self) -> &[OrderRecord] {
        &self.orders
    }

    /// Marks an order, unless too many are marked.
    pub fn add(&mut self, stored: &OrderRecord) {
        if self.orders.len() < MOST && self.names.insert(stored.order.key.to_string()) {
            self.orders.push(stored.clone());
        }
    }

    /// Marks an order, or unmarks it.
    pub fn turn(&mut self, stored: &OrderRecord) {
        if self.holds(&stored.order.key) { self.remove(&stored.order.key) } else { self.add(stored) }
    }

    /// Unmarks an order.
    pub fn remove(&mut self, key: &OrderKey) {
        if self.names.remove(&key.to_string()) {
            self.orders.retain(|marked| marked.order.key != *key);
        }
        self.range &= !self.orders.is_empty();
    }

    /// Replaces a marked order with its current version.
    pub fn renew(&mut self, stored: OrderRecord) {
        if let Some(marked) = self.orders.iter_mut().find(|marked| marked.order.key == stored.order.key) {
            *marked = stored;
        }
    }

    /// Unmarks all.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
