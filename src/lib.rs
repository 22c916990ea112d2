//! Orders whose money is held between buyer and seller: what may happen to them, what did, and who decided.
//!
//! Read the modules in this order. The list says what each does and what it must never do.
//!
//! - [`domain`] is the law: pure data and functions. No clock, no I/O, no async; it compiles alone.
#![cfg_attr(
    feature = "program",
    doc = "
- [`records`] has what all the others share: orders, transitions, cases, plans and facts, as plain typed records.
- [`store`] is Postgres and nothing else. It refuses what the law forbids; it never decides.
- [`wire`] reads the providers' words and our own facts. It never touches the store.
- [`query`] is the language for finding orders. It never touches the store.
- [`desk`] has the use cases: load, decide, append. The command line and the console both use it.
- [`intake`] imports facts and quarantines those it cannot apply. It never drops a line.
- [`cases`] is the law of cases: what may be done, by when, and the letters about a decision. Pure: no store, no clock.
- [`stuck`] finds out which orders are stuck, why, and what to do about it. Pure: no store, no clock.
- [`work`] runs automatically: clocks, alerts, plans, metrics. It asks the law like everyone else.
- [`serve`] is the server: it receives what providers say, sends what people ask for, and reads orders.
- [`sandbox`] plays the providers, for practice and for tests.
- [`sample`] makes random lawful orders, for the demo and the tests.
- [`settings`] reads flags, environment and configuration as one table. It decides nothing.
- [`exit`] turns what went wrong into exit codes.
- [`cli`] has every command without a screen. It prints in one place.
- [`console`] is the screen: model, message, update, view. `update` does no I/O and reads no clock."
)]
#![warn(missing_docs)]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)
)]

#[cfg(feature = "program")]
pub mod cases;
#[cfg(feature = "program")]
pub mod cli;
#[cfg(feature = "program")]
pub mod console;
#[cfg(feature = "program")]
pub mod desk;
pub mod domain;
#[cfg(feature = "program")]
pub mod exit;
#[cfg(feature = "program")]
pub mod intake;
#[cfg(feature = "program")]
pub mod query;
#[cfg(feature = "program")]
pub mod records;
#[cfg(feature = "program")]
pub mod sample;
#[cfg(feature = "program")]
pub mod sandbox;
#[cfg(feature = "program")]
pub mod serve;
#[cfg(feature = "program")]
pub mod settings;
#[cfg(feature = "program")]
pub mod store;
#[cfg(feature = "program")]
pub mod stuck;
#[cfg(feature = "program")]
pub mod text;
#[cfg(feature = "program")]
pub mod wire;
#[cfg(feature = "program")]
pub mod work;
