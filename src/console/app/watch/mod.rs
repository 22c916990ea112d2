//! The watch on Approved: the grid of age by merchant, the flow, the alerts; and what is shown next to a stuck
//! order.

mod message;
pub mod plan;
pub mod plans;

use crate::text::sentence;
use chrono::{DateTime, TimeDelta, Utc};
use strum::VariantArray;
use tui_input::Input;

use super::prompt::{Asks, Prompt};
use super::window::Listing;
use super::{App, Effect, Failure, Layer, Link, Pane, Tone};
pub use message::{Ask, News};

use crate::domain::{Role, Task};
use crate::query::{self, length_of};
use crate::records::Evidence;
use crate::records::InPlan;
use crate::records::OrderRecord;
use crate::records::Tick;
use crate::settings::keys::Command;
use crate::stuck::STUCK;
use crate::stuck::alarm::{Alarm, Standing};
use crate::stuck::band::Band;
use crate::stuck::grid::{Grid, Hour, Row};
use crate::stuck::rule::Severity;
use crate::stuck::runbook;
use crate::stuck::runbook::Tool;
use crate::stuck::why::Why;
use crate::work::watcher::{Acknowledged, Looked};

/// What one read of the watch brought.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Seen {
    /// Age by merchant.
    pub grid: Grid,
    /// Orders that entered and left Approved, hour by hour.
    pub flow: Vec<Hour>,
    /// The alerts.
    pub looked: Looked,
}

/// A cell of the grid: one merchant or all, one band or all.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cell {
    /// The merchant; none is all of them, empty is orders without a merchant.
    pub merchant: Option<String>,
    /// The band; none is all of them.
    pub band: Option<Band>,
}

impl Cell {
    /// The query that finds its orders.
    pub fn query(&self) -> String {
        let mut terms = vec![format!("status:{}", STUCK.name())];
        terms.extend(self.merchant.as_deref().map(|name| format!("merchant={}", query::quoted(name))));
        terms.extend(self.band.map(Band::query).filter(|query| !query.is_empty()));
        terms.join(" ")
    }
}

/// A stuck order, and why it is stuck.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StuckShown {
    /// The order.
    pub stored: OrderRecord,
    /// Why.
    pub why: Why,
}

/// What is shown next to an order's log.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Related {
    /// Why it is stuck, if it is.
    pub why: Option<Why>,
    /// What was tried and observed, oldest first.
    pub evidence: Vec<Evidence>,
    /// The plans it is in, newest first.
    pub plans: Vec<InPlan>,
    /// The ticked steps of its runbook.
    pub ticks: Vec<Tick>,
}

/// The state of the watch.
#[derive(Debug, Default)]
pub struct Watching {
    /// The latest read; none before the first.
    pub seen: Option<Seen>,
    /// The selected merchant; none is all together.
    pub merchant: Option<String>,
    /// The index of the selected band; one past the last is all of them.
    pub band: usize,
    /// A cell, and its first orders, those with the least time left.
    pub orders: Option<(Cell, Vec<StuckShown>)>,
    /// The alerts have the focus.
    pub alerts: bool,
    /// The selected alert.
    pub alert: Option<String>,
    /// An alert, and the acknowledgement that was typed for it but not sent.
    pub reason: (String, String),
    /// Alerts without an acknowledgement that were already notified, and their severity.
    rung: Option<Vec<(String, Severity)>>,
}

impl Watching {
    /// The rows of the grid as they are drawn: the merchants, then all together.
    pub fn rows(&self) -> Vec<&Row> {
        self.seen.iter().flat_map(|seen| seen.grid.rows.iter().chain([&seen.grid.all])).collect()
    }

    /// The index of the selected row.
    pub fn at(&self) -> usize {
        let rows = self.rows();
        let last = rows.len().saturating_sub(1);
        let is_it = |name: &String| rows[..last].iter().position(|row| row.merchant == *name);
        self.merchant.as_ref().map_or(last, |name| is_it(name).unwrap_or(last))
    }

