//! The server: it receives what the providers say, sends what people ask for, reads orders, and runs the clocks and the watcher.
//! Any number of them may run; what they share is in the database.

pub mod accounts;
mod answer;
mod ask;
mod client;
mod drift;
pub mod found;
mod judge;
mod messages;
mod messenger;
mod open;
mod read;
mod receive;
pub mod secret;
mod send;
mod settle;
pub mod standing;
mod sweep;
pub mod webhooks;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;
use uuid::Uuid;

use crate::records::Health;
use crate::store::accounts::Question;
use crate::store::{Store, StoreError, accounts as announced, feed};
use accounts::Account;
use messenger::Messenger;

/// A part of a server. Each can run alone.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::VariantArray, strum::IntoStaticStr, strum::EnumString,
)]
#[strum(serialize_all = "snake_case")]
pub enum Part {
    /// Takes notifications, and judges them.
    Receive,
    /// Sends requests, and finds out what became of them.
    Send,
    /// Reads orders.
    Read,
    /// Runs the clocks.
    Clock,
    /// Judges and sends alerts.
    Watch,
}

/// What a server is started with.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The accounts file.
    pub accounts: PathBuf,
    /// Its parts.
    pub parts: BTreeSet<Part>,
}

/// A running server.
pub struct Server {
    /// Its number, by which its claims are known.
    id: Uuid,
    store: Store,
    client: reqwest::Client,
    ask: Ask,
    served: RwLock<Vec<Arc<Served>>>,
    messenger: RwLock<Option<Messenger>>,
    /// Changes when there may be something to do.
    bell: watch::Sender<u64>,
    /// It takes up nothing new, and ends what is under way.
    stopping: std::sync::atomic::AtomicBool,
    /// How many requests are under way.
    under_way: std::sync::atomic::AtomicUsize,
    /// Its accounts are announced.
    ready: std::sync::atomic::AtomicBool,
}

/// An account of a running server.
pub struct Served {
    account: RwLock<Arc<Account>>,
    health: Mutex<Health>,
    /// It is no longer in the file.
    gone: std::sync::atomic::AtomicBool,
}

impl Served {
    fn new(account: Account) -> Self {
        Self {
            account: RwLock::new(Arc::new(account)),
            health: Mutex::new(Health::Unknown),
            gone: std::sync::atomic::AtomicBool::new(false),
        }
    }

    /// The account as it is in the file now.
    fn account(&self) -> Arc<Account> {
        self.account.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn health(&self) -> Health {
        *self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, health: Health) {
        *self.health.lock().unwrap_or_else(PoisonError::into_inner) = health;
    }

    fn is_gone(&self) -> bool {
        self.gone.load(Ordering::SeqCst)
    }

    /// Whether a request may go out now.
    fn may_send(&self) -> bool {
        let account = self.account();
        account.send && account.reads() && self.health() == Health::Good && !self.is_gone()
    }

    /// Whether an order may be read now.
    fn may_read(&self) -> bool {
        self.account().reads() && self.health() == Health::Good && !self.is_gone()
    }
}

/// How often a server says that it has its accounts, and looks what it is asked.
const BEAT: Duration = Duration::from_secs(5);
/// The pause before work is taken up again after the database was lost.
const PAUSE: Duration = Duration::from_secs(2);

impl Server {
    /// A server with the accounts of its file.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, or with this machine.
    pub fn new(store: Store, ask: Ask) -> Result<Arc<Self>, String> {
        let accounts = accounts::read(&ask.accounts).map_err(|fault| fault.to_string())?;
        let messenger = messenger::messenger(&ask.accounts).map_err(|fault| fault.to_string())?;
        let served = accounts.into_iter().map(|account| Arc::new(Served::new(account))).collect();
        Ok(Arc::new(Self {
            id: Uuid::new_v4(),
            store,
            client: client::client()?,
            ask,
            served: RwLock::new(served),
            messenger: RwLock::new(messenger),
            bell: watch::channel(0).0,
            stopping: std::sync::atomic::AtomicBool::new(false),
            under_way: std::sync::atomic::AtomicUsize::new(0),
            ready: std::sync::atomic::AtomicBool::new(false),
        }))
    }

