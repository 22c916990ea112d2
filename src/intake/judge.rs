//! Judges one fact: it applies, it was already known, or it must wait for a person.

use chrono::{DateTime, TimeDelta, Utc};

use super::ledger::{Ledger, Twice};
use super::verdict::{Confirmed, Held, Verdict, readings};
use crate::domain::missed::{Missed, missed};
use crate::domain::{Action, Actor, Ask, By, Order, Source, Step, decide, tamara};
use crate::records::HeldKind;
use crate::store::{Opening, Proof, Record};
use crate::wire::evidence::Noted;
use crate::wire::line::{Moved, Notice, Opened, Said, Words};
use crate::wire::{Reading, Unreadable};

/// How far a fact may be ahead of the clock that it is compared with: clocks differ by minutes, not by more.
pub const AHEAD: TimeDelta = TimeDelta::minutes(10);

/// Judges one fact against what is known of its order. `recorder` is who imports it, `now` the time at the database.
pub fn judge(ledger: &Ledger, said: &Said, recorder: &str, now: DateTime<Utc>) -> Verdict {
    if said.at() > now + AHEAD {
        return ahead(ledger, said, now);
    }
    let Some(order) = &ledger.order else {
        return match said {
            Said::Opened(opened) => Verdict::Applied(vec![open(opened, recorder)]),
            Said::Moved(_) | Said::Notice(_) | Said::Noted(_) => Verdict::Held(Held {
                why: HeldKind::UnknownOrder.name(),
                message: format!("order {} is not known", said.key().id),
                readings: Vec::new(),
                early: true,
            }),
        };
    };
    match said {
        Said::Opened(opened) => reopened(ledger, order, opened),
        Said::Moved(moved) => capped(ledger, literally(ledger, order, moved, recorder)),
        Said::Notice(notice) => capped(ledger, in_turn(ledger, order, notice, recorder)),
        Said::Noted(noted) => {
            Verdict::Noted(noted.clone(), ledger.proven(noted), expired(ledger, order, noted, recorder).map(Box::new))
        }
    }
}

/// What is reported decides money up to the policy's limit. Above it, a lead applies it, unless a proposal says the same.
fn capped(ledger: &Ledger, verdict: Verdict) -> Verdict {
    let Verdict::Applied(records) = &verdict else { return verdict };
    let above = |record: &Record| matches!(record, Record::Step(step, _) if ledger.is_above_limit(step) && !ledger.is_proposed(step));
    if records.iter().any(above) { limited(records) } else { verdict }
}

/// What decides more than the policy's limit, and waits for a lead.
pub fn limited(records: &[Record]) -> Verdict {
    let readings = readings(records);
    let words = readings.first().map_or_else(String::new, Reading::words);
    let message = format!("{words}: it decides more than the policy's limit, so a lead has to apply it");
    Verdict::Held(Held::because(HeldKind::Limit.name(), message, readings))
}

/// A fact from the future moves nothing, and no deadline counts from it. It is judged again when its time has come.
fn ahead(ledger: &Ledger, said: &Said, now: DateTime<Utc>) -> Verdict {
    let readings = ways_of(ledger, said);
    let span = crate::text::span(said.at() - now);
    let message = format!("from the future: {span} ahead of the database's clock");
    Verdict::Held(Held { why: HeldKind::Future.name(), message, readings, early: true })
}

/// How a fact can be understood now, for a person.
pub fn ways_of(ledger: &Ledger, said: &Said) -> Vec<Reading> {
    match (said, &ledger.order) {
        (Said::Notice(Notice { words: Words::One(reading), .. }), _) => vec![reading.clone()],
        (Said::Notice(Notice { words: Words::Atarapay(words), .. }), Some(order)) => words.readings(order).ways,
        (Said::Moved(moved), order) => {
            let amount = order.as_ref().and_then(|order| moved.money(order).ok()?.0);
            vec![Reading { amount, ..moved.reading.clone() }]
        }
        (Said::Notice(_) | Said::Opened(_) | Said::Noted(_), _) => Vec::new(),
    }
}

fn open(opened: &Opened, recorder: &str) -> Record {
    let opening = Opening {
        order: Order::open(opened.key.clone(), opened.amount, opened.at),
        cancellation_fee: opened.cancellation_fee.map(|fee| fee.minor),
        merchant: opened.merchant.clone(),
        buyer: opened.buyer.clone(),
        seller: opened.seller.clone(),
    };
    Record::Opening(opening, Proof::new(Source::Import, recorder))
}