    /// The selected cell.
    pub fn cell(&self) -> Cell {
        let rows = self.rows();
        let last = rows.len().saturating_sub(1);
        // A merchant that is no longer in the grid is not selected.
        let merchant = rows.get(self.at()).filter(|_| self.at() < last).map(|row| row.merchant.clone());
        Cell { merchant, band: Band::VARIANTS.get(self.band).copied() }
    }

    /// The open alerts, worst first; acknowledged ones after the others.
    pub fn open(&self, now: DateTime<Utc>) -> Vec<&Standing> {
        let mut open: Vec<&Standing> =
            self.seen.iter().flat_map(|seen| &seen.looked.standings).filter(|it| it.is_open()).collect();
        open.sort_by(|a, b| {
            let key = |it: &Standing| (it.is_quiet(now), std::cmp::Reverse(it.severity));
            key(a).cmp(&key(b)).then_with(|| a.alert.cmp(&b.alert))
        });
        open
    }

    /// The index of the selected alert.
    pub fn alert_at(&self, now: DateTime<Utc>) -> usize {
        self.open(now).iter().position(|it| Some(&it.alert) == self.alert.as_ref()).unwrap_or(0)
    }
}

impl App {
    /// Whether alerts concern this person.
    pub fn is_watching(&self) -> bool {
        self.session.roles.may(Task::Alert).is_ok() || self.session.roles.holds(Role::Viewer)
    }

    /// How many alerts have no acknowledgement, and whether one of them is critical.
    pub fn alarms(&self) -> (usize, bool) {
        let Some(seen) = self.watching.seen.as_ref().filter(|_| self.is_watching()) else { return (0, false) };
        let loud = seen.looked.loud(self.now);
        (loud.len(), loud.iter().any(|alarm| alarm.severity == Severity::Critical))
    }

    pub(super) fn open_watch(&mut self) {
        self.loads.watch.due = true;
        if self.watching.merchant.is_none() {
            self.watching.merchant = self.worst();
            self.watching.band = Band::VARIANTS.len();
        }
        self.loads.cell.due = true;
        self.watching.alerts = false;
        self.layers.push(Layer::Watch);
    }

    /// The merchant to look at first: the one with the oldest orders.
    fn worst(&self) -> Option<String> {
        Some(self.watching.seen.as_ref()?.grid.rows.first()?.merchant.clone())
    }

    /// Handles the result of a request.
    pub(super) fn take_news(&mut self, news: News) -> Vec<Effect> {
        match news {
            News::Seen(seen) => self.take_watch(seen),
            News::Cell(cell, orders) => self.take_cell(cell, orders),
            News::Acknowledged(alert, answer) => self.acknowledged(&alert, answer),
            News::Ticked(result) => self.ticked(result),
            News::Plans(plans) => self.take_plans(plans),
            News::PlanRows(number, rows) => self.take_plan_rows(number, rows),
            News::PlanTotals(number, totals) => self.take_plan_totals(number, totals),
            News::MadePlan(run, number) => self.made_plan(run, number),
            News::PlanProgress(number, progress) => self.plan_progress(number, progress),
            News::PlanEnded(number, ended) => self.plan_ended(number, ended),
            News::PlanTold(number, answer) => self.plan_told(number, answer),
        }
    }

    fn take_watch(&mut self, seen: Result<Box<Seen>, Failure>) -> Vec<Effect> {
        self.loads.watch.end(&seen);
        match seen {
            Ok(seen) => {
                let rung = self.ring(&seen);
                // The screen is frozen; unfreezing it refreshes everything.
                if self.live.frozen.is_some() && self.watching.seen.is_some() {
                    return rung;
                }
                let first = self.watching.seen.is_none();
                self.watching.seen = Some(*seen);
                if first && matches!(self.layers.last(), Some(Layer::Watch)) {
                    self.watching.merchant = self.worst();
                }
                self.loads.cell.due = true;
                rung
            }
            Err(Failure::Other(text)) => {
                self.say(Tone::Bad, format!("Could not read the watch: {text}"));
                Vec::new()
            }
            Err(Failure::Lost | Failure::Unknown) => Vec::new(),
        }
    }

