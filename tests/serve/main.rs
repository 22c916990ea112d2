//! The server against a provider to practise on: a real process, real HTTP, a real database.

mod drift;
#[path = "../harness/mod.rs"]
#[allow(dead_code, reason = "shared with the other tests")]
mod harness;
mod lying;
mod messages;
mod once;
mod others;
mod peer;
mod plans;
mod races;
mod reading;
mod receiving;
mod secrets;
mod sending;
mod webhooks;
