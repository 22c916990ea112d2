//! A batch of lines: what is known of their orders, what each line means, and what is written.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::judge::{AHEAD, judge, ways_of};
use super::ledger::{Ledger, Waiting, WaitingId};
use super::retry::{self, Extent};
use super::summary::Summary;
use super::verdict::{Held, Verdict};
use crate::cases::Policy;
use crate::domain::{Action, tamara};
use crate::records::HeldKind;
use crate::store::cases::{self, policy};
use crate::store::facts::{Early, Rejudged, ToHold};
use crate::store::{Record, StoreError, append, evidence, facts, read};
use crate::wire::evidence::Noted;
use crate::wire::line::{self, Line, Notice, Said, Words};
use crate::wire::{json, secret};

/// The result of one line of the batch.
#[derive(Debug)]
enum Outcome {
    Applied,
    Repeated,
    Held(Held),
}

/// The result of a batch.
#[derive(Default)]
pub struct Written {
    pub summary: Summary,
    pub early: Vec<i64>,
    /// The number of the import, once it has one.
    pub number: Option<i64>,
    pub settled: Vec<(i64, bool)>,
}

/// A batch while it is judged: what is known of its orders, and what will be written.
#[derive(Default)]
pub struct Batch {
    /// Lines that were imported before, and whether they are still in quarantine.
    before: HashMap<Vec<u8>, bool>,
    fresh: HashSet<Vec<u8>>,
    ledgers: HashMap<String, Ledger>,
    outcomes: Vec<Option<Outcome>>,
    records: Vec<Record>,
    confirmations: Vec<(String, i32, Option<String>, DateTime<Utc>)>,
    evidence: Vec<Noted>,
    /// The merchants' numbers of orders.
    numbers: Vec<(String, String)>,
    pub rejudged: Vec<Rejudged>,
    inferred: u64,
    /// The policy of the desk, if anything here can decide money.
    policy: Option<Arc<Policy>>,
    /// The time at the database.
    now: DateTime<Utc>,
    /// The keys of its lines.
    keys: Vec<Vec<u8>>,
    /// Its lines belong together: what waits is tried again after the last of them.
    pub together: bool,
}

impl Batch {
    pub async fn load(connection: &mut PgConnection, lines: &[Line]) -> Result<Self, StoreError> {
        let now = facts::clock(connection).await?;
        let keys: Vec<Vec<u8>> = lines.iter().map(|line| key_of(line, now)).collect();
        let bytes: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
        let known: HashMap<Vec<u8>, bool> = facts::known(connection, &bytes).await?.into_iter().collect();
        let fresh = lines.iter().zip(&keys).filter(|(_, key)| !known.contains_key(*key));
        let said = fresh.filter_map(|(line, _)| line.said.as_ref().ok());
        let (mut orders, mut noticed, mut expired) = (HashSet::new(), HashSet::new(), Vec::new());
        let mut money = false;
        for said in said {
            let key = said.key().to_string();
            expired.extend(ends(said).then(|| key.clone()));
            money |= decides(said);
            // An answer of the provider can confirm moves, and money that we write down may be known already.
            let compared = match said {
                Said::Notice(_) | Said::Noted(_) => true,
                Said::Moved(moved) => moved.amount.is_some() || moved.reading.reference.is_some(),
                Said::Opened(_) => false,
            };
            if compared {
                noticed.insert(key.clone());
            }
            orders.insert(key);
        }
        let mut batch = Self::of(connection, orders.into_iter().collect(), noticed, expired, money).await?;
        batch.before = known;
        batch.keys = keys;
        batch.outcomes = lines.iter().map(|_| None).collect();
        Ok(batch)
    }

    /// What is known of these orders. Reads the past only of orders that something will be compared with.
    pub async fn of(
        connection: &mut PgConnection,
        orders: Vec<String>,
        mut noticed: HashSet<String>,
        mut expired: Vec<String>,
        money: bool,
    ) -> Result<Self, StoreError> {
        let mut early_money = false;
        let early = facts::early(connection, &orders).await?;
        noticed.extend(early.iter().map(|fact| fact.order_id.clone()));
        let noticed: Vec<String> = noticed.into_iter().collect();
        // First the orders, then their logs: what is recorded in between is in the log, and the older order cannot be continued. The other
        // way round, a move that is missing in the log could be recorded once more.
        let stored = read::orders(connection, &orders).await?;
        let mut logs: HashMap<String, Vec<_>> = HashMap::new();
        if !noticed.is_empty() {
            for entry in read::timelines(connection, &noticed).await? {
                logs.entry(entry.order.to_string().clone()).or_default().push(entry);
            }
        }
        let mut ledgers: HashMap<String, Ledger> = HashMap::new();
        for stored in stored {
            let key = stored.order.key.to_string();
            let log = logs.remove(&key).unwrap_or_default();
            ledgers.insert(key, Ledger::of(stored, &log));
        }
        for fact in early {
            let waiting = waiting(&fact);
            early_money |= waiting.as_ref().is_some_and(|waiting| decides(&waiting.said));
            expired.extend(waiting.iter().filter(|waiting| ends(&waiting.said)).map(|_| fact.order_id.clone()));
            ledgers.entry(fact.order_id).or_default().waiting.extend(waiting);
        }
        let money = early_money || money;
        let policy = if money { Some(Arc::new(policy::now(connection).await?.policy)) } else { None };
        if money {
            for (key, version, parts, at) in cases::read::waiting_proposals(connection, &orders).await? {
                ledgers.entry(key).or_default().proposed = Some((version, parts, at));
            }
            ledgers.values_mut().for_each(|ledger| ledger.policy = policy.clone());
        }
        for (key, at) in evidence::last_answers(connection, &expired).await? {
            ledgers.entry(key).or_default().answered_at = Some(at);
        }
        Ok(Self { ledgers, policy, now: facts::clock(connection).await?, ..Self::default() })
    }

