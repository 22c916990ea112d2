//! Reads lines and writes batches, one transaction per batch, so that a killed import continues where it stopped.

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use futures_util::future::join_all;
use sqlx::{Connection, PgConnection};
use tokio::io::{AsyncBufRead, AsyncBufReadExt};
use tokio::time::{Instant, sleep, timeout};

use super::batch::{Batch, Written};
use super::bounded::{LONGEST, cut_from};
use super::retry::Extent;
pub use super::summary::Summary;
use crate::store::{Store, StoreError, facts, feed, people};
use crate::wire::Unreadable;
use crate::wire::line::{self, Line};

/// The most lines and bytes in a batch.
const BATCH_LINES: usize = 2_000;
const BATCH_BYTES: usize = 4 << 20;

/// A batch of fewer lines is written over one connection.
const SHARED_FROM: usize = 500;

/// A batch is written when no line arrives for this long: a live stream is not held back.
const PATIENCE: Duration = Duration::from_millis(150);

/// How long an import waits for a lost database: a failover takes its time.
const OUTAGE: Duration = Duration::from_secs(120);

/// How long a batch may take.
const ANSWER: Duration = Duration::from_secs(90);

fn silent() -> StoreError {
    StoreError::Unreachable("the database does not answer".to_owned())
}

/// How often a batch is tried while others move the same orders.
const TRIES: u32 = 40;

