//! Cases: what may be done to them, by when, and how a decision is explained. Pure: it never touches the store, and
//! time is an argument.
//!
//! [`law`] says what may be done to a case and why not; [`policy`] how this desk works, [`requests`] what of it is about money that goes out; [`outcome`] says what each party
//! gets; [`draft`] fills in canned texts; [`mod@file`] detects what an attached file is; [`hint`] names earlier cases of
//! the same people; [`letter`] writes to a party, as a PDF with [`pdf`]; [`report`] sums up for everyone else.

pub mod draft;
pub mod file;
pub mod hint;
pub mod law;
pub mod letter;
pub mod outcome;
pub mod pdf;
pub mod policy;
pub mod report;
pub mod requests;

pub use law::{Holder, Standing};
pub use policy::Policy;
