//! Stored cases. [`read`] reads them, [`judge`] reads what a command is judged by, [`mod@write`] writes them and [`export`] exports them. [`policy`] stores the
//! desk's policy, [`presence`] shows who is looking at a case, and [`report`] sums up a period.

pub mod export;
pub mod judge;
pub mod policy;
pub mod presence;
pub mod read;
pub mod report;
pub mod write;
