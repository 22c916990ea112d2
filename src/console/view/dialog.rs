//! The frame of dialogs over the panes.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Widget};

use super::Look;
use super::input::typed;
use crate::text;
use tui_input::Input;

/// A framed box in the middle of the area, as high as its lines.
pub(super) struct Dialog {
    pub title: String,
    pub lines: Vec<Line<'static>>,
    /// The line that has to be visible.
    pub at: usize,
    pub look: Look,
}

/// The width for text in a dialog.
pub(super) fn room(area: Rect) -> usize {
    usize::from(outer(area).saturating_sub(4)).max(1)
}

fn outer(area: Rect) -> u16 {
    area.width.saturating_sub(4).clamp(area.width.min(24), 100)
}

impl Dialog {
    /// The area of the lines, and the index of the first visible line.
    pub fn inside(&self, area: Rect) -> (Rect, usize) {
        let frame = self.frame(area);
        let inside = Rect {
            x: frame.x + 2.min(frame.width),
            y: frame.y + 1.min(frame.height),
            width: frame.width.saturating_sub(4),
            height: frame.height.saturating_sub(2),
        };
        let first = (self.at + 1).saturating_sub(usize::from(inside.height));
        (inside, first)
    }

    /// The cursor position after the text typed behind a label on the last line.
    pub fn behind(&self, area: Rect, label: &str, input: &Input) -> Option<Position> {
        let (inside, first) = self.inside(area);
        let at = label.len() + typed(input, room(area).saturating_sub(label.len() + 1)).1;
        let (x, y) = (inside.x + at as u16, inside.y + (self.lines.len() - 1).checked_sub(first)? as u16);
        inside.contains(Position { x, y }).then_some(Position { x, y })
    }

    /// Whether the whole dialog fits on a screen of this size. If not, it cannot be confirmed.
    pub fn fits(&self, area: Rect) -> bool {
        let (inside, first) = self.inside(area);
        first == 0 && self.lines.len() <= usize::from(inside.height)
    }

    fn frame(&self, area: Rect) -> Rect {
        let width = outer(area);
        let height = (self.lines.len() as u16).saturating_add(2).min(area.height);
        Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 3, width, height }
    }
}

impl Widget for Dialog {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let frame = self.frame(area);
        let (inside, first) = self.inside(area);
        Clear.render(frame, buf);
        let title = text::cut(&self.title, usize::from(frame.width).saturating_sub(4));
        Block::bordered()
            .border_set(self.look.glyphs.frame)
            .title(Line::styled(format!(" {title} "), self.look.focus()))
            .render(frame, buf);
        super::lines(self.lines.into_iter().skip(first), inside, buf);
    }
}
