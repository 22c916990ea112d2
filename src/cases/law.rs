//! What may be done to a case. One table gives the menu, the refusals, the words of the command line and the rows of
//! `case_rule` in the database.

use chrono::{DateTime, Utc};
use strum::{IntoStaticStr, VariantArray};

use crate::domain::{CaseAction, Roles, Status, Task, atarapay};
use crate::records::{Case, CaseEventKind, CaseStage, Party, Payout, UnknownWord, Zone};

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
    /// Its events; empty if it has no event of its own.
    pub events: &'static [CaseEventKind],
    /// The stages in which it is allowed.
    pub stages: &'static [CaseStage],
    /// Who has to have the case.
    pub holder: Holder,
    /// Whether it makes an earlier proposal out of date.
    pub material: bool,
    /// Its letter in the menu; it never changes.
    pub letter: char,
}

/// The facts about a case that the table needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its stage.
    pub stage: CaseStage,
    /// The status of its order.
    pub status: Status,
    /// Its owner, if it has one.
    pub owner: Option<String>,
    /// When the owner's lease ends, if it does.
    pub lease_until: Option<DateTime<Utc>>,
    /// The party whose reply it waits for.
    pub waiting: Option<Party>,
    /// Who made the pending proposal.
    pub proposer: Option<String>,
    /// The party's reply is expected by then, as it is shown.
    pub waiting_until: Option<String>,
    /// It is put aside.
    pub snoozed: bool,
    /// What is decided about the money.
    pub money: MoneyState,
}

/// Whether the money is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyState {
    /// Nothing is decided, so no one gets anything yet.
    Undecided,
    /// Payouts are due, or were made.
    Decided,
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

const OPEN: &[CaseStage] = &[CaseStage::Working, CaseStage::Proposed, CaseStage::Decided];
const UNDECIDED: &[CaseStage] = &[CaseStage::Working, CaseStage::Proposed];
const WORKING: &[CaseStage] = &[CaseStage::Working];
const PROPOSED: &[CaseStage] = &[CaseStage::Proposed];

const fn rule(letter: char, events: &'static [CaseEventKind], stages: &'static [CaseStage], holder: Holder) -> Rule {
    Rule { events, stages, holder, material: false, letter }
}

/// Its row in the table.
pub const fn rule_of(action: CaseAction) -> Rule {
    match action {
        CaseAction::Take => rule('c', &[CaseEventKind::Claimed], OPEN, Holder::Nobody),
        CaseAction::TakeOver => rule('t', &[CaseEventKind::Taken], OPEN, Holder::Other),
        CaseAction::Release => rule('u', &[CaseEventKind::Released], OPEN, Holder::Me),
        CaseAction::HandOver => rule('h', &[CaseEventKind::HandedOver], OPEN, Holder::Me),
        CaseAction::Reassign => rule('a', &[CaseEventKind::Reassigned], OPEN, Holder::Any),
        CaseAction::Snooze => rule('o', &[CaseEventKind::Snoozed], WORKING, Holder::Free),
        CaseAction::EndSnooze => rule('e', &[CaseEventKind::Woken], WORKING, Holder::Free),
        CaseAction::SetLanguage => rule('d', &[CaseEventKind::Language], OPEN, Holder::Any),
        CaseAction::SetReason => material(rule('r', &[CaseEventKind::Classified], WORKING, Holder::Free)),
        CaseAction::TickChecklist => {
            rule('l', &[CaseEventKind::Checked, CaseEventKind::Unchecked], WORKING, Holder::Free)
        }
        CaseAction::AddNote => rule('n', &[CaseEventKind::Noted], CaseStage::VARIANTS, Holder::Any),
        CaseAction::SendMessage => rule('m', &[CaseEventKind::Messaged], OPEN, Holder::Free),
        CaseAction::AskAndWait => rule('w', &[CaseEventKind::Asked], WORKING, Holder::Free),
        CaseAction::RecordReply => material(rule('i', &[CaseEventKind::Answered], UNDECIDED, Holder::Any)),
        CaseAction::StopWaiting => rule('g', &[CaseEventKind::Resumed], WORKING, Holder::Free),
        CaseAction::AttachFile => material(rule('f', &[CaseEventKind::Attached], OPEN, Holder::Any)),
        CaseAction::Decide => rule('s', &[CaseEventKind::Proposed], WORKING, Holder::Free),
        CaseAction::Approve => rule('v', &[], PROPOSED, Holder::Any),
        CaseAction::SendBack => rule('x', &[CaseEventKind::Rejected], PROPOSED, Holder::Any),
        CaseAction::WithdrawProposal => rule('b', &[CaseEventKind::Retracted], PROPOSED, Holder::Any),
        CaseAction::RecordPayout => rule('p', &[], CaseStage::VARIANTS, Holder::Any),
        CaseAction::Close => rule('z', &[CaseEventKind::Closed], WORKING, Holder::Free),
    }
}

