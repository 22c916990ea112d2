//! Why an order is stuck and what to do: shown with the order, and as a list of steps to tick.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::dialog::{Dialog, room};
use super::{App, Look};
use crate::console::app::Shown;
use crate::settings::keys::{Command, Scope};
use crate::stuck::runbook::{Step, Tool};
use crate::text;

/// The key for the tool of a step.
fn key(app: &App, tool: Tool) -> Option<String> {
    let command = match tool {
        Tool::Elsewhere => return None,
        Tool::Actions => Command::Actions,
        Tool::Quarantine => Command::Quarantine,
        Tool::Plan => Command::Plan,
        Tool::Copy => Command::Copy,
        Tool::Refresh => Command::Refresh,
    };
    Some(app.prefs.keys.of(Scope::Panes, command).to_owned()).filter(|key| !key.is_empty())
}

/// A step as a line: whether it is ticked, its key, and what to do.
fn line(app: &App, shown: &Shown, step: &Step, look: Look) -> (String, Style) {
    let tick = shown.related.ticks.iter().find(|tick| tick.step == step.name);
    let sign = if tick.is_some() { look.glyphs.done } else { look.glyphs.waits };
    let key = text::left(&key(app, step.tool).unwrap_or_default(), 1);
    let by = tick.map(|tick| format!(", {} {}", text::clean(&tick.recorder), app.prefs.zone.short(tick.at)));
    let style = if tick.is_some() { look.dim() } else { Style::new() };
    (format!("{sign} {key} {}{}", step.words, by.unwrap_or_default()), style)
}

/// The lines shown with a stuck order: cause, evidence, steps. Evidence is masked because it can quote people.
pub(super) fn related(app: &App, shown: &Shown, look: Look, width: usize) -> Vec<Line<'static>> {
    let Some(why) = &shown.related.why else { return Vec::new() };
    let mut lines = vec![Line::from(vec![
        Span::styled(format!(" {}", why.cause.title()), look.bad()),
        Span::styled(format!(" ({})", why.sure.name()), look.dim()),
    ])];
    let evidence = if app.prefs.mask { look.glyphs.hidden.to_owned() } else { text::clean(&why.evidence) };
    let room = width.saturating_sub(2);
    lines.extend(text::wrap(&evidence, room).into_iter().map(|words| Line::styled(format!(" {words}"), look.dim())));
    for step in app.runbook() {
        let (words, style) = line(app, shown, step, look);
        for (at, words) in text::wrap(&words, room.saturating_sub(4)).into_iter().enumerate() {
            let inset = if at == 0 { " " } else { "     " };
            lines.push(Line::styled(format!("{inset}{words}"), style));
        }
    }
    lines
}

pub(super) struct Steps<'a> {
    pub app: &'a App,
    /// The name of the selected step.
    pub at: &'static str,
    pub look: Look,
}

impl Widget for Steps<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        let Some(shown) = &app.shown else { return };
        let room = room(area);
        let mut lines: Vec<Line<'static>> = Vec::new();
        if let Some(why) = &shown.related.why {
            let evidence = if app.prefs.mask { look.glyphs.hidden.to_owned() } else { text::clean(&why.evidence) };
            lines.extend(text::wrap(&evidence, room).into_iter().map(|words| Line::styled(words, look.dim())));
            lines.push(Line::default());
        }
        let mut seen = 0;
        for step in app.runbook() {
            let here = step.name == self.at;
            let bar = if here { look.glyphs.bar } else { " " };
            let (words, style) = line(app, shown, step, look);
            for (at, words) in text::wrap(&words, room.saturating_sub(6)).into_iter().enumerate() {
                let head = if at == 0 { format!("{bar} ") } else { "      ".to_owned() };
                let line = Line::styled(format!("{head}{words}"), style);
                lines.push(if here { line.style(look.selected(true)) } else { line });
            }
            if here {
                seen = lines.len().saturating_sub(1);
            }
        }
        let cause = shown.related.why.as_ref().map_or("", |why| why.cause.title());
        let title = format!("{} {} {cause}", text::clean(&shown.stored.order.key.id), look.glyphs.dot);
        Dialog { title, lines, at: seen, look }.render(area, buf);
    }
}
