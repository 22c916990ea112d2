//! The form of a case action: its fields, the consequence, and the word to type before an action that cannot be undone.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::console::app::message::Effect;
use crate::console::app::state::{App, STILL_WRITING};
use crate::console::disputes::consequence::consequence;
use crate::console::disputes::entries::CaseEntries;
use crate::console::disputes::fields::Slot;
use crate::console::disputes::layout::next_to_the_case;
use crate::console::disputes::picker;
use crate::console::disputes::requests::Ask;
use crate::console::disputes::shown::CaseShown;
use crate::console::kit::confirmation::{Answer, Confirmation};
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::Drawn;
use crate::console::kit::form::digit;
use crate::console::kit::gauge;
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::desk::cases;
use crate::desk::cases::CaseCommand;
use crate::domain::{CaseAction, Parts};
use crate::settings::keys::{self, Command, Scope};
use crate::text;

/// The current step of a form.
#[derive(Debug)]
pub enum Stage {
    /// It is being filled in.
    Editing,
    /// It needs a word typed, because the action cannot be undone.
    Asking(Confirmation),
    /// The command is being carried out.
    Writing,
    /// The connection was lost meanwhile.
    Unknown,
}

/// The form of a case action.
#[derive(Debug)]
pub struct CaseForm {
    /// What is filled in.
    pub entries: CaseEntries,
    /// The current step.
    pub stage: Stage,
    /// What happened meanwhile, or what went wrong.
    pub note: Option<String>,
}

/// Opens the form of an action, with its draft. Take case needs no input and is carried out at once.
pub fn open(app: &mut App, action: CaseAction) {
    if action == CaseAction::AttachFile {
        return picker::open(app);
    }
    let Some(shown) = app.disputes.shown.as_deref() else { return };
    let mut form = CaseForm { entries: CaseEntries::new(action, shown), stage: Stage::Editing, note: None };
    let entries = &mut form.entries;
    if let Some(draft) = app.disputes.drafts.get(&entries.kind()) {
        entries.fill(draft);
    }
    entries.offer(shown);
    let empty = entries.form.fields.is_empty();
    if empty && action == CaseAction::Take {
        form.send(app);
    } else {
        if empty {
            form.ask(shown);
        }
        app.ask(Effect::Disputes(Ask::Edit(form.entries.named.clone(), false)));
    }
    app.open(form);
}

