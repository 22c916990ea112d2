//! The menu of case actions, and every outcome of an action.

use uuid::Uuid;

use super::sheet::{self, Sheet, Stage};
use super::{Ask, CaseShown, Named};
use strum::VariantArray;

use crate::cases::law::{Refusal, Standing, rule_of};
use crate::console::app::{App, Effect, Failure, Layer, Link, Tone};
use crate::desk::cases::{Answer, CaseCommand, Command};
use crate::domain::CaseAction;
use crate::records::{Case, CaseEvent};
use crate::settings::keys::Command as Key;

/// The menu of case actions.
#[derive(Debug, Clone, Default)]
pub struct CaseMenu {
    /// Show all actions, with the reasons against them; otherwise only the allowed ones.
    pub reasons: bool,
    /// The selected line.
    pub at: usize,
    /// Why the last letter did nothing, or what happened to the case meanwhile.
    pub note: Option<String>,
}

/// A line of the menu: an action, and why it is refused if it is.
pub type Choice = (CaseAction, Result<(), Refusal>);

fn standing(shown: &CaseShown) -> Option<Standing> {
    let proposer = shown.whole.proposal.as_ref().map(|proposal| proposal.recorder.as_str());
    Standing::of(&shown.whole.case, proposer, shown.whole.is_unpaid()).ok()
}

impl App {
    /// The actions this person can take on the shown case; with `reasons`, the refused ones too.
    pub fn case_choices(&self, reasons: bool) -> Vec<Choice> {
        let Some(standing) = self.desk.shown.as_deref().and_then(standing) else { return Vec::new() };
        let judge = |action: &CaseAction| {
            (*action, standing.judge(*action, &self.session.person, self.session.roles, self.now))
        };
        CaseAction::VARIANTS.iter().map(judge).filter(|(_, verdict)| reasons || verdict.is_ok()).collect()
    }

    pub(super) fn open_case_menu(&mut self) {
        if self.desk.shown.is_none() {
            return self.say(Tone::News, "No case is selected.");
        }
        self.layers.push(Layer::CaseMenu(CaseMenu::default()));
    }

    pub(in crate::console::app) fn on_case_menu(&mut self, command: Key) -> Vec<Effect> {
        let Some(Layer::CaseMenu(menu)) = self.layers.last().cloned() else { return Vec::new() };
        let choices = self.case_choices(menu.reasons);
        let mut next = CaseMenu { note: None, ..menu.clone() };
        match command {
            Key::Down => next.at = (menu.at + 1).min(choices.len().saturating_sub(1)),
            Key::Up => next.at = menu.at.saturating_sub(1),
            Key::Reasons => next = CaseMenu { reasons: !menu.reasons, ..CaseMenu::default() },
            Key::Choose => {
                return choices.get(menu.at).cloned().map_or_else(Vec::new, |choice| self.pick_case_action(choice));
            }
            _ => {
                self.layers.pop();
                return Vec::new();
            }
        }
        if let Some(Layer::CaseMenu(menu)) = self.layers.last_mut() {
            *menu = next;
        }
        Vec::new()
    }

    /// A letter picks its action, allowed or not; a digit picks a line of the menu.
    pub(in crate::console::app) fn pick_case_action_by_letter(&mut self, key: &str) -> Vec<Effect> {
        let letter = key.chars().next().unwrap_or(' ');
        let allowed = self.case_choices(false);
        let by_digit = letter.to_digit(10).and_then(|digit| allowed.get(digit.checked_sub(1)? as usize).cloned());
        let by_letter = || self.case_choices(true).into_iter().find(|(action, _)| rule_of(*action).letter == letter);
        by_digit.or_else(by_letter).map_or_else(Vec::new, |choice| self.pick_case_action(choice))
    }

    fn pick_case_action(&mut self, (action, verdict): Choice) -> Vec<Effect> {
        match verdict {
            Err(refusal) => {
                if let Some(Layer::CaseMenu(menu)) = self.layers.last_mut() {
                    menu.note = Some(format!("{}: {}", action.title(), refusal.words));
                }
                Vec::new()
            }
            Ok(()) if self.session.read_only => {
                self.say(Tone::Bad, "Read-only: nothing is written here.");
                Vec::new()
            }
            Ok(()) => self.open_sheet(action),
        }
    }

