//! What is asked of the servers that have an account: to check its credentials or read them again, to read orders, to record what the
//! provider did.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::store::accounts::Ask;
use crate::store::{Store, StoreError, accounts, feed, health};

/// How long a running server may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(50);
/// A server that did not report for so long does not run.
const SERVED: i64 = 15;

/// Asks a running server something about an account, and waits for the answer: whether it is good, and its words.
///
/// # Errors
///
/// [`StoreError::Refused`] if this person may not ask; another [`StoreError`] if the database cannot be reached.
pub async fn put(store: &Store, ask: &Ask) -> Result<(bool, String), StoreError> {
    let (now, name) = (health::now(store).await?, &ask.account);
    let known = accounts::all(&store.pool).await?.into_iter().find(|account| account.name == *name);
    match known {
        None => return Ok((false, format!("no server has an account {name:?}"))),
        Some(account) if (now - account.seen_at).num_seconds() > SERVED => {
            return Ok((false, "no server that has it runs".to_owned()));
        }
        Some(_) => {}
    }
    let id = accounts::ask(&store.pool, ask, &store.person).await?;
    feed::ring(store).await;
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if let Some(answer) = accounts::answer(&store.pool, id).await? {
            return Ok(answer);
        }
        sleep(LOOK).await;
    }
    Ok((false, "the server does not answer".to_owned()))
}
