//! Short menus: how to sort, what to copy; and the columns of the list. Their contents are fixed when they
//! open.

use strum::VariantArray;

use super::{App, Confirm, Effect, Layer, Menu, Tone};
use crate::console::look::name;
use crate::desk::command_line;
use crate::query::Sort;
use crate::records::OrderRecord;
use crate::settings::columns::Column;
use crate::settings::keys::Command;
use crate::text;

/// The most bytes that terminals accept for the clipboard.
const CLIPBOARD: usize = 74_000;

/// What a line does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    /// Sorts the list.
    Sort(Sort),
    /// Copies this text.
    Copy(String),
}

/// A short menu.
#[derive(Debug, Clone)]
pub struct Pick {
    /// The title.
    pub title: String,
    /// Each line: letter, words, and what it does.
    pub lines: Vec<(char, String, Does)>,
    /// The selected line.
    pub at: usize,
}

/// The choice of columns.
#[derive(Debug, Clone)]
pub struct Choosing {
    /// All columns, and whether each is shown.
    pub columns: Vec<(Column, bool)>,
    /// The selected column.
    pub at: usize,
}

impl Choosing {
    fn new(shown: &[Column]) -> Self {
        let rest = Column::VARIANTS.iter().filter(|column| !shown.contains(column));
        let columns = shown.iter().map(|column| (*column, true)).chain(rest.map(|column| (*column, false)));
        Self { columns: columns.collect(), at: 0 }
    }

    fn shown(&self) -> Vec<Column> {
        self.columns.iter().filter(|(_, shown)| *shown).map(|(column, _)| *column).collect()
    }
}

/// A row for pasting into other programs: its columns, separated by tabs.
fn row(stored: &OrderRecord) -> String {
    let order = &stored.order;
    let name = |name: &Option<String>| name.clone().unwrap_or_default();
    let cells = [
        order.key.id.clone(),
        order.provider().name().to_owned(),
        order.status.name().to_owned(),
        order.amount.currency.code().to_owned(),
        order.amount.digits(),
        order.entered_at.to_rfc3339(),
        order.due_at().map(|due| due.to_rfc3339()).unwrap_or_default(),
        name(&stored.merchant),
        name(&stored.buyer),
        name(&stored.seller),
    ];
    cells.map(|cell| cell.replace(['\t', '\n', '\r'], " ")).join("\t")
}

impl App {
    pub(super) fn open_sort(&mut self) {
        let lines: Vec<_> = Sort::VARIANTS
            .iter()
            .map(|sort| {
                let letter = sort.name().chars().next().unwrap_or('?');
                // Two names start with an a.
                let letter = if *sort == Sort::Amount { 'm' } else { letter };
                (letter, format!("{}  {}", text::left(sort.name(), 9), sort.definition()), Does::Sort(*sort))
            })
            .collect();
        let at = Sort::VARIANTS.iter().position(|sort| *sort == self.sort()).unwrap_or(0);
        self.layers.push(Layer::Pick(Box::new(Pick { title: "Sort this list".to_owned(), lines, at })));
    }

    /// Opens the copy menu for the marked orders, or else for the shown one.
    pub(super) fn open_copy(&mut self) {
        let orders: Vec<OrderRecord> = match (self.marks.is_empty(), &self.shown) {
            (false, _) => self.marks.orders().to_vec(),
            (true, Some(shown)) => vec![shown.stored.clone()],
            (true, None) => return self.say(Tone::News, "No order is selected."),
        };
        let all = |of: &dyn Fn(&OrderRecord) -> String| orders.iter().map(of).collect::<Vec<_>>().join("\n");
        let lines = vec![
            ('i', "id", all(&|it| it.order.key.id.clone())),
            ('r', "row, tab-separated", all(&row)),
            ('l', "link", all(&|it| self.prefs.link(&it.order.key))),
            (
                'c',
                "command line",
                all(&|it| format!("recourse show {}", command_line::quoted(&it.order.key.to_string()))),
            ),
        ];
        let title = match orders.as_slice() {
            [one] => format!("Copy of {}", text::clean(&one.order.key.id)),
            several => format!("Copy of {} marked orders", several.len()),
        };
        let words = |about: &str, what: &str| match what.lines().count() {
            1 => format!("{}  {}", text::left(about, 22), text::cut(&text::clean(what), 60)),
            lines => format!("{}  {lines} lines", text::left(about, 22)),
        };
        let lines = lines.into_iter().map(|(letter, about, what)| (letter, words(about, &what), Does::Copy(what)));
        self.layers.push(Layer::Pick(Box::new(Pick { title, lines: lines.collect(), at: 0 })));
    }

