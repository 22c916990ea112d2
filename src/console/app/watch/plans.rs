//! The list of plans: run, pause, approve, withdraw.

use crate::text::sentence;
use std::collections::HashMap;

use crossterm::event::{Event, KeyEvent};
use ratatui::layout::Rect;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::Ask;
use crate::console::app::{App, Effect, Failure, Layer, Link, Tone};
use crate::console::look::Look;
use crate::console::view::plan::Many;
use crate::records::Plan;
use crate::settings::keys::Command;
use crate::work::plan::run::{Ended, Progress};
use crate::work::plan::{Answer, Totals};

/// One row of a saved plan, for reading.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RowShown {
    /// The order's id.
    pub order: String,
    /// What is done to it.
    pub doing: String,
    /// Its expected or recorded outcome.
    pub comes_to: String,
}

/// The list of plans.
#[derive(Debug, Default)]
pub struct Plans {
    /// Newest first; none until they are read.
    pub all: Option<Vec<Plan>>,
    /// The number of the selected plan.
    pub selected: Option<i64>,
    /// Its first rows.
    pub rows: HashMap<i64, Vec<RowShown>>,
    /// The open question about a plan.
    pub asking: Option<Asking>,
    /// Whether that question has been drawn.
    pub seen: bool,
    /// The plan that is running here, and its progress.
    pub running: Option<(i64, Progress)>,
    /// Whether it was asked to pause.
    pub pausing: bool,
}

/// A command on a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Run it, or continue.
    Run,
    /// Approve it.
    Approve,
    /// Withdraw it for good.
    Withdraw,
}

impl Word {
    /// As it is typed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Approve => "approve",
            Self::Withdraw => "withdraw",
        }
    }

    /// Its consequence, in words.
    pub const fn consequence(self) -> &'static str {
        match self {
            Self::Run => {
                "It continues where it stopped. Each order is checked again at its turn. What is done cannot be undone."
            }
            Self::Approve => "The person who made it can then run it. Each row below is checked again at its turn.",
            Self::Withdraw => "It is withdrawn for good. What it did stays done; the other orders do not change.",
        }
    }
}

/// A question about a plan.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The command.
    pub word: Word,
    /// The number of the plan.
    pub number: i64,
    /// The words to type.
    pub typed: String,
    /// What is typed so far.
    pub input: Input,
    /// The totals of its rest; none while they are read. Nobody can agree before they are on the screen.
    pub totals: Option<Totals>,
}

impl Plans {
    /// The line of the selected plan, if it is listed.
    pub fn at(&self) -> Option<usize> {
        self.all.as_ref()?.iter().position(|plan| Some(plan.number) == self.selected)
    }

    /// The selected plan: never another one.
    pub fn plan(&self) -> Option<&Plan> {
        self.all.as_ref()?.get(self.at()?)
    }
}

