//! Orders whose money is in between: what may happen to them, what did, and who decided.
//!
//! Read the rooms in this order. Each says what it must never do.
//!
//! - [`domain`] is the law: pure data and functions. No clock, no I/O, no async; it compiles alone.
#![cfg_attr(
    feature = "program",
    doc = "
- [`store`] is Postgres and nothing else; it refuses what the law forbids. It never decides.
- [`wire`] turns the providers' words into ours and back. It never touches the store.
- [`query`] is the language orders are found with. It never touches the store.
- [`desk`] is the use cases: load, decide, append. Command line and console both go through it.
- [`intake`] takes facts in and keeps what it cannot take. It never drops a line.
- [`case`] says what may be done to a dispute's case, by when, and what a decision tells whom. Pure: no store, no clock.
- [`watch`] says who is stuck, why, and what to do about it. Pure: no store, no clock.
- [`work`] is what works by itself: clocks, alerts, plans, metrics. It asks the law like anybody else.
- [`sample`] makes lawful random lives, for the demo and the tests.
- [`settings`] are flags, environment and configuration as one table. It decides nothing.
- [`cli`] is every command without a screen. It prints through one place.
- [`console`] is the screen: model, message, update, view. `update` does no I/O and reads no clock."
)]
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)
)]

#[cfg(feature = "program")]
pub mod case;
#[cfg(feature = "program")]
pub mod cli;
#[cfg(feature = "program")]
pub mod console;
#[cfg(feature = "program")]
pub mod desk;
pub mod domain;
#[cfg(feature = "program")]
pub mod intake;
#[cfg(feature = "program")]
pub mod query;
#[cfg(feature = "program")]
pub mod sample;
#[cfg(feature = "program")]
pub mod settings;
#[cfg(feature = "program")]
pub mod store;
#[cfg(feature = "program")]
pub mod text;
#[cfg(feature = "program")]
pub mod watch;
#[cfg(feature = "program")]
pub mod wire;
#[cfg(feature = "program")]
pub mod work;
