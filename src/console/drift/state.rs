//! The orders that differ from what their provider shows, page by page.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::shown::Differing;
use crate::console::app::load::{Failure, Load};
use crate::console::kit::paged::{Paged, Row, Through};
use crate::desk::drift::{Adopted, Checked};
use crate::domain::OrderKey;
use crate::records::DriftClass;

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

impl Row for Differing {
    type Id = OrderKey;
    type Place = Place;

    fn id(&self) -> OrderKey {
        self.order.clone()
    }

    fn place(&self) -> Place {
        (self.since, self.order.to_string())
    }
}

/// The orders that differ.
#[derive(Debug, Default)]
pub struct Drifts {
    /// Only those of this class; `None` is all.
    pub class: Option<DriftClass>,
    /// The current page.
    pub list: Paged<Differing>,
    /// The order about which a decision is being recorded.
    pub adopting: Option<OrderKey>,
    /// A page is being read.
    pub load: Load,
}

impl Drifts {
    /// The current page, as it is asked for.
    pub fn ask(&self) -> PageAsk {
        PageAsk { class: self.class, after: self.list.after() }
    }
}

impl Through for Drifts {
    /// Moves the selection; beyond the page, reads the next one.
    fn step(&mut self, by: isize) {
        self.load.due |= self.list.step(by);
    }

    /// Lists the next class, or the one before; after the last comes all.
    fn turn(&mut self, forward: bool) {
        let at = KINDS.iter().position(|kind| *kind == self.class).unwrap_or(0);
        let next = if forward { at + 1 } else { at + KINDS.len() - 1 };
        self.class = KINDS[next % KINDS.len()];
        self.list.restart();
        self.load.due = true;
    }
}
