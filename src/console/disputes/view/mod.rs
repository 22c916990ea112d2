//! The dispute desk as it is drawn.

pub mod case;
pub mod cases;
pub mod page;
