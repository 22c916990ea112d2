//! The middle pane: the orders of the chosen status, or the search results.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::console::app::layout::Pane;
use crate::console::app::session::Link;
use crate::console::app::state::App;
use crate::console::kit::draw;
use crate::console::kit::draw::whole;
use crate::console::kit::look::{Look, name};
use crate::console::orders::times::{age, left};
use crate::console::orders::window::Row;
use crate::query::Field;
use crate::records::OrderRecord;
use crate::settings::columns::Column;
use crate::settings::prefs::Times;
use crate::text;

/// The middle pane.
pub struct List<'a> {
    /// The state.
    pub app: &'a App,
    /// Styles and glyphs.
    pub look: Look,
}

/// Below this width of the screen, amounts are short.
const SHORT: u16 = 100;

/// The maximum width of a text column.
const LONGEST: usize = 24;

/// A name that may be missing, as it is shown.
fn shown(name: &Option<String>) -> String {
    text::clean(name.as_deref().unwrap_or_default())
}

/// The flags of an order: `~` not confirmed, `!` in quarantine.
fn flags(stored: &OrderRecord) -> String {
    let unconfirmed = if stored.unconfirmed > 0 { "~" } else { "" };
    let quarantined = if stored.quarantined > 0 { "!" } else { "" };
    format!("{unconfirmed}{quarantined}")
}

/// A column with its width in cells.
type Fitted = (Column, usize);

/// The columns of a list on this screen.
struct Grid {
    /// All chosen columns.
    asked: Vec<Column>,
    /// The columns that fit.
    fitted: Vec<Fitted>,
}

