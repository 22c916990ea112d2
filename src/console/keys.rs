//! The one table of commands: keys, footer, help and what read-only takes away are all read from it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use strum::VariantArray;

/// Where keys go: the topmost layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray)]
pub enum Scope {
    /// The three panes.
    Panes,
    /// The action menu. The letters and digits of its lines come on top.
    Menu,
    /// A form with text fields.
    Form,
    /// A question with two answers.
    Confirm,
    /// A question that wants a typed word.
    Word,
    /// Text to read: help and messages.
    Page,
    /// The line where a filter is typed.
    Filter,
    /// What waits in quarantine. The digits of its readings come on top.
    Quarantine,
    /// Under every other.
    Everywhere,
}

impl Scope {
    /// For headings.
    pub fn title(self) -> &'static str {
        match self {
            Self::Panes => "In the panes",
            Self::Menu => "In the action menu",
            Self::Form => "In a form",
            Self::Confirm => "Before anything is written",
            Self::Word => "Before money is decided",
            Self::Page => "In help and messages",
            Self::Filter => "While a filter is typed",
            Self::Quarantine => "In the quarantine",
            Self::Everywhere => "Everywhere",
        }
    }
}

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// One line down.
    Down,
    /// One line up.
    Up,
    /// A screen down.
    PageDown,
    /// A screen up.
    PageUp,
    /// Half a screen down.
    HalfDown,
    /// Half a screen up.
    HalfUp,
    /// To the beginning.
    First,
    /// To the end.
    Last,
    /// The next pane, around.
    NextPane,
    /// The pane before, around.
    PreviousPane,
    /// Into what is selected.
    Open,
    /// One layer back.
    Back,
    /// One layer back; out of the program at the first.
    Quit,
    /// Find orders by a query.
    Filter,
    /// The action menu.
    Actions,
    /// What waits in quarantine.
    Quarantine,
    /// All messages.
    Messages,
    /// What the keys do here.
    Help,
    /// Read everything anew.
    Refresh,
    /// The menu with its reasons.
    Reasons,
    /// Take what is selected.
    Choose,
    /// The next field.
    NextField,
    /// The field before.
    PreviousField,
    /// The choice to the left, or the letter.
    Left,
    /// The choice to the right, or the letter.
    Right,
    /// On to the question, or its answer.
    Go,
    /// Back into the form.
    Edit,
    /// Put a fact away.
    Dismiss,
    /// Draw the screen anew.
    Redraw,
    /// Go into the background.
    Suspend,
    /// Leave the program.
    Leave,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// Where.
    pub scope: Scope,
    /// What.
    pub command: Command,
    /// By which keys. Two letters are pressed one after the other.
    pub keys: &'static [&'static str],
    /// For the footer; empty where it is not worth the room.
    pub hint: &'static str,
    /// For the help.
    pub about: &'static str,
    /// Whether it leads to writing: read-only takes it away.
    pub writes: bool,
}

const fn row(
    scope: Scope,
    command: Command,
    keys: &'static [&'static str],
    hint: &'static str,
    about: &'static str,
) -> Binding {
    Binding { scope, command, keys, hint, about, writes: false }
}

const fn writing(binding: Binding) -> Binding {
    Binding { writes: true, ..binding }
}

