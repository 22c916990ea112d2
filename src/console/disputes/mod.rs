//! The dispute desk: queues, cases, one case; the actions on it, and pages to read.

pub mod answers;
pub mod consequence;
pub mod copy;
pub mod documents;
pub mod entries;
pub mod fields;
pub mod form;
pub mod layout;
pub mod loads;
pub mod marked;
pub mod menu;
pub mod mouse;
pub mod page;
pub mod picker;
pub mod presence;
pub mod requests;
pub mod shown;
pub mod state;
pub mod view;