    /// Opens the form of an action, with its draft. Take case needs no input and is carried out at once.
    pub(in crate::console::app) fn open_sheet(&mut self, action: CaseAction) -> Vec<Effect> {
        let Some(shown) = &self.desk.shown else { return Vec::new() };
        let mut sheet = Sheet::new(action, shown);
        let kind = (sheet.named.clone(), action.name().to_owned());
        if let Some(draft) = self.desk.drafts.get(&kind) {
            sheet.fill(draft);
        }
        sheet.offer(shown);
        let (named, at_once) = (sheet.named.clone(), sheet.slots.is_empty() && action == CaseAction::Take);
        self.layers.push(Layer::Sheet(Box::new(sheet)));
        if at_once {
            return self.send_sheet();
        }
        vec![Effect::Desk(Ask::Edit(named, false))]
    }

    /// Sends the command of the form.
    pub(super) fn send_sheet(&mut self) -> Vec<Effect> {
        if self.link != Link::Live {
            self.say(Tone::Bad, "Not connected: nothing can be written now.");
            return Vec::new();
        }
        if self.desk.writing.is_some() {
            self.say(Tone::Bad, "Another write is still in progress. Try again when it is done.");
            return Vec::new();
        }
        self.requests += 1;
        let request = Uuid::from_u128(self.session.id.as_u128().wrapping_add(self.requests));
        let Some(shown) = &self.desk.shown else { return Vec::new() };
        let Some(Layer::Sheet(sheet)) = self.layers.last_mut() else { return Vec::new() };
        if let Some((path, named)) = sheet.file() {
            sheet.stage = Stage::Writing;
            return vec![Effect::Desk(Ask::Attach(named, path, request))];
        }
        match sheet.doing(shown) {
            Ok(doing) => {
                let Ok(order) = shown.whole.case.key() else { return Vec::new() };
                // Only these depend on the case as it was seen. A note, for example, is valid at any time.
                let expect =
                    matches!(doing, CaseCommand::Decide { .. } | CaseCommand::Approve { .. }).then_some(sheet.seen);
                let command = Box::new(Command { order, what: doing, expect, request });
                sheet.stage = Stage::Writing;
                self.desk.writing = Some(command.clone());
                vec![Effect::Desk(Ask::Act(command))]
            }
            Err(fault) => {
                sheet.go(fault.slot);
                sheet.stage = Stage::Editing;
                Vec::new()
            }
        }
    }

    pub(super) fn acted(&mut self, command: Box<Command>, answer: Result<Answer, Failure>) -> Vec<Effect> {
        match answer {
            Ok(answer) => return self.case_answered(&command, answer),
            Err(Failure::Unknown) => {
                if let Some(sheet) = self.sheet_of(&command) {
                    sheet.stage = Stage::Unknown;
                }
                self.say(Tone::Bad, format!("{}: outcome unknown. Checking.", title(&command)));
                return vec![Effect::Desk(Ask::Learn(command))];
            }
            Err(Failure::Lost) => {
                self.case_failed(&command, "the database does not answer, nothing was recorded; try again".to_owned());
            }
            Err(Failure::Other(text)) => self.case_failed(&command, text),
        }
        Vec::new()
    }

    pub(super) fn case_learnt(
        &mut self,
        command: Box<Command>,
        answer: Result<Option<Answer>, Failure>,
    ) -> Vec<Effect> {
        match answer {
            Ok(Some(answer)) => return self.case_answered(&command, answer),
            Ok(None) => self.case_failed(&command, "nothing was recorded; check the case, then try again".to_owned()),
            Err(_) => return vec![Effect::Desk(Ask::Learn(command))],
        }
        Vec::new()
    }

    /// The form that a command came from, if it is still open.
    fn sheet_of(&mut self, command: &Command) -> Option<&mut Sheet> {
        let (order, action) = (command.order.to_string(), command.what.action());
        self.layers.iter_mut().rev().find_map(|layer| match layer {
            Layer::Sheet(sheet) if sheet.named.0 == order && sheet.action == action => Some(&mut **sheet),
            _ => None,
        })
    }

    fn case_failed(&mut self, command: &Command, what: String) {
        self.desk.writing = None;
        self.loads.case.due = true;
        if let Some(sheet) = self.sheet_of(command) {
            sheet.stage = Stage::Editing;
            sheet.note = Some(what.clone());
        }
        self.say(Tone::Bad, format!("{} not done: {what}", title(command)));
    }

