//! A page of a list as it is drawn: its rows, and below them the selected one in full.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::draw::{self, ends, inset, whole};
use super::look::Look;
use super::paged::{Paged, Row};
use super::place::{Place, Reach};
use super::scroll::centred;

/// Draws the rows, the selected one in the middle where that is possible. `row` draws one, told whether it is selected.
/// Returns where they are.
pub fn rows<R: Row>(
    list: &Paged<R>,
    look: Look,
    area: Rect,
    buf: &mut Buffer,
    row: impl Fn(&R, bool) -> Line<'static>,
) -> Vec<Place> {
    let mut places = Vec::new();
    let (at, count) = (list.at(), list.rows().len());
    let first = centred(at, usize::from(area.height), count);
    for ((place, it), line) in list.rows().iter().enumerate().skip(first).zip(area.rows()) {
        let words = row(it, place == at);
        places.push(Place { area: line, by: Reach::line(place, at) });
        if place == at {
            whole(words, line, look.selected(true), buf);
        } else {
            draw::put(&words, line, buf);
        }
    }
    ends(area, first, count, look, buf);
    places
}

/// Draws what stands where there is no row: that it is being read, or what would stand here. Returns whether it did.
pub fn nothing<R: Row>(list: &Paged<R>, look: Look, area: Rect, buf: &mut Buffer, empty: &str) -> bool {
    let is_empty = list.rows().is_empty();
    if is_empty {
        let words = if list.rows.is_some() { empty } else { "Reading …" };
        draw::lines(inset(words, usize::from(area.width), look.dim()), area, buf);
    }
    is_empty
}

/// Draws the rows, and below them the selected one in full, in at most half of the area. Returns where the rows are.
pub fn with_detail<R: Row>(
    list: &Paged<R>,
    look: Look,
    area: Rect,
    buf: &mut Buffer,
    row: impl Fn(&R, bool) -> Line<'static>,
    detail: impl Fn(&R) -> Vec<Line<'static>>,
) -> Vec<Place> {
    let lines = list.row().map(detail).unwrap_or_default();
    let below = (lines.len() as u16).min(area.height / 2);
    let places = rows(list, look, Rect { height: area.height - below, ..area }, buf, row);
    draw::lines(lines, Rect { y: area.bottom() - below, height: below, ..area }, buf);
    places
}
