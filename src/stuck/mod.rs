//! The watch on orders at Approved: how much of their time has passed, why they are stuck, what to do about it, when to
//! alert someone, and how to act on many orders at once. Pure: no store, no clock.
//!
//! [`band`] measures time; [`grid`] counts; [`answer`] reads the provider's answers; [`why`] explains from evidence; [`drift`](mod@drift) compares
//! our status with the provider's; [`runbook`] gives the steps; [`rule`]
//! parses alert rules, [`figures`] judges by them and [`alarm`] says when to report; [`plan`] says what a row of a plan does; [`tell`]
//! writes to a merchant, and [`shift`] to the next shift.

pub mod alarm;
pub mod answer;
pub mod band;
pub mod drift;
pub mod figures;
pub mod grid;
pub mod plan;
pub mod rule;
pub mod runbook;
pub mod shift;
pub mod tell;
pub mod why;

use crate::domain::{Status, tamara};

/// The status in which no order should stay.
pub const STUCK: Status = tamara::Status::Approved.status();
