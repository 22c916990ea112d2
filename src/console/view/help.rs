//! What the keys do here, from the table of commands; and what the statuses mean, from the law.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use super::{App, Layer, Look};
use crate::console::keys::{self, Scope};
use crate::console::look::name;
use crate::text;

pub(crate) struct Help<'a> {
    pub at: usize,
    pub app: &'a App,
    pub look: Look,
}

/// How many lines the help has.
pub fn length(app: &App) -> usize {
    Help { at: 0, app, look: Look::new(false, false) }.lines().len()
}

const SIGNS: [(&str, &str); 4] = [
    ("~", "something should have reached the provider and is not confirmed yet"),
    ("!", "something about this order waits in quarantine"),
    ("3h 10m left", "until time itself moves the order on"),
    ("over 2h 00m", "its time ran out, and nobody has said what became of it"),
];

impl Help<'_> {
    fn lines(&self) -> Vec<Line<'static>> {
        let look = self.look;
        let here = if self.app.layers.iter().any(|layer| matches!(layer, Layer::Quarantine)) {
            [Scope::Quarantine, Scope::Page, Scope::Everywhere].as_slice()
        } else {
            &[Scope::Panes, Scope::Menu, Scope::Form, Scope::Confirm, Scope::Word, Scope::Page, Scope::Everywhere]
        };
        let mut lines = Vec::new();
        for &scope in here {
            lines.push(Line::styled(format!(" {}", scope.title()), look.title()));
            for binding in keys::of(scope).filter(|binding| !(binding.writes && self.app.seat.read_only)) {
                lines.push(Line::from(vec![
                    Span::styled(format!("   {}", text::left(&binding.keys.join("  "), 20)), look.key()),
                    Span::raw(format!(" {}", binding.about)),
                ]));
            }
            lines.push(Line::default());
        }
        lines.push(Line::styled(" Signs", look.title()));
        for (sign, meaning) in SIGNS {
            lines.push(Line::from(vec![Span::raw(format!("   {} ", text::left(sign, 20))), Span::raw(meaning)]));
        }
        lines.push(Line::default());
        lines.push(Line::styled(" Statuses", look.title()));
        for &status in &self.app.statuses {
            let (sign, style) = look.status(status);
            lines.push(Line::from(vec![
                Span::raw("   "),
                Span::styled(sign, style),
                Span::raw(format!(" {} {}", text::left(name(status), 24), status.definition())),
            ]));
        }
        lines
    }
}

impl Widget for Help<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        Clear.render(area, buf);
        let heading = Line::styled(" Help   Esc closes, j and k move", self.look.focus());
        let lines = std::iter::once(heading).chain(self.lines().into_iter().skip(self.at));
        super::lines(lines, area, buf);
    }
}
