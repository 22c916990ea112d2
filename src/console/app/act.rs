//! From the action menu to a recorded transition: form, question, and every outcome.

use crossterm::event::{Event, KeyEvent};
use ratatui::layout::Rect;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;
use uuid::Uuid;

use super::form::Form;
use super::watch::Related;
use super::{App, Confirm, Effect, Failure, Layer, Link, Menu, Shown, Stage, Tone};
use crate::console::look::{Look, name};
use crate::console::view::confirm::Question;
use crate::desk::{Answer, Command, conflict_words};
use crate::domain::{Action, Choice, Offer, Order};
use crate::settings::keys::Command as Key;

/// Actions that you confirm by typing their name, because they decide who gets the money.
pub(super) const WORDED: [Action; 3] = [Action::Settle, Action::Withdraw, Action::Complete];

impl Confirm {
    /// Handles a key for the confirmation word.
    pub(super) fn type_key(&mut self, key: KeyEvent) {
        if let Some((_, input)) = self.word.as_mut().filter(|_| self.seen) {
            input.handle_event(&Event::Key(key));
        }
    }

    /// Whether the answer is yes.
    pub fn agreed(&self) -> bool {
        self.word.as_ref().map_or(self.yes, |(word, input)| input.value().trim() == *word)
    }
}

impl App {
    pub(super) fn on_menu(&mut self, command: Key) -> Vec<Effect> {
        let Some(Layer::Menu(menu)) = self.layers.last() else { return Vec::new() };
        let choices = self.choices(menu);
        let (mut next, last) = (menu.clone(), choices.len().saturating_sub(1));
        match command {
            Key::Down => next.at = (menu.at + 1).min(last),
            Key::Up => next.at = menu.at.saturating_sub(1),
            Key::Reasons => next = Menu { reasons: !menu.reasons, ..Menu::default() },
            Key::Choose => return choices.get(menu.at).map_or_else(Vec::new, |choice| self.pick(choice)),
            _ => {
                self.layers.pop();
                return Vec::new();
            }
        }
        next.note = None;
        self.set_menu(next);
        Vec::new()
    }

    fn set_menu(&mut self, next: Menu) {
        if let Some(Layer::Menu(menu)) = self.layers.last_mut() {
            *menu = next;
        }
    }

    /// A letter picks its action, allowed or not; a digit picks a line of the menu.
    pub(super) fn pick_by_letter(&mut self, key: &str) -> Vec<Effect> {
        let letter = key.chars().next().unwrap_or(' ');
        let allowed = self.choices(&Menu::default());
        let all = self.choices(&Menu { reasons: true, ..Menu::default() });
        let by_digit = letter.to_digit(10).and_then(|digit| allowed.get(digit.checked_sub(1)? as usize));
        let choice = by_digit.or_else(|| all.iter().find(|choice| choice.letter == letter)).cloned();
        choice.map_or_else(Vec::new, |choice| self.pick(&choice))
    }

    fn pick(&mut self, choice: &Choice) -> Vec<Effect> {
        let Some(shown) = &self.shown else { return Vec::new() };
        match &choice.verdict {
            Err(refusal) => {
                let note = Some(refusal.to_string());
                if let Some(Layer::Menu(menu)) = self.layers.last_mut() {
                    menu.note = note;
                }
            }
            Ok(_) if self.session.read_only => self.say(Tone::Bad, "Read-only: nothing is written here."),
            Ok(offer) => {
                let form = self.draft(&shown.stored.order, choice, offer);
                self.layers.push(Layer::Form(Box::new(form)));
                if matches!(self.layers.last(), Some(Layer::Form(form)) if !form.is_needed()) {
                    return self.ask();
                }
            }
        }
        Vec::new()
    }

    /// Returns the draft for this action on this order, or an empty form.
    fn draft(&self, order: &Order, choice: &Choice, offer: &Offer) -> Form {
        let form = Form::new(order, choice.action, choice.actor, offer);
        self.drafts.get(&form.draft()).cloned().unwrap_or(form)
    }

    pub(super) fn on_form(&mut self, command: Key, key: KeyEvent) -> Vec<Effect> {
        let Some(shown) = &self.shown else { return Vec::new() };
        let order = &shown.stored.order;
        let Some(Layer::Form(form)) = self.layers.last_mut() else { return Vec::new() };
        if form.key != order.key {
            self.put_form_away();
            return Vec::new();
        }
        let choice = form.field() == super::form::Field::Outcome;
        match command {
            Key::NextField => form.turn(true),
            Key::PreviousField => form.turn(false),
            Key::Left | Key::Right if choice => form.turn_outcome(order, command == Key::Right),
            Key::Left | Key::Right => form.type_key(key, order),
            Key::Go => return self.ask(),
            _ => self.put_form_away(),
        }
        Vec::new()
    }

    /// Closes the form and keeps what was typed.
    pub(super) fn put_form_away(&mut self) {
        if let Some(Layer::Form(form)) = self.layers.pop() {
            self.keep_draft(*form);
        }
    }

