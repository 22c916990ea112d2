//! What became of plans: saved, run, paused, approved, withdrawn.

use crate::console::app::load::Failure;
use crate::console::app::state::App;
use crate::console::kit::journal::Tone;
use crate::console::orders::marked::marking;
use crate::console::stuck::plans::list;
use crate::console::stuck::plans::planning::{Planning, Stage};
use crate::text::sentence;
use crate::work::plan::Answer;
use crate::work::plan::run::{Ended, Progress};

/// Handles the result of saving a plan; and runs it, if that was confirmed.
pub fn made(app: &mut App, run: bool, number: Result<i64, Failure>) {
    app.plans.load.due = true;
    let number = match number {
        Ok(number) => number,
        Err(failure) => {
            app.each::<Planning>().for_each(|planning| planning.stage = Stage::Editing);
            let words = match failure {
                Failure::Lost => "The database does not answer. Nothing was saved.".to_owned(),
                Failure::Unknown => "The connection was lost. Press ctrl-p to check if it is saved.".to_owned(),
                Failure::Other(text) => text,
            };
            return app.say(Tone::Bad, words);
        }
    };
    let on_top = app.on_top::<Planning>().is_some();
    let marked = app.find::<Planning>().is_some_and(|planning| planning.marked);
    app.close::<Planning>(|_| true);
    app.plans.planned.clear();
    if marked {
        marking::unmark(app);
    }
    app.plans.selected = Some(number);
    if !run {
        return app.say(Tone::Good, format!("Plan {number} is saved. Press ctrl-p to list the plans."));
    }
    // A dialog that was opened meanwhile keeps the focus.
    if on_top {
        list::open(app);
    }
    list::run(app, number);
}

/// Takes over how far a run is.
pub fn progress(app: &mut App, number: i64, progress: Progress) {
    if let Some((running, known)) = &mut app.plans.running
        && *running == number
    {
        *known = progress;
    }
}

/// Handles the end of a run, or that it did not start.
pub fn ended(app: &mut App, number: i64, ended: Result<Ended, Failure>) {
    if app.plans.running.as_ref().is_some_and(|(running, _)| *running == number) {
        (app.plans.running, app.plans.pausing) = (None, false);
    }
    app.plans.load.due = true;
    app.stuck.loads.watch.due = true;
    let loads = &mut app.orders.loads;
    (loads.board.due, loads.list.due, loads.order.due) = (true, true, true);
    let words = |progress: &Progress| {
        let Progress { accepted, refused, changed, unknown, waiting, rest } = progress;
        let mut said = vec![format!("{accepted} accepted")];
        let counts = [
            (refused, "refused"),
            (changed, "changed meanwhile"),
            (unknown, "unknown"),
            (rest, "left"),
            (waiting, "of them asked and not answered yet"),
        ];
        said.extend(counts.iter().filter(|(count, _)| **count > 0).map(|(count, word)| format!("{count} {word}")));
        said.join(", ")
    };
    let (tone, text) = match ended {
        Ok(Ended::Finished(progress)) => {
            let well = progress.refused + progress.changed == 0;
            (if well { Tone::Good } else { Tone::Bad }, format!("Plan {number} is finished: {}.", words(&progress)))
        }
        Ok(Ended::Paused(progress)) => (Tone::News, format!("Plan {number} is paused: {}.", words(&progress))),
        Ok(Ended::Stopped(progress, why)) => {
            (Tone::Bad, format!("Plan {number} stopped: {} ({why})", words(&progress)))
        }
        Ok(Ended::Lost(progress)) => {
            let said = words(&progress);
            let more = "the database was lost for too long. Run it again to continue where it stopped.";
            (Tone::Bad, format!("Plan {number}: {said}; {more}"))
        }
        Ok(Ended::Busy) => (Tone::Bad, format!("Someone else is running plan {number}.")),
        Ok(Ended::NotApproved) => (Tone::Bad, format!("Plan {number} needs another person's approval first.")),
        Ok(Ended::Not(answer)) => return told(app, number, Ok(answer)),
        Err(Failure::Other(text)) => (Tone::Bad, text),
        Err(Failure::Lost | Failure::Unknown) => {
            let words = "the database was lost for too long. Run it again to continue where it stopped.";
            (Tone::Bad, format!("Plan {number}: {words}"))
        }
    };
    app.say(tone, text);
}

/// Handles the answer to a command on a plan.
pub fn told(app: &mut App, number: i64, answer: Result<Answer, Failure>) {
    app.plans.load.due = true;
    let (tone, text) = match answer {
        Ok(Answer::Done(plan)) => (Tone::Good, format!("Plan {number}: {}.", plan.standing())),
        Ok(Answer::Missing) => (Tone::Bad, format!("There is no plan {number}.")),
        Ok(Answer::NotPermitted(refused)) => (Tone::Bad, sentence(&refused.to_string())),
        Ok(Answer::Over(plan)) => (Tone::Bad, format!("Plan {number} is {}.", plan.standing())),
        Ok(Answer::YourOwn) => (Tone::Bad, "You made this plan: another person has to approve it.".to_owned()),
        Ok(Answer::NotNeeded) => (Tone::News, "This plan does not need approval.".to_owned()),
        Ok(Answer::Approved(by)) => (Tone::News, format!("{by} has already approved it.")),
        Ok(Answer::Conflict) => (Tone::Bad, "Someone else changed it first. Refresh, then try again.".to_owned()),
        Err(Failure::Other(text)) => (Tone::Bad, text),
        Err(Failure::Lost | Failure::Unknown) => (Tone::Bad, "The database does not answer. Try again.".to_owned()),
    };
    app.say(tone, text);
}
