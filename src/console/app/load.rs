//! Which data has to be read again, and what was read. Each kind has one read in progress at a time, and the latest
//! request wins.

use super::window::{Page, PageAsk};
use super::{App, Effect, Failure, Layer, Link, Pulse, Shown, Tone};
use crate::console::app::watch::{Ask, Related};
use crate::console::app::window::Window;
use crate::domain::{OrderKey, Roles};
use crate::records::Count;
use crate::stuck::STUCK;

/// The state of reading one kind of data.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Load {
    /// A read is needed.
    pub due: bool,
    /// A read is in progress.
    under_way: bool,
}

/// The state of every kind.
#[derive(Debug, Default)]
pub(super) struct Loads {
    pub board: Load,
    pub list: Load,
    pub order: Load,
    pub inbox: Load,
    pub watch: Load,
    pub cell: Load,
    pub plans: Load,
    pub desk: Load,
    pub case: Load,
}

impl Load {
    pub fn start(&mut self, live: bool) -> bool {
        let start = live && self.due && !self.under_way;
        if start {
            *self = Self { due: false, under_way: true };
        }
        start
    }

    /// Starts reading further rows. Returns whether it may start.
    pub fn start_more(&mut self, live: bool) -> bool {
        let start = live && !self.under_way;
        self.under_way |= start;
        start
    }

    /// Ends a read. If the database was not reached, the read is due again.
    pub fn end<T>(&mut self, result: &Result<T, Failure>) {
        self.under_way = false;
        self.due |= matches!(result, Err(Failure::Lost | Failure::Unknown));
    }
}

impl App {
    /// Starts every read that is due. Without a connection they wait.
    pub(super) fn pump(&mut self) -> Vec<Effect> {
        let live = self.link == Link::Live;
        let height = self.list_height();
        let mut effects = Vec::new();
        // The open order comes first.
        if let Some(key) = self.list.selected.clone()
            && self.loads.order.start(live)
        {
            effects.push(Effect::LoadOrder(key));
        }
        if self.loads.board.start(live) {
            effects.push(Effect::LoadBoard);
        }
        if self.loads.list.start(live) {
            effects.push(Effect::LoadPage(self.list.ask(self.listing(), height)));
        }
        let open = self.layers.iter().any(|layer| matches!(layer, Layer::Quarantine));
        if open && self.loads.inbox.start(live) {
            effects.push(Effect::LoadWaiting(self.inbox.after()));
        }
        // The watch refreshes automatically from time to time; at once only while it is open.
        let open = self.layers.iter().any(|layer| matches!(layer, Layer::Watch));
        if (open || self.watching.seen.is_none()) && self.loads.watch.start(live) {
            effects.push(Effect::Watch(Ask::Look));
        }
        if open && self.watching.seen.is_some() && self.loads.cell.start(live) {
            effects.push(Effect::Watch(Ask::Cell(self.watching.cell())));
        }
        let open = self.layers.iter().any(|layer| matches!(layer, Layer::Plans));
        if open && self.loads.plans.start(live) {
            effects.push(Effect::Watch(Ask::Plans));
        }
        effects.extend(self.pump_desk(live));
        effects
    }

    /// Refreshes everything.
    pub(super) fn refresh(&mut self) -> Vec<Effect> {
        self.loads.board.due = true;
        self.loads.list.due = true;
        self.loads.order.due = true;
        self.loads.inbox.due = true;
        self.loads.watch.due = true;
        self.loads.plans.due = true;
        (self.loads.desk.due, self.loads.case.due) = (true, self.desk.selected.is_some());
        vec![Effect::LoadRoles, Effect::LoadViews]
    }

    pub(super) fn linked(&mut self, mut link: Link) -> Vec<Effect> {
        // The screen is as old as the first loss of the connection, however many retries follow.
        if let (Link::Lost { since: first, .. }, Link::Lost { since, .. }) = (self.link, &mut link) {
            *since = first;
        }
        let before = std::mem::replace(&mut self.link, link);
        match (before, link) {
            (Link::Live, Link::Lost { .. }) => {
                // The header keeps saying so until the connection is back.
                let old = "The database does not answer. What you see may be old, and nothing can be written.";
                self.say(Tone::News, old);
                Vec::new()
            }
            (Link::Lost { .. }, Link::Live) => {
                // A frozen screen is as old as the lost connection.
                self.live.thaw();
                self.say(Tone::Good, "Connected again.");
                self.refresh()
            }
            (Link::Connecting, Link::Live) => self.refresh(),
            _ => Vec::new(),
        }
    }

    /// Whether a pulse itself changes the screen; otherwise only the data read because of it does.
    pub fn shows(&self, pulse: &Pulse) -> bool {
        !pulse.moves.is_empty()
            || !pulse.cases.is_empty()
            || pulse.behind != self.behind
            || pulse.quarantined != self.inbox.waiting
    }

