//! From a key to what it does: chords, keys that work everywhere, and the keys of the topmost dialog or of the panes.

use chrono::TimeDelta;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::console::app::message::Effect;
use crate::console::app::screen::Screen;
use crate::console::app::session::Link;
use crate::console::app::state::{App, HELD};
use crate::console::drift::page as drift;
use crate::console::frame::items::Kind;
use crate::console::frame::{preferences, search};
use crate::console::inbox::page as inbox;
use crate::console::kit::background::Was;
use crate::console::kit::dialog::Then;
use crate::console::kit::journal::Tone;
use crate::console::orders::{copy, goto, news};
use crate::console::requests::token;
use crate::console::runtime::screens;
use crate::console::statements::page as statements;
use crate::console::stuck::plans::{editor, list};
use crate::console::stuck::runbook;
use crate::console::team;
use crate::console::{disputes, orders, stuck};
use crate::settings::keys::{self, Command, Scope};
use strum::VariantArray;

/// How long after such a letter a `y` does not agree.
const STRAY: TimeDelta = TimeDelta::seconds(1);

/// How long after an Esc the rest of an escape sequence may still arrive.
const SPLIT: TimeDelta = TimeDelta::milliseconds(300);

/// The keys that are taken now.
pub fn scope(app: &App) -> Scope {
    app.top().map_or(Scope::Panes, |top| top.scope())
}

/// Handles a key.
pub fn press(app: &mut App, key: KeyEvent) {
    app.places.clear();
    match app.keyboard.answer.take(&key, app.now) {
        Was::Key => {}
        Was::Part => return,
        Was::Light(light) => return preferences::background(app, light),
    }
    app.journal.seen();
    if is_rest_of_an_escape(app, &key) {
        return;
    }
    if turns_page(app, &key) {
        return;
    }
    let scope = scope(app);
    let Some(name) = keys::name(&key) else { return app.with_top(|top, app| top.typed(app, key)) };
    let chord = app.keyboard.prefix.take().map(|first| format!("{first} {name}"));
    let bound = chord.and_then(|chord| app.prefs.keys.find(scope, &chord));
    if bound.is_none() && app.prefs.keys.begins(scope, &name) {
        app.keyboard.prefix = Some(name);
        return;
    }
    let bound = bound.or_else(|| app.prefs.keys.find(scope, &name));
    if is_too_early(app, bound.map(|binding| binding.command)) {
        let now = app.now;
        app.keyboard.held.push((key, now));
        return;
    }
    if is_stray(app, key, bound.map(|binding| binding.command)) {
        return app.say(
            Tone::News,
            "A question is open: nothing is typed here. Wait a second, then y agrees; Esc goes back.",
        );
    }
    match bound {
        Some(binding) => run(app, binding.command, binding.writes, key),
        None if scope.is_screen() => says_nothing_here(app, scope, &name),
        None => app.with_top(|top, app| top.typed(app, key)),
    }
}

/// Whether a letter was typed at a question with two answers that takes none, or a `y` right after one: it belongs to words that were
/// meant for a form.
fn is_stray(app: &mut App, key: KeyEvent, command: Option<Command>) -> bool {
    let mut asks = false;
    app.with_top(|top, _| {
        asks = top.confirmation().is_some_and(|confirmation| confirmation.typed().is_none());
        Then::Stay
    });
    let types = matches!(key.code, KeyCode::Char(_)) && key.modifiers.difference(KeyModifiers::SHIFT).is_empty();
    let is_near = app.keyboard.stray.is_some_and(|at| app.now - at < STRAY);
    let agrees = key.code == KeyCode::Char('y');
    let stray = asks && types && if agrees { is_near } else { command.is_none() };
    if stray {
        app.keyboard.stray = Some(app.now);
    }
    stray
}

/// A key that means something on another screen says so, instead of doing nothing.
fn says_nothing_here(app: &mut App, scope: Scope, name: &str) {
    let elsewhere = Scope::VARIANTS.iter().filter(|other| other.is_screen() && **other != scope);
    let found =
        elsewhere.flat_map(|other| keys::of(*other)).find(|it| app.prefs.keys.keys(it).iter().any(|key| key == name));
    match found {
        Some(binding) => {
            let (about, place) = (binding.about, binding.scope.title());
            app.say(Tone::News, format!("{name} does nothing here. {place}: {about}."));
        }
        None => app.say(Tone::News, format!("{name} does nothing here. ? shows what the keys do.")),
    }
}

