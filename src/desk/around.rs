//! What is shown around an order: what was tried and asked, its plans, the ticks of its runbook, its facts in quarantine.

use crate::domain::OrderKey;
use crate::records::{Evidence, InPlan, Quarantined, Request, Tick};
use crate::store::drift::{self, Drifted};
use crate::store::requests::{self, Which};
use crate::store::{Store, StoreError, accounts, evidence, facts, plans, watch};

/// How many of its latest requests are shown.
const ASKED: i64 = 5;

/// How many of its facts in quarantine are shown.
const HELD: i64 = 50;

/// What is shown around an order.
#[derive(Debug, Clone)]
pub struct Around {
    /// What was tried and observed, oldest first.
    pub evidence: Vec<Evidence>,
    /// The plans it is in, newest first.
    pub plans: Vec<InPlan>,
    /// The ticked steps of its runbook.
    pub ticks: Vec<Tick>,
    /// Its facts in quarantine, oldest first.
    pub held: Vec<Quarantined>,
    /// What was asked of its provider last, newest first.
    pub requests: Vec<Request>,
    /// The account that sends for it, if one does.
    pub account: Option<String>,
    /// How it differs from what its provider shows, if it does.
    pub drift: Option<Drifted>,
}

/// Reads what is shown around an order, with at most this many of its latest pieces of evidence.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or has something that this program cannot read.
pub async fn around(store: &Store, key: &OrderKey, most: i64) -> Result<Around, StoreError> {
    let (pool, name) = (&store.pool, key.to_string());
    let names = std::slice::from_ref(&name);
    let asked = Which { order: Some(name.clone()), ..Which::default() };
    let differing = drift::Which { orders: Some(names.to_vec()), ..drift::Which::default() };
    let (evidence, plans, ticks, held, requests, account, drift) = tokio::try_join!(
        evidence::of(pool, names, most),
        plans::of_order(pool, &name),
        watch::ticks(pool, &name),
        facts::waiting(pool, 0, facts::Wanted { order: Some(&name), ..facts::Wanted::default() }, HELD),
        requests::list(pool, &asked, ASKED),
        accounts::of_order(pool, &name),
        drift::list(pool, &differing, 1)
    )?;
    let account = account.map(|account| account.name);
    Ok(Around { evidence, plans, ticks, held, requests, account, drift: drift.into_iter().next() })
}
