//! What may be done to a case. One table gives the menu, the refusals, the words of the command line and the rows of
//! `case_rule` in the database.

use chrono::{DateTime, Utc};
use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

use crate::domain::{Role, Roles, Status, atarapay};

/// What a person can do to a case.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    VariantArray,
    IntoStaticStr,
    EnumString,
    EnumMessage,
    serde::Serialize,
    serde::Deserialize,
)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Take an unclaimed case.
    Claim,
    /// Take it from its owner, and say why.
    Take,
    /// Return it to the queue.
    Release,
    /// Give it to someone else, with a note.
    HandOver,
    /// Set the reason of the complaint and the amount claimed.
    Classify,
    /// Tick or untick a line of the checklist.
    Check,
    /// Add a note that only the desk reads.
    Note,
    /// Write to the buyer or the seller.
    Message,
    /// Write to a party and wait for the reply. The decision clock pauses.
    Ask,
    /// Record what a party replied.
    Answer,
    /// Continue without the reply, and say why.
    Resume,
    /// Attach a file as evidence.
    Attach,
    /// Decide who gets what. A large amount needs a lead's approval.
    Decide,
    /// Approve someone else's proposal. This decides the order.
    Approve,
    /// Send back someone else's proposal, and say why.
    Reject,
    /// Withdraw your own proposal.
    Retract,
    /// Record that a payout was sent, arrived or failed.
    Pay,
    /// Close a case whose order is not in dispute.
    Close,
}

/// The stage of a case.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    VariantArray,
    IntoStaticStr,
    EnumString,
    serde::Serialize,
    serde::Deserialize,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Someone can work on it.
    Working,
    /// A proposal waits for another person's approval.
    Proposed,
    /// It is decided but not fully paid yet.
    Decided,
    /// It is closed.
    Closed,
}

/// Who has to have the case for an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Holder {
    /// No one.
    Nobody,
    /// The person who acts.
    Me,
    /// Someone else.
    Other,
    /// No one or the person who acts. The action takes an unclaimed case.
    Free,
    /// Anyone or no one.
    Any,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The names of its events in the database; empty if it has no event of its own.
    pub events: &'static [&'static str],
    /// The stages in which it is allowed.
    pub stages: &'static [Stage],
    /// Who has to have the case.
    pub holder: Holder,
    /// Whether it makes an earlier proposal out of date.
    pub matters: bool,
    /// Its letter in the menu; it never changes.
    pub letter: char,
    /// Its label in the menu.
    pub title: &'static str,
}

/// The facts about a case that the table needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its stage.
    pub stage: Stage,
    /// The status of its order.
    pub status: Status,
    /// Its owner, if it has one.
    pub owner: Option<String>,
    /// When the owner's lease ends, if it does.
    pub lease_until: Option<DateTime<Utc>>,
    /// The party whose reply it waits for.
    pub waiting: Option<String>,
    /// Who made the pending proposal.
    pub proposer: Option<String>,
    /// Whether any payout is not confirmed yet.
    pub unpaid: bool,
}

/// Why an action is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
#[derive(serde::Serialize, serde::Deserialize)]
pub struct Refusal {
    /// The code, like `not_yours`, `held`, `not_yet`, `ended`, `too_late`, `own`, `amount` or `facts`.
    pub why: String,
    /// The sentence for people, with what to do next.
    pub words: String,
    /// Someone else was first: refreshing may help, repeating the action does not.
    pub second: bool,
}

impl Refusal {
    /// A refusal with a code and a sentence.
    pub fn because(why: &str, words: impl Into<String>) -> Self {
        Self { why: why.to_owned(), words: words.into(), second: false }
    }

    /// A refusal because someone else was first.
    pub fn second(why: &str, words: impl Into<String>) -> Self {
        Self { second: true, ..Self::because(why, words) }
    }
}

const OPEN: &[Stage] = &[Stage::Working, Stage::Proposed, Stage::Decided];
const UNDECIDED: &[Stage] = &[Stage::Working, Stage::Proposed];
const WORKING: &[Stage] = &[Stage::Working];
const PROPOSED: &[Stage] = &[Stage::Proposed];

