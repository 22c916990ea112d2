//! A small provider to practise on: both APIs with their tokens, states, sums, answers and notifications, and faults on demand.

pub mod book;
mod door;
pub mod fault;
mod tell;
pub mod webhooks;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use axum::Router;
use tokio::net::TcpListener;

use crate::domain::{ATARAPAY, TAMARA};
use book::Book;
use fault::{Dice, Faults};

/// An account of the sandbox, with what it expects from a caller and signs its notifications with.
#[derive(Clone, PartialEq, Eq)]
pub struct Member {
    /// The provider's word.
    pub provider: &'static str,
    /// Tamara: the API token. AtaraPay: both keys, as `public:private`.
    pub key: String,
    /// Tamara: what notifications are signed with.
    pub notify_with: Option<String>,
}

/// What a sandbox is started with.
#[derive(Clone, Default)]
pub struct Ask {
    /// Its accounts by name.
    pub members: BTreeMap<String, Member>,
    /// Where notifications go; `/hooks/PROVIDER/ACCOUNT` is added.
    pub notify: Option<String>,
    /// What goes wrong.
    pub faults: Faults,
    /// The same seed gives the same faults.
    pub seed: u64,
}

/// A running sandbox.
pub struct Sandbox {
    members: RwLock<BTreeMap<String, Member>>,
    notify: Option<String>,
    book: Mutex<Book>,
    faults: Mutex<(Faults, Dice)>,
    client: reqwest::Client,
}

impl Sandbox {
    /// A sandbox without orders.
    pub fn new(ask: Ask) -> Arc<Self> {
        let faults = Mutex::new((ask.faults, Dice::new(ask.seed)));
        let client = reqwest::Client::new();
        Arc::new(Self { members: RwLock::new(ask.members), notify: ask.notify, book: Mutex::default(), faults, client })
    }

    /// Looks at its orders, or changes them.
    pub fn with<T>(&self, what: impl FnOnce(&mut Book) -> T) -> T {
        what(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Has these accounts from now on; its orders and webhooks stay.
    pub fn set_members(&self, members: BTreeMap<String, Member>) {
        *self.members.write().unwrap_or_else(PoisonError::into_inner) = members;
    }

    /// An account by its name.
    fn named(&self, account: &str) -> Option<Member> {
        self.members.read().unwrap_or_else(PoisonError::into_inner).get(account).cloned()
    }

    /// Lets other things go wrong from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).0 = faults;
    }

    fn wrong(&self) -> Option<fault::Wrong> {
        let mut held = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let (faults, dice) = &mut *held;
        dice.wrong(faults)
    }

    fn draw(&self) -> f64 {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).1.draw()
    }

    fn is_refused(&self, account: &str) -> bool {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).0.refused.iter().any(|name| name == account)
    }

    /// The account with this key at a provider; `None` if no account has it, or it is refused now.
    fn member(&self, provider: &str, key: &str) -> Option<(String, Member)> {
        let members = self.members.read().unwrap_or_else(PoisonError::into_inner);
        let known = members.iter().find(|(_, member)| member.provider == provider && member.key == key);
        known.map(|(name, member)| (name.clone(), member.clone())).filter(|(name, _)| !self.is_refused(name))
    }
}

/// Serves until dropped.
///
/// # Errors
///
/// [`std::io::Error`] is only its type: it never returns.
pub async fn serve(sandbox: Arc<Sandbox>, listener: TcpListener) -> std::io::Result<()> {
    let router = Router::new().fallback(door::answer).with_state(sandbox);
    axum::serve(listener, router).await
}

/// The providers that it plays.
pub const PLAYED: [crate::domain::Provider; 2] = [ATARAPAY, TAMARA];
