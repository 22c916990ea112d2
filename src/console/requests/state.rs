//! The requests to the providers, page by page.

use crate::console::app::load::{Failure, Load};
use crate::console::kit::paged::{Paged, Row, Through};
use crate::desk::providers::{Settled, Word};
use crate::records::{Request, RequestState};
use crate::serve::secret::Secret;

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

impl Row for Request {
    type Id = i64;
    type Place = i64;

    fn id(&self) -> i64 {
        self.id
    }

    fn place(&self) -> i64 {
        self.id
    }
}

/// The requests.
#[derive(Debug, Default)]
pub struct Requests {
    /// Only those in this state; `None` is all.
    pub state: Option<RequestState>,
    /// The current page.
    pub list: Paged<Request>,
    /// How many are open, by state.
    pub open: Vec<(RequestState, i64)>,
    /// The request on which a word is being said.
    pub saying: Option<i64>,
    /// A page is being read.
    pub load: Load,
}

impl Requests {
    /// The current page, as it is asked for.
    pub fn ask(&self) -> PageAsk {
        PageAsk { state: self.state, before: self.list.after() }
    }

    /// Shows a page.
    pub fn take(&mut self, page: PageShown) {
        self.open = page.open;
        self.load.due |= self.list.take(page.requests);
    }
}

impl Through for Requests {
    /// Moves the selection; beyond the page, reads the next one.
    fn step(&mut self, by: isize) {
        self.load.due |= self.list.step(by);
    }

    /// Lists the requests in the next state, or in the one before; after the last comes all.
    fn turn(&mut self, forward: bool) {
        let at = KINDS.iter().position(|kind| *kind == self.state).unwrap_or(0);
        let next = if forward { at + 1 } else { at + KINDS.len() - 1 };
        self.state = KINDS[next % KINDS.len()];
        self.list.restart();
        self.load.due = true;
    }
}
