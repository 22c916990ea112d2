//! Facts come in: judged one by one, written in batches, and kept where they cannot be taken. No line is ever dropped.
//!
//! [`judge`] is pure: it takes a fact and what is known of its order, and says what comes of it. [`ledger`] is what is
//! known, and tries again what came early. [`import`] reads lines and writes batches; [`quarantine`] is a person's
//! side.

pub mod import;
pub mod judge;
pub mod ledger;
pub mod quarantine;
