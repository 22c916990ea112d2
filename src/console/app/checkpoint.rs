//! A snapshot of what a console shows, so that a recording can start from it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tui_input::Input;
use uuid::Uuid;

use super::window::{Page, Window};
use super::{App, Link, Session, Shown};
use crate::console::layout::Pane;
use crate::domain::{OrderKey, Roles, Status};
use crate::query::{self, Cursor, Sort};
use crate::records::Count;
use crate::settings::keys::Keymap;
use crate::settings::prefs::Prefs;
use crate::settings::view::Kept;
use crate::settings::view::View;

/// The panes, with nothing open above them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The login of the person at the console.
    pub person: String,
    /// Their roles.
    pub roles: Roles,
    /// Nothing can be written.
    pub read_only: bool,
    /// The name of the database.
    pub place: String,
    /// The database holds real money.
    pub production: bool,
    /// Width in columns, height in lines.
    pub size: (u16, u16),
    /// The theme's name.
    pub theme: String,
    /// Only ASCII signs are drawn.
    pub ascii: bool,
    /// People's names are hidden.
    pub mask: bool,
    /// The connection to the database.
    pub link: Link,
    /// The counts of orders.
    pub board: Option<Vec<Count>>,
    /// The saved queries.
    pub views: Vec<View>,
    /// The sort order and columns of each list.
    pub kept: BTreeMap<String, Kept>,
    /// The keymap.
    pub keys: Keymap,
    /// The view that is listed: its name, and whether it is shared.
    pub view: Option<(String, bool)>,
    /// The text of the filter, and whether the filter is on.
    pub filter: (String, bool),
    /// The status that is listed.
    pub chosen: Status,
    /// The pane that takes keys.
    pub focus: Pane,
    /// How the list is sorted.
    pub sort: Sort,
    /// The rows in memory.
    pub rows: Page,
    /// The selected order.
    pub selected: Option<OrderKey>,
    /// The first row on the screen.
    pub scroll: usize,
    /// The order in the right pane.
    pub shown: Option<Shown>,
    /// How many facts are waiting in quarantine.
    pub waiting: i64,
}

impl App {
    /// Takes a snapshot of the panes.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            person: self.session.person.clone(),
            roles: self.session.roles,
            read_only: self.session.read_only,
            place: self.session.place.clone(),
            production: self.session.production,
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

    /// Restores a console from a snapshot. Settings in the snapshot override these preferences.
    pub fn resume(checkpoint: Checkpoint, mut prefs: Prefs, at: DateTime<Utc>) -> Self {
        let Checkpoint { person, roles, read_only, place, production, .. } = checkpoint;
        let session = Session { person, roles, read_only, place, production, id: Uuid::nil() };
        prefs.theme = prefs.themes.iter().position(|theme| theme.name == checkpoint.theme).unwrap_or(prefs.theme);
        (prefs.ascii, prefs.mask) = (prefs.ascii || checkpoint.ascii, checkpoint.mask);
        (prefs.kept, prefs.keys) = (checkpoint.kept, checkpoint.keys);
        let mut app = Self::new(session, prefs, checkpoint.size, at);
        app.link = checkpoint.link;
        app.board = checkpoint.board;
        app.views.all = checkpoint.views;
        app.views.chosen = checkpoint.view;
        let (text, on) = checkpoint.filter;
        match query::parse(&text) {
            Ok(query) => app.filter.query = query,
            Err(fault) => app.filter.fault = Some(fault),
        }
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
