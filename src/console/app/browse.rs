//! Moving around in the three panes.

use super::window::Land;
use super::{App, BoardRow, Effect, Layer, Menu, Pane, Tone};
use crate::domain::Status;
use crate::settings::keys::Command;

const PANES: [Pane; 3] = [Pane::Board, Pane::List, Pane::Order];

impl App {
    pub(super) fn on_panes(&mut self, command: Command) -> Vec<Effect> {
        let screen = match self.focus {
            Pane::List => self.list_height(),
            Pane::Board | Pane::Order => self.layout().map_or(0, |layout| usize::from(layout.pane(self.focus).height)),
        };
        let screen = screen.max(1) as isize;
        match command {
            Command::Down => self.move_by(1),
            Command::Up => self.move_by(-1),
            Command::PageDown => self.move_by(screen),
            Command::PageUp => self.move_by(-screen),
            Command::HalfDown => self.move_by((screen / 2).max(1)),
            Command::HalfUp => self.move_by(-(screen / 2).max(1)),
            Command::First => self.jump(Land::First),
            Command::Last => self.jump(Land::Last),
            Command::NextPane => self.turn(1),
            Command::PreviousPane => self.turn(2),
            Command::Open => self.open(),
            Command::Quit if self.focus == Pane::Board => return self.quit(),
            Command::Back | Command::Quit if self.focus == Pane::List && !self.marks.is_empty() => self.unmark(),
            Command::Back | Command::Quit if self.focus == Pane::List && self.has_filter() => self.unfilter(),
            Command::Back | Command::Quit => self.back(),
            Command::Actions => self.open_menu(),
            Command::Mark => self.mark(),
            Command::Range => self.range(),
            Command::MarkAll => return self.mark_all(),
            Command::Unmark => self.unmark(),
            Command::Sort => self.open_sort(),
            Command::Columns => self.open_columns(),
            Command::Forget => return self.forget_view(),
            Command::Freeze => return self.freeze(),
            _ => {}
        }
        Vec::new()
    }

    fn turn(&mut self, by: usize) {
        let at = PANES.iter().position(|pane| *pane == self.focus).unwrap_or(0);
        self.focus = PANES[(at + by) % PANES.len()];
    }

    fn open(&mut self) {
        self.focus = match self.focus {
            Pane::Board => Pane::List,
            Pane::List if self.shown.is_some() => Pane::Order,
            pane @ (Pane::List | Pane::Order) => pane,
        };
    }

    fn back(&mut self) {
        self.focus = match self.focus {
            Pane::Board | Pane::List => Pane::Board,
            Pane::Order => Pane::List,
        };
    }

    fn open_menu(&mut self) {
        match (&self.shown, self.focus) {
            // In the order pane, actions apply to the open order, even if others are marked.
            (_, Pane::List) if !self.marks.is_empty() || self.running.is_some() => self.open_bulk(),
            (Some(_), Pane::List | Pane::Order) => self.layers.push(Layer::Menu(Menu::default())),
            (Some(_), Pane::Board) => self.say(Tone::News, "Go into the list first (Enter): actions are for orders."),
            (None, _) => self.say(Tone::News, "No order is selected."),
        }
    }

    fn move_by(&mut self, by: isize) {
        match self.focus {
            Pane::Board => self.move_on_board(by),
            Pane::List => self.move_in_list(by),
            Pane::Order => self.scroll_order(self.order_scroll.saturating_add_signed(by)),
        }
    }

    /// Moves by this many statuses and views, skipping the headings.
    pub(super) fn move_on_board(&mut self, by: isize) {
        let mut rows = self.board_rows();
        rows.retain(|row| matches!(row, BoardRow::Status(_) | BoardRow::View(_)));
        let at = rows.iter().position(|row| self.is_chosen(*row)).unwrap_or(0);
        self.choose_row(rows[at.saturating_add_signed(by).min(rows.len() - 1)]);
    }

    pub(super) fn move_in_list(&mut self, by: isize) {
        let before = self.list.selected.clone();
        self.loads.list.due |= self.list.step(by);
        if before != self.list.selected {
            self.went(before);
            self.selected_another();
        }
    }

    fn jump(&mut self, land: Land) {
        match self.focus {
            Pane::Board => self.move_on_board(if land == Land::First { isize::MIN } else { isize::MAX }),
            Pane::List => {
                let before = self.list.selected.clone();
                self.loads.list.due |= self.list.jump(land);
                if before != self.list.selected {
                    self.went(before);
                    self.selected_another();
                }
            }
            Pane::Order => self.scroll_order(if land == Land::First { 0 } else { usize::MAX }),
        }
    }

    pub(super) fn scroll_order(&mut self, to: usize) {
        let Some(layout) = self.layout() else { return };
        let lines = crate::console::view::order::length(self, layout.order.width);
        self.order_scroll = to.min(lines.saturating_sub(usize::from(layout.order.height)));
    }

    pub(super) fn choose(&mut self, status: Status) {
        self.moved_by_hand = true;
        let before = self.listing();
        self.filter.on = false;
        self.views.chosen = None;
        self.chosen = status;
        if before != self.listing() || self.list.sort != self.sort() {
            self.list_anew();
        }
    }

    /// Selects the most urgent status that has orders, for the first screen.
    pub(super) fn choose_the_first_that_holds_orders(&mut self) {
        let Some(board) = &self.board else { return };
        let holds = |status| board.iter().any(|count| count.status == status && count.orders > 0);
        if let Some(first) = self.statuses.iter().copied().find(|&status| holds(status))
            && first != self.chosen
        {
            self.chosen = first;
            self.list_anew();
        }
    }
}
