//! What screens and commands show of cases: one with everything around it, its letters, the report of the desk.

use chrono::{DateTime, Utc};
use strum::VariantArray;

use super::letter;
use crate::cases::Policy;
use crate::cases::letter::Letter;
use crate::records::report::Report;
use crate::records::{CaseDetail, CaseEvent, CaseStage, Hint, OrderRecord, Party, Transition, Zone};
use crate::store::cases::{policy, read, report as kept, write};
use crate::store::{Store, StoreError, read as orders};

/// How many of an order's transitions are read with its case.
const MOVES: i32 = 200;

/// A case with everything around it.
#[derive(Debug, Clone)]
pub struct CaseFile {
    /// The case, its log, decision and payouts.
    pub whole: CaseDetail,
    /// Its order.
    pub stored: OrderRecord,
    /// The latest transitions of the order.
    pub log: Vec<Transition>,
    /// The events of other cases of the same order, with their case numbers.
    pub others: Vec<(i32, CaseEvent)>,
    /// Earlier cases of the same people.
    pub hints: Vec<Hint>,
    /// This person's drafts: kinds and texts.
    pub drafts: Vec<(String, String)>,
    /// The policy of the desk.
    pub policy: Policy,
}

/// Reads a case with everything around it: the one with this number, or the open or latest one of the order.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or has something that this program cannot read.
pub async fn file(store: &Store, order: &str, number: Option<i32>) -> Result<Option<CaseFile>, StoreError> {
    let pool = &store.pool;
    let Some(whole) = read::whole(pool, order, number).await? else { return Ok(None) };
    let (key, number) = (whole.case.key()?, whole.case.number);
    let (stored, log, hints, drafts, held) = tokio::try_join!(
        orders::order(pool, &key),
        orders::recent(pool, &key, MOVES),
        read::hints(pool, &whole.case),
        write::drafts(pool, order, number, &store.person),
        policy::current(pool)
    )?;
    let Some(stored) = stored else { return Ok(None) };
    // Only a case that has a higher number, was reopened or is closed can have others.
    let several = whole.case.reopened || number > 1 || whole.case.stage == CaseStage::Closed;
    let others = if several { read::others(pool, order, number).await? } else { Vec::new() };
    Ok(Some(CaseFile { whole, stored, log, others, hints, drafts, policy: held.policy }))
}

/// The letters of a case: to each party, none before a decision. `None` if there is no such case.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or has something that this program cannot read.
pub async fn letters(
    store: &Store,
    order: &str,
    number: Option<i32>,
) -> Result<Option<Vec<(Party, Option<Letter>)>>, StoreError> {
    let pool = &store.pool;
    let Some(whole) = read::whole(pool, order, number).await? else { return Ok(None) };
    let Some(stored) = orders::order(pool, &whole.case.key()?).await? else { return Ok(None) };
    let policy = policy::current(pool).await?.policy;
    let letters = Party::VARIANTS.iter().map(|&party| (party, letter(&whole, &stored, &policy, party)));
    Ok(Some(letters.collect()))
}

/// What the desk did in a period, and the policy that names its reasons.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or has something that this program cannot read.
pub async fn report(
    store: &Store,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    zone: Zone,
) -> Result<(Report, Policy), StoreError> {
    let found = kept::report(&store.pool, from, to, zone).await?;
    Ok((found, policy::current(&store.pool).await?.policy))
}
