//! The words of the law and the shape of its rows. The rows themselves belong to the statuses of each provider.

use chrono::TimeDelta;
use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

use super::Status;

/// The version of the law. Raise it when a row is added, changed or removed; each transition stores its version.
pub const VERSION: i32 = 1;

/// Who moves an order, according to the law.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, VariantArray, IntoStaticStr, EnumString, EnumMessage,
)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "program", serde(rename_all = "snake_case"))]
pub enum Actor {
    /// Who pays.
    #[strum(message = "buyer")]
    Buyer,
    /// Who delivers, at AtaraPay.
    #[strum(message = "seller")]
    Seller,
    /// Who sells, at Tamara: us, through the provider's API.
    #[strum(message = "merchant")]
    Merchant,
    /// Who carries the goods.
    #[strum(message = "courier")]
    Courier,
    /// The provider itself.
    #[strum(message = "provider")]
    Provider,
    /// A deadline that has passed.
    #[strum(message = "clock")]
    Clock,
    /// AtaraPay's dispute manager.
    #[strum(message = "dispute manager")]
    DisputeManager,
}

/// What is done to an order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, VariantArray, IntoStaticStr, EnumString, EnumMessage,
)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "program", serde(rename_all = "snake_case"))]
pub enum Action {
    /// The provider accepts the customer's payment plan.
    #[strum(message = "Approve")]
    Approve,
    /// The provider turns the customer down.
    #[strum(message = "Decline")]
    Decline,
    /// The merchant acknowledges the order; nothing else can follow before that.
    #[strum(message = "Authorise")]
    Authorise,
    /// The merchant has shipped all or part; that amount joins the next settlement.
    #[strum(message = "Capture")]
    Capture,
    /// Called off: before capture at Tamara, before delivery at AtaraPay.
    #[strum(message = "Cancel")]
    Cancel,
    /// Captured money goes back to the customer.
    #[strum(message = "Refund")]
    Refund,
    /// Nothing happened in time.
    #[strum(message = "Expire")]
    Expire,
    /// The goods reached the buyer.
    #[strum(message = "Deliver")]
    Deliver,
    /// The buyer accepts what was delivered.
    #[strum(message = "Accept")]
    Accept,
    /// The buyer rejects what was delivered; the seller has to answer.
    #[strum(message = "Reject")]
    Reject,
    /// Buyer and seller agree to a second delivery.
    #[strum(message = "Agree second delivery")]
    AgreeSecondDelivery,
    /// The seller has the goods back, in good condition.
    #[strum(message = "Confirm good condition")]
    ConfirmGoodCondition,
    /// The seller has the goods back, not in good condition.
    #[strum(message = "Report bad condition")]
    ReportBadCondition,
    /// The seller files a formal dispute; the dispute manager decides it.
    #[strum(message = "Raise dispute")]
    RaiseDispute,
    /// One party gives in.
    #[strum(message = "Withdraw")]
    Withdraw,
    /// The dispute manager decides who gets what.
    #[strum(message = "Settle")]
    Settle,
    /// The money moved: the seller was paid out or the buyer refunded.
    #[strum(message = "Complete")]
    Complete,
}

/// How we learnt about a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "program", serde(rename_all = "snake_case"))]
pub enum Source {
    /// A person, at the console or on the command line.
    Console,
    /// A notification from the provider.
    Notification,
    /// A fact read from a file.
    Import,
    /// A clock that someone started.
    Clock,
    /// The provider's answer to what a person asked of it.
    Answer,
    /// The order as its provider showed it when it was read there.
    Reading,
}

impl Source {
    /// Whether the provider itself said it.
    pub const fn is_of_provider(self) -> bool {
        match self {
            Self::Notification | Self::Answer | Self::Reading => true,
            Self::Console | Self::Import | Self::Clock => false,
        }
    }
}

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Basis {
    /// Stated in the provider's status page, which this program was built from.
    Seed,
    /// Stated in the provider's public documentation or its own plugin.
    Provider,
    /// Our interpretation; the remark gives the reason.
    Inferred,
}

/// The amount a guard measures against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray)]
pub enum Pot {
    /// authorised - canceled - captured.
    Uncaptured,
    /// captured - refunded.
    Refundable,
}

/// What a deadline counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray)]
pub enum Milestone {
    /// The order was opened.
    Creation,
    /// The provider approved it.
    Approval,
    /// It was authorised.
    Authorisation,
}

/// A period after a milestone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Wait {
    /// Its length, in minutes.
    pub minutes: i64,
    /// What it counts from.
    pub since: Milestone,
}

impl Wait {
    /// Its length.
    pub const fn length(self) -> TimeDelta {
        TimeDelta::minutes(self.minutes)
    }
}

/// When a rule applies. Data, never a closure, so that SQL, documents and tests can read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Guard {
    /// No condition.
    Always,
    /// Only once the wait has ended.
    After(Wait),
    /// Some of the pot, not all of it.
    Part(Pot),
    /// All of the pot, exactly.
    All(Pot),
    /// Any amount up to the whole pot.
    Any(Pot),
    /// Part of the refundable, or all of it while something stays uncaptured.
    RefundLeavesSome,
    /// All of the refundable, and nothing stays uncaptured.
    RefundLeavesNone,
    /// The buyer has not rejected, or the rejection was dealt with.
    NoRejectionPending,
    /// The buyer rejected and the seller has not answered yet.
    RejectionPending,
    /// The same, after the first delivery.
    FirstRejectionPending,
    /// An outcome is given and its parts sum exactly to the held amount.
    PartsSumToHeld,
}

