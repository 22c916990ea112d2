//! The orders that differ from what their provider shows, page by page.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::shown::Differing;
use crate::console::app::load::{Failure, Load};
use crate::desk::drift::{Adopted, Checked};
use crate::domain::OrderKey;
use crate::records::DriftClass;

/// How many orders a page holds.
pub const PAGE: usize = 100;

/// What is listed: all, or one class. They are turned through in this order.
pub const KINDS: [Option<DriftClass>; 5] =
    [None, Some(DriftClass::Ahead), Some(DriftClass::Behind), Some(DriftClass::Conflict), Some(DriftClass::Absent)];

/// A place in the list: since when an order differs, and which.
pub type Place = (DateTime<Utc>, String);

/// A request from the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Read a page.
    Page(PageAsk),
    /// Have an order read at its provider now.
    Check(OrderKey),
    /// Record what the provider did: which way, if there are several, and why.
    Adopt(OrderKey, Option<usize>, String),
}

/// A page: of which class, and after which place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageAsk {
    /// Only those of this class.
    pub class: Option<DriftClass>,
    /// Only those after this place.
    pub after: Option<Place>,
}

/// The result of a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// A page was read.
    Page(PageAsk, Result<Vec<Differing>, Failure>),
    /// An order was read at its provider, or could not be.
    Checked(OrderKey, Result<Checked, Failure>),
    /// What became of a decision.
    Adopted(OrderKey, Result<Adopted, Failure>),
}

/// The orders that differ.
#[derive(Debug, Default)]
pub struct Drifts {
    /// Only those of this class; `None` is all.
    pub class: Option<DriftClass>,
    /// The current page; `None` before the first is read.
    pub page: Option<Vec<Differing>>,
    /// The selected order.
    pub selected: Option<OrderKey>,
    /// The place after which each page starts, from the second page to this one.
    starts: Vec<Place>,
    /// The order about which a decision is being recorded.
    pub adopting: Option<OrderKey>,
    /// A page is being read.
    pub load: Load,
}

impl Drifts {
    /// The current page, as it is asked for.
    pub fn ask(&self) -> PageAsk {
        PageAsk { class: self.class, after: self.starts.last().cloned() }
    }

    fn rows(&self) -> &[Differing] {
        self.page.as_deref().unwrap_or_default()
    }

    /// The line of the selected order.
    pub fn at(&self) -> usize {
        self.rows().iter().position(|row| Some(&row.order) == self.selected.as_ref()).unwrap_or(0)
    }

    /// The selected order.
    pub fn row(&self) -> Option<&Differing> {
        self.rows().get(self.at())
    }

    /// Lists the next class, or the one before; after the last comes all.
    pub fn turn(&mut self, forward: bool) {
        let at = KINDS.iter().position(|kind| *kind == self.class).unwrap_or(0);
        let next = if forward { at + 1 } else { at + KINDS.len() - 1 };
        self.class = KINDS[next % KINDS.len()];
        (self.page, self.selected, self.starts, self.load.due) = (None, None, Vec::new(), true);
    }

    /// Moves the selection; beyond the page, reads the next one.
    pub fn step(&mut self, by: isize) {
        let (count, to) = (self.rows().len(), self.at() as isize + by);
        if to < 0 && self.starts.pop().is_some() {
            (self.selected, self.load.due) = (None, true);
            return;
        }
        if to >= count as isize
            && count == PAGE
            && let Some(last) = self.rows().last().map(|row| (row.since, row.order.to_string()))
        {
            self.starts.push(last);
            (self.selected, self.load.due) = (None, true);
            return;
        }
        let to = to.clamp(0, (count as isize - 1).max(0)) as usize;
        self.selected = self.rows().get(to).map(|row| row.order.clone());
    }

    /// Shows a page. If the selected order agrees by now, the one in its place is selected.
    pub fn take(&mut self, page: Vec<Differing>) {
        let at = self.at().min(page.len().saturating_sub(1));
        if !page.iter().any(|row| Some(&row.order) == self.selected.as_ref()) {
            self.selected = page.get(at).map(|row| row.order.clone());
        }
        self.page = Some(page);
    }
}
