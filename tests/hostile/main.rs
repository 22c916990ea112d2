//! Attacks: by people with their own logins, by the owner, by what comes in. Each finds nothing.

mod cuts;
mod eighth;
mod eleventh;
mod fifth;
mod fourth;
mod fuzz;
mod guards;
#[path = "../harness/mod.rs"]
#[allow(dead_code, reason = "shared with the tests of the store")]
mod harness;
mod logins;
mod ninth;
mod server;
mod seventh;
mod sixth;
mod states;
mod tenth;
mod third;
mod thirteenth;
mod twelfth;
mod writes;