/// What a rule does to an order's amounts and facts. Data, so that the database computes the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Effect {
    /// Nothing.
    Nothing,
    /// The clock counts from now.
    Approve,
    /// All of the amount is authorised, and the clock counts from now.
    Authorise,
    /// The amount is captured.
    Capture,
    /// The amount is canceled.
    Cancel,
    /// The amount is refunded.
    Refund,
    /// The second delivery.
    DeliverAgain,
    /// The seller gets all.
    PaySeller,
    /// The buyer gets all.
    RefundBuyer,
    /// The buyer's rejection waits for the seller's answer.
    Reject,
    /// The seller answered the rejection.
    Answer,
    /// The seller answered the rejection: the buyer gets all.
    Return,
    /// A party gave in: the other one gets all.
    Withdraw,
    /// Each party gets the part that was decided.
    Settle,
}

impl Effect {
    /// The word in the database.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What an action usually does.
    pub const fn usual(action: Action) -> Self {
        match action {
            Action::Approve => Self::Approve,
            Action::Authorise => Self::Authorise,
            Action::Capture => Self::Capture,
            Action::Cancel => Self::Cancel,
            Action::Refund => Self::Refund,
            Action::Accept => Self::PaySeller,
            Action::Reject => Self::Reject,
            Action::AgreeSecondDelivery | Action::ReportBadCondition => Self::Answer,
            Action::ConfirmGoodCondition => Self::Return,
            Action::Withdraw => Self::Withdraw,
            Action::Settle => Self::Settle,
            Action::Decline | Action::Expire | Action::Deliver | Action::RaiseDispute | Action::Complete => {
                Self::Nothing
            }
        }
    }
}

/// One row of the law: who may do what, when, what the order becomes, and how we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The actor.
    pub actor: Actor,
    /// What the actor may do.
    pub action: Action,
    /// When it may happen.
    pub guard: Guard,
    /// The status it leads to.
    pub to: Status,
    /// What it does to the order's amounts and facts.
    pub effect: Effect,
    /// Where the rule comes from.
    pub basis: Basis,
    /// The reason for an interpretation, or another remark.
    pub remark: &'static str,
    /// Whether a notification of a later step implies this one. Never for an amount, an outcome, a second delivery, a
    /// cancellation or money.
    pub implied: bool,
}

impl Actor {
    /// The name used on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The word for people.
    pub fn title(self) -> &'static str {
        self.get_message().unwrap_or_default()
    }

    /// Whether this is us: people at the console act in their own name here, not on someone else's word.
    pub const fn is_us(self) -> bool {
        match self {
            Self::Merchant | Self::DisputeManager => true,
            Self::Buyer | Self::Seller | Self::Courier | Self::Provider | Self::Clock => false,
        }
    }

    /// Whether the provider has to be informed of this actor's actions. It already knows its own and those of a clock.
    pub const fn must_reach_provider(self) -> bool {
        match self {
            Self::Buyer | Self::Seller | Self::Merchant | Self::Courier | Self::DisputeManager => true,
            Self::Provider | Self::Clock => false,
        }
    }
}

impl Action {
    /// The name used on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The words for people.
    pub fn title(self) -> &'static str {
        self.get_message().unwrap_or_default()
    }

    /// What it means, from the action's own doc comment.
    pub fn definition(self) -> &'static str {
        self.get_documentation().unwrap_or_default()
    }

    /// The later action that undoes this one, if there is one.
    pub const fn undone_by(self) -> Option<Self> {
        match self {
            Self::Deliver | Self::Reject => Some(Self::AgreeSecondDelivery),
            Self::Approve
            | Self::Decline
            | Self::Authorise
            | Self::Capture
            | Self::Cancel
            | Self::Refund
            | Self::Expire
            | Self::Accept
            | Self::AgreeSecondDelivery
            | Self::ConfirmGoodCondition
            | Self::ReportBadCondition
            | Self::RaiseDispute
            | Self::Withdraw
            | Self::Settle
            | Self::Complete => None,
        }
    }
}

impl Basis {
    /// The name used on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl Source {
    /// The name used on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl Guard {
    /// Its wait, if it has one.
    pub const fn wait(self) -> Option<Wait> {
        match self {
            Self::After(wait) => Some(wait),
            Self::Always
            | Self::Part(_)
            | Self::All(_)
            | Self::Any(_)
            | Self::RefundLeavesSome
            | Self::RefundLeavesNone
            | Self::NoRejectionPending
            | Self::RejectionPending
            | Self::FirstRejectionPending
            | Self::PartsSumToHeld => None,
        }
    }

    /// Its pot, if it has one.
    pub const fn pot(self) -> Option<Pot> {
        match self {
            Self::Part(pot) | Self::All(pot) | Self::Any(pot) => Some(pot),
            Self::RefundLeavesSome | Self::RefundLeavesNone => Some(Pot::Refundable),
            Self::Always
            | Self::After(_)
            | Self::NoRejectionPending
            | Self::RejectionPending
            | Self::FirstRejectionPending
            | Self::PartsSumToHeld => None,
        }
    }
}
