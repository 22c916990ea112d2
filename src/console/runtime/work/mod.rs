//! The console's work outside the screen: each effect is a task, each result a message. Also follows the feed.

pub mod desk;
pub mod watch;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::console::app::load::Failure;
use crate::console::app::message::{Effect, Message};
use crate::console::app::session::Link;
use crate::console::kit::journal::Tone;
use crate::console::orders::marks::MOST;
use crate::console::orders::shown::{Move, Pulse, Shown};
use crate::console::orders::window::{Listing, Page, PageAsk, Want};
use crate::console::quarantine::state::{How, PAGE};
use crate::console::stuck::shown::Related;
use crate::desk as uses;
use crate::desk::around::{Around, around};
use crate::desk::{Answer, Command, team};
use crate::domain::{OrderKey, Role, Status};
use crate::intake::quarantine;
use crate::query::{Cursor, Sieve, Sort};
use crate::records::OrderRecord;
use crate::settings::files::Files;
use crate::settings::view::View;
use crate::store::feed::{self, Place};
use crate::store::page::{self, Of};
use crate::store::{Store, StoreError, inbox, read, views};
use crate::stuck::STUCK;
pub use desk::Here;
pub use watch::{Duties, Looks, rest};

/// The longest pause between two reads of the feed. The bell, a notification, makes it shorter.
const POLL: Duration = Duration::from_secs(1);
/// The shortest pause between two reads.
const GATHER: Duration = Duration::from_millis(100);
/// A read that takes longer counts as a lost database.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait before reconnecting: at first, and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(8));
/// How many rows of the feed are read at a time.
const ROWS: i64 = 1_000;
/// The counts are folded after this many transitions.
const FOLD: usize = 500;
/// How many of an order's latest transitions are read: the cost of a key must not grow with the order's history.
const RECENT: i32 = 500;
/// How many of an order's latest pieces of evidence are shown.
const EVIDENCE: i64 = 50;
/// How far the quarantine is counted.
const COUNTED: i64 = 1_000;

/// What effects need.
#[derive(Debug, Clone)]
pub struct Worker {
    /// The order book.
    pub store: Store,
    /// The one role to act in, if the person chose it.
    pub role: Option<Role>,
    /// This person's own files.
    pub files: Files,
    /// What the console watches for and does automatically.
    pub duties: Arc<Duties>,
    /// When the watch was last read.
    pub looks: Looks,
    /// This console's session among those that look at cases.
    pub session: uuid::Uuid,
    /// The case that it looks at.
    pub here: Here,
    /// Where results are sent.
    pub send: UnboundedSender<Message>,
}

impl Worker {
    /// A worker for this role and session.
    pub fn new(
        store: Store,
        role: Option<Role>,
        session: uuid::Uuid,
        duties: Duties,
        send: UnboundedSender<Message>,
    ) -> Self {
        let (looks, here) = (Looks::default(), Here::default());
        Self { store, role, files: Files::default(), duties: Arc::new(duties), looks, session, here, send }
    }

    /// Performs an effect in a task of its own.
    pub fn start(&self, effect: Effect) {
        let worker = self.clone();
        tokio::spawn(async move {
            let message = worker.perform(effect).await;
            if let Some(message) = message {
                // The console may have ended meanwhile.
                _ = worker.send.send(message);
            }
        });
    }

