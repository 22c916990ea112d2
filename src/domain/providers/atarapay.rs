//! AtaraPay: escrow. The money is held until the buyer accepts, the seller gives in, or the dispute manager decides.

use crate::domain::Currency;
use crate::domain::law::{Action, Actor, Basis, Effect, Guard, Rule};
use crate::domain::provider::{Definition, Kind};
use crate::domain::role::{Proof, Role};

/// AtaraPay.
pub static DEFINITION: Definition = Definition {
    name: "atarapay",
    title: "AtaraPay",
    kind: Kind::Escrow,
    own_actor: Actor::DisputeManager,
    currencies: &[Currency::Ngn, Currency::Usd],
    statuses: STATUSES,
    rules,
    letters: &[
        (Action::Deliver, Actor::Courier, 'd'),
        (Action::Cancel, Actor::Buyer, 'u'),
        (Action::Cancel, Actor::Seller, 'l'),
        (Action::Accept, Actor::Buyer, 'o'),
        (Action::Reject, Actor::Buyer, 't'),
        (Action::AgreeSecondDelivery, Actor::Seller, 'g'),
        (Action::ConfirmGoodCondition, Actor::Seller, 'f'),
        (Action::ReportBadCondition, Actor::Seller, 'b'),
        (Action::RaiseDispute, Actor::Seller, 'p'),
        (Action::Withdraw, Actor::Buyer, 'w'),
        (Action::Withdraw, Actor::Seller, 'h'),
        (Action::Settle, Actor::DisputeManager, 's'),
        (Action::Complete, Actor::Provider, 'm'),
    ],
    permissions: &[
        (Role::Agent, Actor::DisputeManager, None, Proof::Nothing),
        (Role::Agent, Actor::Buyer, None, Proof::Note),
        (Role::Agent, Actor::Seller, None, Proof::Note),
        (Role::Agent, Actor::Courier, None, Proof::Note),
        (Role::Agent, Actor::Provider, Some(Action::Complete), Proof::Reference),
        (Role::Lead, Actor::DisputeManager, None, Proof::Nothing),
        (Role::Lead, Actor::Buyer, None, Proof::Note),
        (Role::Lead, Actor::Seller, None, Proof::Note),
        (Role::Lead, Actor::Courier, None, Proof::Note),
        (Role::Lead, Actor::Provider, Some(Action::Complete), Proof::Reference),
    ],
    through_case: &[("disputed", Action::Settle), ("dispute_resolved", Action::Complete)],
};

statuses! { ATARAPAY,
    /// Paid for, and waiting to be delivered.
    Pending "pending" "Pending" Waits 5;
    /// Delivered; the buyer has to accept or reject, and after a rejection the seller has to answer.
    AwaitingBuyerResponse "awaiting_buyer_response" "Awaiting Buyer Response" Waits 3;
    /// The buyer accepted it; the seller has to be paid.
    Accepted "accepted" "Accepted" Waits 6;
    /// The buyer sent it back in good condition; the buyer has to be refunded.
    Rejected "rejected" "Rejected" Waits 7;
    /// Rejected once; buyer and seller agreed to a second delivery.
    PendingIi "pending_ii" "Pending II" Waits 4;
    /// The buyer rejected it and the seller says it came back in bad condition; no dispute is filed yet.
    Dispute "dispute" "Dispute" DisputeNotFiled 1 label: "Dispute, not filed";
    /// The seller filed a formal dispute: the dispute manager decides.
    Disputed "disputed" "Disputed" Dispute 0;
    /// Decided or withdrawn: who gets what is settled, but the money has not moved yet.
    DisputeResolved "dispute_resolved" "Dispute Resolved" Urgent 2;
    /// The money moved: the seller was paid out or the buyer refunded.
    Completed "completed" "Completed" Done 8;
    /// Called off by the buyer or the seller before delivery.
    Cancelled "cancelled" "Cancelled" Nothing 9 names_actor: true;
}

/// Whether an order with this status is in dispute, decided or not.
pub fn in_dispute(status: crate::domain::Status) -> bool {
    use Status::{Dispute, DisputeResolved, Disputed};
    [Dispute, Disputed, DisputeResolved].into_iter().any(|disputed| status == disputed)
}

const PAY_SELLER: &str = "outcome pay seller (the money: provider)";
const REFUND_BUYER: &str = "outcome refund buyer (the money: inferred)";

const fn rule(actor: Actor, action: Action, guard: Guard, to: Status, basis: Basis, remark: &'static str) -> Rule {
    let implied = matches!(action, Action::Reject | Action::ReportBadCondition);
    // There is no partial cancellation: the buyer gets all of the held amount.
    let effect = if matches!(action, Action::Cancel) { Effect::RefundBuyer } else { Effect::usual(action) };
    Rule { actor, action, guard, to: to.status(), effect, basis, remark, implied }
}

/// Marks a rule as implied by a notification of a later step.
const fn implied(rule: Rule) -> Rule {
    Rule { implied: true, ..rule }
}

/// The second delivery.
const fn again(rule: Rule) -> Rule {
    Rule { effect: Effect::DeliverAgain, ..rule }
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
                again(rule(Courier,        Deliver,               Always,                AwaitingBuyerResponse, Inferred, "Awaiting Buyer Response is set by delivery; this is attempt 2")),
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
