//! Which orders have just changed, and whether the screen is frozen.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::OrderKey;

/// How long a changed order keeps its change mark.
const GLOW: TimeDelta = TimeDelta::seconds(5);

/// Recent changes, and whether the screen is frozen.
#[derive(Debug, Default)]
pub struct Live {
    /// When the screen was frozen; none while it is live.
    pub frozen: Option<DateTime<Utc>>,
    /// How many moves arrived while the screen was frozen.
    pub waiting: usize,
    recent: HashMap<String, DateTime<Utc>>,
}

impl Live {
    /// Whether an order has just changed.
    pub fn changed(&self, key: &OrderKey, now: DateTime<Utc>) -> bool {
        // Usually nothing has changed, and the key is not formatted.
        !self.recent.is_empty() && self.recent.get(&key.to_string()).is_some_and(|at| now - *at < GLOW)
    }

    /// Gives an order a change mark.
    pub fn mark(&mut self, order: String, now: DateTime<Utc>) {
        self.recent.insert(order, now);
    }

    /// When the next change mark disappears.
    pub fn until(&self) -> Option<DateTime<Utc>> {
        self.recent.values().min().map(|at| *at + GLOW)
    }

    /// Unfreezes the screen.
    pub fn thaw(&mut self) {
        (self.frozen, self.waiting) = (None, 0);
    }

    /// Forgets changes whose mark has ended.
    pub fn forget(&mut self, now: DateTime<Utc>) {
        self.recent.retain(|_, at| now - *at < GLOW);
    }
}
