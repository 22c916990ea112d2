//! The console's state and how it changes. No I/O, no clock: work for the outside is returned as
//! effects.

mod act;
mod browse;
pub mod bulk;
pub mod checkpoint;
pub mod desk;
pub mod filter;
pub mod form;
pub mod inbox;
pub mod journal;
mod keys;
pub mod live;
mod load;
pub mod marks;
mod message;
mod mouse;
pub mod pick;
pub mod prompt;
pub mod search;
mod urgency;
pub mod views;
pub mod watch;
pub mod window;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use tui_input::Input;
use uuid::Uuid;

use super::layout::{Layout, Pane};
use crate::desk::Command;
use crate::domain::{Action, Actor, By, Choice, OrderKey, Roles, Status, menu};
use crate::records::Count;
use crate::records::PlannedAction;
use crate::settings::prefs::Prefs;
use bulk::{Bulk, Tally};
use desk::case_menu::CaseMenu;
use desk::sheet::Sheet;
use desk::{Desk, Paper};
use filter::Filter;
use form::{Draft, Form};
use inbox::{Inbox, Settling};
use journal::{Journal, Tone};
use live::Live;
use load::Loads;
use marks::Marks;
pub use message::{Considering, Effect, Failure, Link, Message, Move, Pulse, Shown};
use pick::{Choosing, Pick};
use prompt::Prompt;
use search::Search;
use views::{BoardRow, Views};
use watch::Watching;
use watch::plan::Planning;
use watch::plans::Plans;
use window::{Listing, Window};

/// The action menu of an order.
#[derive(Debug, Clone, Default)]
pub struct Menu {
    /// Show every action of the law, with reasons; otherwise only the allowed ones.
    pub reasons: bool,
    /// The selected line.
    pub at: usize,
    /// Why the last letter did nothing, or who moved the order.
    pub note: Option<String>,
}

/// The stage of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It waits for an answer.
    Asking,
    /// It was answered with yes, and the command is being carried out.
    Writing,
    /// The connection was lost while writing.
    Unknown,
}

/// The question before a write. It holds the exact command.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// What runs if the answer is yes, and nothing else.
    pub command: Box<Command>,
    /// The full consequence.
    pub consequence: String,
    /// Whether the selected answer is yes; it starts as no.
    pub yes: bool,
    /// The word to type, if there is one, and what is typed so far.
    pub word: Option<(&'static str, Input)>,
    /// Its stage.
    pub stage: Stage,
    /// Who moved the order while this was open. It can then only be closed.
    pub moved: Option<String>,
    /// Whether it has been drawn. Earlier keys do not answer it.
    pub seen: bool,
}

