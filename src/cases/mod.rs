//! Cases: what may be done to them, by when, and how a decision is explained. Pure: it never touches the store, and
//! time is an argument.
//!
//! [`law`] says what may be done to a case and why not; [`policy`] how this desk works, [`requests`] what of it is about money that goes out, [`reason`] what people read of it; [`outcome`] says what each party
//! gets; [`draft`] fills in canned texts with [`fill`]; [`mod@file`] detects what an attached file is; [`hint`] names earlier cases of
//! the same people, [`history`] all their orders; [`dossier`] tells a case to someone outside; [`letter`] writes to a party, as a PDF with [`pdf`]; [`letters`] is what the policy says of that, and [`duty`] who is on call; [`report`] sums up for everyone else.

pub mod dossier;
pub mod draft;
pub mod duty;
pub mod file;
pub mod fill;
pub mod hint;
pub mod history;
pub mod law;
pub mod letter;
pub mod letters;
pub mod outcome;
pub mod pdf;
pub mod policy;
pub mod reason;
pub mod report;
pub mod requests;

pub use law::{Holder, Standing};
pub use policy::Policy;
