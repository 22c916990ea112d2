//! Cases: what may happen to one, by when, what a decision says, and how it is told. Pure: it never touches the store, and
//! time is an argument.
//!
//! [`law`] holds what may be done to a case and why not; [`policy`] how this desk works; [`clock`] the names of deadlines;
//! [`queue`] the piles of work; [`outcome`] what a decision gives to whom and the sentences that say so; [`draft`] fills canned texts in;
//! [`mod@file`] says what an attached file is; [`letter`] tells a party, on paper by [`pdf`], [`report`]
//! everybody else.

pub mod clock;
pub mod draft;
pub mod file;
pub mod law;
pub mod letter;
pub mod outcome;
pub mod pdf;
pub mod policy;
pub mod queue;
pub mod report;

pub use clock::Clock;
pub use law::{Deed, Holder, Stage, Standing};
pub use policy::Policy;
pub use queue::Queue;
