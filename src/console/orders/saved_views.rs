//! Views: named queries that you jump to by number; and how each list is sorted.

use strum::VariantArray;
use tui_input::Input;

use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::session::Link;
use crate::console::app::state::App;
use crate::console::frame::pick::{Choice, Pick};
use crate::console::frame::prompt::{Asks, Prompt};
use crate::console::kit::dialog::Then;
use crate::console::kit::journal::Tone;
use crate::console::orders::{board, selection};
use crate::query::Sort;
use crate::settings::view::{Kept, View};
use crate::text;

/// Said where a shared view cannot be changed.
const NOT_SHARED: &str = "Shared views are in the database, and nothing can be written there now.";

/// Opens the menu of sorts.
pub fn open_sort(app: &mut App) {
    let line = |sort: &Sort| {
        // Two names start with an a.
        let letter = if *sort == Sort::Amount { 'm' } else { sort.name().chars().next().unwrap_or('?') };
        let words = format!("{}  {}", text::left(sort.name(), 9), sort.definition());
        Choice { letter, words, value: sort.name().to_owned() }
    };
    let lines = Sort::VARIANTS.iter().map(line).collect();
    let at = Sort::VARIANTS.iter().position(|sort| *sort == app.orders.sort()).unwrap_or(0);
    let does = |app: &mut App, name: &str| sort_by(app, name.parse().unwrap_or_default());
    app.open(Pick { title: "Sort this list".to_owned(), lines, at, does });
}

/// Sorts the current list, and remembers it.
pub fn sort_by(app: &mut App, sort: Sort) {
    let kept = Kept { sort: sort.name().to_owned(), ..app.orders.remembered() };
    if sort != app.orders.list.sort {
        selection::again(app);
    }
    remember(app, kept);
}

/// Remembers something for the current list.
pub fn remember(app: &mut App, kept: Kept) {
    let name = app.orders.list_name();
    app.orders.views.kept.insert(name, kept);
    app.orders.list.sort = app.orders.sort();
    app.ask(Effect::Remember(app.orders.views.kept.clone()));
}

/// Asks for the name of a view, and whether it is for everyone.
#[derive(Debug)]
pub struct ViewName {
    shared: bool,
    /// The user was warned that a view would be replaced.
    warned: bool,
}

/// Asks for a name to save the current filter under. Returns whether there is a filter.
pub fn ask_for_a_name(app: &mut App) -> bool {
    if !app.orders.has_filter() || app.orders.filter.fault.is_some() {
        app.say(Tone::News, "Type a filter first (/): a view saves the filter.");
        return false;
    }
    let shared = app.orders.views.all.iter().any(|view| view.shared);
    app.open(Prompt::again(ViewName { shared, warned: false }, app.orders.view_name.clone()));
    true
}

impl Asks for ViewName {
    fn title(&self) -> String {
        "Save the filter as a view".to_owned()
    }

    fn label(&self) -> &'static str {
        "Name: "
    }

    fn about(&self) -> String {
        let marked = |words: &str, on: bool| if on { format!("[ {words} ]") } else { format!("  {words}  ") };
        format!("{} {}   Tab switches", marked("only mine", !self.shared), marked("for everyone", self.shared))
    }

    fn done(&mut self, app: &mut App, text: &str) -> Then {
        let exists = app.orders.views.all.iter().any(|view| view.name == text && view.shared == self.shared);
        if !self.warned && exists {
            self.warned = true;
            app.say(Tone::Bad, format!("The view {text} already exists. Press Enter again to replace it."));
            return Then::Stay;
        }
        if self.shared && !may_share(app) {
            return Then::Stay;
        }
        let query = app.orders.filter.text.trim().to_owned();
        let Ok(view) = View::new(text, &query, self.shared) else { return Then::Stay };
        app.ask(Effect::SaveView(Box::new(view), true));
        Then::Close
    }

    fn keep(&self, app: &mut App, text: String) {
        app.orders.view_name = text;
    }

    fn turn(&mut self) -> bool {
        self.shared = !self.shared;
        true
    }

    fn has_a_choice(&self) -> bool {
        true
    }

    fn changed(&mut self) {
        self.warned = false;
    }
}

fn may_share(app: &mut App) -> bool {
    let may = !app.session.read_only && app.link == Link::Live;
    if !may {
        app.say(Tone::Bad, NOT_SHARED);
    }
    may
}

/// Asks to forget the chosen view.
pub fn forget(app: &mut App) {
    let Some(view) = app.orders.view().cloned() else {
        return app.say(Tone::News, "No view is chosen. Choose one in the left pane.");
    };
    if !view.shared || may_share(app) {
        app.ask(Effect::SaveView(Box::new(view), false));
    }
}

/// Handles the result of saving or forgetting a view.
pub fn saved(app: &mut App, view: View, kept: bool, result: Result<(), Failure>) {
    let name = &view.name;
    match result {
        Err(Failure::Other(text)) => app.say(Tone::Bad, format!("The view {name} was not changed: {text}")),
        Err(Failure::Lost | Failure::Unknown) => {
            app.say(Tone::Bad, format!("The database does not answer. Check the view {name} once it is back."));
        }
        Ok(()) => {
            app.orders.view_name = String::new();
            if kept { was_kept(app, view) } else { was_forgotten(app, view) }
        }
    }
}

fn was_kept(app: &mut App, view: View) {
    let all = &mut app.orders.views.all;
    let place = all.iter().position(|it| it.name == view.name && it.shared == view.shared);
    let at = place.unwrap_or_else(|| all.partition_point(|it| it.shared <= view.shared));
    let words = format!("Saved as the view {}.", view.name);
    match place {
        Some(at) => all[at] = view,
        None => all.insert(at, view),
    }
    app.say(Tone::Good, words);
    board::choose_view(app, at);
}

fn was_forgotten(app: &mut App, view: View) {
    app.orders.views.all.retain(|it| (&it.name, it.shared) != (&view.name, view.shared));
    let words = format!("The view {} is forgotten. Press / for its query, then ctrl-s to save it.", view.name);
    app.say(Tone::Good, words);
    // A view forgotten by mistake can be saved again from the filter.
    app.orders.filter.input = Input::new(view.text);
    if app.orders.views.chosen == Some((view.name, view.shared)) {
        app.orders.views.chosen = None;
        selection::anew(app);
    }
}

/// Handles the shared views that were read.
pub fn take(app: &mut App, views: Result<Vec<(String, String)>, Failure>) {
    let views = match views {
        Ok(views) => views,
        Err(failure) => return app.failed("the shared views", &failure),
    };
    let before = app.orders.listing();
    app.orders.views.all.retain(|view| !view.shared);
    for (name, text) in views {
        match View::new(&name, &text, true) {
            Ok(view) => app.orders.views.all.push(view),
            Err(fault) => app.say(Tone::News, format!("Could not read the shared view {name}: {fault}")),
        }
    }
    if before != app.orders.listing() {
        selection::anew(app);
    }
}
