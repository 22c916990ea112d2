//! Background work: clocks, the alert watcher, running plans, metrics. Nothing here starts unless asked to, and any
//! number of processes may run it at once.

pub mod clock;
pub mod deliver;
pub mod metrics;
pub mod plan;
pub mod tell;
pub mod watcher;
