//! What help and the command palette list, and which lines match what is typed.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use strum::VariantArray;

use crate::console::app::state::App;
use crate::console::kit::look::name;
use crate::console::orders::list::BoardRow;
use crate::query::{self, Sort};
use crate::settings::keys::{self, Binding, Command, Scope};
use crate::text;

/// Help, or the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What the keys do here, in groups.
    Help,
    /// All commands, the best match first.
    Commands,
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
        | Scope::Requests
        | Scope::Drift
        | Scope::Statements
        | Scope::Desk
        | Scope::Sheet
        | Scope::Document
        | Scope::Team
        | Scope::Picker
        | Scope::Quarantine
        | Scope::Screens
        | Scope::Everywhere => None,
    }
}

fn item(group: &'static str, title: impl AsRef<str>, about: impl AsRef<str>, runs: Runs) -> Item {
    // Names and queries of shared views come from outside.
    let [title, about] = [title.as_ref(), about.as_ref()].map(text::clean);
    Item { group, title, about, keys: String::new(), runs }
}

/// The commands of a scope that this person can run, with their keys.
fn commands(app: &App, scope: Scope) -> impl Iterator<Item = (&'static Binding, String)> {
    let may = keys::working(scope).filter(|binding| !(binding.writes && app.session.read_only));
    may.map(|binding| (binding, app.prefs.keys.keys(binding).join("  ")))
}

/// Where the help of a screen goes first: to other screens, and to what is there on each of them.
const GO: [Command; 7] = [
    Command::Orders,
    Command::Desk,
    Command::Watch,
    Command::Requests,
    Command::Quarantine,
    Command::Filter,
    Command::Commands,
];
const EVERYWHERE: [Command; 7] =
    [Command::NextCase, Command::Case, Command::Messages, Command::Drift, Command::Mask, Command::Times, Command::Quit];

/// The beginning of a screen's help: three groups of at most seven keys. Everything follows below.
fn first(app: &App, scope: Scope) -> Vec<Item> {
    if !scope.is_screen() {
        return Vec::new();
    }
    let here: Vec<Command> =
        keys::of(scope).filter(|row| !row.hint.is_empty()).map(|row| row.command).take(7).collect();
    let groups: [(&'static str, &[Command]); 3] =
        [("On this screen", &here), ("Go", &GO), ("On each screen", &EVERYWHERE)];
    let all: Vec<(&'static Binding, String)> = commands(app, scope).collect();
    let mut items = Vec::new();
    for (group, wanted) in groups {
        for command in wanted {
            let row = all.iter().find(|(binding, _)| binding.command == *command);
            items.extend(row.map(|(binding, keys)| Item {
                keys: keys.clone(),
                ..item(group, keys, binding.about, Runs::Command(binding))
            }));
        }
    }
    items
}

/// What the keys do in a scope, then filter terms, signs and statuses.
fn help(app: &App, scope: Scope) -> Vec<Item> {
    let mut items = first(app, scope);
    for (binding, keys) in commands(app, scope) {
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
    let glyphs = app.prefs.look().glyphs;
    let looks = [(glyphs.marked, "marked"), (glyphs.changed, "changed just now")];
    items.extend(looks.iter().chain(&SIGNS).map(|(sign, about)| item("Signs", *sign, *about, Runs::Nothing)));
    items.extend(
        app.orders
            .statuses
            .iter()
            .map(|status| item("Statuses", name(*status), status.definition(), Runs::Board(BoardRow::Status(*status)))),
    );
    items
}

/// Everything that can be run by name.
fn palette(app: &App, scope: Scope) -> Vec<Item> {
    let mut items = Vec::new();
    for (binding, keys) in commands(app, scope).filter(|(binding, _)| binding.command != Command::Commands) {
        let title = binding.command.name().replace('-', " ");
        // A command that is in two layers is listed once.
        if !items.iter().any(|known: &Item| known.title == title) {
            items.push(Item { keys, ..item("command", title, binding.about, Runs::Command(binding)) });
        }
    }
    for (at, view) in app.orders.views.all.iter().enumerate() {
        let title = format!("view {}", view.name);
        items.push(item("view", title, app.shown_query(&view.text), Runs::Board(BoardRow::View(at))));
    }
    items.extend(app.orders.statuses.iter().map(|status| {
        let title = format!("status {} ({})", name(*status), status.provider().title());
        item("status", title, status.definition(), Runs::Board(BoardRow::Status(*status)))
    }));
    items.extend(
        Sort::VARIANTS
            .iter()
            .map(|sort| item("sort", format!("sort by {}", sort.name()), sort.definition(), Runs::Sort(*sort))),
    );
    items.extend(
        app.prefs
            .themes
            .iter()
            .enumerate()
            .map(|(at, theme)| item("theme", format!("theme {}", theme.name), theme.about.clone(), Runs::Theme(at))),
    );
    items
}

/// The lines that match what is typed, the best first; all lines if nothing is typed.
pub fn found(app: &App, kind: Kind, scope: Scope, typed: &str) -> Vec<Item> {
    let typed = typed.trim();
    let all = match kind {
        Kind::Help => help(app, scope),
        Kind::Commands => palette(app, scope),
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
    if kind == Kind::Commands {
        let id = typed.split_whitespace().next_back().unwrap_or_default();
        if id.chars().any(|letter| letter.is_ascii_digit()) {
            let title = format!("order {id}");
            scored.insert(0, (0, item("order", title, "go to this order", Runs::Order(id.to_owned()))));
        }
    }
    scored.into_iter().map(|(_, item)| item).collect()
}
