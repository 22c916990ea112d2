//! Help and the command palette: a list of what you can do. It narrows as you type, and runs the selected line.

use crossterm::event::{Event, KeyEvent};
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use strum::VariantArray;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::views::BoardRow;
use super::{App, Effect, Layer};
use crate::console::look::name;
use crate::query::{self, Sort};
use crate::settings::keys;
use crate::settings::keys::{Binding, Command, Scope};

/// Help, or the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What the keys do here, in groups.
    Help,
    /// All commands, the best match first.
    Commands,
}

/// The open list.
#[derive(Debug, Clone)]
pub struct Search {
    /// Help, or the palette.
    pub kind: Kind,
    /// Where it was opened.
    pub scope: Scope,
    /// What is typed.
    pub input: Input,
    /// The selected line.
    pub at: usize,
}

/// What a line does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Runs {
    /// A command of the scope where the list was opened.
    Command(&'static Binding),
    /// Shows the orders of a line of the left pane.
    Board(BoardRow),
    /// Sorts the list.
    Sort(Sort),
    /// Changes the theme.
    Theme(usize),
    /// Goes to an order.
    Order(String),
    /// Nothing: the line is for reading.
    Nothing,
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its group.
    pub group: &'static str,
    /// Its name, or its keys.
    pub title: String,
    /// What it is for.
    pub about: String,
    /// The keys that do the same.
    pub keys: String,
    /// What it does.
    pub runs: Runs,
}

/// What the signs of a row mean, apart from those that a look may change.
const SIGNS: [(&str, &str); 5] = [
    ("~", "the provider has not confirmed something yet"),
    ("!", "this order has facts in quarantine"),
    ("3h 10m left", "until the order moves on automatically"),
    ("2h 00m late", "the deadline has passed, and no outcome is recorded"),
    ("live, stale", "at the top right: whether what you see is up to date"),
];

/// Keys that are not in the table: they come from the law, and from a fact's readings.
fn letters(scope: Scope) -> Option<(&'static str, &'static str)> {
    match scope {
        Scope::Menu | Scope::Many => {
            Some(("a letter, a digit", "that action; letters never change, digits are line numbers"))
        }
        Scope::Quarantine => Some(("a digit", "settle the fact with that reading; the consequence is shown first")),
        Scope::Pick => Some(("a letter", "that line")),
        Scope::Panes
        | Scope::Form
        | Scope::Confirm
        | Scope::Word
        | Scope::Page
        | Scope::Filter
        | Scope::Search
        | Scope::Prompt
        | Scope::Columns
        | Scope::Watch
        | Scope::Runbook
        | Scope::Plan
        | Scope::Plans
        | Scope::Desk
        | Scope::Sheet
        | Scope::Paper
        | Scope::Everywhere => None,
    }
}

fn item(group: &'static str, title: impl AsRef<str>, about: impl AsRef<str>, runs: Runs) -> Item {
    // Names and queries of shared views come from outside.
    let [title, about] = [title.as_ref(), about.as_ref()].map(crate::text::clean);
    Item { group, title, about, keys: String::new(), runs }
}

impl App {
    pub(super) fn open_search(&mut self, kind: Kind) {
        if matches!(self.layers.last(), Some(Layer::Search(_))) {
            return;
        }
        let search = Search { kind, scope: self.scope(), input: Input::default(), at: 0 };
        self.layers.push(Layer::Search(Box::new(search)));
    }

