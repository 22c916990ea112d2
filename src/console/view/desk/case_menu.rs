//! The menu of case actions: those you can do now, and on demand the others with the reasons why not.

use crate::cases::law::rule_of;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::super::dialog::{Dialog, room};
use super::super::{App, Look};
use crate::console::app::desk::case_menu::CaseMenu;
use crate::text;

pub(in crate::console::view) struct Menu<'a> {
    pub menu: &'a CaseMenu,
    pub app: &'a App,
    pub look: Look,
}

impl Widget for Menu<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let (app, look, menu) = (self.app, self.look, self.menu);
        let Some(shown) = &app.desk.shown else { return };
        let room = room(area);
        let mut lines: Vec<Line<'static>> = Vec::new();
        if let Some(note) = &menu.note {
            lines
                .extend(text::wrap(&text::clean(note), room).into_iter().map(|words| Line::styled(words, look.warn())));
            lines.push(Line::default());
        }
        let before = lines.len();
        let choices = app.case_choices(menu.reasons);
        let titles = choices.iter().map(|(action, _)| text::width(action.title())).max().unwrap_or(0);
        let mut digit = 0;
        for (at, (action, verdict)) in choices.iter().enumerate() {
            let rule = rule_of(*action);
            digit += usize::from(verdict.is_ok());
            let number = if verdict.is_ok() && digit < 10 { digit.to_string() } else { " ".to_owned() };
            let bar = if at == menu.at { look.glyphs.bar } else { " " };
            let said = match verdict {
                Ok(()) => action.definition().trim_end_matches('.').to_owned(),
                Err(refusal) => text::clean(&refusal.words),
            };
            let mut line = Line::from(vec![
                Span::raw(format!("{bar} {number} ")),
                Span::styled(rule.letter.to_string(), look.key()),
                Span::raw(format!("  {}  ", text::left(action.title(), titles))),
            ]);
            let left = room.saturating_sub(line.width());
            line.push_span(Span::styled(text::cut(&said, left), look.dim()));
            let line = if verdict.is_err() { line.style(look.dim()) } else { line };
            lines.push(if at == menu.at { line.style(look.selected(true)) } else { line });
        }
        if choices.is_empty() {
            lines.push(Line::raw("You have no actions on this case now."));
        }
        lines.push(Line::default());
        let more = if menu.reasons { "only what you can do" } else { "the rest, and why not" };
        lines.push(Line::from(vec![
            Span::styled("?", look.key()),
            Span::styled(format!(" {more}"), look.dim()),
            Span::styled("   Esc", look.key()),
            Span::styled(" back", look.dim()),
        ]));
        let title = format!("{} {} case actions", text::clean(shown.whole.case.id()), look.glyphs.dot);
        Dialog { title, lines, at: before + menu.at, look }.render(area, buf);
    }
}