impl CaseForm {
    /// The case of the form, if it is still the shown one.
    fn case<'a>(&self, app: &'a App) -> Option<&'a CaseShown> {
        app.disputes.shown.as_deref().filter(|shown| shown.named() == self.entries.named)
    }

    /// Whether it is the form that a command came from.
    pub fn sent(&self, command: &cases::Command) -> bool {
        self.entries.named.0 == command.order.to_string() && self.entries.action == command.what.action()
    }

    /// Goes back to the fields, because of this.
    pub fn fail(&mut self, why: String) {
        (self.stage, self.note) = (Stage::Editing, Some(why));
    }

    /// Takes over that the case has changed. A question is only about the case as it was seen.
    pub fn moved(&mut self, seq: i32, words: String) {
        if self.entries.seen >= seq {
            return;
        }
        (self.entries.seen, self.note) = (seq, Some(words));
        match &mut self.stage {
            Stage::Asking(_) if !self.entries.form.fields.is_empty() => self.stage = Stage::Editing,
            Stage::Asking(confirmation) => confirmation.covered(),
            Stage::Editing | Stage::Writing | Stage::Unknown => {}
        }
    }

    /// Takes input again after it was done: for one more line of a checklist.
    pub fn again(&mut self, entries: CaseEntries) {
        (self.entries, self.stage, self.note) = (entries, Stage::Editing, None);
    }

    /// Opens the question, if there is one. Returns whether there is.
    fn ask(&mut self, shown: &CaseShown) -> bool {
        let question = self.entries.question(shown);
        let asks = question.is_some();
        question.into_iter().for_each(|question| self.stage = Stage::Asking(question));
        asks
    }

    /// Whether someone else is writing in this case: then it cannot be sent from here.
    fn is_barred(&self, app: &mut App) -> bool {
        let rival = app.disputes.writer(&app.session.person).map(|it| text::clean(&it.person));
        let barred = rival.filter(|_| app.disputes.may_write != Some(true) && !self.entries.reviews());
        if let Some(who) = &barred {
            app.say(Tone::Bad, format!("{who} is writing here. Press ctrl-t to take over."));
        }
        barred.is_some()
    }

    /// Continues: to what is missing, to the question, or on its way.
    fn go(&mut self, app: &mut App) {
        if self.is_barred(app) {
            return;
        }
        match &self.stage {
            Stage::Asking(confirmation) => match confirmation.answer() {
                Answer::Yes => self.send(app),
                Answer::No => self.stage = Stage::Editing,
                Answer::NotYet(why) => why.into_iter().for_each(|why| app.say(Tone::Bad, why)),
            },
            Stage::Editing => {
                let Some(shown) = app.disputes.shown.as_deref() else { return };
                match self.entries.doing(shown) {
                    Err(fault) => {
                        self.entries.form.go(fault.slot);
                        self.note = Some(fault.text);
                    }
                    _ if self.ask(shown) => {}
                    _ => self.send(app),
                }
            }
            Stage::Writing | Stage::Unknown => {}
        }
    }

    /// Sends the command of the form.
    fn send(&mut self, app: &mut App) {
        if !app.can_write() {
            return;
        }
        if app.disputes.writing.is_some() {
            return app.say(Tone::Bad, STILL_WRITING);
        }
        let request = app.request();
        let Some(shown) = app.disputes.shown.as_deref() else { return };
        match self.entries.doing(shown) {
            Ok(what) => {
                let Ok(order) = shown.whole.case.key() else { return };
                // Only these depend on the case as it was seen. A note, for example, is valid at any time.
                let depends = matches!(what, CaseCommand::Decide { .. } | CaseCommand::Approve { .. });
                let expect = depends.then_some(self.entries.seen);
                let command = Box::new(cases::Command { order, what, expect, request });
                self.stage = Stage::Writing;
                app.disputes.writing = Some(command.clone());
                app.ask(Effect::Disputes(Ask::Act(command)));
            }
            Err(fault) => {
                self.entries.form.go(fault.slot);
                self.stage = Stage::Editing;
            }
        }
    }

    /// After a choice by number: a line of the checklist is ticked at once, others go to the next field that is empty.
    fn chose(&mut self, app: &mut App) {
        match self.entries.form.name() {
            Some(Slot::Line) => self.go(app),
            _ => self.entries.form.go_on(),
        }
    }

    /// Starts over: what was typed here, and its draft, are dropped.
    fn start_over(&mut self, app: &mut App) {
        let Some(shown) = app.disputes.shown.as_deref() else { return };
        let mut fresh = CaseEntries::new(self.entries.action, shown);
        fresh.offer(shown);
        let kind = self.entries.kind();
        self.again(fresh);
        app.disputes.drafts.remove(&kind);
        app.disputes.unsaved.insert(kind, None);
        app.say(Tone::News, "What you typed is dropped, and its draft, too.");
    }

    /// Updates the computed fields after a change, and keeps a draft.
    fn changed(&mut self, app: &mut App) {
        let Some(shown) = app.disputes.shown.as_deref() else { return };
        self.note = None;
        self.entries.follow(shown);
        let (kind, draft) = (self.entries.kind(), self.entries.draft());
        app.disputes.sent.remove(&kind);
        app.disputes.drafts.insert(kind.clone(), draft.clone());
        app.disputes.unsaved.insert(kind, Some(draft));
    }
}

/// Who gets how much, as a bar between the two sums.
fn split_line(parts: Parts, shown: &CaseShown, room: usize, look: Look) -> Line<'static> {
    let digits = |minor: i64| shown.stored.order.money(minor).grouped();
    let (seller, buyer) =
        (format!("SELLER {} ", digits(parts.to_seller)), format!(" {} BUYER", digits(parts.to_buyer)));
    let cells = room.saturating_sub(text::width(&seller) + text::width(&buyer));
    let mut spans = vec![Span::styled(seller, look.title())];
    if cells >= 8 {
        spans.extend(gauge::split(parts.to_seller, parts.to_buyer, cells, look));
    }
    spans.push(Span::styled(buyer, look.title()));
    Line::from(spans)
}

impl Dialog<App> for CaseForm {
    fn scope(&self) -> Scope {
        Scope::Sheet
    }

