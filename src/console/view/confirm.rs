//! The question before anything is written: the full consequence, and an answer that is no until it is changed.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::Look;
use super::dialog::{Dialog, room};
use super::form::typed;
use crate::console::app::{Confirm, Stage};
use crate::text;

pub(super) struct Question<'a> {
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
                Span::raw(format!("Type {word} to go on: ")),
                Span::styled(typed(input, 20).0, look.title()),
            ]),
            (Stage::Asking, None, None) => Line::from(vec![
                button("Cancel", !question.yes),
                Span::raw("   "),
                button(question.command.action.title(), question.yes),
            ]),
        }
    }

    fn dialog(&self, area: Rect) -> Dialog {
        let (question, look) = (self.question, self.look);
        let command = &question.command;
        let room = room(area);
        let wrapped = |words: &str, style| {
            let lines = text::wrap(&text::clean(words), room);
            lines.into_iter().map(move |words| Line::styled(words, style)).collect::<Vec<_>>()
        };
        let mut lines = wrapped(&question.consequence, look.title());
        if !command.actor.is_us() {
            lines.extend(wrapped(&format!("Recorded for the {}.", command.actor.title()), look.dim()));
        }
        let said = [("note", &command.note), ("reference", &command.reference), ("reason", &command.reason)];
        for (name, words) in said {
            lines.extend(words.iter().flat_map(|words| wrapped(&format!("{name}: {words}"), look.dim())));
        }
        if let Some(moved) = &question.moved {
            lines.push(Line::default());
            lines.extend(wrapped(&format!("{moved}. Nothing was done; look again."), look.bad()));
        }
        lines.push(Line::default());
        lines.push(self.answers());
        let version = command.expect.map_or_else(String::new, |version| format!(", version {version}"));
        let title =
            format!("{} {} {}{version}", command.action.title(), look.glyphs.dot, text::clean(&command.order.id));
        Dialog { title, at: lines.len() - 1, lines, look }
    }

    /// Behind the typed word.
    pub fn cursor(&self, area: Rect) -> Option<Position> {
        let (word, input) = self.question.word.as_ref()?;
        if self.question.stage != Stage::Asking || self.question.moved.is_some() {
            return None;
        }
        let dialog = self.dialog(area);
        let (inside, first) = dialog.inside(area);
        let before = format!("Type {word} to go on: ").len() + typed(input, 20).1;
        let (x, y) = (inside.x + before as u16, inside.y + (dialog.lines.len() - 1).checked_sub(first)? as u16);
        inside.contains(Position { x, y }).then_some(Position { x, y })
    }
}

impl Widget for Question<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        self.dialog(area).render(area, buf);
    }
}