    fn keep_draft(&mut self, mut form: Form) {
        if form.touched {
            form.moved = None;
            self.drafts.insert(form.draft(), form);
        }
    }

    /// Opens the question if the law allows the action; otherwise goes to the field that is wrong.
    fn ask(&mut self) -> Vec<Effect> {
        self.requests += 1;
        let request = Uuid::from_u128(self.session.id.as_u128().wrapping_add(self.requests));
        let (Some(shown), Some(Layer::Form(form))) = (&self.shown, self.layers.last_mut()) else { return Vec::new() };
        let order = &shown.stored.order;
        if form.key != order.key {
            return Vec::new();
        }
        let judged = form.verdict(order, self.session.roles, self.now);
        match judged.and_then(|step| Ok((step, form.command(order, request)?))) {
            Ok((step, command)) => {
                let word = WORDED.contains(&command.action).then(|| (command.action.name(), Input::default()));
                let confirm = Confirm {
                    consequence: super::form::consequence(&step, &shown.stored),
                    command: Box::new(command),
                    yes: false,
                    word,
                    stage: Stage::Asking,
                    moved: None,
                    seen: false,
                };
                self.layers.push(Layer::Confirm(Box::new(confirm)));
            }
            Err(fault) => {
                if let Some(field) = fault.field {
                    form.go(field);
                }
                self.say(Tone::Bad, fault.text);
            }
        }
        Vec::new()
    }

    pub(super) fn on_confirm(&mut self, command: Key) -> Vec<Effect> {
        let area = self.layout().map_or(Rect::ZERO, |layout| layout.body);
        let Some(Layer::Confirm(confirm)) = self.layers.last_mut() else { return Vec::new() };
        let fits = Question { question: confirm, look: Look::measure() }.fits(area);
        match command {
            Key::Left | Key::Right => confirm.yes = confirm.seen && !confirm.yes,
            Key::Edit => {
                self.layers.pop();
            }
            Key::Go if !confirm.seen => {}
            Key::Go if confirm.stage == Stage::Asking && confirm.moved.is_none() => {
                if confirm.agreed() && !fits {
                    self.say(Tone::Bad, "This screen is too small to show all of it. Make it larger first.");
                    return Vec::new();
                }
                if confirm.agreed() {
                    return self.write();
                }
                match &confirm.word {
                    None => self.close_question(),
                    Some((word, _)) => {
                        let words = format!("Type {word:?}, letter by letter, to continue.");
                        self.say(Tone::Bad, words);
                    }
                }
            }
            _ => self.close_question(),
        }
        Vec::new()
    }

    /// Closes the question, and the form under it unless it had to be filled in.
    fn close_question(&mut self) {
        let Some(Layer::Confirm(confirm)) = self.layers.pop() else { return };
        let sent = confirm.stage != Stage::Asking;
        if matches!(self.layers.last(), Some(Layer::Form(form)) if sent || !form.is_needed()) {
            self.put_form_away();
        }
        if sent && matches!(self.layers.last(), Some(Layer::Menu(_))) {
            self.layers.pop();
        }
    }

    fn write(&mut self) -> Vec<Effect> {
        if self.link != Link::Live {
            self.say(Tone::Bad, "Not connected: nothing can be written now.");
            return Vec::new();
        }
        if self.writing.is_some() {
            self.say(Tone::Bad, "Another write is still in progress. Try again when it is done.");
            return Vec::new();
        }
        let Some(Layer::Confirm(confirm)) = self.layers.last_mut() else { return Vec::new() };
        confirm.stage = Stage::Writing;
        self.writing = Some(confirm.command.clone());
        vec![Effect::Write(confirm.command.clone())]
    }

    /// Returns the question that a command came from, if it is still open.
    fn question(&mut self, command: &Command) -> Option<&mut Confirm> {
        self.layers.iter_mut().rev().find_map(|layer| match layer {
            Layer::Confirm(confirm) if confirm.command.request == command.request => Some(&mut **confirm),
            _ => None,
        })
    }

    pub(super) fn wrote(&mut self, command: Box<Command>, answer: Result<Answer, Failure>) -> Vec<Effect> {
        match answer {
            Ok(answer) => self.answered(&command, answer),
            Err(Failure::Unknown) => {
                if let Some(question) = self.question(&command) {
                    question.stage = Stage::Unknown;
                }
                let what = format!("{}: outcome unknown. Checking.", title(&command));
                self.say(Tone::Bad, what);
                return vec![Effect::Learn(command)];
            }
            Err(Failure::Lost) => {
                let what = format!("{} not recorded: the database does not answer. Try again.", title(&command));
                self.failed_to_write(&command, what);
            }
            Err(Failure::Other(text)) => self.failed_to_write(&command, format!("{}: {text}", title(&command))),
        }
        Vec::new()
    }