/// A proposal from before it is out of date.
const fn material(rule: Rule) -> Rule {
    Rule { material: true, ..rule }
}

impl Standing {
    /// A case as the table of allowed actions needs it. Its times are shown in this zone.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if the database has a word that this program does not know.
    pub fn of(case: &Case, proposer: Option<&str>, payouts: &[Payout], zone: Zone) -> Result<Self, UnknownWord> {
        Ok(Self {
            stage: case.stage,
            status: case.order_status()?,
            owner: case.owner.clone(),
            lease_until: case.lease_until,
            waiting: case.waiting,
            proposer: proposer.map(str::to_owned),
            waiting_until: case.due_at.filter(|_| case.waiting.is_some()).map(|due| zone.show(due, "%Y-%m-%d %H:%M")),
            snoozed: case.snoozed_until.is_some(),
            money: if payouts.is_empty() { MoneyState::Undecided } else { MoneyState::Decided },
        })
    }

    /// Who has it now: no one once the lease has ended.
    pub fn holder(&self, now: DateTime<Utc>) -> Option<&str> {
        let over = self.lease_until.is_some_and(|until| until <= now);
        self.owner.as_deref().filter(|_| !over)
    }

    /// Checks whether this person may do this now. Refuses with the first reason that applies: the role, the stage, the
    /// owner, the facts.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] with its code and a sentence: no role of theirs may, the case is in another stage, someone else
    /// has it, or a fact prevents it.
    pub fn judge(&self, action: CaseAction, person: &str, roles: Roles, now: DateTime<Utc>) -> Result<(), Refusal> {
        let rule = rule_of(action);
        roles
            .may(Task::Case(action))
            .map_err(|refused| Refusal::because("not_yours", format!("{}: {refused}", action.title())))?;
        if !rule.stages.contains(&self.stage) {
            return Err(self.stage_refused(action));
        }
        self.hand(rule.holder, person, now)?;
        self.facts(action, person)
    }