/// A layer above the panes.
#[derive(Debug, Clone)]
pub enum Layer {
    /// The action menu of the shown order.
    Menu(Menu),
    /// A form.
    Form(Box<Form>),
    /// A question.
    Confirm(Box<Confirm>),
    /// Help, or the command palette.
    Search(Box<Search>),
    /// A line of text to type.
    Prompt(Box<Prompt>),
    /// A short menu.
    Pick(Box<Pick>),
    /// The columns of the list.
    Columns(Choosing),
    /// One action on all marked orders.
    Bulk(Box<Bulk>),
    /// All messages, from this line on.
    Messages(usize),
    /// The filter is being typed.
    Filter,
    /// The facts in quarantine.
    Quarantine,
    /// How a quarantined fact is settled.
    Settling(Box<Settling>),
    /// The watch on Approved.
    Watch,
    /// The runbook of the shown order, and the name of the selected step.
    Runbook(&'static str),
    /// A plan that is being made.
    Plan(Box<Planning>),
    /// The list of plans.
    Plans,
    /// The dispute desk.
    Desk,
    /// The actions on the case.
    CaseMenu(CaseMenu),
    /// The form of a case action.
    Sheet(Box<Sheet>),
    /// Something to read above the desk.
    Paper(Box<Paper>),
}

impl Layer {
    /// Whether its question has been drawn, if it asks one.
    fn seen(&mut self) -> Option<&mut bool> {
        match self {
            Self::Confirm(question) => Some(&mut question.seen),
            Self::Settling(settling) => Some(&mut settling.seen),
            Self::Bulk(bulk) => Some(&mut bulk.seen),
            Self::Plan(planning) => Some(&mut planning.seen),
            Self::Sheet(sheet) => Some(&mut sheet.was_seen),
            Self::Menu(_)
            | Self::Form(_)
            | Self::Search(_)
            | Self::Prompt(_)
            | Self::Pick(_)
            | Self::Columns(_)
            | Self::Messages(_)
            | Self::Filter
            | Self::Watch
            | Self::Runbook(_)
            | Self::Plans
            | Self::Desk
            | Self::CaseMenu(_)
            | Self::Paper(_)
            | Self::Quarantine => None,
        }
    }
}

/// The user, and where they work.
#[derive(Debug, Clone)]
pub struct Session {
    /// The user's name.
    pub person: String,
    /// Their roles.
    pub roles: Roles,
    /// Nothing may be written.
    pub read_only: bool,
    /// The database, in one word.
    pub place: String,
    /// Real money: the name is shown as a warning.
    pub production: bool,
    /// Its id, from which request ids are made.
    pub id: Uuid,
}

/// The console.
#[derive(Debug)]
pub struct App {
    /// The user, and where they work.
    pub session: Session,
    /// The user's preferences.
    pub prefs: Prefs,
    /// When the last message came.
    pub now: DateTime<Utc>,
    /// The screen size: columns and lines.
    pub size: (u16, u16),
    /// The connection to the database.
    pub link: Link,
    /// How far the feed lags behind, in seconds.
    pub behind: i64,
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
    /// The last typed id of an order, and the last typed name of a view.
    sought: String,
    view_name: String,
    /// The order on the right.
    pub shown: Option<Shown>,
    /// Its first line on the screen.
    pub order_scroll: usize,
    /// The layers above the panes, the topmost last.
    pub layers: Vec<Layer>,
    /// Forms that were closed without sending.
    pub drafts: HashMap<Draft, Form>,
    /// The program's messages.
    pub journal: Journal,
    /// The facts in quarantine.
    pub inbox: Inbox,
    /// The watch on Approved.
    pub watching: Watching,
    /// The list of plans.
    pub plans: Plans,
    /// The dispute desk.
    pub desk: Desk,
    /// The choices for the orders of a plan that was closed; none for orders that were left out.
    planned: HashMap<OrderKey, Option<PlannedAction>>,
    /// A tick is being written.
    ticking: bool,
    /// A plan opens as soon as all of this is read.
    plan_when_read: Option<Listing>,
    /// The command that is being carried out.
    pub writing: Option<Box<Command>>,
    /// The remaining commands on marked orders, the next one last, and the results so far.
    pub running: Option<(Vec<Command>, Tally)>,
    stop_bulk: bool,
    bulk_note: Option<((Action, Actor), String)>,
    prefix: Option<String>,
    /// An Esc that may start a sequence: whether more of it followed, and when.
    escape: Option<(bool, DateTime<Utc>)>,
    leaving: bool,
    moved_by_hand: bool,
    requests: u128,
    loads: Loads,
}

impl App {
    /// Creates a console that has read nothing yet.
    pub fn new(session: Session, prefs: Prefs, size: (u16, u16), now: DateTime<Utc>) -> Self {
        let statuses = urgency::statuses(session.roles);
        let views = Views { all: prefs.views.clone(), chosen: None, kept: prefs.kept.clone() };
        let mut app = Self {
            session,
            prefs,
            views,
            marks: Marks::default(),
            live: Live::default(),
            sought: String::new(),
            view_name: String::new(),
            now,
            size,
            link: Link::Connecting,
            behind: 0,
            board: None,
            board_scroll: 0,
            chosen: statuses[0],
            statuses,
            focus: Pane::Board,
            filter: Filter::default(),
            list: Window::default(),
            shown: None,
            order_scroll: 0,
            layers: Vec::new(),
            drafts: HashMap::new(),
            journal: Journal::default(),
            inbox: Inbox::default(),
            watching: Watching::default(),
            plans: Plans::default(),
            desk: Desk::default(),
            planned: HashMap::new(),
            ticking: false,
            plan_when_read: None,
            writing: None,
            running: None,
            stop_bulk: false,
            bulk_note: None,
            prefix: None,
            escape: None,
            leaving: false,
            moved_by_hand: false,
            requests: 0,
            loads: Loads::default(),
        };
        app.list.sort = app.sort();
        app
    }

    /// Handles one message. `now` is when it came.
    pub fn update(&mut self, message: Message, now: DateTime<Utc>) -> Vec<Effect> {
        self.now = now;
        let mut effects = match message {
            Message::Key(key) => self.key(key),
            Message::Typed(text) => {
                self.filter.input = Input::new(text);
                self.refilter(true);
                Vec::new()
            }
            Message::Mouse(event) => {
                self.mouse(event);
                Vec::new()
            }
            Message::Paste(text) => self.paste(&text),
            Message::Resize(width, height) => {
                self.size = (width, height);
                Vec::new()
            }
            Message::Tick => {
                self.live.forget(now);
                Vec::new()
            }
            Message::Link(link) => self.linked(link),
            Message::Pulse(pulse) => self.pulse(&pulse),
            Message::Board(board) => self.take_board(board),
            Message::Page(ask, page) => self.take_page(&ask, page),
            Message::Order(key, shown) => self.take_order(&key, shown),
            Message::Waiting(after, page) => self.take_waiting(after, page),
            Message::Roles(roles) => self.take_roles(roles),
            Message::Wrote(command, answer) => self.wrote(command, answer),
            Message::WroteOne(command, answer) => self.wrote_one(&command, answer),
            Message::Learnt(command, answer) => self.learnt(command, answer),
            Message::Considered(id, number, answer) => self.considered(id, number, answer),
            Message::Settled(id, answer) => self.settled(id, answer),
            Message::Sought(name, found) => self.sought(&name, found),
            Message::All(of, all) => self.take_all(&of, all),
            Message::Views(views) => self.take_views(views),
            Message::SavedView(view, kept, result) => self.saved_view(*view, kept, result),
            Message::Told(tone, text) => {
                self.say(tone, text);
                Vec::new()
            }
            Message::Watch(news) => self.take_news(news),
            Message::Desk(news) => self.take_desk(news),
        };
        self.cover();
        self.settle();
        effects.extend(self.pump());
        effects
    }

