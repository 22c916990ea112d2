//! The statements, and the current page of what does not agree of one of them.

use serde::{Deserialize, Serialize};

use crate::console::app::load::{Failure, Load};
use crate::console::kit::paged::{Paged, Row, Through};
use crate::store::statements::{Difference, Statement, Sum};

/// How many statements can be turned through.
pub const MOST: i64 = 60;

/// A page: of which statement, and after which place. `None` is the latest one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageAsk {
    /// The statement's number.
    pub number: Option<i64>,
    /// Only what stands after this place.
    pub after: i32,
}

/// What was read: the statements, and what of one does not agree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageShown {
    /// Those that are kept, the latest first.
    pub all: Vec<Statement>,
    /// What does not agree.
    pub differences: Vec<Difference>,
    /// Its sums.
    pub sums: Vec<Sum>,
}

/// The result of a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// A page was read.
    Page(PageAsk, Result<PageShown, Failure>),
}

impl Row for Difference {
    type Id = i32;
    type Place = i32;

    fn id(&self) -> i32 {
        self.place
    }

    fn place(&self) -> i32 {
        self.place
    }
}

/// The statements.
#[derive(Debug, Default)]
pub struct Statements {
    /// Those that are kept, the latest first; `None` before they are read.
    pub all: Option<Vec<Statement>>,
    /// The number of the one that is shown; `None` is the latest.
    pub number: Option<i64>,
    /// What of it does not agree.
    pub list: Paged<Difference>,
    /// Its sums.
    pub sums: Vec<Sum>,
    /// A page is being read.
    pub load: Load,
}

impl Statements {
    /// The current page, as it is asked for.
    pub fn ask(&self) -> PageAsk {
        PageAsk { number: self.number, after: self.list.after().unwrap_or(0) }
    }

    /// The place of the one that is shown, among all.
    pub fn at(&self) -> usize {
        let all = self.all.as_deref().unwrap_or_default();
        all.iter().position(|it| Some(it.number) == self.number).unwrap_or(0)
    }

    /// The one that is shown.
    pub fn shown(&self) -> Option<&Statement> {
        self.all.as_deref().unwrap_or_default().get(self.at())
    }

    /// Shows what was read.
    pub fn take(&mut self, page: PageShown) {
        self.all = Some(page.all);
        self.sums = page.sums;
        self.load.due |= self.list.take(page.differences);
    }
}

impl Through for Statements {
    /// Moves the selection; beyond the page, reads the next one.
    fn step(&mut self, by: isize) {
        self.load.due |= self.list.step(by);
    }

    /// Shows the one before this one, or the one after; after the first comes the latest.
    fn turn(&mut self, forward: bool) {
        let all = self.all.as_deref().unwrap_or_default();
        let Some(last) = all.len().checked_sub(1) else { return };
        let at = if forward { self.at() + 1 } else { self.at() + last };
        self.number = Some(all[at % all.len()].number);
        self.list.restart();
        self.sums.clear();
        self.load.due = true;
    }
}
