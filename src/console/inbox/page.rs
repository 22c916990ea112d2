//! What concerns this person, the newest first, and below it the messages of this session.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use super::state::Ask;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw;
use crate::console::kit::draw::{Drawn, whole};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::kit::place::{Place, Reach};
use crate::console::kit::scroll::{Scroll, follow};
use crate::records::InboxItem;
use crate::settings::keys::{Command, Scope};
use crate::text;

/// The page.
#[derive(Debug, Default)]
pub struct InboxPage {
    scroll: Scroll,
}

/// The indent of wrapped lines: the width of the time and the sign.
const INDENT: usize = 13;

/// Opens the page: the messages of this session count as read, what concerns the person does not.
pub fn open(app: &mut App) {
    app.journal.unread = 0;
    app.inbox.load.due = true;
    app.open(InboxPage::default());
}

/// Marks an item as read, or all of them.
pub fn mark_read(app: &mut App, id: Option<i64>) {
    if !app.session.read_only {
        app.ask(Effect::Inbox(Ask::Read(id.map(|id| vec![id]))));
    }
}

fn lines(app: &App, look: Look, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for note in app.journal.newest_first() {
        let (word, style) = match note.tone {
            Tone::News => ("  ", look.title()),
            Tone::Good => ("ok", look.good()),
            Tone::Bad => ("! ", look.bad()),
        };
        for (at, words) in text::wrap(&note.text, width.saturating_sub(INDENT + 1)).into_iter().enumerate() {
            lines.push(match at {
                0 => Line::from(vec![
                    Span::styled(format!(" {} ", app.prefs.zone.show(note.at, "%H:%M:%S")), look.dim()),
                    Span::styled(format!("{word} "), style),
                    Span::raw(words),
                ]),
                _ => Line::raw(format!("{}{words}", " ".repeat(INDENT))),
            });
        }
    }
    lines
}

/// One item: what happened, to what, by whom, and in which words.
fn item(app: &App, item: &InboxItem, look: Look, width: usize) -> Line<'static> {
    let item = &*app.masked(item);
    let selected = app.inbox.item().is_some_and(|it| it.id == item.id);
    let bar = if selected { look.glyphs.bar } else { " " };
    let (sign, style) = if item.read_at.is_some() { (" ", look.dim()) } else { (look.glyphs.changed, look.title()) };
    let id = item.order_id.as_deref().map(|key| key.split_once(':').map_or(key, |(_, id)| id));
    let id = id.map(text::clean).or_else(|| item.plan.map(|plan| format!("plan {plan}"))).unwrap_or_default();
    let by = if item.recorder.is_empty() { String::new() } else { format!(", by {}", text::clean(&item.recorder)) };
    let words = item.words.as_deref().map_or_else(String::new, |words| format!(": {}", text::clean(words)));
    let when = app.prefs.zone.short(item.at, app.now);
    let said = format!("{when}  {id}  {}{by}{words}", item.what.title());
    Line::from(vec![
        Span::raw(bar),
        Span::styled(format!("{sign} "), look.changed()),
        Span::styled(text::cut(&said, width.saturating_sub(3)), style),
    ])
}

/// The items, as many as there is room for, around the selected one.
fn items(app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Vec<Place> {
    let all = app.inbox.items();
    let (at, height) = (app.inbox.at(), usize::from(area.height));
    if all.is_empty() {
        let words = if app.inbox.items.is_some() { " Nothing yet." } else { " Reading …" };
        draw::lines([Line::styled(words, look.dim())], area, buf);
        return Vec::new();
    }
    let mut places = Vec::new();
    let first = follow(0, at, height, all.len());
    for ((place, it), row) in all.iter().enumerate().skip(first).zip(area.rows()) {
        places.push(Place { area: row, by: Reach::line(place, at) });
        let line = item(app, it, look, usize::from(area.width));
        if place == at { whole(line, row, look.selected(true), buf) } else { draw::put(&line, row, buf) }
    }
    places
}

impl Dialog<App> for InboxPage {
    fn scope(&self) -> Scope {
        Scope::Page
    }

    fn page(&self) -> Option<&'static str> {
        Some("For you")
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        let screen = isize::from(i16::try_from(app.size.1).unwrap_or(24)).max(5) - 4;
        match command {
            Command::Down => app.inbox.step(1),
            Command::Up => app.inbox.step(-1),
            Command::First => app.inbox.step(isize::MIN / 2),
            Command::Last => app.inbox.step(isize::MAX / 2),
            Command::PageDown => self.scroll.by(screen),
            Command::PageUp => self.scroll.by(-screen),
            Command::Mark => {
                let id = app.inbox.item().map(|item| item.id);
                id.into_iter().for_each(|id| mark_read(app, Some(id)));
            }
            Command::MarkAll => mark_read(app, None),
            _ => return Then::Close,
        }
        Then::Stay
    }

    fn drawn(&mut self, _app: &mut App, drawn: Drawn) {
        drawn.lines.into_iter().for_each(|lines| self.scroll.drawn(lines));
    }

    fn scrolls(&self) -> bool {
        true
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        Clear.render(area, buf);
        let most = (area.height / 2).max(1);
        let wanted = u16::try_from(app.inbox.items().len()).unwrap_or(u16::MAX).max(1);
        let [top, list, rule, below] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(wanted.min(most.saturating_sub(2).max(1))),
            Constraint::Length(1),
            Constraint::Min(0),
        ])
        .areas(area);
        let zone = app.prefs.zone.name(app.now);
        let heading = format!(" For you, newest first, {zone}   {} not read", text::grouped(app.unread));
        draw::put(&Line::styled(heading, look.focus()), top, buf);
        let places = items(app, look, list, buf);
        let title = draw::rule("Messages of this session", usize::from(area.width), look);
        draw::put(&Line::styled(title, look.dim()), rule, buf);
        let mut said = lines(app, look, usize::from(area.width));
        let (count, height) = (said.len(), usize::from(below.height));
        if said.is_empty() {
            said.push(Line::styled(" No messages yet.", look.dim()));
        }
        draw::lines(said.into_iter().skip(self.scroll.of(count, height)), below, buf);
        Drawn { lines: Some((count, height)), places, ..Drawn::default() }
    }
}
