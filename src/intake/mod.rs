//! Imports facts: judges them one by one, writes them in batches, and quarantines those it cannot apply. No line is
//! ever dropped.
//!
//! [`judge`] is pure: from a fact and what is known of its order it says the [`verdict`]. [`ledger`] is what is known;
//! [`retry`] judges early facts again. [`import`] reads lines and writes them in batches (`batch`); [`source`] is where lines come from,
//! [`elements`] an array as lines, [`bounded`] lines that are too long. [`adopt`] compares an order with a reading of it, and [`reading`] records what follows. In [`quarantine`] people settle what is held; [`mod@spread`] is what follows when
//! something was recorded.

pub mod adopt;
mod batch;
pub mod bounded;
pub mod elements;
pub mod import;
pub mod judge;
pub mod ledger;
pub mod quarantine;
pub mod reading;
pub mod retry;
pub mod source;
pub mod spread;
mod summary;
pub mod verdict;
