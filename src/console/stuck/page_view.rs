//! The watch on Approved: number, age, merchant and value of the stuck orders, their flow by the hour, and the alerts.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};
use strum::VariantArray;

use crate::console::app::state::App;
use crate::console::kit::draw;
use crate::console::kit::draw::{ends, whole};
use crate::console::kit::look::Look;
use crate::console::kit::scroll::{centred, follow};
use crate::console::orders::times::{age, left};
use crate::console::stuck::shown::{StuckShown, WatchShown};
use crate::domain::Total;
use crate::stuck::alarm::Standing;
use crate::stuck::band::{Band, clock};
use crate::stuck::grid::{Hour, Row};
use crate::stuck::rule::Severity;
use crate::text;
use crate::work::watcher::is_written;

struct Watch<'a> {
    app: &'a App,
    look: Look,
}

/// The maximum width of merchant names.
const MERCHANT: usize = 24;
/// The maximum number of lines of the alerts.
const ALERTS: usize = 6;

fn heading(band: Band) -> &'static str {
    match band {
        Band::Fresh => "<50%",
        Band::Half => "50%",
        Band::Late => "75%",
        Band::Last => "90%",
        Band::Over => "over",
    }
}

/// The width of a band column, on wide and narrow screens.
const fn band_width(width: usize) -> usize {
    if width < 60 { 5 } else { 7 }
}

/// The widths of the order columns: id, amount, age, time left.
struct Widths([usize; 4]);