const fn rule(
    letter: char,
    title: &'static str,
    events: &'static [&'static str],
    stages: &'static [Stage],
    holder: Holder,
) -> Rule {
    Rule { events, stages, holder, matters: false, letter, title }
}

impl Deed {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What it means, in a sentence.
    pub fn definition(self) -> &'static str {
        self.get_documentation().unwrap_or_default()
    }

    /// Its row in the table.
    pub const fn rule(self) -> Rule {
        match self {
            Self::Claim => rule('c', "Take case", &["claimed"], OPEN, Holder::Nobody),
            Self::Take => rule('t', "Take over", &["taken"], OPEN, Holder::Other),
            Self::Release => rule('u', "Release", &["released"], OPEN, Holder::Me),
            Self::HandOver => rule('h', "Hand over", &["handed_over"], OPEN, Holder::Me),
            Self::Classify => Rule { matters: true, ..rule('r', "Set reason", &["classified"], WORKING, Holder::Free) },
            Self::Check => rule('l', "Tick checklist", &["checked", "unchecked"], WORKING, Holder::Free),
            Self::Note => rule(
                'n',
                "Add note",
                &["noted"],
                &[Stage::Working, Stage::Proposed, Stage::Decided, Stage::Closed],
                Holder::Any,
            ),
            Self::Message => rule('m', "Send message", &["messaged"], OPEN, Holder::Free),
            Self::Ask => rule('w', "Ask and wait", &["asked"], WORKING, Holder::Free),
            Self::Answer => Rule { matters: true, ..rule('i', "Record reply", &["answered"], UNDECIDED, Holder::Any) },
            Self::Resume => rule('g', "Stop waiting", &["resumed"], WORKING, Holder::Free),
            Self::Attach => Rule { matters: true, ..rule('f', "Attach file", &["attached"], OPEN, Holder::Any) },
            Self::Decide => rule('s', "Decide", &["proposed"], WORKING, Holder::Free),
            Self::Approve => rule('v', "Approve", &[], PROPOSED, Holder::Any),
            Self::Reject => rule('x', "Send back", &["rejected"], PROPOSED, Holder::Any),
            Self::Retract => rule('b', "Withdraw proposal", &["retracted"], PROPOSED, Holder::Any),
            Self::Pay => rule('p', "Record payout", &[], &[Stage::Decided], Holder::Any),
            Self::Close => rule('z', "Close", &["closed"], WORKING, Holder::Free),
        }
    }
}

impl Stage {
    /// The word in the database.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl Standing {
    /// Who has it now: no one once the lease has ended.
    pub fn holder(&self, now: DateTime<Utc>) -> Option<&str> {
        let over = self.lease_until.is_some_and(|until| until <= now);
        self.owner.as_deref().filter(|_| !over)
    }

    /// Checks whether this person may do this now. Refuses with the first reason that applies: the role, the stage, the
    /// owner, the facts.
    pub fn judge(&self, deed: Deed, person: &str, roles: Roles, now: DateTime<Utc>) -> Result<(), Refusal> {
        let rule = deed.rule();
        role(deed, roles)?;
        if !rule.stages.contains(&self.stage) {
            return Err(self.stage_refused(deed));
        }
        self.hand(rule.holder, person, now)?;
        self.facts(deed, person)
    }

    fn stage_refused(&self, deed: Deed) -> Refusal {
        let decides = matches!(deed, Deed::Decide | Deed::Approve | Deed::Reject | Deed::Retract);
        match self.stage {
            Stage::Closed => {
                Refusal { second: decides || deed == Deed::Pay, ..Refusal::because("ended", "the case is closed") }
            }
            Stage::Decided if decides => Refusal::second("ended", "the case is already decided; refresh"),
            Stage::Decided => Refusal::because("too_late", "the case is already decided"),
            Stage::Proposed if deed == Deed::Pay => Refusal::because("not_yet", "the decision waits for approval"),
            Stage::Proposed => {
                let words = "a proposal waits for approval: approve it, send it back or withdraw it first";
                Refusal { second: decides, ..Refusal::because("too_late", words) }
            }
            Stage::Working if deed == Deed::Pay => Refusal::because("not_yet", "nothing is decided yet"),
            Stage::Working => Refusal::because("not_yet", "nothing is proposed"),
        }
    }

