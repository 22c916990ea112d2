//! What may be done to a case: one table, from which come the menu, the reasons why not, the command line's words and the
//! rows of the database's `case_rule`.

use chrono::{DateTime, Utc};
use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

use crate::domain::{Role, Roles, Status, atarapay};

/// What a person does to a case.
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
    /// Take a case that nobody has.
    Claim,
    /// Take it from whoever has it, and say why.
    Take,
    /// Give it back to the queue.
    Release,
    /// Give it to somebody else, with a note.
    HandOver,
    /// Say what the complaint is about, and how much is claimed.
    Classify,
    /// Tick a line of the checklist, or take the tick off.
    Check,
    /// Write something down that only the desk reads.
    Note,
    /// Write to a party.
    Message,
    /// Write to a party and wait for their answer: the decision's clock rests.
    Ask,
    /// Write down what a party answered.
    Answer,
    /// Go on without the answer, and say why.
    Resume,
    /// Attach a file that proves something.
    Attach,
    /// Decide who gets what; what is large waits for another person.
    Decide,
    /// Approve what somebody else proposed: the order is decided.
    Approve,
    /// Send back what somebody else proposed, and say why.
    Reject,
    /// Take back what one proposed.
    Retract,
    /// Write down that a payout was sent, arrived, or failed.
    Pay,
    /// Close a case that is of no dispute.
    Close,
}

/// How far a case is.
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
    /// It is being worked on.
    Working,
    /// A decision waits for another person.
    Proposed,
    /// It is decided, and not yet paid.
    Decided,
    /// It is over.
    Closed,
}

/// In whose hands a case has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Holder {
    /// In nobody's.
    Nobody,
    /// In one's own.
    Me,
    /// In somebody else's.
    Other,
    /// In nobody's or one's own: then it is one's own.
    Free,
    /// Whoever's.
    Any,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What the database calls the event, where doing it is one; and a second word for it.
    pub events: &'static [&'static str],
    /// In which stages.
    pub stages: &'static [Stage],
    /// In whose hands.
    pub holder: Holder,
    /// A proposal from before is out of date after it.
    pub matters: bool,
    /// In the menu, for ever.
    pub letter: char,
    /// In the menu.
    pub title: &'static str,
}

/// A case as the table needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// How far it is.
    pub stage: Stage,
    /// Where its order stands.
    pub status: Status,
    /// Who has it.
    pub owner: Option<String>,
    /// Until when, where that ends by itself.
    pub lease_until: Option<DateTime<Utc>>,
    /// Whose answer is waited for.
    pub waiting: Option<String>,
    /// Who made the proposal that waits.
    pub proposer: Option<String>,
    /// Payouts that are not confirmed.
    pub unpaid: bool,
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
#[derive(serde::Serialize, serde::Deserialize)]
pub struct Refusal {
    /// In a word: `not_yours`, `held`, `not_yet`, `ended`, `too_late`, `own`, `amount`, `facts`.
    pub why: String,
    /// For people, with what to do next.
    pub words: String,
    /// Somebody else was first: looking again may help, asking again does not.
    pub second: bool,
}

impl Refusal {
    /// A reason.
    pub fn because(why: &str, words: impl Into<String>) -> Self {
        Self { why: why.to_owned(), words: words.into(), second: false }
    }

