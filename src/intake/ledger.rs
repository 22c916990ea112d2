//! What is known of one order during an import, and the facts that wait for it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::verdict::{Confirmed, Verdict};
use crate::cases::Policy;
use crate::domain::{Action, Actor, Money, Order, Parts, Status, Step, atarapay};
use crate::records::{OrderRecord, Transition};
use crate::store::Record;
use crate::stuck::drift::proves;
use crate::wire::Reading;
use crate::wire::evidence::Noted;
use crate::wire::line::Said;

/// A past transition: the parts that notifications are compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Past {
    seq: i32,
    action: Action,
    actor: Actor,
    amount: Option<i64>,
    from: Option<Status>,
    to: Status,
    happened_at: DateTime<Utc>,
    ours: bool,
    confirmed: bool,
    references: Vec<String>,
    /// Of a refund: the capture that it gives back.
    of_capture: Option<String>,
    /// The note and the reason.
    words: [Option<String>; 2],
}

/// A fact that came early and waits for what is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Where it is, for the caller.
    pub id: WaitingId,
    /// What it says.
    pub said: Said,
    /// The actions it was understood as; empty if its order was not known.
    pub meant: Vec<Action>,
}

/// Where a waiting fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WaitingId {
    /// In quarantine, with this id.
    Kept(i64),
    /// In the current batch, at this place.
    Here(usize),
}

/// Within this time the same money without a reference is said once more; later it may be a second time.
const ONCE: TimeDelta = TimeDelta::minutes(10);

/// What money without a reference is, that was said before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Twice {
    /// The same, said once more.
    Again(Confirmed),
    /// Perhaps a second one; why, for a person.
    Later(String),
}

/// What is known of one order.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// The order, if it was opened.
    pub order: Option<Order>,
    /// Merchant, buyer and seller, as given at the opening.
    pub parties: [Option<String>; 3],
    past: Vec<Past>,
    /// When the provider last answered what the order is, as far as it was looked up.
    pub answered_at: Option<DateTime<Utc>>,
    /// The policy of the desk, if anything here can decide money.
    pub policy: Option<Arc<Policy>>,
    /// The parts of the proposal that waits for approval, and the version of the order that it is for.
    pub proposed: Option<(i32, Parts, DateTime<Utc>)>,
    /// Facts that came early.
    pub waiting: Vec<Waiting>,
    /// When its last move was recorded here.
    pub recorded_at: Option<DateTime<Utc>>,
    /// It is compared with the provider's sums: money without a reference is what these are more, and was not said before.
    pub by_sums: bool,
}

impl Ledger {
    /// Starts from what the store knows.
    pub fn of(stored: OrderRecord, log: &[Transition]) -> Self {
        let past = log.iter().filter_map(|entry| {
            Some(Past {
                seq: entry.seq,
                action: entry.action?,
                actor: entry.actor,
                amount: entry.amount,
                from: entry.from,
                to: entry.to,
                happened_at: entry.happened_at,
                ours: !entry.source.is_of_provider(),
                confirmed: entry.confirmed,
                references: entry.reference.iter().chain(&entry.confirmed_reference).cloned().collect(),
                of_capture: entry.of_capture.clone(),
                words: [entry.note.clone(), entry.reason.clone()],
            })
        });
        Self {
            order: Some(stored.order),
            parties: [stored.merchant, stored.buyer, stored.seller],
            past: past.collect(),
            answered_at: None,
            policy: None,
            proposed: None,
            waiting: Vec::new(),
            recorded_at: log.iter().map(|entry| entry.recorded_at).max(),
            by_sums: false,
        }
    }

    /// (1) The transition with this reference, if it was seen before.
    pub fn referred(&self, way: &Reading) -> Option<Confirmed> {
        let reference = way.reference.as_ref()?;
        let seen = |past: &&Past| past.action == way.action && past.references.contains(reference);
        self.past.iter().find(seen).map(|past| past.confirmed_by(way))
    }

