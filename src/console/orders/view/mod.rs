//! The three panes as they are drawn.

pub mod left_pane;
pub mod list;
pub mod order;
pub mod panes;
