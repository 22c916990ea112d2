//! The dispute desk: queues, cases, one case; the actions on it, and pages to read.

pub mod answers;
pub mod consequence;
pub mod entries;
pub mod fields;
pub mod form;
pub mod keys;
pub mod loads;
pub mod menu;
pub mod message;
pub mod paper;
pub mod presence;
pub mod shown;
pub mod state;
pub mod view;
