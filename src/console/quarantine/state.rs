//! The facts in quarantine, page by page.

use std::collections::{BTreeSet, HashMap};

use crate::console::app::load::Load;
use crate::console::kit::paged::{Paged, Row, Through};
use crate::console::orders::action::wording::consequence;
use crate::domain::{Action, OrderKey};
use crate::intake::quarantine;
use crate::records::{FactState, QuarantineKind, Quarantined};

/// The kind of a fact: why it waits, and the word that is not known.
pub type KindName = (String, String);

/// A request for a page of facts.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WaitingAsk {
    /// The number of the fact before the page.
    pub after: i64,
    /// Only facts of this kind.
    pub kind: Option<KindName>,
}

/// A page of facts, and how many there are of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Waiting {
    /// The facts, oldest first.
    pub facts: Vec<Quarantined>,
    /// The kinds, the most facts first.
    pub kinds: Vec<QuarantineKind>,
}

/// How a fact is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Applied as this reading, numbered from 1.
    Apply(usize),
    /// Dismissed.
    Dismiss,
}

/// What settling a quarantined fact with one of its readings would do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Considering {
    /// The order, and its version.
    pub order: (OrderKey, i32),
    /// The full consequence, in words.
    pub consequence: String,
    /// The action that would be recorded.
    pub action: Action,
}

impl From<quarantine::Considered> for Considering {
    fn from(considered: quarantine::Considered) -> Self {
        let quarantine::Considered { stored, step, .. } = considered;
        let order = (stored.order.key.clone(), stored.order.version);
        Self { order, consequence: consequence(&step, &stored), action: step.action() }
    }
}

/// The facts in quarantine.
#[derive(Debug, Default)]
pub struct Quarantine {
    /// How many facts are waiting, counted up to a limit.
    pub waiting: i64,
    /// How many facts there are of each kind.
    pub kinds: Vec<QuarantineKind>,
    /// Only facts of this kind are listed; `None` is all.
    pub kind: Option<KindName>,
    /// The current page.
    pub list: Paged<Quarantined>,
    /// Notes that were typed and not sent, by fact number.
    pub notes: HashMap<i64, String>,
    /// The fact that is being settled.
    pub settling: Option<i64>,
    /// Facts that were marked, to dismiss them together.
    pub marks: BTreeSet<i64>,
    /// Facts that were settled from here: they leave the list at once, and the next one is selected.
    pub settled: BTreeSet<i64>,
    /// A page is being read.
    pub load: Load,
}

impl Quarantine {
    /// What can be listed: all, then each kind.
    fn names(&self) -> Vec<Option<KindName>> {
        let kinds = self.kinds.iter().map(|kind| Some((kind.kind.clone(), kind.detail.clone())));
        std::iter::once(None).chain(kinds).collect()
    }

    /// Which of them is listed.
    pub fn listed(&self) -> usize {
        self.names().iter().position(|name| *name == self.kind).unwrap_or(0)
    }

    /// The current page, as it is asked for.
    pub fn ask(&self) -> WaitingAsk {
        WaitingAsk { after: self.list.after().unwrap_or(0), kind: self.kind.clone() }
    }

    /// Marks the selected fact, or unmarks it, and goes to the next.
    pub fn mark(&mut self) {
        let Some(fact) = self.list.row().filter(|fact| fact.state == FactState::Waiting) else { return };
        let id = fact.id;
        if !self.marks.remove(&id) {
            self.marks.insert(id);
        }
        self.step(1);
    }

    /// Marks all facts of the page that wait.
    pub fn mark_all(&mut self) {
        let waiting = self.list.rows().iter().filter(|fact| fact.state == FactState::Waiting);
        self.marks.extend(waiting.map(|fact| fact.id));
    }

    /// Lists the facts of this kind, or all.
    pub fn list_only(&mut self, kind: Option<KindName>) {
        self.kind = kind;
        self.list.restart();
        self.load.due = true;
    }

    /// Shows a page. If the selected fact is not waiting any more, it stays in its place, marked as settled, unless it was settled from
    /// here. The selection never jumps to another fact because of others.
    pub fn take(&mut self, mut facts: Vec<Quarantined>) {
        let selected = self.list.selected;
        let is_others = |fact: &&Quarantined| !self.settled.contains(&fact.id);
        let gone = self.list.row().filter(|fact| Some(fact.id) == selected && !self.list.turns()).filter(is_others);
        if let Some(gone) = gone.filter(|gone| !facts.iter().any(|fact| fact.id == gone.id)).cloned() {
            let at = facts.partition_point(|fact| fact.id < gone.id);
            facts.insert(at, Quarantined { state: FactState::Applied, ..gone });
        }
        self.load.due |= self.list.take(facts);
    }
}

impl Row for Quarantined {
    type Id = i64;
    type Place = i64;

    fn id(&self) -> i64 {
        self.id
    }

    fn place(&self) -> i64 {
        self.id
    }
}

impl Through for Quarantine {
    /// Moves the selection; beyond the page, reads the next one. A settled fact goes when it is left.
    fn step(&mut self, by: isize) {
        if self.list.step(by) {
            self.load.due = true;
            return;
        }
        let selected = self.list.selected;
        if let Some(facts) = &mut self.list.rows {
            facts.retain(|fact| fact.state == FactState::Waiting || Some(fact.id) == selected);
        }
    }

    /// Lists the facts of the next kind, or of the one before; after the last kind comes all.
    fn turn(&mut self, forward: bool) {
        let (names, at) = (self.names(), self.listed());
        let next = if forward { at + 1 } else { at + names.len() - 1 };
        self.list_only(names[next % names.len()].clone());
    }
}