impl List<'_> {
    /// The content of a cell.
    fn cell(&self, stored: &OrderRecord, column: Column) -> (String, Style) {
        let (app, look) = (self.app, self.look);
        let (order, prefs) = (&stored.order, &app.prefs);
        let absolute = prefs.times == Times::Absolute;
        let words = match column {
            Column::Order => text::clean(&order.key.id),
            // The currency's code stands before it.
            Column::Amount if app.size.0 < SHORT => {
                order.amount.short().split_once(' ').map_or_else(String::new, |(_, digits)| digits.to_owned())
            }
            Column::Amount => order.amount.grouped(),
            Column::Age if absolute => prefs.zone.short(order.entered_at, app.now),
            Column::Age => age(order.entered_at, app.now),
            Column::Left => {
                let (words, style) = left(stored, app.now, look).unwrap_or_default();
                let due = order.due_at().filter(|_| absolute).map(|due| prefs.zone.short(due, app.now));
                return (due.unwrap_or(words), style);
            }
            Column::Status => {
                let (sign, style) = look.status(order.status);
                return (format!("{sign} {}", name(order.status)), style);
            }
            Column::Owner => match stored.owner.as_deref() {
                Some(owner) if owner == app.session.person => "you".to_owned(),
                owner => text::clean(owner.unwrap_or_default()),
            },
            Column::Buyer => shown(&app.masked(stored).buyer),
            Column::Seller => shown(&app.masked(stored).seller),
            Column::Merchant => shown(&app.masked(stored).merchant),
            Column::Opened => prefs.zone.short(order.opened_at, app.now),
            Column::Moved => prefs.zone.short(order.moved_at, app.now),
            Column::Version => order.version.to_string(),
        };
        (words, Style::new())
    }

    /// The heading of a column. It differs for ages and dates.
    fn heading(&self, column: Column) -> &'static str {
        match (column, self.app.prefs.times) {
            (Column::Age, Times::Absolute) => "since",
            (Column::Left, Times::Absolute) => "due",
            _ => column.title(),
        }
    }

    /// The columns that fit, with their widths. Text columns shrink first, then the lightest columns are dropped.
    fn grid(&self, width: usize) -> Grid {
        let asked = self.app.orders.columns();
        let rows = &self.app.orders.list.rows;
        let widest = |column: Column| {
            let heading = self.heading(column);
            let cells = rows.iter().map(|row| text::width(&self.cell(&row.stored, column).0)).max().unwrap_or(0);
            let title = if cells == 0 { 0 } else { text::width(heading) };
            let code = if column == Column::Amount { 4 } else { 0 };
            // An empty column needs no room; text has a maximum width, but an id is never cut.
            let is_text = column.least() < usize::MAX && column != Column::Order;
            (cells + code).max(title).min(if is_text { LONGEST } else { usize::MAX })
        };
        let mut columns: Vec<Fitted> = asked.iter().map(|it| (*it, widest(*it))).collect();
        columns.retain(|(column, width)| *width > 0 || *column == Column::Order);
        // The mark, the flags, and the name the order was found by.
        let room = width.saturating_sub(3 + 3 + self.found_room(width, &asked));
        let over =
            |columns: &[Fitted]| columns.iter().map(|(_, width)| width + 2).sum::<usize>().saturating_sub(room + 2);
        let shorten = |columns: &mut Vec<Fitted>| {
            for at in (0..columns.len()).rev() {
                let (column, width) = columns[at];
                let least = if column == Column::Order { width } else { column.least() };
                columns[at].1 = width.saturating_sub(over(columns)).max(least.min(width));
            }
        };
        let wanted = columns.clone();
        shorten(&mut columns);
        while over(&columns) > 0 && columns.len() > 1 {
            let lightest = columns.iter().map(|(column, _)| *column).min_by_key(|column| column.weight());
            columns =
                wanted.iter().copied().filter(|(column, _)| columns.iter().any(|(kept, _)| kept == column)).collect();
            columns.retain(|(column, _)| Some(*column) != lightest);
            shorten(&mut columns);
        }
        if let [(_, only)] = columns.as_mut_slice() {
            *only = (*only).min(room);
        }
        Grid { asked, fitted: columns }
    }

    fn fit(column: Column, words: &str, width: usize) -> String {
        if column.is_number() { text::right(words, width) } else { text::left(words, width) }
    }

    fn row(&self, row: &Row, grid: &Grid, selected: bool, width: usize) -> Line<'static> {
        let (app, look) = (self.app, self.look);
        let stored = &row.stored;
        let order = &stored.order;
        let bar = if selected { look.glyphs.bar } else { " " };
        let sign = match (app.orders.marks.holds(&order.key), app.orders.live.changed(&order.key, app.now)) {
            (true, _) => Span::styled(look.glyphs.marked, look.marked()),
            (false, true) => Span::styled(look.glyphs.changed, look.changed()),
            (false, false) => Span::raw(" "),
        };
        let mut spans = vec![Span::raw(bar), sign, Span::raw(" ")];
        for (at, (column, width)) in grid.fitted.iter().enumerate() {
            let gap = if at == 0 { "" } else { "  " };
            let (words, style) = self.cell(stored, *column);
            if row.gone && !matches!(column, Column::Order | Column::Amount) {
                continue;
            }
            let words = match column {
                Column::Amount => {
                    format!("{} {}", order.amount.currency.code(), Self::fit(*column, &words, width.saturating_sub(4)))
                }
                _ => Self::fit(*column, &words, *width),
            };
            spans.push(Span::raw(gap));
            spans.push(Span::styled(words, style));
        }
        if row.gone {
            let now = app.orders.shown.as_ref().filter(|shown| shown.stored.order.key == order.key);
            let to = now.map(|shown| shown.stored.order.status).filter(|to| *to != order.status);
            let arrow = look.glyphs.arrow;
            spans.push(Span::raw(format!("  {arrow} {}", to.map_or("moved away", name))));
            return Line::from(spans);
        }
        spans.push(Span::styled(format!(" {:<2}", flags(stored)), look.warn()));
        let used: usize = spans.iter().map(|span| text::width(&span.content)).sum();
        if let Some(words) = self.found(stored, &grid.asked) {
            spans.push(Span::styled(text::cut(&words, width.saturating_sub(used)), look.dim()));
        }
        Line::from(spans)
    }

    /// The width for the names that orders were found by.
    fn found_room(&self, width: usize, columns: &[Column]) -> usize {
        let told = self.app.orders.list.rows.iter().filter_map(|row| self.found(&row.stored, columns));
        told.map(|words| text::width(&words)).max().unwrap_or(0).min(LONGEST).min(width / 4)
    }

    /// The name the order was found by, if no column shows it.
    fn found(&self, stored: &OrderRecord, columns: &[Column]) -> Option<String> {
        let (query, _) = self.app.orders.listed_query()?;
        let (field, _) = query.matched(stored)?;
        let masked = self.app.masked(stored);
        let (column, value) = match field {
            // The id is always shown.
            Field::Order | Field::Reference | Field::Message | Field::Rationale => return None,
            Field::Merchant => (Column::Merchant, &masked.merchant),
            Field::Buyer => (Column::Buyer, &masked.buyer),
            Field::Seller => (Column::Seller, &masked.seller),
        };
        (!columns.contains(&column)).then(|| format!(" {} {}", field.title(), shown(value)))
    }

    /// The position in the list and its length, as far as known without counting.
    fn place(&self) -> String {
        let app = self.app;
        // An order that moved away is no longer part of the list.
        let here = app.orders.list.row().is_some_and(|row| !row.gone);
        let number = app.orders.list.number().filter(|_| here);
        let number = number.map_or_else(|| "-".to_owned(), |number| text::grouped(number as i64));
        if app.orders.is_filtered() {
            let rows = app.orders.list.rows.iter().filter(|row| !row.gone).count();
            let all = if app.orders.list.is_whole() { rows.to_string() } else { format!("{rows}+") };
            return if app.orders.list.is_awaited() { " …".to_owned() } else { format!(" {number} / {all}") };
        }
        let counts = app.orders.board.iter().flatten().filter(|count| count.status == app.orders.chosen);
        let orders: i64 = counts.map(|count| count.orders).sum();
        match (orders, app.orders.list.number().is_some() || here) {
            (0, _) | (_, false) => String::new(),
            (orders, true) => format!(" {number} / {}", text::grouped(orders)),
        }
    }

    /// The title with the sort order, then the query or the money, then the column names.
    fn headings(&self, area: Rect, columns: &[Fitted], buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        let style = if app.orders.focus == Pane::List { look.focus() } else { look.title() };
        let dot = look.glyphs.dot;
        let number = self.place();
        let room = usize::from(area.width).saturating_sub(text::width(&number) + 1);
        let counts = || app.orders.board.iter().flatten().filter(|count| count.status == app.orders.chosen);
        let sorted = app.orders.list.sort.title();
        let (title, below) = match app.orders.listed_query() {
            Some((_, typed)) => {
                (format!(" {} {dot} {sorted}", app.orders.list_title()), text::clean(&app.shown_query(typed)))
            }
            None => {
                let orders = counts().map(|count| count.orders).sum();
                let money: Vec<String> = counts().map(|count| count.amount.to_string()).collect();
                let title = format!(" {} {dot} {}, {sorted}", name(app.orders.chosen), text::grouped(orders));
                (title, money.join(&format!(" {dot} ")))
            }
        };
        let title = Line::from(vec![Span::styled(text::left(&title, room), style), Span::raw(number)]);
        let below = Line::styled(format!(" {}", text::cut(&below, room)), look.dim());
        let names =
            columns.iter().map(|(column, width)| format!("  {}", Self::fit(*column, self.heading(*column), *width)));
        let names: String =
            if app.orders.list.rows.is_empty() { String::new() } else { " ".to_owned() + &names.collect::<String>() };
        draw::lines([title, below, Line::styled(names, look.dim())], area, buf);
    }

    /// The text of an empty list: why it is empty, and what to do.
    fn empty(&self) -> String {
        let app = self.app;
        let status = name(app.orders.chosen);
        let nothing = app.orders.board.as_ref().is_some_and(|board| board.iter().all(|count| count.orders == 0));
        match app.link {
            Link::Live if app.orders.is_filtered() && app.orders.list.loaded => {
                "No orders match. / edits the filter, Esc clears it.".to_owned()
            }
            _ if nothing && app.orders.list.loaded => {
                "No orders yet. `recourse import FILE` imports them, `recourse demo` makes some up.".to_owned()
            }
            Link::Live if !app.orders.list.loaded => "Reading …".to_owned(),
            Link::Connecting => "Connecting to the database …".to_owned(),
            Link::Lost { .. } if !app.orders.list.loaded => {
                "Not read: the database does not answer. It is read when the connection is back.".to_owned()
            }
            Link::Live | Link::Lost { .. } => {
                format!("No order is {status} now. {} New ones appear here.", app.orders.chosen.definition())
            }
        }
    }
}

impl Widget for List<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        if area.is_empty() {
            return;
        }
        let grid = self.grid(usize::from(area.width));
        let below = app.layout().map_or(1, |layout| layout.headings()).min(area.height);
        self.headings(Rect { height: below, ..area }, &grid.fitted, buf);
        let area = Rect { y: area.y + below, height: area.height - below, ..area };
        if app.orders.list.rows.is_empty() {
            let words = text::wrap(&self.empty(), usize::from(area.width).saturating_sub(2));
            return draw::lines(
                words.into_iter().map(|words| Line::styled(format!(" {words}"), look.dim())),
                area,
                buf,
            );
        }
        let selected = app.orders.list.at();
        for ((at, row), line) in app.orders.list.rows.iter().enumerate().skip(app.orders.list.scroll).zip(area.rows()) {
            let is_selected = selected == Some(at);
            let words = self.row(row, &grid, is_selected, usize::from(line.width));
            if is_selected {
                whole(words, line, look.selected(app.orders.focus == Pane::List), buf);
            } else {
                draw::put(&words, line, buf);
            }
            if row.gone {
                buf.set_style(line, look.dim());
            }
        }
    }
}
