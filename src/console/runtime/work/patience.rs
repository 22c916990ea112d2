//! How long the console waits for the database before it says that it does not answer: longer where it is far away.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::Worker;
use crate::console::app::load::Failure;
use crate::store::StoreError;

/// For a database that is near.
const NEAR: Duration = Duration::from_secs(5);
/// How many ways to the server and back are waited for on top of that: the longest command takes half as many, and may first wait for
/// connections that read.
const WAYS: u32 = 24;
/// The pause before a read that failed is repeated.
const PAUSE: Duration = Duration::from_millis(500);

fn late() -> StoreError {
    StoreError::Unreachable("no answer in time".to_owned())
}

impl Worker {
    /// How long one step may take.
    pub(super) fn patience(&self) -> Duration {
        NEAR + self.store.round_trip * WAYS
    }

    /// Reads. A lost database is reported after a pause, or the read would be repeated as fast as it fails.
    pub(super) async fn read<T>(&self, reading: impl Future<Output = Result<T, StoreError>>) -> Result<T, Failure> {
        // A read without an answer counts as a lost database: the caller must not wait for ever.
        let reading = timeout(self.patience() * 3, reading).await;
        match reading.unwrap_or_else(|_| Err(late())).map_err(Failure::from) {
            Err(Failure::Lost) => {
                sleep(PAUSE).await;
                Err(Failure::Lost)
            }
            result => result,
        }
    }

    /// Looks at what happened, or connects.
    pub(super) async fn patient<T>(
        &self,
        looking: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        timeout(self.patience(), looking).await.map_err(|_| late())?
    }

    /// Writes. Without an answer in time, the outcome is not known yet.
    pub(super) async fn in_time<T>(
        &self,
        writing: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        timeout(self.patience(), writing).await.map_err(|_| StoreError::Unknown(sqlx::Error::PoolTimedOut))?
    }
}