    /// What is wrong with a reference that was seen before with another action, amount, currency or capture: it can only be
    /// the same move.
    pub fn contradicted(&self, way: &Reading) -> Option<String> {
        let (reference, order) = (way.reference.as_ref()?, self.order.as_ref()?);
        // A provider numbers what it does with money; other moves have no reference of their own.
        let known = self.past.iter().find(|past| past.amount.is_some() && past.references.contains(reference))?;
        let moved = |action: Action, amount: Option<Money>| {
            amount.map_or_else(|| action.name().to_owned(), |amount| format!("{} of {amount}", action.name()))
        };
        let before = known.amount.map(|minor| order.money(minor));
        let other_money = before.zip(way.amount).is_some_and(|(before, now)| before != now);
        let (was, is) = match (&known.of_capture, &way.of_capture) {
            _ if known.action != way.action || other_money => {
                (moved(known.action, before), moved(way.action, way.amount))
            }
            (Some(known), Some(now)) if known != now => {
                let of = |capture: &str| format!("{} of capture {}", way.action.name(), crate::text::clean(capture));
                (of(known), of(now))
            }
            _ => return None,
        };
        Some(format!("{} is known as a {was}, and now as a {is}", crate::text::clean(reference)))
    }

    /// Whether our own line says a move that is known, at the same time and in the same words: it may name its currency or not.
    pub fn says_again(&self, way: &Reading, at: DateTime<Utc>) -> bool {
        let plain = |text: &Option<String>| text.as_deref().map(str::trim).unwrap_or_default().to_owned();
        let words = [&way.note, &way.reason].map(plain);
        let same = |past: &Past| {
            (past.action, past.actor, past.happened_at) == (way.action, way.actor, at)
                && past.amount == way.amount.map(|amount| amount.minor)
                && past.references.iter().eq(way.reference.iter())
                && past.words.each_ref().map(plain) == words
        };
        self.past.iter().any(same)
    }

    /// Money without a reference that the provider said before: once more, or perhaps a second time.
    pub fn twice(&self, way: &Reading, at: DateTime<Utc>) -> Option<Twice> {
        let (None, Some(amount), Some(order)) = (&way.reference, way.amount, &self.order) else { return None };
        let said = |past: &&Past| {
            past.confirmed
                && past.references.is_empty()
                && past.action == way.action
                && past.amount.map(|minor| order.money(minor)) == Some(amount)
        };
        if self.by_sums { None } else { Some(self.past.iter().rfind(said)?.again(way, at)) }
    }

    /// Money that is known with a reference and is told without, or the other way round: one of the two names the move, the other
    /// does not.
    pub fn named(&self, way: &Reading, at: DateTime<Utc>) -> Option<Twice> {
        let (Some(amount), false) = (way.amount, self.by_sums) else { return None };
        let same = |past: &&Past| {
            past.confirmed
                && past.references.is_empty() != way.reference.is_none()
                && past.action == way.action
                && past.amount == Some(amount.minor)
        };
        let known = match &way.reference {
            Some(_) => self.past.iter().find(same)?,
            None => self.past.iter().rfind(same)?,
        };
        // What the provider told without a reference gets it now. Our own was confirmed without one: then the time says it.
        let gets_it = way.reference.is_some() && !known.ours;
        Some(if gets_it { Twice::Again(known.confirmed_by(way)) } else { known.again(way, at) })
    }

    /// (2) Our own move of the same amount that is not confirmed yet.
    pub fn awaited(&self, way: &Reading) -> Option<Confirmed> {
        let amount = way.amount?;
        let currency = self.order.as_ref()?.amount.currency;
        let same = |past: &&Past| {
            past.ours
                && !past.confirmed
                && (past.action, past.actor) == (way.action, way.actor)
                && (past.amount, currency) == (Some(amount.minor), amount.currency)
        };
        // A reference of our own is not the provider's, so it excludes nothing; but a move without one fits better.
        let mut ours = self.past.iter().filter(same);
        let best = ours.clone().find(|past| past.may_be(way));
        best.or_else(|| ours.next()).map(|past| past.confirmed_by(way))
    }

    /// (4) The last transition with that action up to `at`, if it says the same and was not undone. Otherwise the first
    /// after `at` that says the same: our own records are often dated later than the provider's.
    pub fn standing(&self, way: &Reading, at: DateTime<Utc>) -> Option<Confirmed> {
        let same = |past: &Past| {
            (past.action, past.actor) == (way.action, way.actor)
                && (way.amount.is_none() || way.amount.map(|amount| amount.minor) == past.amount)
                && past.may_be(way)
        };
        let undone = |later: &Past| Some(later.action) == way.action.undone_by() && later.happened_at <= at;
        let before = self.past.iter().rposition(|past| past.action == way.action && past.happened_at <= at);
        let standing = before.filter(|place| same(&self.past[*place]) && !self.past[*place..].iter().any(undone));
        let standing = standing.map(|place| &self.past[place]);
        let after = || self.past.iter().find(|past| past.happened_at > at && same(past));
        standing.or_else(after).map(|past| past.confirmed_by(way))
    }

