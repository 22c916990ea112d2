//! What the keys do here, from the table of commands; and what the statuses mean, from the law.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use super::{App, Layer, Look};
use crate::console::keys::{self, Scope};
use crate::console::look::name;
use crate::query;
use crate::text;

pub(crate) struct Help<'a> {
    pub at: usize,
    pub app: &'a App,
    pub look: Look,
}

/// How many lines the help has.
pub fn length(app: &App, width: u16) -> usize {
    Help { at: 0, app, look: Look::new(false, false) }.lines(usize::from(width)).len()
}

/// How wide the left column is.
const KEYS: usize = 24;

const SIGNS: [(&str, &str); 4] = [
    ("~", "something should have reached the provider and is not confirmed yet"),
    ("!", "something about this order waits in quarantine"),
    ("3h 10m left", "until time itself moves the order on"),
    ("over 2h 00m", "its time ran out, and nobody has said what became of it"),
];

impl Help<'_> {
    /// A line of two columns, the right one as long as it has to be.
    fn entry(&self, left: Vec<Span<'static>>, words: &str, width: usize, lines: &mut Vec<Line<'static>>) {
        let used: usize = left.iter().map(|span| text::width(&span.content)).sum();
        for (at, words) in text::wrap(words, width.saturating_sub(used + 1)).into_iter().enumerate() {
            let mut line = Line::from(if at == 0 { left.clone() } else { vec![Span::raw(" ".repeat(used))] });
            line.push_span(words);
            lines.push(line);
        }
    }

    fn lines(&self, width: usize) -> Vec<Line<'static>> {
        let look = self.look;
        let here = if self.app.layers.iter().any(|layer| matches!(layer, Layer::Quarantine)) {
            [Scope::Quarantine, Scope::Word, Scope::Page, Scope::Everywhere].as_slice()
        } else {
            &[
                Scope::Panes,
                Scope::Filter,
                Scope::Menu,
                Scope::Form,
                Scope::Confirm,
                Scope::Word,
                Scope::Page,
                Scope::Everywhere,
            ]
        };
        let mut lines = Vec::new();
        let left = |words: &str, style| Span::styled(format!("   {} ", text::left(words, KEYS - 4)), style);
        for &scope in here {
            lines.push(Line::styled(format!(" {}", scope.title()), look.title()));
            for binding in keys::of(scope).filter(|binding| !(binding.writes && self.app.seat.read_only)) {
                let keys = left(&binding.keys.join("  "), look.key());
                self.entry(vec![keys], binding.about, width, &mut lines);
            }
            if scope == Scope::Filter {
                for key in query::KEYS {
                    self.entry(vec![left(key.example, look.title())], key.about, width, &mut lines);
                }
            }
            for (keys, about) in more(scope) {
                self.entry(vec![left(keys, look.key())], about, width, &mut lines);
            }
            lines.push(Line::default());
        }
        lines.push(Line::styled(" Signs", look.title()));
        for (sign, meaning) in SIGNS {
            self.entry(vec![left(sign, Style::new())], meaning, width, &mut lines);
        }
        lines.push(Line::default());
        lines.push(Line::styled(" Statuses", look.title()));
        for &status in &self.app.statuses {
            let (sign, style) = look.status(status);
            let named = Span::raw(format!(" {} ", text::left(name(status), KEYS)));
            self.entry(
                vec![Span::raw("   "), Span::styled(sign, style), named],
                status.definition(),
                width,
                &mut lines,
            );
        }
        lines
    }
}

/// The keys that are not the table's: they come from the law, and from a fact's readings.
fn more(scope: Scope) -> &'static [(&'static str, &'static str)] {
    match scope {
        Scope::Menu => {
            &[("a letter or digit", "that action; the letters stay the same for ever, the digits are the lines")]
        }
        Scope::Quarantine => {
            &[("a digit", "take the fact as its reading of that number; the consequence is shown first")]
        }
        Scope::Filter => &[
            ("- before a term", "the opposite"),
            ("a word", "an id, merchant, buyer or seller that begins so, or has a piece that does"),
        ],
        Scope::Panes | Scope::Form | Scope::Confirm | Scope::Word | Scope::Page | Scope::Everywhere => &[],
    }
}

impl Widget for Help<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        Clear.render(area, buf);
        let heading = Line::styled(" Help   Esc closes, j and k move", self.look.focus());
        let lines = std::iter::once(heading).chain(self.lines(usize::from(area.width)).into_iter().skip(self.at));
        super::lines(lines, area, buf);
    }
}
