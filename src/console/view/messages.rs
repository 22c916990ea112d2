//! Everything the program had to say, newest first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use super::{App, Look};
use crate::console::app::journal::Tone;

pub(super) struct Messages<'a> {
    pub at: usize,
    pub app: &'a App,
    pub look: Look,
}

impl Widget for Messages<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        Clear.render(area, buf);
        let heading = Line::styled(" Messages, newest first   Esc closes", look.focus());
        let said = app.journal.newest_first().skip(self.at).map(|note| {
            let (word, style) = match note.tone {
                Tone::News => ("  ", look.title()),
                Tone::Good => ("ok", look.good()),
                Tone::Bad => ("! ", look.bad()),
            };
            Line::from(vec![
                Span::styled(format!(" {} ", note.at.format("%H:%M:%S")), look.dim()),
                Span::styled(format!("{word} "), style),
                Span::raw(note.text.clone()),
            ])
        });
        let nothing = Line::styled(" Nothing was said yet.", look.dim());
        let nothing = Some(nothing).filter(|_| app.journal.newest_first().next().is_none());
        super::lines(std::iter::once(heading).chain(said).chain(nothing), area, buf);
    }
}
