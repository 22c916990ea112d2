//! Reads lines and writes batches, one transaction per batch, so that a killed import continues where it stopped.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection};
use tokio::io::{AsyncBufRead, AsyncBufReadExt};
use tokio::time::timeout;

use super::judge::judge;
use super::ledger::{Ledger, Waiting, WaitingId};
use super::retry;
use super::verdict::{Held, Verdict};
use crate::store::inbox::{Early, Rejudged, ToHold};
use crate::store::{Record, Store, StoreError, append, evidence, feed, inbox, read};
use crate::wire::evidence::Noted;
use crate::wire::line::{self, Line, Said};
use crate::wire::{Unreadable, json, secret};

/// The most lines and bytes in a batch.
const BATCH_LINES: usize = 2_000;
const BATCH_BYTES: usize = 4 << 20;

/// A batch is written when no line arrives for this long: a live stream is not held back.
const PATIENCE: Duration = Duration::from_millis(150);

/// How often a batch is tried while others move the same orders.
const TRIES: u32 = 40;

/// The result of an import. Each line is counted once, by its final state.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Summary {
    /// Lines read.
    pub read: u64,
    /// Lines that opened or moved an order, or were stored as evidence.
    pub applied: u64,
    /// Transitions that no line reported but a later one implied.
    pub inferred: u64,
    /// Lines that said what was already known.
    pub repeated: u64,
    /// Lines in quarantine, waiting for a person.
    pub quarantined: u64,
    /// Of the repeated lines, those in quarantine since an earlier run.
    #[serde(skip)]
    pub waiting: u64,
    /// Some fields that lines had and this program does not read.
    #[serde(skip)]
    pub unread: BTreeSet<String>,
}

/// How many fields that are not read are named.
const NAMED: usize = 20;

impl Summary {
    /// Whether any line of the file is in quarantine, from this run or an earlier one.
    pub const fn left_something(&self) -> bool {
        self.quarantined + self.waiting > 0
    }
}

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The input failed.
    #[error("the input cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Imports every line. Calls `progress` after each batch with the bytes read so far. What a killed run wrote stays;
/// importing the same lines again changes nothing.
///
/// # Errors
///
/// [`ImportError::Read`] if the input cannot be read; [`ImportError::Store`] if the database is lost, does not allow
/// the import, or others keep moving the same orders.
pub async fn import(
    store: &Store,
    mut lines: impl AsyncBufRead + Unpin,
    mut progress: impl FnMut(u64, &Summary),
) -> Result<Summary, ImportError> {
    let mut run = Run::default();
    let (mut bytes, mut batches) = (0, 0_u32);
    let mut ended = false;
    let mut rest = Vec::new();
    while !ended {
        let batch;
        (batch, ended) = next_batch(&mut lines, &mut rest).await?;
        if batch.is_empty() {
            continue;
        }
        bytes += batch.iter().map(|line| line.len() as u64 + 1).sum::<u64>();
        take(store, &batch, &mut run).await?;
        feed::ring(store).await;
        batches += 1;
        if batches.is_multiple_of(50) {
            feed::fold(&store.pool).await?;
        }
        progress(bytes, &run.summary);
    }
    feed::fold(&store.pool).await?;
    Ok(run.summary)
}

/// The next lines, and whether they were the last. Skips blank lines.
async fn next_batch(
    lines: &mut (impl AsyncBufRead + Unpin),
    rest: &mut Vec<u8>,
) -> Result<(Vec<Vec<u8>>, bool), std::io::Error> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while batch.len() < BATCH_LINES && bytes < BATCH_BYTES {
        let reading = lines.read_until(b'\n', rest);
        let count = if batch.is_empty() {
            reading.await?
        } else {
            match timeout(PATIENCE, reading).await {
                Ok(count) => count?,
                Err(_) => return Ok((batch, false)),
            }
        };
        let ended = count == 0;
        if rest.ends_with(b"\n") {
            rest.pop();
        }
        let line = std::mem::take(rest);
        if !line.trim_ascii().is_empty() {
            bytes += line.len();
            batch.push(line);
        }
        if ended {
            return Ok((batch, true));
        }
    }
    Ok((batch, false))
}

