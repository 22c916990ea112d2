//! The mouse, when it is on: a click goes to what is under it, the wheel scrolls. A click does what keys do, and what they
//! open asks before it writes.

use crossterm::event::{KeyCode, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use crate::console::app::screen::Screen;
use crate::console::app::state::App;
use crate::console::frame::{footer, header};
use crate::console::kit::place::{self, Reach};
use crate::console::runtime::keys::{press, scope};
use crate::console::runtime::screens;
use crate::console::{disputes, orders};
use crate::settings::keys::{self, Command};

/// Lines per notch of the wheel.
const NOTCH: isize = 3;

/// Handles what the mouse does.
pub fn mouse(app: &mut App, event: MouseEvent) {
    let at = Position { x: event.column, y: event.row };
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => click(app, at),
        MouseEventKind::ScrollDown => wheel(app, at, NOTCH),
        MouseEventKind::ScrollUp => wheel(app, at, -NOTCH),
        MouseEventKind::Down(_)
        | MouseEventKind::Up(_)
        | MouseEventKind::Drag(_)
        | MouseEventKind::Moved
        | MouseEventKind::ScrollLeft
        | MouseEventKind::ScrollRight => {}
    }
}

fn click(app: &mut App, at: Position) {
    if let Some(reach) = place::under(&app.places, at) {
        return go(app, reach);
    }
    match () {
        () if at.y == 0 => tab(app, at.x),
        () if at.y + 1 == app.size.1 => hint(app, at.x),
        () if app.on_top::<disputes::page::Desk>().is_some() => disputes::mouse::click(app, at),
        () if app.layers.is_empty() => orders::mouse::click(app, at),
        () => {}
    }
}

/// Goes to a place of the topmost dialog. After it, the places are others.
fn go(app: &mut App, reach: Reach) {
    app.places.clear();
    match reach {
        Reach::Key(key) => press(app, key.into()),
        Reach::Steps(steps) => {
            steps.into_iter().for_each(|(command, times)| (0..times).for_each(|_| step(app, command)))
        }
    }
}

fn step(app: &mut App, command: Command) {
    app.with_top(|top, app| top.on(app, command, KeyCode::Null.into()));
}

/// Goes to the screen whose name is clicked, unless a form or a question is open.
fn tab(app: &mut App, column: u16) {
    if scope(app).is_screen() {
        header::tab_at(app, column).into_iter().for_each(|screen: Screen| screens::go(app, screen));
    }
}

/// Presses the key of the hint that is clicked, where keys are no text.
fn hint(app: &mut App, column: u16) {
    let scope = scope(app);
    let key = footer::key_at(app, scope, column).filter(|_| !scope.types());
    key.and_then(|key| keys::event(&key)).into_iter().for_each(|key| press(app, key));
}

fn wheel(app: &mut App, at: Position, by: isize) {
    if app.layers.is_empty() {
        return orders::mouse::wheel(app, at, by);
    }
    if app.top().is_some_and(|top| top.scrolls()) {
        step(app, if by > 0 { Command::Down } else { Command::Up });
    }
}
