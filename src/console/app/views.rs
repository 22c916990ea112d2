//! Views: named queries that you jump to by number; and the sort and the columns that each list remembers.

use std::collections::BTreeMap;

use super::window::Listing;
use super::{App, Effect, Failure, Layer, Link, Pane, Tone};
use crate::console::app::prompt::{Asks, Prompt};
use crate::domain::{Provider, Status};
use crate::query::Sort;
use crate::settings::columns::Column;
use crate::settings::view::{Kept, View};

/// The views, and what each list remembers.
#[derive(Debug, Default)]
pub struct Views {
    /// The person's own, then the shared ones.
    pub all: Vec<View>,
    /// The name of the chosen view, and whether it is shared.
    pub chosen: Option<(String, bool)>,
    /// What each list remembers, by the list's name.
    pub kept: BTreeMap<String, Kept>,
}

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

impl App {
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
    fn list_name(&self) -> String {
        match (self.has_filter(), self.view()) {
            (true, _) => "filter".to_owned(),
            (false, Some(view)) if view.shared => format!("shared view {}", view.name),
            (false, Some(view)) => format!("view {}", view.name),
            (false, None) => format!("status {}", self.chosen.name()),
        }
    }

    fn remembered(&self) -> Kept {
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

    /// Sorts the current list, and remembers it.
    pub(super) fn sort_by(&mut self, sort: Sort) -> Vec<Effect> {
        let kept = Kept { sort: sort.name().to_owned(), ..self.remembered() };
        if sort != self.list.sort {
            self.relist();
        }
        self.remember(kept)
    }

    /// Gives the current list these columns; an empty slice restores the default.
    pub(super) fn set_columns(&mut self, columns: &[Column]) -> Vec<Effect> {
        let columns = columns.iter().map(|column| column.name().to_owned()).collect();
        self.remember(Kept { columns, ..self.remembered() })
    }

    fn remember(&mut self, kept: Kept) -> Vec<Effect> {
        self.views.kept.insert(self.list_name(), kept);
        self.list.sort = self.sort();
        vec![Effect::Remember(self.views.kept.clone())]
    }

    /// Goes to the view with this number, from 1.
    pub(super) fn jump_to_view(&mut self, number: usize) {
        let Some(at) = number.checked_sub(1).filter(|at| *at < self.views.all.len()) else {
            let count = self.views.all.len();
            return self.say(Tone::News, format!("There are {count} views. Press w to save a filter as a view."));
        };
        self.choose_view(at);
        self.focus = Pane::List;
    }

    pub(super) fn choose_view(&mut self, at: usize) {
        let Some(view) = self.views.all.get(at) else { return };
        let chosen = Some((view.name.clone(), view.shared));
        self.moved_by_hand = true;
        let before = self.listing();
        (self.views.chosen, self.filter.on) = (chosen, false);
        if before != self.listing() || self.list.sort != self.sort() {
            self.list_anew();
        }
    }

    /// Asks for a name to save the current filter under.
    pub(super) fn ask_for_a_name(&mut self) {
        if !self.has_filter() || self.filter.fault.is_some() {
            return self.say(Tone::News, "Type a filter first (/): a view saves the filter.");
        }
        if let Some(Layer::Filter) = self.layers.last() {
            self.layers.pop();
        }
        let shared = self.views.all.iter().any(|view| view.shared);
        let name = self.view_name.clone();
        self.layers.push(Layer::Prompt(Box::new(Prompt::new(Asks::ViewName { shared }, name))));
    }

    /// Saves the current filter under a name.
    pub(super) fn save_view(&mut self, name: &str, shared: bool) -> Vec<Effect> {
        let text = self.filter.text.trim().to_owned();
        if shared && (self.session.read_only || self.link != Link::Live) {
            self.say(Tone::Bad, "Shared views are in the database, and nothing can be written there now.");
            return Vec::new();
        }
        let Ok(view) = View::new(name, &text, shared) else { return Vec::new() };
        self.put_prompt_away();
        vec![Effect::SaveView(Box::new(view), true)]
    }

    /// Asks to forget the chosen view.
    pub(super) fn forget_view(&mut self) -> Vec<Effect> {
        let Some(view) = self.view().cloned() else {
            self.say(Tone::News, "No view is chosen. Press a digit to choose one.");
            return Vec::new();
        };
        if view.shared && (self.session.read_only || self.link != Link::Live) {
            self.say(Tone::Bad, "Shared views are in the database, and nothing can be written there now.");
            return Vec::new();
        }
        vec![Effect::SaveView(Box::new(view), false)]
    }

    /// Handles the result of saving or forgetting a view.
    pub(super) fn saved_view(&mut self, view: View, kept: bool, result: Result<(), Failure>) -> Vec<Effect> {
        let name = view.name.clone();
        match result {
            Err(Failure::Other(text)) => self.say(Tone::Bad, format!("The view {name} was not changed: {text}")),
            Err(Failure::Lost | Failure::Unknown) => {
                self.say(Tone::Bad, format!("The database does not answer. Check the view {name} once it is back."));
            }
            Ok(()) => {
                self.view_name = String::new();
                if kept { self.view_kept(view) } else { self.view_forgotten(view) }
            }
        }
        Vec::new()
    }

    fn view_kept(&mut self, view: View) {
        let place = self.views.all.iter().position(|it| it.name == view.name && it.shared == view.shared);
        let at = place.unwrap_or_else(|| self.views.all.partition_point(|it| it.shared <= view.shared));
        self.say(Tone::Good, format!("Saved as the view {}.", view.name));
        match place {
            Some(at) => self.views.all[at] = view,
            None => self.views.all.insert(at, view),
        }
        self.choose_view(at);
    }

    fn view_forgotten(&mut self, view: View) {
        self.views.all.retain(|it| (&it.name, it.shared) != (&view.name, view.shared));
        let words = format!("The view {} is forgotten. Press / for its query, then ctrl-s to save it.", view.name);
        self.say(Tone::Good, words);
        // A view forgotten by mistake can be saved again from the filter.
        self.filter.input = tui_input::Input::new(view.text);
        if self.views.chosen == Some((view.name, view.shared)) {
            self.views.chosen = None;
            self.list_anew();
        }
    }

    /// Handles the shared views that were read.
    pub(super) fn take_views(&mut self, views: Result<Vec<(String, String)>, Failure>) -> Vec<Effect> {
        match views {
            Ok(views) => {
                let before = self.listing();
                self.views.all.retain(|view| !view.shared);
                for (name, text) in views {
                    match View::new(&name, &text, true) {
                        Ok(view) => self.views.all.push(view),
                        Err(fault) => self.say(Tone::News, format!("Could not read the shared view {name}: {fault}")),
                    }
                }
                if before != self.listing() {
                    self.list_anew();
                }
            }
            Err(Failure::Other(text)) => self.say(Tone::Bad, format!("Could not read the shared views: {text}")),
            Err(Failure::Lost | Failure::Unknown) => {}
        }
        Vec::new()
    }
}