    /// A layer under another one is not on the screen: it has to be drawn again before it can be answered.
    fn cover(&mut self) {
        let below = self.layers.len().saturating_sub(1);
        for seen in self.layers[..below].iter_mut().filter_map(Layer::seen) {
            *seen = false;
        }
        self.plans.seen &= matches!(self.layers.last(), Some(Layer::Plans));
    }

    /// The layout of the panes now.
    pub fn layout(&self) -> Option<Layout> {
        Layout::new(self.size.0, self.size.1, self.focus, self.prefs.plain)
    }

    /// How many rows of the list fit on the screen.
    pub fn list_height(&self) -> usize {
        self.layout().map_or(0, |layout| usize::from(layout.list.height.saturating_sub(layout.headings())))
    }

    /// The menu of the shown order for this person.
    pub fn choices(&self, menu_is: &Menu) -> Vec<Choice> {
        let Some(shown) = &self.shown else { return Vec::new() };
        let mut choices = menu(&shown.stored.order, By::Person(self.session.roles), self.now);
        choices.retain(|choice| menu_is.reasons || choice.verdict.is_ok());
        // Actions in our own name come before those recorded for others.
        choices.sort_by_key(|choice| !choice.actor.is_us());
        choices
    }

    /// Whether something is open on the shown order. Then only a key may show another order.
    pub fn acts(&self) -> bool {
        let of_the_order = |layer: &Layer| match layer {
            Layer::Menu(_) | Layer::Form(_) | Layer::Confirm(_) | Layer::Runbook(_) => true,
            Layer::Search(_)
            | Layer::Prompt(_)
            | Layer::Pick(_)
            | Layer::Columns(_)
            | Layer::Bulk(_)
            | Layer::Messages(_)
            | Layer::Filter
            | Layer::Quarantine
            | Layer::Watch
            | Layer::Plan(_)
            | Layer::Plans
            | Layer::Desk
            | Layer::CaseMenu(_)
            | Layer::Sheet(_)
            | Layer::Paper(_)
            | Layer::Settling(_) => false,
        };
        self.layers.iter().any(of_the_order)
    }

    /// Notes that the current state has been drawn: its question can be answered now.
    pub fn drawn(&mut self) {
        if let Some(seen) = self.layers.last_mut().and_then(Layer::seen) {
            *seen = true;
        }
        self.plans.seen |= matches!(self.layers.last(), Some(Layer::Plans));
    }

    /// Whether anything on the screen shows how old it is.
    pub fn shows_time(&self) -> bool {
        !self.list.rows.is_empty() || !self.layers.is_empty()
    }

    /// Whether a countdown of seconds is on the screen.
    pub fn counts_seconds(&self) -> bool {
        matches!(self.link, Link::Lost { .. })
    }

    fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.journal.say(self.now, tone, text);
    }

    /// Keeps the selection on the screen.
    fn settle(&mut self) {
        let height = self.list_height();
        self.list.settle(height);
        self.settle_desk();
        let board = self.layout().map_or(0, |layout| usize::from(layout.board.height));
        let rows = self.board_rows();
        let at = rows.iter().position(|row| self.is_chosen(*row)).unwrap_or(0);
        // The first status brings its provider's heading with it.
        let at = if at == 1 { 0 } else { at };
        self.board_scroll = window::follow(self.board_scroll, at, board, rows.len());
    }

    /// When the screen next changes automatically, if the exact time is known.
    pub fn next_change(&self) -> Option<DateTime<Utc>> {
        self.live.until()
    }

    /// Changes to the theme at this index.
    fn set_theme(&mut self, at: usize) {
        self.prefs.theme = at % self.prefs.themes.len().max(1);
        if let Some(theme) = self.prefs.themes.get(self.prefs.theme) {
            let words = format!("Theme {}: {}", theme.name, theme.about);
            let plain = if self.prefs.colour && !self.prefs.plain { "" } else { " (colours are off)" };
            self.say(Tone::News, format!("{words}{plain}"));
        }
    }

    /// Chooses a line of the left pane.
    fn choose_row(&mut self, row: BoardRow) {
        match row {
            BoardRow::Provider(_) | BoardRow::Views => {}
            BoardRow::Status(status) => self.choose(status),
            BoardRow::View(at) => {
                self.choose_view(at);
            }
        }
    }
}
