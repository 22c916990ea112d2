//! The filter: a query typed under the list. The list changes as you type.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};
use tui_input::Input;

use crate::console::app::layout::Pane;
use crate::console::app::state::App;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw;
use crate::console::kit::draw::Drawn;
use crate::console::kit::input::{insert, type_key, typed};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::orders::{saved_views, selection};
use crate::query;
use crate::settings::keys::{Command, Scope};

/// The line in which the filter is typed.
#[derive(Debug)]
pub struct FilterLine;

/// The prompt of the filter.
const ASKS: &str = " / ";

/// Opens the line, and turns the last filter on. What is typed next is a term of its own.
pub fn open(app: &mut App) {
    app.open(FilterLine);
    let last = app.orders.filter.input.value();
    if !last.is_empty() && !last.ends_with(char::is_whitespace) {
        app.orders.filter.input = Input::new(format!("{last} "));
    }
    change(app, true, true);
}

/// Turns the filter off. Its text is kept for the next time.
pub fn off(app: &mut App) {
    change(app, false, false);
}

/// Filters by this text.
pub fn set(app: &mut App, text: String) {
    app.orders.filter.input = Input::new(text);
    change(app, true, false);
}

/// Takes over the text that a recording says was typed.
pub fn replay(app: &mut App, text: String) {
    app.orders.filter.input = Input::new(text);
    change(app, true, true);
}

/// Parses the filter, and reads the list if it now shows something else. While it is typed, an unfinished key waits.
fn change(app: &mut App, on: bool, typing: bool) {
    let before = app.orders.listing();
    let filter = &mut app.orders.filter;
    filter.on = on;
    let typed = filter.input.value();
    let text = if typing { settled(typed) } else { typed }.to_owned();
    match query::parse(&text) {
        Ok(query) => (filter.query, filter.text, filter.fault) = (query, text, None),
        Err(fault) => filter.fault = Some(fault),
    }
    if before != app.orders.listing() {
        selection::again(app);
    }
}

/// Returns the text without an unfinished key at its end: `sta` may become `status:`, so it is not yet a name.
fn settled(text: &str) -> &str {
    let last = text.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let word = text[last..].trim_start_matches('-');
    let begins = query::KEYS.iter().any(|key| key.name.starts_with(word) && key.name != key.example);
    if begins && !text.contains('"') { &text[..last] } else { text }
}

impl FilterLine {
    /// The typed filter, with its error or the number of orders found; and the cursor's column.
    fn line(app: &App, look: Look) -> (Line<'static>, usize) {
        let (filter, list) = (&app.orders.filter, &app.orders.list);
        let rows = list.rows.iter().filter(|row| !row.gone).count();
        let found = match (app.orders.is_filtered(), list.is_whole()) {
            (true, _) if list.is_awaited() => "reading …".to_owned(),
            (true, true) => format!("{rows} found"),
            (true, false) => format!("more than {rows} found"),
            (false, _) => "status: age> due< amount> currency: merchant: buyer: unconfirmed …".to_owned(),
        };
        let (extra, style) = match &filter.fault {
            Some(fault) => (fault.text.clone(), look.warn()),
            None => (found, look.dim()),
        };
        let (words, cursor) = typed(&filter.input, usize::from(app.size.0 / 2));
        let line = Line::from(vec![
            Span::styled(ASKS, look.key()),
            Span::styled(words, look.title()),
            Span::styled(format!("   {extra}"), style),
        ]);
        (line, ASKS.len() + cursor)
    }
}

impl Dialog<App> for FilterLine {
    fn scope(&self) -> Scope {
        Scope::Filter
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        match command {
            Command::Down => selection::step(app, 1),
            Command::Up => selection::step(app, -1),
            Command::Go if app.orders.filter.fault.is_some() => {
                let fault = app.orders.filter.fault.as_ref().map_or_else(String::new, ToString::to_string);
                app.say(Tone::Bad, format!("{fault}. Correct it, or press Esc."));
            }
            Command::Go => {
                app.orders.focus = Pane::List;
                change(app, true, false);
                return Then::Close;
            }
            Command::Save => {
                change(app, true, true);
                if saved_views::ask_for_a_name(app) {
                    return Then::Close;
                }
            }
            _ => {
                change(app, false, false);
                return Then::Close;
            }
        }
        Then::Stay
    }

    fn typed(&mut self, app: &mut App, key: KeyEvent) -> Then {
        type_key(&mut app.orders.filter.input, key);
        change(app, true, true);
        Then::Stay
    }

    fn paste(&mut self, app: &mut App, text: &str) {
        insert(&mut app.orders.filter.input, text);
        change(app, true, true);
    }

    /// In place of the footer.
    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let footer = app.layout().map_or(area, |layout| layout.footer);
        let (line, column) = Self::line(app, look);
        Clear.render(footer, buf);
        draw::put(&line, footer, buf);
        let cursor = Position { x: footer.x + column as u16, y: footer.y };
        Drawn { cursor: Some(cursor).filter(|at| footer.contains(*at)), ..Drawn::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::settled;

    #[test]
    fn the_beginning_of_a_key_waits() {
        let check = |text, expect| assert_eq!(settled(text), expect);
        check("sta", "");
        check("buyer:ngo -amou", "buyer:ngo ");
        check("sara", "sara");
        check("status:dis", "status:dis");
        check("unconfirmed", "unconfirmed");
        check("", "");
    }
}
