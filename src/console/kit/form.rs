//! Forms: fields to type in, of one line or several, and fields to choose in. What they mean is decided where a form is opened.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use tui_input::Input;

use crate::console::kit::composer::Composer;
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::field::Entry;
pub use crate::console::kit::field::{Field, Takes};
use crate::console::kit::input::{insert, is_letter, type_key};
use crate::console::kit::place::Reach;
use crate::settings::keys::{Command, name};
use crate::text;

/// The least width of the labels.
const LABELS: usize = 14;

/// The fields of a form, and the selected one.
#[derive(Debug, Clone)]
pub struct Form<N> {
    /// The fields.
    pub fields: Vec<Field<N>>,
    /// The selected field.
    pub at: usize,
}

impl<N: Copy + PartialEq> Form<N> {
    /// A form with the first field selected.
    pub const fn new(fields: Vec<Field<N>>) -> Self {
        Self { fields, at: 0 }
    }

    /// The selected field, if there are any.
    pub fn here(&self) -> Option<&Field<N>> {
        self.fields.get(self.at)
    }

    /// Which field is selected.
    pub fn name(&self) -> Option<N> {
        self.here().map(|field| field.name)
    }

    /// Whether a value is chosen in the selected field, not typed.
    pub fn chooses(&self) -> bool {
        self.here().is_some_and(Field::is_choice)
    }

    /// Whether the selected field takes words, which may be private.
    pub fn takes_words(&self) -> bool {
        self.here().is_some_and(|field| matches!(field.takes, Takes::Words | Takes::Text(_)))
    }

    /// The field with this name.
    pub fn field_mut(&mut self, name: N) -> Option<&mut Field<N>> {
        self.fields.iter_mut().find(|field| field.name == name)
    }

    /// Whether it has a field with this name.
    pub fn has(&self, name: N) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// The text of a field, without blanks around it; empty if the form does not have it.
    pub fn text(&self, name: N) -> &str {
        self.fields.iter().find(|field| field.name == name).map_or("", |field| field.text().trim())
    }

    /// The text of a field, if there is any.
    pub fn said(&self, name: N) -> Option<String> {
        Some(self.text(name).to_owned()).filter(|text| !text.is_empty())
    }

    /// Gives a field a computed text.
    pub fn set(&mut self, name: N, text: impl Into<String>) {
        if let Some(field) = self.field_mut(name) {
            field.put(text);
            field.by_hand = false;
        }
    }

    /// Goes to a field, if the form has it.
    pub fn go(&mut self, name: N) {
        self.at = self.fields.iter().position(|field| field.name == name).unwrap_or(self.at);
    }

    /// Goes to the next field, if the selected one is not the last. Returns whether it went.
    pub const fn advance(&mut self) -> bool {
        let goes = self.at + 1 < self.fields.len();
        if goes {
            self.at += 1;
        }
        goes
    }

    /// After a choice by its number: goes to the next field in which nothing stands yet, if there is one.
    pub fn go_on(&mut self) {
        let after = self.fields.iter().enumerate().skip(self.at + 1);
        let empty = after.filter(|(_, field)| field.text().trim().is_empty()).map(|(at, _)| at);
        self.at = empty.min().unwrap_or(self.at);
    }

    /// Types a key into a plain form; a choice by its number goes on to the next empty field.
    pub fn types(&mut self, key: KeyEvent) {
        let chooses = self.chooses() && digit(&key).is_some();
        if self.type_key(key) && chooses {
            self.go_on();
        }
    }

    /// Begins a new line, or moves up or down, in a text of several lines. Returns whether it did: if not, the key is for the form.
    pub fn stays(&mut self, key: &KeyEvent) -> bool {
        let Some(field) = self.fields.get_mut(self.at) else { return false };
        let Entry::Lines(lines) = &mut field.entry else { return false };
        if key.code == KeyCode::Enter {
            lines.type_key(*key);
            field.by_hand = true;
            return true;
        }
        lines.goes(key)
    }

