//! The watch on Approved: the keys of the page, and what the alerts say when they change.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use strum::VariantArray;

use crate::console::app::layout::Pane;
use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::session::Link;
use crate::console::app::state::App;
use crate::console::drift::page as drift;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw::Drawn;
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::kit::scroll::moved;
use crate::console::orders::{filter, selection};
use crate::console::requests::token;
use crate::console::stuck::papers;
use crate::console::stuck::plans::editor;
use crate::console::stuck::requests::Ask;
use crate::console::stuck::shown::{COLUMNS, Cell, StuckShown, WatchShown};
use crate::console::stuck::state::{Part, concerns};
use crate::console::stuck::{acknowledge, view};
use crate::settings::keys::{Command, Scope};
use crate::stuck::alarm::Alarm;
use crate::stuck::band::Band;
use crate::stuck::rule::{Measure, Severity};
use crate::text;

/// The column of all orders at Approved.
const ALL: usize = Band::VARIANTS.len();
/// How far the keys for a screen move, and those for the ends.
const PAGE: isize = 10;
const MOST: isize = isize::MAX / 2;

/// The page.
#[derive(Debug)]
pub struct Watch;

/// Opens the watch, at the merchant with the oldest orders.
pub fn open(app: &mut App) {
    let stuck = &mut app.stuck;
    if stuck.merchant.is_none() {
        stuck.merchant = stuck.worst();
        stuck.column = ALL;
    }
    (stuck.loads.watch.due, stuck.loads.cell.due) = (true, true);
    app.open(Watch);
}

/// Starts the reads that are due. The watch refreshes automatically from time to time; at once only while it is open.
pub fn pump(app: &mut App) {
    let live = app.link == Link::Live;
    let open = app.find::<Watch>().is_some();
    if (open || app.stuck.seen.is_none()) && app.stuck.loads.watch.start(live) {
        app.ask(Effect::Stuck(Ask::Look));
    }
    if open && app.stuck.seen.is_some() && app.stuck.loads.cell.start(live) {
        app.ask(Effect::Stuck(Ask::Cell(app.stuck.cell())));
    }
}

/// Lists the orders that a query finds; it is in the filter.
fn list(app: &mut App, query: String) {
    app.put_all_away();
    app.orders.marks.range = false;
    app.orders.moved_by_hand = true;
    app.orders.views.chosen = None;
    filter::set(app, query);
    app.orders.focus = Pane::List;
}

/// Opens what is selected: the orders that a cell counts, one order, or the orders of an alert.
fn choose(app: &mut App) -> Then {
    match app.stuck.part {
        Part::Grid => list(app, app.stuck.cell().query()),
        Part::Orders => {
            let at = app.stuck.order_at();
            let Some(stuck) = app.stuck.of_the_cell().and_then(|all| all.get(at)) else { return Then::Stay };
            selection::go_to(app, stuck.stored.clone());
        }
        Part::Alerts => {
            let open = app.stuck.open(app.now);
            let Some(standing) = open.get(app.stuck.alert_at(app.now)) else { return Then::Stay };
            match standing.query.clone() {
                Some(query) => list(app, query),
                None if standing.rule.contains(Measure::Quarantined.name()) => {
                    // Of the kind that was counted: its name is the end of the alert's.
                    let of = standing.alert.split_once('/').map(|(_, of)| of.split_once(' ').unwrap_or((of, "")));
                    let kind = of.map(|(kind, detail)| (kind.to_owned(), detail.to_owned()));
                    app.quarantine.list_only(kind);
                    app.then(Command::Quarantine);
                }
                None if standing.rule.contains(Measure::Stopped.name()) => {
                    let account = standing.alert.split_once('/').map_or(String::new(), |(_, of)| of.to_owned());
                    token::open(app, account);
                    return Then::Stay;
                }
                None => {
                    app.say(Tone::News, "This alert is not about orders. Press a to acknowledge it.");
                    return Then::Stay;
                }
            }
        }
    }
    Then::Close
}

/// Asks for a new token for the account of the selected alert.
fn give_token(app: &mut App) {
    let open = app.stuck.open(app.now);
    let standing = open.get(app.stuck.alert_at(app.now)).filter(|_| app.stuck.part == Part::Alerts);
    let stopped = standing.filter(|standing| standing.rule.contains(Measure::Stopped.name()));
    match stopped.and_then(|standing| standing.alert.split_once('/')).map(|(_, of)| of.to_owned()) {
        Some(account) => token::open(app, account),
        None => app.say(Tone::News, "Select the alert of an account that is stopped: it gets a new token."),
    }
}

/// Takes what was read of the watch.
pub fn take(app: &mut App, seen: Result<Box<WatchShown>, Failure>) {
    app.stuck.loads.watch.end(&seen);
    let seen = match seen {
        Ok(seen) => seen,
        Err(failure) => return app.failed("the watch", &failure),
    };
    ring(app, &seen);
    // The screen is frozen; unfreezing it refreshes everything.
    if app.orders.live.frozen.is_some() && app.stuck.seen.is_some() {
        return;
    }
    let first = app.stuck.seen.replace(*seen).is_none();
    if first && app.on_top::<Watch>().is_some() {
        app.stuck.merchant = app.stuck.worst();
    }
    app.stuck.loads.cell.due = true;
}

