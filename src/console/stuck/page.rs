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
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw::Drawn;
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::orders::filter;
use crate::console::stuck::plans::editor;
use crate::console::stuck::requests::Ask;
use crate::console::stuck::shown::{Cell, StuckShown, WatchShown};
use crate::console::stuck::state::concerns;
use crate::console::stuck::{acknowledge, page_view};
use crate::settings::keys::{Command, Scope};
use crate::stuck::alarm::Alarm;
use crate::stuck::band::Band;
use crate::stuck::rule::Severity;
use crate::text;

/// The page.
#[derive(Debug)]
pub struct Watch;

/// Opens the watch, at the merchant with the oldest orders.
pub fn open(app: &mut App) {
    let stuck = &mut app.stuck;
    if stuck.merchant.is_none() {
        stuck.merchant = stuck.worst();
        stuck.band = Band::VARIANTS.len();
    }
    (stuck.loads.watch.due, stuck.loads.cell.due) = (true, true);
    stuck.alerts = false;
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

/// Lists the orders of the selected cell; its query is in the filter.
fn open_cell(app: &mut App) {
    let text = app.stuck.cell().query();
    app.put_all_away();
    app.orders.marks.range = false;
    app.orders.moved_by_hand = true;
    app.orders.views.chosen = None;
    filter::set(app, text);
    app.orders.focus = Pane::List;
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

/// Moves to another merchant, or to another alert.
fn step(app: &mut App, by: isize) {
    let (stuck, now) = (&mut app.stuck, app.now);
    if stuck.alerts {
        let open = stuck.open(now);
        let at = stuck.alert_at(now).saturating_add_signed(by).min(open.len().saturating_sub(1));
        stuck.alert = open.get(at).map(|standing| standing.alert.clone());
    } else {
        let rows = stuck.rows();
        let last = rows.len().saturating_sub(1);
        let at = stuck.at().saturating_add_signed(by).min(last);
        stuck.merchant = rows[..last].get(at).map(|row| row.merchant.clone());
    }
}

impl Dialog<App> for Watch {
    fn scope(&self) -> Scope {
        Scope::Watch
    }

    fn page(&self) -> Option<&'static str> {
        Some("Watch")
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        let before = app.stuck.cell();
        match command {
            Command::NextPane => app.stuck.alerts = !app.stuck.alerts,
            Command::Down => step(app, 1),
            Command::Up => step(app, -1),
            Command::Left => app.stuck.band = app.stuck.band.saturating_sub(1),
            Command::Right => app.stuck.band = (app.stuck.band + 1).min(Band::VARIANTS.len()),
            Command::Choose if app.stuck.alerts => acknowledge::open(app),
            Command::Choose => {
                open_cell(app);
                return Then::Close;
            }
            Command::Acknowledge => acknowledge::open(app),
            Command::Plan => editor::of_cell(app, &before),
            _ => return Then::Close,
        }
        app.stuck.loads.cell.due |= before != app.stuck.cell();
        Then::Stay
    }

    fn is_of_use(&self, app: &App, command: Command) -> bool {
        !matches!(command, Command::Plan | Command::Acknowledge) || concerns(app.session.roles)
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        page_view::draw(app, look, area, buf);
        Drawn::default()
    }
}
