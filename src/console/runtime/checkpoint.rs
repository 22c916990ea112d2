//! A snapshot of what a console shows, so that a recording can start from it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tui_input::Input;
use uuid::Uuid;

use crate::console::app::layout::Pane;
use crate::console::app::session::{Link, Session};
use crate::console::app::state::App;
use crate::console::orders::shown::Shown;
use crate::console::orders::window::{Page, Window};
use crate::domain::{OrderKey, Roles, Status};
use crate::query::{self, Sort};
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

impl Checkpoint {
    /// Takes a snapshot of the panes.
    pub fn of(app: &App) -> Self {
        let orders = &app.orders;
        Self {
            person: app.session.person.clone(),
            roles: app.session.roles,
            read_only: app.session.read_only,
            place: app.session.place.clone(),
            production: app.session.production,
            size: app.size,
            theme: app.prefs.themes.get(app.prefs.theme).map_or_else(String::new, |theme| theme.name.clone()),
            ascii: app.prefs.ascii || app.prefs.plain,
            mask: app.prefs.mask,
            link: app.link,
            board: orders.board.clone(),
            views: orders.views.all.clone(),
            kept: orders.views.kept.clone(),
            keys: app.prefs.keys.clone(),
            view: orders.views.chosen.clone(),
            filter: (orders.filter.input.value().to_owned(), orders.filter.on),
            chosen: orders.chosen,
            focus: orders.focus,
            sort: orders.list.sort,
            rows: orders.list.page(),
            selected: orders.list.selected.clone(),
            scroll: orders.list.scroll,
            shown: orders.shown.clone(),
            waiting: app.quarantine.waiting,
        }
    }

    /// Restores a console from a snapshot. Settings in the snapshot override these preferences.
    pub fn resume(self, mut prefs: Prefs, at: DateTime<Utc>) -> App {
        let checkpoint = self;
        let Self { person, roles, read_only, place, production, .. } = checkpoint;
        let session = Session { person, roles, read_only, place, production, id: Uuid::nil() };
        prefs.theme = prefs.themes.iter().position(|theme| theme.name == checkpoint.theme).unwrap_or(prefs.theme);
        (prefs.ascii, prefs.mask) = (prefs.ascii || checkpoint.ascii, checkpoint.mask);
        (prefs.kept, prefs.keys) = (checkpoint.kept, checkpoint.keys);
        let mut app = App::new(session, prefs, checkpoint.size, at);
        app.link = checkpoint.link;
        app.orders.board = checkpoint.board;
        app.orders.views.all = checkpoint.views;
        app.orders.views.chosen = checkpoint.view;
        let (text, on) = checkpoint.filter;
        match query::parse(&text) {
            Ok(query) => app.orders.filter.query = query,
            Err(fault) => app.orders.filter.fault = Some(fault),
        }
        app.orders.filter.text.clone_from(&text);
        (app.orders.filter.input, app.orders.filter.on) = (Input::new(text), on);
        (app.orders.chosen, app.orders.focus) = (checkpoint.chosen, checkpoint.focus);
        app.orders.list = Window::of(checkpoint.rows, checkpoint.selected, checkpoint.sort, checkpoint.scroll);
        app.orders.shown = checkpoint.shown;
        app.quarantine.waiting = checkpoint.waiting;
        app.orders.moved_by_hand = true;
        app
    }
}