    /// Goes to the next or the previous field, and wraps around.
    pub fn turn(&mut self, forward: bool) {
        let count = self.fields.len().max(1);
        self.at = (self.at + if forward { 1 } else { count - 1 }) % count;
    }

    /// Chooses the next or the previous value of the selected field. Returns whether it changed.
    pub fn choose(&mut self, forward: bool) -> bool {
        let Some(field) = self.fields.get_mut(self.at) else { return false };
        let choices = field.choices();
        let count = choices.len();
        if count == 0 {
            return false;
        }
        // Nothing chosen counts as the last value: forward comes the first.
        let now = choices.iter().position(|(value, _)| value == field.text()).unwrap_or(count - 1);
        let next = (now + if forward { 1 } else { count - 1 }) % count;
        let chosen = choices[next].0.clone();
        field.put(chosen);
        field.by_hand = true;
        true
    }

    /// Types a key into the selected field; a digit chooses the value with that number. Returns whether it takes keys.
    pub fn type_key(&mut self, key: KeyEvent) -> bool {
        if let Some(number) = digit(&key).filter(|_| self.chooses()) {
            return self.choose_number(number);
        }
        self.write(is_letter(&key), |input| type_key(input, key), |lines| lines.type_key(key))
    }

    /// Pastes text into the selected field. Returns whether it takes text.
    pub fn paste(&mut self, text: &str) -> bool {
        self.write(true, |input| insert(input, text), |lines| lines.insert(text))
    }

    /// Chooses the value with this number, from 1. Returns whether there is one.
    fn choose_number(&mut self, number: usize) -> bool {
        let Some(field) = self.fields.get_mut(self.at) else { return false };
        let value = number.checked_sub(1).and_then(|at| field.choices().get(at)).map(|(value, _)| value.clone());
        let Some(value) = value else { return false };
        field.put(value);
        field.by_hand = true;
        true
    }

    fn write(&mut self, replaces: bool, line: impl FnOnce(&mut Input), lines: impl FnOnce(&mut Composer)) -> bool {
        let Some(field) = self.fields.get_mut(self.at).filter(|field| !field.is_choice()) else { return false };
        if replaces && field.is_suggestion() {
            field.put("");
        }
        match &mut field.entry {
            Entry::Line(input) => line(input),
            Entry::Lines(text) => lines(text),
        }
        field.by_hand = true;
        true
    }

    /// The width of the labels.
    fn labels(&self) -> usize {
        let widest = self.fields.iter().map(|field| text::width(field.label)).max().unwrap_or(0);
        (widest + 3).max(LABELS)
    }

    /// How a click on a field reaches it. On a field to choose in that is selected already, it chooses the next value.
    fn reach(&self, at: usize) -> Reach {
        let turn = if at < self.at { Command::PreviousField } else { Command::NextField };
        match self.chooses() && at == self.at {
            true => Reach::Key(KeyCode::Right),
            false => Reach::Steps(vec![(turn, at.abs_diff(self.at))]),
        }
    }

    /// Draws the fields into a dialog. With `focus`, the selected one has the cursor.
    pub fn draw(&self, dialog: &mut DialogBox, focus: bool, style: Style) {
        let (look, labels) = (dialog.look, self.labels());
        for (at, field) in self.fields.iter().enumerate() {
            let here = at == self.at && focus;
            let hint = text::cut(&field.hint, field.hint_room(dialog.room.saturating_sub(labels)));
            let wide = dialog.room.saturating_sub(labels + text::width(&hint) + 2);
            let (lines, cursor) = field.shown(here, wide);
            if here {
                let (line, column) = cursor.unwrap_or_default();
                dialog.at = dialog.lines.len() + line;
                dialog.cursor = cursor.map(|_| labels + column);
            }
            let bar = if here { look.glyphs.bar } else { " " };
            // Highlighted, because the first typed letter replaces a suggestion.
            let style = if here && field.is_suggestion() { look.selected(true) } else { style };
            for line in (0..lines.len()).filter(|_| focus) {
                dialog.reach(dialog.lines.len() + line, self.reach(at));
            }
            for (nth, shown) in lines.into_iter().enumerate() {
                let (label, hint) = if nth == 0 { (field.label, hint.as_str()) } else { ("", "") };
                let rest = wide.saturating_sub(text::width(&shown));
                dialog.lines.push(Line::from(vec![
                    Span::styled(
                        format!("{bar} {}", text::left(label, labels - 2)),
                        if here { look.focus() } else { look.title() },
                    ),
                    Span::styled(shown, style),
                    Span::raw(" ".repeat(rest)),
                    Span::styled(format!("  {hint}"), look.dim()),
                ]));
            }
        }
        if focus {
            self.draw_values(dialog);
        }
    }

