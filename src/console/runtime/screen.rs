//! Draws the screen from the state, without changing it. What was found out while drawing is returned.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::console::app::layout::Pane;
use crate::console::app::state::{App, Measured};
use crate::console::frame::footer::Footer;
use crate::console::frame::header::Header;
use crate::console::frame::toast;
use crate::console::kit::draw::Drawn;
use crate::console::kit::look::Look;
use crate::console::kit::{draw, reorder};
use crate::console::orders::view::order::Order;
use crate::console::orders::view::panes;
use crate::console::runtime::keys;
use crate::settings::prefs::Bidi;
use crate::text;

/// A drawn screen.
#[derive(Debug)]
pub struct Picture {
    /// The cells.
    pub buffer: Buffer,
    /// What was found out while drawing.
    pub seen: Measured,
}

/// A question that is not on the screen at all cannot be answered.
const NOT_DRAWN: Measured =
    Measured { dialog: Drawn { cursor: None, cut: true, lines: None, places: Vec::new() }, order: None };

/// Draws the screen of a console.
pub fn draw(app: &App) -> Picture {
    let look = app.prefs.look();
    let area = Rect::new(0, 0, app.size.0, app.size.1);
    let mut buffer = Buffer::empty(area);
    let seen = body(app, look, area, &mut buffer);
    if app.prefs.bidi == Bidi::Application {
        reorder::reorder(&mut buffer);
    }
    draw::base(look, &mut buffer);
    if look.is_ascii() {
        draw::ascii(&mut buffer);
    }
    Picture { buffer, seen }
}

fn body(app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Measured {
    let Some(layout) = app.layout() else {
        let whole = text::wrap("recourse needs a screen of 20 columns and 5 lines", usize::from(area.width));
        let short = text::wrap("needs 20x5", usize::from(area.width));
        let words = if whole.len() <= usize::from(area.height) { whole } else { short };
        draw::lines(words.into_iter().map(Line::raw), area, buf);
        return NOT_DRAWN;
    };
    Header { app, look }.render(layout.header, buf);
    Footer { app, look, scope: keys::scope(app) }.render(layout.footer, buf);
    let (room, line) = toast::room(app, layout.body);
    let mut seen = Measured::default();
    match app.layers.iter().rev().find(|layer| layer.page().is_some()) {
        Some(page) => seen.dialog = page.draw(app, look, room, buf),
        None => seen.order = Some(panes::draw(app, look, &layout, buf)),
    }
    // Only the topmost dialog is drawn: nested frames are hard to read.
    if let Some(top) = app.top().filter(|top| top.page().is_none()) {
        seen.dialog = top.draw(app, look, room, buf);
    }
    if let Some(line) = line {
        toast::draw(app, look, line, buf);
    }
    seen
}

/// Lets the state take over what drawing it finds out, as if it had been on the screen. Only dialogs and the open order
/// find out anything, so only those are drawn.
pub fn measure(app: &mut App) {
    let Some(layout) = app.layout() else { return app.drawn(NOT_DRAWN) };
    let (look, mut buf) = (app.prefs.look(), Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1)));
    let mut seen = Measured::default();
    match app.top() {
        Some(top) => seen.dialog = top.draw(app, look, toast::room(app, layout.body).0, &mut buf),
        None if app.orders.focus == Pane::Order => seen.order = Some(Order { app, look }.draw(layout.order, &mut buf)),
        None => return,
    }
    app.drawn(seen);
}