    pub(super) fn learnt(&mut self, command: Box<Command>, answer: Result<Option<Answer>, Failure>) -> Vec<Effect> {
        match answer {
            Ok(Some(answer)) => self.answered(&command, answer),
            Ok(None) => {
                let what = format!("{} not recorded. Check the order, then try again.", title(&command));
                self.failed_to_write(&command, what);
            }
            Err(_) => return vec![Effect::Learn(command)],
        }
        Vec::new()
    }

    fn failed_to_write(&mut self, command: &Command, what: String) {
        self.writing = None;
        self.loads.order.due = true;
        self.remove_question(command, false);
        self.say(Tone::Bad, what);
    }

    /// Removes a question, and the form under it unless it has to be filled in again. With `all`, removes the form and
    /// the menu in any case. Layers above the question stay.
    fn remove_question(&mut self, command: &Command, all: bool) {
        let is_it = |layer: &Layer| matches!(layer, Layer::Confirm(it) if it.command.request == command.request);
        let Some(mut at) = self.layers.iter().position(is_it) else { return };
        self.layers.remove(at);
        let goes = |layer: &Layer| match layer {
            Layer::Form(form) => all || !form.is_needed(),
            Layer::Menu(_) => all,
            _ => false,
        };
        while at > 0 && goes(&self.layers[at - 1]) {
            at -= 1;
            if let Layer::Form(form) = self.layers.remove(at) {
                self.keep_draft(*form);
            }
        }
    }

    fn answered(&mut self, command: &Command, answer: Answer) {
        self.writing = None;
        self.loads.order.due = true;
        self.loads.list.due = true;
        self.loads.board.due = true;
        let asked = self.question(command).is_some();
        let what = title(command);
        match answer {
            Answer::Done(entry) => {
                self.remove_question(command, true);
                self.drafts.remove(&(command.order.clone(), command.action, command.actor));
                let now = name(entry.to);
                let told = if command.actor.must_reach_provider() { "; not confirmed by the provider yet" } else { "" };
                self.say(Tone::Good, format!("{what} done. Now {now}{told}."));
            }
            Answer::Refused(refusal) => self.failed_to_write(command, format!("{what} was refused. {refusal}")),
            Answer::Conflict(now, last) => {
                let moved = conflict_words(&now.order, last.as_deref());
                if asked {
                    self.back_to_the_menu(command, &moved);
                    self.shown = Some(Shown { stored: *now, log: None, held: Vec::new(), related: Related::default() });
                }
                self.say(Tone::Bad, format!("{what} not done: {moved}."));
            }
            Answer::Missing => self.failed_to_write(command, format!("{what} not done: the order no longer exists.")),
            Answer::Would(_) => {}
        }
    }

    /// Goes back to the menu of the order and refreshes it; what was typed is kept.
    fn back_to_the_menu(&mut self, command: &Command, moved: &str) {
        let is_it = |layer: &Layer| matches!(layer, Layer::Confirm(it) if it.command.request == command.request);
        let Some(mut at) = self.layers.iter().position(is_it) else { return };
        self.layers.remove(at);
        while at > 0 && matches!(self.layers[at - 1], Layer::Form(_)) {
            at -= 1;
            if let Layer::Form(form) = self.layers.remove(at) {
                self.keep_draft(*form);
            }
        }
        if let Some(Layer::Menu(menu)) = at.checked_sub(1).and_then(|at| self.layers.get_mut(at)) {
            *menu = Menu { note: Some(moved.to_owned()), ..Menu::default() };
        }
    }

    /// Updates the open layers after someone moved the shown order.
    pub(super) fn moved_under_a_layer(&mut self, shown: &Shown) {
        let last = shown.log.as_ref().and_then(|log| log.last());
        let moved = conflict_words(&shown.stored.order, last);
        for layer in &mut self.layers {
            match layer {
                Layer::Menu(menu) => *menu = Menu { reasons: menu.reasons, note: Some(moved.clone()), at: 0 },
                Layer::Form(form) => form.moved = Some(moved.clone()),
                Layer::Confirm(confirm) if confirm.stage == Stage::Asking => confirm.moved = Some(moved.clone()),
                Layer::Confirm(_)
                | Layer::Search(_)
                | Layer::Prompt(_)
                | Layer::Pick(_)
                | Layer::Columns(_)
                | Layer::Bulk(_)
                | Layer::Messages(_)
                | Layer::Filter
                | Layer::Quarantine
                | Layer::Watch
                | Layer::Runbook(_)
                | Layer::Plan(_)
                | Layer::Plans
                | Layer::Desk
                | Layer::CaseMenu(_)
                | Layer::Sheet(_)
                | Layer::Paper(_)
                | Layer::Settling(_) => {}
            }
        }
    }
}

fn title(command: &Command) -> String {
    format!("{}: {}", command.order.id, words(command))
}

fn words(command: &Command) -> String {
    match command.amount {
        Some(amount) => format!("{} {amount}", command.action.title()),
        None => command.action.title().to_owned(),
    }
}
