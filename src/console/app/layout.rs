//! The positions of the panes. They depend only on the screen size, so drawing and paging agree.

use ratatui::layout::Rect;

/// The three panes, left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pane {
    /// Statuses and counts.
    Board,
    /// Orders of one status.
    List,
    /// One order.
    Order,
}

/// The areas of the screen. A hidden pane has an empty area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// The first line.
    pub header: Rect,
    /// The last line.
    pub footer: Rect,
    /// Between header and footer.
    pub body: Rect,
    /// Statuses and counts.
    pub board: Rect,
    /// Orders of one status.
    pub list: Rect,
    /// One order.
    pub order: Rect,
}

/// Minimum heights of a list, and how many heading lines it then has: title, money, column names.
const WITH_HEADINGS: [(u16, u16); 2] = [(9, 3), (5, 2)];

/// A smaller screen shows only a message.
const SMALLEST: (u16, u16) = (20, 5);
/// A smaller screen shows one pane at a time.
const ONE_PANE: (u16, u16) = (60, 15);
/// From this width, the board shows money.
const WITH_MONEY: u16 = 190;
/// From this width, the statuses stay on the screen.
const TWO_LISTS: u16 = 100;
/// From this width, the three panes are side by side.
const SIDE_BY_SIDE: u16 = 110;

impl Layout {
    /// The layout for a screen of this size, or `None` if it is too small. `plain` shows one pane at a time.
    pub fn new(width: u16, height: u16, focus: Pane, plain: bool) -> Option<Self> {
        if width < SMALLEST.0 || height < SMALLEST.1 {
            return None;
        }
        let body = Rect::new(0, 1, width, height - 2);
        let mut layout = Self {
            header: Rect::new(0, 0, width, 1),
            footer: Rect::new(0, height - 1, width, 1),
            body,
            ..Self::default()
        };
        if plain || width < ONE_PANE.0 || height < ONE_PANE.1 {
            *layout.pane_mut(focus) = body;
        } else if width < TWO_LISTS {
            // One list and its detail: the statuses with their orders, the orders with the selected one, or one order.
            let upper = body.height * 3 / 5;
            let board = (width / 3).min(34);
            match focus {
                Pane::Board => {
                    layout.board = Rect { width: board, ..body };
                    layout.list = Rect { x: board + 1, width: width - board - 1, ..body };
                }
                Pane::List => {
                    layout.list = Rect { height: upper, ..body };
                    layout.order = Rect { y: body.y + upper + 1, height: body.height - upper - 1, ..body };
                }
                Pane::Order => layout.order = body,
            }
        } else if width < SIDE_BY_SIDE {
            let upper = body.height / 2;
            let board = (width / 3).min(34);
            layout.board = Rect { width: board, height: upper, ..body };
            layout.list = Rect { x: board + 1, width: width - board - 1, height: upper, ..body };
            layout.order = Rect { y: body.y + upper + 1, height: body.height - upper - 1, ..body };
        } else {
            // A wide screen has room for money next to the counts.
            let board = if width < WITH_MONEY { (width * 24 / 100).clamp(26, 38) } else { 64 };
            let order = (width * 37 / 100).clamp(40, 80);
            layout.board = Rect { width: board, ..body };
            layout.list = Rect { x: board + 1, width: width - board - order - 2, ..body };
            layout.order = Rect { x: width - order, width: order, ..body };
        }
        Some(layout)
    }

    /// The number of heading lines of the list.
    pub fn headings(&self) -> u16 {
        WITH_HEADINGS.iter().find(|(height, _)| self.list.height >= *height).map_or(1, |(_, lines)| *lines)
    }

    /// The area of a pane.
    pub const fn pane(&self, pane: Pane) -> Rect {
        match pane {
            Pane::Board => self.board,
            Pane::List => self.list,
            Pane::Order => self.order,
        }
    }

    fn pane_mut(&mut self, pane: Pane) -> &mut Rect {
        match pane {
            Pane::Board => &mut self.board,
            Pane::List => &mut self.list,
            Pane::Order => &mut self.order,
        }
    }
}