fn reopened(ledger: &Ledger, order: &Order, opened: &Opened) -> Verdict {
    let same = (order.amount, order.opened_at) == (opened.amount, opened.at)
        && ledger.parties == [opened.merchant.clone(), opened.buyer.clone(), opened.seller.clone()];
    if same {
        return Verdict::Repeated(None);
    }
    let was = format!("already opened with {} at {}", order.amount, order.opened_at.format("%Y-%m-%d %H:%M:%S UTC"));
    Verdict::Held(Held::because(HeldKind::Contradictory.name(), was, Vec::new()))
}

/// The expiry of an order that the provider says has expired, unless the order moved or the provider answered otherwise since. Our
/// clock presumes, the provider decides.
fn expired(ledger: &Ledger, order: &Order, noted: &Noted, recorder: &str) -> Option<Record> {
    let said = noted.status()?;
    let newest = noted.at >= order.moved_at && ledger.answered_at.is_none_or(|before| before <= noted.at);
    if !newest || said != tamara::Status::Expired.status() {
        return None;
    }
    let step = decide(order, &Ask::new(Action::Expire, Actor::Clock, noted.at, By::Notice)).ok()?;
    let mut proof = Proof::new(Source::Import, recorder);
    proof.note = Some("The provider answered that it has expired.".to_owned());
    Some(Record::Step(step, proof))
}

/// A neutral fact applies if it is lawful as it is; otherwise it is held. Its reference is known only from the same move.
fn literally(ledger: &Ledger, order: &Order, moved: &Moved, recorder: &str) -> Verdict {
    let reading = moved.reading.clone();
    let (amount, parts) = match moved.money(order) {
        Ok(money) => money,
        Err(error) => return Verdict::Held(Held::because(error.why(), error.to_string(), Vec::new())),
    };
    let said = Reading { amount, ..reading.clone() };
    if let Some(message) = ledger.contradicted(&said) {
        return Verdict::Held(Held::because(HeldKind::Contradictory.name(), message, vec![said]));
    }
    if amount.is_some() && (ledger.referred(&said).is_some() || ledger.says_again(&said, moved.at)) {
        return Verdict::Repeated(None);
    }
    let ask = Ask { amount, parts, ..Ask::new(reading.action, reading.actor, moved.at, By::Fact) };
    match decide(order, &ask) {
        Ok(step) => Verdict::Applied(vec![record(step, &reading, Source::Import, recorder)]),
        Err(refusal) => Verdict::Held(Held::refused(&refusal, vec![Reading { amount, ..reading }])),
    }
}

/// Judges a notification, in this order: reference seen, our own confirmed, lawful now, already so, missed steps, held.
fn in_turn(ledger: &Ledger, order: &Order, notice: &Notice, recorder: &str) -> Verdict {
    let (ways, contradictory, repeatable) = match &notice.words {
        Words::One(reading) => (vec![reading.clone()], false, true),
        Words::Atarapay(words) => {
            let mut readings = words.readings(order);
            // Neither amount is guessed to be the wrong one.
            let other =
                words.other_amount(order).map(|paid| format!("it says {paid}, the order holds {}", order.amount));
            readings.ways.iter_mut().for_each(|way| way.note.clone_from(&other));
            (readings.ways, readings.contradictory || other.is_some(), words.is_buyers_cancellation())
        }
    };
    if let Some(message) = ways.iter().find_map(|way| ledger.contradicted(way)) {
        return Verdict::Held(Held::because(HeldKind::Contradictory.name(), message, ways));
    }
    let named = match &notice.words {
        Words::One(reading) => reading.amount.map(|amount| amount.currency),
        Words::Atarapay(words) => words.currency,
    };
    if named.is_some_and(|currency| currency != order.amount.currency) {
        let error = Unreadable::OtherCurrency(order.amount.currency);
        return Verdict::Held(Held::because(error.why(), error.to_string(), ways));
    }
    match told_before(ledger, &ways, notice.at) {
        Some(Twice::Again(known)) => return Verdict::Repeated(Some(known)),
        Some(Twice::Later(message)) => {
            return Verdict::Held(Held::because(HeldKind::Contradictory.name(), message, ways));
        }
        None => {}
    }
    let asks: Vec<(Ask, &Reading)> = ways.iter().map(|way| (asked(way, notice.at), way)).collect();
    let late = notice.at < order.moved_at;
    let mut lawful: Vec<(Step, &Reading)> =
        asks.iter().filter_map(|(ask, way)| Some((decide(order, ask).ok()?, *way))).collect();
    if lawful.len() == 1
        && !late
        && let Some((step, way)) = lawful.pop()
    {
        let mut record = record(step, way, Source::Notification, recorder);
        if let Record::Step(_, proof) = &mut record {
            proof.contradictory = contradictory;
        }
        return Verdict::Applied(vec![record]);
    }
    if lawful.len() > 1 {
        let names: Vec<String> = lawful.iter().map(|(_, way)| way.words()).collect();
        let message = format!("more than one reading is lawful now: {}", names.join(", or "));
        return Verdict::Held(Held::because(HeldKind::Contradictory.name(), message, ways));
    }
    // A contradictory fact never counts as already so, except a buyer's cancellation that is sent twice in a row.
    let so = |known: &Confirmed| !contradictory || (repeatable && known.seq == order.version);
    let standing: Vec<Confirmed> = ways.iter().filter_map(|way| ledger.standing(way, notice.at)).filter(so).collect();
    if let [known] = standing.as_slice() {
        return Verdict::Repeated(Some(known.clone()));
    }
    if contradictory {
        let names: Vec<String> = ways.iter().map(Reading::words).collect();
        let now = if late { "is dated before the order's last transition" } else { "no reading is lawful now" };
        let message = format!("it contradicts itself and {now}: {}", names.join(", or "));
        return Verdict::Held(Held::because(HeldKind::Contradictory.name(), message, ways));
    }
    match asks.first() {
        Some((ask, way)) => unlawful(order, ask, way, late, recorder),
        None => Verdict::Held(Held::because(HeldKind::Unknown.name(), "it has no reading", Vec::new())),
    }
}

