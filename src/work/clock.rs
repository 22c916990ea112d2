//! The clocks: they flag orders past their deadline, or expire them exactly once however many clocks run. Time is an argument.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::domain::{Action, Actor, Ask, By, Milestone, OrderKey, Provider, Source, Status, decide};
use crate::intake::spread::spread;
use crate::records::OrderRecord;
use crate::store::{Proof, Record, Store, StoreError, append, cases, due, feed, health, heartbeat};

/// How many expiries one statement writes.
const BATCH: i64 = 1_000;
/// After this many conflicts in a row, orders are tried one by one.
const TRIES: u32 = 40;
/// The longest pause between two sweeps.
const LOOK: Duration = Duration::from_secs(30);

pub use crate::store::watch::CLOCK;

/// What a clock does with orders past their deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum Mode {
    /// It expires them. For books without any word from the provider: its later word would be refused.
    Apply,
    /// It leaves their status and shows them as presumed expired, until the provider or a person confirms it.
    #[default]
    Flag,
}

/// One mode for each clock of the law, by the milestone it counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Modes {
    /// New, from creation.
    pub new: Mode,
    /// Approved, from approval.
    pub approved: Mode,
    /// Authorised and Updated, from authorisation.
    pub authorised: Mode,
}

impl Modes {
    /// Every clock expires.
    pub const APPLY: Self = Self { new: Mode::Apply, approved: Mode::Apply, authorised: Mode::Apply };

    const fn of(self, since: Milestone) -> Mode {
        match since {
            Milestone::Creation => self.new,
            Milestone::Approval => self.approved,
            Milestone::Authorisation => self.authorised,
        }
    }

    /// The statuses whose clock has this mode.
    pub fn statuses(self, mode: Mode) -> Vec<Status> {
        let all = Provider::all().iter().flat_map(|provider| provider.statuses());
        all.filter(|status| status.wait().is_some_and(|wait| self.of(wait.since) == mode)).collect()
    }
}

/// The result of a sweep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many expired now, by the status they left.
    pub expired: Vec<(Status, u64)>,
    /// How many are past their deadline and only flagged.
    pub flagged: u64,
    /// Batches in which someone else changed an order first.
    pub conflicts: u64,
    /// Orders that the law or the database does not let expire, and why.
    pub faults: Vec<(OrderKey, String)>,
}

impl Swept {
    /// How many expired.
    pub fn count(&self) -> u64 {
        self.expired.iter().map(|(_, count)| count).sum()
    }

    fn add(&mut self, from: Status) {
        match self.expired.iter_mut().find(|(status, _)| *status == from) {
            Some((_, count)) => *count += 1,
            None => self.expired.push((from, 1)),
        }
    }
}

/// Expires every order that is due at this time, and counts those that are only flagged.
///
/// # Errors
///
/// [`StoreError`] if the database is lost or does not allow it. Orders that cannot expire are in [`Swept::faults`] and
/// are not errors.
pub async fn sweep(store: &Store, modes: Modes, at: DateTime<Utc>) -> Result<Swept, StoreError> {
    swept(store, modes, at, false).await
}

async fn swept(store: &Store, modes: Modes, at: DateTime<Utc>, beats: bool) -> Result<Swept, StoreError> {
    let mut swept = Swept::default();
    let statuses = modes.statuses(Mode::Apply);
    let mut tries = 0;
    // Orders that cannot expire are left out, or they would be found again and again.
    let mut left_out: Vec<String> = Vec::new();
    loop {
        if beats {
            // Many orders may be due at once: the clock must not look silent while it works.
            health::in_time(heartbeat::beat(store, CLOCK, Utc::now(), LOOK)).await?;
        }
        let found = health::in_time(due::due(&store.pool, &statuses, at, &left_out, BATCH)).await?;
        if found.is_empty() {
            break;
        }
        let mut ripe = Vec::new();
        for stored in found {
            match expiry(store, &stored, at) {
                Ok(record) => ripe.push((stored, record)),
                Err(why) => {
                    left_out.push(stored.order.key.to_string());
                    swept.faults.push((stored.order.key, why));
                }
            }
        }
        match health::in_time(expire(store, &ripe)).await {
            Ok(()) => {
                tries = 0;
                ripe.iter().for_each(|(stored, _)| swept.add(stored.order.status));
            }
            // Someone else has moved an order: it is not found again.
            Err(StoreError::Conflict) if tries < TRIES => {
                (tries, swept.conflicts) = (tries + 1, swept.conflicts + 1);
            }
            Err(error) if error.is_of_the_data() || matches!(error, StoreError::Conflict) => {
                one_by_one(store, &ripe, &mut swept, &mut left_out).await?
            }
            Err(error) => return Err(error),
        }
    }
    // Untouched cases return to the queue, and missed deadlines are recorded. This moves no order.
    while health::in_time(cases::write::sweep(store, crate::desk::cases::SWEPT)).await? == crate::desk::cases::SWEPT {}
    swept.flagged = health::in_time(due::count(&store.pool, &modes.statuses(Mode::Flag), at)).await?;
    if swept.count() > 0 {
        // If this fails, another process folds the counts later.
        _ = feed::fold(&store.pool).await;
        feed::ring(store).await;
    }
    Ok(swept)
}

