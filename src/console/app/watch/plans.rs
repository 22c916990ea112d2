//! The plans that were made: run, paused, approved, put away.

use std::collections::HashMap;

use crossterm::event::{Event, KeyEvent};
use ratatui::layout::Rect;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::Ask;
use crate::console::app::{App, Effect, Failure, Layer, Link, Tone};
use crate::console::keys::Command;
use crate::console::view::plan::Many;
use crate::store::plans::Plan;
use crate::work::plan::Answer;
use crate::work::plan::run::{Ended, Progress};

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

impl App {
    pub(super) fn begin_run(&mut self, number: i64) -> Vec<Effect> {
        self.plans.running = Some((number, Progress::default()));
        self.plans.pausing = false;
        if !matches!(self.layers.last(), Some(Layer::Plans)) {
            self.layers.push(Layer::Plans);
        }
        vec![Effect::Watch(Ask::RunPlan(number))]
    }

    pub(in crate::console::app) fn plan_progress(&mut self, number: i64, progress: Progress) -> Vec<Effect> {
        if let Some((running, known)) = &mut self.plans.running
            && *running == number
        {
            *known = progress;
        }
        Vec::new()
    }

    pub(in crate::console::app) fn plan_ended(&mut self, number: i64, ended: Result<Ended, Failure>) -> Vec<Effect> {
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

    pub(in crate::console::app) fn plan_told(&mut self, number: i64, answer: Result<Answer, Failure>) -> Vec<Effect> {
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

    pub(in crate::console::app) fn take_plans(&mut self, plans: Result<Vec<Plan>, Failure>) -> Vec<Effect> {
        self.loads.plans.end(&plans);
        match plans {
            Ok(plans) => {
                if !plans.iter().any(|plan| Some(plan.number) == self.plans.selected) {
                    self.plans.selected = plans.first().map(|plan| plan.number);
                }
                self.plans.all = Some(plans);
                return self.plans.selected.map(|number| Effect::Watch(Ask::PlanRows(number))).into_iter().collect();
            }
            Err(Failure::Other(text)) => self.say(Tone::Bad, format!("the plans could not be read: {text}")),
            Err(Failure::Lost | Failure::Unknown) => {}
        }
        Vec::new()
    }

    pub(in crate::console::app) fn take_plan_rows(
        &mut self,
        number: i64,
        rows: Result<Vec<RowShown>, Failure>,
    ) -> Vec<Effect> {
        if let Ok(rows) = rows {
            self.plans.rows = HashMap::from([(number, rows)]);
        }
        Vec::new()
    }

    pub(in crate::console::app) fn open_plans(&mut self) {
        self.loads.plans.due = true;
        self.layers.push(Layer::Plans);
    }

    pub(in crate::console::app) fn on_plans(&mut self, command: Command) -> Vec<Effect> {
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
                return self.plans.selected.map(|number| Effect::Watch(Ask::PlanRows(number))).into_iter().collect();
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
            (Command::Approve, Some(number)) => return vec![Effect::Watch(Ask::ApprovePlan(number))],
            (Command::Withdraw, Some(number)) => return vec![Effect::Watch(Ask::WithdrawPlan(number))],
            (Command::Pause, Some(number)) => {
                self.plans.pausing |= self.plans.running.as_ref().is_some_and(|(running, _)| *running == number);
                return vec![Effect::Watch(Ask::PausePlan(number))];
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

    pub(in crate::console::app) fn type_into_plans(&mut self, key: KeyEvent) {
        let seen = self.plans.seen;
        if let Some((_, _, input)) = self.plans.asking.as_mut().filter(|_| seen) {
            input.handle_event(&Event::Key(key));
        }
    }
}
