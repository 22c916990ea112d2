//! What is around the screens: the first and the last line, help and commands, messages; and small dialogs that every
//! screen can open.

pub mod footer;
pub mod header;
pub mod items;
pub mod pick;
pub mod preferences;
pub mod prompt;
pub mod search;
pub mod toast;