    async fn perform(&self, effect: Effect) -> Option<Message> {
        let store = &self.store;
        Some(match effect {
            Effect::LoadBoard => Message::Board(read(read::board(&store.pool)).await),
            Effect::LoadPage(ask) => {
                let page = read(page(store, &ask)).await;
                Message::Page(Box::new(ask), page)
            }
            Effect::LoadOrder(key) => {
                let shown = read(shown(store, &key, &self.duties.automatic)).await;
                Message::Order(key, shown)
            }
            Effect::LoadWaiting(after) => {
                Message::Waiting(after, read(inbox::waiting(&store.pool, after, None, PAGE as i64)).await)
            }
            Effect::LoadRoles => Message::Roles(read(uses::roles(store, self.role)).await),
            Effect::Write(command) => {
                let answer = self.write(&command).await.map_err(Failure::from);
                Message::Wrote(command, answer)
            }
            Effect::WriteOne(command) => {
                let answer = self.write_one(&command).await.map_err(Failure::from);
                Message::WroteOne(command, answer)
            }
            Effect::Learn(command) => {
                // Asked repeatedly: a question that hangs is asked again.
                let answer = timeout(PATIENCE * 2, uses::learn(store, &command)).await;
                let answer = answer.unwrap_or_else(|_| Err(StoreError::Unreachable("no answer in time".to_owned())));
                Message::Learnt(command, answer.map_err(Failure::from))
            }
            Effect::Consider(id, number) => {
                let considered = self.consider(id, number).await.map_err(Failure::from);
                let shown = |answer: Result<quarantine::Considered, _>| answer.map(|it| Box::new(it.into()));
                Message::Considered(id, number, considered.map(shown))
            }
            Effect::Settle(id, how, note, expect) => {
                Message::Settled(id, self.settle(id, how, &note, expect).await.map_err(Failure::from))
            }
            Effect::Seek(name) => {
                let found = read(uses::called(store, &name)).await;
                Message::Sought(name, found)
            }
            Effect::LoadAll(of) => {
                let all = read(all(store, &of)).await;
                Message::All(of, all)
            }
            Effect::LoadViews => Message::Views(read(views::all(store)).await),
            Effect::SaveView(view, keep) => {
                let saved = self.save_view(&view, keep).await;
                Message::SavedView(view, keep, saved)
            }
            Effect::Remember(kept) => match self.files.remember(&kept) {
                Ok(()) => return None,
                Err(fault) => Message::Told(Tone::Bad, fault),
            },
            Effect::Watch(ask) => Message::Watch(self.watch_over(ask).await),
            Effect::Desk(ask) => return self.at_desk(ask).await.map(Message::Desk),
            Effect::Copy(_)
            | Effect::Mouse(_)
            | Effect::Alert(_)
            | Effect::Dump
            | Effect::Redraw
            | Effect::Suspend
            | Effect::Quit => {
                return None;
            }
        })
    }

    /// Reads the roles again: they may have been revoked.
    async fn write(&self, command: &Command) -> Result<Answer, StoreError> {
        let writing = async {
            let roles = uses::roles(&self.store, self.role).await?;
            uses::act(&self.store, roles, command, Utc::now(), false).await
        };
        in_time(writing).await
    }

    /// Writes one of many: its outcome is known before the next one starts.
    async fn write_one(&self, command: &Command) -> Result<Answer, StoreError> {
        match self.write(command).await {
            Err(StoreError::Unknown(error)) => match timeout(PATIENCE * 6, uses::learn(&self.store, command)).await {
                Ok(Ok(Some(answer))) => Ok(answer),
                Ok(Ok(None)) | Err(_) => Err(StoreError::Unknown(error)),
                Ok(Err(error)) => Err(error),
            },
            answer => answer,
        }
    }

    async fn save_view(&self, view: &View, keep: bool) -> Result<(), Failure> {
        if view.shared {
            let query = Some(view.text.as_str()).filter(|_| keep);
            return in_time(team::change_view(&self.store, &view.name, query)).await.map_err(Failure::from);
        }
        self.files.keep_view(&view.name, keep.then_some(&view.text)).map_err(Failure::Other)
    }

    async fn consider(
        &self,
        id: i64,
        number: usize,
    ) -> Result<Result<quarantine::Considered, quarantine::Answer>, StoreError> {
        let roles = uses::roles(&self.store, self.role).await?;
        quarantine::consider(&self.store, roles, id, number, Utc::now()).await
    }

    async fn settle(
        &self,
        id: i64,
        how: How,
        note: &str,
        expect: Option<i32>,
    ) -> Result<quarantine::Answer, StoreError> {
        let settling = async {
            let roles = uses::roles(&self.store, self.role).await?;
            let how = match how {
                How::Apply(reading) => uses::quarantine::How::Apply(reading, expect),
                How::Dismiss => uses::quarantine::How::Dismiss,
            };
            uses::quarantine::settle(&self.store, roles, id, how, note, Utc::now()).await
        };
        in_time(settling).await
    }

