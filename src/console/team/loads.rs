//! What the page of people and policy reads, and what was read or changed.

use super::form::TeamForm;
use super::page::TeamPage;
use super::state::{Ask, News};
use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::session::Link;
use crate::console::app::state::App;
use crate::console::kit::journal::Tone;

/// Starts the read that is due.
pub fn pump(app: &mut App) {
    if app.find::<TeamPage>().is_some() && app.team.load.start(app.link == Link::Live) {
        app.ask(Effect::Team(Ask::Look));
    }
}

/// Takes news.
pub fn take(app: &mut App, news: News) {
    match news {
        News::Shown(shown) => {
            app.team.load.end(&shown);
            match shown {
                Ok(shown) => {
                    app.team.at = app.team.at.min(shown.people.len().saturating_sub(1));
                    app.team.shown = Some(shown);
                }
                Err(failure) => app.failed("people and policy", &failure),
            }
        }
        News::Changed(Ok(Ok(words))) => {
            app.close::<TeamForm>(|_| true);
            app.team.load.due = true;
            app.say(Tone::Good, words);
        }
        News::Changed(Ok(Err(words)) | Err(Failure::Other(words))) => {
            app.each::<TeamForm>().take(1).for_each(|form| form.fail(words.clone()));
            app.say(Tone::Bad, words);
        }
        News::Changed(Err(Failure::Lost | Failure::Unknown)) => {
            let words = "The database does not answer. Look at people and policy once it is back.";
            app.each::<TeamForm>().take(1).for_each(|form| form.fail(words.to_owned()));
            app.say(Tone::Bad, words);
        }
    }
}
