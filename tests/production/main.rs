//! How the program is run in production: with a standby that takes over, behind a pooler, restored from a dump, on servers
//! with settings of their own.

mod addresses;
mod bouncer;
mod cluster;
mod failover;
mod full_disk;
#[path = "../harness/mod.rs"]
#[allow(dead_code, reason = "shared with the tests of the store")]
mod harness;
mod lives;
mod ninety_days;
#[path = "../console/pty.rs"]
#[allow(dead_code, reason = "shared with the console's tests")]
mod pty;
mod restore;
mod settings;
mod standby;
mod there;
mod world;
mod wrong_clock;
