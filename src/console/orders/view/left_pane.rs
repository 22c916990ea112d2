//! The left pane: statuses grouped by provider, with their number of orders.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::console::app::layout::Pane;
use crate::console::app::state::App;
use crate::console::kit::draw;
use crate::console::kit::draw::whole;
use crate::console::kit::gauge;
use crate::console::kit::look::{Look, name};
use crate::console::orders::list::BoardRow;
use crate::domain::{Provider, Status};
use crate::text;

/// The width in cells of the status name at the left, and of the count at the right. Money goes between them.
const NAME: usize = 30;
const COUNT: usize = 12;
/// How wide the bar of the money in a status is.
const BAR: usize = 6;

/// The left pane.
pub struct Board<'a> {
    /// The state.
    pub app: &'a App,
    /// Styles and glyphs.
    pub look: Look,
}

impl Board<'_> {
    fn count(&self, holds: impl Fn(Status) -> bool) -> Option<i64> {
        let counts = self.app.orders.board.as_ref()?;
        Some(counts.iter().filter(|count| holds(count.status)).map(|count| count.orders).sum())
    }

    /// The total opening amount of the orders in a status: as many currencies as fit, then how many more there are.
    fn money(&self, status: Status, area: Rect) -> String {
        let here = self.app.orders.board.iter().flatten().filter(|count| count.status == status && count.orders > 0);
        let sums: Vec<String> = here.map(|count| count.amount.to_string()).collect();
        let room = usize::from(area.width).saturating_sub(NAME + COUNT);
        let dot = format!(" {} ", self.look.glyphs.dot);
        let told = |shown: usize| match sums.len() - shown {
            0 => sums.join(&dot),
            more => format!("{} +{more}", sums[..shown].join(&dot)),
        };
        (1..=sums.len()).rev().map(told).find(|told| text::width(told) <= room).unwrap_or_default()
    }

    /// The money in a status in its provider's main currency, and the most that any of its statuses has.
    fn share(&self, status: Status) -> Option<(i128, i128)> {
        let counts = self.app.orders.board.as_ref()?;
        let ours = || counts.iter().filter(|it| it.status.provider() == status.provider() && !it.status.is_hidden());
        let main = ours().max_by_key(|it| it.amount.minor)?.amount;
        let part = ours().find(|it| it.status == status && it.amount.currency == main.currency)?;
        Some((part.amount.minor, main.minor)).filter(|it| it.0 > 0)
    }

    /// A row with a name at the left, a number at the right, and money between them.
    fn row(&self, area: Rect, name: Vec<Span<'static>>, money: &str, count: Option<i64>) -> Line<'static> {
        let count = count.map_or_else(|| "…".to_owned(), text::grouped);
        let width = usize::from(area.width).saturating_sub(text::width(&count) + 1);
        let room = width.saturating_sub(1);
        let mut line = Line::from(name);
        let mut used = 0;
        for span in &mut line.spans {
            span.content = text::cut(&span.content, room.saturating_sub(used)).into();
            used += text::width(&span.content);
        }
        // Counts and money are aligned in columns.
        let wide = usize::from(area.width).saturating_sub(used + COUNT);
        let money = if money.is_empty() { String::new() } else { text::right(money, wide) };
        let rest = width.saturating_sub(used + text::width(&money));
        line.push_span(Span::styled(money, self.look.dim()));
        line.push_span(" ".repeat(rest));
        line.push_span(count);
        line
    }

    fn heading(&self, provider: Provider, area: Rect, buf: &mut Buffer) {
        let focused = self.app.orders.focus == Pane::Board;
        let style = if focused { self.look.focus() } else { self.look.title() };
        let all = self.count(|status| status.provider() == provider && !status.is_hidden());
        draw::put(&self.row(area, vec![Span::styled(format!(" {}", provider.title()), style)], "", all), area, buf);
    }

    fn status(&self, status: Status, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        let (sign, style) = look.status(status);
        let count = self.count(|other| other == status);
        let chosen = app.orders.is_chosen(BoardRow::Status(status));
        let bar = if chosen { look.glyphs.bar } else { " " };
        let mut names =
            vec![Span::raw(bar), Span::raw(" "), Span::styled(sign, style), Span::raw(" "), Span::raw(name(status))];
        let money = self.money(status, area);
        let used: usize = names.iter().map(|span| text::width(&span.content)).sum();
        let room = usize::from(area.width).saturating_sub(NAME + COUNT + text::width(&money));
        if let Some((part, whole)) = self.share(status).filter(|_| room > BAR && used < NAME) {
            names.push(Span::raw(" ".repeat(NAME - used)));
            names.push(gauge::share(part, whole, BAR, look));
        }
        let line = self.row(area, names, &money, count);
        if chosen {
            return whole(line, area, look.selected(app.orders.focus == Pane::Board), buf);
        }
        draw::put(&line, area, buf);
        if count == Some(0) {
            buf.set_style(area, look.dim());
        }
    }
}

impl Board<'_> {
    /// Draws a view. It has no count: that would need a search per view after every change.
    fn view(&self, at: usize, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        let Some(view) = app.orders.views.all.get(at) else { return };
        let chosen = app.orders.is_chosen(BoardRow::View(at));
        let bar = if chosen { look.glyphs.bar } else { " " };
        let shared = if view.shared { "  shared" } else { "" };
        let room = usize::from(area.width).saturating_sub(5 + shared.len());
        let line = Line::from(vec![
            Span::raw(format!("{bar} ")),
            Span::styled(look.glyphs.into, look.dim()),
            Span::raw(format!(" {}", text::left(&text::clean(&view.name), room))),
            Span::styled(shared, look.dim()),
        ]);
        if chosen {
            whole(line, area, look.selected(app.orders.focus == Pane::Board), buf)
        } else {
            draw::put(&line, area, buf)
        }
    }
}

impl Widget for Board<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        for (row, line) in self.app.orders.board_rows().into_iter().skip(self.app.orders.board_scroll).zip(area.rows())
        {
            match row {
                BoardRow::Provider(provider) => self.heading(provider, line, buf),
                BoardRow::Status(status) => self.status(status, line, buf),
                BoardRow::Views => {
                    let style =
                        if self.app.orders.focus == Pane::Board { self.look.focus() } else { self.look.title() };
                    draw::put(&Line::styled(" Views", style), line, buf);
                }
                BoardRow::View(at) => self.view(at, line, buf),
            }
        }
    }
}
