//! Live updates: which orders have just changed, freezing the screen, and which changes to notify about.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{App, Effect, Move, Tone};
use crate::domain::{Action, OrderKey};

/// How long a changed order keeps its change mark.
const GLOW: TimeDelta = TimeDelta::seconds(5);
/// How many changes one read of the feed reports one by one; the rest are counted.
const TOLD: usize = 3;

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

    /// When the next change mark disappears.
    pub fn until(&self) -> Option<DateTime<Utc>> {
        self.recent.values().min().map(|at| *at + GLOW)
    }

    /// Unfreezes the screen.
    pub(super) fn thaw(&mut self) {
        (self.frozen, self.waiting) = (None, 0);
    }

    pub(super) fn forget(&mut self, now: DateTime<Utc>) {
        self.recent.retain(|_, at| now - *at < GLOW);
    }
}

impl App {
    /// Handles moves from the feed: marks the changed orders, and notifies about those this person follows.
    pub(super) fn moved(&mut self, moves: &[Move]) {
        let mut told: Vec<&Move> = Vec::new();
        for moved in moves.iter().filter(|moved| moved.recorder != self.session.person && self.cares(moved)) {
            // Only the latest move of each order is reported.
            told.retain(|before| before.order != moved.order);
            told.push(moved);
        }
        for moved in told.iter().take(TOLD) {
            self.say(Tone::News, words(moved));
        }
        if told.len() > TOLD {
            self.say(Tone::News, format!("{} more marked orders changed.", told.len() - TOLD));
        }
        if self.live.frozen.is_some() {
            self.live.waiting += moves.len();
            return;
        }
        for moved in moves {
            self.live.recent.insert(moved.order.clone(), self.now);
        }
    }

    /// Whether this person has the order open or marked and has not seen this move yet: the feed may lag behind.
    fn cares(&self, moved: &Move) -> bool {
        let shown = self.shown.as_ref().map(|shown| &shown.stored.order);
        let open = shown.is_some_and(|order| order.version <= moved.seq && order.key.to_string() == moved.order);
        open || self.marks.is_news(&moved.order, moved.seq)
    }

    pub(super) fn freeze(&mut self) -> Vec<Effect> {
        if self.live.frozen.take().is_none() {
            self.live.frozen = Some(self.now);
            self.say(Tone::News, "The screen is frozen. Press f to continue.");
            return Vec::new();
        }
        self.live.thaw();
        self.refresh()
    }
}

fn words(moved: &Move) -> String {
    let id = moved.order.split_once(':').map_or(moved.order.as_str(), |(_, id)| id);
    let action = moved.action.map_or("opened", Action::title);
    let to = moved.to.map_or("an unknown status", crate::console::look::name);
    format!("{id}: {action} by {}, now {to}", moved.recorder)
}