    fn stage_refused(&self, action: CaseAction) -> Refusal {
        let decides = matches!(
            action,
            CaseAction::Decide | CaseAction::Approve | CaseAction::SendBack | CaseAction::WithdrawProposal
        );
        match self.stage {
            CaseStage::Closed => Refusal { second: decides, ..Refusal::because("ended", "the case is closed") },
            CaseStage::Decided if decides => Refusal::second("ended", "the case is already decided; refresh"),
            CaseStage::Decided => Refusal::because("too_late", "the case is already decided"),
            CaseStage::Proposed => {
                let words = "a proposal waits for approval: approve it, send it back or withdraw it first";
                Refusal { second: decides, ..Refusal::because("too_late", words) }
            }
            CaseStage::Working => Refusal::because("not_yet", "nothing is proposed"),
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

    fn facts(&self, action: CaseAction, person: &str) -> Result<(), Refusal> {
        let own = self.proposer.as_deref() == Some(person);
        match action {
            CaseAction::Decide if self.waiting.is_some() => Err(self.waits()),
            CaseAction::Decide if self.status != atarapay::Status::Disputed.status() => Err(self.undecidable()),
            CaseAction::Approve if own => {
                Err(Refusal::because("own", "you proposed it: someone else has to approve it"))
            }
            CaseAction::SendBack if own => Err(Refusal::because("own", "you proposed it: withdraw it instead")),
            CaseAction::WithdrawProposal if !own => {
                Err(Refusal::because("not_yours", "someone else proposed it: send it back instead"))
            }
            CaseAction::AskAndWait if self.waiting.is_some() => {
                let words = "the case already waits for a reply: record it, or stop waiting";
                Err(Refusal::because("not_yet", words))
            }
            CaseAction::Snooze if self.waiting.is_some() => Err(Refusal::because(
                "not_yet",
                "the case waits for a reply already: it comes back when its time has come",
            )),
            CaseAction::EndSnooze if !self.snoozed => Err(Refusal::because("facts", "the case is not snoozed")),
            CaseAction::StopWaiting if self.waiting.is_none() => {
                Err(Refusal::because("facts", "the case waits for no reply"))
            }
            CaseAction::RecordPayout if self.money == MoneyState::Undecided => {
                let proposed = self.stage == CaseStage::Proposed;
                let words = if proposed { "the decision waits for approval" } else { "nothing is decided yet" };
                Err(Refusal::because("not_yet", words))
            }
            CaseAction::Close if self.in_dispute() => {
                let words = "the order is in dispute: its case closes when the order is completed";
                Err(Refusal::because("not_yet", words))
            }
            _ => Ok(()),
        }
    }

    fn waits(&self) -> Refusal {
        let party = self.waiting.map_or("party", Party::name);
        let until = self.waiting_until.as_ref().map_or_else(String::new, |until| format!(" until {until}"));
        let words = format!(
            "the case waits for the {party}'s reply{until}: stop waiting first (recourse case stop-waiting), or say why you decide without it (--without-answer)"
        );
        Refusal::because("not_yet", words)
    }

    fn in_dispute(&self) -> bool {
        atarapay::in_dispute(self.status)
    }

    fn undecidable(&self) -> Refusal {
        let status = self.status.title();
        if self.status == atarapay::Status::Dispute.status() {
            let words = "the order is at Dispute: the desk decides it only at Disputed; record raise_dispute or a withdrawal first";
            return Refusal::because("not_yet", words);
        }
        Refusal::because("another_branch", format!("the order is at {status}: the desk decides only at Disputed"))
    }
}

/// A row of `case_rule` in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// The event.
    pub event: &'static str,
    /// The stages in which a person may cause it.
    pub stages: Vec<&'static str>,
    /// The action that it records; `None` for an event that follows from another one.
    pub action: Option<&'static str>,
    /// Who has to have the case; `None` for an event that follows from another one.
    pub owner: Option<&'static str>,
    /// Whether an earlier proposal is out of date after it.
    pub material: bool,
}

/// The events that no one writes directly: they follow from others.
const FOLLOWING: [CaseEventKind; 5] = [
    CaseEventKind::Opened,
    CaseEventKind::Returned,
    CaseEventKind::Decided,
    CaseEventKind::Payout,
    CaseEventKind::Escalated,
];

/// The rows of `case_rule`.
pub fn rows() -> Vec<EventRow> {
    let row = |action: &CaseAction| {
        let rule = rule_of(*action);
        let stages: Vec<&str> = rule.stages.iter().map(|stage| stage.name()).collect();
        let owner: &'static str = rule.holder.into();
        let row = move |event: &CaseEventKind| EventRow {
            event: event.name(),
            stages: stages.clone(),
            action: Some(action.name()),
            owner: Some(owner),
            material: rule.material,
        };
        rule.events.iter().map(row).collect::<Vec<_>>()
    };
    let following = FOLLOWING.map(|event| EventRow {
        event: event.name(),
        stages: Vec::new(),
        action: None,
        owner: None,
        material: false,
    });
    CaseAction::VARIANTS.iter().flat_map(row).chain(following).collect()
}

#[cfg(test)]
mod tests {
    use crate::cases::law::*;
    use crate::domain::Role;

