//! What concerns this person, as it was read.

use crate::console::app::load::{Failure, Load};
use crate::records::InboxItem;

/// How many items are shown.
pub const MOST: i64 = 50;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Read the latest items.
    Look,
    /// Mark these as read; all of them if there are none.
    Read(Option<Vec<i64>>),
}

/// The result of a request.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// The latest items were read, or why not.
    Items(Result<Vec<InboxItem>, Failure>),
    /// Items were marked as read, or why not.
    Read(Result<(), Failure>),
}

/// What concerns this person.
#[derive(Debug, Default)]
pub struct Inbox {
    /// The latest items, the newest first; `None` before they are read.
    pub items: Option<Vec<InboxItem>>,
    /// The number of the selected item.
    pub selected: Option<i64>,
    /// What is being read.
    pub load: Load,
}

impl Inbox {
    /// The items that were read.
    pub fn items(&self) -> &[InboxItem] {
        self.items.as_deref().unwrap_or_default()
    }

    /// The line of the selected item.
    pub fn at(&self) -> usize {
        self.items().iter().position(|item| Some(item.id) == self.selected).unwrap_or(0)
    }

    /// The selected item.
    pub fn item(&self) -> Option<&InboxItem> {
        self.items().get(self.at())
    }

    /// Moves the selection.
    pub fn step(&mut self, by: isize) {
        let at = crate::console::kit::scroll::moved(self.at(), by, self.items().len());
        self.selected = self.items().get(at).map(|item| item.id);
    }
}
