//! The open alerts, and what the selected one says.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Watch;
use crate::console::kit::draw;
use crate::console::kit::draw::whole;
use crate::console::kit::place::Place;
use crate::console::kit::scroll::follow;
use crate::console::stuck::state::Part;
use crate::stuck::alarm::Standing;
use crate::stuck::rule::Severity;
use crate::text;
use crate::work::watcher::is_written;

impl Watch<'_> {
    fn alert(&self, standing: &Standing, selected: bool, width: usize) -> Line<'static> {
        let standing = &*self.app.masked(standing);
        let (app, look) = (self.app, self.look);
        let bar = if selected { look.glyphs.bar } else { " " };
        let quiet = standing.is_quiet(app.now);
        let style = match (quiet, standing.severity) {
            (true, _) => look.dim(),
            (false, Severity::Warning) => look.warn(),
            (false, Severity::Critical) => look.bad(),
        };
        let said = format!("{}: {}", text::clean(&standing.alert), self.said(standing));
        let since = self.since(standing);
        let reason = standing.reason.as_deref().filter(|_| quiet).map(|reason| {
            let reason = text::clean(reason);
            let until = standing.until.map_or_else(String::new, |until| app.prefs.zone.short(until, app.now));
            format!("; acknowledged until {until}, {}: {reason}", text::clean(&standing.recorder))
        });
        let words = format!(" {since}  {said}{}", reason.unwrap_or_default());
        let head = format!("{bar} {}", text::left(standing.severity.name(), 8));
        let room = width.saturating_sub(text::width(&head));
        Line::from(vec![Span::styled(head, style), Span::raw(text::cut(&words, room))])
    }

    /// The text of the alert as it is now, or as it was recorded.
    fn said(&self, standing: &Standing) -> String {
        let alarms = self.app.stuck.seen.iter().flat_map(|seen| &seen.looked.alarms);
        let now = alarms.into_iter().find(|alarm| alarm.alert == standing.alert);
        text::clean(now.map_or(&standing.said, |alarm| &alarm.said))
    }

    /// Since when the alert is open, if a watcher recorded it.
    fn since(&self, standing: &Standing) -> String {
        let at = self.app.prefs.zone.short(standing.since, self.app.now);
        if is_written(standing) { format!("since {at}") } else { "now".to_owned() }
    }

    /// The details of the selected alert.
    pub(super) fn alert_detail(&self, area: Rect, buf: &mut Buffer) {
        let app = self.app;
        let open = app.stuck.open(app.now);
        let Some(standing) = open.get(app.stuck.alert_at(app.now)) else { return };
        let standing = &*app.masked(*standing);
        let room = usize::from(area.width).saturating_sub(2);
        let mut said = vec![format!("{}: {}", text::clean(&standing.alert), self.said(standing))];
        said.push(if is_written(standing) {
            format!("{} {} by {}", standing.what.name(), self.since(standing), text::clean(&standing.recorder))
        } else {
            "Not recorded by a watcher: recourse stuck --follow records and notifies".to_owned()
        });
        if let (Some(reason), Some(until)) = (&standing.reason, standing.until) {
            said.push(format!("acknowledged until {}: {reason}", app.prefs.zone.short(until, app.now)));
        }
        let lines = said.iter().flat_map(|words| text::wrap(words, room)).map(|words| Line::raw(format!(" {words}")));
        draw::lines(lines, area, buf);
    }

    pub(super) fn alerts(&self, area: Rect, buf: &mut Buffer) -> Vec<Place> {
        let (app, look) = (self.app, self.look);
        let open = app.stuck.open(app.now);
        // The header counts those without an acknowledgement.
        let loud = app.stuck.alarms(app.now).0;
        let quiet = open.len() - loud;
        let quiet = if quiet > 0 { format!(", {quiet} acknowledged") } else { String::new() };
        let on_call = app.stuck.seen.iter().flat_map(|seen| &seen.on_call);
        let on_call: Vec<String> = on_call
            .map(|it| format!("{} until {}", text::clean(&it.who), app.prefs.zone.short(it.until, app.now)))
            .collect();
        let dot = look.glyphs.dot;
        let on_call =
            if on_call.is_empty() { String::new() } else { format!(" {dot} on call: {}", on_call.join(", ")) };
        let title = format!("Alerts {dot} {loud}{quiet}{on_call}");
        let title = draw::rule(&title, usize::from(area.width), look);
        let focus = app.stuck.part == Part::Alerts;
        let style = if focus { look.focus() } else { look.dim() };
        draw::put(&Line::styled(title, style), Rect { height: 1, ..area }, buf);
        let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        if open.is_empty() {
            let words = " No alerts. The rules are under [alerts] in the configuration.";
            draw::lines([Line::styled(words, look.dim())], below, buf);
            return Vec::new();
        }
        let mut places = Vec::new();
        let (height, at) = (usize::from(below.height), app.stuck.alert_at(app.now));
        let first = follow(0, at, height, open.len());
        for ((place, standing), line) in open.iter().enumerate().skip(first).zip(below.rows()) {
            let selected = place == at && focus;
            places.push(Place { area: line, by: self.reach(Part::Alerts, place, at) });
            let words = self.alert(standing, selected, usize::from(area.width));
            if selected {
                whole(words, line, look.selected(true), buf);
            } else {
                draw::put(&words, line, buf);
            }
        }
        places
    }
}
