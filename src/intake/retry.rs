//! Judges the facts that came early again, after each move of their order.

use chrono::{DateTime, Utc};

use super::judge::{judge, limited};
use super::ledger::{Ledger, Waiting, WaitingId};
use super::verdict::{Held, Verdict, readings};
use crate::records::HeldKind;
use crate::store::Record;

/// How much is settled at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All that can be: for those who bring facts in.
    All,
    /// One fact, which is what happened and implies nothing: for a person, who releases one at a time.
    One,
}

/// Retries early facts, oldest first, until nothing more is settled. Returns the verdicts of those that changed.
/// Call it after each move: what a fact waited for is then the order's last transition.
pub fn retry(ledger: &mut Ledger, recorder: &str, now: DateTime<Utc>, extent: Extent) -> Vec<(WaitingId, Verdict)> {
    let mut settled = Vec::new();
    ledger.waiting.sort_by_key(|waiting| (waiting.said.at(), waiting.id));
    let mut at = 0;
    while at < ledger.waiting.len() {
        let waiting = &ledger.waiting[at];
        let verdict = again(ledger, waiting, recorder, now);
        let is_one = match &verdict {
            Verdict::Applied(records) => records.len() == 1,
            Verdict::Repeated(_) => true,
            Verdict::Noted(..) | Verdict::Held(_) => false,
        };
        if extent == Extent::One && !is_one {
            at += 1;
            continue;
        }
        if let Verdict::Held(held) = &verdict
            && held.early
        {
            // Its order is known now: something else is missing, and the fact has readings.
            if waiting.meant.is_empty() && !held.readings.is_empty() {
                ledger.waiting[at].meant = held.readings.iter().map(|reading| reading.action).collect();
                settled.push((ledger.waiting[at].id, verdict));
            }
            at += 1;
            continue;
        }
        let waiting = ledger.waiting.remove(at);
        ledger.note(&verdict);
        if verdict.moves() {
            at = 0;
        }
        settled.push((waiting.id, verdict));
        if extent == Extent::One {
            break;
        }
    }
    settled
}

fn again(ledger: &Ledger, waiting: &Waiting, recorder: &str, now: DateTime<Utc>) -> Verdict {
    let verdict = judge(ledger, &waiting.said, recorder, now);
    let Verdict::Applied(records) = &verdict else { return verdict };
    let hold =
        |why, message: &str, readings| Verdict::Held(Held { why, message: message.to_owned(), readings, early: false });
    if ledger.order.as_ref().is_some_and(|order| waiting.said.at() < order.moved_at) {
        return hold(HeldKind::Time.name(), "dated before the transition it waited for", readings(records));
    }
    // It waited: a proposal that was made since could have been made to fit.
    if records.iter().any(|record| matches!(record, Record::Step(step, _) if ledger.is_above_limit(step))) {
        return limited(records);
    }
    let action = records.last().and_then(|record| match record {
        Record::Step(step, _) => Some(step.action()),
        Record::Opening(..) => None,
    });
    if !waiting.meant.is_empty() && !action.is_some_and(|action| waiting.meant.contains(&action)) {
        return hold(HeldKind::Contradictory.name(), "its meaning has changed since it arrived", readings(records));
    }
    verdict
}
