//! Where queues, cases and the case stand. It depends only on the size and on which of them has the keys, so drawing and scrolling agree.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::console::app::state::App;
use crate::console::disputes::state::Focus;

/// From this height, the list has headings, and from that one two lines about the selected case.
const WITH_HEADINGS: u16 = 4;
const WITH_PREVIEW: u16 = 9;
/// The least width of a form next to its case.
const FORM: u16 = 80;
/// From this width, the three panes are side by side.
const WIDE: u16 = 120;
/// Below this width, one pane is shown at a time.
const NARROW: u16 = 100;
/// The width of the queues.
const QUEUES: u16 = 29;

/// The areas of queues, cases and case. A hidden pane has an empty area.
pub fn areas(app: &App, body: Rect) -> [Rect; 3] {
    let none = Rect { width: 0, height: 0, ..body };
    let focus = app.disputes.focus;
    if app.prefs.plain || body.width < NARROW {
        let mut areas = [none; 3];
        areas[focus as usize] = body;
        return areas;
    }
    if body.width >= WIDE {
        let list = (body.width - QUEUES - 2) * 45 / 100;
        let [queues, _, cases, _, case] = Layout::horizontal([
            Constraint::Length(QUEUES),
            Constraint::Length(1),
            Constraint::Length(list),
            Constraint::Length(1),
            Constraint::Min(0),
        ])
        .areas(body);
        return [queues, cases, case];
    }
    // The case replaces the queues when the focus leaves the queues.
    let [left, _, right] = Layout::horizontal([
        Constraint::Length(QUEUES.max(body.width * 2 / 5)),
        Constraint::Length(1),
        Constraint::Min(0),
    ])
    .areas(body);
    match focus {
        Focus::Queues => [left, right, none],
        Focus::Cases | Focus::Case => [none, left, right],
    }
}

/// The places of the headings, the cases, and the two lines about the selected one, if they have no other place.
pub fn parts(inside: Rect, alone: bool) -> [Rect; 3] {
    let top = u16::from(inside.height >= WITH_HEADINGS);
    let below = if alone && inside.height >= WITH_PREVIEW { 3 } else { 0 };
    Layout::vertical([Constraint::Length(top), Constraint::Min(0), Constraint::Length(below)]).areas(inside)
}

/// How many cases are on the screen.
pub fn rows(app: &App) -> usize {
    let body = app.layout().map_or(Rect::default(), |layout| layout.body);
    let [_, list, shown] = areas(app, body);
    let inside = Rect { height: list.height.saturating_sub(1), ..list };
    usize::from(parts(inside, shown.is_empty())[1].height).max(1)
}

/// The place of a form: next to the case if that leaves enough room, else anywhere.
pub fn next_to_the_case(app: &App, body: Rect) -> Rect {
    let [_, list, shown] = areas(app, body);
    let free = Rect { width: list.right().saturating_sub(body.x), ..body };
    if shown.is_empty() || free.width < FORM { body } else { free }
}
