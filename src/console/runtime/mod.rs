//! What makes the console run: the loop, messages and keys, the screen, the work outside, recordings.

pub mod checkpoint;
mod ends;
pub mod headless;
pub mod keys;
mod mouse;
pub mod record;
pub mod replay;
pub mod run;
pub mod screen;
mod screens;
pub mod update;
pub mod work;
