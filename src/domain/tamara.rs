//! Tamara: buy now, pay later. Authorised after approval, captured on shipping, refunded on return.

use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

use super::law::{Action, Actor, Basis, Guard, Milestone, Pot, Rule, Wait};

/// The status of a Tamara order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, VariantArray, IntoStaticStr, EnumString, EnumMessage,
)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "program", serde(rename_all = "snake_case"))]
pub enum Status {
    /// The customer has started the checkout with Tamara.
    #[strum(message = "New")]
    New,
    /// Paid and approved; it must be authorised, and should never stay here.
    #[strum(message = "Approved")]
    Approved,
    /// Acknowledged by the merchant: it counts as paid, and can be shipped or canceled.
    #[strum(message = "Authorised")]
    Authorised,
    /// Partly canceled before anything was shipped.
    #[strum(message = "Updated")]
    Updated,
    /// Part of it was shipped.
    #[strum(message = "Partially Captured")]
    PartiallyCaptured,
    /// All of it was shipped.
    #[strum(message = "Fully Captured")]
    FullyCaptured,
    /// Part of the money went back to the customer.
    #[strum(message = "Partially Refunded")]
    PartiallyRefunded,
    /// All of the money went back to the customer.
    #[strum(message = "Fully Refunded")]
    FullyRefunded,
    /// Completely canceled before anything was shipped.
    #[strum(message = "Canceled")]
    Canceled,
    /// Tamara turned the customer down.
    #[strum(message = "Declined")]
    Declined,
    /// Not paid within 30 minutes, not authorised within 72 hours, or neither shipped nor canceled within 90 days.
    #[strum(message = "Expired")]
    Expired,
}

const MINUTES_30: Guard = Guard::After(Wait { minutes: 30, since: Milestone::Creation });
const HOURS_72: Guard = Guard::After(Wait { minutes: 72 * 60, since: Milestone::Approval });
const DAYS_90: Guard = Guard::After(Wait { minutes: 90 * 24 * 60, since: Milestone::Authorisation });

const LABELLED: &str = "the provider's workflow labels this edge";
const A_LIST: &str = "captures are a list";
const MORE_MAY_COME: &str = "while something is uncaptured or unrefunded, the order is not fully refunded";

const fn rule(actor: Actor, action: Action, guard: Guard, to: Status, basis: Basis, remark: &'static str) -> Rule {
    let implied = matches!(action, Action::Approve | Action::Authorise);
    Rule { actor, action, guard, to: super::Status::Tamara(to), basis, remark, implied }
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
