//! What moves by itself: which orders did just now, holding the screen still, and whom to tell.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{App, Effect, Move, Tone};
use crate::domain::{Action, OrderKey};

/// So long a changed order bears its sign.
const GLOW: TimeDelta = TimeDelta::seconds(5);
/// Of so many marked orders a single look at the feed tells one by one.
const TOLD: usize = 3;

/// What moved, and whether the screen follows.
#[derive(Debug, Default)]
pub struct Live {
    /// The screen is held still since then.
    pub frozen: Option<DateTime<Utc>>,
    /// So many moves wait to be shown.
    pub waiting: usize,
    recent: HashMap<String, DateTime<Utc>>,
}

impl Live {
    /// Whether an order moved just now.
    pub fn changed(&self, key: &OrderKey, now: DateTime<Utc>) -> bool {
        // Most of the time nothing did, and nobody's name has to be written out.
        !self.recent.is_empty() && self.recent.get(&key.to_string()).is_some_and(|at| now - *at < GLOW)
    }

    /// When the next sign goes out.
    pub fn until(&self) -> Option<DateTime<Utc>> {
        self.recent.values().min().map(|at| *at + GLOW)
    }

    /// The screen follows again.
    pub(super) fn thaw(&mut self) {
        (self.frozen, self.waiting) = (None, 0);
    }

    pub(super) fn forget(&mut self, now: DateTime<Utc>) {
        self.recent.retain(|_, at| now - *at < GLOW);
    }
}

impl App {
    /// What the feed brought: signs, news for whoever cares, and what has to be read anew.
    pub(super) fn moved(&mut self, moves: &[Move]) {
        let mut told: Vec<&Move> = Vec::new();
        for moved in moves.iter().filter(|moved| moved.recorder != self.seat.person && self.cares(moved)) {
            // Of one order the latest says it all.
            told.retain(|before| before.order != moved.order);
            told.push(moved);
        }
        for moved in told.iter().take(TOLD) {
            self.say(Tone::News, words(moved));
        }
        if told.len() > TOLD {
            self.say(Tone::News, format!("{} more of the marked orders moved", told.len() - TOLD));
        }
        if self.live.frozen.is_some() {
            self.live.waiting += moves.len();
            return;
        }
        for moved in moves {
            self.live.recent.insert(moved.order.clone(), self.now);
        }
    }

    /// Whether this person has the order open, or marked it, and does not know the move yet: the feed may be held back.
    fn cares(&self, moved: &Move) -> bool {
        let shown = self.shown.as_ref().map(|shown| &shown.stored.order);
        let open = shown.is_some_and(|order| order.version <= moved.seq && order.key.to_string() == moved.order);
        open || self.marks.is_news(&moved.order, moved.seq)
    }

    pub(super) fn freeze(&mut self) -> Vec<Effect> {
        if self.live.frozen.take().is_none() {
            self.live.frozen = Some(self.now);
            self.say(Tone::News, "the screen is held still; f lets it go on");
            return Vec::new();
        }
        self.live.thaw();
        self.refresh()
    }
}

fn words(moved: &Move) -> String {
    let id = moved.order.split_once(':').map_or(moved.order.as_str(), |(_, id)| id);
    let action = moved.action.map_or("opened", Action::title);
    let to = moved.to.map_or("something new", crate::console::look::name);
    format!("{id}: {action} by {}, now {to}", moved.recorder)
}
