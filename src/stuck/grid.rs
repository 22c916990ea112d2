//! Age by merchant: how many orders are at Approved and what they are worth, and how many have drift, so that a broken
//! integration stands out.

use chrono::{DateTime, TimeDelta, Utc};
use strum::VariantArray;

use crate::domain::{Currency, Total};
use crate::stuck::band::Band;

/// A count of orders with the same merchant, currency and deadline bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The merchant; empty if the order has none.
    pub merchant: String,
    /// The currency.
    pub currency: Currency,
    /// How many moments of [`Moments`] are at or before these deadlines.
    pub bucket: usize,
    /// The number of orders.
    pub orders: i64,
    /// The sum of their opening amounts, in minor units.
    pub amount: i128,
}

/// A number of orders and their money.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cell {
    /// The number of orders.
    pub orders: i64,
    /// Amounts by currency; different currencies are never added together.
    pub amounts: Vec<Total>,
}

impl Cell {
    fn add(&mut self, piece: &Piece) {
        self.orders += piece.orders;
        Total::gather(&mut self.amounts, piece.currency, piece.amount);
        self.amounts.sort_by_key(|total| total.currency.code());
    }
}

/// One merchant's line of the grid.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Row {
    /// The merchant; empty for orders that have none.
    pub merchant: String,
    /// One cell for each band, in the order of the bands.
    pub cells: Vec<Cell>,
    /// All bands together.
    pub whole: Cell,
    /// How many orders, at any status, have another status here than at the provider.
    #[serde(default)]
    pub drift: i64,
    /// How many orders at other statuses than Approved are presumed expired.
    #[serde(default)]
    pub expired: i64,
    /// How many orders are authorised here and not confirmed by the provider: they may still be at Approved there.
    #[serde(default)]
    pub unconfirmed: i64,
}

/// What is known of a merchant's orders beyond their hours at Approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The merchant; empty for orders that have none.
    pub merchant: String,
    /// How many have another status here than at the provider.
    pub drift: i64,
    /// How many that are not at Approved are presumed expired.
    pub expired: i64,
    /// How many at Approved the provider still had there after their deadline.
    pub outlived: i64,
    /// How many are authorised here and not confirmed by the provider.
    pub unconfirmed: i64,
}

impl Row {
    fn of(merchant: &str) -> Self {
        Self {
            merchant: merchant.to_owned(),
            cells: vec![Cell::default(); Band::VARIANTS.len()],
            whole: Cell::default(),
            drift: 0,
            expired: 0,
            unconfirmed: 0,
        }
    }

    fn add(&mut self, band: Band, piece: &Piece) {
        self.cells[band as usize].add(piece);
        self.whole.add(piece);
    }
}

/// Every order at Approved, by merchant and age, and how many orders have drift.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Grid {
    /// The time that the grid is for.
    pub at: DateTime<Utc>,
    /// All merchants together.
    pub all: Row,
    /// The merchants; those with the most orders in the oldest band come first.
    pub rows: Vec<Row>,
    /// Orders that expire today and have not expired yet.
    pub today: Cell,
}

impl Grid {
    /// The line of a merchant; a new one if it has none yet.
    fn row(&mut self, merchant: &str) -> &mut Row {
        let at = self.rows.iter().position(|row| row.merchant == merchant).unwrap_or_else(|| {
            self.rows.push(Row::of(merchant));
            self.rows.len() - 1
        });
        &mut self.rows[at]
    }
}

/// The moments that separate the deadline buckets: the limits of the bands and the end of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moments {
    now: DateTime<Utc>,
    midnight: DateTime<Utc>,
}

impl Moments {
    /// The moments of a grid at `now`. The day ends at midnight at this `offset` from UTC.
    pub fn new(now: DateTime<Utc>, offset: TimeDelta) -> Self {
        let here = (now + offset).date_naive();
        let midnight = here.succ_opt().and_then(|next| next.and_hms_opt(0, 0, 0)).map(|next| next.and_utc() - offset);
        Self { now, midnight: midnight.unwrap_or(now) }
    }

    /// The time of the grid.
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// When the day ends.
    pub const fn midnight(&self) -> DateTime<Utc> {
        self.midnight
    }

