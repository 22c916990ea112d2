//! The last line: the newest message until a key is pressed; otherwise the path and the key hints.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::input::typed;
use super::{App, Layer, Look};
use crate::console::app::journal::Tone;
use crate::console::app::prompt::Asks;
use crate::console::app::{Stage, bulk};
use crate::console::layout::Pane;
use crate::settings::keys;
use crate::settings::keys::{Binding, Command};
use crate::text;

pub(super) struct Footer<'a> {
    pub app: &'a App,
    pub look: Look,
}

/// The prompt of the filter.
const ASKS: &str = " / ";

impl Footer<'_> {
    /// The cursor position, after the last typed letter of the filter.
    pub fn cursor(&self, area: Rect) -> Option<Position> {
        let at = typed(&self.app.filter.input, usize::from(area.width / 2)).1;
        Some(Position { x: area.x + (ASKS.len() + at) as u16, y: area.y }).filter(|at| area.contains(*at))
    }

    /// The typed filter, with its error or the number of orders found.
    fn filter(&self) -> Line<'static> {
        let (app, look) = (self.app, self.look);
        let rows = app.list.rows.iter().filter(|row| !row.gone).count();
        let found = match (app.is_filtered(), app.list.is_whole()) {
            (true, _) if app.list.is_awaited() => "reading …".to_owned(),
            (true, true) => format!("{rows} found"),
            (true, false) => format!("more than {rows} found"),
            (false, _) => "status: age> due< amount> currency: merchant: buyer: unconfirmed …".to_owned(),
        };
        let (extra, style) = match &app.filter.fault {
            Some(fault) => (fault.text.clone(), look.warn()),
            None => (found, look.dim()),
        };
        let line = typed(&app.filter.input, usize::from(app.size.0 / 2)).0;
        Line::from(vec![
            Span::styled(ASKS, look.key()),
            Span::styled(line, look.title()),
            Span::styled(format!("   {extra}"), style),
        ])
    }

    /// The path: the open page, or the panes from the board to the one with the focus.
    fn path(&self) -> String {
        let app = self.app;
        for layer in app.layers.iter().rev() {
            match layer {
                Layer::Quarantine => return "Quarantine".to_owned(),
                Layer::Watch => return "Watch".to_owned(),
                Layer::Plan(_) => return "Plan".to_owned(),
                Layer::Plans => return "Plans".to_owned(),
                Layer::Desk => return "Desk".to_owned(),
                _ => {}
            }
        }
        let list = app.list_title();
        let mut steps = vec!["Orders"];
        if app.focus != Pane::Board {
            steps.push(&list);
        }
        let id = app.shown.as_ref().map(|shown| text::clean(&shown.stored.order.key.id)).unwrap_or_default();
        if app.focus == Pane::Order {
            steps.push(&id);
        }
        steps.join(&format!(" {} ", self.look.glyphs.into))
    }

    fn right(&self) -> Span<'static> {
        let app = self.app;
        if let Some(command) = &app.writing {
            return Span::styled(format!("  writing: {} ", command.action.title()), self.look.warn());
        }
        if let Some(command) = &app.desk.writing {
            return Span::styled(format!("  writing: {} ", command.what.action().title()), self.look.warn());
        }
        if app.inbox.settling.is_some() {
            return Span::styled("  writing ", self.look.warn());
        }
        if let Some((number, progress)) = &app.plans.running {
            let done = progress.accepted + progress.refused + progress.changed;
            let words = format!("  plan {number}: {done} of {} ", done + progress.rest);
            return Span::styled(words, self.look.warn());
        }
        if let Some((rest, tally)) = &app.running {
            let all = tally.count() + rest.len() + 1;
            return Span::styled(format!("  {} of {all} done ", tally.count()), self.look.warn());
        }
        // Show a key only where it works.
        match app.journal.unread {
            unread if unread > 1 && app.layers.is_empty() => {
                Span::styled(format!("  {unread} new (!) "), self.look.warn())
            }
            _ if app.marks.range => Span::styled("  marking (v stops) ", self.look.marked()),
            _ => Span::raw(""),
        }
    }

    /// Whether the topmost dialog can be confirmed now.
    fn answers(&self) -> bool {
        match self.app.layers.last() {
            Some(Layer::Confirm(question)) => question.stage == Stage::Asking && question.moved.is_none(),
            Some(Layer::Settling(settling)) => !settling.sent,
            Some(Layer::Bulk(bulk)) => !matches!(bulk.stage, bulk::Stage::Running(_)),
            _ => true,
        }
    }

    /// Whether a key has an effect here.
    fn is_of_use(&self, binding: &Binding) -> bool {
        let (app, layer) = (self.app, self.app.layers.last());
        match (binding.command, layer) {
            (Command::Mark | Command::Copy | Command::Actions, None) => app.focus != Pane::Board,
            (Command::Copy, Some(Layer::CaseMenu(_))) => false,
            (Command::Save | Command::Open, Some(Layer::Paper(paper))) => !paper.files.is_empty(),
            (Command::Open, None) => app.focus != Pane::Order,
            (Command::Copy, Some(Layer::Menu(menu))) => app.twin(menu).is_some(),
            (Command::NextField, Some(Layer::Prompt(prompt))) => matches!(prompt.asks, Asks::ViewName { .. }),
            (Command::NextField, Some(Layer::Bulk(_) | Layer::Plan(_))) => false,
            (Command::Runbook, None) => !app.runbook().is_empty(),
            (Command::Plan | Command::Acknowledge, Some(Layer::Watch)) => app.is_watching(),
            (Command::Go, Some(Layer::Plan(planning))) => !planning.needs_approval,
            _ => true,
        }
    }

    /// Adds key hints until there is no more room, then an ellipsis.
    fn hints(&self, line: &mut Line<'static>, room: usize) {
        for binding in keys::of(self.app.scope()).filter(|binding| !binding.hint.is_empty()) {
            let answer = self.answers() || binding.command == Command::Back;
            if (binding.writes && self.app.session.read_only) || !answer || !self.is_of_use(binding) {
                continue;
            }
            if binding.command == Command::Back
                && self.app.scope() == keys::Scope::Panes
                && self.app.focus == Pane::Board
            {
                continue;
            }
            let keys = self.app.prefs.keys.keys(binding);
            let key = keys.first().cloned().unwrap_or_default();
            if line.width() + key.len() + binding.hint.len() + 4 > room {
                line.push_span(Span::raw("…"));
                return;
            }
            line.push_span(Span::styled(key, self.look.key()));
            line.push_span(Span::raw(format!(" {}  ", binding.hint)));
        }
    }
}

impl Widget for Footer<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let right = self.right();
        let wide = (right.width() as u16).min(area.width);
        let room = area.width - wide;
        if let Some(Layer::Filter) = self.app.layers.last() {
            return super::put(&self.filter(), area, buf);
        }
        if let Some(note) = self.app.journal.toast() {
            let (word, style) = match note.tone {
                Tone::News => ("", self.look.title()),
                Tone::Good => ("ok: ", self.look.good()),
                Tone::Bad => ("! ", self.look.bad()),
            };
            let words = text::cut(&format!(" {word}{}", note.text), usize::from(room));
            super::put(&Line::styled(words, style), Rect { width: room, ..area }, buf);
        } else {
            let mut line = Line::from(Span::styled(format!(" {}   ", self.path()), self.look.title()));
            self.hints(&mut line, usize::from(room));
            super::put(&line, Rect { width: room, ..area }, buf);
        }
        Line::from(right).render(Rect { x: area.x + room, width: wide, ..area }, buf);
    }
}
