//! Help and the command palette: a list of what you can do. It narrows as you type, and runs the selected line.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};
use tui_input::Input;

use crate::console::app::layout::Pane;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::frame::items::{Item, Kind, Runs, found};
use crate::console::frame::preferences::set_theme;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw;
use crate::console::kit::draw::{Drawn, whole};
use crate::console::kit::input::{insert, type_key, typed};
use crate::console::kit::look::Look;
use crate::console::kit::place::{Place, Reach};
use crate::console::kit::scroll::centred;
use crate::console::orders::board::choose_row;
use crate::console::orders::saved_views::sort_by;
use crate::settings::keys::{self, Command, Scope};
use crate::text;

/// The open list.
#[derive(Debug)]
pub struct Search {
    /// Help, or the palette.
    kind: Kind,
    /// Where it was opened.
    scope: Scope,
    /// What is typed.
    input: Input,
    /// The selected line.
    at: usize,
}

/// The width of the left column, and of the right column of the palette.
const TITLE: usize = 28;
const KEYS: usize = 14;

/// Opens help or the palette for the keys of this scope.
pub fn open(app: &mut App, kind: Kind, scope: Scope) {
    if app.on_top::<Search>().is_none() {
        app.open(Search { kind, scope, input: Input::default(), at: 0 });
    }
}

/// Does what a line does.
fn run(app: &mut App, runs: Runs) {
    match runs {
        Runs::Nothing => {}
        Runs::Command(binding) => {
            let key = app.prefs.keys.keys(binding).first().and_then(|keys| keys::event(keys));
            // A chord has no single key event: no command depends on the second half of its chord.
            app.then_key(binding.command, key.unwrap_or_else(|| KeyEvent::from(KeyCode::Null)));
        }
        Runs::Board(row) => {
            app.put_all_away();
            app.orders.focus = Pane::List;
            choose_row(app, row);
        }
        Runs::Sort(sort) => sort_by(app, sort),
        Runs::Theme(at) => set_theme(app, at),
        Runs::Order(id) => {
            app.put_all_away();
            app.ask(Effect::Seek(id));
        }
    }
}

impl Search {
    fn found(&self, app: &App) -> Vec<Item> {
        found(app, self.kind, self.scope, self.input.value())
    }

    fn asks(&self) -> &'static str {
        match self.kind {
            Kind::Help => " Help ? ",
            Kind::Commands => " : ",
        }
    }

    /// The line where words are typed, and the cursor's column.
    fn heading(&self, app: &App, look: Look, found: usize) -> (Line<'static>, usize) {
        let (words, cursor) = typed(&self.input, usize::from(app.size.0 / 2));
        let related = match (self.input.value().is_empty(), self.kind) {
            (true, Kind::Help) => "   type to filter, Enter runs the selected line, Esc closes".to_owned(),
            (true, Kind::Commands) => "   type a command, a view, a status, a theme or an order id".to_owned(),
            (false, _) => format!("   {found} found"),
        };
        let line = Line::from(vec![
            Span::styled(self.asks(), look.key()),
            Span::styled(words, look.title()),
            Span::styled(related, look.dim()),
        ]);
        (line, self.asks().len() + cursor)
    }

    fn item(&self, item: &Item, selected: bool, room: usize, look: Look) -> Line<'static> {
        let bar = if selected { look.glyphs.bar } else { " " };
        let title = room.min(TITLE);
        let (style, right) = match self.kind {
            Kind::Help => (look.key(), 0),
            Kind::Commands => (look.title(), KEYS.min(room / 4)),
        };
        let style = if item.runs == Runs::Nothing { look.title() } else { style };
        let about = room.saturating_sub(title + right + 4);
        let mut spans = vec![
            Span::raw(format!("{bar} ")),
            Span::styled(text::left(&item.title, title), style),
            Span::raw(format!(" {}", text::left(&item.about, about))),
        ];
        if right > 0 {
            spans.push(Span::styled(text::right(&item.keys, right), look.key()));
        }
        Line::from(spans)
    }
}

impl Dialog<App> for Search {
    fn scope(&self) -> Scope {
        Scope::Search
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        let items = self.found(app);
        let (last, screen) = (items.len().saturating_sub(1), usize::from(app.size.1).saturating_sub(4).max(1));
        let at = match command {
            Command::Down => self.at + 1,
            Command::Up => self.at.saturating_sub(1),
            Command::PageDown => self.at + screen,
            Command::PageUp => self.at.saturating_sub(screen),
            Command::Choose => match items.get(self.at).map(|item| item.runs.clone()) {
                None | Some(Runs::Nothing) => return Then::Stay,
                Some(runs) => {
                    run(app, runs);
                    return Then::Close;
                }
            },
            _ => return Then::Close,
        };
        self.at = at.min(last);
        Then::Stay
    }

    fn typed(&mut self, _app: &mut App, key: KeyEvent) -> Then {
        type_key(&mut self.input, key);
        self.at = 0;
        Then::Stay
    }

    fn paste(&mut self, _app: &mut App, text: &str) {
        insert(&mut self.input, text);
    }

    fn takes_words(&self) -> bool {
        true
    }

    fn scrolls(&self) -> bool {
        true
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        Clear.render(area, buf);
        let items = self.found(app);
        let top = Rect { height: area.height.min(1), ..area };
        let (heading, column) = self.heading(app, look, items.len());
        draw::put(&heading, top, buf);
        let cursor = Some(Position { x: area.x + column as u16, y: area.y }).filter(|at| area.contains(*at));
        let mut drawn = Drawn { cursor, ..Drawn::default() };
        let below = Rect { y: area.y + 2.min(area.height), height: area.height.saturating_sub(2), ..area };
        if items.is_empty() {
            draw::lines([Line::styled(" No matches. Try another word.", look.dim())], below, buf);
            return drawn;
        }
        // Group headings take one line each.
        let grouped = self.kind == Kind::Help && self.input.value().trim().is_empty();
        let (mut lines, mut place, mut group) = (Vec::new(), 0, "");
        for (at, item) in items.iter().enumerate() {
            if grouped && std::mem::replace(&mut group, item.group) != item.group {
                lines.push(None);
            }
            if at == self.at {
                place = lines.len();
            }
            lines.push(Some((at, item)));
        }
        let height = usize::from(below.height);
        let first = centred(place, height, lines.len());
        let mut next = lines.iter().skip(first).peekable();
        for row in below.rows() {
            let Some(line) = next.next() else { break };
            let Some((at, item)) = line else {
                let group = next.peek().and_then(|line| line.as_ref()).map_or("", |(_, item)| item.group);
                draw::put(&Line::styled(format!(" {group}"), look.title()), row, buf);
                continue;
            };
            drawn.places.push(Place { area: row, by: Reach::line(*at, self.at) });
            let words = self.item(item, *at == self.at, usize::from(row.width), look);
            if *at == self.at {
                whole(words, row, look.selected(true), buf);
            } else {
                draw::put(&words, row, buf);
            }
        }
        drawn
    }
}
