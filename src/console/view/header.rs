//! The first line: where one is, who one is, and how fresh everything is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::{App, Look};
use crate::console::app::Link;
use crate::text;

/// How many seconds the feed may be held back before it is worth a word.
const PATIENCE: i64 = 3;

pub(super) struct Header<'a> {
    pub app: &'a App,
    pub look: Look,
}

impl Header<'_> {
    fn link(&self) -> Span<'static> {
        let (app, look) = (self.app, self.look);
        match app.link {
            Link::Connecting => Span::styled("connecting", look.warn()),
            Link::Live if app.behind >= PATIENCE => {
                Span::styled(format!("{} s behind, a long write is open", app.behind), look.warn())
            }
            Link::Live => Span::styled("live", look.good()),
            Link::Lost { since, retry_at } => {
                let left = (retry_at - app.now).num_seconds().max(0);
                let when = since.format("%H:%M");
                Span::styled(format!("stale since {when} UTC, reconnecting in {left}s"), look.bad())
            }
        }
    }
}

impl Widget for Header<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        let seat = &app.seat;
        let mut left = vec![
            Span::styled(" recourse ", look.focus()),
            Span::styled(format!(" {} ", text::clean(&seat.place)), look.title()),
            Span::raw(format!(" {} {} {}", text::clean(&seat.person), look.glyphs.dot, seat.roles)),
        ];
        if seat.read_only {
            left.push(Span::styled("  read-only", look.warn()));
        }
        let mut right = Vec::new();
        if app.inbox.waiting > 0 {
            let many = if app.inbox.waiting >= 1_000 { "+" } else { "" };
            right.push(Span::styled(format!("{}{many} in quarantine (Q)  ", app.inbox.waiting), look.warn()));
        }
        right.push(self.link());
        right.push(Span::styled("  ?", look.key()));
        right.push(Span::raw(" help "));
        // How fresh it is must never be what is cut off.
        let mut right = Line::from(right);
        while right.width() > usize::from(area.width) && right.spans.len() > 1 {
            let link = right.spans.iter().position(|span| *span == self.link()).unwrap_or(0);
            right.spans.remove(if link == 0 { right.spans.len() - 1 } else { 0 });
        }
        let wide = (right.width() as u16).min(area.width);
        let rest = Rect { width: (area.width - wide).saturating_sub(1), ..area };
        Line::from(left).render(rest, buf);
        right.render(Rect { x: area.right() - wide, width: wide, ..area }, buf);
    }
}