/// What a run remembers between batches.
#[derive(Default)]
struct Run {
    summary: Summary,
    /// Quarantined lines of this run that may still apply automatically.
    early: HashSet<i64>,
}

/// Imports a batch. If the database refuses what this program accepted, the batch is halved until the refused line is
/// alone: that line goes to quarantine, and all others are imported.
async fn take(store: &Store, raw: &[Vec<u8>], run: &mut Run) -> Result<(), StoreError> {
    let mut lines: Vec<Line> = raw.iter().map(|bytes| line::read(bytes)).collect();
    run.summary.unread.extend(lines.iter().flat_map(|line| line.unread.iter().cloned()));
    while run.summary.unread.len() > NAMED {
        run.summary.unread.pop_last();
    }
    let mut connection = store.pool.acquire().await?;
    let mut parts = vec![(0, lines.len())];
    while let Some((from, to)) = parts.pop() {
        match attempt(&mut connection, store, &raw[from..to], &lines[from..to]).await {
            Ok(written) => run.count(written),
            Err(error) if !error.is_of_the_data() => return Err(error),
            Err(error) => match (to - from, &mut lines[from]) {
                (1, Line { said: Err(_), .. }) => return Err(error),
                (1, line) => {
                    line.said = Err(Unreadable::Refused(error.to_string()));
                    parts.push((from, to));
                }
                (length, _) => parts.extend([(from + length / 2, to), (from, from + length / 2)]),
            },
        }
    }
    Ok(())
}

/// Writes these lines. Tries again while others move the same orders.
async fn attempt(
    connection: &mut PgConnection,
    store: &Store,
    raw: &[Vec<u8>],
    lines: &[Line],
) -> Result<Written, StoreError> {
    for attempt in 1..TRIES {
        match write(connection, store, raw, lines).await {
            Err(StoreError::Conflict) => {
                tokio::time::sleep(Duration::from_millis(u64::from(5 * attempt.min(20)))).await;
            }
            other => return other,
        }
    }
    write(connection, store, raw, lines).await
}

/// One attempt: writes the whole batch or nothing.
async fn write(
    connection: &mut PgConnection,
    store: &Store,
    raw: &[Vec<u8>],
    lines: &[Line],
) -> Result<Written, StoreError> {
    let mut tx = connection.begin().await?;
    let mut batch = Batch::load(&mut tx, lines).await?;
    for (place, line) in lines.iter().enumerate() {
        batch.take(place, line, &store.person);
    }
    let written = batch.write(&mut tx, raw, lines, &store.person).await?;
    tx.commit().await.map_err(crate::store::error::of_commit)?;
    Ok(written)
}

