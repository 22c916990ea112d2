//! The part of a list that is in memory: about 150 orders around the selected one, however long the list is.

use crate::console::kit::scroll::follow;
use crate::domain::{OrderKey, Status};
use crate::query::{Cursor, Query, Sort};
use crate::records::OrderRecord;

/// How many orders a window holds, unless the screen is very tall.
const ROWS: usize = 150;
/// The window moves when the selection is this close to its edge, unless that is the list's end.
const MARGIN: usize = 30;

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The order.
    pub stored: OrderRecord,
    /// It has left the list since it was selected.
    pub gone: bool,
}

/// Which rows to read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Want {
    /// The rows after a place.
    After(Cursor),
    /// The rows around a place.
    Around(Cursor),
}

/// What to select once the rows are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Land {
    /// The selected order.
    Stay,
    /// The first order of the list.
    First,
    /// The last order of the list.
    Last,
}

/// What is listed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    /// The orders of one status.
    Status(Status),
    /// The orders that match a query, in any status.
    Found(Query),
}

/// One request for rows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PageAsk {
    /// The list.
    pub of: Listing,
    /// The sort.
    pub sort: Sort,
    /// Which rows.
    pub want: Want,
    /// The most rows to read.
    pub limit: usize,
    /// What to select afterwards.
    pub land: Land,
}

/// The rows that were read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Page {
    /// The place before the first row.
    pub top: Cursor,
    /// The rows, in the order of the list.
    pub rows: Vec<OrderRecord>,
    /// Whether the list continues after them.
    pub more: bool,
}

/// The rows in memory, and the selection.
#[derive(Debug)]
pub struct Window {
    /// The rows in memory.
    pub rows: Vec<Row>,
    /// The selected order: by its key, never by its row.
    pub selected: Option<OrderKey>,
    /// The first row on the screen.
    pub scroll: usize,
    /// Whether the rows were ever read.
    pub loaded: bool,
    /// Their sort.
    pub sort: Sort,
    top: Cursor,
    more: bool,
    want: Want,
    land: Land,
    /// Steps beyond the rows in memory: they are taken once further rows are read.
    owed: isize,
}

impl Window {
    /// Creates an empty window at the beginning of the list.
    pub fn new(sort: Sort) -> Self {
        let top = Cursor::start();
        let want = Want::After(top.clone());
        Self {
            rows: Vec::new(),
            selected: None,
            scroll: 0,
            loaded: false,
            sort,
            top,
            more: false,
            want,
            land: Land::First,
            owed: 0,
        }
    }

    /// Creates a window around an order. The order is in it already; the rest is read.
    pub fn around(stored: OrderRecord, sort: Sort) -> Self {
        let place = Cursor::of(&stored, sort);
        let selected = Some(stored.order.key.clone());
        let rows = vec![Row { stored, gone: false }];
        let want = Want::Around(place.clone());
        Self { rows, selected, want, top: place, more: true, land: Land::Stay, ..Self::new(sort) }
    }

    /// Creates a window from rows that were read before.
    pub fn of(page: Page, selected: Option<OrderKey>, sort: Sort, scroll: usize) -> Self {
        let loaded = !page.rows.is_empty() || page.top == Cursor::start();
        let rows = page.rows.into_iter().map(|stored| Row { stored, gone: false }).collect();
        let want = Want::After(page.top.clone());
        let land = if loaded { Land::Stay } else { Land::First };
        Self { rows, selected, scroll, loaded, sort, top: page.top, more: page.more, want, land, owed: 0 }
    }

    /// The rows in memory, as a page.
    pub fn page(&self) -> Page {
        let rows = self.rows.iter().filter(|row| !row.gone).map(|row| row.stored.clone()).collect();
        Page { top: self.top.clone(), rows, more: !self.is_whole() }
    }

    /// The rows to read next.
    pub fn ask(&self, of: Listing, height: usize) -> PageAsk {
        PageAsk { of, sort: self.sort, want: self.want.clone(), limit: ROWS.max(height * 3), land: self.land }
    }

    /// Starts another list. The rows on the screen stay until its first rows are read.
    pub fn restart(&mut self) {
        (self.want, self.land, self.owed) = (Want::After(Cursor::start()), Land::First, 0);
    }

    /// Whether the whole list is in memory.
    pub fn is_whole(&self) -> bool {
        self.loaded && !self.more && self.top == Cursor::start()
    }

    /// Whether its first rows are not read yet: the rows on the screen are from the list before.
    pub fn is_awaited(&self) -> bool {
        !self.loaded || self.land == Land::First
    }

    /// Whether another order will be selected once rows are read.
    pub fn is_landing(&self) -> bool {
        !self.loaded || self.land != Land::Stay || self.owed != 0
    }

