//! A dialog that asks for one line of text.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line as Words, Span};
use ratatui::widgets::Widget;

use super::Look;
use super::dialog::{Dialog, room};
use super::input::typed;
use crate::console::app::prompt::{Asks, Prompt};
use crate::text;

pub(super) struct Line<'a> {
    pub prompt: &'a Prompt,
    pub look: Look,
}

impl Line<'_> {
    fn words(&self) -> (String, &'static str) {
        match &self.prompt.asks {
            Asks::Order => ("Go to order".to_owned(), "Id: "),
            Asks::ViewName { .. } => ("Save the filter as a view".to_owned(), "Name: "),
            Asks::Acknowledge { alert } => (format!("Acknowledge {}", text::clean(alert)), "How long, and why: "),
        }
    }

    fn dialog(&self, area: Rect) -> Dialog {
        let (title, label) = self.words();
        let look = self.look;
        let field = Words::from(vec![
            Span::styled(label, look.focus()),
            Span::styled(
                typed(&self.prompt.input, room(area).saturating_sub(label.len() + 1)).0,
                // Highlighted, because the first typed letter replaces the suggested text.
                if self.prompt.fresh { look.selected(true) } else { look.title() },
            ),
        ]);
        let related = match &self.prompt.asks {
            Asks::Acknowledge { .. } => {
                "For example: 4h the merchant is changing its token. No new notifications until then.".to_owned()
            }
            Asks::Order => "The full id, or provider:id if both providers have it.".to_owned(),
            Asks::ViewName { shared } => {
                let marked = |words: &str, on: bool| if on { format!("[ {words} ]") } else { format!("  {words}  ") };
                format!("{} {}   Tab switches", marked("only mine", !shared), marked("for everyone", *shared))
            }
        };
        let mut lines = vec![field, Words::default()];
        lines.extend(text::wrap(&related, room(area)).into_iter().map(|words| Words::styled(words, look.dim())));
        Dialog { title, lines, at: 0, look }
    }

    /// The cursor position, after the last typed letter.
    pub fn cursor(&self, area: Rect) -> Option<Position> {
        let (inside, _) = self.dialog(area).inside(area);
        let label = self.words().1.len();
        let at = label + typed(&self.prompt.input, room(area).saturating_sub(label + 1)).1;
        let at = Position { x: inside.x + at as u16, y: inside.y };
        inside.contains(at).then_some(at)
    }
}

impl Widget for Line<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        self.dialog(area).render(area, buf);
    }
}
