//! The demo: a throw-away database, made-up lives up to now, and new facts while one watches.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::intake::import::{self, ImportError};
use crate::sample::{self, Extras, Told};
use crate::store::Store;

/// A share of lines goes wrong, so that the quarantine has something to show; and what is stuck can be explained.
const EXTRAS: Extras = Extras { faults: 0.004, evidence: true };
/// What arrives while one watches.
const FRESH: Extras = Extras { faults: 0.0, evidence: true };
/// How far apart new facts arrive.
const PACE: Duration = Duration::from_millis(900);
/// Every so many facts a new order comes.
const OPENINGS: u64 = 4;

/// The lives of the demo.
#[derive(Debug, Clone, Copy)]
pub struct Lives {
    /// How many orders there are at first.
    pub orders: u64,
    /// The same seed gives the same lives.
    pub seed: u64,
    /// When the demo began.
    pub now: DateTime<Utc>,
}

impl Lives {
    /// Takes in everything that happened up to now.
    pub async fn fill(&self, store: &Store) -> Result<(), ImportError> {
        let mut past = Vec::new();
        sample::write(self.orders, self.seed, self.now, EXTRAS, &mut past)?;
        import::import(store, past.as_slice(), |_, _| {}).await?;
        Ok(())
    }

    /// What these lives still have before them, but for what only time does: no clock runs here.
    fn to_come(self) -> BinaryHeap<Reverse<Told>> {
        let lives = (0..self.orders).flat_map(|index| {
            let opened_at = sample::opening(index, self.orders, self.now);
            sample::lines(index, self.seed, opened_at, FRESH)
        });
        lives.filter(|told| told.at > self.now && !by_clock(told)).map(Reverse).collect()
    }

    /// Lets facts arrive for as long as the store can be reached.
    pub async fn go_on(self, store: Store) -> Result<(), ImportError> {
        let mut to_come = self.to_come();
        for count in 0_u64.. {
            sleep(PACE).await;
            let now = Utc::now();
            if count % OPENINGS == 0 {
                let index = self.orders + count / OPENINGS;
                let life = sample::lines(index, self.seed, now, FRESH);
                to_come.extend(life.into_iter().filter(|told| !by_clock(told)).map(Reverse));
            }
            if let Some(Reverse(told)) = to_come.pop() {
                import::import(&store, dated(&told, now).as_slice(), |_, _| {}).await?;
            }
        }
        Ok(())
    }
}

fn by_clock(told: &Told) -> bool {
    let line: Value = serde_json::from_slice(&told.line).unwrap_or_default();
    line["actor"] == "clock" || line["body"]["event_type"] == "order_expired"
}

/// The line as if it happened now.
fn dated(told: &Told, now: DateTime<Utc>) -> Vec<u8> {
    match serde_json::from_slice::<Value>(&told.line) {
        Ok(mut line) => {
            line["at"] = json!(now.to_rfc3339_opts(SecondsFormat::Micros, true));
            line.to_string().into_bytes()
        }
        Err(_) => told.line.clone(),
    }
}
