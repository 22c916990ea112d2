//! Made-up orders: lawful, in realistic time, the same bytes for the same arguments. For the demo and for tests.
//!
//! [`life`] simulates one order by the law. [`tell`] writes its moves as lines in our format or the provider's.
//! [`evidence`] writes what was tried with stuck orders. [`dice`] is the random generator.

pub mod dice;
pub mod evidence;
pub mod life;
pub mod tell;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Write};

use chrono::{DateTime, TimeDelta, Utc};

use dice::Dice;
use life::Life;

/// The orders are opened over this many days before the end.
const DAYS: i64 = 45;

/// What to add to the orders.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Extras {
    /// The share of broken, repeated, late and contradictory lines.
    pub faults: f64,
    /// Whether to add what was tried with stuck orders.
    pub evidence: bool,
}

/// One line, and when it arrives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    /// When it arrives.
    pub at: DateTime<Utc>,
    /// Sorts lines of the same instant: by the order's index, then the line's.
    pub place: (u64, usize),
    /// The line, without its line break.
    pub line: Vec<u8>,
}

/// Writes the lines of `orders` orders up to `until`, in order of arrival. Keeps only unfinished orders in memory.
///
/// # Errors
///
/// [`io::Error`] if `out` cannot be written to.
pub fn write(orders: u64, seed: u64, until: DateTime<Utc>, extras: Extras, out: &mut dyn Write) -> io::Result<()> {
    let mut under_way: BinaryHeap<Reverse<Told>> = BinaryHeap::new();
    for index in 0..orders {
        let opened_at = opening(index, orders, until);
        while under_way.peek().is_some_and(|next| next.0.at <= opened_at) {
            put(under_way.pop(), until, out)?;
        }
        under_way.extend(lines(index, seed, opened_at, extras).into_iter().map(Reverse));
    }
    while let Some(next) = under_way.pop() {
        put(Some(next), until, out)?;
    }
    Ok(())
}

fn put(told: Option<Reverse<Told>>, until: DateTime<Utc>, out: &mut dyn Write) -> io::Result<()> {
    match told {
        Some(Reverse(told)) if told.at <= until => {
            out.write_all(&told.line)?;
            out.write_all(b"\n")
        }
        Some(_) | None => Ok(()),
    }
}

/// When an order is opened: spread evenly over the days before the end, denser in the last hours.
pub fn opening(index: u64, orders: u64, until: DateTime<Utc>) -> DateTime<Utc> {
    let left = (orders - index) as f64 / orders as f64;
    let seconds = (left.powf(1.3) * (DAYS * 86_400) as f64) as i64;
    until - TimeDelta::seconds(seconds)
}

/// All lines of one order, in order of arrival.
pub fn lines(index: u64, seed: u64, opened_at: DateTime<Utc>, extras: Extras) -> Vec<Told> {
    let mut dice = Dice::new(seed, index);
    let life = Life::live(index, opened_at, &mut dice);
    let mut told = Vec::new();
    for line in tell::lines(&life, &mut dice) {
        tell::maybe_spoil(line, extras.faults, &mut dice, &mut told);
    }
    if extras.evidence {
        told.extend(evidence::lines(&life, seed, index));
    }
    let place = |(at, (when, line))| Told { at: when, place: (index, at), line };
    let mut lines: Vec<Told> = told.into_iter().enumerate().map(place).collect();
    lines.sort();
    lines
}
