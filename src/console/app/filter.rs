//! The filter: a query typed under the list. The list changes as you type.

use crossterm::event::{Event, KeyEvent};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::window::Listing;
use super::{App, Effect, Layer, Link, Pane, Tone};
use crate::query::{self, Fault, Query};
use crate::settings::keys::Command;

/// The filter of the list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The text field.
    pub input: Input,
    /// The last valid query.
    pub query: Query,
    /// The text of that query.
    pub text: String,
    /// The error in the text field, if there is one.
    pub fault: Option<Fault>,
    /// The filter is on; otherwise it is only remembered.
    pub on: bool,
}

impl App {
    /// What the list shows.
    pub fn listing(&self) -> Listing {
        match (self.has_filter(), self.view()) {
            (true, _) => Listing::Found(self.filter.query.clone()),
            (false, Some(view)) => Listing::Found(view.query.clone()),
            (false, None) => Listing::Status(self.chosen),
        }
    }

    /// Whether a filter is on.
    pub fn has_filter(&self) -> bool {
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

    /// Returns the text of a query for the screen, without people's names if they are hidden.
    pub fn shown_query(&self, text: &str) -> String {
        if self.prefs.mask { query::masked(text) } else { text.to_owned() }
    }

    pub(super) fn open_filter(&mut self) {
        self.layers.push(Layer::Filter);
        self.refilter(true);
    }

    pub(super) fn on_filter(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Down => self.move_in_list(1),
            Command::Up => self.move_in_list(-1),
            Command::Go if self.filter.fault.is_some() => {
                let fault = self.filter.fault.as_ref().map_or_else(String::new, ToString::to_string);
                self.say(Tone::Bad, format!("{fault}. Correct it, or press Esc."));
            }
            Command::Go => {
                self.layers.pop();
                self.focus = Pane::List;
                self.refilter(true);
            }
            Command::Save => {
                self.refilter(true);
                self.ask_for_a_name();
            }
            _ => {
                self.layers.pop();
                self.refilter(false);
            }
        }
        Vec::new()
    }

    pub(super) fn type_filter(&mut self, key: KeyEvent) {
        self.filter.input.handle_event(&Event::Key(key));
        self.refilter(true);
    }

    /// Turns the filter off. Its text is kept for the next time.
    pub(super) fn unfilter(&mut self) {
        self.refilter(false);
    }

    /// Parses the filter, and reloads the list if it now shows something else.
    pub(super) fn refilter(&mut self, on: bool) {
        let before = self.listing();
        self.filter.on = on;
        let typing = matches!(self.layers.last(), Some(Layer::Filter));
        let typed = self.filter.input.value();
        let text = if typing { settled(typed) } else { typed }.to_owned();
        match query::parse(&text) {
            Ok(query) => (self.filter.query, self.filter.text, self.filter.fault) = (query, text, None),
            Err(fault) => self.filter.fault = Some(fault),
        }
        if before != self.listing() {
            self.relist();
        }
    }

    /// Loads the list again. The old rows stay on the screen until the new ones are read.
    pub(super) fn relist(&mut self) {
        // Without a connection no rows can be read, and the old rows are not results of this query.
        match self.link {
            Link::Live => self.list.restart(),
            Link::Connecting | Link::Lost { .. } => self.list_anew(),
        }
        self.list.sort = self.sort();
        self.loads.list.due = true;
    }
}

/// Returns the text without an unfinished key at its end: `sta` may become `status:`, so it is not yet a name.
fn settled(text: &str) -> &str {
    let last = text.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let word = text[last..].trim_start_matches('-');
    let begins = query::KEYS.iter().any(|key| key.name.starts_with(word) && key.name != key.example);
    if begins && !text.contains('"') { &text[..last] } else { text }
}

#[cfg(test)]
mod tests {
    use super::settled;

    #[test]
    fn the_beginning_of_a_key_waits() {
        let check = |text, expect| assert_eq!(settled(text), expect);
        check("sta", "");
        check("buyer:ngo -amou", "buyer:ngo ");
        check("sara", "sara");
        check("status:dis", "status:dis");
        check("unconfirmed", "unconfirmed");
        check("", "");
    }
}
