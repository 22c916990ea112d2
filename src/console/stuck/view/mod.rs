//! The watch on Approved: number, age, merchant and value of the stuck orders, their flow by the hour, and the alerts.

mod alerts;
mod grid;
mod orders;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::console::app::state::App;
use crate::console::kit::draw;
use crate::console::kit::draw::Drawn;
use crate::console::kit::look::Look;
use crate::console::kit::place::{Place, Reach, steps};
use crate::console::stuck::shown::WatchShown;
use crate::console::stuck::state::Part;
use crate::domain::Total;
use crate::settings::keys::Command;
use crate::stuck::band::Band;
use crate::stuck::grid::Hour;
use crate::text;

struct Watch<'a> {
    app: &'a App,
    look: Look,
}

/// Where a list is: how many there are, and which of them are on the screen or which is selected.
fn place(first: usize, height: usize, at: Option<usize>, count: usize) -> String {
    match at {
        _ if count == 0 => "0".to_owned(),
        Some(at) => format!("{} of {}", at + 1, text::grouped(count as i64)),
        None if count <= height => text::grouped(count as i64),
        None => format!("{}-{} of {}", first + 1, first + height.min(count), text::grouped(count as i64)),
    }
}

/// The maximum number of lines of the alerts.
const ALERTS: usize = 6;

impl Watch<'_> {
    /// Sums in this many cells: whole, else short, else as many as fit and how many more there are. None is cut.
    fn money(&self, amounts: &[Total], room: usize) -> String {
        let dot = format!(" {} ", self.look.glyphs.dot);
        let whole = amounts.iter().map(ToString::to_string).collect::<Vec<_>>().join(&dot);
        if text::width(&whole) <= room {
            return whole;
        }
        let short: Vec<String> = amounts.iter().map(|total| total.short()).collect();
        let some = |many: usize| match amounts.len() - many {
            0 => short.join(&dot),
            more => format!("{}{dot}{more} more", short[..many].join(&dot)),
        };
        let fits = |many: &usize| text::width(&some(*many)) <= room;
        // A sum that does not fit is still told from none.
        let count = || {
            Some(if amounts.len() == 1 { "1 sum".to_owned() } else { format!("{} sums", amounts.len()) })
                .filter(|words| !amounts.is_empty() && text::width(words) <= room)
        };
        (1..=short.len()).rev().find(fits).map_or_else(|| count().unwrap_or_default(), some)
    }

    /// The totals, to read at a glance.
    fn summary(&self, seen: &WatchShown, width: usize) -> Vec<Line<'static>> {
        let look = self.look;
        let grid = &seen.grid;
        let count = |number: i64| text::grouped(number);
        let over = grid.all.cells.last().map_or(0, |cell| cell.orders);
        let title = format!(" Stuck at Approved {} {}", look.glyphs.dot, count(grid.all.whole.orders));
        let heading = if self.app.stuck.part == Part::Grid { look.focus() } else { look.title() };
        let soon = grid.all.cells.get(Band::Last as usize).map_or(0, |cell| cell.orders);
        let mut first = vec![Span::styled(title, heading)];
        if soon + over > 0 {
            let words = format!("   act now: {} under 7 h, {} over 72 h", count(soon), count(over));
            first.push(Span::styled(words, look.bad()));
        }
        let mut lines = vec![Line::from(first)];
        let sums = self.money(&grid.all.whole.amounts, width.saturating_sub(10));
        let mut said = vec![Span::raw(" at risk "), Span::styled(sums, look.title())];
        if grid.all.whole.orders == 0 {
            said = match grid.all.unconfirmed {
                0 => vec![Span::styled(" Nothing is stuck at Approved.", look.good())],
                some => vec![
                    Span::raw(" Nothing is stuck at Approved; "),
                    Span::styled(
                        match some {
                            1 => "1 order is not confirmed by the provider.".to_owned(),
                            some => format!("{} orders are not confirmed by the provider.", count(some)),
                        },
                        look.warn(),
                    ),
                ],
            };
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
}

/// Draws the watch.
pub fn draw(app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
    Drawn { places: Watch { app, look }.draw(area, buf), ..Drawn::default() }
}

impl Watch<'_> {
    /// To another part, by going through them.
    fn turn(&self, part: Part) -> (Command, usize) {
        let all = [Part::Grid, Part::Orders, Part::Alerts];
        let at = |part| all.iter().position(|it| *it == part).unwrap_or(0);
        (Command::NextPane, (at(part) + all.len() - at(self.app.stuck.part)) % all.len())
    }

    /// To a line of a part.
    fn reach(&self, part: Part, line: usize, selected: usize) -> Reach {
        match part == self.app.stuck.part {
            true => Reach::line(line, selected),
            false => Reach::Steps(vec![self.turn(part), steps(line, selected)]),
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer) -> Vec<Place> {
        Clear.render(area, buf);
        let Some(seen) = &self.app.stuck.seen else {
            let words = Line::styled(" Reading …", self.look.dim());
            draw::lines([words], area, buf);
            return Vec::new();
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
        let alerts = match (rest.height < 8, self.app.stuck.part == Part::Alerts) {
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
        // The orders are always on the screen while they have the focus.
        let used = if self.app.stuck.part == Part::Orders { used.min(grid.height.saturating_sub(4)) } else { used };
        let mut places = self.grid(Rect { height: used, ..grid }, buf);
        let orders = Rect { y: grid.y + used, height: grid.height - used, ..grid };
        if self.app.stuck.part == Part::Alerts {
            let below = Rect { y: orders.y + 1.min(orders.height), height: orders.height.saturating_sub(1), ..orders };
            self.alert_detail(below, buf);
        } else if orders.height > 1 {
            places.extend(self.orders(orders, buf));
        }
        if alerts > 0 {
            places.extend(self.alerts(Rect { y: grid.bottom(), height: alerts, ..rest }, buf));
        }
        places
    }
}
