//! Delivers alerts: takes what is due from the database, sends it, and writes what became of it. What fails is tried again
//! later, by this process or by the next.

use std::time::Duration;

use chrono::Utc;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::tell::Tellers;
use crate::store::{Store, StoreError, deliveries};
use crate::stuck::alarm::Alarm;

/// The pause between two looks at what is due.
const LOOK: Duration = Duration::from_secs(2);
/// The first pause after a failed attempt, and the longest.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(600);
/// How long a stopped watcher waits for alerts that are being sent.
const LAST: Duration = Duration::from_secs(15);

/// Queues what the sinks have not been told.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not allow it.
pub async fn queue(store: &Store, tellers: &Tellers, alarms: &[Alarm]) -> Result<(), StoreError> {
    let (first, second) = (tellers.first(), tellers.second());
    if first.is_empty() && second.is_empty() {
        return Ok(());
    }
    let pace = (tellers.repeat, tellers.escalate);
    deliveries::queue(store, (&first, &second), Utc::now(), pace, alarms).await
}

/// Alerts that are being sent: each in a task of its own, so that a webhook that hangs delays nothing.
#[derive(Debug, Default)]
pub struct Telling(JoinSet<Option<String>>);

impl Telling {
    /// Starts sending what is due.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be reached or does not allow it.
    pub async fn begin(&mut self, store: &Store, tellers: &Tellers) -> Result<(), StoreError> {
        let sinks = [tellers.first(), tellers.second()].concat();
        if sinks.is_empty() {
            return Ok(());
        }
        for delivery in deliveries::take(store, &sinks).await? {
            let (store, tellers) = (store.clone(), tellers.clone());
            self.0.spawn(async move {
                let sent = tellers.tell(&delivery).await;
                let again = FIRST.saturating_mul(1 << (delivery.tries - 1).clamp(0, 20)).min(LONGEST);
                // If this cannot be written, it is sent again: at least once.
                _ = deliveries::sent(&store, delivery.id, sent.as_ref().err().map(String::as_str), again).await;
                let sink = delivery.sink.replace('_', " ");
                let lost = |fault| format!("the {sink} did not get the alert {} yet: {fault}", delivery.event.alert);
                sent.err().map(lost)
            });
        }
        Ok(())
    }

    /// What went wrong in the tasks that have finished.
    pub fn failures(&mut self) -> Vec<String> {
        let mut failures = Vec::new();
        while let Some(told) = self.0.try_join_next() {
            failures.extend(told.unwrap_or_default());
        }
        failures
    }

    /// Waits for the tasks that still run, up to a limit. Returns what went wrong.
    pub async fn finish(&mut self) -> Vec<String> {
        let mut failures = Vec::new();
        let all = async {
            while let Some(told) = self.0.join_next().await {
                failures.extend(told.unwrap_or_default());
            }
        };
        _ = timeout(LAST, all).await;
        failures
    }

    /// Sends what becomes due for this long.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be reached or does not allow it.
    pub async fn during(
        &mut self,
        store: &Store,
        tellers: &Tellers,
        long: Duration,
    ) -> Result<Vec<String>, StoreError> {
        let until = tokio::time::Instant::now() + long;
        let mut failures = Vec::new();
        while tokio::time::Instant::now() < until {
            self.begin(store, tellers).await?;
            sleep(LOOK.min(until.saturating_duration_since(tokio::time::Instant::now()))).await;
            failures.extend(self.failures());
        }
        Ok(failures)
    }
}
