//! What concerns this person, from the database, and the messages of this session.

pub mod loads;
pub mod page;
pub mod state;