    /// What is known of one order, and the time at the database.
    pub async fn known(connection: &mut PgConnection, order: &str) -> Result<(Ledger, DateTime<Utc>), StoreError> {
        let orders = vec![order.to_owned()];
        let mut batch = Self::of(connection, orders.clone(), orders.iter().cloned().collect(), orders, true).await?;
        Ok((batch.ledgers.remove(order).unwrap_or_default(), batch.now))
    }

    pub fn take(&mut self, place: usize, line: &Line, recorder: &str) {
        let key = &self.keys[place];
        if self.before.contains_key(key) || !self.fresh.insert(key.clone()) {
            self.outcomes[place] = Some(Outcome::Repeated);
            return;
        }
        let said = match &line.said {
            Ok(said) => said,
            Err(error) => {
                let (why, message) = (error.why(), error.to_string());
                let held = Held { why, message, readings: Vec::new(), early: false };
                self.outcomes[place] = Some(Outcome::Held(held));
                return;
            }
        };
        let key = said.key().to_string();
        let ledger = self.ledgers.entry(key.clone()).or_default();
        if let Some(message) = line.kept_back.clone() {
            let (why, readings) = (HeldKind::OtherAccount.name(), ways_of(ledger, said));
            self.outcomes[place] = Some(Outcome::Held(Held { why, message, readings, early: false }));
            return;
        }
        ledger.policy = self.policy.clone();
        let mut verdict = judge(ledger, said, recorder, self.now);
        if line.is_read {
            verdict.was_read();
        }
        ledger.note(&verdict);
        match &verdict {
            Verdict::Held(held) if held.early => {
                let meant = held.readings.iter().map(|reading| reading.action).collect();
                ledger.waiting.push(Waiting { id: WaitingId::Here(place), said: said.clone(), meant });
            }
            // What a person has to judge names nothing yet.
            Verdict::Held(_) => {}
            Verdict::Applied(_) | Verdict::Repeated(_) | Verdict::Noted(..) => self.numbered(said),
        }
        let moved = verdict.moves();
        self.settle(WaitingId::Here(place), &key, said.at(), verdict, recorder);
        if moved && !self.together {
            self.again(&key, recorder, Extent::All);
        }
    }

    /// Retries the facts that wait for this order.
    pub fn again(&mut self, key: &str, recorder: &str, extent: Extent) {
        let Some(ledger) = self.ledgers.get_mut(key) else { return };
        let waited: HashMap<WaitingId, Said> =
            ledger.waiting.iter().map(|waiting| (waiting.id, waiting.said.clone())).collect();
        for (id, verdict) in retry::retry(ledger, recorder, self.now, extent) {
            let said = waited.get(&id);
            if !matches!(verdict, Verdict::Held(_)) {
                said.into_iter().for_each(|said| self.numbered(said));
            }
            self.settle(id, key, said.map(Said::at).unwrap_or_default(), verdict, recorder);
        }
    }

    fn numbered(&mut self, said: &Said) {
        if let Said::Notice(notice) = said {
            let order = notice.key.to_string();
            self.numbers.extend(notice.numbers.iter().map(|number| (order.clone(), number.clone())));
        }
    }

    fn settle(&mut self, id: WaitingId, key: &str, at: DateTime<Utc>, verdict: Verdict, recorder: &str) {
        let outcome = match verdict {
            Verdict::Applied(records) => {
                self.inferred += records.len() as u64 - 1;
                self.records.extend(records);
                Outcome::Applied
            }
            Verdict::Noted(noted, proven, expired) => {
                self.records.extend(expired.map(|record| *record));
                self.confirmations.extend(proven.into_iter().map(|it| (key.to_owned(), it.seq, it.reference, at)));
                self.evidence.push(noted);
                Outcome::Applied
            }
            Verdict::Repeated(confirmed) => {
                let confirmed = confirmed.map(|it| (key.to_owned(), it.seq, it.reference, at));
                self.confirmations.extend(confirmed);
                Outcome::Repeated
            }
            Verdict::Held(held) => Outcome::Held(held),
        };
        match id {
            WaitingId::Here(place) => self.outcomes[place] = Some(outcome),
            WaitingId::Kept(id) => {
                self.rejudged.retain(|fact| fact.id != id);
                self.rejudged.push(rejudged(id, outcome, recorder));
            }
        }
    }

