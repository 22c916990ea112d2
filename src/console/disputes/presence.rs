//! Who writes in a case: one person at a time.

use crate::console::app::load::Failure;
use crate::console::app::state::App;
use crate::console::disputes::form::CaseForm;
use crate::console::disputes::shown::Named;
use crate::console::kit::journal::Tone;
use crate::store::cases::presence::Present;
use crate::text;

/// Takes over who looks at a case, and stops sending from here if someone else has taken over. What is typed stays.
pub fn take(app: &mut App, named: &Named, present: Vec<Present>) {
    if let Some(shown) = app.disputes.shown.as_mut().filter(|shown| shown.named() == *named) {
        shown.present = present;
    }
    let taken = app.disputes.writer(&app.session.person).map(|it| text::clean(&it.person));
    if let Some(who) = taken.filter(|_| app.disputes.may_write == Some(true)) {
        app.disputes.may_write = Some(false);
        if app.find::<CaseForm>().is_some() {
            app.say(Tone::Bad, format!("{who} took over. What you typed is kept. Press ctrl-t to write again."));
        }
    }
}

/// Takes over whether this console may write in a case.
pub fn take_edit(app: &mut App, named: &Named, may: Result<bool, Failure>) {
    let Ok(may) = may else { return };
    if app.disputes.selected.as_ref() != Some(named) {
        return;
    }
    app.disputes.may_write = Some(may);
    app.disputes.loads.case.due = true;
    let reviews = app.on_top::<CaseForm>().is_some_and(|form| form.entries.reviews());
    if !may && !reviews {
        let who = app.disputes.rival(&app.session.person);
        app.say(Tone::News, format!("{who} is writing here. You can read; press ctrl-t to take over."));
    }
}
