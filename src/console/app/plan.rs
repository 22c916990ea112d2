//! A plan in the making: one thing done to many orders, judged as it would be done, row by row and together; and plans
//! that were made.

use std::collections::HashMap;

use crossterm::event::{Event, KeyEvent};
use ratatui::layout::Rect;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::form::insert;
use super::{App, Effect, Failure, Layer, Link, Tone};
use crate::console::keys::Command;
use crate::console::look::Look;
use crate::console::view::plan::{Many, Sheet};
use crate::domain::{Action, Money, OrderKey};
use crate::store::Stored;
use crate::store::plans::{Head, Plan};
use crate::watch::plan::Doing;
use crate::work::plan::run::{Ended, Progress};
use crate::work::plan::{Answer, Judged, Totals, Verdict, draft, judge, may};

/// Orders a second, and after how many failures a run stops, unless the command line says otherwise.
const RATE: i32 = 10;
const STOP_AFTER: i32 = 10;

/// How far a plan in the making has come.
#[derive(Debug, Clone)]
pub enum Stage {
    /// Its rows are looked over.
    Editing,
    /// An amount for one row is being typed.
    Amount(Input),
    /// The word that has to be typed before it is kept and run, and what was.
    Asking(String, Input),
    /// It is being kept.
    Keeping,
}

/// A plan in the making.
#[derive(Debug, Clone)]
pub struct Planning {
    /// The orders as they were, and what is done to each.
    pub orders: Vec<(Stored, Doing)>,
    /// What that comes to.
    pub judged: Vec<Judged>,
    /// All of it together.
    pub totals: Totals,
    /// The row under the keys.
    pub at: usize,
    /// Somebody else has to approve it.
    pub needs_approval: bool,
    /// How far it has come.
    pub stage: Stage,
    /// The question was on the screen: keys from before are no answer to it.
    pub seen: bool,
}

/// One row of a plan that was made, for reading.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RowShown {
    /// The order's id.
    pub order: String,
    /// What is done to it.
    pub doing: String,
    /// What it comes to, or came to.
    pub comes_to: String,
}

/// The plans that were made.
#[derive(Debug, Default)]
pub struct Plans {
    /// Newest first; none before they were read.
    pub all: Option<Vec<Plan>>,
    /// The number of the one under the keys.
    pub selected: Option<i64>,
    /// Its first rows.
    pub rows: HashMap<i64, Vec<RowShown>>,
    /// The word that has to be typed before it runs, what was, and whether that was asked on the screen.
    pub asking: Option<(i64, String, Input)>,
    /// That question was on the screen.
    pub seen: bool,
    /// The one that is being run from here, and how far it is.
    pub running: Option<(i64, Progress)>,
    /// It was asked to pause.
    pub pausing: bool,
}

impl Plans {
    /// The line of the plan under the keys.
    pub fn at(&self) -> usize {
        let all = self.all.as_deref().unwrap_or_default();
        all.iter().position(|plan| Some(plan.number) == self.selected).unwrap_or(0)
    }

    /// The plan under the keys.
    pub fn plan(&self) -> Option<&Plan> {
        self.all.as_ref()?.get(self.at())
    }
}

impl Planning {
    /// Whether letters are text here.
    pub fn types(&self) -> bool {
        !matches!(self.stage, Stage::Editing)
    }

    pub(super) fn type_key(&mut self, key: KeyEvent) {
        match &mut self.stage {
            Stage::Amount(input) => _ = input.handle_event(&Event::Key(key)),
            Stage::Asking(_, input) if self.seen => _ = input.handle_event(&Event::Key(key)),
            Stage::Editing | Stage::Asking(..) | Stage::Keeping => {}
        }
    }

    /// A pasted word is not a typed one; a pasted amount is.
    pub(super) fn paste(&mut self, text: &str) {
        if let Stage::Amount(input) = &mut self.stage {
            insert(input, text);
        }
    }

