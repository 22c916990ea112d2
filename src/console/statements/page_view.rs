//! Settlement statements as they are drawn: which one, its sums, what does not agree, and what that means.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::console::app::state::App;
use crate::console::kit::draw::{self, Drawn, inset};
use crate::console::kit::look::Look;
use crate::console::kit::paged_view::{nothing, with_detail};
use crate::console::kit::place::Place;
use crate::store::statements::{COUNTED, Difference, Kind, Statement, Sum, event, money};
use crate::text;

/// Below this width, rows do not say what is wrong: that is below, with the selected one.
const NARROW: usize = 100;

struct Shown<'a> {
    app: &'a App,
    look: Look,
}

/// An order's id without its provider.
fn id(name: &str) -> String {
    text::clean(name.split_once(':').map_or(name, |(_, id)| id))
}

/// Which statement: its id, days and rows, and its place among all.
fn heading(it: &Statement, at: usize, count: usize) -> String {
    let name = it.name.as_deref().map_or_else(|| format!("number {}", it.number), text::clean);
    let merchant = it.merchant.as_deref().map(|name| format!(" of merchant {}", text::clean(name))).unwrap_or_default();
    let days = it.first_day.zip(it.last_day).map(|(first, last)| format!(", {first} to {last}")).unwrap_or_default();
    let rows = if it.rows == 1 { "1 row".to_owned() } else { format!("{} rows", text::grouped(it.rows.into())) };
    let wrong = match it.wrong {
        0 => "all agree".to_owned(),
        1 => "1 does not agree".to_owned(),
        wrong if wrong >= COUNTED => format!("{} or more do not agree", text::grouped(COUNTED)),
        wrong => format!("{wrong} do not agree"),
    };
    let replaced = if it.replaced { ", replaced by another one" } else { "" };
    format!("{name}{merchant}{days}{replaced}: {rows}, {wrong}  ({} of {count})", at + 1)
}

/// What a person can do about a difference.
fn next(kind: Kind) -> &'static str {
    match kind {
        Kind::UnknownOrder => {
            "Check that this merchant's orders arrive here: recourse import --ids reads it at the provider."
        }
        Kind::NotRecorded => {
            "Have the order read at Tamara (K): what it did and we did not record is recorded, or listed in theirs and ours (D)."
        }
        Kind::TakenBack => "Ask Tamara why it took this capture back.",
        Kind::DoesNotAddUp => "Ask Tamara about this row.",
        Kind::NoRow => "Tamara has not paid it out or taken it back yet: ask Tamara about it.",
    }
}

impl Shown<'_> {
    /// A sum in words: `captured SAR 600.00, here SAR 300.00`.
    fn sum(&self, it: &Sum, width: usize) -> Vec<Line<'static>> {
        let [theirs, ours, apart] = [it.theirs, it.ours, it.theirs - it.ours].map(|sum| money(&it.currency, sum));
        let agrees = it.theirs == it.ours;
        let rest = if agrees { "all of it recorded here".to_owned() } else { format!("{ours} here, {apart} apart") };
        let style = if agrees { self.look.dim() } else { self.look.warn() };
        inset(&format!("{} {theirs} in {} rows: {rest}", event(&it.action), text::grouped(it.rows)), width, style)
            .collect()
    }

    /// Ids and amounts are never cut.
    fn row(&self, it: &Difference, (ids, sums, width): (usize, usize, usize), selected: bool) -> Line<'static> {
        let look = self.look;
        let bar = if selected { look.glyphs.bar } else { " " };
        let line = it.line.map_or_else(|| "-".to_owned(), |line| line.to_string());
        let head = format!(
            "{bar} {} {} {}  {} {}",
            text::right(&line, 6),
            it.day.format("%d %b"),
            text::left(&id(&it.order_id), ids),
            text::left(event(&it.action), 8),
            text::right(&money(&it.currency, it.amount), sums),
        );
        let room = if width < NARROW { 0 } else { width.saturating_sub(text::width(&head) + 2) };
        let kind = Kind::of(&it.kind);
        Line::from(vec![Span::raw(head), Span::styled(text::cut(&format!("  {}", kind.means()), room), look.dim())])
    }

    fn detail(&self, it: &Difference, width: usize) -> Vec<Line<'static>> {
        let (look, kind) = (self.look, Kind::of(&it.kind));
        let number = it.order_number.as_deref().map(|number| format!(", shop number {}", text::clean(number)));
        let title = format!("{}{}", id(&it.order_id), number.unwrap_or_default());
        let mut lines = vec![Line::styled(draw::rule(&title, width, look), look.dim())];
        let place = match (&it.sheet, it.line) {
            (Some(sheet), Some(line)) => format!("Row {line} of sheet {}", text::clean(sheet)),
            _ => "Recorded here".to_owned(),
        };
        let what = format!("{} {} on {}", event(&it.action), money(&it.currency, it.amount), it.day);
        lines.extend(inset(&format!("{place}: {what}"), width, Style::new()));
        lines.extend(inset(&text::sentence(kind.means()), width, look.warn()));
        lines.extend(inset(next(kind), width, look.dim()));
        lines
    }

    fn draw(&self, area: Rect, buf: &mut Buffer) -> Vec<Place> {
        let (app, look) = (self.app, self.look);
        Clear.render(area, buf);
        let statements = &app.statements;
        let width = usize::from(area.width);
        let words = format!(" Settlement statements {} what does not agree with the book", look.glyphs.dot);
        let mut top = vec![Line::styled(words, look.focus())];
        let all = statements.all.as_deref().unwrap_or_default();
        if let Some(it) = statements.shown() {
            top.extend(inset(&heading(it, statements.at(), all.len()), width, look.title()));
        }
        top.extend(statements.sums.iter().flat_map(|sum| self.sum(sum, width)));
        let upper = (top.len() as u16).min(area.height / 2);
        draw::lines(top, Rect { height: upper, ..area }, buf);
        let rest = Rect { y: area.y + upper, height: area.height - upper, ..area };
        let empty = match all {
            [] => "No statement is kept. recourse statement FILE.xlsx keeps one and compares it with the book.",
            _ => "Everything in this statement agrees with the book.",
        };
        let list = &statements.list;
        if nothing(list, look, rest, buf, empty) {
            return Vec::new();
        }
        let widest = |words: fn(&Difference) -> String| list.rows().iter().map(|row| text::width(&words(row))).max();
        let ids = widest(|row| id(&row.order_id)).unwrap_or(0).max(16);
        let sums = widest(|row| money(&row.currency, row.amount)).unwrap_or(0);
        with_detail(
            list,
            look,
            rest,
            buf,
            |row, selected| self.row(row, (ids, sums, width), selected),
            |row| self.detail(row, width),
        )
    }
}

/// Draws the page.
pub fn draw(app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
    Drawn { places: Shown { app, look }.draw(area, buf), ..Drawn::default() }
}
