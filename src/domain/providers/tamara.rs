//! Tamara: buy now, pay later. Authorised after approval, captured on shipping, refunded on return.

use crate::domain::Currency;
use crate::domain::law::{Action, Actor, Basis, Effect, Guard, Milestone, Pot, Rule, Wait};
use crate::domain::provider::{Definition, Kind};
use crate::domain::role::{Proof, Role};

/// Tamara.
pub static DEFINITION: Definition = Definition {
    name: "tamara",
    title: "Tamara",
    kind: Kind::Capture,
    own_actor: Actor::Merchant,
    currencies: &[Currency::Sar, Currency::Aed, Currency::Kwd, Currency::Bhd, Currency::Omr],
    statuses: STATUSES,
    rules,
    letters: &[
        (Action::Approve, Actor::Provider, 'v'),
        (Action::Decline, Actor::Provider, 'n'),
        (Action::Authorise, Actor::Merchant, 'a'),
        (Action::Capture, Actor::Merchant, 'c'),
        (Action::Cancel, Actor::Merchant, 'x'),
        (Action::Refund, Actor::Merchant, 'r'),
        (Action::Expire, Actor::Clock, 'e'),
    ],
    permissions: &[
        (Role::Ops, Actor::Merchant, None, Proof::Nothing),
        // Our clock only presumes it: a person who asked the provider confirms it.
        (Role::Ops, Actor::Clock, Some(Action::Expire), Proof::Note),
    ],
    through_case: &[],
};

statuses! { TAMARA,
    /// The customer has started the checkout with Tamara.
    New "new" "New" Waits 4;
    /// Paid and approved; it must be authorised, and should never stay here.
    Approved "approved" "Approved" Urgent 0;
    /// Acknowledged by the merchant: it counts as paid, and can be shipped or canceled.
    Authorised "authorised" "Authorised" Ours 1 auto_capture_days: Some(18);
    /// Partly canceled before anything was shipped.
    Updated "updated" "Updated" Ours 2 auto_capture_days: Some(18);
    /// Part of it was shipped.
    PartiallyCaptured "partially_captured" "Partially Captured" Ours 3;
    /// All of it was shipped.
    FullyCaptured "fully_captured" "Fully Captured" Done 5;
    /// Part of the money went back to the customer.
    PartiallyRefunded "partially_refunded" "Partially Refunded" Done 6;
    /// All of the money went back to the customer.
    FullyRefunded "fully_refunded" "Fully Refunded" Done 7;
    /// Completely canceled before anything was shipped.
    Canceled "canceled" "Canceled" Nothing 8;
    /// Tamara turned the customer down.
    Declined "declined" "Declined" Nothing 9 is_hidden: true;
    /// Not paid within 30 minutes, not authorised within 72 hours, or neither shipped nor canceled within 90 days.
    Expired "expired" "Expired" Nothing 10 is_hidden: true;
}

const MINUTES_30: Guard = Guard::After(Wait { minutes: 30, since: Milestone::Creation });
const HOURS_72: Guard = Guard::After(Wait { minutes: 72 * 60, since: Milestone::Approval });
const DAYS_90: Guard = Guard::After(Wait { minutes: 90 * 24 * 60, since: Milestone::Authorisation });

const LABELLED: &str = "the provider's workflow labels this edge";
const A_LIST: &str = "captures are a list";
const MORE_MAY_COME: &str = "while something is uncaptured or unrefunded, the order is not fully refunded";

const fn rule(actor: Actor, action: Action, guard: Guard, to: Status, basis: Basis, remark: &'static str) -> Rule {
    let implied = matches!(action, Action::Approve | Action::Authorise);
    Rule { actor, action, guard, to: to.status(), effect: Effect::usual(action), basis, remark, implied }
}

impl Status {
    /// The rules that leave this status; together they are Tamara's law.
    #[rustfmt::skip]
    pub fn rules(self) -> &'static [Rule] {
        use {Action::*, Actor::*, Basis::{Inferred, Seed}, Guard::{All, Always, Any, Part, RefundLeavesNone, RefundLeavesSome}, Pot::*, Status::*};
        match self {
            //          who       may        when              then it is          how we know
            New => const { &[
                rule(Provider, Approve,   Always,            Approved,           Seed, ""),
                rule(Provider, Decline,   Always,            Declined,           Seed, ""),
                rule(Clock,    Expire,    MINUTES_30,        Expired,            Seed, ""),
            ] },
            Approved => const { &[
                rule(Merchant, Authorise, Always,            Authorised,         Seed, ""),
                rule(Clock,    Expire,    HOURS_72,          Expired,            Seed, "counted from approval: inferred"),
            ] },
            Authorised => const { &[
                rule(Merchant, Capture,   Part(Uncaptured),  PartiallyCaptured,  Seed, ""),
                rule(Merchant, Capture,   All(Uncaptured),   FullyCaptured,      Seed, ""),
                rule(Merchant, Cancel,    Part(Uncaptured),  Updated,            Seed, ""),
                rule(Merchant, Cancel,    All(Uncaptured),   Canceled,           Seed, ""),
                rule(Clock,    Expire,    DAYS_90,           Expired,            Seed, ""),
            ] },
            Updated => const { &[
                rule(Merchant, Capture,   Part(Uncaptured),  PartiallyCaptured,  Basis::Provider, LABELLED),
                rule(Merchant, Capture,   All(Uncaptured),   FullyCaptured,      Basis::Provider, LABELLED),
                rule(Clock,    Expire,    DAYS_90,           Expired,            Inferred, "it is still neither shipped nor canceled"),
            ] },
            PartiallyCaptured => const { &[
                rule(Merchant, Capture,   Part(Uncaptured),  PartiallyCaptured,  Inferred, A_LIST),
                rule(Merchant, Capture,   All(Uncaptured),   FullyCaptured,      Inferred, A_LIST),
                rule(Merchant, Refund,    Any(Refundable),   PartiallyRefunded,  Basis::Provider, ""),
            ] },
            FullyCaptured => const { &[
                rule(Merchant, Refund,    Part(Refundable),  PartiallyRefunded,  Seed, ""),
                rule(Merchant, Refund,    All(Refundable),   FullyRefunded,      Seed, ""),
            ] },
            PartiallyRefunded => const { &[
                rule(Merchant, Refund,    RefundLeavesSome,  PartiallyRefunded,  Inferred, MORE_MAY_COME),
                rule(Merchant, Refund,    RefundLeavesNone,  FullyRefunded,      Inferred, "nothing is left to capture or refund"),
            ] },
            Declined | Expired | Canceled | FullyRefunded => &[],
        }
    }
}
