//! The list of plans: run, pause, approve, withdraw.

use std::collections::HashMap;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::session::Link;
use crate::console::app::state::App;
use crate::console::kit::confirmation::{Answer, Confirmation};
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw::Drawn;
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::stuck::plans::list_view;
use crate::console::stuck::plans::question::{Question, Word};
use crate::console::stuck::requests::Ask;
use crate::console::stuck::shown::PlanShown;
use crate::records::Plan;
use crate::settings::keys::{Command, Scope};
use crate::work::plan::Totals;
use crate::work::plan::run::Progress;

/// The page.
#[derive(Debug, Default)]
pub struct PlansPage {
    /// The open question about a plan.
    question: Option<Question>,
}

/// Opens the list of plans.
pub fn open(app: &mut App) {
    app.plans.load.due = true;
    app.open(PlansPage::default());
}

/// Starts the read that is due.
pub fn pump(app: &mut App) {
    if app.find::<PlansPage>().is_some() && app.plans.load.start(app.link == Link::Live) {
        app.ask(Effect::Stuck(Ask::Plans));
    }
}

/// Runs a plan, or continues it.
pub fn run(app: &mut App, number: i64) {
    app.plans.running = Some((number, Progress::default()));
    app.plans.pausing = false;
    app.ask(Effect::Stuck(Ask::RunPlan(number)));
}

/// Reads the rows of the selected plan.
fn read_rows(app: &mut App) {
    if let Some(number) = app.plans.selected {
        app.ask(Effect::Stuck(Ask::PlanRows(number)));
    }
}

/// Takes the plans.
pub fn take(app: &mut App, plans: Result<Vec<Plan>, Failure>) {
    app.plans.load.end(&plans);
    match plans {
        Ok(plans) => {
            if !plans.iter().any(|plan| Some(plan.number) == app.plans.selected) {
                app.plans.selected = plans.first().map(|plan| plan.number);
            }
            app.plans.all = Some(plans);
            read_rows(app);
        }
        Err(failure) => app.failed("the plans", &failure),
    }
}

/// Takes the first rows of a plan, unless another one is selected by now.
pub fn take_rows(app: &mut App, number: i64, rows: Result<PlanShown, Failure>) {
    match rows {
        Ok(_) if app.plans.selected != Some(number) => {}
        Ok(rows) => app.plans.rows = HashMap::from([(number, rows)]),
        Err(failure) => app.failed(&format!("plan {number}"), &failure),
    }
}

/// Takes the totals of the rest of a plan: from now on the question about it can be answered.
pub fn take_totals(app: &mut App, number: i64, totals: Result<Totals, Failure>) {
    match totals {
        Ok(totals) => {
            let questions = app.each::<PlansPage>().filter_map(|page| page.question.as_mut());
            if let Some(question) = questions.into_iter().find(|question| question.number == number) {
                question.totals = Some(totals);
                question.confirmation.covered();
            }
        }
        Err(Failure::Lost | Failure::Unknown) => app.each::<PlansPage>().for_each(|page| page.question = None),
        Err(failure) => app.failed(&format!("plan {number}"), &failure),
    }
}

fn step(app: &mut App, by: isize) {
    let all = app.plans.all.as_deref().unwrap_or_default();
    let at = app.plans.at().map_or(0, |at| at.saturating_add_signed(by)).min(all.len().saturating_sub(1));
    app.plans.selected = all.get(at).map(|plan| plan.number);
    read_rows(app);
}

fn pause(app: &mut App) {
    let Some(number) = app.plans.plan().map(|plan| plan.number) else { return };
    if app.can_write() {
        app.plans.pausing |= app.plans.running.as_ref().is_some_and(|(running, _)| *running == number);
        app.ask(Effect::Stuck(Ask::PausePlan(number)));
    }
}

/// The question before a command on the selected plan, unless the command is not possible now.
fn question(app: &mut App, word: Word) -> Option<Question> {
    let Some(plan) = app.plans.plan() else {
        app.say(Tone::News, "No plan is selected. Mark orders, then press P to make one.");
        return None;
    };
    let (number, over, waits, rest) = (plan.number, plan.is_over(), plan.awaits_approval(), plan.rest());
    let (standing, own) = (plan.standing().to_owned(), plan.made_by == app.session.person);
    if !over && !app.can_write() {
        return None;
    }
    let objection = match word {
        _ if over => Some(format!("Plan {number} is {standing}.")),
        Word::Run if waits => Some("Another person has to approve it first (v).".to_owned()),
        Word::Run if app.plans.running.is_some() => Some("Another plan is still running here.".to_owned()),
        Word::Approve if !waits => Some(format!("Plan {number} is not waiting for approval.")),
        Word::Approve if own => Some("You made this plan: another person has to approve it.".to_owned()),
        Word::Run | Word::Approve | Word::Withdraw => None,
    };
    if let Some(words) = objection {
        app.say(Tone::Bad, words);
        return None;
    }
    let typed = match word {
        Word::Run => format!("run {rest}"),
        Word::Approve | Word::Withdraw => format!("{} {number}", word.name()),
    };
    app.ask(Effect::Stuck(Ask::PlanTotals(number)));
    Some(Question { word, number, confirmation: Confirmation::word(typed), totals: None })
}

impl PlansPage {
    fn answer(&mut self, app: &mut App, command: Command) {
        let Some(question) = self.question.as_ref().filter(|_| command == Command::Go) else {
            self.question = None;
            return;
        };
        match question.confirmation.answer() {
            Answer::Yes if question.totals.is_some() && app.can_write() => {
                match question.word {
                    Word::Run => run(app, question.number),
                    Word::Approve => app.ask(Effect::Stuck(Ask::ApprovePlan(question.number))),
                    Word::Withdraw => app.ask(Effect::Stuck(Ask::WithdrawPlan(question.number))),
                }
                self.question = None;
            }
            Answer::Yes | Answer::No => {}
            Answer::NotYet(why) => why.into_iter().for_each(|why| app.say(Tone::Bad, why)),
        }
    }
}

impl Dialog<App> for PlansPage {
    fn scope(&self) -> Scope {
        if self.question.is_some() { Scope::Word } else { Scope::Plans }
    }

    fn page(&self) -> Option<&'static str> {
        Some("Plans")
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        if self.question.is_some() {
            self.answer(app, command);
            return Then::Stay;
        }
        match command {
            Command::Choose => self.question = question(app, Word::Run),
            Command::Approve => self.question = question(app, Word::Approve),
            Command::Withdraw => self.question = question(app, Word::Withdraw),
            Command::Down => step(app, 1),
            Command::Up => step(app, -1),
            Command::Pause => pause(app),
            _ => return Then::Close,
        }
        Then::Stay
    }

    fn typed(&mut self, _app: &mut App, key: KeyEvent) -> Then {
        self.question.iter_mut().for_each(|question| question.confirmation.type_key(key));
        Then::Stay
    }

    fn confirmation(&mut self) -> Option<&mut Confirmation> {
        self.question.as_mut().map(|question| &mut question.confirmation)
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        list_view::draw(app, self.question.as_ref(), look, area, buf)
    }
}
