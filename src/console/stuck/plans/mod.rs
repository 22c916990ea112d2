//! Plans: one action on many orders, made in an editor, then listed, approved and run.

pub mod answers;
pub mod editor;
pub mod editor_view;
pub mod list;
pub mod list_view;
pub mod planning;
pub mod question;
pub mod sums;
