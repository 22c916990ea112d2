//! Marked orders, kept as they were when marked, whatever the lists do.

use std::collections::HashSet;

use super::window::Listing;
use super::{App, Effect, Failure, Pane, Tone};
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
    pub(super) fn is_news(&self, name: &str, seq: i32) -> bool {
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

    fn add(&mut self, stored: &OrderRecord) {
        if self.orders.len() < MOST && self.names.insert(stored.order.key.to_string()) {
            self.orders.push(stored.clone());
        }
    }

    fn turn(&mut self, stored: &OrderRecord) {
        if self.holds(&stored.order.key) { self.remove(&stored.order.key) } else { self.add(stored) }
    }

    pub(super) fn remove(&mut self, key: &OrderKey) {
        if self.names.remove(&key.to_string()) {
            self.orders.retain(|marked| marked.order.key != *key);
        }
        self.range &= !self.orders.is_empty();
    }

    /// Replaces a marked order with its current version.
    pub(super) fn renew(&mut self, stored: OrderRecord) {
        if let Some(marked) = self.orders.iter_mut().find(|marked| marked.order.key == stored.order.key) {
            *marked = stored;
        }
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

impl App {
    pub(super) fn mark(&mut self) {
        let Some(row) = self.marked_row() else { return };
        self.marks.turn(&row);
        // With an order open, the selection stays on it.
        if self.focus == Pane::List {
            self.move_in_list(1);
        }
    }

    /// The selected row; on the board nothing can be marked.
    fn marked_row(&mut self) -> Option<OrderRecord> {
        if self.focus == Pane::Board {
            self.say(Tone::News, "Go into the list first (Enter): only orders can be marked.");
            return None;
        }
        self.list.row().map(|row| row.stored.clone())
    }

    pub(super) fn range(&mut self) {
        if std::mem::take(&mut self.marks.range) {
            return self.say(Tone::News, format!("{} marked.", self.marks.len()));
        }
        let Some(row) = self.marked_row() else { return };
        self.marks.add(&row);
        self.marks.range = true;
        self.say(Tone::News, "Every order you move over is marked. Press v to stop.");
    }

    /// Marks all rows between the old and the new selection, while a range is active.
    pub(super) fn went(&mut self, from: Option<OrderKey>) {
        if !self.marks.range {
            return;
        }
        let at = |key: &OrderKey| self.list.rows.iter().position(|row| row.stored.order.key == *key);
        let (Some(from), Some(to)) = (from.as_ref().and_then(at), self.list.at()) else {
            self.marks.range = false;
            return self.say(Tone::News, "The range has ended: the orders you jumped over were never on the screen.");
        };
        for row in &self.list.rows[from.min(to)..=from.max(to)] {
            self.marks.add(&row.stored);
        }
    }

    pub(super) fn mark_all(&mut self) -> Vec<Effect> {
        if self.list.rows.is_empty() {
            self.say(Tone::News, "The list is empty.");
            return Vec::new();
        }
        vec![Effect::LoadAll(self.listing())]
    }

    /// Marks a whole list as it was read, or plans it if a plan waits for it.
    pub(super) fn take_all(&mut self, of: &Listing, all: Result<(Vec<OrderRecord>, bool), Failure>) -> Vec<Effect> {
        let plan = self.plan_when_read.take_if(|it| it == of).is_some();
        let quiet = matches!(self.layers.last(), None | Some(super::Layer::Watch));
        match all {
            // Something else was opened meanwhile: it keeps the focus.
            Ok(_) if plan && !quiet => {}
            Ok((_, true)) if plan => self.say(Tone::Bad, format!("More than {MOST} orders. Narrow the list first.")),
            Ok((orders, _)) if plan => self.plan_these(orders, false),
            // Another list was opened meanwhile: these orders were not meant.
            Ok(_) if *of != self.listing() => {}
            Ok((orders, more)) => {
                orders.iter().for_each(|stored| self.marks.add(stored));
                let count = crate::text::grouped(self.marks.len() as i64);
                let more = more || !orders.iter().all(|stored| self.marks.holds(&stored.order.key));
                let rest = if more { format!("; there are more, but {MOST} is the limit") } else { String::new() };
                self.say(Tone::News, format!("{count} marked as they are now{rest}. Press u to unmark all."));
            }
            Err(Failure::Other(text)) => self.say(Tone::Bad, format!("Could not read the list: {text}")),
            Err(Failure::Lost | Failure::Unknown) => {
                self.say(Tone::Bad, "The database does not answer. Nothing was marked.")
            }
        }
        Vec::new()
    }

    pub(super) fn unmark(&mut self) {
        self.planned.clear();
        if !self.marks.is_empty() {
            self.say(Tone::News, format!("{} unmarked.", self.marks.len()));
        }
        self.marks.clear();
    }
}
