//! Choosing the columns of the list, and their order.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use strum::VariantArray;

use crate::console::app::state::App;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::Drawn;
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::kit::place::Reach;
use crate::console::orders::saved_views;
use crate::settings::columns::Column;
use crate::settings::keys::{Command, Scope};
use crate::settings::view::Kept;
use crate::text;
use crossterm::event::KeyCode;

/// The choice of columns.
#[derive(Debug)]
pub struct Columns {
    /// All columns, and whether each is shown.
    columns: Vec<(Column, bool)>,
    /// The selected column.
    at: usize,
}

/// Opens the choice of columns.
pub fn open(app: &mut App) {
    app.open(Columns::new(&app.orders.columns()));
}

/// Gives the current list these columns; an empty slice restores the default.
fn set(app: &mut App, columns: &[Column]) {
    let columns = columns.iter().map(|column| column.name().to_owned()).collect();
    saved_views::remember(app, Kept { columns, ..app.orders.remembered() });
}

impl Columns {
    fn new(shown: &[Column]) -> Self {
        let rest = Column::VARIANTS.iter().filter(|column| !shown.contains(column));
        let columns = shown.iter().map(|column| (*column, true)).chain(rest.map(|column| (*column, false)));
        Self { columns: columns.collect(), at: 0 }
    }

    fn shown(&self) -> Vec<Column> {
        self.columns.iter().filter(|(_, shown)| *shown).map(|(column, _)| *column).collect()
    }

    fn swap(&mut self, with: usize) {
        self.columns.swap(self.at, with);
        self.at = with;
    }
}

impl Dialog<App> for Columns {
    fn scope(&self) -> Scope {
        Scope::Columns
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        let last = self.columns.len() - 1;
        match command {
            Command::Down => self.at = (self.at + 1).min(last),
            Command::Up => self.at = self.at.saturating_sub(1),
            Command::MoveDown if self.at < last => self.swap(self.at + 1),
            Command::MoveUp if self.at > 0 => self.swap(self.at - 1),
            Command::MoveDown | Command::MoveUp => {}
            Command::Mark if self.columns[self.at].0 == Column::Order => {
                app.say(Tone::News, "The order's id is always shown: it identifies the row.");
            }
            Command::Mark => self.columns[self.at].1 = !self.columns[self.at].1,
            Command::Refresh => {
                set(app, &[]);
                *self = Self::new(&app.orders.columns());
            }
            _ => return Then::Close,
        }
        let shown = self.shown();
        if shown != app.orders.columns() {
            set(app, &shown);
        }
        Then::Stay
    }

    fn draw(&self, _app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let mut dialog = DialogBox::new("Columns", area, look);
        for (at, (column, shown)) in self.columns.iter().enumerate() {
            let bar = if at == self.at { look.glyphs.bar } else { " " };
            let sign = if *shown { "[x]" } else { "[ ]" };
            let words = text::left(&format!("{sign} {}", column.title()), dialog.room.saturating_sub(2));
            let by = if at == self.at { Reach::Key(KeyCode::Char(' ')) } else { Reach::line(at, self.at) };
            dialog.reach(dialog.lines.len(), by);
            dialog.line(Line::raw(format!("{bar} {words}")), at == self.at);
        }
        dialog.space();
        let about = "space shows or hides, J and K move; if there is no room, the least important are left out";
        dialog.say(about, look.dim());
        dialog.draw(area, buf)
    }
}
