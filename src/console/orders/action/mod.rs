//! An action on the shown order: the menu, the form, the question, and what became of it.

pub mod answers;
pub mod confirm;
pub mod entries;
pub mod form;
pub mod menu;
pub mod wording;
