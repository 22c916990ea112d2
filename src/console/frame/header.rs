//! The first line: the screens and what waits on them, the database, the user, and how fresh the data is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use strum::VariantArray;
use unicode_width::UnicodeWidthStr;

use crate::console::app::screen::Screen;
use crate::console::app::session::Link;
use crate::console::app::state::App;
use crate::console::kit::draw;
use crate::console::kit::look::Look;
use crate::settings::keys::Scope;
use crate::text;

/// How many seconds the feed can lag before the header shows it.
const PATIENCE: i64 = 3;

/// From this width, there is room for the time of the next connection attempt.
const STALE: usize = 90;

/// The most columns that the name of a database takes, unless it has real money.
const PLACE: usize = 20;

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
                Span::styled(format!("frozen, {many} (F)"), look.warn())
            }
            Link::Live if app.behind >= PATIENCE => {
                let whose = app.holder.as_deref().map_or_else(|| "someone".to_owned(), text::clean);
                Span::styled(format!("{} s behind: {whose} has a long write open", app.behind), look.warn())
            }
            Link::Live => match app.lag {
                Some(lag) if lag >= PATIENCE => Span::styled(format!("standby, {lag} s behind"), look.warn()),
                Some(_) => Span::styled("live, standby", look.good()),
                None => Span::styled("live", look.good()),
            },
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

/// The name of a screen in the first line, with its digit and what waits there.
struct Tab {
    screen: Screen,
    /// Its first column.
    x: usize,
    name: &'static str,
    count: String,
    urgent: bool,
}

impl Tab {
    fn width(&self) -> usize {
        let count = if self.count.is_empty() { 0 } else { self.count.width() + 1 };
        1 + usize::from(!self.name.is_empty()) + self.name.width() + count
    }

    fn spans(&self, app: &App, look: Look) -> Vec<Span<'static>> {
        let digit = (self.screen as usize + 1).to_string();
        let style = if app.screen() == self.screen { look.focus() } else { look.title() };
        let mut spans = vec![Span::raw(" "), Span::styled(digit, look.key())];
        if !self.name.is_empty() {
            spans.extend([Span::raw(" "), Span::styled(self.name, style)]);
        }
        if !self.count.is_empty() {
            let style = if self.urgent { look.bad() } else { look.warn() };
            spans.extend([Span::raw(" "), Span::styled(self.count.clone(), style)]);
        }
        spans.push(Span::raw(" "));
        spans
    }
}

/// The screens in this many columns: with their names, with short ones, with digits and the name of the open one, or that one alone.
fn tabs(app: &App, room: usize) -> Vec<Tab> {
    let here = app.screen();
    let names: [&dyn Fn(Screen) -> Option<&'static str>; 4] = [
        &|screen| Some(screen.title()),
        &|screen| Some(screen.short()),
        &|screen| Some(if screen == here { screen.short() } else { "" }),
        &|screen| (screen == here).then(|| screen.short()),
    ];
    let placed = |name: &dyn Fn(Screen) -> Option<&'static str>| {
        let mut x = 0;
        let mut tabs = Vec::new();
        for screen in Screen::VARIANTS {
            let Some(name) = name(*screen) else { continue };
            let (count, urgent) = screen.count(app);
            let tab = Tab { screen: *screen, x, name, count, urgent };
            x += tab.width() + 2;
            tabs.push(tab);
        }
        (tabs, x)
    };
    let fits = names.iter().map(|name| placed(name)).find(|(_, wide)| *wide <= room);
    fits.map(|(tabs, _)| tabs).unwrap_or_default()
}

/// The screen whose name is in this column of the first line.
pub fn tab_at(app: &App, column: u16) -> Option<Screen> {
    let header = Header { app, look: app.prefs.look() };
    let room = usize::from(app.size.0).saturating_sub(used(&header.essentials()));
    let column = usize::from(column);
    tabs(app, room).into_iter().find(|tab| (tab.x..tab.x + tab.width() + 2).contains(&column)).map(|tab| tab.screen)
}

fn used(parts: &[Span<'_>]) -> usize {
    parts.iter().map(Span::width).sum()
}

impl Header<'_> {
    /// What is shown at any width: the database, read-only mode, whether names are hidden, freshness.
    fn essentials(&self) -> Vec<Span<'static>> {
        let (app, look) = (self.app, self.look);
        let place = text::clean(&app.session.place);
        let [open, close] = look.glyphs.alarm;
        let mut parts = vec![match app.session.production {
            true => Span::styled(format!(" {open} {place} {close} "), look.alarm()),
            false => Span::styled(format!(" {} ", text::cut(&place, PLACE)), look.title()),
        }];
        if app.session.read_only {
            parts.push(Span::styled(" read-only ", look.warn()));
        }
        if app.prefs.mask {
            parts.push(Span::styled(" masked ", look.warn()));
        }
        if !app.orders.marks.is_empty() {
            let marked = text::grouped(app.orders.marks.len() as i64);
            parts.push(Span::styled(format!(" {marked} marked "), look.marked()));
        }
        parts.push(Span::raw(" "));
        parts.push(self.link(usize::from(app.size.0) < STALE));
        parts.push(Span::raw(" "));
        parts
    }

    /// What is shown if there is room: what is for this person, who they are, where the help is. The first is the most important.
    fn extras(&self) -> Vec<(Vec<Span<'static>>, bool)> {
        let (app, look) = (self.app, self.look);
        let mut extras = Vec::new();
        if app.unread > 0 {
            let words = format!(" {} for you ", text::grouped(app.unread));
            extras.push((vec![Span::styled(words, look.warn())], false));
        }
        let who = format!(" {} {} {} ", text::clean(&app.session.person), look.glyphs.dot, app.session.roles);
        extras.push((vec![Span::raw(who)], false));
        if scope(app).is_screen() {
            extras.push((vec![Span::styled(" ?", look.key()), Span::raw(" help ")], true));
        }
        extras
    }
}

impl Widget for Header<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let room = usize::from(area.width);
        let mut right = self.essentials();
        let left: Vec<Span<'_>> = tabs(self.app, room.saturating_sub(used(&right)))
            .iter()
            .flat_map(|tab| tab.spans(self.app, self.look))
            .collect();
        for (spans, last) in self.extras() {
            if used(&left) + used(&right) + used(&spans) <= room {
                let at = if last { right.len() } else { 0 };
                right.splice(at..at, spans);
            }
        }
        let right = Line::from(right);
        let wide = (right.width() as u16).min(area.width);
        draw::put(&Line::from(left), Rect { width: area.width - wide, ..area }, buf);
        draw::put(&right, Rect { x: area.right() - wide, width: wide, ..area }, buf);
    }
}

/// The keys that are taken now.
fn scope(app: &App) -> Scope {
    app.top().map_or(Scope::Panes, |top| top.scope())
}