impl Watch<'_> {
    fn band_style(&self, band: Band) -> Style {
        match band {
            Band::Fresh | Band::Half => Style::new(),
            Band::Late => self.look.warn(),
            Band::Last | Band::Over => self.look.bad(),
        }
    }

    fn money(&self, amounts: &[Total]) -> String {
        let sums: Vec<String> = amounts.iter().map(ToString::to_string).collect();
        sums.join(&format!(" {} ", self.look.glyphs.dot))
    }

    /// The totals, to read at a glance.
    fn summary(&self, seen: &WatchShown, width: usize) -> Vec<Line<'static>> {
        let look = self.look;
        let grid = &seen.grid;
        let count = |number: i64| text::grouped(number);
        let over = grid.all.cells.last().map_or(0, |cell| cell.orders);
        let title = format!(" Stuck at Approved {} {}", look.glyphs.dot, count(grid.all.whole.orders));
        let mut lines = vec![Line::styled(title, if self.app.stuck.alerts { look.title() } else { look.focus() })];
        let mut said = vec![Span::raw(" at risk "), Span::styled(self.money(&grid.all.whole.amounts), look.title())];
        if grid.all.whole.orders == 0 {
            said = vec![Span::styled(" Nothing is stuck at Approved.", look.good())];
        }
        lines.push(Line::from(said));
        let words = [
            Span::raw(format!(
                " {} {} today",
                count(grid.today.orders),
                if grid.today.orders == 1 { "expires" } else { "expire" }
            )),
            Span::raw(format!("  {}  ", look.glyphs.dot)),
            Span::styled(format!("{} over 72 h, verify", count(over)), if over > 0 { look.bad() } else { look.dim() }),
        ];
        lines.push(Line::from(words.to_vec()));
        lines.extend(self.flow(&seen.flow, width));
        lines
    }

    /// New, fixed and expired orders by the hour, as bars. The current hour is at the right.
    fn flow(&self, flow: &[Hour], width: usize) -> Vec<Line<'static>> {
        let look = self.look;
        let hours = flow.len().min(width.saturating_sub(40).max(8));
        let flow = &flow[flow.len().saturating_sub(hours)..];
        let row = |name: &str, style: Style, of: fn(&Hour) -> i64| {
            let values: Vec<i64> = flow.iter().map(of).collect();
            let bars = look.bars(&values);
            let last = values.last().copied().unwrap_or(0);
            let sum: i64 = values.iter().sum();
            Line::from(vec![
                Span::raw(format!(" {} ", text::left(name, 8))),
                Span::styled(bars, style),
                Span::raw(format!("  {} in {hours} h, {} this hour", text::grouped(sum), text::grouped(last))),
            ])
        };
        vec![
            row("new", Style::new(), |hour| hour.arrived),
            row("fixed", look.good(), |hour| hour.cleared),
            row("expired", look.bad(), |hour| hour.lost),
        ]
    }

    fn row(&self, row: &Row, name: &str, names: usize, selected: bool, width: usize) -> Line<'static> {
        let look = self.look;
        let here = selected && !self.app.stuck.alerts;
        let bar = if selected { look.glyphs.bar } else { " " };
        let mut spans = vec![Span::raw(format!("{bar} {} ", text::left(&text::clean(name), names)))];
        let cells =
            Band::VARIANTS.iter().map(|band| Some(*band)).chain([None]).zip(row.cells.iter().chain([&row.whole]));
        for (at, (band, cell)) in cells.enumerate() {
            let under = here && at == self.app.stuck.band;
            let number = text::grouped(cell.orders);
            let (number, style) = match (under, cell.orders) {
                (true, _) => (format!("[{number}]"), look.selected(true)),
                (false, 0) => (format!("{number} "), look.dim()),
                (false, _) => (format!("{number} "), band.map_or(look.title(), |band| self.band_style(band))),
            };
            let wide = text::width(&number);
            spans.push(Span::raw(" ".repeat(band_width(width).saturating_sub(wide))));
            spans.push(Span::styled(number, style));
        }
        let used: usize = spans.iter().map(|span| text::width(&span.content)).sum();
        let money = text::cut(&format!("  {}", self.money(&row.whole.amounts)), width.saturating_sub(used));
        spans.push(Span::styled(money, look.dim()));
        Line::from(spans)
    }

    fn grid(&self, area: Rect, buf: &mut Buffer) {
        let look = self.look;
        let rows = self.app.stuck.rows();
        let width = usize::from(area.width);
        let name = |row: &Row, last: bool| match (last, row.merchant.is_empty()) {
            (true, _) => "all merchants".to_owned(),
            (false, true) => "(no merchant)".to_owned(),
            (false, false) => row.merchant.clone(),
        };
        let last = rows.len().saturating_sub(1);
        let names = rows.iter().map(|row| text::width(&row.merchant)).max().unwrap_or(0).clamp(13, MERCHANT);
        let names = names.min(width.saturating_sub(3 + band_width(width) * 6).max(7));
        let heads = Band::VARIANTS.iter().map(|band| heading(*band)).chain(["all"]);
        let heads: String = heads.map(|head| text::right(&format!("{head} "), band_width(width))).collect();
        let top = Line::styled(format!("  {}{heads}  at risk", text::left("merchant", names + 1)), look.dim());
        draw::put(&top, Rect { height: 1.min(area.height), ..area }, buf);
        let below = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
        let (height, at) = (usize::from(below.height), self.app.stuck.at());
        let first = centred(at, height, rows.len());
        for ((place, row), line) in rows.iter().enumerate().skip(first).zip(below.rows()) {
            let words = self.row(row, &name(row, place == last), names, place == at, width);
            draw::put(&words, line, buf);
        }
        ends(below, first, rows.len(), look, buf);
    }

    /// The first orders of the selected cell, those with the least time left first.
    fn orders(&self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        let cell = app.stuck.cell();
        let whose = match cell.merchant.as_deref() {
            None => "all merchants".to_owned(),
            Some("") => "(no merchant)".to_owned(),
            Some(name) => text::clean(name),
        };
        let band = cell.band.map_or_else(String::new, |band| format!(" {}", band.title()));
        let title = format!("{whose}{band} {} least time left first", look.glyphs.dot);
        let title = draw::rule(&title, usize::from(area.width), look);
        draw::put(&Line::styled(title, look.dim()), Rect { height: 1, ..area }, buf);
        let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        let known = app.stuck.orders.as_ref().filter(|(of, _)| *of == cell).map(|(_, orders)| orders);
        let Some(orders) = known else {
            return draw::lines([Line::styled(" Reading …", look.dim())], below, buf);
        };
        if orders.is_empty() {
            return draw::lines([Line::styled(" None.", look.dim())], below, buf);
        }
        let shown = &orders[..orders.len().min(usize::from(below.height))];
        let mut widths = Widths([0; 4]);
        for stuck in shown {
            for (width, (words, _)) in widths.0.iter_mut().zip(self.cells(stuck)) {
                *width = (*width).max(text::width(&words));
            }
        }
        for (stuck, line) in shown.iter().zip(below.rows()) {
            draw::put(&self.order(stuck, &widths, usize::from(area.width)), line, buf);
        }
    }

    /// Id, amount, age and time left.
    fn cells(&self, stuck: &StuckShown) -> [(String, Style); 4] {
        let (app, look) = (self.app, self.look);
        let order = &stuck.stored.order;
        let clock = clock(order);
        let since = clock.map_or(order.entered_at, |(approved, _)| approved);
        let left = left(&stuck.stored, app.now, look).filter(|_| clock.is_some());
        [
            (text::clean(&order.key.id), Style::new()),
            (order.amount.to_string(), Style::new()),
            (age(since, app.now), Style::new()),
            left.unwrap_or_else(|| (order.status.title().to_owned(), look.warn())),
        ]
    }

    fn order(&self, stuck: &StuckShown, widths: &Widths, width: usize) -> Line<'static> {
        let mut line = Line::raw("  ");
        for (at, ((words, style), wide)) in self.cells(stuck).into_iter().zip(widths.0).enumerate() {
            // The id identifies the order; it gets up to half of the line.
            let wide = if at == 0 { wide.min(width / 2) } else { wide };
            let words = if at == 0 { text::left(&words, wide) } else { text::right(&words, wide) };
            line.push_span(Span::styled(words, style));
            line.push_span(Span::raw("  "));
        }
        let rest = width.saturating_sub(line.width());
        let cause = format!("{} ({})", stuck.why.cause.title(), stuck.why.sure.name());
        line.push_span(Span::raw(text::cut(&cause, rest)));
        line
    }

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
    fn alert_detail(&self, area: Rect, buf: &mut Buffer) {
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

    fn alerts(&self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        let open = app.stuck.open(app.now);
        let title = draw::rule(&format!("Alerts {} {}", look.glyphs.dot, open.len()), usize::from(area.width), look);
        let style = if app.stuck.alerts { look.focus() } else { look.dim() };
        draw::put(&Line::styled(title, style), Rect { height: 1, ..area }, buf);
        let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        if open.is_empty() {
            let words = " No alerts. The rules are under [alerts] in the configuration.";
            return draw::lines([Line::styled(words, look.dim())], below, buf);
        }
        let (height, at) = (usize::from(below.height), app.stuck.alert_at(app.now));
        let first = follow(0, at, height, open.len());
        for ((place, standing), line) in open.iter().enumerate().skip(first).zip(below.rows()) {
            let selected = place == at && app.stuck.alerts;
            let words = self.alert(standing, selected, usize::from(area.width));
            if selected {
                whole(words, line, look.selected(true), buf);
            } else {
                draw::put(&words, line, buf);
            }
        }
    }
}