/// All of them, in the order of the help.
pub const TABLE: &[Binding] = &[
    row(Scope::Panes, Command::Open, &["enter", "l", "right"], "open", "go into what is selected"),
    row(Scope::Panes, Command::Back, &["esc", "h", "left"], "back", "one pane back"),
    row(Scope::Panes, Command::Actions, &["a", "x"], "actions", "what may be done to this order, and why not the rest"),
    row(Scope::Panes, Command::Filter, &["/"], "filter", "find orders of any status, as one types"),
    row(Scope::Panes, Command::Down, &["j", "down", "n"], "", "down"),
    row(Scope::Panes, Command::Up, &["k", "up", "N"], "", "up"),
    row(Scope::Panes, Command::NextPane, &["tab"], "", "the next pane"),
    row(Scope::Panes, Command::PreviousPane, &["shift-tab"], "", "the pane before"),
    row(Scope::Panes, Command::First, &["g g", "home"], "", "to the beginning"),
    row(Scope::Panes, Command::Last, &["G", "end"], "", "to the end"),
    row(Scope::Panes, Command::PageDown, &["pgdn"], "", "a screen down"),
    row(Scope::Panes, Command::PageUp, &["pgup"], "", "a screen up"),
    row(Scope::Panes, Command::HalfDown, &["ctrl-d"], "", "half a screen down"),
    row(Scope::Panes, Command::HalfUp, &["ctrl-u"], "", "half a screen up"),
    row(Scope::Panes, Command::Quarantine, &["Q"], "quarantine", "what came in and waits for a person"),
    row(Scope::Panes, Command::Messages, &["!"], "messages", "everything this program had to say"),
    row(Scope::Panes, Command::Refresh, &["r"], "refresh", "read everything anew"),
    row(Scope::Panes, Command::Help, &["?"], "help", "what the keys do here"),
    row(Scope::Panes, Command::Quit, &["q"], "quit", "one pane back; quits at the first"),
    writing(row(
        Scope::Menu,
        Command::Choose,
        &["enter"],
        "choose",
        "take what is selected; so do its letter and digit",
    )),
    row(Scope::Menu, Command::Down, &["j", "down", "tab"], "", "down"),
    row(Scope::Menu, Command::Up, &["k", "up", "shift-tab"], "", "up"),
    row(Scope::Menu, Command::Reasons, &["?"], "reasons", "everything the law knows here, with the reasons why not"),
    row(Scope::Menu, Command::Back, &["esc", "q"], "back", "close the menu"),
    writing(row(Scope::Form, Command::Go, &["enter"], "go on", "on to the question, if the law allows it")),
    row(Scope::Form, Command::NextField, &["tab", "down"], "next field", "the next field"),
    row(Scope::Form, Command::PreviousField, &["shift-tab", "up"], "", "the field before"),
    row(Scope::Form, Command::Left, &["left"], "", "the choice, or the letter, to the left"),
    row(Scope::Form, Command::Right, &["right"], "", "the choice, or the letter, to the right"),
    row(Scope::Form, Command::Back, &["esc"], "back", "close the form; what was typed is kept"),
    row(Scope::Confirm, Command::Left, &["left", "h", "shift-tab"], "", "the other answer"),
    row(Scope::Confirm, Command::Right, &["right", "l", "tab"], "the other answer", "the other answer"),
    writing(row(Scope::Confirm, Command::Go, &["enter"], "answer", "take the marked answer")),
    row(Scope::Confirm, Command::Edit, &["e"], "edit", "back into the form: a note, a reference"),
    row(Scope::Confirm, Command::Back, &["esc", "q"], "back", "do nothing"),
    writing(row(Scope::Word, Command::Go, &["enter"], "do it", "do it, once the word is typed")),
    row(Scope::Word, Command::Back, &["esc"], "back", "do nothing"),
    row(Scope::Page, Command::Down, &["j", "down"], "", "down"),
    row(Scope::Page, Command::Up, &["k", "up"], "", "up"),
    row(Scope::Page, Command::PageDown, &["pgdn", "ctrl-d"], "", "a screen down"),
    row(Scope::Page, Command::PageUp, &["pgup", "ctrl-u"], "", "a screen up"),
    row(Scope::Page, Command::First, &["g g", "home"], "", "to the beginning"),
    row(Scope::Page, Command::Last, &["G", "end"], "", "to the end"),
    row(Scope::Page, Command::Back, &["esc", "q", "?", "!"], "back", "close"),
    row(Scope::Filter, Command::Go, &["enter"], "keep", "keep the filter and go into the list"),
    row(Scope::Filter, Command::Down, &["down"], "", "down in the list"),
    row(Scope::Filter, Command::Up, &["up"], "", "up in the list"),
    row(
        Scope::Filter,
        Command::Back,
        &["esc"],
        "back",
        "the list as it was; what was typed is there again with the next /",
    ),
    row(Scope::Quarantine, Command::Down, &["j", "down"], "", "down"),
    row(Scope::Quarantine, Command::Up, &["k", "up"], "", "up"),
    row(Scope::Quarantine, Command::PageDown, &["pgdn", "ctrl-d"], "", "further down"),
    row(Scope::Quarantine, Command::PageUp, &["pgup", "ctrl-u"], "", "further up"),
    writing(row(Scope::Quarantine, Command::Dismiss, &["d"], "dismiss", "put this fact away, with a reason")),
    row(Scope::Quarantine, Command::Refresh, &["r"], "refresh", "read everything anew"),
    row(Scope::Quarantine, Command::Messages, &["!"], "", "everything this program had to say"),
    row(Scope::Quarantine, Command::Help, &["?"], "help", "what the keys do here"),
    row(Scope::Quarantine, Command::Back, &["esc", "q"], "back", "to the orders"),
    row(Scope::Everywhere, Command::Redraw, &["ctrl-l"], "", "draw the screen anew"),
    row(Scope::Everywhere, Command::Suspend, &["ctrl-z"], "", "into the background; fg comes back"),
    row(Scope::Everywhere, Command::Leave, &["ctrl-c"], "", "quit, from anywhere"),
];