/// The move that one of these readings says once more: the same money without a reference, the same reference, our own that is
/// confirmed so, or money that only one of the two names.
fn told_before(ledger: &Ledger, ways: &[Reading], at: DateTime<Utc>) -> Option<Twice> {
    let known = |way: &Reading| ledger.referred(way).or_else(|| ledger.awaited(way)).map(Twice::Again);
    ways.iter()
        .find_map(|way| ledger.twice(way, at))
        .or_else(|| ways.iter().find_map(known))
        .or_else(|| ways.iter().find_map(|way| ledger.named(way, at)))
}

/// One reading that is not lawful now, or is dated before the last transition.
fn unlawful(order: &Order, ask: &Ask, way: &Reading, late: bool, recorder: &str) -> Verdict {
    let refusal = match decide(order, ask) {
        Ok(_) => {
            let last = order.moved_at.format("%Y-%m-%d %H:%M:%S UTC");
            let message = format!("{}: dated before the order's last transition at {last}", ask.action.title());
            return Verdict::Held(Held::because(HeldKind::Time.name(), message, vec![way.clone()]));
        }
        Err(refusal) => refusal,
    };
    let missed = if late { Missed::NoWay } else { missed(order, ask) };
    match missed {
        Missed::Steps(mut steps) => {
            let Some(reported) = steps.pop() else { return Verdict::Repeated(None) };
            let plain = |step: Step| {
                let mut proof = Proof::new(Source::Notification, recorder);
                proof.inferred = true;
                Record::Step(step, proof)
            };
            let mut records: Vec<Record> = steps.into_iter().map(plain).collect();
            records.push(record(reported, way, Source::Notification, recorder));
            Verdict::Applied(records)
        }
        Missed::NoWay => Verdict::Held(Held::refused(&refusal, vec![way.clone()])),
        Missed::SeveralWays => {
            let message = format!("{refusal}; more than one way could have led there");
            Verdict::Held(Held::because(HeldKind::SeveralWays.name(), message, vec![way.clone()]))
        }
    }
}

/// A reading as a question to the law. A provider's notification binds by its content.
pub fn asked(way: &Reading, at: DateTime<Utc>) -> Ask {
    Ask { amount: way.amount, ..Ask::new(way.action, way.actor, at, By::Notice) }
}

/// A step with the note, reason and reference of its reading.
pub fn record(step: Step, way: &Reading, source: Source, recorder: &str) -> Record {
    let mut proof = Proof::new(source, recorder);
    proof.note.clone_from(&way.note);
    proof.reason.clone_from(&way.reason);
    proof.reference.clone_from(&way.reference);
    proof.of_capture.clone_from(&way.of_capture);
    Record::Step(step, proof)
}