    fn commands(&self, scope: Scope) -> impl Iterator<Item = (&'static Binding, String)> + '_ {
        let here = keys::of(scope).chain(keys::of(Scope::Everywhere));
        let may = here.filter(|binding| !(binding.writes && self.session.read_only));
        may.map(|binding| (binding, self.prefs.keys.keys(binding).join("  ")))
    }

    /// What the keys do in a scope, then filter terms, signs and statuses.
    fn help(&self, scope: Scope) -> Vec<Item> {
        let mut items = Vec::new();
        for (binding, keys) in self.commands(scope) {
            items.push(Item {
                keys: keys.clone(),
                ..item(binding.scope.title(), keys, binding.about, Runs::Command(binding))
            });
        }
        if let Some((keys, about)) = letters(scope) {
            items.push(item(scope.title(), keys, about, Runs::Nothing));
        }
        if matches!(scope, Scope::Panes | Scope::Filter) {
            let group = "Filter terms";
            items.extend(query::KEYS.iter().map(|key| item(group, key.example, key.about, Runs::Nothing)));
            items.push(item(group, "- before a term", "the opposite", Runs::Nothing));
            let about = "an id, merchant, buyer or seller that starts with it, or has a part that does";
            items.push(item(group, "a word", about, Runs::Nothing));
        }
        let glyphs = self.prefs.look().glyphs;
        let looks = [(glyphs.marked, "marked"), (glyphs.changed, "changed just now")];
        items.extend(looks.iter().chain(&SIGNS).map(|(sign, about)| item("Signs", *sign, *about, Runs::Nothing)));
        items.extend(self.statuses.iter().map(|status| {
            item("Statuses", name(*status), status.definition(), Runs::Board(BoardRow::Status(*status)))
        }));
        items
    }

    /// Everything that can be run by name.
    fn palette(&self, scope: Scope) -> Vec<Item> {
        let mut items = Vec::new();
        for (binding, keys) in
            self.commands(scope).filter(|(binding, _)| !matches!(binding.command, Command::View | Command::Commands))
        {
            let title = binding.command.name().replace('-', " ");
            // A command that is in two layers is listed once.
            if !items.iter().any(|known: &Item| known.title == title) {
                items.push(Item { keys, ..item("command", title, binding.about, Runs::Command(binding)) });
            }
        }
        for (at, view) in self.views.all.iter().enumerate() {
            let keys = if at < 9 { (at + 1).to_string() } else { String::new() };
            let title = format!("view {}", view.name);
            items.push(Item {
                keys,
                ..item("view", title, self.shown_query(&view.text), Runs::Board(BoardRow::View(at)))
            });
        }
        items.extend(self.statuses.iter().map(|status| {
            let title = format!("status {} ({})", name(*status), status.provider().title());
            item("status", title, status.definition(), Runs::Board(BoardRow::Status(*status)))
        }));
        items.extend(
            Sort::VARIANTS
                .iter()
                .map(|sort| item("sort", format!("sort by {}", sort.name()), sort.definition(), Runs::Sort(*sort))),
        );
        items.extend(
            self.prefs.themes.iter().enumerate().map(|(at, theme)| {
                item("theme", format!("theme {}", theme.name), theme.about.clone(), Runs::Theme(at))
            }),
        );
        items
    }

    /// The lines that match what is typed, the best first; all lines if nothing is typed.
    pub fn found(&self, search: &Search) -> Vec<Item> {
        let typed = search.input.value().trim();
        let all = match search.kind {
            Kind::Help => self.help(search.scope),
            Kind::Commands => self.palette(search.scope),
        };
        if typed.is_empty() {
            return all;
        }
        let (mut matcher, mut letters) = (Matcher::new(Config::DEFAULT), Vec::new());
        let named = Pattern::new(typed, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
        // In a description only whole pieces count: scattered letters would match almost anything.
        let told = Pattern::new(typed, CaseMatching::Ignore, Normalization::Smart, AtomKind::Substring);
        let mut score = |pattern: &Pattern, text: &str| pattern.score(Utf32Str::new(text, &mut letters), &mut matcher);
        let mut scored: Vec<(u32, Item)> = Vec::new();
        for item in all {
            // A matching name counts more than a matching description.
            let command = match &item.runs {
                Runs::Command(binding) => binding.command.name(),
                Runs::Board(_) | Runs::Sort(_) | Runs::Theme(_) | Runs::Order(_) | Runs::Nothing => "",
            };
            let name = score(&named, &item.title).max(score(&named, command)).map(|score| score * 2 + 100);
            let about = score(&told, &format!("{} {}", item.title, item.about));
            if let Some(score) = name.max(about) {
                scored.push((score, item));
            }
        }
        // Of two equal matches the shorter one comes first.
        scored.sort_by_key(|(score, item)| (std::cmp::Reverse(*score), item.title.len()));
        if search.kind == Kind::Commands {
            let id = typed.split_whitespace().next_back().unwrap_or_default();
            if id.chars().any(|letter| letter.is_ascii_digit()) {
                let title = format!("order {id}");
                scored.insert(0, (0, item("order", title, "go to this order", Runs::Order(id.to_owned()))));
            }
        }
        scored.into_iter().map(|(_, item)| item).collect()
    }

    pub(super) fn type_search(&mut self, key: KeyEvent) {
        if let Some(Layer::Search(search)) = self.layers.last_mut() {
            search.input.handle_event(&Event::Key(key));
            search.at = 0;
        }
    }

    pub(super) fn on_search(&mut self, command: Command) -> Vec<Effect> {
        let Some(Layer::Search(search)) = self.layers.last() else { return Vec::new() };
        let items = self.found(search);
        let (last, screen) = (items.len().saturating_sub(1), usize::from(self.size.1).saturating_sub(4).max(1));
        let at = match command {
            Command::Down => search.at + 1,
            Command::Up => search.at.saturating_sub(1),
            Command::PageDown => search.at + screen,
            Command::PageUp => search.at.saturating_sub(screen),
            Command::Choose => match items.get(search.at).map(|item| item.runs.clone()) {
                None | Some(Runs::Nothing) => return Vec::new(),
                Some(runs) => {
                    self.layers.pop();
                    return self.run_item(runs);
                }
            },
            _ => {
                self.layers.pop();
                return Vec::new();
            }
        };
        if let Some(Layer::Search(search)) = self.layers.last_mut() {
            search.at = at.min(last);
        }
        Vec::new()
    }

    fn run_item(&mut self, runs: Runs) -> Vec<Effect> {
        match runs {
            Runs::Nothing => {}
            Runs::Command(binding) => {
                let key = self.prefs.keys.keys(binding).first().and_then(|keys| keys::event(keys));
                // A chord has no single key event: no command depends on the second half of its chord.
                let key = key.unwrap_or_else(|| KeyEvent::from(crossterm::event::KeyCode::Null));
                return self.run_bound(binding, key);
            }
            Runs::Board(row) => {
                self.put_layers_away();
                self.focus = super::Pane::List;
                self.choose_row(row);
            }
            Runs::Sort(sort) => return self.sort_by(sort),
            Runs::Theme(at) => self.set_theme(at),
            Runs::Order(id) => return vec![Effect::Seek(id)],
        }
        Vec::new()
    }
}
