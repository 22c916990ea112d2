//! Pictures in words' place: the time that is left as a bar, a share as a bar, how much of a list is done.

use chrono::TimeDelta;
use ratatui::style::Style;
use ratatui::text::Span;

use crate::console::kit::look::Look;

/// A bar is full from this much time on.
const FULL: TimeDelta = TimeDelta::hours(72);
/// Less than this is soon, and less than that very soon.
const SOON: TimeDelta = TimeDelta::hours(18);
const VERY_SOON: TimeDelta = TimeDelta::hours(7);

/// The style of a time that is left: one scale everywhere.
pub fn urgency(left: TimeDelta, look: Look) -> Style {
    match left {
        left if left <= VERY_SOON => look.bad(),
        left if left <= SOON => look.warn(),
        _ => Style::new(),
    }
}

/// How many of `cells` stand for this part of a whole. Only nothing is empty, and only the whole is full.
fn filled(part: i128, whole: i128, cells: usize) -> usize {
    if part <= 0 || whole <= 0 {
        return 0;
    }
    if part >= whole {
        return cells;
    }
    let share = (part * cells as i128 + whole / 2) / whole;
    usize::try_from(share).unwrap_or(cells).clamp(1, cells.saturating_sub(1).max(1))
}

/// The time that is left, as a bar of this many cells.
pub fn time(left: TimeDelta, cells: usize, look: Look) -> Span<'static> {
    let full = filled(i128::from(left.num_seconds()), i128::from(FULL.num_seconds()), cells);
    let [on, off] = look.glyphs.meter;
    Span::styled(on.repeat(full) + &off.repeat(cells - full), urgency(left, look))
}

/// A part of a whole as a bar of this many cells.
pub fn share(part: i128, whole: i128, cells: usize, look: Look) -> Span<'static> {
    let full = filled(part, whole, cells);
    let [on, _] = look.glyphs.meter;
    Span::styled(on.repeat(full) + &" ".repeat(cells - full), look.dim())
}

/// How many of a list are done, a cell each, at most ten cells.
pub fn meter(done: usize, all: usize, look: Look) -> Span<'static> {
    let cells = all.min(10);
    let full = filled(done as i128, all as i128, cells);
    let [on, off] = look.glyphs.meter;
    let style = if done >= all { look.good() } else { look.warn() };
    Span::styled(on.repeat(full) + &off.repeat(cells - full), style)
}

/// Two parts of a whole as one bar with a line between them.
pub fn split(first: i64, second: i64, cells: usize, look: Look) -> Vec<Span<'static>> {
    let room = cells.saturating_sub(1);
    let left = filled(i128::from(first), i128::from(first) + i128::from(second), room);
    let [on, _] = look.glyphs.meter;
    vec![
        Span::styled(on.repeat(left), look.title()),
        Span::styled(look.glyphs.vertical, look.key()),
        Span::styled(on.repeat(room - left), look.dim()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_nothing_is_empty_and_only_the_whole_is_full() {
        let check = |part, whole, expect| assert_eq!(filled(part, whole, 10), expect, "{part} of {whole}");
        check(0, 100, 0);
        check(-5, 100, 0);
        check(1, 1_000, 1);
        check(50, 100, 5);
        check(999, 1_000, 9);
        check(100, 100, 10);
        check(200, 100, 10);
        check(1, 0, 0);
    }
}
