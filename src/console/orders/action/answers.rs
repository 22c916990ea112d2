//! What became of a write: the dialogs it came from are closed, or go back to where it can be tried again.

use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::kit::journal::Tone;
use crate::console::kit::look::name;
use crate::console::orders::action::confirm::{Confirm, Stage};
use crate::console::orders::action::form::{ActionForm, offer};
use crate::console::orders::action::menu::Menu;
use crate::console::orders::shown::Shown;
use crate::desk::{Answer, Command, conflict_words, providers};

/// What becomes of the dialogs under a question that is removed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Under {
    /// A form that has to be filled in stays, to try again.
    Stays,
    /// Forms are closed: the menu shows what can be done now.
    BackToMenu,
    /// Everything about this action is closed.
    Closes,
}

/// The question that a command came from, if it is still open.
fn question<'a>(app: &'a mut App, command: &Command) -> Option<&'a mut Confirm> {
    app.each::<Confirm>().find(|it| it.command.request == command.request)
}

/// Handles the result of a write.
pub fn wrote(app: &mut App, command: Box<Command>, answer: Result<Answer, Failure>) {
    match answer {
        Ok(answer) => answered(app, &command, answer),
        Err(Failure::Unknown) => {
            if let Some(question) = question(app, &command) {
                question.stage = Stage::Unknown;
            }
            let what = format!("{}: outcome unknown. Checking.", title(&command));
            app.say(Tone::Bad, what);
            app.ask(Effect::Learn(command));
        }
        Err(Failure::Lost) => {
            let what = format!("{} not recorded: the database does not answer. Try again.", title(&command));
            failed(app, &command, what);
        }
        Err(Failure::Other(text)) => failed(app, &command, format!("{}: {text}", title(&command))),
    }
}

/// Handles the outcome of a write that was unknown before.
pub fn learnt(app: &mut App, command: Box<Command>, answer: Result<Option<Answer>, Failure>) {
    match answer {
        Ok(Some(answer)) => answered(app, &command, answer),
        Ok(None) => {
            let what = format!("{} not recorded. Check the order, then try again.", title(&command));
            failed(app, &command, what);
        }
        Err(_) => app.ask(Effect::Learn(command)),
    }
}

fn failed(app: &mut App, command: &Command, what: String) {
    app.orders.writing = None;
    app.orders.loads.order.due = true;
    remove(app, command, Under::Stays);
    app.say(Tone::Bad, what);
}

/// Removes the question of a command, and what is under it. Dialogs above the question stay.
fn remove(app: &mut App, command: &Command, under: Under) {
    let is_it = |confirm: &Confirm| confirm.command.request == command.request;
    let Some(needs_form) = app.each::<Confirm>().find(|it| is_it(it)).map(|it| it.needs_form) else { return };
    app.close::<Confirm>(is_it);
    if under != Under::Stays || !needs_form {
        let drafts: Vec<_> = app.each::<ActionForm>().map(|form| form.entries.clone()).collect();
        for entries in drafts.into_iter().filter(|entries| entries.touched) {
            app.orders.drafts.insert(entries.draft(), entries);
        }
        app.close::<ActionForm>(|_| true);
    }
    if under == Under::Closes {
        app.close::<Menu>(|_| true);
    }
}

fn answered(app: &mut App, command: &Command, answer: Answer) {
    app.orders.writing = None;
    let loads = &mut app.orders.loads;
    (loads.order.due, loads.list.due, loads.board.due) = (true, true, true);
    let asked = question(app, command).is_some();
    let what = title(command);
    match answer {
        Answer::Done(entry) => {
            remove(app, command, Under::Closes);
            app.orders.drafts.remove(&(command.order.clone(), command.action, command.actor));
            let now = name(entry.to);
            let told = if command.actor.must_reach_provider() { "; not confirmed by the provider yet" } else { "" };
            app.say(Tone::Good, format!("{what} done. Now {now}{told}."));
        }
        Answer::Refused(refusal) => failed(app, command, format!("{what} was refused. {refusal}")),
        Answer::Conflict(now, last) => {
            let moved = conflict_words(&now.order, last.as_deref());
            if asked {
                remove(app, command, Under::BackToMenu);
                app.each::<Menu>().for_each(|menu| *menu = Menu { note: Some(moved.clone()), ..Menu::default() });
                app.orders.shown = Some(Shown::of(*now));
            }
            app.say(Tone::Bad, format!("{what} not done: {moved}."));
        }
        Answer::Pending(request) => {
            remove(app, command, Under::Closes);
            app.orders.drafts.remove(&(command.order.clone(), command.action, command.actor));
            app.say(Tone::Good, format!("{what}: {}.", providers::asking(&request)));
        }
        Answer::Asking(request) => {
            failed(app, command, format!("{what} not done. {}.", providers::asking(&request)));
        }
        Answer::Incomplete(missing) => failed(app, command, format!("{what} not done: {missing}.")),
        Answer::Missing => failed(app, command, format!("{what} not done: the order no longer exists.")),
        Answer::Would(_) => {}
    }
}

/// Updates the open dialogs after someone moved the shown order.
pub fn moved(app: &mut App, shown: &Shown) {
    let last = shown.log.as_ref().and_then(|log| log.last());
    let moved = conflict_words(&shown.stored.order, last);
    app.each::<Menu>().for_each(|menu| *menu = menu.moved(moved.clone()));
    let offered = app.find::<ActionForm>().and_then(|form| offer(app, &form.entries, &shown.stored.order));
    app.each::<ActionForm>().for_each(|form| form.moved(moved.clone(), offered.as_ref()));
    let asking = app.each::<Confirm>().filter(|confirm| confirm.stage == Stage::Asking);
    asking.for_each(|confirm| confirm.moved = Some(moved.clone()));
}

fn title(command: &Command) -> String {
    let what = command.action.title();
    match command.amount {
        Some(amount) => format!("{}: {what} {amount}", command.order.id),
        None => format!("{}: {what}", command.order.id),
    }
}
