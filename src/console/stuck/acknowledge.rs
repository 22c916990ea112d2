//! Acknowledging an alert for a while, with a reason.

use chrono::TimeDelta;

use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::frame::prompt::{Asks, Prompt};
use crate::console::kit::dialog::Then;
use crate::console::kit::journal::Tone;
use crate::console::stuck::requests::Ask;
use crate::query::length_of;
use crate::text::sentence;
use crate::work::watcher::Acknowledged;

/// Asks for how long an alert is acknowledged, and why.
#[derive(Debug)]
pub struct Acknowledge {
    /// The alert.
    alert: String,
}

/// Opens the prompt for the selected alert, with what was typed for it before.
pub fn open(app: &mut App) {
    if !app.may_write() {
        return;
    }
    let at = app.stuck.alert_at(app.now);
    let Some(alert) = app.stuck.open(app.now).get(at).map(|standing| standing.alert.clone()) else {
        return app.say(Tone::News, "There is no alert.");
    };
    let (of, typed) = &app.stuck.reason;
    let typed = if *of == alert { typed.clone() } else { String::new() };
    app.open(Prompt::further(Acknowledge { alert }, typed));
}

impl Asks for Acknowledge {
    fn title(&self) -> String {
        format!("Acknowledge {}", self.alert)
    }

    fn label(&self) -> &'static str {
        "How long, and why: "
    }

    fn about(&self) -> String {
        "For example: 4h the merchant is changing its token. No new notifications until then.".to_owned()
    }

    /// `4h the token is being rotated` says for how long, and why. The prompt stays open until the answer comes.
    fn done(&mut self, app: &mut App, text: &str) -> Then {
        let (length, reason) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let reason = reason.trim().to_owned();
        match length_of(length) {
            Ok(length) if length > TimeDelta::zero() && !reason.is_empty() => {
                if app.can_write() {
                    let (alert, until) = (self.alert.clone(), app.now + length);
                    app.ask(Effect::Stuck(Ask::Acknowledge { alert, reason, until }));
                }
            }
            Ok(length) if length > TimeDelta::zero() => {
                app.say(Tone::Bad, "Add a reason after the time: why is no notification needed for now?");
            }
            Ok(_) | Err(_) => app.say(Tone::Bad, "Start with how long (90m, 4h or 2d), then add a reason."),
        }
        Then::Stay
    }

    fn keep(&self, app: &mut App, text: String) {
        app.stuck.reason = (self.alert.clone(), text);
    }
}

/// Handles the answer.
pub fn take(app: &mut App, alert: &str, answer: Result<Acknowledged, Failure>) {
    app.stuck.loads.watch.due = true;
    match answer {
        Ok(Acknowledged::Done(standing)) => {
            app.close::<Prompt<Acknowledge>>(|prompt| prompt.asks.alert == alert);
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
