//! The last line: the path and the key hints.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::console::app::layout::Pane;
use crate::console::app::state::App;
use crate::console::kit::draw;
use crate::console::kit::look::Look;
use crate::settings::keys::{self, Binding, Command, Scope};
use crate::text;

/// The last line.
pub struct Footer<'a> {
    /// The state.
    pub app: &'a App,
    /// Styles and glyphs.
    pub look: Look,
    /// The keys that are taken now.
    pub scope: Scope,
}

/// Between two hints, and the sign for those that do not fit.
const GAP: usize = 2;
const ELLIPSIS: usize = 1;

/// The hint of a key, with its first column.
#[derive(Debug, Clone)]
struct Hint {
    x: usize,
    key: String,
    binding: &'static Binding,
}

impl Hint {
    fn end(&self) -> usize {
        self.x + self.key.len() + 1 + self.binding.hint.len()
    }
}

impl Footer<'_> {
    /// The path: the open page, or the panes from the board to the one with the focus.
    fn path(&self) -> String {
        let app = self.app;
        if let Some(page) = app.layers.iter().rev().find_map(|layer| layer.page()) {
            return page.to_owned();
        }
        let list = app.orders.list_title();
        let mut steps = vec!["Orders"];
        if app.orders.focus != Pane::Board {
            steps.push(&list);
        }
        let shown = app.orders.shown.as_ref();
        let id = shown.map(|shown| text::clean(&shown.stored.order.key.id)).unwrap_or_default();
        if app.orders.focus == Pane::Order {
            steps.push(&id);
        }
        steps.join(&format!(" {} ", self.look.glyphs.into))
    }

    /// What is being written, if something is.
    fn writing(&self) -> Option<String> {
        let app = self.app;
        let order = app.orders.writing.as_ref().map(|command| command.action.title());
        let case = app.disputes.writing.as_ref().map(|command| command.what.action().title());
        if let Some(action) = order.or(case) {
            return Some(format!("  writing: {action} "));
        }
        if app.quarantine.settling.is_some() {
            return Some("  writing ".to_owned());
        }
        if let Some((number, progress)) = &app.plans.running {
            let done = progress.accepted + progress.refused + progress.changed;
            return Some(format!("  plan {number}: {done} of {} ", done + progress.rest));
        }
        let (rest, tally) = app.orders.running.as_ref()?;
        // One more is being written.
        Some(format!("  {} ", tally.progress(rest.len() + 1)))
    }

    fn right(&self) -> Span<'static> {
        let app = self.app;
        if let Some(words) = self.writing() {
            return Span::styled(words, self.look.warn());
        }
        // Show a key only where it works.
        match app.journal.unread {
            unread if unread > 1 && app.layers.is_empty() => {
                Span::styled(format!("  {unread} new (!) "), self.look.warn())
            }
            _ if app.orders.marks.range => Span::styled("  marking (v stops) ", self.look.marked()),
            // All times on the screen are of this zone.
            _ if app.size.0 >= 100 => Span::styled(format!("  {} ", app.prefs.zone.name(app.now)), self.look.dim()),
            _ => Span::raw(""),
        }
    }

    /// Whether a key has an effect here.
    fn is_of_use(&self, binding: &Binding) -> bool {
        let app = self.app;
        if let Some(top) = app.top() {
            return top.is_of_use(app, binding.command);
        }
        match binding.command {
            Command::Mark | Command::Copy | Command::Actions => app.orders.focus != Pane::Board,
            Command::Back => app.orders.focus != Pane::Board,
            Command::Open => app.orders.focus != Pane::Order,
            _ => true,
        }
    }

    /// The key hints that have an effect here, one after the other.
    fn all(&self) -> Vec<Hint> {
        let mut x = text::width(&self.path()) + 4;
        let mut hints = Vec::new();
        for binding in keys::working(self.scope).filter(|binding| !binding.hint.is_empty()) {
            if (binding.writes && self.app.session.read_only) || !self.is_of_use(binding) {
                continue;
            }
            let key = self.app.prefs.keys.keys(binding).first().cloned().unwrap_or_default();
            let hint = Hint { x, key, binding };
            x = hint.end() + GAP;
            hints.push(hint);
        }
        hints
    }

    /// As many of them as fit, and where the ellipsis is if some do not. The key of help always stays: it has the others.
    fn hints(&self, room: usize) -> (Vec<Hint>, Option<usize>) {
        let all = self.all();
        if all.last().is_none_or(|last| last.end() + GAP <= room) {
            return (all, None);
        }
        let help = all.iter().find(|hint| hint.binding.command == Command::Help).cloned();
        let kept_free = help.as_ref().map_or(0, |help| help.end() - help.x + GAP) + ELLIPSIS + GAP;
        let fits = |hint: &Hint| hint.end() + GAP + kept_free <= room;
        let others = all.into_iter().filter(|hint| hint.binding.command != Command::Help);
        let (mut kept, mut x) = (Vec::new(), text::width(&self.path()) + 4);
        for hint in others {
            let hint = Hint { x, ..hint };
            if !fits(&hint) {
                break;
            }
            x = hint.end() + GAP;
            kept.push(hint);
        }
        let cut = x;
        kept.extend(help.map(|help| Hint { x: cut + ELLIPSIS + GAP, ..help }).filter(|help| help.end() <= room));
        (kept, Some(cut))
    }

    fn put_hints(&self, line: &mut Line<'static>, room: usize) {
        let (hints, cut) = self.hints(room);
        for hint in &hints {
            if cut.is_some_and(|cut| hint.x > cut) {
                line.push_span(Span::raw("…  "));
            }
            line.push_span(Span::styled(hint.key.clone(), self.look.key()));
            line.push_span(Span::raw(format!(" {}  ", hint.binding.hint)));
        }
        if cut.is_some_and(|cut| hints.iter().all(|hint| hint.x < cut)) {
            line.push_span(Span::raw("…"));
        }
    }
}

/// The key of the hint in this column of the last line.
pub fn key_at(app: &App, scope: Scope, column: u16) -> Option<String> {
    let footer = Footer { app, look: app.prefs.look(), scope };
    let (column, room) = (usize::from(column), usize::from(app.size.0) - text::width(&footer.right().content));
    footer.hints(room).0.into_iter().find(|hint| (hint.x..hint.end()).contains(&column)).map(|hint| hint.key)
}

impl Widget for Footer<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let right = self.right();
        let wide = (right.width() as u16).min(area.width);
        let room = area.width - wide;
        let mut line = Line::from(Span::styled(format!(" {}   ", self.path()), self.look.title()));
        self.put_hints(&mut line, usize::from(room));
        draw::put(&line, Rect { width: room, ..area }, buf);
        draw::put(&Line::from(right), Rect { x: area.x + room, width: wide, ..area }, buf);
    }
}
