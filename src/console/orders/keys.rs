//! The keys of the three panes.

use crate::console::app::layout::Pane;
use crate::console::app::state::App;
use crate::console::kit::journal::Tone;
use crate::console::orders::action::menu::Menu;
use crate::console::orders::marked::{dialog, marking};
use crate::console::orders::window::Land;
use crate::console::orders::{board, choose_columns, filter, saved_views, selection};
use crate::settings::keys::Command;

const PANES: [Pane; 3] = [Pane::Board, Pane::List, Pane::Order];

/// Does what a key of the panes is bound to.
pub fn on(app: &mut App, command: Command) {
    let focus = app.orders.focus;
    let screen = match focus {
        Pane::List => selection::height(app),
        Pane::Board | Pane::Order => app.layout().map_or(0, |layout| usize::from(layout.pane(focus).height)),
    };
    let screen = screen.max(1) as isize;
    match command {
        Command::Down => move_by(app, 1),
        Command::Up => move_by(app, -1),
        Command::PageDown => move_by(app, screen),
        Command::PageUp => move_by(app, -screen),
        Command::HalfDown => move_by(app, (screen / 2).max(1)),
        Command::HalfUp => move_by(app, -(screen / 2).max(1)),
        Command::First => jump(app, Land::First),
        Command::Last => jump(app, Land::Last),
        Command::NextPane => turn(app, 1),
        Command::PreviousPane => turn(app, 2),
        Command::Open => open(app),
        Command::Back if focus == Pane::List && !app.orders.marks.is_empty() => marking::unmark(app),
        Command::Back if focus == Pane::List && app.orders.has_filter() => filter::off(app),
        Command::Back if focus == Pane::Board => app.stay_here(),
        Command::Back => back(app),
        Command::Actions => open_menu(app),
        Command::Mark => marking::mark(app),
        Command::Range => marking::range(app),
        Command::MarkAll => marking::mark_all(app),
        Command::Unmark => marking::unmark(app),
        Command::Sort => saved_views::open_sort(app),
        Command::Columns => choose_columns::open(app),
        Command::Save => _ = saved_views::ask_for_a_name(app),
        Command::Forget => saved_views::forget(app),
        _ => {}
    }
}

fn turn(app: &mut App, by: usize) {
    let at = PANES.iter().position(|pane| *pane == app.orders.focus).unwrap_or(0);
    app.orders.focus = PANES[(at + by) % PANES.len()];
}

fn open(app: &mut App) {
    app.orders.focus = match app.orders.focus {
        Pane::Board => Pane::List,
        Pane::List if app.orders.shown.is_some() => Pane::Order,
        pane @ (Pane::List | Pane::Order) => pane,
    };
}

fn back(app: &mut App) {
    app.orders.focus = match app.orders.focus {
        Pane::Board | Pane::List => Pane::Board,
        Pane::Order => Pane::List,
    };
}

fn open_menu(app: &mut App) {
    match (&app.orders.shown, app.orders.focus) {
        // In the order pane, actions apply to the open order, even if others are marked.
        (_, Pane::List) if !app.orders.marks.is_empty() || app.orders.running.is_some() => dialog::open(app),
        (Some(_), Pane::List | Pane::Order) => app.open(Menu::default()),
        (Some(_), Pane::Board) => app.say(Tone::News, "Go into the list first (Enter): actions are for orders."),
        (None, _) => app.say(Tone::News, "No order is selected."),
    }
}

fn move_by(app: &mut App, by: isize) {
    match app.orders.focus {
        Pane::Board => board::step(app, by),
        Pane::List => selection::step(app, by),
        Pane::Order => app.orders.scroll.by(by),
    }
}

fn jump(app: &mut App, land: Land) {
    let far = if land == Land::First { isize::MIN } else { isize::MAX };
    match app.orders.focus {
        Pane::Board => board::step(app, far),
        Pane::List => selection::jump(app, land),
        Pane::Order => app.orders.scroll.by(far),
    }
}