    pub(super) fn pulse(&mut self, pulse: &Pulse) -> Vec<Effect> {
        self.behind = pulse.behind;
        self.moved(&pulse.moves);
        let held_changed = pulse.rang || pulse.quarantined != self.inbox.waiting;
        self.inbox.waiting = pulse.quarantined;
        if self.live.frozen.is_some() {
            return Vec::new();
        }
        let any = !pulse.moves.is_empty();
        self.loads.board.due |= any;
        // An order that moved may match the filter now, or no longer match it.
        self.loads.list.due |= match self.is_filtered() {
            true => any,
            false => pulse.statuses.contains(&self.chosen),
        };
        let selected = self.list.selected.as_ref().map(OrderKey::to_string);
        let moved = selected.is_some_and(|name| pulse.moves.iter().any(|moved| moved.order == name));
        self.loads.order.due |= moved || held_changed;
        self.loads.list.due |= held_changed;
        self.loads.inbox.due |= held_changed;
        self.loads.watch.due |= pulse.statuses.contains(&STUCK);
        self.loads.plans.due |= pulse.rang;
        // A move may open a case, and a case shows its order.
        self.loads.desk.due |= any || !pulse.cases.is_empty();
        let here = self.desk.selected.as_ref().map(|(order, _)| order);
        self.loads.case.due |=
            here.is_some_and(|order| pulse.cases.contains(order) || pulse.moves.iter().any(|it| it.order == *order));
        Vec::new()
    }

    fn failed(&mut self, what: &str, failure: &Failure) {
        if let Failure::Other(text) = failure {
            self.say(Tone::Bad, format!("Could not read {what}: {text}"));
        }
    }

    pub(super) fn take_board(&mut self, board: Result<Vec<Count>, Failure>) -> Vec<Effect> {
        self.loads.board.end(&board);
        match board {
            Ok(board) => {
                let first = self.board.is_none();
                self.board = Some(board);
                if first && !self.moved_by_hand && !self.acts() {
                    self.choose_the_first_that_holds_orders();
                }
            }
            Err(failure) => self.failed("the counts", &failure),
        }
        Vec::new()
    }

    pub(super) fn take_page(&mut self, ask: &PageAsk, page: Result<Page, Failure>) -> Vec<Effect> {
        self.loads.list.end(&page);
        if ask.of != self.listing() || ask.sort != self.list.sort {
            return Vec::new();
        }
        match page {
            Ok(page) => {
                if self.acts() {
                    self.list.stay();
                }
                let before = self.list.selected.clone();
                self.loads.list.due |= self.list.take(ask, page);
                if before != self.list.selected {
                    self.went(before);
                    self.selected_another();
                }
            }
            Err(failure) => self.failed("the orders", &failure),
        }
        Vec::new()
    }

    /// Shows a newly selected order: what the list has of it at once, the rest when it is read.
    pub(super) fn selected_another(&mut self) {
        let row = self.list.row().map(|row| row.stored.clone());
        self.shown = row.map(|stored| Shown { stored, log: None, held: Vec::new(), related: Related::default() });
        self.order_scroll = 0;
        self.loads.order.due = self.shown.is_some();
    }

    pub(super) fn take_order(&mut self, key: &OrderKey, shown: Result<Option<Box<Shown>>, Failure>) -> Vec<Effect> {
        self.loads.order.end(&shown);
        if self.list.selected.as_ref() != Some(key) {
            self.loads.order.due = self.list.selected.is_some();
            return Vec::new();
        }
        match shown {
            Ok(Some(shown)) => {
                let version = self.shown.as_ref().map(|before| before.stored.order.version);
                if version.is_some_and(|version| version < shown.stored.order.version) {
                    self.moved_under_a_layer(&shown);
                }
                self.shown = Some(*shown);
            }
            Ok(None) => {}
            Err(failure) => self.failed("the order", &failure),
        }
        Vec::new()
    }

    pub(super) fn take_roles(&mut self, roles: Result<Roles, Failure>) -> Vec<Effect> {
        match roles {
            Ok(roles) => self.session.roles = roles,
            Err(failure) => self.failed("your roles", &failure),
        }
        Vec::new()
    }

    /// Starts a new list from its beginning.
    pub(super) fn list_anew(&mut self) {
        self.marks.range = false;
        if self.acts() {
            // Something is open on the selected order: it stays selected while the list around it changes.
            self.list.restart();
            self.loads.list.due = true;
            return;
        }
        self.list = Window::new(self.sort());
        self.shown = None;
        self.loads.list.due = true;
        self.loads.order.due = false;
    }
}
