//! Short menus, and the choice of columns.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::Look;
use super::dialog::{Dialog, room};
use crate::console::app::pick::{Choosing, Pick};
use crate::text;

pub(super) struct Lines<'a> {
    pub pick: &'a Pick,
    pub look: Look,
}

impl Widget for Lines<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let (pick, look) = (self.pick, self.look);
        let room = room(area);
        let line = |(at, (letter, words, _)): (usize, &(char, String, _))| {
            let bar = if at == pick.at { look.glyphs.bar } else { " " };
            let line = Line::from(vec![
                Span::raw(format!("{bar} ")),
                Span::styled(letter.to_string(), look.key()),
                Span::raw(format!("  {}", text::left(words, room.saturating_sub(5)))),
            ]);
            if at == pick.at { line.style(look.selected(true)) } else { line }
        };
        let lines = pick.lines.iter().enumerate().map(line).collect();
        Dialog { title: pick.title.clone(), lines, at: pick.at, look }.render(area, buf);
    }
}

pub(super) struct Columns<'a> {
    pub choosing: &'a Choosing,
    pub look: Look,
}

impl Widget for Columns<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let (choosing, look) = (self.choosing, self.look);
        let room = room(area);
        let line = |(at, (column, shown)): (usize, &(_, bool))| {
            let column: &crate::settings::columns::Column = column;
            let bar = if at == choosing.at { look.glyphs.bar } else { " " };
            let sign = if *shown { "[x]" } else { "[ ]" };
            let line = Line::raw(format!(
                "{bar} {}",
                text::left(&format!("{sign} {}", column.title()), room.saturating_sub(2))
            ));
            if at == choosing.at { line.style(look.selected(true)) } else { line }
        };
        let mut lines: Vec<_> = choosing.columns.iter().enumerate().map(line).collect();
        lines.push(Line::default());
        let about = "space shows or hides, J and K move; if there is no room, the least important are left out";
        lines.extend(text::wrap(about, room).into_iter().map(|words| Line::styled(words, look.dim())));
        Dialog { title: "Columns".to_owned(), lines, at: choosing.at, look }.render(area, buf);
    }
}
