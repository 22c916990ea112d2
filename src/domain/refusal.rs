//! Why not: every refusal is computed from the table, and says what to do instead.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use strum::{IntoStaticStr, VariantArray};

use super::law::{Action, Actor, Provider, Status};
use super::role::{Proof, Role};
use super::{Money, Roles};

/// The kind of a refusal, as other programs read it. In order of precedence: the first that applies is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Why {
    /// The request id was used before, with another body.
    ReusedRequest,
    /// The action belongs to the other provider's law.
    OtherProvider,
    /// The order is in a final status.
    Ended,
    /// Something has to come first.
    NotYet,
    /// It was possible once.
    TooLate,
    /// The order took another branch.
    OtherBranch,
    /// Somebody else's to do.
    NotYours,
    /// The time has not come.
    Time,
    /// The amount does not fit.
    Amount,
    /// A fact stands against it, or is missing.
    Fact,
}

impl Why {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// What fact stands against an action, or is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "program", serde(rename_all = "snake_case"))]
pub enum Fault {
    /// The buyer rejected; the seller has to speak first.
    RejectionPending,
    /// The buyer has not rejected.
    NoRejection,
    /// The second delivery was rejected too: there is no third.
    NoThirdDelivery,
    /// An outcome has to be given, in two parts that sum to the held amount.
    Parts {
        /// The held amount.
        held: Money,
        /// What the given parts come to, if parts were given.
        sum: Option<Money>,
    },
    /// The parts given are not what this action leads to.
    OtherParts,
    /// A person has to give proof.
    Missing(Proof),
    /// The milestone a deadline counts from was never passed.
    NoMilestone,
}

/// Why an action is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "program", serde(rename_all = "snake_case"))]
pub enum Refusal {
    /// The request id was used before, with another body.
    ReusedRequest,
    /// The action belongs to the other provider's law.
    OtherProvider(Action, Provider),
    /// The order is in a final status.
    Ended(Action, Status),
    /// Something has to come first: any of these actions leads there soonest.
    NotYet(Action, Vec<Action>),
    /// It was possible once; this is where the order stands.
    TooLate(Action, Status),
    /// The order took another branch and stands here.
    OtherBranch(Action, Status),
    /// Somebody else's to do: these may.
    NotYours(Action, Vec<Actor>),
    /// The law lets this actor, but not a person with these roles.
    NotYourRole(Action, Actor, Roles),
    /// The time has not come before this instant.
    Time(Action, DateTime<Utc>),
    /// The amount does not fit; this is the most that would do.
    Amount(Action, Money),
    /// The action concerns the whole order: the only amount it could bear.
    WholeOnly(Action, Money),
    /// A fact stands against it, or is missing.
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

    /// What would have to be: the actions that come first, the actors whose it is, the instant, the largest amount,
    /// the proof. In wire words.
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

    /// The largest amount that would do, where the amount is what is wrong.
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

/// A sentence for people: what was asked, why not, what to do.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReusedRequest => f.write_str("this request id was used before for something else; use a new one"),
            Self::OtherProvider(action, provider) => {
                write!(f, "{}: not an action of {}'s law", action.title(), provider.title())
            }
            Self::Ended(action, status) => {
                write!(f, "{}: the order has ended, {status} is final", action.title())
            }
            Self::NotYet(action, first) => {
                write!(f, "{}: not yet, {}", action.title(), any_of(first.iter().map(|first| first_step(*first))))
            }
            Self::TooLate(action, status) => {
                write!(f, "{}: too late, the order is already {status}", action.title())
            }
            Self::OtherBranch(action, status) => {
                write!(f, "{}: belongs to another branch than {status}", action.title())
            }
            Self::NotYours(action, whose) => {
                write!(f, "{}: not yours, only {} may", action.title(), any_of(whose.iter().map(|who| who.title())))
            }
            Self::NotYourRole(action, actor, roles) => {
                let may = Role::VARIANTS.iter().filter(|role| role.may(*actor, *action));
                let (what, who) = (action.title(), actor.title());
                match any_of(may.map(|role| role.name())).as_str() {
                    "" => write!(f, "{what} as {who}: not for any person to say"),
                    whose => write!(f, "{what} as {who}: not yours but {whose}'s, you have {roles}"),
                }
            }
            Self::Time(action, due) => {
                write!(f, "{}: not before {}", action.title(), due.format("%Y-%m-%d %H:%M:%S UTC"))
            }
            Self::Amount(action, Money { minor: ..=0, .. }) => {
                write!(f, "{}: nothing is left to {}", action.title(), action.name())
            }
            Self::Amount(action, most) => write!(f, "{}: more than nothing and at most {most}", action.title()),
            Self::WholeOnly(action, whole) => {
                write!(f, "{}: concerns the whole order of {whole}, give no amount", action.title())
            }
            Self::Fact(action, fault) => write!(f, "{}: {fault}", action.title()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RejectionPending => f.write_str("the buyer's rejection is pending, the seller has to answer it"),
            Self::NoRejection => f.write_str("the buyer has not rejected it"),
            Self::NoThirdDelivery => f.write_str("the second delivery was rejected, there is no third"),
            Self::Parts { held, sum: None } => write!(f, "say what seller and buyer get, together {held}"),
            Self::Parts { held, sum: Some(sum) } => {
                write!(f, "the parts must sum to {held}, these come to {sum}")
            }
            Self::OtherParts => f.write_str("the parts given are not what this leads to"),
            Self::Missing(Proof::Note) => f.write_str("a note is mandatory, say how you know"),
            Self::Missing(Proof::Reference) => f.write_str("the payment's reference is mandatory"),
            Self::Missing(Proof::Nothing) => f.write_str("nothing is missing"),
            Self::NoMilestone => f.write_str("the moment its deadline counts from is not known"),
        }
    }
}

/// What has to happen first, as advice.
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
        Action::AgreeSecondDelivery => "a second delivery would have to be agreed first",
        Action::ConfirmGoodCondition => "the seller has to confirm its good condition first",
        Action::ReportBadCondition => "the seller has to report its bad condition first",
        Action::RaiseDispute => "the seller has to raise the dispute first",
        Action::Withdraw => "one party has to withdraw first",
        Action::Settle => "it has to be settled first",
        Action::Complete => "the provider has to complete it first",
    }
}