    /// What the selected row does from now on; every row, where all are meant.
    fn follow(&mut self, follow: Option<Action>, all: bool) {
        let at = self.at;
        let rows = self.orders.iter_mut().enumerate().filter(|(place, _)| all || *place == at);
        rows.for_each(|(_, (stored, doing))| *doing = Doing::all(&stored.order, follow));
    }
}

impl App {
    /// A plan of the marked orders; of everything that is listed, where none are marked.
    pub(super) fn open_plan(&mut self) -> Vec<Effect> {
        if !self.marks.is_empty() {
            self.plan_marked();
            return Vec::new();
        }
        self.plan_all()
    }

    /// Marks all that is listed, and plans it.
    pub(super) fn plan_all(&mut self) -> Vec<Effect> {
        if let Some(refused) = self.may_not_plan() {
            self.say(Tone::Bad, refused);
            return Vec::new();
        }
        self.plan_when_marked = true;
        vec![Effect::LoadAll(self.listing())]
    }

    fn may_not_plan(&self) -> Option<String> {
        if self.seat.read_only {
            return Some("read-only: nothing is written here".to_owned());
        }
        (!may(self.seat.roles)).then(|| format!("to plan is not yours but ops', you have {}", self.seat.roles))
    }

    pub(super) fn plan_marked(&mut self) {
        if let Some(refused) = self.may_not_plan() {
            return self.say(Tone::Bad, refused);
        }
        if self.marks.is_empty() {
            return self.say(Tone::News, "no order is listed: nothing to plan");
        }
        // What was chosen for an order before is there again.
        let kept: HashMap<OrderKey, Doing> = std::mem::take(&mut self.planned);
        let doing = |stored: &Stored| kept.get(&stored.order.key).copied().unwrap_or(Doing { follow: None });
        let orders: Vec<(Stored, Doing)> =
            self.marks.orders().iter().map(|stored| (stored.clone(), doing(stored))).collect();
        let (judged, totals, stage) = (Vec::new(), Totals::default(), Stage::Editing);
        let planning = Planning { orders, judged, totals, at: 0, needs_approval: false, stage, seen: false };
        self.layers.push(Layer::Plan(Box::new(planning)));
        self.judge_plan();
    }

    /// The dry run: the same judgement that the run makes of each row at its turn.
    fn judge_plan(&mut self) {
        let (roles, now) = (self.seat.roles, self.now);
        let Some(Layer::Plan(planning)) = self.layers.last_mut() else { return };
        let orders = planning.orders.iter().map(|(stored, _)| stored.clone()).collect();
        planning.judged = judge(&draft(&planning.orders), orders, roles, now);
        planning.totals = Totals::of(&planning.judged);
    }

