//! Refusals: each is computed from the table and says what to do instead.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use strum::{IntoStaticStr, VariantArray};

use super::law::{Action, Actor};
use super::permission::NotPermitted;
use super::role::Proof;
use super::{Money, Provider, Status};

/// The kind of a refusal, for other programs. In order of precedence: the first that applies is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Why {
    /// The request id was already used for another request.
    ReusedRequest,
    /// The action belongs to the other provider's law.
    OtherProvider,
    /// The order is in a final status.
    Ended,
    /// Another action has to come first.
    NotYet,
    /// It was possible earlier.
    TooLate,
    /// The order took another branch.
    OtherBranch,
    /// Someone else has to do it.
    NotYours,
    /// It is too early.
    Time,
    /// The amount does not fit.
    Amount,
    /// A fact prevents it, or is missing.
    Fact,
}

impl Why {
    /// The name used on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The fact that prevents an action, or is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "program", serde(rename_all = "snake_case"))]
pub enum Fault {
    /// The buyer rejected; the seller has to answer first.
    RejectionPending,
    /// The buyer has not rejected.
    NoRejection,
    /// The second delivery was rejected too: there is no third.
    NoThirdDelivery,
    /// A decision needs two parts that add up to the held amount.
    Parts {
        /// The held amount.
        held: Money,
        /// The sum of the given parts, if parts were given.
        sum: Option<Money>,
    },
    /// The given parts differ from what this action leads to.
    OtherParts,
    /// The proof that a person must give is missing.
    Missing(Proof),
    /// The milestone that the deadline counts from was never reached.
    NoMilestone,
    /// A person does it in the order's case.
    ThroughCase,
}

/// Why an action is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "program", serde(rename_all = "snake_case"))]
pub enum Refusal {
    /// The request id was already used for another request.
    ReusedRequest,
    /// The action belongs to the other provider's law.
    OtherProvider(Action, Provider),
    /// The order is in a final status.
    Ended(Action, Status),
    /// Another action has to come first: each of these starts a shortest way there.
    NotYet(Action, Vec<Action>),
    /// It was possible earlier; this is the order's status.
    TooLate(Action, Status),
    /// The order took another branch; this is its status.
    OtherBranch(Action, Status),
    /// Someone else has to do it: one of these actors.
    NotYours(Action, Vec<Actor>),
    /// This actor may do it, but a person with these roles may not record it.
    NotYourRole(Action, Actor, NotPermitted),
    /// It is too early before this time.
    Time(Action, DateTime<Utc>),
    /// The amount does not fit; this is the largest that does.
    Amount(Action, Money),
    /// The action applies to the whole order; this is the only amount it accepts.
    WholeOnly(Action, Money),
    /// A fact prevents it, or is missing.
    Fact(Action, Fault),
}

impl Refusal {
    /// Its kind.
    pub const fn why(&self) -> Why {
        match self {
            Self::ReusedRequest => Why::ReusedRequest,
            Self::OtherProvider(..) => Why::OtherProvider,
            Self::Ended(..) => Why::Ended,
            Self::NotYet(..) => Why::NotYet,
            Self::TooLate(..) => Why::TooLate,
            Self::OtherBranch(..) => Why::OtherBranch,
            Self::NotYours(..) | Self::NotYourRole(..) => Why::NotYours,
            Self::Time(..) => Why::Time,
            Self::Amount(..) | Self::WholeOnly(..) => Why::Amount,
            Self::Fact(..) => Why::Fact,
        }
    }

    /// What the action needs, in wire words: the actions that come first, the actors who may, the time, the largest
    /// amount, or the proof.
    pub fn needs(&self) -> Vec<String> {
        match self {
            Self::NotYet(_, first) => first.iter().map(|action| action.name().to_owned()).collect(),
            Self::NotYours(_, whose) => whose.iter().map(|actor| actor.name().to_owned()).collect(),
            Self::NotYourRole(_, actor, _) => vec![actor.name().to_owned()],
            Self::Time(_, due) => vec![due.to_rfc3339_opts(SecondsFormat::AutoSi, true)],
            Self::Amount(_, most) | Self::WholeOnly(_, most) => vec![most.digits()],
            Self::Fact(_, Fault::Missing(Proof::Note)) => vec!["note".to_owned()],
            Self::Fact(_, Fault::Missing(Proof::Reference)) => vec!["reference".to_owned()],
            Self::Fact(_, Fault::Parts { .. }) => vec!["to_seller".to_owned(), "to_buyer".to_owned()],
            Self::Fact(_, Fault::RejectionPending) => vec!["the seller's word".to_owned()],
            Self::Fact(_, Fault::ThroughCase) => vec!["case".to_owned()],
            Self::Fact(_, Fault::NoRejection) => vec![Action::Reject.name().to_owned()],
            Self::Fact(
                _,
                Fault::Missing(Proof::Nothing) | Fault::NoThirdDelivery | Fault::OtherParts | Fault::NoMilestone,
            )
            | Self::ReusedRequest
            | Self::OtherProvider(..)
            | Self::Ended(..)
            | Self::TooLate(..)
            | Self::OtherBranch(..) => Vec::new(),
        }
    }

