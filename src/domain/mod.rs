//! The law of both providers: pure, shared with other programs, compiled with `--no-default-features`.
//!
//! [`law`] holds the words and the shape of a rule; [`tamara`] and [`atarapay`] hold the rows; [`order`] is what the
//! rows are judged against; [`mod@decide`] is the only function that says yes; [`refusal`] says why not; [`mod@menu`] offers;
//! [`mod@flag`] says what wants a look; [`missed`] fills in steps nobody told us about; [`role`] says who may do what; [`describe`] tells the law to people.

pub mod atarapay;
pub mod decide;
pub mod describe;
pub mod flag;
pub mod law;
pub mod menu;
pub mod missed;
pub mod money;
pub mod order;
pub mod refusal;
pub mod role;
pub mod share;
pub mod tamara;

pub use decide::{Ask, By, Step, decide};
pub use flag::Flag;
pub use law::{Action, Actor, Basis, Guard, Milestone, Pot, Provider, Rule, Source, Status, Wait};
pub use menu::{Choice, Offer, letter, menu};
pub use money::{Currency, Money, MoneyError, Total};
pub use order::{Facts, Order, OrderKey, Outcome, Parts};
pub use refusal::{Refusal, Why};
pub use role::{Proof, Role, Roles};
