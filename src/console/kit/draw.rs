//! Lines, rules and signs, drawn so that text that was cut never looks complete.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};

use crate::console::kit::look::Look;
use crate::console::kit::place::Place;
use crate::text;

/// What drawing found out: it comes back to the state as this value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawn {
    /// The cursor, in the text field that has the focus.
    pub cursor: Option<Position>,
    /// Something was cut off: a question that was cut off cannot be answered.
    pub cut: bool,
    /// If it scrolls: how many lines it has, and how many of them fit.
    pub lines: Option<(usize, usize)>,
    /// What a click reaches.
    pub places: Vec<Place>,
}

/// Draws the lines from the top of the area. Lines that do not fit are left out.
pub fn lines<'a>(lines: impl IntoIterator<Item = Line<'a>>, area: Rect, buf: &mut Buffer) {
    for (line, row) in lines.into_iter().zip(area.rows()) {
        put(&line, row, buf);
    }
}

/// Draws a line. If it is longer than the row, it ends with an ellipsis: cut text must not look complete.
/// Each span begins where the one before ends, measured by grapheme: joined Arabic letters take the cells of each.
pub fn put(line: &Line<'_>, row: Rect, buf: &mut Buffer) {
    let row = row.intersection(buf.area);
    if row.is_empty() {
        return;
    }
    buf.set_style(row, line.style);
    let mut x = row.x;
    for span in &line.spans {
        let room = usize::from(row.right().saturating_sub(x));
        x = buf.set_stringn(x, row.y, &span.content, room, line.style.patch(span.style)).0;
    }
    let length: usize = line.spans.iter().map(|span| text::width(&span.content)).sum();
    if length <= usize::from(row.width) {
        return;
    }
    let last = row.right() - 1;
    let wide = last > row.x && buf.cell((last - 1, row.y)).is_some_and(|cell| text::cells(cell.symbol()) > 1);
    if wide && let Some(cell) = buf.cell_mut((last - 1, row.y)) {
        cell.set_symbol(" ");
    }
    if let Some(cell) = buf.cell_mut((last, row.y)) {
        cell.set_symbol("…");
    }
}

/// Text from outside, made safe to draw, in a style.
pub fn safe(text: &str, style: Style) -> Span<'static> {
    Span::styled(text::clean(text), style)
}

/// Draws a line and gives the whole area one style, for a selected line for example.
pub fn whole(line: Line<'_>, area: Rect, style: Style, buf: &mut Buffer) {
    put(&line, area, buf);
    buf.set_style(area, Style::reset());
    buf.set_style(area, style);
}

/// Words wrapped to this width, in a style. They are made safe first.
pub fn wrapped(words: &str, room: usize, style: Style) -> impl Iterator<Item = Line<'static>> + use<> {
    text::wrap(&text::clean(words), room).into_iter().map(move |words| Line::styled(words, style))
}

/// Like [`wrapped`], one cell from the left edge.
pub fn inset(words: &str, width: usize, style: Style) -> impl Iterator<Item = Line<'static>> + use<> {
    let lines = text::wrap(&text::clean(words), width.saturating_sub(2));
    lines.into_iter().map(move |words| Line::styled(format!(" {words}"), style))
}

/// A rule of this width with a title in it.
pub fn rule(title: &str, width: usize, look: Look) -> String {
    let rule = look.glyphs.rule;
    let rest = width.saturating_sub(text::width(title) + 5);
    format!(" {rule}{rule} {title} {}", rule.repeat(rest))
}

/// Marks at the right edge of an area that there is more above or below.
pub fn ends(area: Rect, first: usize, count: usize, look: Look, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let mut put = |y: u16, sign: &str| {
        if let Some(cell) = buf.cell_mut((area.right() - 1, y)) {
            cell.set_symbol(sign).set_style(look.warn());
        }
    };
    if first > 0 {
        put(area.top(), look.glyphs.above);
    }
    if first + usize::from(area.height) < count {
        put(area.bottom() - 1, look.glyphs.below);
    }
}

/// Gives cells without a colour the base colours of the theme.
pub fn base(look: Look, buf: &mut Buffer) {
    let Style { fg, bg, .. } = look.base();
    for cell in &mut buf.content {
        match (fg, bg) {
            (None, None) => return,
            (Some(fg), _) if cell.fg == Color::Reset => _ = cell.set_fg(fg),
            _ => {}
        }
        if let Some(bg) = bg.filter(|_| cell.bg == Color::Reset) {
            cell.set_bg(bg);
        }
    }
}

/// Replaces the signs of cut text and of bars, which no set of glyphs has, by ASCII.
pub fn ascii(buf: &mut Buffer) {
    for cell in &mut buf.content {
        match cell.symbol() {
            "…" => _ = cell.set_symbol(">"),
            "▁" | "▂" => _ = cell.set_symbol("."),
            "▃" | "▄" => _ = cell.set_symbol(":"),
            "▅" | "▆" => _ = cell.set_symbol("|"),
            "▇" | "█" => _ = cell.set_symbol("#"),
            "─" => _ = cell.set_symbol("-"),
            "\u{fffd}" => _ = cell.set_symbol("?"),
            _ => {}
        }
    }
}