/// Goes through a question that is longer than the screen.
fn turns_page(app: &mut App, key: &KeyEvent) -> bool {
    let down = match key.code {
        KeyCode::PageDown => true,
        KeyCode::PageUp => false,
        _ => return false,
    };
    let mut turned = false;
    app.with_top(|top, _| {
        turned = top.confirmation().map(|confirmation| confirmation.turn_page(down)).is_some();
        Then::Stay
    });
    turned
}

/// Whether the case or the order that the next key is meant for is not on the screen yet.
fn is_changing(app: &mut App) -> bool {
    let on_desk = app.on_top::<disputes::page::Desk>().is_some();
    match () {
        () if app.link != Link::Live => false,
        () if on_desk => app.disputes.is_changing(),
        () => app.layers.is_empty() && app.orders.is_changing(),
    }
}

/// Whether a key waits for the object that it is meant for. On the desk, keys that only move do not, unless others wait
/// before them. In the panes, only keys about an order wait: the rows under them will be others.
fn is_too_early(app: &mut App, command: Option<Command>) -> bool {
    if !is_changing(app) {
        return false;
    }
    let on_desk = app.on_top::<disputes::page::Desk>().is_some();
    let behind = !app.keyboard.held.is_empty();
    match command {
        Some(Command::Leave | Command::Back) => {
            app.keyboard.held.clear();
            false
        }
        Some(
            Command::Down
            | Command::Up
            | Command::PageDown
            | Command::PageUp
            | Command::First
            | Command::Last
            | Command::NextPane
            | Command::PreviousPane,
        ) if on_desk => app.disputes.taking || behind,
        // What is about no case waits only for its turn.
        Some(
            Command::Orders
            | Command::Watch
            | Command::Requests
            | Command::Quarantine
            | Command::Help
            | Command::Commands
            | Command::Messages
            | Command::Goto
            | Command::Redraw
            | Command::Suspend
            | Command::Theme
            | Command::Mouse
            | Command::Times
            | Command::Mask,
        ) if on_desk => behind,
        Some(_) | None if on_desk => true,
        // Steps beyond the rows that were read are counted.
        Some(
            Command::Down | Command::Up | Command::PageDown | Command::PageUp | Command::HalfDown | Command::HalfUp,
        ) => app.orders.list.is_awaited() || behind,
        Some(
            Command::Open
            | Command::Actions
            | Command::Mark
            | Command::Range
            | Command::MarkAll
            | Command::Copy
            | Command::Plan
            | Command::Runbook
            | Command::Case,
        ) => true,
        Some(_) | None => behind,
    }
}

/// Takes the keys that waited, once the object that they are meant for is on the screen. If it does not come within a
/// second, they are dropped, and that is said.
pub fn release(app: &mut App) {
    let Some(since) = app.keyboard.held.first().map(|(_, since)| *since) else { return };
    if is_changing(app) {
        if app.now - since >= HELD {
            let count = app.keyboard.held.len();
            app.keyboard.held.clear();
            let keys = if count == 1 { "A key was" } else { "Keys were" };
            app.say(
                Tone::Bad,
                format!("{keys} typed too early and dropped: what they were meant for is not here yet."),
            );
        }
        return;
    }
    let on_desk = app.on_top::<disputes::page::Desk>().is_some();
    let held = std::mem::take(&mut app.keyboard.held);
    if !on_desk || app.disputes.shown.is_some() {
        held.into_iter().for_each(|(key, _)| press(app, key));
    }
}

/// Runs a command, unless it writes and the console is read-only; then the commands that it asked to run after it.
fn run(app: &mut App, command: Command, writes: bool, key: KeyEvent) {
    if !matches!(command, Command::Leave | Command::Quit) {
        app.keyboard.leaving = false;
    }
    if !writes || app.may_write() {
        everywhere(app, command, key);
    }
    while let Some((command, key)) = app.next_command() {
        let bound = keys::working(scope(app)).chain(keys::of(Scope::Panes)).find(|binding| binding.command == command);
        if !bound.is_some_and(|binding| binding.writes) || app.may_write() {
            everywhere(app, command, key);
        }
    }
}