    pub(super) fn sheet_failed(&mut self, what: &str) {
        if let Some(Layer::Sheet(sheet)) = self.layers.last_mut() {
            sheet.stage = Stage::Editing;
            sheet.note = Some(what.to_owned());
        }
    }

    fn case_answered(&mut self, command: &Command, answer: Answer) -> Vec<Effect> {
        self.desk.writing = None;
        (self.loads.case.due, self.loads.desk.due, self.loads.board.due, self.loads.list.due) =
            (true, true, true, true);
        let what = title(command);
        match answer {
            Answer::Done(whole) => {
                let action = command.what.action();
                let named: Named = (whole.case.order_id.clone(), whole.case.number);
                self.close_sheet(command);
                self.forget_draft((named.clone(), action.name().to_owned()));
                if let Some(shown) = self.desk.shown.as_mut().filter(|shown| shown.named() == named) {
                    shown.whole = *whole;
                }
                let moves = matches!(
                    action,
                    CaseAction::AskAndWait
                        | CaseAction::RecordReply
                        | CaseAction::Decide
                        | CaseAction::Approve
                        | CaseAction::RecordPayout
                );
                let shown = self.desk.shown.as_ref().filter(|_| moves);
                let now = shown.map(|shown| sheet::became(&shown.whole.case)).unwrap_or_default();
                self.say(Tone::Good, format!("{what} done.{now}"));
                // The action is done: let others write in the case.
                return vec![Effect::Desk(Ask::Leave)];
            }
            Answer::Refused(refusal) => self.case_failed(command, refusal.words),
            Answer::Conflict(case, last, refusal) => {
                let words = rival(&case, last.as_deref(), &refusal);
                self.case_failed(command, words);
            }
            Answer::Missing => self.case_failed(command, "the case no longer exists".to_owned()),
        }
        Vec::new()
    }

    fn close_sheet(&mut self, command: &Command) {
        let (order, action) = (command.order.to_string(), command.what.action());
        self.layers
            .retain(|layer| !matches!(layer, Layer::Sheet(sheet) if sheet.named.0 == order && sheet.action == action));
        if matches!(self.layers.last(), Some(Layer::CaseMenu(_))) {
            self.layers.pop();
        }
        self.desk.may_write = None;
    }

    fn forget_draft(&mut self, kind: (Named, String)) {
        self.desk.sent.insert(kind.clone());
        if self.desk.drafts.remove(&kind).is_some() || self.desk.unsaved.contains_key(&kind) {
            self.desk.unsaved.insert(kind, None);
        }
    }

    /// Updates the open menu and forms after the case has changed, and says what happened.
    pub(super) fn case_moved(&mut self, shown: &CaseShown) {
        let person = self.session.person.clone();
        let (named, seq, version) = (shown.named(), shown.whole.case.seq, shown.whole.case.version);
        let known = self.desk.shown.as_ref().filter(|it| it.named() == named).map(|it| it.whole.case.version);
        let moved = known.is_some_and(|known| known < version);
        let last = shown.whole.events.last().filter(|last| last.recorder != person || moved);
        let Some(last) = last.filter(|_| known.is_some()) else { return };
        let words = happened(last);
        for layer in &mut self.layers {
            match layer {
                Layer::CaseMenu(menu) if moved => {
                    *menu = CaseMenu { note: Some(words.clone()), reasons: menu.reasons, at: 0 }
                }
                // A question is only about the case as it was seen.
                Layer::Sheet(sheet) if sheet.named == named && sheet.seen < seq => {
                    sheet.seen = seq;
                    sheet.note = Some(words.clone());
                    sheet.back_to_editing();
                }
                _ => {}
            }
        }
    }
}

/// Says who did what to a case, and when.
fn happened(event: &CaseEvent) -> String {
    let who = crate::text::clean(&event.recorder);
    format!("{who}: {} at {}", event.kind, event.at.format("%H:%M:%S UTC"))
}

fn rival(case: &Case, last: Option<&CaseEvent>, refusal: &Refusal) -> String {
    let id = crate::text::clean(case.id());
    let last = last.map(|event| format!(" ({id}: {})", happened(event))).unwrap_or_default();
    format!("{}{last}", refusal.words)
}

fn title(command: &Command) -> String {
    format!("{}: {}", crate::text::clean(&command.order.id), command.what.action().title())
}
