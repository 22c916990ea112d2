//! What the list shows now: a status, a view or a filter; and the sort and the columns that it remembers.

use crate::console::kit::look::name;
use crate::console::orders::state::Orders;
use crate::console::orders::window::Listing;
use crate::domain::{Provider, Status};
use crate::query::{Query, Sort};
use crate::settings::columns::Column;
use crate::settings::view::{Kept, View};
use crate::text;

/// A line of the left pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardRow {
    /// A provider, over its statuses.
    Provider(Provider),
    /// A status.
    Status(Status),
    /// The heading of the views.
    Views,
    /// The view at this index.
    View(usize),
}

impl Orders {
    /// What the list shows.
    pub fn listing(&self) -> Listing {
        match (self.has_filter(), self.view()) {
            (true, _) => Listing::Found(self.filter.query.clone()),
            (false, Some(view)) => Listing::Found(view.query.clone()),
            (false, None) => Listing::Status(self.chosen),
        }
    }

    /// Whether a filter is on.
    pub const fn has_filter(&self) -> bool {
        self.filter.on && !self.filter.query.terms.is_empty()
    }

    /// Whether the list shows the results of a query, not a status.
    pub fn is_filtered(&self) -> bool {
        self.has_filter() || self.view().is_some()
    }

    /// Returns the query of the list and its text, if there is one.
    pub fn listed_query(&self) -> Option<(&Query, &str)> {
        match (self.has_filter(), self.view()) {
            (true, _) => Some((&self.filter.query, &self.filter.text)),
            (false, Some(view)) => Some((&view.query, &view.text)),
            (false, None) => None,
        }
    }

    /// The list's title: its status, its view, or "Found".
    pub fn list_title(&self) -> String {
        match (self.has_filter(), self.view()) {
            (true, _) => "Found".to_owned(),
            (false, Some(view)) => text::clean(&view.name),
            (false, None) => name(self.chosen).to_owned(),
        }
    }

    /// The lines of the left pane.
    pub fn board_rows(&self) -> Vec<BoardRow> {
        let (mut rows, mut before) = (Vec::new(), None);
        for &status in &self.statuses {
            if before.replace(status.provider()) != Some(status.provider()) {
                rows.push(BoardRow::Provider(status.provider()));
            }
            rows.push(BoardRow::Status(status));
        }
        if !self.views.all.is_empty() {
            rows.push(BoardRow::Views);
            rows.extend((0..self.views.all.len()).map(BoardRow::View));
        }
        rows
    }

    /// Whether a line of the left pane is the one whose orders are listed.
    pub fn is_chosen(&self, row: BoardRow) -> bool {
        match row {
            BoardRow::Provider(_) | BoardRow::Views => false,
            BoardRow::Status(status) => self.views.chosen.is_none() && status == self.chosen,
            BoardRow::View(at) => self.view().is_some_and(|view| self.views.all.get(at) == Some(view)),
        }
    }

    /// The chosen view, if it still exists.
    pub fn view(&self) -> Option<&View> {
        let (name, shared) = self.views.chosen.as_ref()?;
        self.views.all.iter().find(|view| view.name == *name && view.shared == *shared)
    }

    /// The name under which the current list is remembered.
    pub fn list_name(&self) -> String {
        match (self.has_filter(), self.view()) {
            (true, _) => "filter".to_owned(),
            (false, Some(view)) if view.shared => format!("shared view {}", view.name),
            (false, Some(view)) => format!("view {}", view.name),
            (false, None) => format!("status {}", self.chosen.name()),
        }
    }

    /// What the current list remembers.
    pub fn remembered(&self) -> Kept {
        self.views.kept.get(&self.list_name()).cloned().unwrap_or_default()
    }

    /// The sort of the current list.
    pub fn sort(&self) -> Sort {
        self.remembered().sort.parse().unwrap_or_default()
    }

    /// The columns of the current list.
    pub fn columns(&self) -> Vec<Column> {
        let columns: Vec<Column> = self.remembered().columns.iter().filter_map(|name| name.parse().ok()).collect();
        match (columns.is_empty(), self.listing()) {
            (false, _) => columns,
            (true, Listing::Status(_)) => Column::OF_A_STATUS.to_vec(),
            // With only one status, the rows do not repeat it.
            (true, Listing::Found(query)) if query.one_status().is_some() => Column::OF_A_STATUS.to_vec(),
            (true, Listing::Found(_)) => Column::OF_WHAT_WAS_FOUND.to_vec(),
        }
    }
}