/// The rows of a scope.
pub fn of(scope: Scope) -> impl Iterator<Item = &'static Binding> {
    TABLE.iter().filter(move |binding| binding.scope == scope)
}

/// The row that these keys mean in this scope.
pub fn find(scope: Scope, keys: &str) -> Option<&'static Binding> {
    of(scope).chain(of(Scope::Everywhere)).find(|binding| binding.keys.contains(&keys))
}

/// Whether more keys have to follow this one in this scope.
pub fn begins(scope: Scope, key: &str) -> bool {
    let begun = |keys: &&str| keys.strip_prefix(key).is_some_and(|rest| rest.starts_with(' '));
    of(scope).any(|binding| binding.keys.iter().any(begun))
}

/// The Arabic keyboard's letters and the keys they lie on: terminals report the letter, not the key.
const ARABIC: &[(char, char)] = &[
    ('ض', 'q'),
    ('\u{64e}', 'Q'),
    ('ص', 'w'),
    ('ث', 'e'),
    ('ق', 'r'),
    ('ف', 't'),
    ('غ', 'y'),
    ('ع', 'u'),
    ('ه', 'i'),
    ('خ', 'o'),
    ('ح', 'p'),
    ('ش', 'a'),
    ('س', 's'),
    ('ي', 'd'),
    ('ب', 'f'),
    ('ل', 'g'),
    ('ا', 'h'),
    ('ت', 'j'),
    ('ن', 'k'),
    ('م', 'l'),
    ('ئ', 'z'),
    ('ء', 'x'),
    ('ؤ', 'c'),
    ('ر', 'v'),
    ('ﻻ', 'b'),
    ('ى', 'n'),
    ('ة', 'm'),
    ('؟', '?'),
    ('١', '1'),
    ('٢', '2'),
    ('٣', '3'),
    ('٤', '4'),
    ('٥', '5'),
    ('٦', '6'),
    ('٧', '7'),
    ('٨', '8'),
    ('٩', '9'),
];

/// The name of a key as the table writes it; `None` for keys nothing could be bound to.
pub fn name(key: &KeyEvent) -> Option<String> {
    let plain = match key.code {
        KeyCode::Char(letter) => {
            let letter = ARABIC.iter().find(|(arabic, _)| *arabic == letter).map_or(letter, |(_, latin)| *latin);
            let control = key.modifiers.contains(KeyModifiers::CONTROL);
            return match (control, key.modifiers.contains(KeyModifiers::ALT)) {
                (_, true) => None,
                (true, false) => Some(format!("ctrl-{}", letter.to_ascii_lowercase())),
                (false, false) => Some(letter.to_string()),
            };
        }
        KeyCode::Enter => "enter",
        KeyCode::Esc => "esc",
        KeyCode::Tab => "tab",
        KeyCode::BackTab => "shift-tab",
        KeyCode::Up => "up",
        KeyCode::Down => "down",
        KeyCode::Left => "left",
        KeyCode::Right => "right",
        KeyCode::Home => "home",
        KeyCode::End => "end",
        KeyCode::PageUp => "pgup",
        KeyCode::PageDown => "pgdn",
        _ => return None,
    };
    Some(plain.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::domain::{Provider, letter};

    #[test]
    fn no_key_has_two_meanings_in_one_layer() {
        let mut seen = HashMap::new();
        for binding in TABLE {
            for keys in binding.keys {
                let first = seen.insert((binding.scope as u8, *keys), binding.command);
                assert_eq!(first, None, "{keys} in {:?}", binding.scope);
                let shadows = binding.scope != Scope::Everywhere && find(Scope::Everywhere, keys).is_some();
                assert!(!shadows, "{keys} in {:?} hides what it does everywhere", binding.scope);
            }
        }
    }

    #[test]
    fn the_menus_letters_are_free() {
        for provider in Provider::VARIANTS {
            for (action, actor) in provider.moves() {
                let letter = letter(action, actor).to_string();
                assert!(find(Scope::Menu, &letter).is_none(), "{letter}");
            }
        }
    }

    /// An escape sequence cut in two arrives as Esc and these.
    #[test]
    fn the_rests_of_split_escapes_do_nothing() {
        for rest in ["[", "O", "A", "B", "C", "D"] {
            for scope in [Scope::Panes, Scope::Menu, Scope::Confirm, Scope::Page, Scope::Quarantine] {
                assert!(find(scope, rest).is_none(), "{rest} in {scope:?}");
            }
        }
    }

    #[test]
    fn arabic_letters_are_keys() {
        let check = |letter, expect: &str| {
            let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
            assert_eq!(name(&key).as_deref(), Some(expect));
        };
        check('ت', "j");
        check('ض', "q");
        check('؟', "?");
        check('j', "j");
        check('G', "G");
    }
}
