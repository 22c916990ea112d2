//! Converts a screen to SVG, cell by cell.

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::text;

/// The size of a cell and the margin around the screen, in pixels.
const CELL: (usize, usize) = (9, 19);
const EDGE: usize = 10;

/// The terminal that a picture looks like: its foreground and background, and its sixteen colours.
#[derive(Debug)]
pub struct Paper {
    ground: [&'static str; 2],
    ansi: [&'static str; 16],
}

/// A dark terminal.
pub const DARK: Paper = Paper {
    ground: ["#c9cdd2", "#16181c"],
    ansi: [
        "#3a3f47", "#f0716b", "#5fb96a", "#d9a93f", "#6ea2f0", "#c58af0", "#4fb3bf", "#c9cdd2", "#7a828c", "#ff938d",
        "#84d68d", "#f2cb6c", "#94bcff", "#d9adff", "#7fd3dd", "#ffffff",
    ],
};

/// A light terminal.
pub const LIGHT: Paper = Paper {
    ground: ["#24292f", "#ffffff"],
    ansi: [
        "#24292f", "#b42318", "#116329", "#7a4d00", "#0550ae", "#7a3ec8", "#0a5f6b", "#6e7781", "#57606a", "#a40e26",
        "#1a7f37", "#633c01", "#218bff", "#8250df", "#1b7c83", "#8c959f",
    ],
};

fn indexed(at: u8, paper: &Paper) -> String {
    let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * u32::from(step) };
    match at {
        0..=15 => paper.ansi[usize::from(at)].to_owned(),
        16..=231 => {
            let at = at - 16;
            format!("#{:02x}{:02x}{:02x}", level(at / 36), level(at / 6 % 6), level(at % 6))
        }
        232.. => {
            let grey = 8 + 10 * u32::from(at - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
    }
}

fn colour(colour: Color, ground: &str, paper: &Paper) -> String {
    let indexed = |at| indexed(at, paper);
    match colour {
        Color::Reset => ground.to_owned(),
        Color::Black => indexed(0),
        Color::Red => indexed(1),
        Color::Green => indexed(2),
        Color::Yellow => indexed(3),
        Color::Blue => indexed(4),
        Color::Magenta => indexed(5),
        Color::Cyan => indexed(6),
        Color::Gray => indexed(7),
        Color::DarkGray => indexed(8),
        Color::LightRed => indexed(9),
        Color::LightGreen => indexed(10),
        Color::LightYellow => indexed(11),
        Color::LightBlue => indexed(12),
        Color::LightMagenta => indexed(13),
        Color::LightCyan => indexed(14),
        Color::White => indexed(15),
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        Color::Indexed(at) => indexed(at),
    }
}

/// Foreground, background and modifiers.
type Look = (String, String, Modifier);

fn look(cell: &Cell, paper: &Paper) -> Look {
    let (front, back) = (colour(cell.fg, paper.ground[0], paper), colour(cell.bg, paper.ground[1], paper));
    let rest = cell.modifier - Modifier::REVERSED;
    if cell.modifier.contains(Modifier::REVERSED) { (back, front, rest) } else { (front, back, rest) }
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The screen as an SVG document.
pub fn svg(buffer: &Buffer, paper: &Paper) -> String {
    let area = buffer.area;
    let (columns, rows) = (usize::from(area.width), usize::from(area.height));
    let (width, height) = (columns * CELL.0 + 2 * EDGE, rows * CELL.1 + 2 * EDGE);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace\" font-size=\"15\" xml:space=\"preserve\">\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{}\"/>\n",
        paper.ground[1]
    );
    for y in 0..area.height {
        let row: Vec<&Cell> = (0..area.width).filter_map(|x| buffer.cell((area.x + x, area.y + y))).collect();
        let mut at = 0;
        while at < row.len() {
            let style = look(row[at], paper);
            let end = (at..row.len()).find(|to| look(row[*to], paper) != style).unwrap_or(row.len());
            run(&mut svg, &row[at..end], (at, usize::from(y)), &style, paper);
            at = end;
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Draws a run of cells of one style. Its text is fitted to the width of the cells, for wide and right-to-left letters.
fn run(svg: &mut String, cells: &[&Cell], (column, row): (usize, usize), (front, back, rest): &Look, paper: &Paper) {
    let (x, y) = (EDGE + column * CELL.0, EDGE + row * CELL.1);
    let mut line = |words: std::fmt::Arguments<'_>| _ = writeln!(svg, "{words}");
    if back != paper.ground[1] {
        let wide = cells.len() * CELL.0;
        line(format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{}\" fill=\"{back}\"/>", CELL.1));
    }
    let mut words = String::new();
    let mut skip = 0;
    for cell in cells {
        if skip > 0 {
            skip -= 1;
            continue;
        }
        skip = text::cells(cell.symbol()).saturating_sub(1);
        words.push_str(cell.symbol());
    }
    let blank = words.trim_end();
    if blank.trim_start().is_empty() {
        return;
    }
    let before = words.len() - words.trim_start().len();
    let words = blank.trim_start();
    let mut style = String::new();
    for (modifier, says) in [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::DIM, " opacity=\"0.6\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
    ] {
        style.push_str(if rest.contains(modifier) { says } else { "" });
    }
    let (from, wide) = (x + before * CELL.0, text::width(words) * CELL.0);
    line(format_args!(
        "<text x=\"{from}\" y=\"{}\" fill=\"{front}\"{style} textLength=\"{wide}\">{}</text>",
        y + CELL.1 - 5,
        escaped(words)
    ));
}
