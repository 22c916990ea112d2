//! What works by itself, for as long as somebody lets it: clocks, the watcher of alerts, plans under way, metrics. Nothing
//! here runs unasked, and any number of processes may run the same at once.

pub mod clock;
pub mod metrics;
pub mod plan;
pub mod tell;
pub mod watcher;
