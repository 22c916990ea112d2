//! The dispute desk as it is drawn.

pub mod case;
pub mod page;
pub mod queue;