/// How many fields that are not read are named.
const NAMED: usize = 20;

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The input failed.
    #[error("the input cannot be read: {}", crate::text::trouble(.0))]
    Read(#[from] std::io::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Imports every line over one connection: [`import_over`].
///
/// # Errors
///
/// As [`import_over`].
pub async fn import(
    store: &Store,
    lines: impl AsyncBufRead + Unpin,
    progress: impl FnMut(u64, &Summary),
) -> Result<Summary, ImportError> {
    import_over(store, 1, lines, progress).await
}

/// Imports every line. With several `connections`, the orders of a batch are shared out among them: the lines of one order stay
/// together and in their order. Calls `progress` after each batch with the bytes read so far. What a killed run wrote stays; importing
/// the same lines again changes nothing.
///
/// # Errors
///
/// [`ImportError::Read`] if the input cannot be read; [`ImportError::Store`] if the database is lost, does not allow
/// the import, or others keep moving the same orders.
pub async fn import_over(
    store: &Store,
    connections: usize,
    mut lines: impl AsyncBufRead + Unpin,
    mut progress: impl FnMut(u64, &Summary),
) -> Result<Summary, ImportError> {
    let mut run = Run::default();
    let (mut bytes, mut batches) = (0, 0_u32);
    let mut ended = false;
    let mut rest = Vec::new();
    while !ended {
        let batch;
        (batch, ended) = next_batch(&mut lines, &mut rest, connections.max(1)).await?;
        if batch.is_empty() {
            continue;
        }
        bytes += batch.iter().map(|line| line.len() as u64 + 1).sum::<u64>();
        let mut shares = shared(batch, connections);
        if shares.len() > 1 && run.number.is_none() {
            // Their lines are of one import.
            run.number = Some(facts::next_import(store).await?);
        }
        shares.iter_mut().for_each(|share| share.number = run.number);
        loop {
            let taken = join_all(shares.iter_mut().map(|share| take(store, share))).await;
            let Some(error) = taken.into_iter().find_map(Result::err) else { break };
            outlast(store, error).await?;
        }
        shares.into_iter().for_each(|share| run.count(share));
        feed::ring(store).await;
        batches += 1;
        if batches.is_multiple_of(50) {
            fold(store).await?;
        }
        progress(bytes, &run.summary);
    }
    fold(store).await?;
    Ok(run.summary)
}

async fn fold(store: &Store) -> Result<(), StoreError> {
    while let Err(error) = feed::fold(&store.pool).await {
        outlast(store, error).await?;
    }
    Ok(())
}

/// Waits for a lost database, or the one that takes over from it. What was written is recognised, so a batch can be
/// written again. Returns the error if no wait helps.
async fn outlast(store: &Store, error: StoreError) -> Result<(), StoreError> {
    if !error.is_lost() {
        return Err(error);
    }
    tracing::warn!(error = %crate::text::clean(&error.to_string()), "the database is lost; waiting for it");
    let until = Instant::now() + OUTAGE;
    while Instant::now() < until {
        sleep(Duration::from_millis(500)).await;
        store.sweep().await;
        if store.revive().await.is_ok() && store.takes_writes().await {
            return Ok(());
        }
    }
    Err(error)
}

/// The next lines, and whether they were the last. Skips blank lines.
async fn next_batch(
    lines: &mut (impl AsyncBufRead + Unpin),
    rest: &mut Vec<u8>,
    connections: usize,
) -> Result<(Vec<Vec<u8>>, bool), std::io::Error> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while batch.len() < BATCH_LINES * connections && bytes < BATCH_BYTES * connections {
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

/// Reads a line. Of one that was cut, its length is told.
fn readable(bytes: &[u8]) -> Line {
    let mut line = line::read(bytes);
    if let (Err(_), Some(length)) = (&line.said, cut_from(bytes)) {
        line.said = Err(Unreadable::Shape(format!("the line has {length} bytes; at most {LONGEST} are kept of one")));
    }
    line
}

/// What a run remembers between batches.
#[derive(Default)]
struct Run {
    summary: Summary,
    /// Quarantined lines of this run that may still apply automatically.
    early: HashSet<i64>,
    /// Its number, once a line of it needs a decision.
    number: Option<i64>,
}

/// The lines of a batch that one connection writes.
struct Share {
    raw: Vec<Vec<u8>>,
    lines: Vec<Line>,
    /// The ranges that are not written yet.
    parts: Vec<(usize, usize)>,
    written: Vec<Written>,
    /// The number of the import, if it has one.
    number: Option<i64>,
}

/// Shares a batch out among so many connections, by order; a short one stays whole. Lines that name no order stay together, too: the same line
/// twice is one fact.
fn shared(batch: Vec<Vec<u8>>, connections: usize) -> Vec<Share> {
    let count = if batch.len() < SHARED_FROM { 1 } else { connections.max(1) };
    let empty = || Share { raw: Vec::new(), lines: Vec::new(), parts: Vec::new(), written: Vec::new(), number: None };
    let mut shares: Vec<Share> = (0..count).map(|_| empty()).collect();
    for raw in batch {
        let line = readable(&raw);
        let place = line.order.as_ref().map_or(0, |order| {
            let mut hasher = DefaultHasher::new();
            order.hash(&mut hasher);
            usize::try_from(hasher.finish() % count as u64).unwrap_or(0)
        });
        shares[place].raw.push(raw);
        shares[place].lines.push(line);
    }
    shares.retain(|share| !share.raw.is_empty());
    shares.iter_mut().for_each(|share| share.parts.push((0, share.raw.len())));
    shares
}

/// Imports a share of a batch. If the database refuses what this program accepted, it is halved until the refused line is
/// alone: that line goes to quarantine, and all others are imported.
async fn take(store: &Store, share: &mut Share) -> Result<(), StoreError> {
    if share.parts.is_empty() {
        return Ok(());
    }
    let Share { raw, lines, parts, written: all, number } = share;
    let (mut connection, mut left) = (store.pool.acquire().await?, Vec::new());
    while let Some((from, to)) = parts.pop() {
        let tried = attempt(&mut connection, store, (&raw[from..to], &lines[from..to]), *number);
        // The server ends a statement within a minute: who hears nothing for longer has no server.
        match timeout(ANSWER, tried).await.unwrap_or_else(|_| Err(silent())) {
            Ok(written) => {
                *number = number.or(written.number);
                all.push(written);
                left.extend(waiting(&mut connection, &lines[from..to]).await?);
            }
            Err(error) if !error.is_of_the_data() => {
                parts.push((from, to));
                return Err(error);
            }
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
    drop(connection);
    // What was imported stays so, even if a fact still cannot be applied.
    if !left.is_empty()
        && let Err(error) = retry(store, &left).await
    {
        tracing::warn!(orders = left.len(), %error, "facts that waited for these orders could not be tried again");
    }
    Ok(())
}

/// The orders of these lines for which something waits. Another import may have recorded meanwhile what one of these lines waits for, or the
/// reverse, and neither saw the other: so the one that commits last looks again.
async fn waiting(connection: &mut PgConnection, lines: &[Line]) -> Result<Vec<String>, StoreError> {
    let orders: BTreeSet<String> =
        lines.iter().filter_map(|line| line.order.as_ref()).map(ToString::to_string).collect();
    facts::early_orders(connection, &orders.into_iter().collect::<Vec<_>>()).await
}

/// Writes these lines. Tries again while others move the same orders.
async fn attempt(
    connection: &mut PgConnection,
    store: &Store,
    lines: (&[Vec<u8>], &[Line]),
    number: Option<i64>,
) -> Result<Written, StoreError> {
    for attempt in 1..TRIES {
        match write(connection, store, lines, number).await {
            Err(StoreError::Conflict) => {
                tokio::time::sleep(Duration::from_millis(u64::from(5 * attempt.min(20)))).await;
            }
            other => return other,
        }
    }
    write(connection, store, lines, number).await
}

/// One attempt: writes the whole batch or nothing.
async fn write(
    connection: &mut PgConnection,
    store: &Store,
    (raw, lines): (&[Vec<u8>], &[Line]),
    number: Option<i64>,
) -> Result<Written, StoreError> {
    let mut tx = connection.begin().await?;
    let mut batch = Batch::load(&mut tx, lines).await?;
    for (place, line) in lines.iter().enumerate() {
        batch.take(place, line, &store.person);
    }
    let written = batch.write(&mut tx, (raw, lines), number, &store.person).await?;
    tx.commit().await.map_err(crate::store::error::of_commit)?;
    Ok(written)
}

/// Judges these lines, and writes what they mean, in a transaction of the caller. If they belong together, as the history of one order,
/// what waits for the order is tried again after the last of them.
///
/// # Errors
///
/// [`StoreError::Conflict`] if others moved the same orders; [`StoreError::Refused`] if the database refuses what this program
/// accepted. Then the transaction can only be undone.
pub async fn judged(
    connection: &mut PgConnection,
    (raw, lines): (&[Vec<u8>], &[Line]),
    person: &str,
    together: bool,
) -> Result<(), StoreError> {
    let mut batch = Batch::load(connection, lines).await?;
    batch.together = together;
    for (place, line) in lines.iter().enumerate() {
        batch.take(place, line, person);
    }
    let orders: BTreeSet<String> =
        lines.iter().filter_map(|line| line.order.as_ref()).map(ToString::to_string).collect();
    for order in orders.iter().filter(|_| together) {
        batch.again(order, person, Extent::All);
    }
    batch.write(connection, (raw, lines), None, person).await.map(|_| ())
}

/// Retries the early facts of these orders, after someone moved one of them. Returns how many were settled.
///
/// # Errors
///
/// [`StoreError::Conflict`] if others keep moving these orders; [`StoreError::Unknown`] if the connection was lost
/// during the commit.
pub async fn retry(store: &Store, orders: &[String]) -> Result<u64, StoreError> {
    // How a fact is understood, and what it implies, is judged by those who bring it in; others release what can be applied now, one by one.
    if people::is_intake(store).await? {
        return retried(store, orders, Extent::All).await;
    }
    let mut settled = 0;
    for order in orders {
        while retried(store, std::slice::from_ref(order), Extent::One).await? > 0 {
            settled += 1;
        }
    }
    Ok(settled)
}

/// Retries in one transaction. Returns how many facts were settled.
async fn retried(store: &Store, orders: &[String], extent: Extent) -> Result<u64, StoreError> {
    let mut connection = store.pool.acquire().await?;
    for attempt in 1.. {
        let mut tx = connection.begin().await?;
        let mut batch = Batch::of(&mut tx, orders.to_vec(), HashSet::new(), Vec::new(), false).await?;
        for key in orders {
            batch.again(key, &store.person, extent);
        }
        let settled = batch.rejudged.iter().filter(|fact| fact.state != "waiting").count() as u64;
        let done = match batch.write(&mut tx, (&[], &[]), None, &store.person).await {
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

impl Run {
    /// Counts what a share wrote, and names what it did not read.
    fn count(&mut self, share: Share) {
        self.summary.unread.extend(share.lines.iter().flat_map(|line| line.unread.iter().cloned()));
        while self.summary.unread.len() > NAMED {
            self.summary.unread.pop_last();
        }
        share.written.into_iter().for_each(|written| self.add(written));
    }

    fn add(&mut self, written: Written) {
        let (sum, new) = (&mut self.summary, written.summary);
        sum.read += new.read;
        sum.applied += new.applied;
        sum.inferred += new.inferred;
        sum.repeated += new.repeated;
        sum.quarantined += new.quarantined;
        sum.waiting += new.waiting;
        self.number = self.number.or(written.number);
        sum.import = self.number;
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