    /// Follows the feed as long as the console runs, and reconnects when the connection is lost.
    pub async fn watch(self) {
        let mut pause = PAUSES.0;
        loop {
            let began = Utc::now();
            let mut seen = None;
            match self.follow(&mut seen).await {
                Ok(never) => match never {},
                Err(_) if self.send.is_closed() => return,
                Err(_) => {}
            }
            if seen.is_some() {
                pause = PAUSES.0;
            }
            let retry_at = Utc::now() + TimeDelta::from_std(pause).unwrap_or_default();
            if self.send.send(Message::Link(Link::Lost { since: seen.unwrap_or(began), retry_at })).is_err() {
                return;
            }
            sleep(pause).await;
            self.store.sweep().await;
            pause = (pause * 2).min(PAUSES.1);
            // A private server that died is started again. Other servers are not ours to start.
            _ = self.store.revive().await;
        }
    }

    async fn follow(&self, seen: &mut Option<chrono::DateTime<Utc>>) -> Result<Infallible, StoreError> {
        let pool = &self.store.pool;
        let mut bell = patient(feed::listen(pool)).await?;
        let mut place = patient(Place::head(pool)).await?;
        let (mut before, mut moves, mut rang) = (Pulse::default(), 0, false);
        self.tell(Message::Link(Link::Live))?;
        loop {
            *seen = Some(Utc::now());
            let pulse = patient(self.look(&mut place)).await?;
            moves += pulse.moves.len();
            let eventful = rang || !pulse.moves.is_empty() || !pulse.cases.is_empty();
            if pulse != before || !pulse.moves.is_empty() || !pulse.cases.is_empty() || pulse.rang {
                before = Pulse { moves: Vec::new(), cases: Vec::new(), statuses: Vec::new(), rang: false, ..pulse };
                self.tell(Message::Pulse(pulse))?;
            }
            if moves >= FOLD && !self.store.read_only {
                moves = 0;
                patient(feed::fold(pool)).await?;
            }
            // After a quiet time changes show at once; otherwise there is a pause between two reads.
            let looked = Instant::now();
            tokio::select! {
                heard = bell.try_recv() => {
                    if heard?.is_none() {
                        return Err(StoreError::Unreachable("the bell's connection was lost".to_owned()));
                    }
                    if eventful {
                        sleep_until(looked + GATHER).await;
                    }
                    self.tell(Message::Pulse(Pulse { rang: true, ..before.clone() }))?;
                    rang = true;
                }
                () = sleep(POLL) => rang = false,
            }
        }
    }

    fn tell(&self, message: Message) -> Result<(), StoreError> {
        self.send.send(message).map_err(|_| StoreError::Unreachable("the console has ended".to_owned()))
    }

    async fn look(&self, place: &mut Place) -> Result<Pulse, StoreError> {
        let pool = &self.store.pool;
        let mut pulse = Pulse::default();
        loop {
            let news = feed::since(pool, place, ROWS).await?;
            let all = (news.len() as i64) < ROWS;
            for item in news {
                if item.of_case {
                    pulse.cases.push(item.order_id);
                    continue;
                }
                let provider = OrderKey::parse(&item.order_id).map(|key| key.provider);
                let status = |name: &str| provider.and_then(|provider| Status::read(provider, name));
                let to = status(&item.to_status);
                let touched = [status(&item.from_status), to].into_iter().flatten();
                touched.for_each(|status| {
                    if !pulse.statuses.contains(&status) {
                        pulse.statuses.push(status);
                    }
                });
                pulse.moves.push(Move {
                    order: item.order_id,
                    seq: item.seq,
                    action: item.action.parse().ok(),
                    to,
                    recorder: item.recorder,
                });
            }
            if all {
                break;
            }
        }
        let (waiting, behind) = feed::pulse(pool, COUNTED).await?;
        self.stay().await?;
        // Only steps of five seconds, so that the screen does not change every second.
        (pulse.quarantined, pulse.behind) = (waiting, behind as i64 / 5 * 5);
        Ok(pulse)
    }
}

