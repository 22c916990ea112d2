//! The newest message, in a line of its own above the footer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Widget};

use crate::console::app::state::App;
use crate::console::kit::draw;
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::text;

/// With fewer lines, the message is in the place of the footer.
const ROOM: u16 = 8;

/// The area that dialogs and pages have, and the line of the message, if there is one.
pub fn room(app: &App, body: Rect) -> (Rect, Option<Rect>) {
    if app.journal.toast(app.now).is_none() {
        return (body, None);
    }
    if body.height < ROOM {
        return (body, Some(Rect { y: body.bottom(), height: 1, ..body }));
    }
    let rest = Rect { height: body.height - 1, ..body };
    (rest, Some(Rect { y: rest.bottom(), height: 1, ..body }))
}

/// Draws the message.
pub fn draw(app: &App, look: Look, area: Rect, buf: &mut Buffer) {
    let Some(note) = app.journal.toast(app.now) else { return };
    let (word, style) = match note.tone {
        Tone::News => ("", look.title()),
        Tone::Good => ("ok: ", look.good()),
        Tone::Bad => ("! ", look.bad()),
    };
    Clear.render(area, buf);
    let words = text::cut(&format!(" {word}{}", note.text), usize::from(area.width));
    draw::put(&Line::styled(words, style), area, buf);
}
