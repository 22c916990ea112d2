//! A plan that is being made: one action on many orders, with a dry run of each row and of all rows together.

use crate::text::sentence;
use crossterm::event::{Event, KeyEvent};
use ratatui::layout::Rect;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::Ask;
use crate::console::app::form::insert;
use crate::console::app::window::Listing;
use crate::console::app::{App, Effect, Failure, Layer, Link, Tone};
use crate::console::look::Look;
use crate::console::view::plan::Sheet;
use crate::domain::{Action, Flag, Money, OrderKey, Task};
use crate::records::OrderRecord;
use crate::records::PlanHead;
use crate::records::PlannedAction;
use crate::settings::keys::Command;
use crate::work::plan::{Judged, Totals, Verdict, draft, judge};

/// The stage of a plan that is being made.
#[derive(Debug, Clone)]
pub enum Stage {
    /// Its rows are being edited.
    Editing,
    /// An amount for one row is being typed.
    Amount(Input),
    /// The words to type before it is saved and run, and what is typed so far.
    Asking(String, Input),
    /// It is being saved.
    Keeping,
}

/// A plan that is being made.
#[derive(Debug, Clone)]
pub struct Planning {
    /// The orders as they were, and the action on each.
    pub orders: Vec<(OrderRecord, PlannedAction)>,
    /// The dry run of each row.
    pub judged: Vec<Judged>,
    /// The totals of the dry run.
    pub totals: Totals,
    /// The selected row.
    pub at: usize,
    /// The orders were marked, and are unmarked once the plan is saved.
    pub marked: bool,
    /// The orders that were left out.
    pub dropped: Vec<OrderKey>,
    /// Orders per second, and the number of failures after which it stops.
    pub pace: (i32, i32),
    /// Someone else has to approve it.
    pub needs_approval: bool,
    /// Its stage.
    pub stage: Stage,
    /// Whether the question has been drawn. Earlier keys do not answer it.
    pub seen: bool,
}

impl Planning {
    /// Whether letters are typed as text here.
    pub fn types(&self) -> bool {
        !matches!(self.stage, Stage::Editing)
    }

    pub(in crate::console::app) fn type_key(&mut self, key: KeyEvent) {
        match &mut self.stage {
            Stage::Amount(input) => _ = input.handle_event(&Event::Key(key)),
            Stage::Asking(_, input) if self.seen => _ = input.handle_event(&Event::Key(key)),
            Stage::Editing | Stage::Asking(..) | Stage::Keeping => {}
        }
    }

    /// Inserts a pasted amount. The words before a run cannot be pasted.
    pub(in crate::console::app) fn paste(&mut self, text: &str) {
        if let Stage::Amount(input) = &mut self.stage {
            insert(input, text);
        }
    }

    /// Sets what the selected row does, or, with `all`, what every row does.
    fn follow(&mut self, follow: Option<Action>, all: bool) {
        let at = self.at;
        let rows = self.orders.iter_mut().enumerate().filter(|(place, _)| all || *place == at);
        rows.for_each(|(_, (stored, doing))| *doing = PlannedAction::all(&stored.order, follow));
    }
}

impl App {
    /// Plans the marked orders, or everything listed if none are marked.
    pub(in crate::console::app) fn open_plan(&mut self) -> Vec<Effect> {
        if !self.marks.is_empty() {
            self.plan_marked();
            return Vec::new();
        }
        self.plan_all()
    }

    /// Plans everything that is listed now, and ignores marks.
    pub(in crate::console::app) fn plan_all(&mut self) -> Vec<Effect> {
        if let Some(refused) = self.may_not_plan() {
            self.say(Tone::Bad, refused);
            return Vec::new();
        }
        self.plan_listing(self.listing())
    }

    /// Plans the orders of a list once it is read.
    pub(super) fn plan_listing(&mut self, of: Listing) -> Vec<Effect> {
        self.plan_when_read = Some(of.clone());
        vec![Effect::LoadAll(of)]
    }

    pub(super) fn may_not_plan(&self) -> Option<String> {
        if self.session.read_only {
            return Some("Read-only: nothing is written here.".to_owned());
        }
        self.session.roles.may(Task::Plan).err().map(|refused| sentence(&refused.to_string()))
    }

    fn plan_marked(&mut self) {
        if let Some(refused) = self.may_not_plan() {
            return self.say(Tone::Bad, refused);
        }
        let orders = self.marks.orders().to_vec();
        self.plan_these(orders, true);
    }

    /// Opens a plan of these orders as they are.
    pub(in crate::console::app) fn plan_these(&mut self, orders: Vec<OrderRecord>, marked: bool) {
        if orders.is_empty() {
            return self.say(Tone::News, "The list is empty: there is nothing to plan.");
        }
        // Earlier choices apply again, and orders left out before stay out, until all marks are removed.
        let (mut chosen, mut dropped) = (Vec::new(), Vec::new());
        for stored in orders {
            match self.planned.get(&stored.order.key) {
                Some(None) => dropped.push(stored.order.key),
                Some(Some(doing)) => chosen.push((stored, *doing)),
                None => chosen.push((stored, PlannedAction { follow: None })),
            }
        }
        if !dropped.is_empty() {
            self.say(Tone::News, format!("{} left out as before. Press u in the list to include them.", dropped.len()));
        }
        if chosen.is_empty() {
            return;
        }
        let orders = chosen;
        let (judged, totals, stage) = (Vec::new(), Totals::default(), Stage::Editing);
        let (pace, needs_approval) = (self.prefs.plan, self.prefs.plan_approval);
        let planning =
            Planning { orders, judged, totals, at: 0, marked, dropped, pace, needs_approval, stage, seen: false };
        self.layers.push(Layer::Plan(Box::new(planning)));
        self.judge_plan();
    }