    fn take_cell(&mut self, cell: Cell, orders: Result<Vec<StuckShown>, Failure>) -> Vec<Effect> {
        self.loads.cell.end(&orders);
        match orders {
            Ok(orders) => {
                self.loads.cell.due |= cell != self.watching.cell();
                self.watching.orders = Some((cell, orders));
            }
            Err(Failure::Other(text)) => self.say(Tone::Bad, format!("Could not read the stuck orders: {text}")),
            Err(Failure::Lost | Failure::Unknown) => {}
        }
        Vec::new()
    }

    /// Notifies about alerts that start, get worse or are no longer acknowledged, and about those that have ended.
    fn ring(&mut self, seen: &Seen) -> Vec<Effect> {
        let loud = seen.looked.loud(self.now);
        let now: Vec<(String, Severity)> = loud.iter().map(|alarm| (alarm.alert.clone(), alarm.severity)).collect();
        if !self.is_watching() {
            return Vec::new();
        }
        // Alerts from before the start are in the header: they ring, but hide no other message.
        let first = self.watching.rung.is_none();
        let before = self.watching.rung.replace(now).unwrap_or_default();
        let known = |alarm: &Alarm| before.iter().any(|(alert, bad)| *alert == alarm.alert && *bad >= alarm.severity);
        let fresh: Vec<&Alarm> = loud.into_iter().filter(|alarm| !known(alarm)).collect();
        let is_over = |alert: &&String| !seen.looked.alarms.iter().any(|alarm| alarm.alert == **alert);
        let over: Vec<&String> = before.iter().map(|(alert, _)| alert).filter(is_over).collect();
        let more = |count: usize| if count > 1 { format!(" ({} more)", count - 1) } else { String::new() };
        if let Some(first) = over.first() {
            self.say(Tone::Good, format!("Ended: {}{}", crate::text::clean(first), more(over.len())));
        }
        let Some(worst) = fresh.first() else { return Vec::new() };
        let words = format!("{}: {}: {}{}", worst.severity.name(), worst.alert, worst.said, more(fresh.len()));
        let words = crate::text::clean(&words);
        if !first {
            self.say(Tone::News, words.clone());
        }
        vec![Effect::Alert(words)]
    }

    pub(super) fn on_watch(&mut self, command: Command) -> Vec<Effect> {
        let before = self.watching.cell();
        match command {
            Command::NextPane => self.watching.alerts = !self.watching.alerts,
            Command::Down | Command::Up if self.watching.alerts => {
                let step: isize = if command == Command::Down { 1 } else { -1 };
                let open = self.watching.open(self.now);
                let at = self.watching.alert_at(self.now).saturating_add_signed(step).min(open.len().saturating_sub(1));
                self.watching.alert = open.get(at).map(|standing| standing.alert.clone());
            }
            Command::Down | Command::Up => {
                let step: isize = if command == Command::Down { 1 } else { -1 };
                let rows = self.watching.rows();
                let last = rows.len().saturating_sub(1);
                let at = self.watching.at().saturating_add_signed(step).min(last);
                self.watching.merchant = rows[..last].get(at).map(|row| row.merchant.clone());
            }
            Command::Left => self.watching.band = self.watching.band.saturating_sub(1),
            Command::Right => self.watching.band = (self.watching.band + 1).min(Band::VARIANTS.len()),
            Command::Choose if self.watching.alerts => self.ask_to_acknowledge(),
            Command::Choose => self.open_cell(),
            Command::Acknowledge => self.ask_to_acknowledge(),
            Command::Plan => return self.plan_cell(),
            _ => _ = self.layers.pop(),
        }
        self.loads.cell.due |= before != self.watching.cell();
        Vec::new()
    }

