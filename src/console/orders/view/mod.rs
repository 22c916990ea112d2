//! The three panes as they are drawn.

pub mod board;
pub mod list;
pub mod order;
pub mod panes;
