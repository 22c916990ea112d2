//! Marked orders: a list of ids that stays as it is, whatever the lists do.

use std::collections::HashSet;

use super::window::Listing;
use super::{App, Effect, Failure, Pane, Tone};
use crate::domain::OrderKey;
use crate::store::Stored;

/// At most so many are marked at once.
pub const MOST: usize = 20_000;

/// The marked orders, as they were when they were marked.
#[derive(Debug, Default)]
pub struct Marks {
    orders: Vec<Stored>,
    names: HashSet<String>,
    /// The row one came from, while moving marks.
    pub range: bool,
}

impl Marks {
    /// Whether an order is marked.
    pub fn holds(&self, key: &OrderKey) -> bool {
        !self.names.is_empty() && self.names.contains(&key.to_string())
    }

    /// Whether a marked order has moved on since it was marked, with this version.
    pub(super) fn is_news(&self, name: &str, seq: i32) -> bool {
        let newer = |marked: &Stored| marked.order.version < seq && marked.order.key.to_string() == name;
        self.names.contains(name) && self.orders.iter().any(newer)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.orders.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    /// All of them, in the order they were marked in.
    pub fn orders(&self) -> &[Stored] {
        &self.orders
    }

    fn add(&mut self, stored: &Stored) {
        if self.orders.len() < MOST && self.names.insert(stored.order.key.to_string()) {
            self.orders.push(stored.clone());
        }
    }

    fn turn(&mut self, stored: &Stored) {
        if self.holds(&stored.order.key) { self.remove(&stored.order.key) } else { self.add(stored) }
    }

    pub(super) fn remove(&mut self, key: &OrderKey) {
        if self.names.remove(&key.to_string()) {
            self.orders.retain(|marked| marked.order.key != *key);
        }
        self.range &= !self.orders.is_empty();
    }

    /// A marked order as it is now.
    pub(super) fn renew(&mut self, stored: Stored) {
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
        // Whoever reads an order goes on reading it.
        if self.focus == Pane::List {
            self.move_in_list(1);
        }
    }

    /// The row under the keys; marks are the list's.
    fn marked_row(&mut self) -> Option<Stored> {
        if self.focus == Pane::Board {
            self.say(Tone::News, "go into the list first (Enter): marks are of orders");
            return None;
        }
        self.list.row().map(|row| row.stored.clone())
    }

    pub(super) fn range(&mut self) {
        if std::mem::take(&mut self.marks.range) {
            return self.say(Tone::News, format!("{} marked", self.marks.len()));
        }
        let Some(row) = self.marked_row() else { return };
        self.marks.add(&row);
        self.marks.range = true;
        self.say(Tone::News, "every order one goes over is marked, until v again");
    }

    /// One went from one row to another: what lies between is marked, where a range is under way.
    pub(super) fn went(&mut self, from: Option<OrderKey>) {
        if !self.marks.range {
            return;
        }
        let at = |key: &OrderKey| self.list.rows.iter().position(|row| row.stored.order.key == *key);
        let (Some(from), Some(to)) = (from.as_ref().and_then(at), self.list.at()) else {
            self.marks.range = false;
            return self.say(Tone::News, "the range ended: what was jumped over was never on the screen");
        };
        for row in &self.list.rows[from.min(to)..=from.max(to)] {
            self.marks.add(&row.stored);
        }
    }

    pub(super) fn mark_all(&mut self) -> Vec<Effect> {
        if self.list.rows.is_empty() {
            self.say(Tone::News, "the list is empty");
            return Vec::new();
        }
        vec![Effect::LoadAll(self.listing())]
    }

    /// All of a list was read: it is marked as it is now, and stays so.
    pub(super) fn take_all(&mut self, of: &Listing, all: Result<(Vec<Stored>, bool), Failure>) -> Vec<Effect> {
        let plan = self.plan_when_read.take_if(|it| it == of).is_some();
        let quiet = matches!(self.layers.last(), None | Some(super::Layer::Watch));
        match all {
            // Something was opened meanwhile: it keeps its keys.
            Ok(_) if plan && !quiet => {}
            Ok((_, true)) if plan => self.say(Tone::Bad, format!("more than {MOST} orders: narrow the list first")),
            Ok((orders, _)) if plan => self.plan_these(orders, false),
            // One went on meanwhile: nobody meant those.
            Ok(_) if *of != self.listing() => {}
            Ok((orders, more)) => {
                orders.iter().for_each(|stored| self.marks.add(stored));
                let count = crate::text::grouped(self.marks.len() as i64);
                let more = more || !orders.iter().all(|stored| self.marks.holds(&stored.order.key));
                let rest = if more { format!("; there are more, {MOST} is the most") } else { String::new() };
                self.say(Tone::News, format!("{count} marked as they are now{rest}; u takes the marks off"));
            }
            Err(Failure::Other(text)) => self.say(Tone::Bad, format!("the list could not be read: {text}")),
            Err(Failure::Lost | Failure::Unknown) => {
                self.say(Tone::Bad, "the database does not answer: nothing was marked")
            }
        }
        Vec::new()
    }

    pub(super) fn unmark(&mut self) {
        self.planned.clear();
        if !self.marks.is_empty() {
            self.say(Tone::News, format!("{} marks taken off", self.marks.len()));
        }
        self.marks.clear();
    }
}
