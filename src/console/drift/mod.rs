//! Theirs and ours: the orders that differ from what their provider shows, and what a person does about one.

pub mod adopt;
pub mod loads;
pub mod page;
pub mod page_view;
pub mod shown;
pub mod state;
