//! Where a key goes: the topmost layer's row of the table, its letters, or its text field.

use chrono::TimeDelta;
use crossterm::event::{KeyCode, KeyEvent};

use super::form::insert;
use super::{App, Effect, Layer, Tone};
use crate::console::keys::{self, Command, Scope};

/// For so long after an Esc its rest may still come.
const SPLIT: TimeDelta = TimeDelta::milliseconds(300);

impl App {
    /// Where keys go now.
    pub fn scope(&self) -> Scope {
        match self.layers.last() {
            None => Scope::Panes,
            Some(Layer::Menu(_)) => Scope::Menu,
            Some(Layer::Form(_)) => Scope::Form,
            Some(Layer::Settling(_)) => Scope::Word,
            Some(Layer::Confirm(confirm)) if confirm.word.is_some() => Scope::Word,
            Some(Layer::Confirm(_)) => Scope::Confirm,
            Some(Layer::Help(_) | Layer::Messages(_)) => Scope::Page,
            Some(Layer::Filter) => Scope::Filter,
            Some(Layer::Quarantine) => Scope::Quarantine,
        }
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
        let bound = chord.and_then(|chord| keys::find(scope, &chord));
        if bound.is_none() && keys::begins(scope, &name) {
            self.prefix = Some(name);
            return Vec::new();
        }
        let Some(binding) = bound.or_else(|| keys::find(scope, &name)) else {
            return match self.layers.last() {
                Some(Layer::Menu(_)) => self.pick_by_letter(&name),
                Some(Layer::Quarantine) => self.pick_reading(&name),
                _ => self.type_key(key),
            };
        };
        if !matches!(binding.command, Command::Leave | Command::Quit) {
            self.leaving = false;
        }
        if binding.writes && self.seat.read_only {
            self.say(Tone::Bad, "read-only: nothing is written here");
            return Vec::new();
        }
        self.run(binding.command, key)
    }

    /// A slow line cuts an escape sequence in two: then its beginning comes as Esc, and the rest as letters that nobody
    /// typed. They follow at once, and end with a letter or a tilde.
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
            Command::Leave => return self.leave("a write is under way; Ctrl-C again leaves it"),
            Command::Suspend => return vec![Effect::Suspend],
            Command::Redraw => return vec![Effect::Redraw],
            Command::Refresh => return self.refresh(),
            Command::Help => self.layers.push(Layer::Help(0)),
            Command::Messages => {
                self.journal.unread = 0;
                self.layers.push(Layer::Messages(0));
            }
            Command::Filter => self.open_filter(),
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
                    Some(Layer::Help(_) | Layer::Messages(_)) => self.on_page(command),
                    Some(Layer::Filter) => self.on_filter(command),
                    Some(Layer::Quarantine) => self.on_quarantine(command),
                    Some(Layer::Settling(_)) => self.on_settling(command),
                };
            }
        }
        Vec::new()
    }

    /// Whether anything is being written that nobody knows the end of.
    fn is_writing(&self) -> bool {
        self.writing.is_some() || self.inbox.settling.is_some()
    }

    /// A second time at once leaves whatever stands against it.
    pub(super) fn leave(&mut self, objection: &str) -> Vec<Effect> {
        if self.is_writing() && !self.leaving {
            self.leaving = true;
            self.say(Tone::Bad, objection);
            return Vec::new();
        }
        vec![Effect::Quit]
    }

    /// Quits at the root; what was typed and not sent asks for a second press.
    pub(super) fn quit(&mut self) -> Vec<Effect> {
        if !self.is_writing() && !self.drafts.is_empty() && !self.leaving {
            self.leaving = true;
            let count = self.drafts.len();
            let drafts = if count == 1 { "one form is".to_owned() } else { format!("{count} forms are") };
            self.say(Tone::Bad, format!("{drafts} filled in and not sent; q again quits and forgets"));
            return Vec::new();
        }
        self.leave("a write is under way; q again leaves it")
    }

    fn type_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        if let Some(Layer::Filter) = self.layers.last() {
            self.type_filter(key);
            return Vec::new();
        }
        let order = self.shown.as_ref().map(|shown| &shown.stored.order);
        match (self.layers.last_mut(), order) {
            (Some(Layer::Form(form)), Some(order)) => form.type_key(key, order),
            (Some(Layer::Confirm(confirm)), _) => confirm.type_key(key),
            (Some(Layer::Settling(settling)), _) => settling.type_key(key),
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        if let Some(Layer::Filter) = self.layers.last() {
            insert(&mut self.filter.input, text);
            self.refilter(true);
            return Vec::new();
        }
        let order = self.shown.as_ref().map(|shown| &shown.stored.order);
        match (self.layers.last_mut(), order) {
            (Some(Layer::Form(form)), Some(order)) => form.paste(text, order),
            // A pasted word is not a typed one.
            (Some(Layer::Settling(settling)), _) if settling.typed.is_none() => insert(&mut settling.note, text),
            _ => {}
        }
        Vec::new()
    }

    fn on_page(&mut self, command: Command) -> Vec<Effect> {
        let screen = usize::from(self.size.1).saturating_sub(4).max(1);
        let last = match self.layers.last() {
            Some(Layer::Messages(_)) => crate::console::view::messages::length(self, self.size.0),
            _ => crate::console::view::help::length(self, self.size.0),
        };
        if let Some(Layer::Help(at) | Layer::Messages(at)) = self.layers.last_mut() {
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
