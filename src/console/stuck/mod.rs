//! Orders stuck at Approved: the watch, alerts, runbooks, and plans that settle many of them.

pub mod acknowledge;
pub mod loads;
pub mod page;
pub mod papers;
pub mod plans;
pub mod related;
pub mod requests;
pub mod runbook;
pub mod shown;
pub mod state;
pub mod view;
