//! What every screen is made of: the terminal, looks, text fields, forms, questions, frames. It knows no order and no case.

pub mod background;
pub mod columns;
pub mod composer;
pub mod confirmation;
pub mod dialog;
pub mod dialog_box;
pub mod draw;
pub mod field;
pub mod form;
pub mod gauge;
pub mod input;
pub mod journal;
pub mod look;
pub mod paged;
pub mod paged_view;
pub mod place;
pub mod reorder;
pub mod scroll;
pub mod svg;
pub mod tabs;
pub mod terminal;
