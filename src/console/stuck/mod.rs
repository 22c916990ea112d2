//! Orders stuck at Approved: the watch, alerts, runbooks, and plans that settle many of them.

pub mod acknowledge;
pub mod loads;
pub mod message;
pub mod plan;
pub mod plan_view;
pub mod planning;
pub mod plans;
pub mod plans_view;
pub mod question;
pub mod related;
pub mod results;
pub mod runbook;
pub mod shown;
pub mod state;
pub mod sums;
pub mod view;
pub mod watch;