    /// Plans the orders of the selected cell, and no others.
    fn plan_cell(&mut self) -> Vec<Effect> {
        if let Some(refused) = self.may_not_plan() {
            self.say(Tone::Bad, refused);
            return Vec::new();
        }
        let cell = self.watching.cell();
        self.plan_of(&cell)
    }

    /// Plans the orders of a cell. A cell that no query describes is never taken for all orders.
    fn plan_of(&mut self, cell: &Cell) -> Vec<Effect> {
        match query::parse(&cell.query()) {
            Ok(query) => self.plan_listing(Listing::Found(query)),
            Err(fault) => {
                self.say(Tone::Bad, format!("These orders cannot be found by a query: {fault}"));
                Vec::new()
            }
        }
    }

    /// Lists the orders of the selected cell; its query is in the filter.
    fn open_cell(&mut self) {
        let text = self.watching.cell().query();
        self.put_layers_away();
        self.marks.range = false;
        self.moved_by_hand = true;
        self.views.chosen = None;
        self.filter.input = Input::new(text);
        self.refilter(true);
        self.focus = Pane::List;
    }

    fn ask_to_acknowledge(&mut self) {
        if self.session.read_only {
            return self.say(Tone::Bad, "Read-only: nothing is written here.");
        }
        let at = self.watching.alert_at(self.now);
        let Some(alert) = self.watching.open(self.now).get(at).map(|standing| standing.alert.clone()) else {
            return self.say(Tone::News, "There is no alert.");
        };
        let (of, typed) = &self.watching.reason;
        let typed = if *of == alert { typed.clone() } else { String::new() };
        let mut prompt = Prompt::new(Asks::Acknowledge { alert }, typed);
        // Typing continues after the earlier text.
        prompt.fresh = false;
        self.layers.push(Layer::Prompt(Box::new(prompt)));
    }

    /// Acknowledges an alert: `4h the token is being rotated` says for how long, and why.
    pub(super) fn acknowledge(&mut self, alert: String, text: &str) -> Vec<Effect> {
        let (length, reason) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let length = match length_of(length) {
            Ok(length) if length > TimeDelta::zero() => length,
            Ok(_) | Err(_) => {
                self.say(Tone::Bad, "Start with how long (90m, 4h or 2d), then add a reason.");
                return Vec::new();
            }
        };
        if reason.trim().is_empty() {
            self.say(Tone::Bad, "Add a reason after the time: why is no notification needed for now?");
            return Vec::new();
        }
        if self.link != Link::Live {
            self.say(Tone::Bad, "Not connected: nothing can be written now.");
            return Vec::new();
        }
        vec![Effect::Watch(Ask::Acknowledge { alert, reason: reason.trim().to_owned(), until: self.now + length })]
    }

    fn acknowledged(&mut self, alert: &str, answer: Result<Acknowledged, Failure>) -> Vec<Effect> {
        self.loads.watch.due = true;
        let asked = |layer: &Layer| matches!(layer, Layer::Prompt(prompt) if matches!(&prompt.asks, Asks::Acknowledge { alert: it } if it == alert));
        match answer {
            Ok(Acknowledged::Done(standing)) => {
                self.layers.retain(|layer| !asked(layer));
                self.watching.reason = Default::default();
                let until = standing.until.map_or_else(String::new, |until| self.prefs.zone.short(until));
                self.say(Tone::Good, format!("{alert} is acknowledged until {until}."));
            }
            Ok(Acknowledged::NotOpen(_)) => self.say(Tone::News, format!("{alert} has already ended.")),
            Ok(Acknowledged::NotPermitted(refused)) => self.say(Tone::Bad, sentence(&refused.to_string())),
            Ok(Acknowledged::NoReason) => self.say(Tone::Bad, "Add a reason: why is no notification needed for now?"),
            Ok(Acknowledged::Conflict) => self.say(Tone::Bad, "This alert has just changed. Refresh, then try again."),
            Err(Failure::Other(text)) => self.say(Tone::Bad, text),
            Err(Failure::Lost | Failure::Unknown) => {
                self.say(Tone::Bad, "The database does not answer. Check the alert once it is back.");
            }
        }
        Vec::new()
    }

