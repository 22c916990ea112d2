//! Why an order is stuck and what to do, as it is shown with the order.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::console::app::state::App;
use crate::console::kit::look::Look;
use crate::console::orders::shown::Shown;
use crate::settings::keys::{Command, Scope};
use crate::stuck::runbook::{self, Step, Tool};
use crate::text;

/// The key for the tool of a step.
fn key(app: &App, tool: Tool) -> Option<String> {
    let command = match tool {
        Tool::Elsewhere => return None,
        Tool::Actions => Command::Actions,
        Tool::Quarantine => Command::Quarantine,
        // In the list, the key of plans takes the whole list: the steps take the merchant's orders.
        Tool::Plan => Command::Runbook,
        Tool::Copy => Command::Copy,
        Tool::Refresh => Command::Refresh,
        Tool::Token => Command::Token,
    };
    Some(app.prefs.keys.of(Scope::Panes, command).to_owned()).filter(|key| !key.is_empty())
}

/// A step as a line: whether it is ticked, its key, and what to do.
pub fn line(app: &App, shown: &Shown, step: &Step, look: Look) -> (String, Style) {
    let tick = shown.related.ticks.iter().find(|tick| tick.step == step.name);
    let sign = if tick.is_some() { look.glyphs.done } else { look.glyphs.waits };
    let key = text::left(&key(app, step.tool).unwrap_or_default(), 1);
    let by = tick.map(|tick| format!(", {} {}", text::clean(&tick.recorder), app.prefs.zone.short(tick.at, app.now)));
    let style = if tick.is_some() { look.dim() } else { Style::new() };
    (format!("{sign} {key} {}{}", step.words, by.unwrap_or_default()), style)
}

/// The steps of the runbook of the shown order; none if it is not stuck.
pub fn steps(app: &App) -> &'static [Step] {
    let why = app.orders.shown.as_ref().and_then(|shown| shown.related.why.as_ref());
    why.map_or(&[], |why| runbook::steps(why.cause))
}

/// The lines shown with a stuck order: cause, evidence, steps.
pub fn lines(app: &App, shown: &Shown, look: Look, width: usize) -> Vec<Line<'static>> {
    let Some(why) = &shown.related.why else { return Vec::new() };
    let mut lines = vec![Line::from(vec![
        Span::styled(format!(" {}", why.cause.title()), look.bad()),
        Span::styled(format!(" ({})", why.sure.name()), look.dim()),
    ])];
    let evidence = text::clean(&why.evidence);
    let room = width.saturating_sub(2);
    lines.extend(text::wrap(&evidence, room).into_iter().map(|words| Line::styled(format!(" {words}"), look.dim())));
    for step in steps(app) {
        let (words, style) = line(app, shown, step, look);
        for (at, words) in text::wrap(&words, room.saturating_sub(4)).into_iter().enumerate() {
            let inset = if at == 0 { " " } else { "     " };
            lines.push(Line::styled(format!("{inset}{words}"), style));
        }
    }
    lines
}
