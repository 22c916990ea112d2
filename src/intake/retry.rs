//! Judges the facts that came early again, after each move of their order.

use chrono::{DateTime, Utc};

use super::judge::judge;
use super::ledger::{Ledger, Waiting, WaitingId};
use super::verdict::{Held, Verdict, readings};
use crate::records::HeldKind;
use crate::store::Record;

/// Retries early facts, oldest first, until nothing more is settled. Returns the verdicts of those that changed.
/// Call it after each move: what a fact waited for is then the order's last transition.
pub fn retry(ledger: &mut Ledger, recorder: &str, now: DateTime<Utc>) -> Vec<(WaitingId, Verdict)> {
    let mut settled = Vec::new();
    ledger.waiting.sort_by_key(|waiting| (waiting.said.at(), waiting.id));
    let mut at = 0;
    while at < ledger.waiting.len() {
        let waiting = &ledger.waiting[at];
        let verdict = again(ledger, waiting, recorder, now);
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
    let action = records.last().and_then(|record| match record {
        Record::Step(step, _) => Some(step.action()),
        Record::Opening(..) => None,
    });
    if !waiting.meant.is_empty() && !action.is_some_and(|action| waiting.meant.contains(&action)) {
        return hold(HeldKind::Contradictory.name(), "its meaning has changed since it arrived", readings(records));
    }
    verdict
}
