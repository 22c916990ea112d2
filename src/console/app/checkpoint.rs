//! What a console shows at a moment, so that a recording can begin there.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tui_input::Input;
use uuid::Uuid;

use super::views::{Kept, View};
use super::window::{Page, Window};
use super::{App, Link, Seat, Shown};
use crate::console::keys::Keymap;
use crate::console::layout::Pane;
use crate::console::prefs::Prefs;
use crate::domain::{OrderKey, Roles, Status};
use crate::query::{self, Cursor, Sort};
use crate::store::read::Count;

/// The panes as they are, with nothing open above them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Who sits there.
    pub person: String,
    /// In which roles.
    pub roles: Roles,
    /// Nothing may be written.
    pub read_only: bool,
    /// What the database is called.
    pub place: String,
    /// It holds real money.
    pub production: bool,
    /// Columns and lines.
    pub size: (u16, u16),
    /// The theme's name.
    pub theme: String,
    /// Plain signs.
    pub ascii: bool,
    /// People's names are hidden.
    pub mask: bool,
    /// The way to the database.
    pub link: Link,
    /// The counts.
    pub board: Option<Vec<Count>>,
    /// Queries with names.
    pub views: Vec<View>,
    /// How lists are sorted, and their columns.
    pub kept: BTreeMap<String, Kept>,
    /// Which keys mean what.
    pub keys: Keymap,
    /// The one that is listed.
    pub view: Option<(String, bool)>,
    /// What is typed as a filter, and whether it decides what is listed.
    pub filter: (String, bool),
    /// The status that is listed.
    pub chosen: Status,
    /// Where the keys go.
    pub focus: Pane,
    /// How the list is sorted.
    pub sort: Sort,
    /// The rows in memory.
    pub rows: Page,
    /// The selected order.
    pub selected: Option<OrderKey>,
    /// The first row on the screen.
    pub scroll: usize,
    /// The order on the right.
    pub shown: Option<Shown>,
    /// How many facts wait in quarantine.
    pub waiting: i64,
}

impl App {
    /// The panes as they are.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            person: self.seat.person.clone(),
            roles: self.seat.roles,
            read_only: self.seat.read_only,
            place: self.seat.place.clone(),
            production: self.seat.production,
            size: self.size,
            theme: self.prefs.themes.get(self.prefs.theme).map_or_else(String::new, |theme| theme.name.clone()),
            ascii: self.prefs.ascii || self.prefs.plain,
            mask: self.prefs.mask,
            link: self.link,
            board: self.board.clone(),
            views: self.views.all.clone(),
            kept: self.views.kept.clone(),
            keys: self.prefs.keys.clone(),
            view: self.views.chosen.clone(),
            filter: (self.filter.input.value().to_owned(), self.filter.on),
            chosen: self.chosen,
            focus: self.focus,
            sort: self.list.sort,
            rows: self.list.page(),
            selected: self.list.selected.clone(),
            scroll: self.list.scroll,
            shown: self.shown.clone(),
            waiting: self.inbox.waiting,
        }
    }

    /// A console as it was then, with these preferences but for what the recording says.
    pub fn resume(checkpoint: Checkpoint, mut prefs: Prefs, at: DateTime<Utc>) -> Self {
        let Checkpoint { person, roles, read_only, place, production, .. } = checkpoint;
        let seat = Seat { person, roles, read_only, place, production, session: Uuid::nil() };
        prefs.theme = prefs.themes.iter().position(|theme| theme.name == checkpoint.theme).unwrap_or(prefs.theme);
        (prefs.ascii, prefs.mask) = (prefs.ascii || checkpoint.ascii, checkpoint.mask);
        (prefs.kept, prefs.keys) = (checkpoint.kept, checkpoint.keys);
        let mut app = Self::new(seat, prefs, checkpoint.size, at);
        app.link = checkpoint.link;
        app.board = checkpoint.board;
        app.views.all = checkpoint.views;
        app.views.chosen = checkpoint.view;
        let (text, on) = checkpoint.filter;
        app.filter.query = query::parse(&text).unwrap_or_default();
        app.filter.text.clone_from(&text);
        (app.filter.input, app.filter.on) = (Input::new(text), on);
        (app.chosen, app.focus) = (checkpoint.chosen, checkpoint.focus);
        app.list = Window::resumed(checkpoint.rows, checkpoint.selected, checkpoint.sort, checkpoint.scroll);
        app.shown = checkpoint.shown;
        app.inbox.waiting = checkpoint.waiting;
        app.moved_by_hand = true;
        app
    }
}

impl Window {
    /// The rows in memory.
    fn page(&self) -> Page {
        let rows = self.rows.iter().filter(|row| !row.gone).map(|row| row.stored.clone()).collect();
        Page { top: self.beginning(), rows, more: !self.is_whole() }
    }

    fn resumed(page: Page, selected: Option<OrderKey>, sort: Sort, scroll: usize) -> Self {
        let loaded = !page.rows.is_empty() || page.top == Cursor::start();
        Self::of(page, selected, sort, scroll, loaded)
    }
}
