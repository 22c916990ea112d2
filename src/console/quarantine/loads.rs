//! What the quarantine reads, and what was read.

use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::pulse::Pulse;
use crate::console::app::session::Link;
use crate::console::app::state::App;
use crate::console::quarantine::page::Quarantine;
use crate::console::quarantine::settle;
use crate::console::quarantine::state::{Considering, How, Waiting, WaitingAsk};
use crate::intake::quarantine::Answer;

/// Starts the read that is due.
pub fn pump(app: &mut App) {
    if app.find::<Quarantine>().is_some() && app.quarantine.load.start(app.link == Link::Live) {
        app.ask(Effect::LoadWaiting(app.quarantine.ask()));
    }
}

/// Takes over how many facts wait. Returns whether that, or one of them, may have changed.
pub fn pulse(app: &mut App, pulse: &Pulse) -> bool {
    let before = std::mem::replace(&mut app.quarantine.waiting, pulse.quarantined);
    pulse.rang || pulse.quarantined != before
}

/// Takes a page, unless another one is shown by now.
pub fn take(app: &mut App, ask: &WaitingAsk, page: Result<Waiting, Failure>) {
    let facts = &mut app.quarantine;
    facts.load.end(&page);
    match page {
        Ok(_) if *ask != facts.ask() => facts.load.due = true,
        Ok(page) => {
            facts.kinds = page.kinds;
            facts.take(page.facts);
        }
        Err(failure) => app.failed("the quarantine", &failure),
    }
}

/// Opens the dialog that settles a fact, once its consequence is known.
pub fn considered(app: &mut App, id: i64, number: usize, answer: Result<Result<Box<Considering>, Answer>, Failure>) {
    let here = app.on_top::<Quarantine>().is_some() && app.quarantine.list.selected == Some(id);
    match answer {
        Ok(Ok(considered)) if here => {
            let Considering { order, consequence, action } = *considered;
            settle::open(app, id, How::Apply(number), Some(order), consequence, action.name());
        }
        Ok(Ok(_)) => {}
        Ok(Err(answer)) => settle::settled(app, id, Ok(answer)),
        Err(failure) => settle::settled(app, id, Err(failure)),
    }
}
