//! The settlement statements that are kept, and what of each does not agree with the book.

pub mod loads;
pub mod page;
pub mod page_view;
pub mod state;