/// Retries the early facts of these orders, after someone moved one of them. Returns how many were settled.
///
/// # Errors
///
/// [`StoreError::Conflict`] if others keep moving these orders; [`StoreError::Unknown`] if the connection was lost
/// during the commit.
pub async fn retry(store: &Store, orders: &[String]) -> Result<u64, StoreError> {
    let mut connection = store.pool.acquire().await?;
    for attempt in 1.. {
        let mut tx = connection.begin().await?;
        let mut batch = Batch::of(&mut tx, orders.to_vec(), HashSet::new()).await?;
        for key in orders {
            batch.again(key, &store.person);
        }
        let settled = batch.rejudged.iter().filter(|fact| fact.state != "waiting").count() as u64;
        let done = match batch.write(&mut tx, &[], &[], &store.person).await {
            Ok(_) => tx.commit().await.map_err(crate::store::error::of_commit),
            Err(error) => Err(error),
        };
        match done {
            Ok(()) => return Ok(settled),
            Err(StoreError::Conflict) if attempt < TRIES => {}
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Conflict)
}

/// The result of one line of the batch.
#[derive(Debug)]
enum Outcome {
    Applied,
    Repeated,
    Held(Held),
}

/// The result of a batch.
#[derive(Default)]
struct Written {
    summary: Summary,
    early: Vec<i64>,
    settled: Vec<(i64, bool)>,
}

/// A batch while it is judged: what is known of its orders, and what will be written.
#[derive(Default)]
struct Batch {
    /// Lines that were imported before, and whether they are still in quarantine.
    before: HashMap<Vec<u8>, bool>,
    fresh: HashSet<Vec<u8>>,
    ledgers: HashMap<String, Ledger>,
    outcomes: Vec<Option<Outcome>>,
    records: Vec<Record>,
    confirmations: Vec<(String, i32, Option<String>, DateTime<Utc>)>,
    evidence: Vec<Noted>,
    rejudged: Vec<Rejudged>,
    inferred: u64,
    /// The time at the database.
    now: DateTime<Utc>,
}

impl Batch {
    async fn load(connection: &mut PgConnection, lines: &[Line]) -> Result<Self, StoreError> {
        let keys: Vec<&[u8]> = lines.iter().map(|line| line.key.as_slice()).collect();
        let known: HashMap<Vec<u8>, bool> = inbox::known(connection, &keys).await?.into_iter().collect();
        let said =
            lines.iter().filter(|line| !known.contains_key(&line.key)).filter_map(|line| line.said.as_ref().ok());
        let (mut orders, mut noticed) = (HashSet::new(), HashSet::new());
        for said in said {
            let key = said.key().to_string();
            if matches!(said, Said::Notice(_)) {
                noticed.insert(key.clone());
            }
            orders.insert(key);
        }
        let mut batch = Self::of(connection, orders.into_iter().collect(), noticed).await?;
        batch.before = known;
        batch.outcomes = lines.iter().map(|_| None).collect();
        Ok(batch)
    }

    /// What is known of these orders. Reads the past only of orders that something will be compared with.
    async fn of(
        connection: &mut PgConnection,
        orders: Vec<String>,
        mut noticed: HashSet<String>,
    ) -> Result<Self, StoreError> {
        let early = inbox::early(connection, &orders).await?;
        noticed.extend(early.iter().map(|fact| fact.order_id.clone()));
        let noticed: Vec<String> = noticed.into_iter().collect();
        let mut logs: HashMap<String, Vec<_>> = HashMap::new();
        if !noticed.is_empty() {
            for entry in read::timelines(connection, &noticed).await? {
                logs.entry(entry.order.to_string().clone()).or_default().push(entry);
            }
        }
        let mut ledgers: HashMap<String, Ledger> = HashMap::new();
        for stored in read::orders(connection, &orders).await? {
            let key = stored.order.key.to_string();
            let log = logs.remove(&key).unwrap_or_default();
            ledgers.insert(key, Ledger::of(stored, &log));
        }
        for fact in early {
            let waiting = waiting(&fact);
            ledgers.entry(fact.order_id).or_default().waiting.extend(waiting);
        }
        Ok(Self { ledgers, now: inbox::clock(connection).await?, ..Self::default() })
    }

    fn take(&mut self, place: usize, line: &Line, recorder: &str) {
        if self.before.contains_key(&line.key) || !self.fresh.insert(line.key.clone()) {
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
        let verdict = judge(ledger, said, recorder, self.now);
        ledger.note(&verdict);
        if let Verdict::Held(held) = &verdict
            && held.early
        {
            let meant = held.readings.iter().map(|reading| reading.action).collect();
            ledger.waiting.push(Waiting { id: WaitingId::Here(place), said: said.clone(), meant });
        }
        let moved = matches!(verdict, Verdict::Applied(_));
        self.settle(WaitingId::Here(place), &key, said.at(), verdict, recorder);
        if moved {
            self.again(&key, recorder);
        }
    }

    /// Retries the facts that wait for this order.
    fn again(&mut self, key: &str, recorder: &str) {
        let Some(ledger) = self.ledgers.get_mut(key) else { return };
        let when: HashMap<WaitingId, _> =
            ledger.waiting.iter().map(|waiting| (waiting.id, waiting.said.at())).collect();
        for (id, verdict) in retry::retry(ledger, recorder, self.now) {
            let at = when.get(&id).copied().unwrap_or_default();
            self.settle(id, key, at, verdict, recorder);
        }
    }

    fn settle(&mut self, id: WaitingId, key: &str, at: DateTime<Utc>, verdict: Verdict, recorder: &str) {
        let outcome = match verdict {
            Verdict::Applied(records) => {
                self.inferred += records.len() as u64 - 1;
                self.records.extend(records);
                Outcome::Applied
            }
            Verdict::Noted(noted) => {
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

    async fn write(
        self,
        connection: &mut PgConnection,
        raw: &[Vec<u8>],
        lines: &[Line],
        recorder: &str,
    ) -> Result<Written, StoreError> {
        let mut written = Written::default();
        let (mut keys, mut words, mut held) = (Vec::new(), Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        for ((line, raw), outcome) in lines.iter().zip(raw).zip(&self.outcomes) {
            written.summary.read += 1;
            let word = match outcome {
                Some(Outcome::Applied) => {
                    written.summary.applied += 1;
                    "applied"
                }
                Some(Outcome::Held(why)) => {
                    written.summary.quarantined += 1;
                    held.push(to_hold(line, raw, why));
                    "quarantined"
                }
                Some(Outcome::Repeated) | None => {
                    written.summary.repeated += 1;
                    written.summary.waiting += u64::from(self.before.get(&line.key) == Some(&true));
                    "repeated"
                }
            };
            if !self.before.contains_key(&line.key) && seen.insert(&line.key) {
                keys.push(line.key.as_slice());
                words.push(word);
            }
        }
        inbox::remember(connection, &keys, &words).await?;
        append::append(connection, &self.records).await?;
        evidence::keep(connection, &self.evidence, recorder).await?;
        inbox::confirm(connection, &self.confirmations, recorder).await?;
        written.early = inbox::hold(connection, &held).await?;
        inbox::rejudge(connection, &self.rejudged).await?;
        written.settled = self.rejudged.iter().map(|fact| (fact.id, fact.state == "applied")).collect();
        let waits = |fact: &&Rejudged| fact.state == "waiting";
        let waiting: HashSet<i64> = self.rejudged.iter().filter(waits).map(|fact| fact.id).collect();
        written.settled.retain(|(id, _)| !waiting.contains(id));
        written.summary.inferred = self.inferred;
        Ok(written)
    }
}

impl Run {
    fn count(&mut self, written: Written) {
        let (sum, new) = (&mut self.summary, written.summary);
        sum.read += new.read;
        sum.applied += new.applied;
        sum.inferred += new.inferred;
        sum.repeated += new.repeated;
        sum.quarantined += new.quarantined;
        sum.waiting += new.waiting;
        self.early.extend(written.early);
        for (id, applied) in written.settled {
            // A line of an earlier run does not count in this one.
            if self.early.remove(&id) {
                sum.quarantined -= 1;
                *(if applied { &mut sum.applied } else { &mut sum.repeated }) += 1;
            }
        }
    }
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

fn to_hold(line: &Line, raw: &[u8], held: &Held) -> ToHold {
    ToHold {
        key: line.key.clone(),
        order_id: line.order.as_ref().map(ToString::to_string),
        provider: line.provider.map(crate::domain::Provider::name),
        happened_at: line.at,
        raw: secret::blanked(raw),
        why: held.why,
        message: held.message.clone(),
        readings: json::write(&held.readings),
        early: held.early,
    }
}