    pub(super) fn on_plan(&mut self, command: Command) -> Vec<Effect> {
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
                planning.orders.remove(planning.at);
                planning.at = planning.at.min(planning.orders.len().saturating_sub(1));
                if planning.orders.is_empty() {
                    self.layers.pop();
                }
            }
            (Stage::Editing, Command::Approval) => planning.needs_approval = !planning.needs_approval,
            (Stage::Editing, Command::Save) => return self.keep_plan(false),
            (Stage::Editing, Command::Go) => self.ask_plan(),
            (Stage::Amount(_), Command::Go) => self.take_amount(),
            (Stage::Amount(_), _) => planning.stage = Stage::Editing,
            (Stage::Asking(word, typed), Command::Go) => {
                let agreed = planning.seen && typed.value().trim() == *word;
                let words = format!("type {word:?}, letter by letter, to go on");
                if !(Sheet { planning, look: Look::measure() }).fits(area) {
                    self.say(Tone::Bad, "this screen is too small to read all of it: make it larger first");
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

    /// Closes it; what was chosen for each order is there again the next time.
    pub(super) fn put_plan_away(&mut self) {
        if let Some(Layer::Plan(planning)) = self.layers.pop() {
            self.planned = planning.orders.into_iter().map(|(stored, doing)| (stored.order.key, doing)).collect();
        }
    }

    fn begin_amount(&mut self) {
        let Some(Layer::Plan(planning)) = self.layers.last_mut() else { return };
        match planning.orders.get(planning.at).and_then(|(_, doing)| doing.follow) {
            Some((_, amount)) => planning.stage = Stage::Amount(Input::new(amount.digits())),
            None => self.say(Tone::News, "an amount is of what follows: c captures, x cancels"),
        }
    }

    fn take_amount(&mut self) {
        let Some(Layer::Plan(planning)) = self.layers.last_mut() else { return };
        let Stage::Amount(input) = &planning.stage else { return };
        let Some((stored, doing)) = planning.orders.get_mut(planning.at) else { return };
        match Money::parse(input.value().trim(), stored.order.amount.currency) {
            Ok(amount) if amount.minor > 0 => {
                doing.follow = doing.follow.map(|(action, _)| (action, amount));
                planning.stage = Stage::Editing;
            }
            Ok(_) => self.say(Tone::Bad, "more than nothing"),
            Err(error) => self.say(Tone::Bad, error.to_string()),
        }
    }

    fn ask_plan(&mut self) {
        let Some(Layer::Plan(planning)) = self.layers.last_mut() else { return };
        if planning.needs_approval {
            return self.say(Tone::News, "it waits for somebody else's approval first: s keeps it");
        }
        if planning.totals.would == 0 {
            return self.say(Tone::Bad, "the law refuses all of them: nothing would be done");
        }
        let word = format!("run {}", planning.totals.would);
        (planning.stage, planning.seen) = (Stage::Asking(word, Input::default()), false);
    }

    /// Keeps the plan, and then runs it where that was agreed to.
    fn keep_plan(&mut self, run: bool) -> Vec<Effect> {
        if self.link != Link::Live {
            self.say(Tone::Bad, "not connected: nothing can be written now");
            return Vec::new();
        }
        if run && self.plans.running.is_some() {
            self.say(Tone::Bad, "another plan is still being run from here; s keeps this one for later");
            return Vec::new();
        }
        let Some(Layer::Plan(planning)) = self.layers.last_mut() else { return Vec::new() };
        planning.stage = Stage::Keeping;
        let head = Head {
            title: title(&planning.judged),
            needs_approval: planning.needs_approval,
            rate: RATE,
            stop_after: STOP_AFTER,
        };
        vec![Effect::MakePlan(Box::new((head, planning.orders.clone())), run)]
    }

    pub(super) fn made_plan(&mut self, run: bool, number: Result<i64, Failure>) -> Vec<Effect> {
        self.loads.plans.due = true;
        match number {
            Ok(number) => {
                self.layers.retain(|layer| !matches!(layer, Layer::Plan(_)));
                self.planned.clear();
                self.unmark();
                self.plans.selected = Some(number);
                if run {
                    return self.begin_run(number);
                }
                self.say(Tone::Good, format!("plan {number} is kept; ctrl-p lists the plans"));
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
                        Failure::Lost => "the database does not answer; nothing was kept".to_owned(),
                        Failure::Unknown => "the connection was lost: whether it is kept shows under ctrl-p".to_owned(),
                        Failure::Other(text) => text,
                    },
                );
            }
        }
        Vec::new()
    }

    fn begin_run(&mut self, number: i64) -> Vec<Effect> {
        self.plans.running = Some((number, Progress::default()));
        self.plans.pausing = false;
        if !matches!(self.layers.last(), Some(Layer::Plans)) {
            self.layers.push(Layer::Plans);
        }
        vec![Effect::RunPlan(number)]
    }

    pub(super) fn plan_progress(&mut self, number: i64, progress: Progress) -> Vec<Effect> {
        if let Some((running, known)) = &mut self.plans.running
            && *running == number
        {
            *known = progress;
        }
        Vec::new()
    }