/// Draws the watch.
pub fn draw(app: &App, look: Look, area: Rect, buf: &mut Buffer) {
    Watch { app, look }.draw(area, buf);
}

impl Watch<'_> {
    fn draw(&self, area: Rect, buf: &mut Buffer) {
        Clear.render(area, buf);
        let Some(seen) = &self.app.stuck.seen else {
            let words = Line::styled(" Reading …", self.look.dim());
            return draw::lines([words], area, buf);
        };
        let mut top = self.summary(seen, usize::from(area.width));
        // On a small screen, the grid is more important than the bars.
        if area.height < 18 {
            top.truncate(3);
        }
        if area.height < 10 {
            top.truncate(1);
        }
        let height = (top.len() as u16).min(area.height);
        draw::lines(top, Rect { height, ..area }, buf);
        let rest = Rect { y: area.y + height, height: area.height - height, ..area };
        let open = self.app.stuck.open(self.app.now).len();
        let wanted = (open.clamp(1, ALERTS) + 1) as u16;
        // If there is no room for both, only the part with the focus is drawn.
        let alerts = match (rest.height < 8, self.app.stuck.alerts) {
            (true, false) => 0,
            (true, true) => wanted.min(rest.height),
            (false, _) => wanted.min(rest.height / 2),
        };
        let gap = u16::from(rest.height > 14);
        let grid = Rect { y: rest.y + gap, height: rest.height - alerts - gap, ..rest };
        // The alerts are at the bottom. The orders of the selected cell get the space that the grid leaves free.
        let used = (self.app.stuck.rows().len() as u16 + 2).min(grid.height);
        let free = grid.height - used;
        let used =
            if free < 4 { used.min(grid.height.saturating_sub(if grid.height > 12 { 5 } else { 0 })) } else { used };
        self.grid(Rect { height: used, ..grid }, buf);
        let orders = Rect { y: grid.y + used, height: grid.height - used, ..grid };
        if self.app.stuck.alerts {
            let below = Rect { y: orders.y + 1.min(orders.height), height: orders.height.saturating_sub(1), ..orders };
            self.alert_detail(below, buf);
        } else if orders.height > 1 {
            self.orders(orders, buf);
        }
        if alerts > 0 {
            self.alerts(Rect { y: grid.bottom(), height: alerts, ..rest }, buf);
        }
    }
}