    /// The largest amount allowed, if the amount is what is wrong.
    pub const fn most(&self) -> Option<Money> {
        match self {
            Self::Amount(_, most) | Self::WholeOnly(_, most) => Some(*most),
            Self::ReusedRequest
            | Self::OtherProvider(..)
            | Self::Ended(..)
            | Self::NotYet(..)
            | Self::TooLate(..)
            | Self::OtherBranch(..)
            | Self::NotYours(..)
            | Self::NotYourRole(..)
            | Self::Time(..)
            | Self::Fact(..) => None,
        }
    }
}

fn any_of(words: impl Iterator<Item = &'static str>) -> String {
    words.collect::<Vec<_>>().join(" or ")
}

/// A sentence for people: the action, why it is refused, what to do.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReusedRequest => f.write_str("this request id was already used for another request; use a new one"),
            Self::OtherProvider(action, provider) => {
                write!(f, "{}: {} orders have no such action", action.title(), provider.title())
            }
            Self::Ended(action, status) => {
                write!(f, "{}: the order has ended; {status} is final", action.title())
            }
            Self::NotYet(action, first) => {
                write!(f, "{}: not yet, {}", action.title(), any_of(first.iter().map(|first| first_step(*first))))
            }
            Self::TooLate(action, status) => {
                write!(f, "{}: too late, the order is already {status}", action.title())
            }
            Self::OtherBranch(action, status) => {
                write!(f, "{}: not possible for an order at {status}", action.title())
            }
            Self::NotYours(action, whose) => {
                write!(f, "{}: only the {} can do this", action.title(), any_of(whose.iter().map(|who| who.title())))
            }
            Self::NotYourRole(action, actor, refused) => {
                write!(f, "{} by {}: {refused}", action.title(), actor.title())
            }
            Self::Time(action, due) => {
                write!(f, "{}: not before {}", action.title(), due.format("%Y-%m-%d %H:%M:%S UTC"))
            }
            Self::Amount(action, Money { minor: ..=0, .. }) => {
                write!(f, "{}: nothing is left to {}", action.title(), action.name())
            }
            Self::Amount(action, most) => write!(f, "{}: enter more than zero and at most {most}", action.title()),
            Self::WholeOnly(action, whole) => {
                write!(f, "{}: applies to the whole order of {whole}; leave the amount out", action.title())
            }
            Self::Fact(Action::Settle, Fault::ThroughCase) => {
                write!(f, "{}: {}: recourse case decide", Action::Settle.title(), Fault::ThroughCase)
            }
            Self::Fact(action, Fault::ThroughCase) => {
                write!(f, "{}: {}: recourse case payout", action.title(), Fault::ThroughCase)
            }
            Self::Fact(action, fault) => write!(f, "{}: {fault}", action.title()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RejectionPending => f.write_str("the buyer rejected it: the seller has to answer first"),
            Self::NoRejection => f.write_str("the buyer has not rejected it"),
            Self::NoThirdDelivery => f.write_str("the second delivery was rejected; there is no third"),
            Self::Parts { held, sum: None } => write!(f, "say what seller and buyer get, together {held}"),
            Self::Parts { held, sum: Some(sum) } => {
                write!(f, "the parts must add up to {held}; these add up to {sum}")
            }
            Self::OtherParts => f.write_str("this action decides the parts; leave them out"),
            Self::Missing(Proof::Note) => f.write_str("a note is required: write how you know"),
            Self::Missing(Proof::Reference) => f.write_str("the payment reference is required"),
            Self::Missing(Proof::Nothing) => f.write_str("nothing is missing"),
            Self::NoMilestone => f.write_str("the start of its deadline is not known"),
            Self::ThroughCase => {
                f.write_str("it is done in the order's case, with a reason and a message to each party")
            }
        }
    }
}

/// What has to happen first, in words.
const fn first_step(action: Action) -> &'static str {
    match action {
        Action::Approve => "the provider has to approve it first",
        Action::Decline => "the provider has to decline it first",
        Action::Authorise => "authorise it first",
        Action::Capture => "capture it first",
        Action::Cancel => "cancel it first",
        Action::Refund => "refund it first",
        Action::Expire => "it has to expire first",
        Action::Deliver => "it has to be delivered first",
        Action::Accept => "the buyer has to accept it first",
        Action::Reject => "the buyer has to reject it first",
        Action::AgreeSecondDelivery => "a second delivery has to be agreed first",
        Action::ConfirmGoodCondition => "the seller has to confirm its good condition first",
        Action::ReportBadCondition => "the seller has to report its bad condition first",
        Action::RaiseDispute => "the seller has to raise the dispute first",
        Action::Withdraw => "one party has to withdraw first",
        Action::Settle => "it has to be settled first",
        Action::Complete => "the provider has to complete it first",
    }
}
