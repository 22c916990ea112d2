//! The console's work outside the screen: each effect is a task, each result a message. [`feed`] brings news without being asked.

pub mod disputes;
mod drift;
pub mod feed;
mod inbox;
pub mod orders;
mod papers;
mod patience;
mod requests;
mod statements;
pub mod stuck;
mod team;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::Utc;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::timeout;

use crate::console::app::load::Failure;
use crate::console::app::message::{Effect, Message};
use crate::console::kit::journal::Tone;
use crate::console::kit::paged::PAGE;
use crate::console::quarantine::state::How;
use crate::console::quarantine::state::{Waiting, WaitingAsk};
use crate::desk as uses;
use crate::desk::providers::Wish;
use crate::desk::{Answer, Command};
use crate::domain::Role;
use crate::intake::quarantine;
use crate::settings::files::Files;
use crate::settings::view::View;
use crate::store::{Store, StoreError, facts, health, read, views};
pub use disputes::Here;
pub use stuck::{Duties, Looks, rest};

/// A read that takes longer is said in the header.
const SLOW: Duration = Duration::from_secs(1);

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
    /// How many reads are not answered in time.
    pub slow: Arc<AtomicUsize>,
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
        let slow = Arc::default();
        Self { store, role, files: Files::default(), duties: Arc::new(duties), looks, session, here, slow, send }
    }

    /// Performs an effect in a task of its own.
    pub fn start(&self, effect: Effect) {
        let worker = self.clone();
        tokio::spawn(async move {
            let began = Utc::now();
            if effect.waits_for_others() {
                if let Some(message) = worker.perform(effect).await {
                    _ = worker.send.send(message);
                }
                return;
            }
            let mut work = std::pin::pin!(worker.perform(effect));
            let message = match timeout(SLOW, &mut work).await {
                Ok(message) => message,
                Err(_) => {
                    worker.slow.fetch_add(1, Ordering::Relaxed);
                    _ = worker.send.send(Message::Slow(Some(began)));
                    let message = work.await;
                    // Several reads may wait for the same lock.
                    if worker.slow.fetch_sub(1, Ordering::Relaxed) == 1 {
                        _ = worker.send.send(Message::Slow(None));
                    }
                    message
                }
            };
            if let Some(message) = message {
                // The console may have ended meanwhile.
                _ = worker.send.send(message);
            }
        });
    }

    async fn perform(&self, effect: Effect) -> Option<Message> {
        let store = &self.store;
        Some(match effect {
            Effect::LoadBoard => Message::Board(self.read(read::board(&store.pool)).await),
            Effect::LoadPage(ask) => {
                let page = self.read(orders::page(store, &ask, &self.duties.automatic)).await;
                Message::Page(Box::new(ask), page)
            }
            Effect::LoadOrder(key) => {
                let shown = self.read(orders::shown(store, &key, &self.duties.automatic)).await;
                Message::Order(key, shown)
            }
            Effect::LoadWaiting(ask) => {
                let page = self.read(self.waiting(&ask)).await;
                Message::Waiting(ask, page)
            }
            Effect::LoadRoles => Message::Roles(self.read(uses::roles(store, self.role)).await),
            Effect::Write(command) => {
                let answer = self.write(&command).await.map_err(Failure::from);
                Message::Wrote(command, answer)
            }
            Effect::WriteOne(command) => {
                let answer = self.write_one(&command).await.map_err(Failure::from);
                Message::WroteOne(command, answer)
            }
            Effect::Learn(command) => {
                let answer = self.learn(&command).await.map_err(Failure::from);
                Message::Learnt(command, answer)
            }
            Effect::Consider(id, number) => {
                let considered = self.consider(id, number).await.map(|answer| answer.map(|it| Box::new(it.into())));
                Message::Considered(id, number, considered.map_err(Failure::from))
            }
            Effect::Settle(id, how, note, expect) => {
                Message::Settled(id, self.settle(id, how, &note, expect).await.map_err(Failure::from))
            }
            Effect::Seek(name) => {
                let found = self.read(uses::called(store, &name)).await;
                Message::Sought(name, found)
            }
            Effect::LoadAll(of) => {
                Message::All(of.clone(), self.read(orders::all(store, &of, &self.duties.automatic)).await)
            }
            Effect::LoadViews => Message::Views(self.read(views::all(store)).await),
            Effect::SaveView(view, keep) => {
                let saved = self.save_view(&view, keep).await;
                Message::SavedView(view, keep, saved)
            }
            Effect::Remember(kept) => match self.files.remember(&kept) {
                Ok(()) => return None,
                Err(fault) => Message::Told(Tone::Bad, fault),
            },
            Effect::Stuck(ask) => Message::Stuck(self.stuck(ask).await),
            Effect::Disputes(ask) => return self.disputes(ask).await.map(Message::Disputes),
            Effect::Requests(ask) => self.requests(ask).await,
            Effect::Drift(ask) => self.drift(ask).await,
            Effect::Statements(ask) => self.statements(ask).await,
            Effect::Team(ask) => self.team(ask).await,
            Effect::Inbox(ask) => self.inbox(ask).await,
            Effect::Copy(..)
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

    /// Asked repeatedly: a question that hangs is asked again.
    async fn learn(&self, command: &Command) -> Result<Option<Answer>, StoreError> {
        let answer = timeout(self.patience() * 2, uses::learn(&self.store, command)).await;
        answer.unwrap_or_else(|_| Err(StoreError::Unreachable("no answer in time".to_owned())))
    }

    async fn waiting(&self, ask: &WaitingAsk) -> Result<Waiting, StoreError> {
        let (pool, kind) = (&self.store.pool, ask.kind.as_ref());
        let (kind, detail) = kind.map(|(why, detail)| (why.as_str(), detail.as_str())).unzip();
        let facts =
            facts::waiting(pool, ask.after, facts::Wanted { kind, detail, ..facts::Wanted::default() }, PAGE as i64)
                .await?;
        Ok(Waiting { facts, kinds: facts::kinds(pool).await? })
    }

    async fn write(&self, command: &Command) -> Result<Answer, StoreError> {
        let writing = async {
            let roles = uses::roles(&self.store, self.role).await?;
            let now = health::now(&self.store).await?;
            uses::providers::carry(&self.store, roles, &Wish::new(command.clone()), now).await
        };
        self.in_time(writing).await
    }

    /// Writes one of many: its outcome is known before the next one starts.
    async fn write_one(&self, command: &Command) -> Result<Answer, StoreError> {
        match self.write(command).await {
            Err(StoreError::Unknown(error)) => {
                match timeout(self.patience() * 6, uses::learn(&self.store, command)).await {
                    Ok(Ok(Some(answer))) => Ok(answer),
                    Ok(Ok(None)) | Err(_) => Err(StoreError::Unknown(error)),
                    Ok(Err(error)) => Err(error),
                }
            }
            answer => answer,
        }
    }

    async fn save_view(&self, view: &View, keep: bool) -> Result<(), Failure> {
        if view.shared {
            let query = Some(view.text.as_str()).filter(|_| keep);
            return self
                .in_time(crate::desk::team::change_view(&self.store, &view.name, query))
                .await
                .map_err(Failure::from);
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
        self.in_time(settling).await
    }

    fn tell(&self, message: Message) -> Result<(), StoreError> {
        self.send.send(message).map_err(|_| StoreError::Unreachable("the console has ended".to_owned()))
    }
}