/// Reads. A lost database is reported after a pause, or the read would be repeated as fast as it fails.
async fn read<T>(reading: impl Future<Output = Result<T, StoreError>>) -> Result<T, Failure> {
    // A read without an answer counts as a lost database: the caller must not wait for ever.
    let reading = timeout(PATIENCE * 3, reading).await;
    let reading = reading.unwrap_or_else(|_| Err(StoreError::Unreachable("no answer in time".to_owned())));
    match reading.map_err(Failure::from) {
        Err(Failure::Lost) => {
            sleep(PAUSES.0).await;
            Err(Failure::Lost)
        }
        result => result,
    }
}

async fn patient<T>(looking: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    timeout(PATIENCE, looking).await.map_err(|_| StoreError::Unreachable("no answer in time".to_owned()))?
}

/// Writes. Without an answer in time, the outcome is not known yet.
async fn in_time<T>(writing: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    let late = |_| StoreError::Unknown(sqlx::Error::PoolTimedOut);
    timeout(PATIENCE, writing).await.map_err(late)?
}

/// The statuses or the filter of a list, for the store.
fn asked(of: &Listing, person: &str) -> (Vec<Status>, Option<Sieve>) {
    match of {
        Listing::Status(status) => (vec![*status], None),
        Listing::Found(query) => (Vec::new(), Some(query.sieve(person, Utc::now(), true))),
    }
}

/// The rows after a place, or around one.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached, or a row cannot be read.
pub async fn page(store: &Store, ask: &PageAsk) -> Result<Page, StoreError> {
    let (statuses, sieve) = asked(&ask.of, &store.person);
    let of = sieve.as_ref().map_or(Of::Statuses(&statuses), Of::Sieve);
    let top = match &ask.want {
        Want::After(place) => place.clone(),
        Want::Around(place) => {
            let half = ask.limit / 2;
            let before = page::before(&store.pool, of, ask.sort, place, half as i64 + 1).await?;
            match before.first() {
                Some(first) if before.len() > half => Cursor::of(first, ask.sort),
                Some(_) | None => Cursor::start(),
            }
        }
    };
    let mut rows = page::after(&store.pool, of, ask.sort, &top, ask.limit as i64 + 1).await?;
    let more = rows.len() > ask.limit;
    rows.truncate(ask.limit);
    Ok(Page { top, rows, more })
}

/// As many rows of a list as may be marked, and whether there are more.
async fn all(store: &Store, of: &Listing) -> Result<(Vec<OrderRecord>, bool), StoreError> {
    let (statuses, sieve) = asked(of, &store.person);
    let of = sieve.as_ref().map_or(Of::Statuses(&statuses), Of::Sieve);
    let mut rows = page::after(&store.pool, of, Sort::Age, &Cursor::start(), MOST as i64 + 1).await?;
    let more = rows.len() > MOST;
    rows.truncate(MOST);
    Ok((rows, more))
}

async fn shown(store: &Store, key: &OrderKey, automatic: &[String]) -> Result<Option<Box<Shown>>, StoreError> {
    let pool = &store.pool;
    let (stored, log, around) =
        tokio::try_join!(read::order(pool, key), read::recent(pool, key, RECENT), around(store, key, EVIDENCE))?;
    let Some(stored) = stored else { return Ok(None) };
    // Read at the same time, on several connections: the log must not be older than the order that it explains.
    let is_older = log.last().is_none_or(|last| last.seq < stored.order.version);
    let log = if is_older { read::recent(pool, key, RECENT).await? } else { log };
    let Around { evidence, plans, ticks, held } = around;
    // Few orders have evidence, and only they and those at Approved can be stuck.
    let why = match stored.order.status == STUCK || !evidence.is_empty() {
        true => uses::stuck::why(store, &stored, automatic, Utc::now()).await?,
        false => None,
    };
    let related = Related { why, evidence, plans, ticks };
    Ok(Some(Box::new(Shown { stored, log: Some(log), held, related })))
}