impl App {
    pub(super) fn begin_run(&mut self, number: i64) -> Vec<Effect> {
        self.plans.running = Some((number, Progress::default()));
        self.plans.pausing = false;
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
        if self.plans.running.as_ref().is_some_and(|(running, _)| *running == number) {
            (self.plans.running, self.plans.pausing) = (None, false);
        }
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
                (if well { Tone::Good } else { Tone::Bad }, format!("Plan {number} is finished: {}.", words(&progress)))
            }
            Ok(Ended::Paused(progress)) => (Tone::News, format!("Plan {number} is paused: {}.", words(&progress))),
            Ok(Ended::Stopped(progress, why)) => {
                (Tone::Bad, format!("Plan {number} stopped after too many failures: {} ({why})", words(&progress)))
            }
            Ok(Ended::Lost(progress)) => {
                let said = words(&progress);
                let more = "the database was lost for too long. Run it again to continue where it stopped.";
                (Tone::Bad, format!("Plan {number}: {said}; {more}"))
            }
            Ok(Ended::Busy) => (Tone::Bad, format!("Someone else is running plan {number}.")),
            Ok(Ended::NotApproved) => (Tone::Bad, format!("Plan {number} needs another person's approval first.")),
            Ok(Ended::Not(answer)) => return self.plan_told(number, Ok(answer)),
            Err(Failure::Other(text)) => (Tone::Bad, text),
            Err(Failure::Lost | Failure::Unknown) => {
                let words = "the database was lost for too long. Run it again to continue where it stopped.";
                (Tone::Bad, format!("Plan {number}: {words}"))
            }
        };
        self.say(tone, text);
        Vec::new()
    }

    pub(in crate::console::app) fn plan_told(&mut self, number: i64, answer: Result<Answer, Failure>) -> Vec<Effect> {
        self.loads.plans.due = true;
        let (tone, text) = match answer {
            Ok(Answer::Done(plan)) => (Tone::Good, format!("Plan {number}: {}.", plan.standing())),
            Ok(Answer::Missing) => (Tone::Bad, format!("There is no plan {number}.")),
            Ok(Answer::NotPermitted(refused)) => (Tone::Bad, sentence(&refused.to_string())),
            Ok(Answer::Over(plan)) => (Tone::Bad, format!("Plan {number} is {}.", plan.standing())),
            Ok(Answer::YourOwn) => (Tone::Bad, "You made this plan: another person has to approve it.".to_owned()),
            Ok(Answer::NotNeeded) => (Tone::News, "This plan does not need approval.".to_owned()),
            Ok(Answer::Approved(by)) => (Tone::News, format!("{by} has already approved it.")),
            Ok(Answer::Conflict) => (Tone::Bad, "Someone else changed it first. Refresh, then try again.".to_owned()),
            Err(Failure::Other(text)) => (Tone::Bad, text),
            Err(Failure::Lost | Failure::Unknown) => (Tone::Bad, "The database does not answer. Try again.".to_owned()),
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
            Err(Failure::Other(text)) => self.say(Tone::Bad, format!("Could not read the plans: {text}")),
            Err(Failure::Lost | Failure::Unknown) => {}
        }
        Vec::new()
    }

    pub(in crate::console::app) fn take_plan_rows(
        &mut self,
        number: i64,
        rows: Result<Vec<RowShown>, Failure>,
    ) -> Vec<Effect> {
        match rows {
            // Another plan is selected by now.
            Ok(_) if self.plans.selected != Some(number) => {}
            Ok(rows) => self.plans.rows = HashMap::from([(number, rows)]),
            Err(Failure::Other(text)) => self.say(Tone::Bad, format!("Could not read plan {number}: {text}")),
            Err(Failure::Lost | Failure::Unknown) => {}
        }
        Vec::new()
    }

    pub(in crate::console::app) fn open_plans(&mut self) {
        self.loads.plans.due = true;
        self.layers.push(Layer::Plans);
    }

    pub(in crate::console::app) fn on_plans(&mut self, command: Command) -> Vec<Effect> {
        if let Some(asking) = self.plans.asking.clone() {
            return self.answer_plan(command, &asking);
        }
        let number = self.plans.plan().map(|plan| plan.number);
        let word = match command {
            Command::Choose => Word::Run,
            Command::Approve => Word::Approve,
            Command::Withdraw => Word::Withdraw,
            Command::Down | Command::Up => {
                let step: isize = if command == Command::Down { 1 } else { -1 };
                let all = self.plans.all.as_deref().unwrap_or_default();
                let at =
                    self.plans.at().map_or(0, |at| at.saturating_add_signed(step)).min(all.len().saturating_sub(1));
                self.plans.selected = all.get(at).map(|plan| plan.number);
                return self.plans.selected.map(|number| Effect::Watch(Ask::PlanRows(number))).into_iter().collect();
            }
            Command::Pause => {
                let Some(number) = number else { return Vec::new() };
                if self.link != Link::Live {
                    self.say(Tone::Bad, "Not connected: nothing can be written now.");
                    return Vec::new();
                }
                self.plans.pausing |= self.plans.running.as_ref().is_some_and(|(running, _)| *running == number);
                return vec![Effect::Watch(Ask::PausePlan(number))];
            }
            _ => {
                self.layers.pop();
                return Vec::new();
            }
        };
        if number.is_none() {
            self.say(Tone::News, "No plan is selected. Mark orders, then press P to make one.");
        }
        self.ask_plan_word(word)
    }

    fn answer_plan(&mut self, command: Command, asking: &Asking) -> Vec<Effect> {
        let agreed = self.plans.seen && asking.totals.is_some() && asking.input.value().trim() == asking.typed;
        let area = self.layout().map_or(Rect::ZERO, |layout| layout.body);
        let fits = Many { app: self, look: Look::measure() }.fits(area);
        match command {
            Command::Go if !fits => {
                self.say(Tone::Bad, "This screen is too small to show all of it. Make it larger first.");
            }
            Command::Go if self.link != Link::Live => {
                self.say(Tone::Bad, "Not connected: nothing can be written now.");
            }
            Command::Go if agreed => {
                self.plans.asking = None;
                return match asking.word {
                    Word::Run => self.begin_run(asking.number),
                    Word::Approve => vec![Effect::Watch(Ask::ApprovePlan(asking.number))],
                    Word::Withdraw => vec![Effect::Watch(Ask::WithdrawPlan(asking.number))],
                };
            }
            Command::Go => self.say(Tone::Bad, format!("Type {:?}, letter by letter, to continue.", asking.typed)),
            _ => self.plans.asking = None,
        }
        Vec::new()
    }

    fn ask_plan_word(&mut self, word: Word) -> Vec<Effect> {
        let Some(plan) = self.plans.plan() else { return Vec::new() };
        let (number, over, waits, rest) = (plan.number, plan.is_over(), plan.awaits_approval(), plan.rest());
        let (standing, own) = (plan.standing().to_owned(), plan.made_by == self.session.person);
        let objection = match word {
            _ if over => Some(format!("Plan {number} is {standing}.")),
            _ if self.link != Link::Live => Some("Not connected: nothing can be written now.".to_owned()),
            Word::Run if waits => Some("Another person has to approve it first (v).".to_owned()),
            Word::Run if self.plans.running.is_some() => Some("Another plan is still running here.".to_owned()),
            Word::Approve if !waits => Some(format!("Plan {number} is not waiting for approval.")),
            Word::Approve if own => Some("You made this plan: another person has to approve it.".to_owned()),
            Word::Run | Word::Approve | Word::Withdraw => None,
        };
        if let Some(words) = objection {
            self.say(Tone::Bad, words);
            return Vec::new();
        }
        let typed = match word {
            Word::Run => format!("run {rest}"),
            Word::Approve | Word::Withdraw => format!("{} {number}", word.name()),
        };
        self.plans.asking = Some(Asking { word, number, typed, input: Input::default(), totals: None });
        self.plans.seen = false;
        vec![Effect::Watch(Ask::PlanTotals(number))]
    }

    pub(super) fn take_plan_totals(&mut self, number: i64, totals: Result<Totals, Failure>) -> Vec<Effect> {
        match (totals, &mut self.plans.asking) {
            (Ok(totals), Some(asking)) if asking.number == number => {
                asking.totals = Some(totals);
                self.plans.seen = false;
            }
            (Ok(_), _) => {}
            (Err(Failure::Other(text)), _) => self.say(Tone::Bad, format!("Could not read plan {number}: {text}")),
            (Err(Failure::Lost | Failure::Unknown), _) => self.plans.asking = None,
        }
        Vec::new()
    }

    pub(in crate::console::app) fn type_into_plans(&mut self, key: KeyEvent) {
        let seen = self.plans.seen;
        if let Some(asking) = self.plans.asking.as_mut().filter(|_| seen) {
            asking.input.handle_event(&Event::Key(key));
        }
    }
}
