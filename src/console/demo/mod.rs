//! The demo: a temporary database with made-up order histories up to now, new facts while it runs, and a provider that answers.

pub mod provider;
mod requests;
pub mod scenes;

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::intake::import::{self, ImportError};
use crate::sample::life::BROKEN;
use crate::sample::{self, Extras, Told};
use crate::store::Store;

/// The history: some lines are faulty, so that the quarantine is not empty, and stuck orders come with evidence.
const EXTRAS: Extras = Extras { faults: 0.004, evidence: true };
/// The facts that arrive while the demo runs.
const FRESH: Extras = Extras { faults: 0.0, evidence: true };
/// The time between two new facts.
const PACE: Duration = Duration::from_millis(900);
/// A new order opens once per this many facts.
const OPENINGS: u64 = 4;

/// The order histories of the demo.
#[derive(Debug, Clone, Copy)]
pub struct Lives {
    /// The number of orders at the start.
    pub orders: u64,
    /// The same seed gives the same histories.
    pub seed: u64,
    /// When the demo started.
    pub now: DateTime<Utc>,
}

impl Lives {
    /// Imports everything that happened up to now.
    ///
    /// # Errors
    ///
    /// [`ImportError`] if the sample cannot be written to memory, or the database fails.
    pub async fn fill(&self, store: &Store) -> Result<(), ImportError> {
        let mut past = Vec::new();
        sample::write(self.orders, self.seed, self.now, EXTRAS, &mut past)?;
        import::import(store, past.as_slice(), |_, _| {}).await?;
        Ok(())
    }

    /// The future facts of these histories. Expirations are left out, because no clock runs here.
    fn to_come(self) -> BinaryHeap<Reverse<Told>> {
        let lives = (0..self.orders).flat_map(|index| {
            let opened_at = sample::opening(index, self.orders, self.now);
            sample::lines(index, self.seed, opened_at, FRESH)
        });
        lives.filter(|told| told.at > self.now && !by_clock(told)).map(Reverse).collect()
    }

    /// Imports new facts until the store fails. Those about the orders in `played` come from their provider.
    ///
    /// # Errors
    ///
    /// [`ImportError::Store`] as soon as the database fails.
    pub async fn go_on(self, store: Store, played: BTreeSet<String>) -> Result<(), ImportError> {
        let (mut to_come, mut played) = (self.to_come(), played);
        for count in 0_u64.. {
            sleep(PACE).await;
            let now = Utc::now();
            if count % OPENINGS == 0 {
                let index = self.orders + count / OPENINGS;
                let life = sample::lines(index, self.seed, now, FRESH);
                to_come.extend(life.into_iter().filter(|told| !by_clock(told)).map(Reverse));
            }
            // What the provider of the demo plays moves by its own answers only.
            if let Some(Reverse(told)) = to_come.pop().filter(|Reverse(told)| !is_played(told, &mut played)) {
                import::import(&store, dated(&told, now).as_slice(), |_, _| {}).await?;
            }
        }
        Ok(())
    }
}

/// Whether a fact is about an order of the merchant whose provider is played: of one that is known, or opens now.
fn is_played(told: &Told, played: &mut BTreeSet<String>) -> bool {
    let line: Value = serde_json::from_slice(&told.line).unwrap_or_default();
    let id = line["order"].as_str().or_else(|| line["body"]["order_id"].as_str()).unwrap_or_default();
    if line["merchant"] == BROKEN {
        played.insert(id.to_owned());
    }
    played.contains(id)
}

fn by_clock(told: &Told) -> bool {
    let line: Value = serde_json::from_slice(&told.line).unwrap_or_default();
    line["actor"] == "clock" || line["body"]["event_type"] == "order_expired"
}

/// The line with its time set to now.
fn dated(told: &Told, now: DateTime<Utc>) -> Vec<u8> {
    match serde_json::from_slice::<Value>(&told.line) {
        Ok(mut line) => {
            line["at"] = json!(now.to_rfc3339_opts(SecondsFormat::Micros, true));
            line.to_string().into_bytes()
        }
        Err(_) => told.line.clone(),
    }
}
