//! The form of an action: its fields and the result, checked on every key.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::console::app::state::App;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::Drawn;
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::orders::action::confirm::Confirm;
use crate::console::orders::action::entries::Entries;
use crate::console::orders::action::wording::{asked, carrier, consequence, title};
use crate::domain::{By, Choice, Offer, Order, menu};
use crate::settings::keys::{Command, Scope};
use crate::text;

/// The form of an action on the shown order.
#[derive(Debug)]
pub struct ActionForm {
    /// What is filled in.
    pub entries: Entries,
    /// Who moved the order while the form was open.
    pub moved: Option<String>,
}

/// Opens the form of an action, with its draft; or, if nothing has to be filled in, its question.
pub fn open(app: &mut App, choice: &Choice, offer: &Offer) {
    let Some(shown) = &app.orders.shown else { return };
    let fresh = Entries::new(&shown.stored.order, choice.action, choice.actor, offer);
    let entries = app.orders.drafts.get(&fresh.draft()).cloned().unwrap_or(fresh);
    let mut form = ActionForm { entries, moved: None };
    let question = if form.entries.is_needed() { None } else { form.question(app) };
    app.open(form);
    if let Some(question) = question {
        app.open(question);
    }
}

impl ActionForm {
    /// The order of the form, if it is still the shown one.
    fn order<'a>(&self, app: &'a App) -> Option<&'a Order> {
        app.orders.shown.as_ref().map(|shown| &shown.stored.order).filter(|order| order.key == self.entries.key)
    }

    /// Takes over that someone moved the order.
    pub fn moved(&mut self, words: String, offer: Option<&Offer>) {
        self.moved = Some(words);
        if let Some(offer) = offer {
            self.entries.offered(offer);
        }
    }

    /// The question, if the law allows the action; otherwise goes to the field that is wrong.
    fn question(&mut self, app: &mut App) -> Option<Confirm> {
        let request = app.request();
        let shown = app.orders.shown.as_ref().filter(|shown| shown.stored.order.key == self.entries.key)?;
        let order = &shown.stored.order;
        let judged = self.entries.verdict(order, app.session.roles, app.now);
        match judged.and_then(|step| Ok((step, self.entries.command(order, request)?))) {
            Ok((step, command)) => {
                let words = consequence(&step, &shown.stored);
                let words = match carrier(shown, step.action(), step.actor()) {
                    Some(account) => asked(&words, &shown.stored.order, account),
                    None => words,
                };
                Some(Confirm::new(command, words, self.entries.is_needed()))
            }
            Err(fault) => {
                if let Some(field) = fault.field {
                    self.entries.form.go(field);
                }
                app.say(Tone::Bad, fault.text);
                None
            }
        }
    }

    fn changed(&mut self, app: &App) {
        self.entries.touched |= self.order(app).is_some();
    }
}

impl Dialog<App> for ActionForm {
    fn scope(&self) -> Scope {
        Scope::Form
    }

    fn on(&mut self, app: &mut App, command: Command, key: KeyEvent) -> Then {
        if self.order(app).is_none() {
            self.put_away(app);
            return Then::Close;
        }
        match command {
            Command::NextField => self.entries.form.turn(true),
            Command::PreviousField => self.entries.form.turn(false),
            Command::Left | Command::Right => return self.typed(app, key),
            Command::Go if self.entries.form.advance() => {}
            Command::Go | Command::Send => {
                if let Some(question) = self.question(app) {
                    app.open(question);
                }
            }
            _ => {
                self.put_away(app);
                return Then::Close;
            }
        }
        Then::Stay
    }

    fn typed(&mut self, app: &mut App, key: KeyEvent) -> Then {
        if self.entries.form.type_key(key) {
            self.changed(app);
        }
        Then::Stay
    }

    fn paste(&mut self, app: &mut App, text: &str) {
        if self.entries.form.paste(text) {
            self.changed(app);
        }
    }

    fn put_away(&mut self, app: &mut App) {
        if self.entries.touched {
            app.orders.drafts.insert(self.entries.draft(), self.entries.clone());
        }
    }

    fn takes_words(&self) -> bool {
        self.entries.form.takes_words()
    }

    fn is_on_the_order(&self) -> bool {
        true
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let entries = &self.entries;
        let id = text::clean(&entries.key.id);
        let title = format!("{} {} {id}", title(entries.action, entries.actor), look.glyphs.dot);
        let mut dialog = DialogBox::new(title, area, look);
        let shown = app.orders.shown.as_ref().filter(|shown| shown.stored.order.key == entries.key);
        let Some(shown) = shown else { return dialog.draw(area, buf) };
        entries.form.draw(&mut dialog, true, Style::new());
        dialog.space();
        match entries.verdict(&shown.stored.order, app.session.roles, app.now) {
            Ok(step) => dialog.say(&consequence(&step, &shown.stored), look.good()),
            Err(fault) => dialog.say(&fault.text, look.warn()),
        }
        if let Some(moved) = &self.moved {
            dialog.say(&format!("{moved}. This form now uses the new state."), look.bad());
        }
        dialog.draw(area, buf)
    }
}

/// What is offered to this person for the action of a form, on this order.
pub fn offer(app: &App, entries: &Entries, order: &Order) -> Option<Offer> {
    menu::offer(order, entries.action, entries.actor, By::Person(app.session.roles), app.now).ok()
}
