//! Imports facts: judges them one by one, writes them in batches, and quarantines those it cannot apply. No line is
//! ever dropped.
//!
//! [`judge`] is pure: from a fact and what is known of its order it decides what happens. [`ledger`] is what is known,
//! and retries early facts. [`import`] reads lines and writes batches. In [`quarantine`] people settle what is held;
//! [`source`] is where lines come from, [`elements`] an array as lines; [`mod@spread`] is what follows when something was recorded.

pub mod elements;
pub mod import;
pub mod judge;
pub mod ledger;
pub mod quarantine;
pub mod source;
pub mod spread;
