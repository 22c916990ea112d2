//! Keys in a form of the desk: fill in, confirm, carry out or go back; and who may write.

use crossterm::event::{Event, KeyCode, KeyEvent};
use tui_input::backend::crossterm::EventHandler;

use super::sheet::Stage;
use super::{Ask, Named};
use crate::console::app::form::insert;
use crate::console::app::{App, Effect, Failure, Layer, Tone};
use crate::domain::CaseAction;
use crate::settings::keys::Command as Key;

impl App {
    pub(in crate::console::app) fn on_sheet(&mut self, command: Key, key: KeyEvent) -> Vec<Effect> {
        let barred = self.desk.writer(&self.session.person).map(|it| crate::text::clean(&it.person));
        let readable = crate::console::view::desk::readable(self);
        let Some(Layer::Sheet(sheet)) = self.layers.last_mut() else { return Vec::new() };
        let choice = sheet.slots.get(sheet.at).is_some_and(|slot| !slot.choices.is_empty());
        match (command, &sheet.stage) {
            (Key::Back, Stage::Asking(..)) if !sheet.slots.is_empty() => sheet.stage = Stage::Editing,
            (Key::Back, _) => return self.put_sheet_away(),
            (_, Stage::Writing | Stage::Unknown) => {}
            (Key::TakeOver, _) => return vec![Effect::Desk(Ask::Edit(sheet.named.clone(), true))],
            // Someone who reviews a proposal does not write in the case, so another writer does not block them.
            (Key::Go, _)
                if barred.is_some()
                    && self.desk.may_write != Some(true)
                    && !matches!(sheet.action, CaseAction::Approve | CaseAction::SendBack) =>
            {
                let who = barred.unwrap_or_default();
                self.say(Tone::Bad, format!("{who} is writing here. Press ctrl-t to take over."));
            }
            (Key::Go, Stage::Asking(..)) if !readable => {
                self.say(Tone::Bad, "This screen is too small to show all of it. Make it larger first.");
            }
            (Key::Go, Stage::Asking(word, input)) if input.value().trim() == *word && sheet.was_seen => {
                return self.send_sheet();
            }
            (Key::Go, Stage::Asking(word, _)) => {
                let words = format!("Type {word:?}, letter by letter, to continue.");
                self.say(Tone::Bad, words);
            }
            (Key::Go, Stage::Editing) => return self.go_on(),
            (Key::NextField, Stage::Editing) => sheet.turn(true),
            (Key::PreviousField, Stage::Editing) => sheet.turn(false),
            (Key::Left | Key::Right, Stage::Editing) if choice => {
                sheet.choose(command == Key::Right);
                self.sheet_changed();
            }
            (Key::Left | Key::Right, _) => self.type_into_sheet(key),
            _ => {}
        }
        Vec::new()
    }

    /// Opens the question or carries out the action; if a field is wrong, goes to that field.
    fn go_on(&mut self) -> Vec<Effect> {
        let Some(shown) = &self.desk.shown else { return Vec::new() };
        let Some(Layer::Sheet(sheet)) = self.layers.last_mut() else { return Vec::new() };
        match sheet.doing(shown) {
            Err(fault) if sheet.action != CaseAction::AttachFile || sheet.text("path").is_empty() => {
                sheet.go(fault.slot);
                sheet.note = Some(fault.text);
                Vec::new()
            }
            _ if sheet.ask() => Vec::new(),
            _ => self.send_sheet(),
        }
    }

    pub(in crate::console::app) fn type_into_sheet(&mut self, key: KeyEvent) {
        let Some(Layer::Sheet(sheet)) = self.layers.last_mut() else { return };
        let at = sheet.at;
        match &mut sheet.stage {
            Stage::Asking(_, input) if sheet.was_seen => _ = input.handle_event(&Event::Key(key)),
            Stage::Editing if sheet.slots.get(at).is_some_and(|slot| slot.choices.is_empty()) => {
                let slot = &mut sheet.slots[at];
                // The first letter replaces a computed amount.
                let is_letter = matches!(key.code, KeyCode::Char(_)) && key.modifiers.is_empty();
                if !slot.by_hand && is_letter && matches!(slot.name, "to_seller" | "to_buyer") {
                    slot.input.reset();
                }
                slot.input.handle_event(&Event::Key(key));
                slot.by_hand = true;
                self.sheet_changed();
            }
            Stage::Asking(..) | Stage::Editing | Stage::Writing | Stage::Unknown => {}
        }
    }

    pub(in crate::console::app) fn paste_into_sheet(&mut self, text: &str) {
        let Some(Layer::Sheet(sheet)) = self.layers.last_mut() else { return };
        let at = sheet.at;
        if matches!(sheet.stage, Stage::Editing)
            && let Some(slot) = sheet.slots.get_mut(at).filter(|slot| slot.choices.is_empty())
        {
            insert(&mut slot.input, text);
            slot.by_hand = true;
            self.sheet_changed();
        }
    }

    /// Updates the computed fields after a change, and keeps a draft.
    fn sheet_changed(&mut self) {
        let Some(shown) = &self.desk.shown else { return };
        let Some(Layer::Sheet(sheet)) = self.layers.last_mut() else { return };
        sheet.note = None;
        sheet.offer(shown);
        sheet.follow(shown);
        let kind = (sheet.named.clone(), sheet.action.name().to_owned());
        let draft = sheet.draft();
        self.desk.sent.remove(&kind);
        self.desk.drafts.insert(kind.clone(), draft.clone());
        self.desk.unsaved.insert(kind, Some(draft));
    }

    /// Closes the form, and keeps what was typed.
    pub(in crate::console::app) fn put_sheet_away(&mut self) -> Vec<Effect> {
        self.layers.pop();
        self.desk.may_write = None;
        self.loads.case.due = true;
        vec![Effect::Desk(Ask::Leave)]
    }

    pub(super) fn take_edit(&mut self, named: &Named, may: Result<bool, Failure>) {
        if self.desk.selected.as_ref() != Some(named) {
            return;
        }
        let Ok(may) = may else { return };
        self.desk.may_write = Some(may);
        self.loads.case.due = true;
        let over = matches!(self.layers.last(), Some(Layer::Sheet(sheet)) if matches!(sheet.action, CaseAction::Approve | CaseAction::SendBack));
        if !may && !over {
            let who = self
                .desk
                .writer(&self.session.person)
                .map_or("Someone else".to_owned(), |it| crate::text::clean(&it.person));
            self.say(Tone::News, format!("{who} is writing here. You can read; press ctrl-t to take over."));
        }
    }

    /// Stops sending from here if someone else has taken over. What is typed stays.
    pub(super) fn lose_the_pen(&mut self) {
        let taken = self.desk.writer(&self.session.person).map(|it| crate::text::clean(&it.person));
        if let Some(who) = taken.filter(|_| self.desk.may_write == Some(true)) {
            self.desk.may_write = Some(false);
            if self.layers.iter().any(|layer| matches!(layer, Layer::Sheet(_))) {
                self.say(Tone::Bad, format!("{who} took over. What you typed is kept. Press ctrl-t to write again."));
            }
        }
    }
}
