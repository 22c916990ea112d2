//! The feed: what was recorded since the last read. Nothing is lost, in whatever order transactions commit.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sqlx::postgres::{PgListener, PgPool};
use sqlx::{AssertSqlSafe, FromRow, PgExecutor};

use super::{Store, StoreError};

/// The notification channel. Its messages are empty: they only say that there is something to read.
const BELL: &str = "recourse";
/// The minimum pause between two notifications.
const PAUSE: Duration = Duration::from_millis(100);

/// A place in the feed. Transaction ids are text here because they are unsigned 64-bit numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The cluster's epoch.
    pub epoch: i32,
    /// The transaction id.
    pub xid: String,
    /// The row id.
    pub id: i64,
}

/// One recorded transition or case event.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Deserialize)]
pub struct News {
    epoch: i32,
    xid: String,
    id: i64,
    /// The order.
    pub order_id: String,
    /// The order's version after it, or the number of the case event.
    pub seq: i32,
    /// The action, or the case event.
    pub action: String,
    /// The order's status before; empty for an opening or a case event.
    pub from_status: String,
    /// The order's status after; empty for a case event.
    pub to_status: String,
    /// Who recorded it.
    pub recorder: String,
    /// When it was recorded, by the database's clock.
    pub recorded_at: DateTime<Utc>,
    /// It is an event of the order's case, named in `action`; the order did not move.
    pub of_case: bool,
}

impl Place {
    /// Before the first row.
    pub fn start() -> Self {
        Self { epoch: 0, xid: "0".to_owned(), id: 0 }
    }

    /// After the last row that is already safe to read, and the database's time. What was recorded before that time
    /// may still come, if an older transaction was open.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be reached or does not answer.
    pub async fn head(reads: impl PgExecutor<'_>) -> Result<(Self, DateTime<Utc>), StoreError> {
        let (epoch, xid, now) = sqlx::query_as(sql!("feed_head")).fetch_one(reads).await?;
        Ok((Self { epoch, xid, id: -1 }, now))
    }
}

/// Returns what was recorded after `place`, at most `limit` rows, and moves `place` past them.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer; `place` then stays where it was.
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

/// How the feed is now.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct Beat {
    /// How many facts are in quarantine.
    pub quarantined: i64,
    /// How many cases this person has, and how many no one has, together.
    pub cases: i64,
    /// How many requests to providers wait for a person's word.
    pub requests: i64,
    /// For how many seconds an older writing transaction has held back recorded rows; 0 if none has.
    pub behind: f64,
    /// Whose login that transaction has, if it is known.
    pub holder: Option<String>,
    /// How many seconds a standby is behind its primary; `None` on a primary.
    pub lag: Option<f64>,
}

/// How far the feed is behind and who holds it back, and what waits for `person` or for anyone, counted up to `most`.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn pulse(pool: &PgPool, person: &str, most: i64) -> Result<Beat, StoreError> {
    Ok(sqlx::query_as(AssertSqlSafe(PULSE.as_str())).bind(most).bind(person).fetch_one(pool).await?)
}

/// How the feed is, and how far a standby is behind.
static PULSE: LazyLock<String> =
    LazyLock::new(|| format!("select beat.*, ({}) as lag from ({}) beat", sql!("lag"), sql!("pulse")));

/// How many seconds a standby is behind its primary; `None` on a primary.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn lag(pool: &PgPool) -> Result<Option<f64>, StoreError> {
    Ok(sqlx::query_scalar(sql!("lag")).fetch_one(pool).await?)
}

/// Everything that a console asks for again and again, as one statement: one way to the server and back.
static LOOK: LazyLock<String> = LazyLock::new(|| {
    let pulse = PULSE.replace("$1", "$5").replace("$2", "$6");
    let unread = sql!("inbox_unread").replace("$2", "$5").replace("$1", "$6");
    let feed = sql!("feed");
    let news = format!("select coalesce(json_agg(news), '[]') from ({feed}) news");
    format!("select beat.*, ({unread}) as unread, ({news}) as news from ({pulse}) beat")
});

/// What one look finds: what was recorded after the place, how the feed is, and how much a person has not read.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct Look {
    /// How the feed is.
    #[sqlx(flatten)]
    pub beat: Beat,
    /// How many items the person has not read.
    pub unread: i64,
    #[sqlx(json)]
    news: Vec<News>,
}

/// Looks once: what was recorded after `place`, at most `limit` rows, with [`pulse`] and the unread items of the person. Moves `place`
/// past the rows, and returns them.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer; `place` then stays where it was.
pub async fn look(
    reads: impl PgExecutor<'_>,
    place: &mut Place,
    limit: i64,
    (person, most): (&str, i64),
) -> Result<(Vec<News>, Look), StoreError> {
    let query = sqlx::query_as(LOOK.as_str()).bind(place.epoch).bind(&place.xid).bind(place.id).bind(limit);
    let mut look: Look = query.bind(most).bind(person).fetch_one(reads).await?;
    let news = std::mem::take(&mut look.news);
    if let Some(last) = news.last() {
        *place = Place { epoch: last.epoch, xid: last.xid.clone(), id: last.id };
    }
    Ok((news, look))
}

/// When this process last notified, and whether it still owes a notification.
#[derive(Debug, Default)]
pub struct Bell {
    rung: Mutex<Option<Instant>>,
    owed: AtomicBool,
}

impl Bell {
    /// How long to wait before the next notification; `None` if it may go out now.
    fn wait(&self) -> Option<Duration> {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = rung.and_then(|rung| PAUSE.checked_sub(rung.elapsed()));
        if wait.is_none() {
            *rung = Some(Instant::now());
        }
        wait
    }
}

/// Notifies everyone who listens: at once after a quiet time, then at most ten times a second. A notification locks the
/// whole cluster, so one for every write would make all writers wait for each other. A failed notification is not an
/// error: everyone reads once a second anyway.
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

/// Sends the notification now, if one is owed.
pub async fn ring_before_exit(store: &Store) {
    if store.bell.owed.swap(false, Ordering::SeqCst) {
        _ = store.bell.wait();
        notify(&store.pool).await;
    }
}

async fn notify(pool: &PgPool) {
    // Without parameters, which would be another way to the server and back.
    _ = sqlx::raw_sql(AssertSqlSafe(format!("notify {BELL}"))).execute(pool).await;
}

/// Listens for notifications on a separate connection. `None` on a standby, which sends none: it has to be polled.
///
/// # Errors
///
/// [`StoreError`] if no connection can be opened or the database does not let it listen.
pub async fn listen(pool: &PgPool) -> Result<Option<PgListener>, StoreError> {
    let mut listener = PgListener::connect_with(pool).await?;
    match listener.listen(BELL).await {
        Ok(()) => Ok(Some(listener)),
        Err(error) if error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("25006")) => {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Waits for a notification; for ever if nobody listens.
///
/// # Errors
///
/// [`StoreError::Unreachable`] if the connection is lost.
pub async fn rung(listener: &mut Option<PgListener>) -> Result<(), StoreError> {
    let Some(listener) = listener else { return std::future::pending().await };
    let heard = listener.try_recv().await?;
    heard.map(|_| ()).ok_or_else(|| StoreError::Unreachable("the bell's connection was lost".to_owned()))
}

/// Folds the deltas of the tally and the watch, unless someone else is doing it.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or refuses the change.
pub async fn fold(pool: &PgPool) -> Result<(), StoreError> {
    sqlx::query("select tally_fold(), watch_fold()").execute(pool).await?;
    Ok(())
}
