//! Places on the screen that a click reaches, each by the keys that go there: the mouse can do nothing that keys cannot.

use crossterm::event::KeyCode;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use crate::settings::keys::Command;

/// How a place is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// By these commands, each so many times.
    Steps(Vec<(Command, usize)>),
    /// By this key: what is selected is opened, a button is pressed.
    Key(KeyCode),
}

impl Reach {
    /// To a line of a list from the selected one; on that one, Enter opens it.
    pub fn line(line: usize, selected: usize) -> Self {
        if line == selected { Self::Key(KeyCode::Enter) } else { Self::Steps(vec![steps(line, selected)]) }
    }
}

/// The steps from one line to another.
pub const fn steps(to: usize, from: usize) -> (Command, usize) {
    if to < from { (Command::Up, from - to) } else { (Command::Down, to - from) }
}

/// A place and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where it is.
    pub area: Rect,
    /// How it is reached.
    pub by: Reach,
}

/// The words of a line, each reached by going through them from the selected one.
pub fn along(line: &Line<'_>, area: Rect, selected: usize) -> Vec<Place> {
    let mut x = area.x;
    let place = |(at, words): (usize, &Span<'_>)| {
        let width = u16::try_from(words.width()).unwrap_or(u16::MAX).min(area.right() - x);
        let here = Rect { x, width, height: 1.min(area.height), ..area };
        x += width;
        let turn = if at < selected { Command::PreviousPane } else { Command::NextPane };
        Place { area: here, by: Reach::Steps(vec![(turn, at.abs_diff(selected))]) }
    };
    line.spans.iter().enumerate().map(place).collect()
}

/// How what is under the mouse is reached.
pub fn under(places: &[Place], at: Position) -> Option<Reach> {
    places.iter().find(|place| place.area.contains(at)).map(|place| place.by.clone())
}