    /// Makes the dry run: the same check that the run makes of each row at its turn.
    fn judge_plan(&mut self) {
        let (roles, now) = (self.session.roles, self.now);
        let Some(Layer::Plan(planning)) = self.layers.last_mut() else { return };
        let orders = planning.orders.iter().map(|(stored, _)| stored.clone()).collect();
        planning.judged = judge(&draft(&planning.orders), orders, roles, now);
        planning.totals = Totals::of(&planning.judged);
    }

    pub(in crate::console::app) fn on_plan(&mut self, command: Command) -> Vec<Effect> {
        let area = self.layout().map_or(Rect::ZERO, |layout| layout.body);
        let Some(Layer::Plan(planning)) = self.layers.last_mut() else { return Vec::new() };
        let page = usize::from(self.size.1 / 2).max(1);
        let last = planning.orders.len().saturating_sub(1);
        match (&mut planning.stage, command) {
            (Stage::Editing, Command::Down) => planning.at = (planning.at + 1).min(last),
            (Stage::Editing, Command::Up) => planning.at = planning.at.saturating_sub(1),
            (Stage::Editing, Command::PageDown) => planning.at = (planning.at + page).min(last),
            (Stage::Editing, Command::PageUp) => planning.at = planning.at.saturating_sub(page),
            (Stage::Editing, Command::ThenNothing) => planning.follow(None, false),
            (Stage::Editing, Command::ThenCapture) => planning.follow(Some(Action::Capture), false),
            (Stage::Editing, Command::ThenCancel) => planning.follow(Some(Action::Cancel), false),
            (Stage::Editing, Command::AllNothing) => planning.follow(None, true),
            (Stage::Editing, Command::AllCapture) => planning.follow(Some(Action::Capture), true),
            (Stage::Editing, Command::AllCancel) => planning.follow(Some(Action::Cancel), true),
            (Stage::Editing, Command::Amount) => self.begin_amount(),
            (Stage::Editing, Command::Drop) => {
                let (stored, _) = planning.orders.remove(planning.at);
                planning.dropped.push(stored.order.key);
                planning.at = planning.at.min(planning.orders.len().saturating_sub(1));
                if planning.orders.is_empty() {
                    self.put_plan_away();
                }
            }
            (Stage::Editing, Command::Approval) if self.prefs.plan_approval => {
                self.say(Tone::News, "The configuration requires another person to approve every plan.");
            }
            (Stage::Editing, Command::Approval) => planning.needs_approval = !planning.needs_approval,
            (Stage::Editing, Command::Save) => return self.keep_plan(false),
            (Stage::Editing, Command::Go) => self.ask_plan(),
            (Stage::Amount(_), Command::Go) => self.take_amount(),
            (Stage::Amount(_), _) => planning.stage = Stage::Editing,
            (Stage::Asking(word, typed), Command::Go) => {
                let agreed = planning.seen && typed.value().trim() == *word;
                let words = format!("Type {word:?}, letter by letter, to continue.");
                if !(Sheet { planning, look: Look::measure() }).fits(area) {
                    self.say(Tone::Bad, "This screen is too small to show all of it. Make it larger first.");
                } else if agreed {
                    return self.keep_plan(true);
                } else {
                    self.say(Tone::Bad, words);
                }
            }
            (Stage::Asking(..), _) => planning.stage = Stage::Editing,
            (Stage::Keeping, _) => {}
            (Stage::Editing, _) => self.put_plan_away(),
        }
        self.judge_plan();
        Vec::new()
    }

    /// Closes the plan; the choice for each order is there again next time.
    pub(in crate::console::app) fn put_plan_away(&mut self) {
        if let Some(Layer::Plan(planning)) = self.layers.pop() {
            let chosen = planning.orders.into_iter().map(|(stored, doing)| (stored.order.key, Some(doing)));
            self.planned = chosen.chain(planning.dropped.into_iter().map(|key| (key, None))).collect();
        }
    }

    fn begin_amount(&mut self) {
        let Some(Layer::Plan(planning)) = self.layers.last_mut() else { return };
        match planning.orders.get(planning.at).and_then(|(_, doing)| doing.follow) {
            Some(_) => planning.stage = Stage::Amount(Input::default()),
            None => self.say(Tone::News, "An amount needs a capture (c) or a cancel (x) first."),
        }
    }

