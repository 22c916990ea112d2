//! The quarantine: facts that cannot be applied as they are, and how a person settles them.

pub mod loads;
pub mod page;
pub mod page_view;
pub mod settle;
pub mod state;
