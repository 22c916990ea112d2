//! The orders: statuses with their counts, a list, one order with its timeline; and the actions on one order or many.

pub mod action;
pub mod board;
pub mod choose_columns;
pub mod copy;
pub mod filter;
pub mod goto;
pub mod keys;
pub mod list;
pub mod live;
pub mod loads;
pub mod marked;
pub mod mouse;
pub mod news;
pub mod saved_views;
pub mod selection;
pub mod shown;
pub mod state;
pub mod times;
pub mod urgency;
pub mod view;
pub mod window;
