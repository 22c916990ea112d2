//! The console: its screens as pictures people review, its promises, and the real binary in a real terminal.

mod desk;
#[path = "../harness/mod.rs"]
#[allow(dead_code, reason = "shared with the store's tests")]
mod harness;
mod promises;
mod screens;
mod terminal;