    fn hand(&self, wanted: Holder, person: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        let other = |owner: &str| {
            let owner = crate::text::clean(owner);
            Refusal::second("held", format!("{owner} has this case; take it over with a reason, or ask them"))
        };
        match (wanted, self.holder(now)) {
            (Holder::Any, _) | (Holder::Nobody | Holder::Free, None) => Ok(()),
            (Holder::Me | Holder::Free, Some(owner)) if owner == person => Ok(()),
            (Holder::Nobody, Some(owner)) if owner == person => Err(Refusal::because("held", "you already have it")),
            (Holder::Nobody | Holder::Me | Holder::Free, Some(owner)) => Err(other(owner)),
            (Holder::Me, None) => Err(Refusal::because("not_yet", "unclaimed: take the case first")),
            (Holder::Other, Some(owner)) if owner != person => Ok(()),
            (Holder::Other, Some(_)) => Err(Refusal::because("held", "you already have it")),
            (Holder::Other, None) => Err(Refusal::because("not_yet", "unclaimed: take the case instead")),
        }
    }

    fn facts(&self, deed: Deed, person: &str) -> Result<(), Refusal> {
        let own = self.proposer.as_deref() == Some(person);
        match deed {
            Deed::Decide if self.status != Status::Atarapay(atarapay::Status::Disputed) => Err(self.undecidable()),
            Deed::Approve if own => Err(Refusal::because("own", "you proposed it: someone else has to approve it")),
            Deed::Reject if own => Err(Refusal::because("own", "you proposed it: withdraw it instead")),
            Deed::Retract if !own => {
                Err(Refusal::because("not_yours", "someone else proposed it: send it back instead"))
            }
            Deed::Ask if self.waiting.is_some() => {
                let words = "the case already waits for a reply: record it, or stop waiting";
                Err(Refusal::because("not_yet", words))
            }
            Deed::Resume if self.waiting.is_none() => Err(Refusal::because("facts", "the case waits for no reply")),
            Deed::Pay if !self.unpaid => Err(Refusal::because("ended", "everything is paid")),
            Deed::Close if self.in_dispute() => {
                let words = "the order is in dispute: its case closes when the order is completed";
                Err(Refusal::because("not_yet", words))
            }
            _ => Ok(()),
        }
    }

    fn in_dispute(&self) -> bool {
        use atarapay::Status::{Dispute, DisputeResolved, Disputed};
        matches!(self.status, Status::Atarapay(Dispute | Disputed | DisputeResolved))
    }

    fn undecidable(&self) -> Refusal {
        let status = self.status.title();
        if self.status == Status::Atarapay(atarapay::Status::Dispute) {
            let words = "the order is at Dispute: the desk decides it only at Disputed; record raise_dispute or a withdrawal first";
            return Refusal::because("not_yet", words);
        }
        Refusal::because("another_branch", format!("the order is at {status}: the desk decides only at Disputed"))
    }
}

/// Checks the role: agents and leads work on cases, only leads approve, and ops may add notes too.
fn role(deed: Deed, roles: Roles) -> Result<(), Refusal> {
    let agent = roles.holds(Role::Agent) || roles.holds(Role::Lead);
    let (may, whose) = match deed {
        Deed::Approve | Deed::Reject => (roles.holds(Role::Lead), "a lead"),
        Deed::Note => (agent || roles.holds(Role::Ops), "an agent, a lead or ops"),
        Deed::Claim
        | Deed::Take
        | Deed::Release
        | Deed::HandOver
        | Deed::Classify
        | Deed::Check
        | Deed::Message
        | Deed::Ask
        | Deed::Answer
        | Deed::Resume
        | Deed::Attach
        | Deed::Decide
        | Deed::Retract
        | Deed::Pay
        | Deed::Close => (agent, "an agent or a lead"),
    };
    let words = || format!("{}: only {whose} can do this. Your roles: {roles}", deed.rule().title);
    if may { Ok(()) } else { Err(Refusal::because("not_yours", words())) }
}

