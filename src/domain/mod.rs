//! The law of both providers: pure, shared with other programs, compiled with `--no-default-features`.
//!
//! [`law`] has the words and the shape of a rule; [`tamara`] and [`atarapay`] have the rows; [`order`] is what the rows
//! judge; [`mod@decide`] is the only function that allows a step; [`refusal`] says why not; [`mod@menu`] lists what may
//! be done; [`mod@flag`] says which orders need a look; [`missed`] fills in steps no one reported; [`role`] says who
//! may do what; [`describe`] describes the law for people, [`consequence`] what a step does.

pub mod case_action;
pub mod consequence;
pub mod decide;
pub mod describe;
pub mod flag;
pub mod law;
pub mod menu;
pub mod missed;
pub mod money;
pub mod order;
pub mod permission;
pub mod provider;
pub mod providers;
pub mod refusal;
pub mod role;
pub mod share;
pub mod typed;

pub use case_action::CaseAction;
pub use decide::{Ask, By, Step, decide};
pub use flag::Flag;
pub use law::{Action, Actor, Basis, Effect, Guard, Milestone, Pot, Rule, Source, Wait};
pub use menu::{Choice, Offer, menu};
pub use money::{Currency, Money, MoneyError, Total};
pub use order::{Facts, Order, OrderKey, Outcome, Parts, is_unseen};
pub use permission::{NotPermitted, Permission, Task};
pub use provider::{Kind, Provider, Sign, Status};
pub use providers::{atarapay, tamara};
pub use refusal::{Fault, Refusal, Why};
pub use role::{Proof, Role, Roles};

/// AtaraPay, escrow in Nigeria.
pub const ATARAPAY: Provider = Provider::new(&atarapay::DEFINITION);
/// Tamara, buy now and pay later in the Gulf.
pub const TAMARA: Provider = Provider::new(&tamara::DEFINITION);
