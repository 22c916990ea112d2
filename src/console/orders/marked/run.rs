//! Running one action on the marked orders, one after the other.

use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::state::{App, STILL_WRITING};
use crate::console::kit::journal::Tone;
use crate::console::orders::marked::tally::Tally;
use crate::desk::{Answer, Command, providers};

/// Starts to run these commands. Returns whether it could.
pub fn start(app: &mut App, commands: &[Command]) -> bool {
    if !app.can_write() {
        return false;
    }
    if app.orders.writing.is_some() || app.orders.running.is_some() {
        app.say(Tone::Bad, STILL_WRITING);
        return false;
    }
    (app.orders.stops, app.orders.note) = (false, None);
    app.orders.running = Some((commands.iter().rev().cloned().collect(), Tally::default()));
    next(app);
    app.orders.running.is_some()
}

/// Runs the next command, or reports the results after the last.
fn next(app: &mut App) {
    let stops = app.orders.stops;
    let Some((rest, tally)) = &mut app.orders.running else { return };
    if let Some(command) = rest.pop().filter(|_| !stops) {
        return app.ask(Effect::WriteOne(Box::new(command)));
    }
    let (words, well) = (tally.words(), tally.count() == tally.done);
    app.orders.running = None;
    let loads = &mut app.orders.loads;
    (loads.board.due, loads.list.due, loads.order.due) = (true, true, true);
    let left = if app.orders.marks.is_empty() { "" } else { " The others are still marked." };
    app.say(if well { Tone::Good } else { Tone::Bad }, format!("Marked orders: {words}.{left}"));
}

/// Counts the answer to one command, and runs the next.
pub fn wrote(app: &mut App, command: &Command, answer: Result<Answer, Failure>) {
    let Some((rest, tally)) = &mut app.orders.running else { return };
    match answer {
        Ok(Answer::Done(_)) => {
            tally.done += 1;
            app.orders.marks.remove(&command.order);
        }
        Ok(Answer::Refused(refusal)) => *tally.refused.entry(refusal.to_string()).or_default() += 1,
        Ok(Answer::Conflict(now, _)) => {
            tally.changed += 1;
            // The next try uses the order as it is now.
            app.orders.marks.renew(*now);
        }
        Ok(Answer::Pending(_)) => {
            tally.asked += 1;
            app.orders.marks.remove(&command.order);
        }
        Ok(Answer::Asking(request)) => *tally.refused.entry(providers::asking(&request)).or_default() += 1,
        Ok(Answer::Incomplete(missing)) => *tally.refused.entry(missing).or_default() += 1,
        Ok(Answer::Missing) => tally.changed += 1,
        Ok(Answer::Would(_)) => {}
        Err(Failure::Other(text)) => *tally.refused.entry(text).or_default() += 1,
        Err(Failure::Lost | Failure::Unknown) => {
            // The database does not answer: do not try the rest.
            tally.lost += 1 + rest.len();
            rest.clear();
        }
    }
    next(app);
}
