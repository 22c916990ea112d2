//! Marked orders, and one action on all of them.

pub mod dialog;
pub mod marking;
pub mod marks;
pub mod run;
pub mod sums;
pub mod tally;
