//! The three panes side by side, or as many of them as fit.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use crate::console::app::layout::Layout;
use crate::console::app::state::App;
use crate::console::kit::draw::ends;
use crate::console::kit::look::Look;
use crate::console::kit::scroll::follow;
use crate::console::orders::selection;
use crate::console::orders::view::left_pane::Board;
use crate::console::orders::view::list::List;
use crate::console::orders::view::order::Order;

/// Draws the panes, and returns how many lines the order has and how many of them fit.
pub fn draw(app: &App, look: Look, layout: &Layout, buf: &mut Buffer) -> (usize, usize) {
    Board { app, look }.render(layout.board, buf);
    List { app, look }.render(layout.list, buf);
    let lines = Order { app, look }.draw(layout.order, buf);
    separators(layout, look, buf);
    let orders = &app.orders;
    ends(layout.board, orders.board_scroll, orders.board_rows().len(), look, buf);
    ends(layout.list, orders.list.scroll, orders.list.rows.len() + usize::from(layout.headings()), look, buf);
    ends(layout.order, orders.scroll.of(lines.0, lines.1), lines.0, look, buf);
    lines
}

/// Keeps the selected lines on the screen.
pub fn settle(app: &mut App) {
    let height = selection::height(app);
    app.orders.list.settle(height);
    let board = app.layout().map_or(0, |layout| usize::from(layout.board.height));
    let rows = app.orders.board_rows();
    let at = rows.iter().position(|row| app.orders.is_chosen(*row)).unwrap_or(0);
    // The first status brings its provider's heading with it.
    let at = if at == 1 { 0 } else { at };
    app.orders.board_scroll = follow(app.orders.board_scroll, at, board, rows.len());
}

fn separators(layout: &Layout, look: Look, buf: &mut Buffer) {
    let mut put = |x: u16, y: u16, sign: &str| {
        if let Some(cell) = buf.cell_mut((x, y)) {
            cell.set_symbol(sign).set_style(look.dim());
        }
    };
    let adjacent = |left: Rect, right: Rect| left.width > 0 && right.width > 0 && right.x > left.right();
    for (left, right) in [(layout.board, layout.list), (layout.list, layout.order)] {
        if adjacent(left, right) {
            (left.top()..left.bottom()).for_each(|y| put(left.right(), y, look.glyphs.vertical));
        }
    }
    if layout.list.width > 0 && layout.order.y > layout.list.bottom() {
        (layout.body.left()..layout.body.right()).for_each(|x| put(x, layout.list.bottom(), look.glyphs.rule));
    }
}
