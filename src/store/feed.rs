//! What was recorded since one last looked: nothing is lost, whatever order transactions commit in.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::FromRow;
use sqlx::postgres::{PgListener, PgPool};

use super::{Store, StoreError};

/// The channel of the doorbell. It carries nothing: it only says "look".
const BELL: &str = "recourse";
/// It rings at most so often.
const PAUSE: Duration = Duration::from_millis(100);

/// A place in the feed. Transaction ids are text here: they have 64 bits without a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The cluster's epoch.
    pub epoch: i32,
    /// The transaction.
    pub xid: String,
    /// The row.
    pub id: i64,
}

/// One thing that was recorded.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct News {
    epoch: i32,
    xid: String,
    id: i64,
    /// Whose.
    pub order_id: String,
    /// The order's version after it, or the case's event.
    pub seq: i32,
    /// What was done.
    pub action: String,
    /// Where the order stood; empty where it was opened.
    pub from_status: String,
    /// Where it left it.
    pub to_status: String,
    /// Who wrote it down.
    pub recorder: String,
    /// It happened to the order's case, and `action` says what: the order stands where it stood.
    pub of_case: bool,
}

impl Place {
    /// Before everything.
    pub fn start() -> Self {
        Self { epoch: 0, xid: "0".to_owned(), id: 0 }
    }

    /// After everything that is already safe to see.
    pub async fn head(pool: &PgPool) -> Result<Self, StoreError> {
        let (epoch, xid): (i32, String) = sqlx::query_as(sql!("feed_head")).fetch_one(pool).await?;
        Ok(Self { epoch, xid, id: -1 })
    }
}

/// What was recorded after `place`, at most `limit` rows; moves `place` behind them.
pub async fn since(pool: &PgPool, place: &mut Place, limit: i64) -> Result<Vec<News>, StoreError> {
    let news: Vec<News> = sqlx::query_as(sql!("feed"))
        .bind(place.epoch)
        .bind(&place.xid)
        .bind(place.id)
        .bind(limit)
        .fetch_all(pool)
        .await?;
    if let Some(last) = news.last() {
        *place = Place { epoch: last.epoch, xid: last.xid.clone(), id: last.id };
    }
    Ok(news)
}

/// How many facts wait in quarantine, counted as far as `most`; and for how many seconds rows that are recorded have been
/// held back by an older writing transaction, zero where none are.
pub async fn pulse(pool: &PgPool, most: i64) -> Result<(i64, f64), StoreError> {
    Ok(sqlx::query_as(sql!("pulse")).bind(most).fetch_one(pool).await?)
}

/// When a process last rang, and whether it has yet to.
#[derive(Debug, Default)]
pub struct Bell {
    rung: Mutex<Option<Instant>>,
    owed: AtomicBool,
}

impl Bell {
    /// How long to wait before ringing again; nothing where it may ring at once.
    fn wait(&self) -> Option<Duration> {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = rung.and_then(|rung| PAUSE.checked_sub(rung.elapsed()));
        if wait.is_none() {
            *rung = Some(Instant::now());
        }
        wait
    }
}

/// Rings for everybody who listens: at once when it was quiet, then at most ten times a second. A notification takes a
/// lock on the whole cluster, and one for every write would make all writers wait for each other. A bell that cannot
/// be rung is no failure: everybody looks once a second anyway.
pub async fn ring(store: &Store) {
    match store.bell.wait() {
        None => notify(&store.pool).await,
        Some(wait) if !store.bell.owed.swap(true, Ordering::SeqCst) => {
            let store = store.clone();
            tokio::spawn(async move {
                tokio::time::sleep(wait).await;
                ring_before_exit(&store).await;
            });
        }
        Some(_) => {}
    }
}

/// Rings now, if it has yet to.
pub async fn ring_before_exit(store: &Store) {
    if store.bell.owed.swap(false, Ordering::SeqCst) {
        _ = store.bell.wait();
        notify(&store.pool).await;
    }
}

async fn notify(pool: &PgPool) {
    _ = sqlx::query("select pg_notify($1, '')").bind(BELL).execute(pool).await;
}

/// Listens for the bell, on a connection of its own.
pub async fn listen(pool: &PgPool) -> Result<PgListener, StoreError> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(BELL).await?;
    Ok(listener)
}

/// Folds the tally's deltas, unless somebody else is at it.
pub async fn fold(pool: &PgPool) -> Result<(), StoreError> {
    sqlx::query("select tally_fold(), watch_fold()").execute(pool).await?;
    Ok(())
}
