//! The kinds of a list in one line: the one that is listed in brackets, and always whole.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::draw;
use super::look::Look;
use super::place::{Place, along};
use crate::text;

/// Draws the kinds, each with its style. Returns where they are: a click lists one.
pub fn draw(kinds: Vec<(String, Style)>, listed: usize, look: Look, area: Rect, buf: &mut Buffer) -> Vec<Place> {
    let span = |(at, (words, style)): (usize, (String, Style))| match at == listed {
        true => Span::styled(format!(" [{words}]"), look.selected(true)),
        false => Span::styled(format!("  {words} "), style),
    };
    let mut spans: Vec<Span<'static>> = kinds.into_iter().enumerate().map(span).collect();
    let until =
        |spans: &[Span<'_>]| spans.iter().take(listed + 1).map(|span| text::width(&span.content)).sum::<usize>();
    // What is left out stays in its place, without words.
    let mut first = 0;
    while first < listed && until(&spans) + 2 > usize::from(area.width) {
        spans[first] = Span::raw("");
        first += 1;
    }
    if let Some(left_out) = first.checked_sub(1) {
        spans[left_out] = Span::styled("…", look.dim());
    }
    let line = Line::from(spans);
    draw::lines([line.clone()], area, buf);
    along(&line, area, listed)
}
