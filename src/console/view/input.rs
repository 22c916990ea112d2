//! How an input field looks: what fits, and where the cursor is.

use crate::text;

/// The visible text of an input field, and the cursor's cell in it. Long text is cut so that the part before the cursor
/// stays visible.
pub(super) fn typed(input: &tui_input::Input, room: usize) -> (String, usize) {
    let cursor = input.value().char_indices().nth(input.cursor()).map_or(input.value().len(), |(at, _)| at);
    let (before, after) = input.value().split_at(cursor);
    let head = text::tail(&text::clean(before), room.saturating_sub(1));
    let at = text::width(&head);
    (text::cut(&(head + &text::clean(after)), room), at)
}