    /// The moments in order. A deadline exactly at the limit of a band is before that moment.
    pub fn list(&self) -> Vec<DateTime<Utc>> {
        let after = TimeDelta::microseconds(1);
        let limits =
            Band::VARIANTS.iter().filter(|band| **band != Band::Fresh).map(|band| self.now + band.begins() + after);
        let mut all: Vec<_> = limits.chain([self.midnight]).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Builds the grid from these pieces, and from what is known of each merchant's other orders.
    pub fn grid(&self, pieces: &[Piece], elsewhere: &[Elsewhere]) -> Grid {
        let list = self.list();
        let mut grid = Grid { at: self.now, all: Row::of(""), rows: Vec::new(), today: Cell::default() };
        for piece in pieces {
            // All deadlines of a bucket are between two moments, so any of them gives the band.
            let ends = list.get(piece.bucket).copied();
            let inside = ends.map_or(DateTime::<Utc>::MAX_UTC, |end| end - TimeDelta::microseconds(1));
            let band = Band::of(inside, self.now);
            grid.row(&piece.merchant).add(band, piece);
            grid.all.add(band, piece);
            if band != Band::Over && inside < self.midnight {
                grid.today.add(piece);
            }
        }
        for Elsewhere { merchant, drift, expired, outlived: _, unconfirmed } in elsewhere {
            let row = grid.row(merchant);
            row.drift += drift;
            row.expired += expired;
            row.unconfirmed += unconfirmed;
            grid.all.unconfirmed += unconfirmed;
            grid.all.drift += drift;
            grid.all.expired += expired;
        }
        let oldest = |row: &Row| row.cells.iter().rev().map(|cell| -cell.orders).collect::<Vec<_>>();
        grid.rows
            .sort_by_cached_key(|row| (oldest(row), -row.drift - row.expired - row.unconfirmed, row.merchant.clone()));
        grid
    }
}

/// Orders that reached Approved and left it, in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Hour {
    /// When the hour started.
    pub at: DateTime<Utc>,
    /// How many reached Approved.
    pub arrived: i64,
    /// How many were authorised.
    pub cleared: i64,
    /// How many expired.
    pub lost: i64,
}

#[cfg(test)]
mod tests {
    use crate::stuck::grid::*;

    #[test]
    fn pieces_come_to_a_grid() {
        let now: DateTime<Utc> = "2026-11-20T21:00:00Z".parse().unwrap();
        let moments = Moments::new(now, TimeDelta::hours(1));
        let list = moments.list();
        let hours: Vec<i64> = list.iter().map(|at| (*at - now).num_minutes()).collect();
        // Over, the end of the day at 23:00 UTC, then 90, 75 and 50 per cent.
        assert_eq!(hours, [0, 120, 432, 1080, 2160]);
        let piece = |merchant: &str, bucket, orders| Piece {
            merchant: merchant.to_owned(),
            currency: Currency::Sar,
            bucket,
            orders,
            amount: i128::from(orders) * 100,
        };
        let pieces: Vec<Piece> = (0..=5).map(|bucket| piece("a", bucket, 1 + bucket as i64)).collect();
        let other = |merchant: &str, drift, expired| Elsewhere {
            merchant: merchant.to_owned(),
            drift,
            expired,
            outlived: 0,
            unconfirmed: 0,
        };
        let drift = [other("a", 2, 0), other("c", 1, 3)];
        let grid = moments.grid(&[pieces, vec![piece("b", 0, 2)]].concat(), &drift);
        let counts = |row: &Row| row.cells.iter().map(|cell| cell.orders).collect::<Vec<_>>();
        assert_eq!(grid.rows.iter().map(|row| row.merchant.as_str()).collect::<Vec<_>>(), ["b", "a", "c"]);
        assert_eq!(grid.rows.iter().chain([&grid.all]).map(|row| row.drift).collect::<Vec<_>>(), [0, 2, 1, 3]);
        assert_eq!(grid.rows.iter().chain([&grid.all]).map(|row| row.expired).collect::<Vec<_>>(), [0, 0, 3, 3]);
        assert_eq!(counts(&grid.rows[1]), [6, 5, 4, 2 + 3, 1]);
        assert_eq!(counts(&grid.all), [6, 5, 4, 5, 3]);
        assert_eq!((grid.today.orders, grid.all.whole.orders), (2, 23));
        assert_eq!(grid.all.whole.amounts, [Total { minor: 2_300, currency: Currency::Sar }]);
    }
}
