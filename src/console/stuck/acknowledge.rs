//! Acknowledging an alert for a while, with a reason.

use chrono::TimeDelta;
use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::Drawn;
use crate::console::kit::form::{Asked, Field, Form};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::stuck::requests::Ask;
use crate::query::length_of;
use crate::settings::keys::{Command, Scope};
use crate::stuck::alarm::LONGEST_QUIET;
use crate::text;
use crate::text::sentence;
use crate::work::watcher::Acknowledged;

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// For how long.
    Length,
    /// Why.
    Reason,
}

/// The form that acknowledges an alert: for how long, and why.
#[derive(Debug)]
pub struct Acknowledge {
    alert: String,
    form: Form<Slot>,
    /// What is wrong with what was typed.
    note: Option<&'static str>,
}

/// Opens the form for the selected alert, with what was typed for it before.
pub fn open(app: &mut App) {
    if !app.may_write() {
        return;
    }
    let at = app.stuck.alert_at(app.now);
    let Some(alert) = app.stuck.open(app.now).get(at).map(|standing| standing.alert.clone()) else {
        return app.say(Tone::News, "There is no alert.");
    };
    // It stays selected, wherever it is listed afterwards.
    app.stuck.alert = Some(alert.clone());
    let (of, length, reason) = &app.stuck.reason;
    let typed = if *of == alert { (length.clone(), reason.clone()) } else { Default::default() };
    let form = Form::new(vec![
        Field::words(Slot::Length, "For how long", "like 90m, 4h or 2d").with(typed.0),
        Field::words(Slot::Reason, "Why", "needed: others read it").with(typed.1),
    ]);
    app.open(Acknowledge { alert, form, note: None });
}

impl Acknowledge {
    /// Sends it, or says what is missing. The form stays open until the answer comes.
    fn send(&mut self, app: &mut App) {
        let fits = |length: &TimeDelta| *length > TimeDelta::zero() && *length <= LONGEST_QUIET;
        let length = length_of(self.form.text(Slot::Length)).ok().filter(fits);
        let Some(length) = length else {
            self.form.go(Slot::Length);
            self.note = Some("Say for how long no notification is needed: 90m, 4h or 2d, at most 30d.");
            return;
        };
        let Some(reason) = self.form.said(Slot::Reason) else {
            self.form.go(Slot::Reason);
            self.note = Some("Add a reason: why is no notification needed for now?");
            return;
        };
        if app.can_write() {
            let (alert, until) = (self.alert.clone(), app.now + length);
            app.ask(Effect::Stuck(Ask::Acknowledge { alert, reason, until }));
        }
    }
}

impl Dialog<App> for Acknowledge {
    fn scope(&self) -> Scope {
        Scope::Form
    }

    fn on(&mut self, app: &mut App, command: Command, key: KeyEvent) -> Then {
        match self.form.on(command, &key) {
            Asked::Nothing => {}
            Asked::Type => return self.typed(app, key),
            Asked::Send => self.send(app),
            Asked::Close => {
                self.put_away(app);
                return Then::Close;
            }
        }
        Then::Stay
    }

    fn typed(&mut self, _app: &mut App, key: KeyEvent) -> Then {
        self.note = None;
        self.form.types(key);
        Then::Stay
    }

    fn paste(&mut self, _app: &mut App, text: &str) {
        self.form.paste(text);
    }

    fn put_away(&mut self, app: &mut App) {
        let text = |slot| self.form.text(slot).to_owned();
        app.stuck.reason = (self.alert.clone(), text(Slot::Length), text(Slot::Reason));
    }

    fn takes_words(&self) -> bool {
        true
    }

    fn draw(&self, _app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let mut dialog = DialogBox::new(format!("Acknowledge {}", text::clean(&self.alert)), area, look);
        self.form.draw(&mut dialog, true, Style::new());
        dialog.space();
        match self.note {
            Some(note) => dialog.say(note, look.bad()),
            None => dialog.say("No new notifications until then, unless it gets worse.", look.dim()),
        }
        dialog.draw(area, buf)
    }
}

/// Handles the answer.
pub fn take(app: &mut App, alert: &str, answer: Result<Acknowledged, Failure>) {
    app.stuck.loads.watch.due = true;
    match answer {
        Ok(Acknowledged::Done(standing)) => {
            app.close::<Acknowledge>(|form| form.alert == alert);
            app.stuck.reason = Default::default();
            let until = standing.until.map_or_else(String::new, |until| app.prefs.zone.short(until, app.now));
            app.say(Tone::Good, format!("{alert} is acknowledged until {until}."));
        }
        Ok(Acknowledged::NotOpen(_)) => app.say(Tone::News, format!("{alert} has already ended.")),
        Ok(Acknowledged::NotPermitted(refused)) => app.say(Tone::Bad, sentence(&refused.to_string())),
        Ok(Acknowledged::NoReason) => app.say(Tone::Bad, "Add a reason: why is no notification needed for now?"),
        Ok(Acknowledged::Conflict) => app.say(Tone::Bad, "This alert has just changed. Refresh, then try again."),
        Err(Failure::Other(text)) => app.say(Tone::Bad, text),
        Err(Failure::Lost | Failure::Unknown) => {
            app.say(Tone::Bad, "The database does not answer. Check the alert once it is back.");
        }
    }
}
