//! The state of the orders' panes.

use std::collections::{BTreeMap, HashMap};

use tui_input::Input;

use crate::console::app::layout::Pane;
use crate::console::app::load::Load;
use crate::console::kit::scroll::Scroll;
use crate::console::orders::action::entries::{Draft, Entries};
use crate::console::orders::live::Live;
use crate::console::orders::marked::marks::Marks;
use crate::console::orders::marked::tally::Tally;
use crate::console::orders::shown::Shown;
use crate::console::orders::urgency;
use crate::console::orders::window::Window;
use crate::desk::Command;
use crate::domain::{Action, Actor, Roles, Status};
use crate::query::{Fault, Query};
use crate::records::Count;
use crate::settings::prefs::Prefs;
use crate::settings::view::{Kept, View};

/// What is being read.
#[derive(Debug, Default)]
pub struct Loads {
    /// The counts.
    pub board: Load,
    /// The list.
    pub list: Load,
    /// The shown order.
    pub order: Load,
}

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

/// The panes: statuses, orders, one order.
#[derive(Debug)]
pub struct Orders {
    /// The counts; none until they are read.
    pub board: Option<Vec<Count>>,
    /// The statuses in the order of the board.
    pub statuses: Vec<Status>,
    /// The first line of the board on the screen.
    pub board_scroll: usize,
    /// The status whose orders are listed.
    pub chosen: Status,
    /// The pane that has the focus.
    pub focus: Pane,
    /// The current or the last filter.
    pub filter: Filter,
    /// The views, and what each list remembers.
    pub views: Views,
    /// The list.
    pub list: Window,
    /// The marked orders.
    pub marks: Marks,
    /// Recent changes, and whether the screen is frozen.
    pub live: Live,
    /// The order on the right.
    pub shown: Option<Shown>,
    /// Its first line on the screen.
    pub scroll: Scroll,
    /// Forms that were closed without sending.
    pub drafts: HashMap<Draft, Entries>,
    /// The command that is being carried out.
    pub writing: Option<Box<Command>>,
    /// The remaining commands on marked orders, the next one last, and the results so far.
    pub running: Option<(Vec<Command>, Tally)>,
    /// The run on marked orders ends after the current one.
    pub stops: bool,
    /// The note that was typed for an action on marked orders.
    pub note: Option<((Action, Actor), String)>,
    /// The last typed id of an order, and the last typed name of a view.
    pub sought: String,
    /// The last typed name of a view.
    pub view_name: String,
    /// The person chose what is listed: nothing else is chosen for them.
    pub moved_by_hand: bool,
    /// What is being read.
    pub loads: Loads,
}

impl Orders {
    /// Whether the order that the next key is meant for is not on the screen yet.
    pub fn is_changing(&self) -> bool {
        self.focus != Pane::Board && self.list.is_landing() && self.loads.list.is_wanted()
    }

    /// Panes that have read nothing yet.
    pub fn new(roles: Roles, prefs: &Prefs) -> Self {
        let statuses = urgency::statuses(roles);
        let mut orders = Self {
            board: None,
            board_scroll: 0,
            chosen: statuses[0],
            statuses,
            focus: Pane::Board,
            filter: Filter::default(),
            views: Views { all: prefs.views.clone(), chosen: None, kept: prefs.kept.clone() },
            list: Window::default(),
            marks: Marks::default(),
            live: Live::default(),
            shown: None,
            scroll: Scroll::default(),
            drafts: HashMap::new(),
            writing: None,
            running: None,
            stops: false,
            note: None,
            sought: String::new(),
            view_name: String::new(),
            moved_by_hand: false,
            loads: Loads::default(),
        };
        orders.list.sort = orders.sort();
        orders
    }
}
