//! Sends each key to the top layer: to a key binding, to a menu letter, or to the text field.

use chrono::TimeDelta;
use crossterm::event::{KeyCode, KeyEvent};

use super::bulk::Stage;
use super::form::insert;
use super::search::Kind;
use super::watch::plan;
use super::{App, Effect, Layer, Tone};
use crate::settings::keys;
use crate::settings::keys::{Binding, Command, Scope};
use crate::settings::prefs::Times;

/// How long after an Esc the rest of an escape sequence may still arrive.
const SPLIT: TimeDelta = TimeDelta::milliseconds(300);

impl App {
    /// The scope that takes keys now.
    pub fn scope(&self) -> Scope {
        match self.layers.last() {
            None => Scope::Panes,
            Some(Layer::Menu(_)) => Scope::Menu,
            Some(Layer::Form(_)) => Scope::Form,
            Some(Layer::Settling(_)) => Scope::Word,
            Some(Layer::Confirm(confirm)) if confirm.word.is_some() => Scope::Word,
            Some(Layer::Confirm(_)) => Scope::Confirm,
            Some(Layer::Messages(_)) => Scope::Page,
            Some(Layer::Search(_)) => Scope::Search,
            Some(Layer::Prompt(_)) => Scope::Prompt,
            Some(Layer::Pick(_)) => Scope::Pick,
            Some(Layer::Columns(_)) => Scope::Columns,
            Some(Layer::Bulk(bulk)) => match bulk.stage {
                Stage::Choosing => Scope::Many,
                Stage::Noting(_) => Scope::Prompt,
                Stage::Asking(..) | Stage::Running(_) => Scope::Word,
            },
            Some(Layer::Filter) => Scope::Filter,
            Some(Layer::Quarantine) => Scope::Quarantine,
            Some(Layer::Watch) => Scope::Watch,
            Some(Layer::Runbook(_)) => Scope::Runbook,
            Some(Layer::Plan(planning)) => match planning.stage {
                plan::Stage::Editing => Scope::Plan,
                plan::Stage::Amount(_) => Scope::Prompt,
                plan::Stage::Asking(..) | plan::Stage::Keeping => Scope::Word,
            },
            Some(Layer::Plans) if self.plans.asking.is_some() => Scope::Word,
            Some(Layer::Plans) => Scope::Plans,
            Some(Layer::Desk) => Scope::Desk,
            Some(Layer::CaseMenu(_)) => Scope::Menu,
            Some(Layer::Sheet(_)) => Scope::Sheet,
            Some(Layer::Paper(_)) => Scope::Paper,
        }
    }