    fn served(&self) -> Vec<Arc<Served>> {
        self.served.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn messenger(&self) -> Option<Messenger> {
        self.messenger.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The account with this name.
    fn named(&self, name: &str) -> Option<Arc<Served>> {
        self.served().into_iter().find(|served| served.account().name == name)
    }

    fn names(&self) -> Vec<String> {
        self.served().iter().map(|served| served.account().name.clone()).collect()
    }

    /// Wakes everything that waits for something to do.
    fn ring(&self) {
        self.bell.send_modify(|rung| *rung = rung.wrapping_add(1));
    }

    fn has(&self, part: Part) -> bool {
        self.ask.parts.contains(&part)
    }

    /// Takes up nothing new, and waits until the requests that are under way have their answers, or had the time for them.
    pub async fn finish(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        let longest = self.served().iter().map(|served| served.account().timeout).max().unwrap_or_default();
        let until = tokio::time::Instant::now() + longest + Duration::from_secs(1);
        while self.under_way.load(Ordering::SeqCst) > 0 && tokio::time::Instant::now() < until {
            sleep(Duration::from_millis(20)).await;
        }
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Whether its accounts are announced and the database takes writes.
    async fn is_ready(&self) -> bool {
        self.ready.load(Ordering::SeqCst) && self.store.takes_writes().await
    }

    async fn announce(&self, before: &[String]) -> Result<(), StoreError> {
        let all: Vec<_> = self.served().iter().map(|served| served.account().announced()).collect();
        announced::announce(&self.store.pool, &all, before).await?;
        self.ready.store(true, Ordering::SeqCst);
        Ok(())
    }
}

/// Runs a server's own parts until dropped. The clocks and the watcher are started next to it.
///
/// # Errors
///
/// [`StoreError`] if the login may not serve. A database that is lost is waited for.
pub async fn run(server: &Arc<Server>, listener: TcpListener) -> Result<(), StoreError> {
    server.announce(&[]).await?;
    let mut work: Work = JoinSet::new();
    lasting(&mut work, server, "bell", |it| async move { hear(&it).await });
    lasting(&mut work, server, "accounts", |it| async move { beat(&it).await });
    for served in server.served() {
        serve(server, &served, &mut work);
    }
    if server.has(Part::Receive) {
        lasting(&mut work, server, "judge", |it| async move { judge::run(&it).await });
    }
    if server.has(Part::Send) {
        lasting(&mut work, server, "messages", |it| async move { messages::run(&it).await });
    }
    if server.has(Part::Read) {
        lasting(&mut work, server, "deadlines", |it| async move { read::deadlines(&it).await });
    }
    work.spawn(receive::listen(server.clone(), listener));
    let mut hup = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())
        .map_err(|error| StoreError::Unreachable(crate::text::trouble(&error)))?;
    loop {
        tokio::select! {
            Some(ended) = work.join_next() => ended.unwrap_or(Ok(()))?,
            _ = hup.recv() => reload(server, &mut work).await,
        }
    }
}

/// What a server does at the same time.
type Work = JoinSet<Result<(), StoreError>>;

/// The work for one account: its credentials are probed once, then it sends and reads.
fn serve(server: &Arc<Server>, served: &Arc<Served>, work: &mut Work) {
    let own = served.clone();
    lasting(work, server, "probe", move |it| {
        let own = own.clone();
        async move { probe(&it, &own).await }
    });
    if server.has(Part::Send) {
        let own = served.clone();
        lasting(work, server, "send", move |it| send::run(it, own.clone()));
    }
    if server.has(Part::Read) {
        let own = served.clone();
        lasting(work, server, "read", move |it| {
            let own = own.clone();
            async move { read::run(&it, &own).await }
        });
        let own = served.clone();
        lasting(work, server, "sweep", move |it| {
            let own = own.clone();
            async move { sweep::run(&it, &own).await }
        });
    }
}

/// Starts work that goes on through outages of the database.
fn lasting<F: Future<Output = Result<(), StoreError>> + Send>(
    all: &mut Work,
    server: &Arc<Server>,
    worker: &'static str,
    work: impl Fn(Arc<Server>) -> F + Send + 'static,
) {
    let server = server.clone();
    all.spawn(async move {
        loop {
            match work(server.clone()).await {
                Ok(()) => return Ok(()),
                Err(error) if error.is_final() => {
                    tracing::error!(worker, error = %crate::text::clean(&error.to_string()), "failed");
                    return Err(error);
                }
                Err(error) => {
                    tracing::warn!(worker, error = %crate::text::clean(&error.to_string()), "trying again");
                    sleep(PAUSE).await;
                    server.store.sweep().await;
                    _ = server.store.revive().await;
                }
            }
        }
    });
}

/// Passes the database's bell on.
async fn hear(server: &Server) -> Result<(), StoreError> {
    let mut listener = feed::listen(&server.store.pool).await?;
    loop {
        server.ring();
        feed::rung(&mut listener).await?;
    }
}

/// The longest pause between two probes of credentials that the provider says nothing about.
const SILENT: Duration = Duration::from_secs(30);

/// Probes an account until the provider says whether it accepts the credentials.
async fn probe(server: &Server, served: &Served) -> Result<(), StoreError> {
    let mut pause = Duration::from_secs(1);
    while !served.is_gone() {
        if !matches!(standing::check(server, served).await?, standing::Probed::Unknown(_)) {
            return Ok(());
        }
        sleep(pause).await;
        pause = (pause * 2).min(SILENT);
    }
    Ok(())
}

/// Says that the accounts are served, and answers what is asked about them.
async fn beat(server: &Arc<Server>) -> Result<(), StoreError> {
    let mut bell = server.bell.subscribe();
    loop {
        let names = server.names();
        announced::seen(&server.store.pool, &names).await?;
        for asked in announced::asks(&server.store.pool, &names).await? {
            let Some(served) = server.named(&asked.ask.account) else { continue };
            let (good, words) = match asked.ask.what {
                Question::Check => checked(server, &served).await?,
                Question::Reload => reloaded(server, &served).await?,
                // A server that reads orders answers this.
                Question::Read | Question::Adopt if !server.has(Part::Read) => continue,
                Question::Read => drift::take(server, &served, &asked).await?,
                Question::Adopt => drift::adopt(server, &served, &asked).await?,
            };
            announced::answered(&server.store.pool, asked.id, good, &words).await?;
        }
        tokio::select! {
            _ = bell.changed() => sleep(Duration::from_millis(50)).await,
            () = sleep(BEAT) => {}
        }
    }
}

/// What the provider says to the credentials of an account.
async fn checked(server: &Arc<Server>, served: &Arc<Served>) -> Result<(bool, String), StoreError> {
    Ok(match standing::check(server, served).await? {
        standing::Probed::Good => (true, "the provider accepts the credentials".to_owned()),
        standing::Probed::Bad(words) => (false, format!("the provider does not accept the credentials: {words}")),
        standing::Probed::Unknown(words) => (false, format!("the provider gives no answer that tells: {words}")),
    })
}

/// The same, after its credentials were read again.
async fn reloaded(server: &Arc<Server>, served: &Arc<Served>) -> Result<(bool, String), StoreError> {
    let before = served.account();
    let replaced = replace(server, served);
    let is_same = served.account().key == before.key;
    let checked = checked(server, served).await?;
    Ok(match replaced {
        Err(fault) => (false, format!("the server could not read its accounts: {fault}")),
        Ok(()) if checked.0 && is_same => (
            false,
            "the server has the same credentials as before, and the provider accepts them: is this the file that the server reads?".to_owned(),
        ),
        Ok(()) => checked,
    })
}

/// Reads the secrets of one account again.
///
/// # Errors
///
/// What is wrong with the file. Then the account stays as it is.
fn replace(server: &Server, served: &Served) -> Result<(), String> {
    let name = served.account().name.clone();
    let all = accounts::read(&server.ask.accounts).map_err(|fault| {
        let fault = crate::text::clean(&fault.to_string());
        tracing::error!(error = %fault, "the accounts stay as they are");
        fault
    })?;
    if let Some(account) = all.into_iter().find(|account| account.name == name) {
        *served.account.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(account);
    }
    Ok(())
}

/// Reads the accounts file again: what changed is replaced, what is new is served, what is gone ends. Each is probed once.
async fn reload(server: &Arc<Server>, work: &mut Work) {
    let read = accounts::read(&server.ask.accounts);
    let accounts = match read.and_then(|read| Ok((read, messenger::messenger(&server.ask.accounts)?))) {
        Ok((accounts, messenger)) => {
            *server.messenger.write().unwrap_or_else(PoisonError::into_inner) = messenger;
            accounts
        }
        Err(fault) => {
            tracing::error!(error = %crate::text::clean(&fault.to_string()), "the accounts stay as they are");
            return;
        }
    };
    let before = server.names();
    if accounts.is_empty() && !before.is_empty() {
        tracing::error!("the accounts stay as they are: the file has none");
        return;
    }
    let known = server.served();
    let (mut kept, mut fresh) = (Vec::new(), Vec::new());
    for account in accounts {
        match known.iter().find(|served| served.account().name == account.name) {
            Some(served) => {
                *served.account.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(account);
                served.set(Health::Unknown);
                kept.push(served.clone());
            }
            None => fresh.push(Arc::new(Served::new(account))),
        }
    }
    for served in known.iter().filter(|served| !kept.iter().any(|it| Arc::ptr_eq(it, served))) {
        served.gone.store(true, Ordering::SeqCst);
    }
    *server.served.write().unwrap_or_else(PoisonError::into_inner) = kept.iter().chain(&fresh).cloned().collect();
    for served in fresh {
        serve(server, &served, work);
    }
    for served in kept {
        lasting(work, server, "probe", move |it| {
            let served = served.clone();
            async move { probe(&it, &served).await }
        });
    }
    if let Err(error) = server.announce(&before).await {
        tracing::warn!(error = %crate::text::clean(&error.to_string()), "the accounts are not announced");
    }
    tracing::info!(accounts = server.names().len(), "the accounts were read again");
    server.ring();
}
