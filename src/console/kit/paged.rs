//! A list that is read page by page: which row is selected, and where each page starts.

use std::fmt::Debug;

use crate::settings::keys::Command;

/// How many rows a page holds.
pub const PAGE: usize = 100;

/// A row of such a list.
pub trait Row {
    /// By what it stays selected when the page is read again.
    type Id: Clone + PartialEq + Debug;
    /// After what the next page starts.
    type Place: Clone + PartialEq + Debug;

    /// What it is selected by.
    fn id(&self) -> Self::Id;

    /// Where it stands in the whole list.
    fn place(&self) -> Self::Place;
}

/// A list that keys go through: line by line, and from one kind of its rows to the next.
pub trait Through {
    /// Moves the selection.
    fn step(&mut self, by: isize);

    /// Lists the next kind, or the one before.
    fn turn(&mut self, forward: bool);
}

/// Does what a key of such a list is bound to. Returns whether it is one.
pub fn goes(list: &mut impl Through, command: Command) -> bool {
    match command {
        Command::Down => list.step(1),
        Command::Up => list.step(-1),
        Command::PageDown => list.step(10),
        Command::PageUp => list.step(-10),
        Command::NextPane | Command::PreviousPane => list.turn(command == Command::NextPane),
        _ => return false,
    }
    true
}

/// The current page of a list.
#[derive(Debug)]
pub struct Paged<R: Row> {
    /// Its rows; `None` before they are read.
    pub rows: Option<Vec<R>>,
    /// The selected row.
    pub selected: Option<R::Id>,
    /// After which place each page starts, from the second page to this one.
    starts: Vec<R::Place>,
    /// Select the last row of the next page that is read.
    land_last: bool,
}

impl<R: Row> Default for Paged<R> {
    fn default() -> Self {
        Self { rows: None, selected: None, starts: Vec::new(), land_last: false }
    }
}

impl<R: Row> Paged<R> {
    /// After which place the page starts; `None` is the first page.
    pub fn after(&self) -> Option<R::Place> {
        self.starts.last().cloned()
    }

    /// The rows that were read.
    pub fn rows(&self) -> &[R] {
        self.rows.as_deref().unwrap_or_default()
    }

    /// The line of the selected row.
    pub fn at(&self) -> usize {
        self.rows().iter().position(|row| Some(row.id()) == self.selected).unwrap_or(0)
    }

    /// The selected row.
    pub fn row(&self) -> Option<&R> {
        self.rows().get(self.at())
    }

    /// Whether the page before is being read, to select its last row.
    pub const fn turns(&self) -> bool {
        self.land_last
    }

    /// Starts from the first page of another list.
    pub fn restart(&mut self) {
        *self = Self::default();
    }

    /// Moves the selection. Returns whether another page has to be read.
    pub fn step(&mut self, by: isize) -> bool {
        let (count, to) = (self.rows().len(), self.at() as isize + by);
        if to < 0 && self.starts.pop().is_some() {
            self.land_last = true;
            return true;
        }
        if to >= count as isize
            && count >= PAGE
            && let Some(last) = self.rows().last().map(Row::place)
        {
            self.starts.push(last);
            self.selected = None;
            return true;
        }
        let to = to.clamp(0, (count as isize - 1).max(0)) as usize;
        self.selected = self.rows().get(to).map(Row::id);
        false
    }

    /// Shows a page. If the selected row is gone, the one in its place is selected. Returns whether the page before has to be read,
    /// because nothing is left of this one.
    pub fn take(&mut self, rows: Vec<R>) -> bool {
        if rows.is_empty() && self.starts.pop().is_some() {
            self.land_last = true;
            return true;
        }
        let at = self.at().min(rows.len().saturating_sub(1));
        if std::mem::take(&mut self.land_last) {
            self.selected = rows.last().map(Row::id);
        } else if !rows.iter().any(|row| Some(row.id()) == self.selected) {
            self.selected = rows.get(at).map(Row::id);
        }
        self.rows = Some(rows);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Row for usize {
        type Id = Self;
        type Place = Self;

        fn id(&self) -> Self {
            *self
        }

        fn place(&self) -> Self {
            *self
        }
    }

    #[test]
    fn pages_are_turned_at_their_ends() {
        let mut list = Paged::default();
        _ = list.take((0..PAGE).collect::<Vec<_>>());
        assert!(!list.step(-1) && list.row() == Some(&0));
        assert!(!list.step(PAGE as isize - 1) && list.row() == Some(&99));
        assert!(list.step(1) && list.after() == Some(99));
        _ = list.take(vec![100, 101]);
        assert_eq!(list.row(), Some(&100));
        assert!(!list.step(10) && list.row() == Some(&101), "the last page ends");
        assert!(!list.step(-1));
        assert!(list.step(-1) && list.after().is_none());
        _ = list.take((0..PAGE).collect());
        assert_eq!(list.row(), Some(&99), "back is where one came from");
        assert!(list.step(1) && list.take(vec![]) && list.after().is_none(), "the last page may be empty by now");
    }

    #[test]
    fn what_is_gone_leaves_its_place() {
        let mut list = Paged::default();
        _ = list.take(vec![1_usize, 2, 3]);
        list.step(1);
        _ = list.take(vec![1, 3]);
        assert_eq!(list.row(), Some(&3));
        _ = list.take(vec![1]);
        assert_eq!(list.row(), Some(&1));
    }
}
