//! One field of a form: what it takes, what stands in it, and how it is shown.

use tui_input::Input;

use crate::console::kit::composer::Composer;
use crate::console::kit::input::typed;
use crate::text;

/// How many lines of a text are shown while it is written, and when it is not.
const LINES: usize = 8;
const RESTING: usize = 3;
/// How many lines the values of a choice take.
const LISTED: usize = 4;

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Takes {
    /// Words.
    Words,
    /// Words of several lines, so many of them shown at a time.
    Text(usize),
    /// An amount. The first letter replaces one that nobody typed.
    Amount,
    /// One of these values, each with its words.
    Choice(Vec<(String, String)>),
}

/// What is typed or chosen.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    Line(Input),
    Lines(Box<Composer>),
}

/// A field of a form.
#[derive(Debug, Clone)]
pub struct Field<N> {
    /// Which field it is.
    pub name: N,
    /// Its label.
    pub label: &'static str,
    /// The typed text, or the chosen value.
    pub(super) entry: Entry,
    /// What it takes.
    pub takes: Takes,
    /// The hint next to it: its limit, or whether it is needed.
    pub hint: String,
    /// A person typed or chose it; otherwise it is suggested, or computed from other fields.
    pub by_hand: bool,
}

impl<N> Field<N> {
    /// An empty field for words.
    pub fn words(name: N, label: &'static str, hint: &str) -> Self {
        let takes = Takes::Words;
        let entry = Entry::Line(Input::default());
        Self { name, label, entry, takes, hint: hint.to_owned(), by_hand: false }
    }

    /// An empty field for words of several lines.
    pub fn lines(name: N, label: &'static str, hint: &str) -> Self {
        let entry = Entry::Lines(Box::new(Composer::new("")));
        Self { takes: Takes::Text(LINES), entry, ..Self::words(name, label, hint) }
    }

    /// An empty field for a long text.
    pub fn tall(name: N, label: &'static str, lines: usize) -> Self {
        Self { takes: Takes::Text(lines), ..Self::lines(name, label, "") }
    }

    /// An empty field for an amount.
    pub fn amount(name: N, label: &'static str, hint: &str) -> Self {
        Self { takes: Takes::Amount, ..Self::words(name, label, hint) }
    }

    /// A field to choose in.
    pub fn choice(name: N, label: &'static str, choices: Vec<(String, String)>) -> Self {
        Self { takes: Takes::Choice(choices), ..Self::words(name, label, "a digit, or left and right") }
    }

    /// The same field with this value.
    pub fn with(mut self, value: impl Into<String>) -> Self {
        self.put(value);
        self
    }

    /// Its text, or the chosen value.
    pub fn text(&self) -> &str {
        match &self.entry {
            Entry::Line(input) => input.value(),
            Entry::Lines(lines) => lines.value(),
        }
    }

    /// Gives it another text or value.
    pub fn put(&mut self, value: impl Into<String>) {
        self.entry = match self.entry {
            Entry::Line(_) => Entry::Line(Input::new(value.into())),
            Entry::Lines(_) => Entry::Lines(Box::new(Composer::new(value))),
        };
    }

    /// The values to choose from; none if it is typed.
    pub fn choices(&self) -> &[(String, String)] {
        match &self.takes {
            Takes::Choice(choices) => choices,
            Takes::Words | Takes::Text(_) | Takes::Amount => &[],
        }
    }

    pub(super) const fn is_choice(&self) -> bool {
        matches!(self.takes, Takes::Choice(_))
    }

    /// Whether the next letter replaces its text.
    pub(super) fn is_suggestion(&self) -> bool {
        self.takes == Takes::Amount && !self.by_hand && !self.text().is_empty()
    }

    /// The chosen value, in words.
    fn chosen(&self) -> String {
        let at = self.choices().iter().position(|(value, _)| value == self.text());
        let chosen = at.map(|at| (at + 1, text::clean(&self.choices()[at].1)));
        match chosen {
            Some((number, words)) if number < 10 && self.choices().len() > 1 => format!("< {number} {words} >"),
            Some((_, words)) => format!("< {words} >"),
            None => "< not decided >".to_owned(),
        }
    }

    /// All values with their numbers, to be shown while the field is selected; nothing if there are too few to need it.
    pub(super) fn listed(&self, room: usize) -> Vec<String> {
        let choices = self.choices();
        if choices.len() < 2 {
            return Vec::new();
        }
        let value = |(at, (_, words)): (usize, &(String, String))| {
            let number = if at < 9 { format!("{} ", at + 1) } else { String::new() };
            text::cut(&format!("{number}{}", text::clean(words)), room)
        };
        let mut lines: Vec<String> = Vec::new();
        for words in choices.iter().enumerate().map(value) {
            match lines.last_mut() {
                Some(line) if text::width(line) + text::width(&words) + 3 <= room => {
                    line.push_str("   ");
                    line.push_str(&words);
                }
                _ => lines.push(words),
            }
        }
        if lines.len() > LISTED {
            lines.truncate(LISTED);
            lines.iter_mut().last().into_iter().for_each(|last| *last = text::cut(&format!("{last} …"), room));
        }
        lines
    }

    /// The lines that are shown, and where the cursor is in them, if it can be there.
    pub(super) fn shown(&self, here: bool, room: usize) -> (Vec<String>, Option<(usize, usize)>) {
        match &self.entry {
            Entry::Line(_) if self.is_choice() => (vec![text::cut(&self.chosen(), room)], None),
            // Only the field with the focus scrolls to the cursor.
            Entry::Line(input) if here => {
                let (words, at) = typed(input, room);
                (vec![words], Some((0, at)))
            }
            Entry::Line(input) => (vec![text::cut(&text::clean(input.value()), room)], None),
            Entry::Lines(lines) if here => {
                let most = if let Takes::Text(most) = self.takes { most } else { LINES };
                let shown = lines.shown(room, most);
                (shown.lines, Some(shown.cursor))
            }
            Entry::Lines(lines) => {
                let mut all: Vec<String> =
                    lines.value().lines().flat_map(|line| text::wrap(&text::clean(line), room)).collect();
                if all.len() > RESTING {
                    all.truncate(RESTING);
                    all.iter_mut().last().into_iter().for_each(|last| *last = text::cut(&format!("{last} …"), room));
                }
                if all.is_empty() {
                    all.push(String::new());
                }
                (all, None)
            }
        }
    }

    /// The most cells for the hint: half of the room, and what a chosen value leaves.
    pub(super) fn hint_room(&self, room: usize) -> usize {
        let value = if self.is_choice() { text::width(&self.chosen()) } else { 0 };
        (room / 2).min(room.saturating_sub(value + 2))
    }
}
