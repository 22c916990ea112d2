//! Stored cases. [`read`] reads them, [`mod@write`] writes them and [`export`] exports them. [`policy`] stores the
//! desk's policy, [`presence`] shows who is looking at a case, and [`report`] sums up a period.

pub mod export;
pub mod policy;
pub mod presence;
pub mod read;
pub mod report;
pub mod write;
