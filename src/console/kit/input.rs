//! A line of text to type: how it looks, and how text is pasted into it.

use crossterm::event::{Event, KeyCode, KeyEvent};
use tui_input::backend::crossterm::EventHandler;
use tui_input::{Input, InputRequest};

use crate::text;

/// The visible text of an input field, and the cursor's cell in it. Long text is cut so that the part before the cursor
/// stays visible.
pub fn typed(input: &Input, room: usize) -> (String, usize) {
    let cursor = input.value().char_indices().nth(input.cursor()).map_or(input.value().len(), |(at, _)| at);
    let (before, after) = input.value().split_at(cursor);
    let head = text::tail(&text::clean(before), room.saturating_sub(1));
    let at = text::width(&head);
    (text::cut(&(head + &text::clean(after)), room), at)
}

/// Types a key into a field.
pub fn type_key(input: &mut Input, key: KeyEvent) {
    input.handle_event(&Event::Key(key));
}

/// Whether a key is a letter, not a command.
pub fn is_letter(key: &KeyEvent) -> bool {
    matches!(key.code, KeyCode::Char(_)) && key.modifiers.is_empty()
}

/// Inserts pasted text into a field, on one line.
pub fn insert(input: &mut Input, text: &str) {
    for letter in text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }) {
        input.handle(InputRequest::InsertChar(letter));
    }
}