    fn on(&mut self, app: &mut App, command: Command, key: KeyEvent) -> Then {
        let form = &mut self.entries.form;
        match (command, &self.stage) {
            (Command::Back, Stage::Asking(_)) if !form.fields.is_empty() => self.stage = Stage::Editing,
            (Command::Back, _) => {
                app.disputes.may_write = None;
                app.disputes.loads.case.due = true;
                app.ask(Effect::Disputes(Ask::Leave));
                return Then::Close;
            }
            (_, Stage::Writing | Stage::Unknown) => {}
            (Command::StartOver, Stage::Editing) => self.start_over(app),
            (Command::TakeOver, _) => app.ask(Effect::Disputes(Ask::Edit(self.entries.named.clone(), true))),
            (Command::Go | Command::NextField | Command::PreviousField, Stage::Editing) if form.stays(&key) => {
                self.changed(app);
            }
            (Command::Go, Stage::Editing) if form.advance() => {}
            (Command::Go | Command::Send, _) => self.go(app),
            (Command::NextField, Stage::Editing) => form.turn(true),
            (Command::PreviousField, Stage::Editing) => form.turn(false),
            (Command::Left | Command::Right, Stage::Editing) if form.chooses() => {
                form.choose(command == Command::Right);
                self.changed(app);
            }
            (Command::Left | Command::Right, _) => return self.typed(app, key),
            _ => {}
        }
        Then::Stay
    }

    fn typed(&mut self, app: &mut App, key: KeyEvent) -> Then {
        let chooses = self.entries.form.chooses() && digit(&key).is_some();
        match &mut self.stage {
            Stage::Asking(confirmation) if confirmation.typed().is_some() => confirmation.type_key(key),
            Stage::Asking(confirmation) => match (keys::name(&key).as_deref(), key.code) {
                (Some("y"), _) => {
                    confirmation.agree();
                    self.go(app);
                }
                (_, KeyCode::Left | KeyCode::Right) => confirmation.turn(),
                _ => {}
            },
            Stage::Editing if self.entries.form.type_key(key) => {
                self.changed(app);
                if chooses {
                    self.chose(app);
                }
            }
            Stage::Editing | Stage::Writing | Stage::Unknown => {}
        }
        Then::Stay
    }

    fn paste(&mut self, app: &mut App, text: &str) {
        if matches!(self.stage, Stage::Editing) && self.entries.form.paste(text) {
            self.changed(app);
        }
    }

    fn confirmation(&mut self) -> Option<&mut Confirmation> {
        match &mut self.stage {
            Stage::Asking(confirmation) => Some(confirmation),
            Stage::Editing | Stage::Writing | Stage::Unknown => None,
        }
    }

    fn takes_words(&self) -> bool {
        true
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let entries = &self.entries;
        let id = text::clean(entries.named.0.split_once(':').map_or("", |(_, id)| id));
        let title = format!("{} {} {id}", entries.action.title(), look.glyphs.dot);
        // Next to the case where there is room, so that its evidence can be read.
        let area = next_to_the_case(app, area);
        let mut dialog = DialogBox::new(title, area, look);
        let Some(shown) = self.case(app) else { return dialog.draw(area, buf) };
        let barred = app.disputes.may_write == Some(false) && !entries.reviews();
        let style = if barred { look.dim() } else { Style::new() };
        entries.form.draw(&mut dialog, matches!(self.stage, Stage::Editing), style);
        if !dialog.lines.is_empty() {
            dialog.space();
        }
        if let Ok(parts) = entries.parts(shown.stored.order.amount)
            && entries.action == CaseAction::Decide
        {
            dialog.lines.push(split_line(parts, shown, dialog.room, look));
            dialog.space();
        }
        let good = entries.doing(shown).is_ok();
        let style = if good { look.good() } else { look.warn() };
        let comes = consequence(entries, shown);
        // What was wrong when it was sent is said once, as the failure that it is.
        let note = |words: &&String| self.note.as_ref() != Some(*words);
        comes.iter().filter(note).for_each(|words| dialog.say(words, style));
        if barred {
            let who = app.disputes.rival(&app.session.person);
            dialog.say(&format!("{who} is writing here: you can only read. ctrl-t takes over."), look.bad());
        }
        if let Some(note) = &self.note {
            dialog.say(note, look.bad());
        }
        match &self.stage {
            Stage::Editing => {}
            Stage::Asking(confirmation) => {
                dialog.space();
                dialog.confirmation(confirmation);
            }
            Stage::Writing => dialog.end("Writing …", look.warn()),
            Stage::Unknown => dialog.end("Outcome unknown, checking …", look.bad()),
        }
        dialog.draw(area, buf)
    }
}