    /// The row of the selected order.
    pub fn at(&self) -> Option<usize> {
        let selected = self.selected.as_ref()?;
        self.rows.iter().position(|row| row.stored.order.key == *selected)
    }

    /// The selected row.
    pub fn row(&self) -> Option<&Row> {
        self.rows.get(self.at()?)
    }

    /// The selected row's number in the whole list, from 1, if known without counting.
    pub fn number(&self) -> Option<usize> {
        let at = self.at().filter(|_| self.top == Cursor::start())?;
        Some(at + 1)
    }

    /// Moves the selection by this many rows. Returns whether other rows have to be read.
    pub fn step(&mut self, by: isize) -> bool {
        let last = self.rows.len().saturating_sub(1) as isize;
        let to = self.at().unwrap_or(0) as isize + by + std::mem::take(&mut self.owed);
        let at = to.clamp(0, last);
        let further = (to > last && self.more) || (to < 0 && self.top != Cursor::start());
        self.owed = if further { to - at } else { 0 };
        self.select(at as usize);
        // A jump that is still being read is dropped: the later key counts.
        (self.want, self.land) = (Want::After(self.top.clone()), Land::Stay);
        self.near_an_end()
    }

    /// Keeps the selection where it is, even if other rows are read: something is open on it.
    pub fn stay(&mut self) {
        self.owed = 0;
        if self.land != Land::Stay {
            (self.want, self.land) = (Want::After(self.top.clone()), Land::Stay);
        }
    }

    /// Jumps to the beginning or the end of the list. Returns whether rows have to be read.
    pub fn jump(&mut self, land: Land) -> bool {
        self.owed = 0;
        let here = match land {
            Land::First => self.top == Cursor::start(),
            Land::Last => !self.more,
            Land::Stay => true,
        };
        if here {
            self.stay();
            let last = self.rows.len().saturating_sub(1);
            self.select(if land == Land::First { 0 } else { last });
            return false;
        }
        self.land = land;
        self.want = if land == Land::First { Want::After(Cursor::start()) } else { Want::Around(Cursor::end()) };
        true
    }

    fn select(&mut self, at: usize) {
        let Some(row) = self.rows.get(at) else { return };
        let key = row.stored.order.key.clone();
        self.rows.retain(|row| !row.gone || row.stored.order.key == key);
        self.selected = Some(key);
    }

    fn near_an_end(&mut self) -> bool {
        let Some(at) = self.at() else { return false };
        let up = at < MARGIN && self.top != Cursor::start();
        let down = at + MARGIN >= self.rows.len() && self.more;
        if up || down {
            self.want = Want::Around(Cursor::of(&self.rows[at].stored, self.sort));
        }
        up || down
    }

    /// Shows the rows that were read. If the selected order is missing although they cover its place, it stays there,
    /// marked as gone. Returns whether other rows have to be read.
    pub fn take(&mut self, ask: &PageAsk, page: Page) -> bool {
        // Another place was requested meanwhile: that one is read instead.
        if self.loaded && self.land != ask.land {
            return true;
        }
        let range = (page.top.clone(), page.rows.last().filter(|_| page.more).map(|last| Cursor::of(last, self.sort)));
        let before = self.row().cloned();
        let mut rows: Vec<Row> = page.rows.into_iter().map(|stored| Row { stored, gone: false }).collect();
        if let (Land::Stay, Some(old)) = (ask.land, before) {
            let here = rows.iter().any(|row| row.stored.order.key == old.stored.order.key);
            let place = Cursor::of(&old.stored, self.sort);
            if !here && (place <= range.0 || range.1.as_ref().is_some_and(|last| place > *last)) {
                self.want = Want::Around(place);
                return true;
            }
            if !here {
                let at = rows.partition_point(|row| Cursor::of(&row.stored, self.sort) < place);
                rows.insert(at, Row { gone: true, ..old });
            }
        }
        self.rows = rows;
        (self.loaded, self.top, self.more) = (true, page.top.clone(), page.more);
        (self.want, self.land) = (Want::After(page.top), Land::Stay);
        let last = self.rows.len().saturating_sub(1);
        match ask.land {
            Land::First => self.select(0),
            Land::Last => self.select(last),
            Land::Stay if self.at().is_none() => self.select(0),
            Land::Stay => {}
        }
        if self.rows.is_empty() {
            self.selected = None;
        }
        match std::mem::take(&mut self.owed) {
            0 => self.near_an_end(),
            owed => self.step(owed),
        }
    }

    /// Keeps the selected row on the screen.
    pub fn settle(&mut self, height: usize) {
        let at = self.at().unwrap_or(0);
        self.scroll = follow(self.scroll, at, height, self.rows.len());
    }
}

impl Default for Window {
    fn default() -> Self {
        Self::new(Sort::default())
    }
}