    pub(super) fn plan_ended(&mut self, number: i64, ended: Result<Ended, Failure>) -> Vec<Effect> {
        self.plans.running = None;
        self.loads.plans.due = true;
        self.loads.watch.due = true;
        (self.loads.board.due, self.loads.list.due, self.loads.order.due) = (true, true, true);
        let words = |progress: &Progress| {
            let Progress { accepted, refused, changed, unknown, rest } = progress;
            let mut said = vec![format!("{accepted} accepted")];
            let counts = [(refused, "refused"), (changed, "changed meanwhile"), (unknown, "unknown"), (rest, "left")];
            said.extend(counts.iter().filter(|(count, _)| **count > 0).map(|(count, word)| format!("{count} {word}")));
            said.join(", ")
        };
        let (tone, text) = match ended {
            Ok(Ended::Finished(progress)) => {
                let well = progress.refused + progress.changed == 0;
                (if well { Tone::Good } else { Tone::Bad }, format!("plan {number} is done: {}", words(&progress)))
            }
            Ok(Ended::Paused(progress)) => (Tone::News, format!("plan {number} rests: {}", words(&progress))),
            Ok(Ended::Stopped(progress, why)) => {
                (Tone::Bad, format!("plan {number} stopped after too many failures: {} ({why})", words(&progress)))
            }
            Ok(Ended::Busy) => (Tone::Bad, format!("somebody else is running plan {number}")),
            Ok(Ended::NotApproved) => (Tone::Bad, format!("plan {number} waits for another person's approval")),
            Ok(Ended::Not(answer)) => return self.plan_told(number, Ok(answer)),
            Err(Failure::Other(text)) => (Tone::Bad, text),
            Err(Failure::Lost | Failure::Unknown) => {
                let words = "the database was lost for too long; run it again, it goes on where it was";
                (Tone::Bad, format!("plan {number}: {words}"))
            }
        };
        self.say(tone, text);
        Vec::new()
    }

    pub(super) fn plan_told(&mut self, number: i64, answer: Result<Answer, Failure>) -> Vec<Effect> {
        self.loads.plans.due = true;
        let (tone, text) = match answer {
            Ok(Answer::Done(plan)) => (Tone::Good, format!("plan {number}: {}", plan.standing())),
            Ok(Answer::Missing) => (Tone::Bad, format!("no plan {number}")),
            Ok(Answer::NotYours(roles)) => (Tone::Bad, format!("not yours but ops', you have {roles}")),
            Ok(Answer::Over(plan)) => (Tone::Bad, format!("plan {number} is {}", plan.standing())),
            Ok(Answer::YourOwn) => (Tone::Bad, "you made this plan: another person has to approve it".to_owned()),
            Ok(Answer::Approved(by)) => (Tone::News, format!("{by} approved it before")),
            Ok(Answer::Conflict) => (Tone::Bad, "somebody else did something with it first; look again".to_owned()),
            Err(Failure::Other(text)) => (Tone::Bad, text),
            Err(Failure::Lost | Failure::Unknown) => (Tone::Bad, "the database does not answer; look again".to_owned()),
        };
        self.say(tone, text);
        Vec::new()
    }

    pub(super) fn take_plans(&mut self, plans: Result<Vec<Plan>, Failure>) -> Vec<Effect> {
        self.loads.plans.end(&plans);
        match plans {
            Ok(plans) => {
                if !plans.iter().any(|plan| Some(plan.number) == self.plans.selected) {
                    self.plans.selected = plans.first().map(|plan| plan.number);
                }
                self.plans.all = Some(plans);
                return self.plans.selected.map(Effect::LoadPlanRows).into_iter().collect();
            }
            Err(Failure::Other(text)) => self.say(Tone::Bad, format!("the plans could not be read: {text}")),
            Err(Failure::Lost | Failure::Unknown) => {}
        }
        Vec::new()
    }

    pub(super) fn take_plan_rows(&mut self, number: i64, rows: Result<Vec<RowShown>, Failure>) -> Vec<Effect> {
        if let Ok(rows) = rows {
            self.plans.rows = HashMap::from([(number, rows)]);
        }
        Vec::new()
    }

    pub(super) fn open_plans(&mut self) {
        self.loads.plans.due = true;
        self.layers.push(Layer::Plans);
    }