    /// Whether the first half of a chord was pressed.
    pub fn is_in_a_chord(&self) -> bool {
        self.prefix.is_some()
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> Vec<Effect> {
        self.journal.seen();
        if self.is_rest_of_an_escape(&key) {
            return Vec::new();
        }
        let scope = self.scope();
        let Some(name) = keys::name(&key) else { return self.type_key(key) };
        let begun = self.prefix.take();
        let chord = begun.map(|first| format!("{first} {name}"));
        let bound = chord.and_then(|chord| self.prefs.keys.find(scope, &chord));
        if bound.is_none() && self.prefs.keys.begins(scope, &name) {
            self.prefix = Some(name);
            return Vec::new();
        }
        let Some(binding) = bound.or_else(|| self.prefs.keys.find(scope, &name)) else {
            return match self.layers.last() {
                Some(Layer::Menu(_)) => self.pick_by_letter(&name),
                Some(Layer::CaseMenu(_)) => self.pick_case_action_by_letter(&name),
                Some(Layer::Quarantine) => self.pick_reading(&name),
                Some(Layer::Pick(_)) => self.pick_line(&name),
                Some(Layer::Bulk(bulk)) if matches!(bulk.stage, Stage::Choosing) => self.pick_bulk(&name),
                _ => self.type_key(key),
            };
        };
        self.run_bound(binding, key)
    }

    /// Runs a key binding, unless it writes and the console is read-only.
    pub(super) fn run_bound(&mut self, binding: &Binding, key: KeyEvent) -> Vec<Effect> {
        if !matches!(binding.command, Command::Leave | Command::Quit) {
            self.leaving = false;
        }
        if binding.writes && self.session.read_only {
            self.say(Tone::Bad, "Read-only: nothing is written here.");
            return Vec::new();
        }
        self.run(binding.command, key)
    }

    /// Whether this key is the rest of an escape sequence. A slow line can cut a sequence in two: Esc
    /// arrives first, then letters that nobody typed. These follow at once and end with a letter or a tilde.
    fn is_rest_of_an_escape(&mut self, key: &KeyEvent) -> bool {
        let begun = self.escape.take().filter(|(_, at)| self.now - *at < SPLIT);
        let KeyCode::Char(letter) = key.code else {
            self.escape = (key.code == KeyCode::Esc).then_some((false, self.now));
            return false;
        };
        match begun {
            Some((false, at)) if matches!(letter, '[' | 'O') => self.escape = Some((true, at)),
            Some((true, at)) if letter.is_ascii_digit() || letter == ';' => self.escape = Some((true, at)),
            Some((true, _)) => {}
            Some((false, _)) | None => return false,
        }
        true
    }

    fn run(&mut self, command: Command, key: KeyEvent) -> Vec<Effect> {
        match command {
            Command::Leave => return self.leave("A write is in progress. Press Ctrl-C again to quit anyway."),
            Command::Suspend => return vec![Effect::Suspend],
            Command::Redraw => return vec![Effect::Redraw],
            Command::Refresh if !matches!(self.layers.last(), Some(Layer::Columns(_))) => return self.refresh(),
            Command::Help => self.open_search(Kind::Help),
            Command::Commands => self.open_search(Kind::Commands),
            Command::Goto => self.ask_for_an_order(),
            Command::Dump => return vec![Effect::Dump],
            Command::Mask | Command::Mouse | Command::Times => return self.turn_over(command),
            Command::Theme => self.set_theme(self.prefs.theme + 1),
            Command::Copy => return self.on_copy(),
            Command::View => {
                if let Some(digit) = keys::name(&key).and_then(|name| name.parse().ok()) {
                    self.jump_to_view(digit);
                }
            }
            Command::Save if self.layers.is_empty() => self.ask_for_a_name(),
            Command::Messages => {
                self.journal.unread = 0;
                self.layers.push(Layer::Messages(0));
            }
            Command::Filter => self.open_filter(),
            Command::Watch => self.open_watch(),
            Command::Runbook => self.open_runbook(),
            Command::Plans => self.open_plans(),
            Command::Desk => self.open_desk_at_the_order(),
            Command::Plan if self.layers.is_empty() => return self.open_plan(),
            Command::Quarantine => {
                self.loads.inbox.due = true;
                self.layers.push(Layer::Quarantine);
            }
            _ => {
                return match self.layers.last() {
                    None => self.on_panes(command),
                    Some(Layer::Menu(_)) => self.on_menu(command),
                    Some(Layer::Form(_)) => self.on_form(command, key),
                    Some(Layer::Confirm(_)) => self.on_confirm(command),
                    Some(Layer::Messages(_)) => self.on_page(command),
                    Some(Layer::Search(_)) => self.on_search(command),
                    Some(Layer::Prompt(_)) => self.on_prompt(command),
                    Some(Layer::Pick(_)) => self.on_pick(command),
                    Some(Layer::Columns(_)) => self.on_columns(command),
                    Some(Layer::Bulk(_)) => self.on_bulk(command),
                    Some(Layer::Filter) => self.on_filter(command),
                    Some(Layer::Quarantine) => self.on_quarantine(command),
                    Some(Layer::Settling(_)) => self.on_settling(command),
                    Some(Layer::Watch) => self.on_watch(command),
                    Some(Layer::Runbook(_)) => self.on_runbook(command),
                    Some(Layer::Plan(_)) => self.on_plan(command),
                    Some(Layer::Plans) => self.on_plans(command),
                    Some(Layer::Desk) => self.on_desk(command),
                    Some(Layer::CaseMenu(_)) => self.on_case_menu(command),
                    Some(Layer::Sheet(_)) => self.on_sheet(command, key),
                    Some(Layer::Paper(_)) => self.on_paper(command),
                };
            }
        }
        Vec::new()
    }

    /// Switches a setting to its other value.
    fn turn_over(&mut self, command: Command) -> Vec<Effect> {
        let prefs = &mut self.prefs;
        let now = match command {
            Command::Mask => {
                prefs.mask = !prefs.mask;
                if prefs.mask { "People's names and words are hidden." } else { "Names are shown again." }
            }
            Command::Mouse => {
                prefs.mouse = !prefs.mouse;
                if prefs.mouse { "The mouse selects and scrolls." } else { "The terminal has the mouse again." }
            }
            _ => {
                prefs.times = match prefs.times {
                    Times::Relative => Times::Absolute,
                    Times::Absolute => Times::Relative,
                };
                return Vec::new();
            }
        };
        self.say(Tone::News, now);
        let mouse = self.prefs.mouse;
        if command == Command::Mouse { vec![Effect::Mouse(mouse)] } else { Vec::new() }
    }

    fn on_copy(&mut self) -> Vec<Effect> {
        match self.layers.last() {
            Some(Layer::Menu(_) | Layer::Confirm(_)) => self.copy_twin(),
            _ => {
                self.open_copy();
                Vec::new()
            }
        }
    }

    /// Closes everything above the panes, and keeps what was typed into forms.
    pub(super) fn put_layers_away(&mut self) {
        while let Some(layer) = self.layers.last() {
            match layer {
                Layer::Form(_) => self.put_form_away(),
                Layer::Settling(_) => self.put_settling_away(),
                Layer::Prompt(_) => self.put_prompt_away(),
                Layer::Plan(_) => self.put_plan_away(),
                Layer::Bulk(_) => {
                    self.keep_bulk_note();
                    self.layers.pop();
                }
                Layer::Menu(_)
                | Layer::Confirm(_)
                | Layer::Search(_)
                | Layer::Pick(_)
                | Layer::Columns(_)
                | Layer::Messages(_)
                | Layer::Filter
                | Layer::Watch
                | Layer::Runbook(_)
                | Layer::Plans
                | Layer::Desk
                | Layer::CaseMenu(_)
                | Layer::Sheet(_)
                | Layer::Paper(_)
                | Layer::Quarantine => _ = self.layers.pop(),
            }
        }
    }

    /// Whether a write is still in progress.
    fn is_writing(&self) -> bool {
        self.writing.is_some()
            || self.inbox.settling.is_some()
            || self.running.is_some()
            || self.plans.running.is_some()
            || self.desk.writing.is_some()
    }

    /// Quits. During a write it shows the objection first, and quits at the second press in a row.
    pub(super) fn leave(&mut self, objection: &str) -> Vec<Effect> {
        if self.is_writing() && !self.leaving {
            self.leaving = true;
            self.say(Tone::Bad, objection);
            return Vec::new();
        }
        vec![Effect::Quit]
    }

    /// Quits from the board. With unsent forms it quits at the second press.
    pub(super) fn quit(&mut self) -> Vec<Effect> {
        if !self.is_writing() && !self.drafts.is_empty() && !self.leaving {
            self.leaving = true;
            let count = self.drafts.len();
            let drafts = if count == 1 { "One form is".to_owned() } else { format!("{count} forms are") };
            self.say(Tone::Bad, format!("{drafts} filled in but not sent. Press q again to discard and quit."));
            return Vec::new();
        }
        self.leave("A write is in progress. Press q again to quit anyway.")
    }

    fn type_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        match self.layers.last_mut() {
            Some(Layer::Filter) => self.type_filter(key),
            Some(Layer::Search(_)) => self.type_search(key),
            Some(Layer::Prompt(prompt)) => prompt.type_key(key),
            Some(Layer::Bulk(bulk)) => bulk.type_key(key),
            Some(Layer::Plan(planning)) => planning.type_key(key),
            Some(Layer::Plans) => self.type_into_plans(key),
            Some(Layer::Sheet(_)) => self.type_into_sheet(key),
            _ => self.type_into_a_form(key),
        }
        Vec::new()
    }