    /// The runbook of the shown order; empty if it is not stuck.
    pub fn runbook(&self) -> &'static [runbook::Step] {
        let why = self.shown.as_ref().and_then(|shown| shown.related.why.as_ref());
        why.map_or(&[], |why| runbook::steps(why.cause))
    }

    pub(super) fn open_runbook(&mut self) {
        match self.runbook().first() {
            Some(step) => self.layers.push(Layer::Runbook(step.name)),
            None => self.say(Tone::News, "A runbook is for orders that are stuck at Approved. Press S to see them."),
        }
    }

    pub(super) fn on_runbook(&mut self, command: Command) -> Vec<Effect> {
        let steps = self.runbook();
        let Some(Layer::Runbook(name)) = self.layers.last_mut() else { return Vec::new() };
        let at = steps.iter().position(|step| step.name == *name);
        let last = steps.len().saturating_sub(1);
        let go = |at: usize| steps.get(at.min(last)).map_or("", |step| step.name);
        match command {
            Command::Down => *name = go(at.map_or(0, |at| at + 1)),
            Command::Up => *name = go(at.map_or(0, |at| at.saturating_sub(1))),
            Command::Mark | Command::Choose if at.is_none() => {
                *name = go(0);
                self.say(Tone::News, "The cause has changed: check the steps again.");
            }
            Command::Mark => return self.tick(at.unwrap_or(0)),
            Command::Choose => return self.do_step(at.and_then(|at| steps.get(at)).map(|step| step.tool)),
            _ => _ = self.layers.pop(),
        }
        Vec::new()
    }

    /// Ticks a step, or unticks it.
    fn tick(&mut self, at: usize) -> Vec<Effect> {
        let Some((step, shown)) = self.runbook().get(at).zip(self.shown.as_ref()) else { return Vec::new() };
        let done = shown.related.ticks.iter().any(|tick| tick.step == step.name);
        let order = shown.stored.order.key.clone();
        if let Err(refused) = self.session.roles.may(Task::Runbook) {
            self.say(Tone::Bad, sentence(&refused.to_string()));
        } else if self.session.read_only {
            self.say(Tone::Bad, "Read-only: nothing is written here.");
        } else if self.link != Link::Live {
            self.say(Tone::Bad, "Not connected: nothing can be written now.");
        } else if !std::mem::replace(&mut self.ticking, true) {
            // One at a time: the second of two quick ticks has to see the result of the first.
            return vec![Effect::Watch(Ask::Tick(order, step.name.to_owned(), !done))];
        }
        Vec::new()
    }

    fn ticked(&mut self, result: Result<(), Failure>) -> Vec<Effect> {
        self.loads.order.due = true;
        self.ticking = false;
        if let Err(Failure::Other(text)) = result {
            self.say(Tone::Bad, text);
        }
        Vec::new()
    }

    /// Opens the place where a step is done.
    fn do_step(&mut self, tool: Option<Tool>) -> Vec<Effect> {
        match tool {
            None => {}
            Some(Tool::Elsewhere) => self.say(Tone::News, "This step is done elsewhere. Press Space to tick it."),
            Some(Tool::Actions) => {
                self.layers.pop();
                self.focus = Pane::Order;
                return self.on_panes(Command::Actions);
            }
            Some(Tool::Quarantine) => {
                self.loads.inbox.due = true;
                self.layers.push(Layer::Quarantine);
            }
            Some(Tool::Copy) => self.open_copy(),
            Some(Tool::Refresh) => return self.refresh(),
            Some(Tool::Plan) => {
                let merchant = self.shown.as_ref().and_then(|shown| shown.stored.merchant.clone());
                let cell = Cell { merchant: Some(merchant.unwrap_or_default()), band: None };
                self.layers.pop();
                return self.plan_of(&cell);
            }
        }
        Vec::new()
    }
}
