//! The watch on orders that stand at Approved: how much of the time is gone, why they are stuck, what to do about it, when
//! to tell somebody, and what is to be done to many of them. Pure: no store, no clock.
//!
//! [`band`] measures time; [`grid`] counts; [`why`] explains from evidence; [`runbook`] gives the steps; [`rule`] reads the
//! rules of alerts and [`alarm`] judges them; [`plan`] says what a row of a plan does.

pub mod alarm;
pub mod band;
pub mod grid;
pub mod plan;
pub mod rule;
pub mod runbook;
pub mod why;

use crate::domain::{Status, tamara};

/// Where nothing should ever stay.
pub const STUCK: Status = Status::Tamara(tamara::Status::Approved);