    pub async fn write(
        self,
        connection: &mut PgConnection,
        (raw, lines): (&[Vec<u8>], &[Line]),
        number: Option<i64>,
        recorder: &str,
    ) -> Result<Written, StoreError> {
        let mut written = Written::default();
        let (mut keys, mut words, mut held) = (Vec::new(), Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        for (((line, raw), outcome), key) in lines.iter().zip(raw).zip(&self.outcomes).zip(&self.keys) {
            written.summary.read += 1;
            let word = match outcome {
                Some(Outcome::Applied) => {
                    written.summary.applied += 1;
                    "applied"
                }
                Some(Outcome::Held(why)) => {
                    written.summary.quarantined += 1;
                    held.push(to_hold((line, key), raw, why));
                    "quarantined"
                }
                Some(Outcome::Repeated) | None => {
                    written.summary.repeated += 1;
                    written.summary.waiting += u64::from(self.before.get(key) == Some(&true));
                    "repeated"
                }
            };
            if !self.before.contains_key(key) && seen.insert(key) {
                keys.push(key.as_slice());
                words.push(word);
            }
        }
        facts::remember(connection, &keys, &words).await?;
        // Before what they report is recorded: a person may record it because they release it.
        facts::rejudge(connection, &self.rejudged).await?;
        append::append(connection, &self.records).await?;
        evidence::keep(connection, &self.evidence, recorder).await?;
        evidence::numbers(connection, &self.numbers).await?;
        facts::confirm(connection, &self.confirmations, recorder).await?;
        (written.number, written.early) = facts::hold(connection, &held, number).await?;
        written.settled = self.rejudged.iter().map(|fact| (fact.id, fact.state == "applied")).collect();
        let waits = |fact: &&Rejudged| fact.state == "waiting";
        let waiting: HashSet<i64> = self.rejudged.iter().filter(waits).map(|fact| fact.id).collect();
        written.settled.retain(|(id, _)| !waiting.contains(id));
        written.summary.inferred = self.inferred;
        Ok(written)
    }
}

/// The key of a line. What is dated ahead of the clock is no copy of what happens by now: it has a key of its own, with its time.
fn key_of(line: &Line, now: DateTime<Utc>) -> Vec<u8> {
    match line.said.as_ref().map(Said::at) {
        Ok(at) if at > now + AHEAD => line.key_ahead(at),
        Ok(_) | Err(_) => line.key.clone(),
    }
}

/// Whether it can decide who gets the money that is held.
fn decides(said: &Said) -> bool {
    let reading = match said {
        Said::Moved(moved) => moved.reading.action,
        Said::Notice(Notice { words: Words::One(reading), .. }) => reading.action,
        // AtaraPay's own words decide nothing: its dashboard does.
        Said::Notice(Notice { words: Words::Atarapay(_), .. }) | Said::Opened(_) | Said::Noted(_) => return false,
    };
    matches!(reading, Action::Settle | Action::Withdraw)
}

/// Whether the provider says by it that an order has expired: an answer counts only if no other is newer.
fn ends(said: &Said) -> bool {
    matches!(said, Said::Noted(noted) if noted.status() == Some(tamara::Status::Expired.status()))
}

fn waiting(fact: &Early) -> Option<Waiting> {
    let said = line::read(&fact.raw).said.ok()?;
    let meant = json::read(&fact.readings).into_iter().map(|reading| reading.action).collect();
    Some(Waiting { id: WaitingId::Kept(fact.id), said, meant })
}

fn rejudged(id: i64, outcome: Outcome, recorder: &str) -> Rejudged {
    let by = recorder.to_owned();
    let settled =
        |state| Rejudged { id, state, early: false, why: None, message: None, readings: None, by: by.clone() };
    match outcome {
        Outcome::Applied => settled("applied"),
        Outcome::Repeated => settled("repeated"),
        Outcome::Held(held) => Rejudged {
            early: held.early,
            why: Some(held.why),
            message: Some(held.message),
            readings: Some(json::write(&held.readings)),
            ..settled("waiting")
        },
    }
}

fn to_hold((line, key): (&Line, &[u8]), raw: &[u8], held: &Held) -> ToHold {
    ToHold {
        key: key.to_vec(),
        order_id: line.order.as_ref().map(ToString::to_string),
        provider: line.provider.map(crate::domain::Provider::name),
        happened_at: line.at,
        raw: secret::blanked(raw),
        why: held.why,
        detail: line.said.as_ref().err().map(|error| error.word_in_question().to_owned()).unwrap_or_default(),
        merchant: line.merchant.clone(),
        message: held.message.clone(),
        readings: json::write(&held.readings),
        early: held.early,
    }
}
