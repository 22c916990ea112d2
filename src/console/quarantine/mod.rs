//! The quarantine: facts that cannot be applied as they are, and how a person settles them.

pub mod keys;
pub mod loads;
pub mod settle;
pub mod state;
pub mod view;
