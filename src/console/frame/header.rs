//! The first line: the database, the user, and how fresh the data is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::console::app::session::Link;
use crate::console::app::state::App;
use crate::console::kit::look::Look;
use crate::text;

/// How many seconds the feed can lag before the header shows it.
const PATIENCE: i64 = 3;

/// From this width, there is room for the time of the next connection attempt.
const STALE: usize = 90;

/// The first line.
pub struct Header<'a> {
    /// The state.
    pub app: &'a App,
    /// Styles and glyphs.
    pub look: Look,
}

impl Header<'_> {
    fn link(&self, narrow: bool) -> Span<'static> {
        let (app, look) = (self.app, self.look);
        match app.link {
            Link::Connecting => Span::styled("connecting", look.warn()),
            Link::Live if app.slow.is_some() => {
                let since = app.slow.unwrap_or(app.now);
                let since = app.prefs.zone.show(since, "%H:%M:%S");
                Span::styled(format!("waiting for the database since {since}"), look.warn())
            }
            Link::Live if app.orders.live.frozen.is_some() => {
                let many = if app.orders.live.waiting == 1 {
                    "1 new".to_owned()
                } else {
                    format!("{} new", app.orders.live.waiting)
                };
                Span::styled(format!("frozen, {many} (f)"), look.warn())
            }
            Link::Live if app.behind >= PATIENCE => {
                let whose = app.holder.as_deref().map_or_else(|| "someone".to_owned(), text::clean);
                Span::styled(format!("{} s behind: {whose} has a long write open", app.behind), look.warn())
            }
            Link::Live => Span::styled("live", look.good()),
            Link::Lost { since, retry_at } => {
                let left = (retry_at - app.now).num_seconds().max(0);
                let when = app.prefs.zone.show(since, "%H:%M");
                let soon = if left > 0 { format!(" in {left}s") } else { String::new() };
                let trying =
                    if narrow { String::new() } else { format!(" {}, reconnecting{soon}", app.prefs.zone.name(since)) };
                Span::styled(format!("stale since {when}{trying}"), look.bad())
            }
        }
    }
}

impl Widget for Header<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        let session = &app.session;
        let place = text::clean(&session.place);
        let [open, close] = look.glyphs.alarm;
        let place = match session.production {
            true => Span::styled(format!(" {open} {place} {close} "), look.alarm()),
            false => Span::styled(format!(" {place} "), look.title()),
        };
        let mut left = vec![Span::styled(" recourse ", look.focus()), place];
        if session.read_only {
            left.push(Span::styled(" read-only ", look.warn()));
        }
        let who = format!(" {} {} {} ", text::clean(&session.person), look.glyphs.dot, session.roles);
        let room = usize::from(area.width);
        let narrow = usize::from(area.width) < STALE;
        let mut right = vec![self.link(narrow)];
        // The database, read-only mode and freshness come first; the rest is shown if it fits.
        let used = |parts: &[Span<'_>]| parts.iter().map(Span::width).sum::<usize>();
        if app.layers.is_empty() {
            let help = [Span::styled("  ?", look.key()), Span::raw(" help")];
            if used(&left) + used(&right) + used(&help) + 2 <= room {
                right.extend(help);
            }
        }
        right.push(Span::raw(" "));
        if app.prefs.mask {
            right.insert(0, Span::styled("masked  ", look.warn()));
        }
        if !app.orders.marks.is_empty() {
            right.insert(
                0,
                Span::styled(format!("{} marked  ", text::grouped(app.orders.marks.len() as i64)), look.marked()),
            );
        }
        let (alarms, critical) = app.stuck.alarms(app.now);
        if alarms > 0 {
            let words = if alarms == 1 { "1 alert".to_owned() } else { format!("{alarms} alerts") };
            let key = if app.layers.is_empty() { " (S)" } else { "" };
            let words = format!("{words}{key}  ");
            if used(&left) + used(&right) + words.len() < room {
                right.insert(0, Span::styled(words, if critical { look.bad() } else { look.warn() }));
            }
        }
        if app.quarantine.waiting > 0 {
            let many = if app.quarantine.waiting >= 1_000 { "+" } else { "" };
            let key = if app.layers.is_empty() { " (Q)" } else { "" };
            let words = format!("{}{many} in quarantine{key}  ", app.quarantine.waiting);
            if used(&left) + used(&right) + words.len() < room {
                right.insert(0, Span::styled(words, look.warn()));
            }
        }
        if app.unread > 0 {
            let words = format!("{} for you  ", text::grouped(app.unread));
            if used(&left) + used(&right) + words.len() < room {
                right.insert(0, Span::styled(words, look.warn()));
            }
        }
        let rest = room.saturating_sub(used(&left) + used(&right) + 1);
        left.push(Span::raw(text::cut(&who, rest)));
        let right = Line::from(right);
        let wide = (right.width() as u16).min(area.width);
        let rest = Rect { width: (area.width - wide).saturating_sub(1), ..area };
        Line::from(left).render(rest, buf);
        right.render(Rect { x: area.right() - wide, width: wide, ..area }, buf);
    }
}
