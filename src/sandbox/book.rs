//! The orders of the sandbox, judged by its own simple rules and not by the law: so it can disagree, as a provider can.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::webhooks::Registered;
use crate::domain::{Currency, Money};

/// An order as the sandbox has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Its id.
    pub order_id: String,
    /// The account that may ask for it.
    pub account: String,
    /// Its status.
    pub status: String,
    /// Its amount in minor units.
    pub amount: i64,
    /// The currency.
    pub currency: Currency,
    /// When it was opened.
    #[serde(default = "Utc::now")]
    pub created_at: DateTime<Utc>,
    /// What was done to it with money.
    #[serde(default)]
    pub moves: Vec<Move>,
}

/// Something that was done to an order with money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// `cancel`, `capture` or `refund`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Minor units.
    pub amount: i64,
    /// The merchant's mark of it.
    pub mark: Option<String>,
    /// Of a refund: the capture that it gives back.
    pub of: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Why the sandbox does not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum No {
    /// It has no such order.
    Missing,
    /// The order is elsewhere: its status, and the one that was wanted.
    Conflict(String, &'static str),
    /// It is wrong in itself, with a code.
    Wrong(&'static str),
}

impl Held {
    /// The sum of these moves.
    pub fn sum(&self, kind: &str) -> i64 {
        self.moves.iter().filter(|it| it.kind == kind).map(|it| it.amount).sum()
    }

    /// An amount of it.
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }

    fn add(&mut self, kind: &str, amount: i64, mark: Option<String>, now: DateTime<Utc>) -> Move {
        let of = self.moves.iter().find(|it| it.kind == "capture").map(|it| it.id.clone()).filter(|_| kind == "refund");
        let made = Move { kind: kind.to_owned(), id: Uuid::new_v4().to_string(), amount, mark, of, at: now };
        self.moves.push(made.clone());
        made
    }

    /// Authorises it; doing it again changes nothing.
    ///
    /// # Errors
    ///
    /// [`No`] if it is past that.
    pub fn authorise(&mut self) -> Result<(), No> {
        match self.status.as_str() {
            "approved" | "authorised" => {
                self.status = "authorised".to_owned();
                Ok(())
            }
            other => Err(No::Conflict(other.to_owned(), "authorised")),
        }
    }

    /// Captures, cancels or refunds an amount.
    ///
    /// # Errors
    ///
    /// [`No`] if the status or what is left does not allow it.
    pub fn money_move(
        &mut self,
        kind: &str,
        amount: i64,
        mark: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<Move, No> {
        let rest = self.amount - self.sum("cancel") - self.sum("capture");
        let given = self.sum("capture") - self.sum("refund");
        let (from, most, goal): (&[&str], i64, &'static str) = match kind {
            "capture" => (&["authorised", "updated", "partially_captured"], rest, "captured"),
            "cancel" => (&["authorised", "updated"], rest, "canceled"),
            _ => (&["partially_captured", "fully_captured", "partially_refunded"], given, "refunded"),
        };
        if !from.contains(&self.status.as_str()) {
            return Err(No::Conflict(self.status.clone(), goal));
        }
        if amount < 1 || amount > most {
            return Err(No::Wrong("amount_exceeds_what_is_left"));
        }
        let made = self.add(kind, amount, mark, now);
        let all = amount == most;
        self.status = match (kind, all) {
            ("capture", true) => "fully_captured",
            ("capture", false) => "partially_captured",
            ("cancel", true) => "canceled",
            ("cancel", false) => "updated",
            (_, true) if rest == 0 => "fully_refunded",
            _ => "partially_refunded",
        }
        .to_owned();
        Ok(made)
    }
}

/// All orders, and how often each call was made.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// The orders by their ids.
    pub orders: BTreeMap<String, Held>,
    /// How often each call was made.
    pub calls: BTreeMap<String, u64>,
    /// The webhooks, in the order of their registration.
    pub webhooks: Vec<Registered>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_goes_its_way_and_no_other() {
        let mut held = Held {
            order_id: "1".to_owned(),
            account: "a".to_owned(),
            status: "approved".to_owned(),
            amount: 100,
            currency: Currency::Sar,
            created_at: Utc::now(),
            moves: Vec::new(),
        };
        let now = Utc::now();
        assert_eq!(held.money_move("capture", 1, None, now), Err(No::Conflict("approved".to_owned(), "captured")));
        held.authorise().unwrap();
        held.authorise().unwrap();
        held.money_move("capture", 40, None, now).unwrap();
        assert_eq!(held.status, "partially_captured");
        assert_eq!(held.money_move("capture", 61, None, now), Err(No::Wrong("amount_exceeds_what_is_left")));
        held.money_move("capture", 60, None, now).unwrap();
        let refund = held.money_move("refund", 100, Some("m".to_owned()), now).unwrap();
        assert!(refund.of.is_some());
        assert_eq!(held.status, "fully_refunded");
        assert!(held.money_move("refund", 1, None, now).is_err());
        assert_eq!(held.authorise(), Err(No::Conflict("fully_refunded".to_owned(), "authorised")));
    }
}
