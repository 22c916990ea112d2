//! The mouse, when it is on: a click selects, the wheel scrolls what is under it. It never runs an action.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::{App, Layer, Pane};
use crate::settings::keys::Command;

/// Lines per notch of the wheel.
const NOTCH: isize = 3;

impl App {
    pub(super) fn mouse(&mut self, event: MouseEvent) {
        let at = Position { x: event.column, y: event.row };
        match event.kind {
            MouseEventKind::Down(MouseButton::Left) => self.click(at),
            MouseEventKind::ScrollDown => self.wheel(at, NOTCH),
            MouseEventKind::ScrollUp => self.wheel(at, -NOTCH),
            MouseEventKind::Down(_)
            | MouseEventKind::Up(_)
            | MouseEventKind::Drag(_)
            | MouseEventKind::Moved
            | MouseEventKind::ScrollLeft
            | MouseEventKind::ScrollRight => {}
        }
    }

    fn pane_at(&self, at: Position) -> Option<(Pane, Rect)> {
        let layout = self.layout()?;
        let panes = [Pane::Board, Pane::List, Pane::Order].map(|pane| (pane, layout.pane(pane)));
        panes.into_iter().find(|(_, area)| area.contains(at))
    }

    fn click(&mut self, at: Position) {
        // A click selects nothing while a layer is open: layers need keys.
        if !self.layers.is_empty() {
            return;
        }
        let Some((pane, area)) = self.pane_at(at) else { return };
        self.focus = pane;
        let line = usize::from(at.y - area.y);
        match pane {
            Pane::Board => {
                if let Some(row) = self.board_rows().get(line + self.board_scroll).copied() {
                    self.choose_row(row);
                }
            }
            Pane::List => {
                let headings = usize::from(self.layout().map_or(0, |layout| layout.headings()));
                let row = line.checked_sub(headings).map(|line| line + self.list.scroll);
                self.list.stay();
                if let (Some(to), Some(from)) = (row.filter(|row| *row < self.list.rows.len()), self.list.at()) {
                    self.move_in_list(to as isize - from as isize);
                }
            }
            Pane::Order => {}
        }
    }

    fn wheel(&mut self, at: Position, by: isize) {
        match self.layers.last() {
            None => {
                let Some((pane, _)) = self.pane_at(at) else { return };
                match pane {
                    Pane::Board => self.move_on_board(by.signum()),
                    Pane::List => self.move_in_list(by),
                    Pane::Order => self.scroll_order(self.order_scroll.saturating_add_signed(by)),
                }
            }
            Some(Layer::Search(_) | Layer::Messages(_) | Layer::Quarantine) => {
                let command = if by > 0 { Command::Down } else { Command::Up };
                match self.layers.last() {
                    Some(Layer::Search(_)) => _ = self.on_search(command),
                    Some(Layer::Quarantine) => _ = self.on_quarantine(command),
                    _ => _ = self.on_page(command),
                }
            }
            Some(_) => {}
        }
    }
}
