//! Tests of the console: snapshots of its screens, properties that always hold, and the real binary in a real terminal.

mod ahead;
mod cases;
mod demo;
mod desk;
mod desk_pty;
mod drift;
mod features;
#[path = "../harness/mod.rs"]
#[allow(dead_code, reason = "shared with the store's tests")]
mod harness;
mod inbox;
mod matrix;
mod mouse;
mod papers;
mod promises;
mod pty;
mod requests;
mod screens;
mod session;
mod slow;
mod statements;
mod strokes;
mod team;
mod terminal;
mod watch;