    /// A reason that is another person's having been faster.
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
    /// The word on the command line.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What it means, in a sentence.
    pub fn definition(self) -> &'static str {
        self.get_documentation().unwrap_or_default()
    }

    /// Its row.
    pub const fn rule(self) -> Rule {
        match self {
            Self::Claim => rule('c', "Claim", &["claimed"], OPEN, Holder::Nobody),
            Self::Take => rule('t', "Take over", &["taken"], OPEN, Holder::Other),
            Self::Release => rule('u', "Release", &["released"], OPEN, Holder::Me),
            Self::HandOver => rule('h', "Hand over", &["handed_over"], OPEN, Holder::Me),
            Self::Classify => {
                Rule { matters: true, ..rule('r', "Reason and claim", &["classified"], WORKING, Holder::Free) }
            }
            Self::Check => rule('l', "Checklist", &["checked", "unchecked"], WORKING, Holder::Free),
            Self::Note => rule(
                'n',
                "Internal note",
                &["noted"],
                &[Stage::Working, Stage::Proposed, Stage::Decided, Stage::Closed],
                Holder::Any,
            ),
            Self::Message => rule('m', "Write to a party", &["messaged"], OPEN, Holder::Free),
            Self::Ask => rule('w', "Ask a party and wait", &["asked"], WORKING, Holder::Free),
            Self::Answer => {
                Rule { matters: true, ..rule('i', "A party answered", &["answered"], UNDECIDED, Holder::Any) }
            }
            Self::Resume => rule('g', "Go on without an answer", &["resumed"], WORKING, Holder::Free),
            Self::Attach => Rule { matters: true, ..rule('f', "Attach a file", &["attached"], OPEN, Holder::Any) },
            Self::Decide => rule('s', "Decide", &["proposed"], WORKING, Holder::Free),
            Self::Approve => rule('v', "Approve", &[], PROPOSED, Holder::Any),
            Self::Reject => rule('x', "Send back", &["rejected"], PROPOSED, Holder::Any),
            Self::Retract => rule('b', "Take back", &["retracted"], PROPOSED, Holder::Any),
            Self::Pay => rule('p', "Payout", &[], &[Stage::Decided], Holder::Any),
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
    /// Who has it now: a lease that is over is nobody's.
    pub fn holder(&self, now: DateTime<Utc>) -> Option<&str> {
        let over = self.lease_until.is_some_and(|until| until <= now);
        self.owner.as_deref().filter(|_| !over)
    }

    /// Whether this person may do this now; else the one reason of several that comes first: the role, what the case has
    /// come to, whose it is, what the order needs.
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
            Stage::Decided if decides => Refusal::second("ended", "it is decided already; look again"),
            Stage::Decided => Refusal::because("too_late", "it is decided already"),
            Stage::Proposed if deed == Deed::Pay => Refusal::because("not_yet", "the decision waits for approval"),
            Stage::Proposed => {
                let words = "a decision waits for approval: approve it, send it back, or take it back first";
                Refusal { second: decides, ..Refusal::because("too_late", words) }
            }
            Stage::Working if deed == Deed::Pay => Refusal::because("not_yet", "nothing is decided yet"),
            Stage::Working => Refusal::because("not_yet", "nothing is proposed"),
        }
    }

    fn hand(&self, wanted: Holder, person: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        let other = |owner: &str| {
            let owner = crate::text::clean(owner);
            Refusal::second("held", format!("{owner} has it; take it over with a reason, or ask them"))
        };
        match (wanted, self.holder(now)) {
            (Holder::Any, _) | (Holder::Nobody | Holder::Free, None) => Ok(()),
            (Holder::Me | Holder::Free, Some(owner)) if owner == person => Ok(()),
            (Holder::Nobody, Some(owner)) if owner == person => Err(Refusal::because("held", "you have it already")),
            (Holder::Nobody | Holder::Me | Holder::Free, Some(owner)) => Err(other(owner)),
            (Holder::Me, None) => Err(Refusal::because("not_yet", "nobody has it: claim it first")),
            (Holder::Other, Some(owner)) if owner != person => Ok(()),
            (Holder::Other, Some(_)) => Err(Refusal::because("held", "you have it already")),
            (Holder::Other, None) => Err(Refusal::because("not_yet", "nobody has it: claim it")),
        }
    }

    fn facts(&self, deed: Deed, person: &str) -> Result<(), Refusal> {
        let own = self.proposer.as_deref() == Some(person);
        match deed {
            Deed::Decide if self.status != Status::Atarapay(atarapay::Status::Disputed) => Err(self.undecidable()),
            Deed::Approve if own => Err(Refusal::because("own", "you proposed it: somebody else has to approve it")),
            Deed::Reject if own => Err(Refusal::because("own", "you proposed it: take it back instead")),
            Deed::Retract if !own => {
                Err(Refusal::because("not_yours", "somebody else proposed it: send it back instead"))
            }
            Deed::Ask if self.waiting.is_some() => {
                let words = "somebody is waited for already: write down their answer, or go on without it";
                Err(Refusal::because("not_yet", words))
            }
            Deed::Resume if self.waiting.is_none() => Err(Refusal::because("facts", "nobody is waited for")),
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
            let words = "the order is at Dispute: only one that the seller filed as Disputed is the desk's to decide; record raise_dispute, or a withdrawal";
            return Refusal::because("not_yet", words);
        }
        Refusal::because("another_branch", format!("the order is at {status}: only one at Disputed is decided here"))
    }
}

/// Agents work on cases; only a lead approves. Everybody who does something here may leave a note.
fn role(deed: Deed, roles: Roles) -> Result<(), Refusal> {
    let agent = roles.holds(Role::Agent) || roles.holds(Role::Lead);
    let (may, whose) = match deed {
        Deed::Approve | Deed::Reject => (roles.holds(Role::Lead), "a lead's"),
        Deed::Note => (agent || roles.holds(Role::Ops), "an agent's"),
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
        | Deed::Close => (agent, "an agent's"),
    };
    let words = || format!("{}: not yours but {whose}, you have {roles}", deed.rule().title);
    if may { Ok(()) } else { Err(Refusal::because("not_yours", words())) }
}

/// The rows of the database's table, as migration 0005 has them.
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
        // What moves in a menu means nothing else there.
        assert!(letters.iter().all(|letter| !"jkqy?".contains(*letter)));
        let mut once = letters.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!((once.len(), letters.iter().collect::<String>()), (letters.len(), "ctuhrlnmwigfsvxbpz".to_owned()));
    }
}