/// Whether this key is the rest of an escape sequence. A slow line can cut a sequence in two: Esc arrives first, then
/// letters that nobody typed. These follow at once and end with a letter or a tilde.
fn is_rest_of_an_escape(app: &mut App, key: &KeyEvent) -> bool {
    let begun = app.keyboard.escape.take().filter(|(_, at)| app.now - *at < SPLIT);
    let KeyCode::Char(letter) = key.code else {
        app.keyboard.escape = (key.code == KeyCode::Esc).then_some((false, app.now));
        return false;
    };
    match begun {
        Some((false, at)) if matches!(letter, '[' | 'O') => app.keyboard.escape = Some((true, at)),
        Some((true, at)) if letter.is_ascii_digit() || letter == ';' => app.keyboard.escape = Some((true, at)),
        Some((true, _)) => {}
        Some((false, _)) | None => return false,
    }
    true
}

/// The commands that do the same wherever they are bound. Each page and dialog is opened from its line here.
fn everywhere(app: &mut App, command: Command, key: KeyEvent) {
    let (scope, panes) = (scope(app), app.layers.is_empty());
    match command {
        Command::Leave => leave(app, "A write is in progress. Press Ctrl-C again to quit anyway."),
        Command::Quit => quit(app),
        Command::Orders | Command::Desk | Command::Watch | Command::Requests | Command::Quarantine => {
            Screen::of(command).into_iter().for_each(|screen| screens::go(app, screen));
        }
        Command::Case => screens::other_side(app),
        Command::NextCase => disputes::page::take_next(app),
        Command::Freeze => news::freeze(app),
        Command::Check if panes => {
            let order = app.orders.shown.as_ref().map(|shown| shown.stored.order.key.clone());
            drift::check(app, order);
        }
        Command::Suspend => app.ask(Effect::Suspend),
        Command::Redraw => app.ask(Effect::Redraw),
        Command::Dump => app.ask(Effect::Dump),
        Command::Refresh if scope != Scope::Columns => refresh(app),
        Command::Help => search::open(app, Kind::Help, scope),
        Command::Commands => search::open(app, Kind::Commands, scope),
        Command::Goto => goto::open(app),
        Command::Mask => preferences::mask(app),
        Command::Mouse => preferences::mouse(app),
        Command::Times => preferences::times(app),
        Command::Theme => preferences::set_theme(app, app.prefs.theme + 1),
        Command::Copy if scope == Scope::Desk => disputes::copy::open(app),
        Command::Copy if !matches!(scope, Scope::Menu | Scope::Confirm | Scope::Document) => copy::open(app),
        Command::Messages => inbox::open(app),
        Command::Open if app.on_top::<inbox::InboxPage>().is_some() => screens::to_what_concerns(app),
        Command::Filter => screens::find(app),
        Command::Runbook => runbook::open(app),
        Command::Plans => list::open(app),
        Command::Plan if panes => editor::open(app),
        // The same key closes the list.
        Command::Drift if scope == Scope::Drift => app.put_away(),
        Command::Statements if scope == Scope::Statements => app.put_away(),
        Command::Drift => drift::open(app),
        Command::Statements => statements::open(app),
        Command::Team => team::open(app),
        Command::Token if panes => token::of_what_is_shown(app, false),
        _ if panes => orders::keys::on(app, command),
        _ => app.with_top(|top, app| top.on(app, command, key)),
    }
}

/// Reads everything again.
pub fn refresh(app: &mut App) {
    orders::loads::refresh(app);
    app.quarantine.load.due = true;
    app.requests.load.due = true;
    app.drift.load.due = true;
    app.statements.load.due = true;
    stuck::loads::refresh(app);
    disputes::loads::refresh(app);
    app.ask(Effect::LoadRoles);
    app.ask(Effect::LoadViews);
}

/// Quits. During a write it shows the objection first, and quits at the second press in a row.
fn leave(app: &mut App, objection: &str) {
    if app.is_writing() && !app.keyboard.leaving {
        app.keyboard.leaving = true;
        return app.say(Tone::Bad, objection);
    }
    app.ask(Effect::Quit);
}

/// Quits. With unsent forms it quits at the second press.
fn quit(app: &mut App) {
    if !app.is_writing() && !app.orders.drafts.is_empty() && !app.keyboard.leaving {
        app.keyboard.leaving = true;
        let count = app.orders.drafts.len();
        let drafts = if count == 1 { "One form is".to_owned() } else { format!("{count} forms are") };
        let words = format!("{drafts} filled in but not sent. Press q again to discard and quit.");
        return app.say(Tone::Bad, words);
    }
    leave(app, "A write is in progress. Press q again to quit anyway.");
}