    fn standing(stage: CaseStage, owner: Option<&str>, status: atarapay::Status) -> Standing {
        Standing {
            stage,
            status: status.status(),
            owner: owner.map(str::to_owned),
            lease_until: None,
            waiting: None,
            proposer: Some("ada".to_owned()),
            waiting_until: None,
            snoozed: false,
            money: if stage == CaseStage::Decided { MoneyState::Decided } else { MoneyState::Undecided },
        }
    }

    #[test]
    fn the_table_says_why_not() {
        use atarapay::Status::{Dispute, DisputeResolved, Disputed};
        let agent: Roles = [Role::Agent].into_iter().collect();
        let lead: Roles = [Role::Agent, Role::Lead].into_iter().collect();
        let check = |action, stage, owner, status, roles, expect: Result<(), (&str, bool)>| {
            let judged = standing(stage, owner, status).judge(action, "ben", roles, Utc::now());
            let judged = judged.as_ref().copied().map_err(|it| (it.why.as_str(), it.second));
            assert_eq!(judged, expect, "{action:?} at {stage:?} of {owner:?}");
        };
        check(CaseAction::Take, CaseStage::Working, None, Disputed, agent, Ok(()));
        check(CaseAction::Take, CaseStage::Working, Some("ada"), Disputed, agent, Err(("held", true)));
        check(CaseAction::Take, CaseStage::Working, Some("ben"), Disputed, agent, Err(("held", false)));
        check(CaseAction::TakeOver, CaseStage::Working, Some("ada"), Disputed, agent, Ok(()));
        check(CaseAction::TakeOver, CaseStage::Working, None, Disputed, agent, Err(("not_yet", false)));
        check(CaseAction::SendMessage, CaseStage::Working, None, Disputed, agent, Ok(()));
        check(CaseAction::SendMessage, CaseStage::Closed, None, Disputed, agent, Err(("ended", false)));
        check(CaseAction::Decide, CaseStage::Working, Some("ben"), Disputed, agent, Ok(()));
        check(CaseAction::Decide, CaseStage::Working, Some("ben"), Dispute, agent, Err(("not_yet", false)));
        check(CaseAction::Decide, CaseStage::Decided, Some("ben"), DisputeResolved, agent, Err(("ended", true)));
        check(CaseAction::Approve, CaseStage::Proposed, Some("ada"), Disputed, agent, Err(("not_yours", false)));
        check(CaseAction::Approve, CaseStage::Proposed, Some("ada"), Disputed, lead, Ok(()));
        check(CaseAction::Approve, CaseStage::Working, Some("ada"), Disputed, lead, Err(("not_yet", false)));
        check(
            CaseAction::WithdrawProposal,
            CaseStage::Proposed,
            Some("ada"),
            Disputed,
            lead,
            Err(("not_yours", false)),
        );
        check(CaseAction::RecordPayout, CaseStage::Decided, None, DisputeResolved, agent, Ok(()));
        check(CaseAction::RecordPayout, CaseStage::Working, None, Disputed, agent, Err(("not_yet", false)));
        check(CaseAction::Close, CaseStage::Working, None, Disputed, agent, Err(("not_yet", false)));
        check(
            CaseAction::AddNote,
            CaseStage::Closed,
            Some("ada"),
            Disputed,
            Roles::default(),
            Err(("not_yours", false)),
        );
    }

    #[test]
    fn a_lease_that_is_over_is_nobodys() {
        let mut it = standing(CaseStage::Working, Some("ada"), atarapay::Status::Disputed);
        it.lease_until = Some(Utc::now());
        let later = Utc::now() + chrono::TimeDelta::seconds(1);
        assert_eq!(it.judge(CaseAction::Take, "ben", Roles::UNREGISTERED, later), Ok(()));
    }

    #[test]
    fn letters_are_for_ever() {
        let letters: Vec<char> = CaseAction::VARIANTS.iter().map(|action| rule_of(*action).letter).collect();
        // The keys that move in a menu have no other meaning there.
        assert!(letters.iter().all(|letter| !"jkqy?".contains(*letter)));
        let mut once = letters.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(
            (once.len(), letters.iter().collect::<String>()),
            (letters.len(), "ctuhrlnmwigfsvxbpaoedz".to_owned())
        );
    }
}
