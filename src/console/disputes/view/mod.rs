//! The dispute desk as it is drawn.

pub mod case;
mod conversation;
pub mod page;
pub mod queue;
