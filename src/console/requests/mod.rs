//! Requests to the providers: what waits, what is under way, what became of it, and a person's word on one.

pub mod loads;
pub mod page;
pub mod page_view;
pub mod state;
pub mod token;
pub mod word;
