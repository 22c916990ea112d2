//! The plans that were made: run, paused, approved, put away.

use std::collections::HashMap;

use crossterm::event::{Event, KeyEvent};
use ratatui::layout::Rect;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::Ask;
use crate::console::app::{App, Effect, Failure, Layer, Link, Tone};
use crate::console::keys::Command;
use crate::console::look::Look;
use crate::console::view::plan::Many;
use crate::store::plans::Plan;
use crate::work::plan::run::{Ended, Progress};
use crate::work::plan::{Answer, Totals};

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
    /// What is about to be done with one, and the word that has to be typed before.
    pub asking: Option<Asking>,
    /// That question was on the screen.
    pub seen: bool,
    /// The one that is being run from here, and how far it is.
    pub running: Option<(i64, Progress)>,
    /// It was asked to pause.
    pub pausing: bool,
}

/// What may be done with a plan that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Run it, or go on.
    Run,
    /// Approve it.
    Approve,
    /// Put it away for good.
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

    /// What it leads to.
    pub const fn consequence(self) -> &'static str {
        match self {
            Self::Run => {
                "It goes on where it is. Each order is judged again at its turn; what is done cannot be undone."
            }
            Self::Approve => "Whoever made it can run it then: every row below, as it is judged at its turn.",
            Self::Withdraw => "It is put away for good. What it did stays done; the rest is left alone.",
        }
    }
}

/// A question about a plan.
#[derive(Debug, Clone)]
pub struct Asking {
    /// What is about to be done.
    pub word: Word,
    /// With which plan.
    pub number: i64,
    /// What has to be typed.
    pub typed: String,
    /// What was.
    pub input: Input,
    /// What the rest of it comes to; nothing while that is being read: nobody agrees to what was not there to be seen.
    pub totals: Option<Totals>,
}

impl Plans {
    /// The line of the plan under the keys, if it is there.
    pub fn at(&self) -> Option<usize> {
        self.all.as_ref()?.iter().position(|plan| Some(plan.number) == self.selected)
    }

    /// The plan under the keys: never another one than was selected.
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
                (if well { Tone::Good } else { Tone::Bad }, format!("plan {number} is done: {}", words(&progress)))
            }
            Ok(Ended::Paused(progress)) => (Tone::News, format!("plan {number} rests: {}", words(&progress))),
            Ok(Ended::Stopped(progress, why)) => {
                (Tone::Bad, format!("plan {number} stopped after too many failures: {} ({why})", words(&progress)))
            }
            Ok(Ended::Lost(progress)) => {
                let said = words(&progress);
                let more = "the database was lost for too long; run it again, it goes on where it was";
                (Tone::Bad, format!("plan {number}: {said}; {more}"))
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
            Ok(Answer::NotNeeded) => (Tone::News, "this plan waits for nobody's approval".to_owned()),
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
        match rows {
            // Another one is selected by now.
            Ok(_) if self.plans.selected != Some(number) => {}
            Ok(rows) => self.plans.rows = HashMap::from([(number, rows)]),
            Err(Failure::Other(text)) => self.say(Tone::Bad, format!("plan {number} could not be read: {text}")),
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
                    self.say(Tone::Bad, "not connected: nothing can be written now");
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
            self.say(Tone::News, "no plan is selected: mark orders, then P makes one");
        }
        self.ask_plan_word(word)
    }

    fn answer_plan(&mut self, command: Command, asking: &Asking) -> Vec<Effect> {
        let agreed = self.plans.seen && asking.totals.is_some() && asking.input.value().trim() == asking.typed;
        let area = self.layout().map_or(Rect::ZERO, |layout| layout.body);
        let fits = Many { app: self, look: Look::measure() }.fits(area);
        match command {
            Command::Go if !fits => {
                self.say(Tone::Bad, "this screen is too small to read all of it: make it larger first");
            }
            Command::Go if self.link != Link::Live => {
                self.say(Tone::Bad, "not connected: nothing can be written now");
            }
            Command::Go if agreed => {
                self.plans.asking = None;
                return match asking.word {
                    Word::Run => self.begin_run(asking.number),
                    Word::Approve => vec![Effect::Watch(Ask::ApprovePlan(asking.number))],
                    Word::Withdraw => vec![Effect::Watch(Ask::WithdrawPlan(asking.number))],
                };
            }
            Command::Go => self.say(Tone::Bad, format!("type {:?}, letter by letter, to go on", asking.typed)),
            _ => self.plans.asking = None,
        }
        Vec::new()
    }

    fn ask_plan_word(&mut self, word: Word) -> Vec<Effect> {
        let Some(plan) = self.plans.plan() else { return Vec::new() };
        let (number, over, waits, rest) = (plan.number, plan.is_over(), plan.awaits_approval(), plan.rest());
        let (standing, own) = (plan.standing().to_owned(), plan.made_by == self.seat.person);
        let objection = match word {
            _ if over => Some(format!("plan {number} is {standing}")),
            _ if self.link != Link::Live => Some("not connected: nothing can be written now".to_owned()),
            Word::Run if waits => Some("another person has to approve it first: v".to_owned()),
            Word::Run if self.plans.running.is_some() => Some("a plan is still being run from here".to_owned()),
            Word::Approve if !waits => Some(format!("plan {number} waits for nobody's approval")),
            Word::Approve if own => Some("you made this plan: another person has to approve it".to_owned()),
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
            (Err(Failure::Other(text)), _) => self.say(Tone::Bad, format!("plan {number} could not be read: {text}")),
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