    fn take_amount(&mut self) {
        let Some(Layer::Plan(planning)) = self.layers.last_mut() else { return };
        let Stage::Amount(input) = &planning.stage else { return };
        let Some((stored, doing)) = planning.orders.get_mut(planning.at) else { return };
        match Money::parse(input.value().trim(), stored.order.amount.currency) {
            Ok(amount) if amount.minor > stored.order.amount.minor => {
                let words = format!("At most {}.", stored.order.amount);
                self.say(Tone::Bad, words);
            }
            Ok(amount) if amount.minor > 0 => {
                doing.follow = doing.follow.map(|(action, _)| (action, amount));
                planning.stage = Stage::Editing;
            }
            Ok(_) => self.say(Tone::Bad, "The amount must be more than zero."),
            Err(error) => self.say(Tone::Bad, error.to_string()),
        }
    }

    fn ask_plan(&mut self) {
        let Some(Layer::Plan(planning)) = self.layers.last_mut() else { return };
        if planning.needs_approval {
            return self.say(Tone::News, "Someone else has to approve it first. Press s to save it.");
        }
        if planning.totals.would == 0 {
            return self.say(Tone::Bad, "The law refuses all of them: nothing would be done.");
        }
        let word = format!("run {}", planning.totals.would);
        (planning.stage, planning.seen) = (Stage::Asking(word, Input::default()), false);
    }

    /// Saves the plan, and then runs it if that was confirmed.
    fn keep_plan(&mut self, run: bool) -> Vec<Effect> {
        if self.link != Link::Live {
            self.say(Tone::Bad, "Not connected: nothing can be written now.");
            return Vec::new();
        }
        if run && self.plans.running.is_some() {
            self.say(Tone::Bad, "Another plan is still running here. Press Esc, then s to save this one for later.");
            return Vec::new();
        }
        let Some(Layer::Plan(planning)) = self.layers.last_mut() else { return Vec::new() };
        planning.stage = Stage::Keeping;
        let head = PlanHead {
            title: title(&planning.judged),
            needs_approval: planning.needs_approval,
            rate: planning.pace.0,
            stop_after: planning.pace.1,
        };
        vec![Effect::Watch(Ask::MakePlan(Box::new((head, planning.orders.clone())), run))]
    }

    pub(in crate::console::app) fn made_plan(&mut self, run: bool, number: Result<i64, Failure>) -> Vec<Effect> {
        self.loads.plans.due = true;
        match number {
            Ok(number) => {
                let on_top = matches!(self.layers.last(), Some(Layer::Plan(_)));
                let marked = self.layers.iter().any(|layer| matches!(layer, Layer::Plan(it) if it.marked));
                self.layers.retain(|layer| !matches!(layer, Layer::Plan(_)));
                self.planned.clear();
                if marked {
                    self.unmark();
                }
                self.plans.selected = Some(number);
                // A layer that was opened meanwhile keeps the focus.
                if run && on_top {
                    self.layers.push(Layer::Plans);
                }
                if run {
                    return self.begin_run(number);
                }
                self.say(Tone::Good, format!("Plan {number} is saved. Press ctrl-p to list the plans."));
            }
            Err(failure) => {
                for layer in &mut self.layers {
                    if let Layer::Plan(planning) = layer {
                        planning.stage = Stage::Editing;
                    }
                }
                self.say(
                    Tone::Bad,
                    match failure {
                        Failure::Lost => "The database does not answer. Nothing was saved.".to_owned(),
                        Failure::Unknown => "The connection was lost. Press ctrl-p to check if it is saved.".to_owned(),
                        Failure::Other(text) => text,
                    },
                );
            }
        }
        Vec::new()
    }
}

/// The title of a plan: what it does, and to how many orders.
fn title(judged: &[Judged]) -> String {
    let all = judged.len();
    let does = |action: Option<Action>| {
        judged.iter().filter(|it| it.row.follow.map(|(action, _)| action) == action).count() == all
    };
    let words = match () {
        () if does(None) => "authorise",
        () if does(Some(Action::Capture)) => "authorise and capture",
        () if does(Some(Action::Cancel)) => "authorise and cancel",
        () => "authorise, capture or cancel",
    };
    let merchants: Vec<&str> =
        judged.iter().filter_map(|it| it.stored.as_ref().and_then(|stored| stored.merchant.as_deref())).collect();
    let of = match merchants.first() {
        Some(first) if merchants.len() == all && merchants.iter().all(|name| name == first) => format!(" of {first}"),
        Some(_) | None => String::new(),
    };
    format!("{words} {all} {}{of}", if all == 1 { "order" } else { "orders" })
}

/// The expected or recorded outcome of a row, in words.
pub fn comes_to(judged: &Judged) -> String {
    match (&judged.row.outcome, &judged.verdict) {
        (Some(outcome), _) => {
            let why = judged.row.message.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
            format!("{outcome}{why}")
        }
        (None, Verdict::Would(steps)) => {
            let to = steps.last().map_or_else(String::new, |step| step.order().status.title().to_owned());
            if judged.presumed_expired { format!("{to} ({})", Flag::PresumedExpired.title()) } else { to }
        }
        (None, Verdict::Refused(refusal)) => format!("refused. {refusal}"),
        (None, Verdict::Changed(words)) => format!("changed: {words}"),
    }
}