    pub(super) fn on_plans(&mut self, command: Command) -> Vec<Effect> {
        if let Some((number, word, typed)) = &self.plans.asking {
            let (number, agreed) = (*number, self.plans.seen && typed.value().trim() == *word);
            let words = format!("type {word:?}, letter by letter, to go on");
            match command {
                Command::Go if agreed => {
                    self.plans.asking = None;
                    return self.begin_run(number);
                }
                Command::Go => self.say(Tone::Bad, words),
                _ => self.plans.asking = None,
            }
            return Vec::new();
        }
        let number = self.plans.plan().map(|plan| plan.number);
        match (command, number) {
            (Command::Down | Command::Up, _) => {
                let step: isize = if command == Command::Down { 1 } else { -1 };
                let count = self.plans.all.as_ref().map_or(0, Vec::len);
                let at = self.plans.at().saturating_add_signed(step).min(count.saturating_sub(1));
                self.plans.selected = self.plans.all.as_ref().and_then(|all| all.get(at)).map(|plan| plan.number);
                return self.plans.selected.map(Effect::LoadPlanRows).into_iter().collect();
            }
            (Command::Choose | Command::Approve | Command::Withdraw | Command::Pause, None) => {
                self.say(Tone::News, "no plan was made yet: mark orders, then P");
            }
            (Command::Choose | Command::Approve | Command::Withdraw | Command::Pause, Some(_))
                if self.link != Link::Live =>
            {
                self.say(Tone::Bad, "not connected: nothing can be written now");
            }
            (Command::Choose, Some(number)) => self.ask_run(number),
            (Command::Approve, Some(number)) => return vec![Effect::ApprovePlan(number)],
            (Command::Withdraw, Some(number)) => return vec![Effect::WithdrawPlan(number)],
            (Command::Pause, Some(number)) => {
                self.plans.pausing |= self.plans.running.as_ref().is_some_and(|(running, _)| *running == number);
                return vec![Effect::PausePlan(number)];
            }
            _ => _ = self.layers.pop(),
        }
        Vec::new()
    }

    fn ask_run(&mut self, number: i64) {
        let Some(plan) = self.plans.plan() else { return };
        let (over, waits, rest) = (plan.is_over(), plan.awaits_approval(), plan.rest());
        let standing = plan.standing().to_owned();
        let area = self.layout().map_or(Rect::ZERO, |layout| layout.body);
        if over {
            self.say(Tone::News, format!("plan {number} is {standing}"));
        } else if waits {
            self.say(Tone::Bad, "another person has to approve it first: v");
        } else if self.plans.running.is_some() {
            self.say(Tone::Bad, "a plan is still being run from here");
        } else if area.height < Many::LEAST {
            self.say(Tone::Bad, "this screen is too small to read all of it: make it larger first");
        } else {
            (self.plans.asking, self.plans.seen) = (Some((number, format!("run {rest}"), Input::default())), false);
        }
    }

    pub(super) fn type_into_plans(&mut self, key: KeyEvent) {
        let seen = self.plans.seen;
        if let Some((_, _, input)) = self.plans.asking.as_mut().filter(|_| seen) {
            input.handle_event(&Event::Key(key));
        }
    }
}

/// What a plan is called: what it does to how many.
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
    format!("{words} {all} orders{of}")
}

/// What a row comes to, in words.
pub fn comes_to(judged: &Judged) -> String {
    match (&judged.row.outcome, &judged.verdict) {
        (Some(outcome), _) => {
            let why = judged.row.message.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
            let outcome = if outcome == "changed" { "changed meanwhile" } else { outcome };
            format!("{outcome}{why}")
        }
        (None, Verdict::Would(steps)) => {
            let names: Vec<&str> = steps.iter().map(|step| step.order().status.title()).collect();
            names.join(", ")
        }
        (None, Verdict::Refused(refusal)) => format!("refused. {refusal}"),
        (None, Verdict::Changed(words)) => format!("changed: {words}"),
    }
}