    fn type_into_a_form(&mut self, key: KeyEvent) {
        let order = self.shown.as_ref().map(|shown| &shown.stored.order);
        match (self.layers.last_mut(), order) {
            (Some(Layer::Form(form)), Some(order)) => form.type_key(key, order),
            (Some(Layer::Confirm(confirm)), _) => confirm.type_key(key),
            (Some(Layer::Settling(settling)), _) => settling.type_key(key),
            _ => {}
        }
    }

    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        if let Some(Layer::Filter) = self.layers.last() {
            insert(&mut self.filter.input, text);
            self.refilter(true);
            return Vec::new();
        }
        if let Some(Layer::Sheet(_)) = self.layers.last() {
            self.paste_into_sheet(text);
            return Vec::new();
        }
        let order = self.shown.as_ref().map(|shown| &shown.stored.order);
        match (self.layers.last_mut(), order) {
            (Some(Layer::Form(form)), Some(order)) => form.paste(text, order),
            (Some(Layer::Search(search)), _) => insert(&mut search.input, text),
            (Some(Layer::Prompt(prompt)), _) => insert(&mut prompt.input, text),
            (Some(Layer::Plan(planning)), _) => planning.paste(text),
            (Some(Layer::Bulk(bulk)), _) => {
                if let Stage::Noting(note) = &mut bulk.stage {
                    insert(note, text);
                }
            }
            // The confirmation word cannot be pasted.
            (Some(Layer::Settling(settling)), _) if settling.typed.is_none() => insert(&mut settling.note, text),
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn on_page(&mut self, command: Command) -> Vec<Effect> {
        let screen = usize::from(self.size.1).saturating_sub(4).max(1);
        let last = crate::console::view::messages::length(self, self.size.0);
        if let Some(Layer::Messages(at)) = self.layers.last_mut() {
            let moved = match command {
                Command::Down => *at + 1,
                Command::Up => at.saturating_sub(1),
                Command::PageDown => *at + screen,
                Command::PageUp => at.saturating_sub(screen),
                Command::First => 0,
                Command::Last => last,
                _ => {
                    self.layers.pop();
                    return Vec::new();
                }
            };
            *at = moved.min(last.saturating_sub(screen));
        }
        Vec::new()
    }
}