    /// Applies a verdict to the ledger, as if it were already written.
    pub fn note(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Applied(records) => records.iter().for_each(|record| self.append(record)),
            Verdict::Repeated(Some(confirmed)) => self.confirm(confirmed),
            Verdict::Noted(noted, proven, expired) => {
                proven.iter().for_each(|confirmed| self.confirm(confirmed));
                if noted.status().is_some() {
                    self.answered_at = self.answered_at.max(Some(noted.at));
                }
                expired.iter().for_each(|record| self.append(record));
            }
            Verdict::Repeated(None) | Verdict::Held(_) => {}
        }
    }

    fn confirm(&mut self, confirmed: &Confirmed) {
        if let Some(past) = self.past.iter_mut().find(|past| past.seq == confirmed.seq) {
            past.confirmed = true;
            past.references.extend(confirmed.reference.clone());
        }
    }

    /// Our own moves that the provider has not confirmed.
    pub fn unconfirmed(&self) -> impl Iterator<Item = Confirmed> {
        self.past
            .iter()
            .filter(|past| past.ours && !past.confirmed)
            .map(|past| Confirmed { seq: past.seq, reference: None })
    }

    /// Our own moves that the provider's answer proves: it could not have this status without them.
    pub fn proven(&self, noted: &Noted) -> Vec<Confirmed> {
        let Some(said) = noted.status() else { return Vec::new() };
        let waits = |past: &&Past| past.ours && !past.confirmed && past.happened_at <= noted.at;
        let shown = |past: &&Past| past.from.is_some_and(|from| proves(said, from, past.to));
        let proven = self.past.iter().filter(waits).filter(shown);
        proven.map(|past| Confirmed { seq: past.seq, reference: None }).collect()
    }

    /// Whether a decision of this step is above the policy's limit.
    pub fn is_above_limit(&self, step: &Step) -> bool {
        let after = step.order();
        let decides = after.status == atarapay::Status::DisputeResolved.status() && step.from() != after.status;
        decides && self.policy.as_ref().is_some_and(|policy| policy.needs_approval(after.amount))
    }

    /// Whether a waiting proposal said the same as this step before it happened.
    pub fn is_proposed(&self, step: &Step) -> bool {
        let after = step.order();
        self.proposed.is_some_and(|(version, parts, at)| {
            version + 1 == after.version && after.facts.parts == Some(parts) && at <= after.moved_at
        })
    }

    fn append(&mut self, record: &Record) {
        match record {
            Record::Opening(opening, _) => {
                self.order = Some(opening.order.clone());
                self.parties = [opening.merchant.clone(), opening.buyer.clone(), opening.seller.clone()];
            }
            Record::Step(step, proof) => {
                let noticed = proof.source.is_of_provider();
                self.past.push(Past {
                    seq: step.order().version,
                    action: step.action(),
                    actor: step.actor(),
                    amount: step.amount().map(|amount| amount.minor),
                    from: Some(step.from()),
                    to: step.order().status,
                    happened_at: step.order().moved_at,
                    ours: !noticed,
                    confirmed: noticed,
                    references: proof.reference.iter().cloned().collect(),
                    of_capture: proof.of_capture.clone(),
                    words: [proof.note.clone(), proof.reason.clone()],
                });
                self.order = Some(step.order().clone());
            }
        }
    }
}

impl Past {
    /// Whether both can be the same move: if both have a reference, it is the same.
    fn may_be(&self, way: &Reading) -> bool {
        way.reference.as_ref().is_none_or(|reference| self.references.is_empty() || self.references.contains(reference))
    }

    /// This move once more, or perhaps a second one.
    fn again(&self, way: &Reading, at: DateTime<Utc>) -> Twice {
        if (at - self.happened_at).abs() <= ONCE {
            return Twice::Again(self.confirmed_by(way));
        }
        let before = self.happened_at.format("%Y-%m-%d %H:%M:%S UTC");
        let told = if self.references.is_empty() { " without a reference" } else { "" };
        Twice::Later(format!("{}{told} was said at {before}: it may be a second one", way.words()))
    }

    fn confirmed_by(&self, way: &Reading) -> Confirmed {
        Confirmed { seq: self.seq, reference: way.reference.clone() }
    }
}
