//! One action on all marked orders: the menu, the note, the question, and the progress.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::Look;
use super::dialog::{Dialog, room};
use super::input::typed;
use crate::console::app::bulk::{Bulk, Line as Choice, Stage};
use crate::domain::{Proof, Total};
use crate::text;

pub(crate) struct Many<'a> {
    pub bulk: &'a Bulk,
    pub look: Look,
}

/// Up to this many orders, the question lists their ids.
const NAMED: usize = 8;

const NOTE: &str = "How you know: ";

fn title(choice: &Choice) -> String {
    let by = if choice.actor.is_us() { String::new() } else { format!(", {}", choice.actor.title()) };
    format!("{}{by}", choice.action.title())
}

impl Many<'_> {
    fn money(&self, choice: &Choice) -> String {
        let totals: Vec<String> = choice.totals.iter().map(ToString::to_string).collect();
        totals.join(&format!(" {} ", self.look.glyphs.dot))
    }

    fn menu(&self, room: usize) -> Vec<Line<'static>> {
        let (bulk, look) = (self.bulk, self.look);
        let all = bulk.orders.len();
        let titles = bulk.lines.iter().map(|choice| text::width(&title(choice))).max().unwrap_or(0).min(room / 2);
        let mut lines: Vec<Line<'static>> = Vec::new();
        for (at, choice) in bulk.lines.iter().enumerate() {
            let bar = if at == bulk.at { look.glyphs.bar } else { " " };
            let digit = if at < 9 { (at + 1).to_string() } else { " ".to_owned() };
            let note = if choice.proof == Proof::Note { "  (a note)" } else { "" };
            let line = Line::from(vec![
                Span::raw(format!("{bar} {digit} ")),
                Span::styled(choice.letter.to_string(), look.key()),
                Span::raw(format!("  {}  ", text::left(&title(choice), titles))),
                Span::raw(format!("{} of {all}  {}{note}", choice.count, self.money(choice))),
            ]);
            lines.push(if at == bulk.at { line.style(look.selected(true)) } else { line });
        }
        if lines.is_empty() {
            let why = "No action fits them in bulk. An action that divides money or needs a reference is done on one order at a time.";
            lines.extend(text::wrap(why, room).into_iter().map(Line::raw));
        }
        lines
    }

    fn wrapped(words: &str, room: usize, style: Style) -> impl Iterator<Item = Line<'static>> + use<> {
        text::wrap(&text::clean(words), room).into_iter().map(move |words| Line::styled(words, style))
    }

    /// The full consequence: how many orders, how much money, and how many orders are skipped.
    fn consequence(&self, room: usize) -> Vec<Line<'static>> {
        let (bulk, look) = (self.bulk, self.look);
        let Some(choice) = bulk.line() else { return Vec::new() };
        let count = bulk.commands.len();
        let orders = if count == 1 { "1 order".to_owned() } else { format!("{count} orders") };
        let words = format!("{} on {orders}: {}.", title(choice), self.money(choice));
        let mut lines: Vec<_> = Self::wrapped(&words, room, look.title()).collect();
        let outcome = &bulk.outcome;
        let to: Vec<String> = outcome.to.iter().map(|(status, count)| format!("{status} {count}")).collect();
        lines.extend(Self::wrapped(&format!("They become: {}.", to.join(", ")), room, look.title()));
        let sums = |totals: &[Total]| totals.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        if !outcome.fees.is_empty() {
            let words = format!("The provider deducts its cancellation fees, {} in total.", sums(&outcome.fees));
            lines.extend(Self::wrapped(&words, room, look.warn()));
        }
        if !outcome.lost.is_empty() {
            let words = format!("The uncaptured {} can no longer be captured.", sums(&outcome.lost));
            lines.extend(Self::wrapped(&words, room, look.warn()));
        }
        if count <= NAMED {
            let ids: Vec<String> = bulk.commands.iter().map(|it| text::clean(&it.order.id)).collect();
            lines.extend(Self::wrapped(&ids.join(", "), room, look.dim()));
        }
        let left = bulk.orders.len().saturating_sub(count);
        if left > 0 {
            let words = format!("{left} of the marked orders are skipped: the action is not allowed now.");
            lines.extend(Self::wrapped(&words, room, look.warn()));
        }
        let words =
            "Each is checked again first. An order that changed since it was marked is skipped. This cannot be undone.";
        lines.extend(Self::wrapped(words, room, look.dim()));
        lines.extend(bulk.note.iter().flat_map(|note| Self::wrapped(&format!("note: {note}"), room, look.dim())));
        lines
    }

    fn dialog(&self, area: Rect) -> Dialog {
        let (bulk, look) = (self.bulk, self.look);
        let room = room(area);
        let mut lines = match &bulk.stage {
            Stage::Choosing => self.menu(room),
            Stage::Noting(_) | Stage::Asking(..) | Stage::Running(_) => self.consequence(room),
        };
        let mut at = bulk.at;
        match &bulk.stage {
            Stage::Choosing => {}
            Stage::Noting(input) => {
                // The number of orders is fixed with the question; it is not known here.
                lines.clear();
                lines.extend(Self::wrapped("One note for all of them.", room, look.title()));
                lines.push(Line::default());
                let words = typed(input, room.saturating_sub(NOTE.len() + 1)).0;
                lines.push(Line::from(vec![Span::styled(NOTE, look.focus()), Span::raw(words)]));
                at = lines.len() - 1;
            }
            Stage::Asking(word, input) => {
                lines.push(Line::default());
                let label = format!("Type {word} to continue: ");
                let words = typed(input, room.saturating_sub(label.len() + 1)).0;
                lines.push(Line::from(vec![Span::raw(label), Span::styled(words, look.title())]));
                at = lines.len() - 1;
            }
            Stage::Running(tally) => {
                lines.push(Line::default());
                lines.clear();
                let words = format!("{} processed: {}. Esc skips the rest.", tally.count(), tally.words());
                lines.extend(Self::wrapped(&words, room, look.warn()));
                at = lines.len() - 1;
            }
        }
        let title = format!("{} marked orders", bulk.orders.len());
        Dialog { title, lines, at, look }
    }

    /// Whether the whole consequence fits on a screen of this size. If not, it cannot be confirmed.
    pub fn fits(&self, area: Rect) -> bool {
        self.dialog(area).fits(area)
    }

    /// The cursor position, after the typed note or word.
    pub fn cursor(&self, area: Rect) -> Option<Position> {
        let (label, input) = match &self.bulk.stage {
            Stage::Choosing | Stage::Running(_) => return None,
            Stage::Noting(input) => (NOTE.to_owned(), input),
            Stage::Asking(word, input) => (format!("Type {word} to continue: "), input),
        };
        self.dialog(area).behind(area, &label, input)
    }
}

impl Widget for Many<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        self.dialog(area).render(area, buf);
    }
}