    pub(super) fn on_pick(&mut self, command: Command) -> Vec<Effect> {
        let Some(Layer::Pick(pick)) = self.layers.last_mut() else { return Vec::new() };
        let last = pick.lines.len().saturating_sub(1);
        match command {
            Command::Down => pick.at = (pick.at + 1).min(last),
            Command::Up => pick.at = pick.at.saturating_sub(1),
            Command::Choose => {
                let does = pick.lines.get(pick.at).map(|(_, _, does)| does.clone());
                return does.map_or_else(Vec::new, |does| self.picked(does));
            }
            _ => _ = self.layers.pop(),
        }
        Vec::new()
    }

    pub(super) fn pick_line(&mut self, key: &str) -> Vec<Effect> {
        let Some(Layer::Pick(pick)) = self.layers.last() else { return Vec::new() };
        let line = pick.lines.iter().find(|(letter, ..)| letter.to_string() == key);
        line.map(|(_, _, does)| does.clone()).map_or_else(Vec::new, |does| self.picked(does))
    }

    fn picked(&mut self, does: Does) -> Vec<Effect> {
        self.layers.pop();
        match does {
            Does::Sort(sort) => self.sort_by(sort),
            Does::Copy(what) => self.copy(what),
        }
    }

    /// Copies a text to the terminal's clipboard, which may be on another machine.
    pub(super) fn copy(&mut self, what: String) -> Vec<Effect> {
        if what.len() > CLIPBOARD {
            let size = text::grouped(what.len() as i64);
            self.say(Tone::Bad, format!("{size} bytes are too many for a terminal's clipboard. Mark fewer orders."));
            return Vec::new();
        }
        let first = text::cut(&text::clean(what.lines().next().unwrap_or_default()), 60);
        let lines = what.lines().count();
        let more = if lines > 1 { format!(" and {} more lines", lines - 1) } else { String::new() };
        self.say(Tone::Good, format!("Copied: {first}{more}"));
        vec![Effect::Copy(what)]
    }

    /// Copies the command line of the selected action, or of the question.
    pub(super) fn copy_twin(&mut self) -> Vec<Effect> {
        let twin = match self.layers.last() {
            Some(Layer::Menu(menu)) => self.twin(menu),
            Some(Layer::Confirm(confirm)) => self.twin_of(confirm),
            _ => None,
        };
        match twin {
            Some(twin) => self.copy(twin),
            None => {
                self.say(Tone::News, "This action is not possible now, so it has no command line.");
                Vec::new()
            }
        }
    }

    /// The command line that does what the menu's selected line does.
    pub fn twin(&self, menu: &Menu) -> Option<String> {
        let order = &self.shown.as_ref()?.stored.order;
        command_line::of_choice(order, self.choices(menu).get(menu.at)?)
    }

    /// The command line that does what a question asks.
    pub fn twin_of(&self, confirm: &Confirm) -> Option<String> {
        let order = &self.shown.as_ref()?.stored.order;
        Some(command_line::of_command(&confirm.command, order.amount.currency))
    }

    pub(super) fn open_columns(&mut self) {
        self.layers.push(Layer::Columns(Choosing::new(&self.columns())));
    }

    pub(super) fn on_columns(&mut self, command: Command) -> Vec<Effect> {
        let Some(Layer::Columns(choosing)) = self.layers.last_mut() else { return Vec::new() };
        let last = choosing.columns.len() - 1;
        match command {
            Command::Down => choosing.at = (choosing.at + 1).min(last),
            Command::Up => choosing.at = choosing.at.saturating_sub(1),
            Command::MoveDown if choosing.at < last => {
                choosing.columns.swap(choosing.at, choosing.at + 1);
                choosing.at += 1;
            }
            Command::MoveUp if choosing.at > 0 => {
                choosing.columns.swap(choosing.at, choosing.at - 1);
                choosing.at -= 1;
            }
            Command::MoveDown | Command::MoveUp => {}
            Command::Mark => {
                let (column, shown) = choosing.columns[choosing.at];
                if column == Column::Order {
                    self.say(Tone::News, "The order's id is always shown: it identifies the row.");
                    return Vec::new();
                }
                choosing.columns[choosing.at].1 = !shown;
            }
            Command::Refresh => {
                let effects = self.set_columns(&[]);
                let columns = self.columns();
                if let Some(Layer::Columns(choosing)) = self.layers.last_mut() {
                    *choosing = Choosing::new(&columns);
                }
                return effects;
            }
            _ => {
                self.layers.pop();
                return Vec::new();
            }
        }
        let shown = choosing.shown();
        if shown == self.columns() { Vec::new() } else { self.set_columns(&shown) }
    }

    /// The list's title: its status, its view, or "Found".
    pub fn list_title(&self) -> String {
        match (self.has_filter(), self.view()) {
            (true, _) => "Found".to_owned(),
            (false, Some(view)) => text::clean(&view.name),
            (false, None) => name(self.chosen).to_owned(),
        }
    }
}