/// The rows of `case_rule`, as in migration 0005.
pub fn rows() -> Vec<(&'static str, Vec<&'static str>, &'static str, bool)> {
    let row = |deed: &Deed| {
        let rule = deed.rule();
        let stages: Vec<&str> = rule.stages.iter().map(|stage| stage.name()).collect();
        let holder: &'static str = rule.holder.into();
        rule.events.iter().map(move |event| (*event, stages.clone(), holder, rule.matters)).collect::<Vec<_>>()
    };
    Deed::VARIANTS.iter().flat_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(stage: Stage, owner: Option<&str>, status: atarapay::Status) -> Standing {
        Standing {
            stage,
            status: Status::Atarapay(status),
            owner: owner.map(str::to_owned),
            lease_until: None,
            waiting: None,
            proposer: Some("ada".to_owned()),
            unpaid: stage == Stage::Decided,
        }
    }

    #[test]
    fn the_table_says_why_not() {
        use atarapay::Status::{Dispute, DisputeResolved, Disputed};
        let agent: Roles = [Role::Agent].into_iter().collect();
        let lead: Roles = [Role::Agent, Role::Lead].into_iter().collect();
        let check = |deed, stage, owner, status, roles, expect: Result<(), (&str, bool)>| {
            let judged = standing(stage, owner, status).judge(deed, "ben", roles, Utc::now());
            let judged = judged.as_ref().copied().map_err(|it| (it.why.as_str(), it.second));
            assert_eq!(judged, expect, "{deed:?} at {stage:?} of {owner:?}");
        };
        check(Deed::Claim, Stage::Working, None, Disputed, agent, Ok(()));
        check(Deed::Claim, Stage::Working, Some("ada"), Disputed, agent, Err(("held", true)));
        check(Deed::Claim, Stage::Working, Some("ben"), Disputed, agent, Err(("held", false)));
        check(Deed::Take, Stage::Working, Some("ada"), Disputed, agent, Ok(()));
        check(Deed::Take, Stage::Working, None, Disputed, agent, Err(("not_yet", false)));
        check(Deed::Message, Stage::Working, None, Disputed, agent, Ok(()));
        check(Deed::Message, Stage::Closed, None, Disputed, agent, Err(("ended", false)));
        check(Deed::Decide, Stage::Working, Some("ben"), Disputed, agent, Ok(()));
        check(Deed::Decide, Stage::Working, Some("ben"), Dispute, agent, Err(("not_yet", false)));
        check(Deed::Decide, Stage::Decided, Some("ben"), DisputeResolved, agent, Err(("ended", true)));
        check(Deed::Approve, Stage::Proposed, Some("ada"), Disputed, agent, Err(("not_yours", false)));
        check(Deed::Approve, Stage::Proposed, Some("ada"), Disputed, lead, Ok(()));
        check(Deed::Approve, Stage::Working, Some("ada"), Disputed, lead, Err(("not_yet", false)));
        check(Deed::Retract, Stage::Proposed, Some("ada"), Disputed, lead, Err(("not_yours", false)));
        check(Deed::Pay, Stage::Decided, None, DisputeResolved, agent, Ok(()));
        check(Deed::Pay, Stage::Working, None, Disputed, agent, Err(("not_yet", false)));
        check(Deed::Close, Stage::Working, None, Disputed, agent, Err(("not_yet", false)));
        check(Deed::Note, Stage::Closed, Some("ada"), Disputed, Roles::default(), Err(("not_yours", false)));
    }

    #[test]
    fn a_lease_that_is_over_is_nobodys() {
        let mut it = standing(Stage::Working, Some("ada"), atarapay::Status::Disputed);
        it.lease_until = Some(Utc::now());
        let later = Utc::now() + chrono::TimeDelta::seconds(1);
        assert_eq!(it.judge(Deed::Claim, "ben", Roles::UNREGISTERED, later), Ok(()));
    }

    #[test]
    fn letters_are_for_ever() {
        let letters: Vec<char> = Deed::VARIANTS.iter().map(|deed| deed.rule().letter).collect();
        // The keys that move in a menu have no other meaning there.
        assert!(letters.iter().all(|letter| !"jkqy?".contains(*letter)));
        let mut once = letters.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!((once.len(), letters.iter().collect::<String>()), (letters.len(), "ctuhrlnmwigfsvxbpz".to_owned()));
    }
}
