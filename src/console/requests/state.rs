//! The requests to the providers, page by page.

use crate::console::app::load::{Failure, Load};
use crate::desk::providers::{Settled, Word};
use crate::records::{Request, RequestState};
use crate::serve::secret::Secret;

/// How many requests a page holds.
pub const PAGE: usize = 100;

/// What is listed: all, or those in one state. They are turned through in this order.
pub const KINDS: [Option<RequestState>; 8] = [
    None,
    Some(RequestState::ToApprove),
    Some(RequestState::Queued),
    Some(RequestState::Sending),
    Some(RequestState::Unknown),
    Some(RequestState::Refused),
    Some(RequestState::NotDone),
    Some(RequestState::Done),
];

/// A request from the console.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Read a page.
    Page(PageAsk),
    /// Say a person's word on a request, with a note where it needs one.
    Say(i64, Word, Option<String>),
    /// Replace an account's token.
    Token(String, Secret),
}

/// A page: in which state, and before which number.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PageAsk {
    /// Only those in this state.
    pub state: Option<RequestState>,
    /// Only those before this number.
    pub before: Option<i64>,
}

/// A page, and how many wait in each state, counted up to a limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PageShown {
    /// The requests, the newest first.
    pub requests: Vec<Request>,
    /// How many are open, by state.
    pub open: Vec<(RequestState, i64)>,
}

/// The result of a request.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// A page was read.
    Page(PageAsk, Result<PageShown, Failure>),
    /// The result of a person's word.
    Said(i64, Result<Settled, Failure>),
    /// Whether the provider accepts an account's new token, and in which words.
    Replaced(String, Result<(bool, String), Failure>),
}

/// The requests.
#[derive(Debug, Default)]
pub struct Requests {
    /// Only those in this state; `None` is all.
    pub state: Option<RequestState>,
    /// The current page; `None` before the first is read.
    pub page: Option<PageShown>,
    /// The number of the selected request.
    pub selected: Option<i64>,
    /// The number before which each page starts, from the second page to this one.
    starts: Vec<i64>,
    /// The request on which a word is being said.
    pub saying: Option<i64>,
    /// A page is being read.
    pub load: Load,
}

impl Requests {
    /// The current page, as it is asked for.
    pub fn ask(&self) -> PageAsk {
        PageAsk { state: self.state, before: self.starts.last().copied() }
    }

    fn rows(&self) -> &[Request] {
        self.page.as_ref().map_or(&[], |page| &page.requests)
    }

    /// The line of the selected request.
    pub fn at(&self) -> usize {
        self.rows().iter().position(|request| Some(request.id) == self.selected).unwrap_or(0)
    }

    /// The selected request.
    pub fn request(&self) -> Option<&Request> {
        self.rows().get(self.at())
    }

    /// Lists the requests in the next state, or in the one before; after the last comes all.
    pub fn turn(&mut self, forward: bool) {
        let at = KINDS.iter().position(|kind| *kind == self.state).unwrap_or(0);
        let next = if forward { at + 1 } else { at + KINDS.len() - 1 };
        self.state = KINDS[next % KINDS.len()];
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
            && let Some(last) = self.rows().last().map(|request| request.id)
        {
            self.starts.push(last);
            (self.selected, self.load.due) = (None, true);
            return;
        }
        let to = to.clamp(0, (count as isize - 1).max(0)) as usize;
        self.selected = self.rows().get(to).map(|request| request.id);
    }

    /// Shows a page.
    pub fn take(&mut self, page: PageShown) {
        if !page.requests.iter().any(|request| Some(request.id) == self.selected) {
            self.selected = page.requests.first().map(|request| request.id);
        }
        self.page = Some(page);
    }
}
