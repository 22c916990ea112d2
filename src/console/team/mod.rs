//! People and policy: who has which role and what in hand, how the desk works, and the forms that change it.

mod form;
pub mod loads;
mod page;
pub mod state;
mod view;

pub use page::open;
