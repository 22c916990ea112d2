//! The question before a write: the full consequence, and an answer that is no by default.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::Look;
use super::dialog::{Dialog, room};
use super::input::typed;
use crate::console::app::{Confirm, Stage};
use crate::domain::Action;
use crate::text;

/// The maximum number of lines shown of a note.
const NOTE_LINES: usize = 3;

pub(crate) struct Question<'a> {
    pub question: &'a Confirm,
    pub look: Look,
}

impl Question<'_> {
    fn answers(&self) -> Line<'static> {
        let (question, look) = (self.question, self.look);
        let button = |words: &str, marked: bool| {
            let words = if marked { format!("[ {words} ]") } else { format!("  {words}  ") };
            Span::styled(words, if marked { look.selected(true) } else { look.dim() })
        };
        match (question.stage, &question.moved, &question.word) {
            (Stage::Writing, _, _) => Line::styled("Writing …", look.warn()),
            (Stage::Unknown, _, _) => Line::styled("Outcome unknown, checking …", look.bad()),
            (Stage::Asking, Some(_), _) => Line::from(button("Back", true)),
            (Stage::Asking, None, Some((word, input))) => Line::from(vec![
                Span::raw(format!("Type {word} to continue: ")),
                Span::styled(typed(input, 20).0, look.title()),
            ]),
            (Stage::Asking, None, None) => {
                // Cancelling the order and leaving the dialog need different words.
                let cancels = question.command.action == Action::Cancel;
                let no = if cancels { "Back" } else { "Cancel" };
                let yes = if cancels { "Cancel the order" } else { question.command.action.title() };
                Line::from(vec![button(no, !question.yes), Span::raw("   "), button(yes, question.yes)])
            }
        }
    }

    fn wrapped(words: &str, room: usize, style: Style) -> Vec<Line<'static>> {
        text::wrap(&text::clean(words), room).into_iter().map(|words| Line::styled(words, style)).collect()
    }

    /// The note, reference and reason below the consequence, as far as they fit.
    fn said(&self, room: usize, most: usize) -> Vec<Line<'static>> {
        let (command, look) = (&self.question.command, self.look);
        let mut lines = Vec::new();
        if !command.actor.is_us() {
            lines.extend(Self::wrapped(&format!("Recorded for the {}.", command.actor.title()), room, look.dim()));
        }
        let said = [("note", &command.note), ("reference", &command.reference), ("reason", &command.reason)];
        for (name, words) in said {
            let all = words.iter().flat_map(|words| Self::wrapped(&format!("{name}: {words}"), room, look.dim()));
            let mut all: Vec<_> = all.collect();
            if all.len() > NOTE_LINES {
                all.truncate(NOTE_LINES);
                if let Some(last) = all.last_mut() {
                    last.push_span("…");
                }
            }
            lines.extend(all);
        }
        lines.truncate(most);
        lines
    }

    /// Whether the whole consequence fits on a screen of this size. If not, it cannot be confirmed.
    pub fn fits(&self, area: Rect) -> bool {
        let dialog = self.dialog(area);
        dialog.inside(area).1 == 0 && dialog.lines.len() <= usize::from(dialog.inside(area).0.height)
    }

    fn dialog(&self, area: Rect) -> Dialog {
        let (question, look) = (self.question, self.look);
        let command = &question.command;
        let room = room(area);
        let mut lines = Self::wrapped(&question.consequence, room, look.title());
        let moved = question.moved.as_ref().map(|moved| format!("{moved}. Nothing was done. Go back and check."));
        let moved = moved.map_or_else(Vec::new, |moved| Self::wrapped(&moved, room, look.bad()));
        let taken = lines.len() + moved.len() + 4;
        lines.extend(self.said(room, usize::from(area.height).saturating_sub(taken)));
        lines.extend(moved);
        lines.push(Line::default());
        lines.push(self.answers());
        let version = command.expect.map_or_else(String::new, |version| format!(", version {version}"));
        let title =
            format!("{} {} {}{version}", command.action.title(), look.glyphs.dot, text::clean(&command.order.id));
        Dialog { title, at: lines.len() - 1, lines, look }
    }

    /// The cursor position, after the typed word.
    pub fn cursor(&self, area: Rect) -> Option<Position> {
        let (word, input) = self.question.word.as_ref()?;
        if self.question.stage != Stage::Asking || self.question.moved.is_some() {
            return None;
        }
        let dialog = self.dialog(area);
        let (inside, first) = dialog.inside(area);
        let before = format!("Type {word} to continue: ").len() + typed(input, 20).1;
        let (x, y) = (inside.x + before as u16, inside.y + (dialog.lines.len() - 1).checked_sub(first)? as u16);
        inside.contains(Position { x, y }).then_some(Position { x, y })
    }
}

impl Widget for Question<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        self.dialog(area).render(area, buf);
    }
}