/// Takes the first orders of a cell.
pub fn take_cell(app: &mut App, cell: Cell, orders: Result<Vec<StuckShown>, Failure>) {
    app.stuck.loads.cell.end(&orders);
    match orders {
        Ok(orders) => {
            app.stuck.loads.cell.due |= cell != app.stuck.cell();
            app.stuck.orders = Some((cell, orders));
        }
        Err(failure) => app.failed("the stuck orders", &failure),
    }
}

/// Notifies about alerts that start, get worse or are no longer acknowledged, and about those that have ended.
fn ring(app: &mut App, seen: &WatchShown) {
    let loud = seen.looked.loud(app.now);
    let now: Vec<(String, Severity)> = loud.iter().map(|alarm| (alarm.alert.clone(), alarm.severity)).collect();
    if !concerns(app.session.roles) {
        return;
    }
    // Alerts from before the start are in the header: they ring, but hide no other message.
    let first = app.stuck.rung.is_none();
    let before = app.stuck.rung.replace(now).unwrap_or_default();
    let known = |alarm: &Alarm| before.iter().any(|(alert, bad)| *alert == alarm.alert && *bad >= alarm.severity);
    let fresh: Vec<&Alarm> = loud.into_iter().filter(|alarm| !known(alarm)).collect();
    let is_over = |alert: &&String| !seen.looked.alarms.iter().any(|alarm| alarm.alert == **alert);
    let over: Vec<&String> = before.iter().map(|(alert, _)| alert).filter(is_over).collect();
    let more = |count: usize| if count > 1 { format!(" ({} more)", count - 1) } else { String::new() };
    if let Some(first) = over.first() {
        app.say(Tone::Good, format!("Ended: {}{}", text::clean(first), more(over.len())));
    }
    let Some(worst) = fresh.first() else { return };
    let words = format!("{}: {}: {}{}", worst.severity.name(), worst.alert, worst.said, more(fresh.len()));
    let words = text::clean(&words);
    if !first {
        app.say(Tone::News, words.clone());
    }
    app.ask(Effect::Alert(words));
}

/// Moves to another merchant, order or alert.
fn step(app: &mut App, by: isize) {
    let (stuck, now) = (&mut app.stuck, app.now);
    let to = |at: usize, count: usize| moved(at, by, count);
    match stuck.part {
        Part::Alerts => {
            let open = stuck.open(now);
            stuck.alert = open.get(to(stuck.alert_at(now), open.len())).map(|standing| standing.alert.clone());
        }
        Part::Orders => {
            let all = stuck.of_the_cell().unwrap_or_default();
            stuck.order = all.get(to(stuck.order_at(), all.len())).map(|stuck| stuck.stored.order.key.clone());
        }
        Part::Grid => {
            let rows = stuck.rows();
            let last = rows.len().saturating_sub(1);
            stuck.merchant = rows[..last].get(to(stuck.at(), rows.len())).map(|row| row.merchant.clone());
        }
    }
}

/// The part after this one, or before it.
const fn turned(part: Part, forward: bool) -> Part {
    match (part, forward) {
        (Part::Grid, true) | (Part::Alerts, false) => Part::Orders,
        (Part::Orders, true) | (Part::Grid, false) => Part::Alerts,
        (Part::Alerts, true) | (Part::Orders, false) => Part::Grid,
    }
}

/// Goes back to the grid; from there, nowhere.
fn back(app: &mut App) {
    if app.stuck.part == Part::Grid {
        return app.stay_here();
    }
    app.stuck.part = Part::Grid;
}

impl Dialog<App> for Watch {
    fn scope(&self) -> Scope {
        Scope::Watch
    }

    fn page(&self) -> Option<&'static str> {
        Some("Stuck")
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        let before = app.stuck.cell();
        match command {
            Command::NextPane | Command::PreviousPane => {
                app.stuck.part = turned(app.stuck.part, command == Command::NextPane);
            }
            Command::Down => step(app, 1),
            Command::Up => step(app, -1),
            Command::PageDown => step(app, PAGE),
            Command::PageUp => step(app, -PAGE),
            Command::First => step(app, -MOST),
            Command::Last => step(app, MOST),
            Command::Left => app.stuck.column = app.stuck.column.saturating_sub(1),
            Command::Right => app.stuck.column = (app.stuck.column + 1).min(COLUMNS.len() - 1),
            Command::Choose => return choose(app),
            Command::Acknowledge => acknowledge::open(app),
            Command::Plan => editor::of_cell(app, &before),
            Command::Write => papers::write(app),
            Command::HandOver => papers::hand_over(app),
            Command::Token => give_token(app),
            Command::Check => {
                let at = app.stuck.order_at();
                let order =
                    app.stuck.of_the_cell().and_then(|all| all.get(at)).map(|stuck| stuck.stored.order.key.clone());
                drift::check(app, order);
            }
            Command::Back => back(app),
            _ => {}
        }
        app.stuck.loads.cell.due |= before != app.stuck.cell();
        Then::Stay
    }

    fn scrolls(&self) -> bool {
        true
    }

    fn is_of_use(&self, app: &App, command: Command) -> bool {
        !matches!(command, Command::Plan | Command::Acknowledge) || concerns(app.session.roles)
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        view::draw(app, look, area, buf)
    }
}