/// The record of an expiry. Its time is the deadline, not the time of the sweep.
fn expiry(store: &Store, stored: &OrderRecord, at: DateTime<Utc>) -> Result<Record, String> {
    let order = &stored.order;
    let when = order.due_at().unwrap_or(at).max(order.moved_at);
    let step = decide(order, &Ask::new(Action::Expire, Actor::Clock, when, By::Fact)).map_err(|why| why.to_string())?;
    Ok(Record::Step(step, Proof::new(Source::Clock, &store.person)))
}

async fn expire(store: &Store, ripe: &[(OrderRecord, Record)]) -> Result<(), StoreError> {
    let records: Vec<Record> = ripe.iter().map(|(_, record)| record.clone()).collect();
    let mut connection = store.pool.acquire().await?;
    append::append(&mut connection, &records).await?;
    drop(connection);
    let waits = ripe.iter().filter(|(stored, _)| stored.quarantined > 0);
    let waits: Vec<String> = waits.map(|(stored, _)| stored.order.key.to_string()).collect();
    if !waits.is_empty() {
        spread(store, &waits).await;
    }
    Ok(())
}

/// Expires orders one by one. One of them cannot be written, and the others must not wait for it.
async fn one_by_one(
    store: &Store,
    ripe: &[(OrderRecord, Record)],
    swept: &mut Swept,
    left_out: &mut Vec<String>,
) -> Result<(), StoreError> {
    for one in ripe {
        match expire(store, std::slice::from_ref(one)).await {
            Ok(()) => swept.add(one.0.order.status),
            // The next sweep tries it again; the others must not wait for it.
            Err(StoreError::Conflict) => {
                swept.conflicts += 1;
                left_out.push(one.0.order.key.to_string());
            }
            Err(error) if error.is_of_the_data() => {
                left_out.push(one.0.order.key.to_string());
                swept.faults.push((one.0.order.key.clone(), error.to_string()));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Runs the clocks until dropped or the database is lost. Reports every sweep that changed something.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or a sweep or a heartbeat is not allowed. It returns only with an error.
pub async fn run(store: &Store, modes: Modes, mut told: impl FnMut(DateTime<Utc>, &Swept)) -> Result<(), StoreError> {
    let mut flagged = 0;
    loop {
        let now = health::in_time(health::agreed(store)).await?;
        let swept = swept(store, modes, now, true).await?;
        let (expired, faults) = (swept.count(), swept.faults.len());
        tracing::debug!(expired, flagged = swept.flagged, conflicts = swept.conflicts, faults, "looked at the clocks");
        if swept.count() > 0 || !swept.faults.is_empty() || swept.flagged != flagged {
            flagged = swept.flagged;
            told(now, &swept);
        }
        health::in_time(heartbeat::beat(store, CLOCK, Utc::now(), LOOK)).await?;
        let next = health::in_time(due::next(&store.pool, &modes.statuses(Mode::Apply), now)).await?;
        let left = next.map_or(TimeDelta::MAX, |next| next - Utc::now());
        tokio::time::sleep(left.to_std().unwrap_or(Duration::from_millis(100)).clamp(Duration::from_millis(100), LOOK))
            .await;
    }
}