    /// The values of the selected field, below all fields and with room for those of each: nothing moves when another one is selected.
    fn draw_values(&self, dialog: &mut DialogBox) {
        let listed = |field: &Field<N>| field.listed(dialog.room.saturating_sub(2));
        let most = self.fields.iter().map(|field| listed(field).len()).max().unwrap_or(0);
        let mut lines = self.here().map(listed).unwrap_or_default();
        lines.resize(most, String::new());
        let style = dialog.look.dim();
        dialog.lines.extend(lines.into_iter().map(|words| Line::styled(format!("  {words}"), style)));
    }
}

/// What a key asks of a plain form, beyond what the form does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Nothing more: the form has moved or changed.
    Nothing,
    /// It types.
    Type,
    /// It sends.
    Send,
    /// It closes.
    Close,
}

impl<N: Copy + PartialEq> Form<N> {
    /// Moves in the form or chooses, and says what else the key asks for.
    pub fn on(&mut self, command: Command, key: &KeyEvent) -> Asked {
        match command {
            Command::Go | Command::NextField | Command::PreviousField if self.stays(key) => {}
            Command::NextField => self.turn(true),
            Command::PreviousField => self.turn(false),
            Command::Left | Command::Right if self.chooses() => _ = self.choose(command == Command::Right),
            Command::Left | Command::Right => return Asked::Type,
            Command::Go if self.advance() => {}
            Command::Go | Command::Send => return Asked::Send,
            _ => return Asked::Close,
        }
        Asked::Nothing
    }
}

/// The digit that a key types.
pub fn digit(key: &KeyEvent) -> Option<usize> {
    name(key)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Form<char> {
        let choices = ["a", "b", "c"].map(|value| (value.to_owned(), value.to_owned()));
        Form::new(vec![
            Field::amount('m', "Amount", "").with("100"),
            Field::words('w', "Words", ""),
            Field::choice('c', "Choice", choices.to_vec()),
        ])
    }

    /// The first letter replaces a suggested amount; later ones add to it, and words are never replaced.
    #[test]
    fn a_suggestion_is_replaced_once() {
        let mut it = form();
        for letter in "25".chars() {
            assert!(it.type_key(KeyCode::Char(letter).into()));
        }
        assert_eq!(it.text('m'), "25");
        it.turn(true);
        it.turn(false);
        it.paste("\n0");
        assert_eq!(it.text('m'), "25 0");
        it.set('m', "7");
        it.type_key(KeyCode::Backspace.into());
        assert_eq!(it.text('m'), "");
    }

    #[test]
    fn choices_go_around_and_are_not_typed() {
        let mut it = form();
        it.go('c');
        assert!(!it.type_key(KeyCode::Char('x').into()) && !it.paste("x") && it.chooses());
        let mut press = |forward, expect: &str| {
            it.choose(forward);
            assert_eq!(it.text('c'), expect);
        };
        press(false, "b");
        press(true, "c");
        press(true, "a");
        press(false, "c");
        assert!(it.type_key(KeyCode::Char('1').into()) && it.text('c') == "a", "by its number");
        assert!(!it.type_key(KeyCode::Char('4').into()), "there are three");
    }
}
