//! AtaraPay: escrow. The money is held until the buyer accepts, the seller gives in, or the dispute manager decides.

use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

use super::law::{Action, Actor, Basis, Guard, Rule};

/// The status of an AtaraPay order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, VariantArray, IntoStaticStr, EnumString, EnumMessage,
)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "program", serde(rename_all = "snake_case"))]
pub enum Status {
    /// Paid for, and waiting to be delivered.
    #[strum(message = "Pending")]
    Pending,
    /// Delivered; the buyer has to accept or reject, and after a rejection the seller has to answer.
    #[strum(message = "Awaiting Buyer Response")]
    AwaitingBuyerResponse,
    /// The buyer accepted it; the seller has to be paid.
    #[strum(message = "Accepted")]
    Accepted,
    /// The buyer sent it back in good condition; the buyer has to be refunded.
    #[strum(message = "Rejected")]
    Rejected,
    /// Rejected once; buyer and seller agreed to a second delivery.
    #[strum(message = "Pending II", to_string = "pending_ii")]
    PendingIi,
    /// The buyer rejected it and the seller says it came back in bad condition; no dispute is filed yet.
    #[strum(message = "Dispute")]
    Dispute,
    /// The seller filed a formal dispute: the dispute manager decides.
    #[strum(message = "Disputed")]
    Disputed,
    /// Decided or withdrawn: who gets what is settled, but the money has not moved yet.
    #[strum(message = "Dispute Resolved")]
    DisputeResolved,
    /// The money moved: the seller was paid out or the buyer refunded.
    #[strum(message = "Completed")]
    Completed,
    /// Called off by the buyer or the seller before delivery.
    #[strum(message = "Cancelled")]
    Cancelled,
}

const PAY_SELLER: &str = "outcome pay seller (the money: provider)";
const REFUND_BUYER: &str = "outcome refund buyer (the money: inferred)";

const fn rule(actor: Actor, action: Action, guard: Guard, to: Status, basis: Basis, remark: &'static str) -> Rule {
    let implied = matches!(action, Action::Reject | Action::ReportBadCondition);
    Rule { actor, action, guard, to: super::Status::Atarapay(to), basis, remark, implied }
}

/// Marks a rule as implied by a notification of a later step.
const fn implied(rule: Rule) -> Rule {
    Rule { implied: true, ..rule }
}

impl Status {
    /// The rules that leave this status; together they are AtaraPay's law.
    #[rustfmt::skip]
    pub fn rules(self) -> &'static [Rule] {
        use {Action::*, Actor::{Buyer, Courier, DisputeManager, Seller}, Basis::{Inferred, Seed}, Guard::*, Status::*};
        match self {
            //          who             may                   when                   then it is              how we know
            Pending => const { &[
                implied(rule(Courier, Deliver,              Always,                AwaitingBuyerResponse, Seed, "")),
                rule(Buyer,          Cancel,                Always,                Cancelled,             Seed, ""),
                rule(Seller,         Cancel,                Always,                Cancelled,             Seed, ""),
            ] },
            AwaitingBuyerResponse => const { &[
                rule(Buyer,          Accept,                NoRejectionPending,    Accepted,              Seed, ""),
                rule(Buyer,          Reject,                NoRejectionPending,    AwaitingBuyerResponse, Inferred, "Rejected and Dispute both wait for the seller's word"),
                rule(Seller,         AgreeSecondDelivery,   FirstRejectionPending, PendingIi,             Seed, ""),
                rule(Seller,         ConfirmGoodCondition,  RejectionPending,      Status::Rejected,      Seed, ""),
                rule(Seller,         ReportBadCondition,    RejectionPending,      Dispute,               Seed, ""),
            ] },
            PendingIi => const { &[
                rule(Courier,        Deliver,               Always,                AwaitingBuyerResponse, Inferred, "Awaiting Buyer Response is set by delivery; this is attempt 2"),
                rule(Buyer,          Cancel,                Always,                Cancelled,             Seed, "first or second attempt"),
                rule(Seller,         Cancel,                Always,                Cancelled,             Inferred, "as from Pending"),
            ] },
            Accepted => const { &[
                rule(Actor::Provider, Complete,             Always,                Completed,             Seed, "the seller is paid out"),
            ] },
            Rejected => const { &[
                rule(Actor::Provider, Complete,             Always,                Completed,             Seed, "the buyer is refunded"),
            ] },
            Dispute => const { &[
                rule(Seller,         RaiseDispute,          Always,                Disputed,              Seed, ""),
                rule(Buyer,          Withdraw,              Always,                DisputeResolved,       Seed, PAY_SELLER),
                rule(Seller,         Withdraw,              Always,                DisputeResolved,       Seed, REFUND_BUYER),
            ] },
            Disputed => const { &[
                rule(Buyer,          Withdraw,              Always,                DisputeResolved,       Seed, PAY_SELLER),
                rule(Seller,         Withdraw,              Always,                DisputeResolved,       Seed, REFUND_BUYER),
                rule(DisputeManager, Settle,                PartsSumToHeld,        DisputeResolved,       Inferred, "the manager reaches the resolution, and no other status is named for it"),
            ] },
            DisputeResolved => const { &[
                rule(Actor::Provider, Complete,             Always,                Completed,             Seed, ""),
            ] },
            Cancelled | Completed => &[],
        }
    }
}
