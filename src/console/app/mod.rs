//! The state of the console, and what every screen may do with it: say something, ask for an effect, open a dialog.

pub mod layers;
pub mod layout;
pub mod load;
pub mod message;
pub mod pulse;
pub mod screen;
pub mod session;
pub mod state;
