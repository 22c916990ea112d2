//! All messages of the program, newest first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use super::{App, Look};
use crate::console::app::journal::Tone;
use crate::text;

pub(crate) struct Messages<'a> {
    pub at: usize,
    pub app: &'a App,
    pub look: Look,
}

/// The number of lines of all messages at this width.
pub fn length(app: &App, width: u16) -> usize {
    Messages { at: 0, app, look: Look::measure() }.lines(usize::from(width)).count()
}

/// The indent of wrapped lines: the width of the time and the sign.
const INDENT: usize = 13;

impl Messages<'_> {
    fn lines(&self, width: usize) -> impl Iterator<Item = Line<'static>> {
        let look = self.look;
        self.app.journal.newest_first().flat_map(move |note| {
            let (word, style) = match note.tone {
                Tone::News => ("  ", look.title()),
                Tone::Good => ("ok", look.good()),
                Tone::Bad => ("! ", look.bad()),
            };
            let lines = text::wrap(&note.text, width.saturating_sub(INDENT + 1)).into_iter().enumerate();
            lines.map(move |(at, words)| match at {
                0 => Line::from(vec![
                    Span::styled(format!(" {} ", self.app.prefs.zone.show(note.at, "%H:%M:%S")), look.dim()),
                    Span::styled(format!("{word} "), style),
                    Span::raw(words),
                ]),
                _ => Line::raw(format!("{}{words}", " ".repeat(INDENT))),
            })
        })
    }
}

impl Widget for Messages<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        Clear.render(area, buf);
        let heading = Line::styled(
            format!(" Messages, newest first, {}   Esc closes", self.app.prefs.zone.name(self.app.now)),
            self.look.focus(),
        );
        let nothing = Line::styled(" No messages yet.", self.look.dim());
        let nothing = Some(nothing).filter(|_| self.app.journal.newest_first().next().is_none());
        let said = self.lines(usize::from(area.width)).skip(self.at);
        super::lines(std::iter::once(heading).chain(said).chain(nothing), area, buf);
    }
}
