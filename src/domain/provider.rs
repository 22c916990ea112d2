//! A provider is one value, and a status is a row of its provider. Nothing outside [`providers`](super::providers) knows
//! which providers there are.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::OnceLock;

use super::law::{Action, Actor, Rule, Wait};
use super::role::{Proof, Role};
use super::{ATARAPAY, Currency, TAMARA};

/// What an order of a provider gathers on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is authorised, captured and refunded; parts of it may be canceled.
    Capture,
    /// Its money is held, and divided between seller and buyer.
    Escrow,
}

/// How a status looks on a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Waits for someone else.
    Waits,
    /// Waits for us.
    Ours,
    /// Waits for us, and should not.
    Urgent,
    /// In dispute, but not filed.
    DisputeNotFiled,
    /// A filed dispute.
    Dispute,
    /// Went well.
    Done,
    /// Ended without a sale.
    Nothing,
}

/// A status of a provider.
#[derive(Debug)]
pub struct StatusRow {
    /// The word on the wire and in the database.
    pub name: &'static str,
    /// The name people read.
    pub title: &'static str,
    /// The name on a screen where the title could be mistaken for another one.
    pub label: &'static str,
    /// What it means.
    pub definition: &'static str,
    /// How it looks.
    pub sign: Sign,
    /// Its place on the board: those that need a person first.
    pub urgency: u8,
    /// Left out of ordinary lists.
    pub is_hidden: bool,
    /// Its name says who brought the order there: "Cancelled by buyer".
    pub names_actor: bool,
    /// After so many days since the milestone, the provider may capture the order automatically.
    pub auto_capture_days: Option<i64>,
}

impl StatusRow {
    /// A row without special cases.
    pub const fn new(name: &'static str, title: &'static str, sign: Sign, urgency: u8) -> Self {
        Self {
            name,
            title,
            label: title,
            definition: "",
            sign,
            urgency,
            is_hidden: false,
            names_actor: false,
            auto_capture_days: None,
        }
    }
}

/// Everything that makes a provider different from another one.
#[derive(Debug)]
pub struct Definition {
    /// The word on the wire and in the database.
    pub name: &'static str,
    /// The name people read.
    pub title: &'static str,
    /// What its orders gather.
    pub kind: Kind,
    /// Who we are in its law.
    pub own_actor: Actor,
    /// The currencies its orders may have.
    pub currencies: &'static [Currency],
    /// Its statuses, in the order of a life. Every order starts at the first.
    pub statuses: &'static [StatusRow],
    /// Every way out of a status, by its row.
    pub rules: fn(usize) -> &'static [Rule],
    /// The permanent letter of each action of each actor. `j`, `k` and `q` move and leave, so no action has them.
    pub letters: &'static [(Action, Actor, char)],
    /// Which role may record which action of which actor (all of them if none is named), and what it must give.
    pub permissions: &'static [(Role, Actor, Option<Action>, Proof)],
    /// What a person does from a status only through the order's case, with its reason, messages and payouts.
    pub through_case: &'static [(&'static str, Action)],
}

/// A provider. The providers are independent order books: nothing is added or converted across them.
#[derive(Clone, Copy)]
pub struct Provider(&'static Definition);

/// The providers that the program has. A new one is added here.
const OURS: [Provider; 2] = [ATARAPAY, TAMARA];

static REGISTERED: OnceLock<Vec<Provider>> = OnceLock::new();

impl Provider {
    /// A provider from its definition.
    pub const fn new(definition: &'static Definition) -> Self {
        Self(definition)
    }

    /// Adds providers to those that the program has. It must be called before anything else uses the law.
    ///
    /// # Errors
    ///
    /// Returns the providers if the list of providers is in use already.
    pub fn register(more: &[Self]) -> Result<(), Vec<Self>> {
        let all: Vec<Self> = OURS.into_iter().chain(more.iter().copied()).collect();
        REGISTERED.set(all)
    }

    /// The words of all providers: `atarapay or tamara`.
    pub fn names() -> String {
        Self::all().iter().map(|provider| provider.name()).collect::<Vec<_>>().join(" or ")
    }

    /// All providers.
    ///
    /// # Examples
    ///
    /// ```
    /// use recourse::domain::{Provider, TAMARA};
    ///
    /// assert!(Provider::all().contains(&TAMARA));
    /// assert_eq!("tamara".parse::<Provider>(), Ok(TAMARA));
    /// ```
    pub fn all() -> &'static [Self] {
        REGISTERED.get_or_init(|| OURS.to_vec())
    }

    /// Its definition.
    pub const fn definition(self) -> &'static Definition {
        self.0
    }

    /// The word on the wire.
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// The name people read.
    pub const fn title(self) -> &'static str {
        self.0.title
    }

    /// What its orders gather.
    pub const fn kind(self) -> Kind {
        self.0.kind
    }

    /// Who we are in its law.
    pub const fn own_actor(self) -> Actor {
        self.0.own_actor
    }

    /// The currencies its orders may have.
    pub const fn currencies(self) -> &'static [Currency] {
        self.0.currencies
    }

    /// The status in this row.
    pub const fn status(self, row: usize) -> Status {
        Status { provider: self, row: row as u8 }
    }

    /// The first status of each of its orders.
    pub const fn start(self) -> Status {
        self.status(0)
    }

    /// Its statuses, in the order of a life.
    pub fn statuses(self) -> Vec<Status> {
        (0..self.0.statuses.len()).map(|row| self.status(row)).collect()
    }

    /// Its statuses, those that need a person first.
    pub fn urgency(self) -> Vec<Status> {
        let mut statuses = self.statuses();
        statuses.sort_by_key(|status| status.row().urgency);
        statuses
    }

    /// Every rule with the status it leaves: what SQL, documents and tests iterate.
    pub fn rules(self) -> Vec<(Status, &'static Rule)> {
        self.statuses().into_iter().flat_map(|from| from.rules().iter().map(move |rule| (from, rule))).collect()
    }

    /// Every (action, actor) pair its law knows, in the order of a life.
    pub fn moves(self) -> Vec<(Action, Actor)> {
        let mut moves = Vec::new();
        for (_, rule) in self.rules() {
            if !moves.contains(&(rule.action, rule.actor)) {
                moves.push((rule.action, rule.actor));
            }
        }
        moves
    }

    /// The letter that always means this action of this actor; `?` if the law has no such pair.
    pub fn letter(self, action: Action, actor: Actor) -> char {
        self.0.letters.iter().find(|row| (row.0, row.1) == (action, actor)).map_or('?', |row| row.2)
    }
}

impl PartialEq for Provider {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Provider {}

impl PartialOrd for Provider {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Provider {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.name().cmp(other.name())
    }
}

impl Hash for Provider {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

impl FromStr for Provider {
    type Err = UnknownProvider;

    fn from_str(name: &str) -> Result<Self, UnknownProvider> {
        Self::all().iter().copied().find(|provider| provider.name() == name).ok_or(UnknownProvider)
    }
}

/// The word is no provider's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownProvider;

impl fmt::Display for UnknownProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = Provider::all().iter().map(|provider| provider.name()).collect();
        write!(f, "there is no such provider; choose one of {}", names.join(", "))
    }
}

impl std::error::Error for UnknownProvider {}

/// The status of an order: a row of its provider.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Status {
    provider: Provider,
    row: u8,
}

impl Status {
    /// The provider that has it.
    pub const fn provider(self) -> Provider {
        self.provider
    }

    /// Its row.
    pub fn row(self) -> &'static StatusRow {
        &self.provider.0.statuses[usize::from(self.row)]
    }

    /// Every way out of this status, and nothing else.
    pub fn rules(self) -> &'static [Rule] {
        (self.provider.0.rules)(usize::from(self.row))
    }

    /// Whether a person does this from here only through the order's case.
    pub fn needs_case(self, action: Action) -> bool {
        self.provider.0.through_case.contains(&(self.name(), action))
    }

    /// The word on the wire and in the database. Another provider may use the same word.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The word with its provider: `tamara/approved`.
    pub fn full_name(self) -> String {
        format!("{}/{}", self.provider.name(), self.name())
    }

    /// The name people read.
    pub fn title(self) -> &'static str {
        self.row().title
    }

    /// What it means.
    pub fn definition(self) -> &'static str {
        self.row().definition
    }

    /// The provider's status with this word.
    ///
    /// # Examples
    ///
    /// ```
    /// use recourse::domain::{Status, TAMARA, tamara};
    ///
    /// let approved = Status::read(TAMARA, "approved").unwrap();
    /// assert_eq!(approved, tamara::Status::Approved);
    /// assert_eq!(approved.full_name(), "tamara/approved");
    /// assert_eq!(Status::read(TAMARA, "lost"), None);
    /// ```
    pub fn read(provider: Provider, name: &str) -> Option<Self> {
        provider.statuses().into_iter().find(|status| status.name() == name)
    }

    /// The statuses with this word, of every provider; or the one that `provider/word` names.
    pub fn parse_all(word: &str) -> Vec<Self> {
        let (provider, name) = word.split_once('/').map_or((None, word), |(provider, name)| (Some(provider), name));
        let wanted = Provider::all().iter().filter(|known| provider.is_none_or(|provider| provider == known.name()));
        wanted.filter_map(|&provider| Self::read(provider, name)).collect()
    }

    /// Nothing leaves this status.
    pub fn is_final(self) -> bool {
        self.rules().is_empty()
    }

    /// The wait after which time itself moves an order from here, if there is one.
    pub fn wait(self) -> Option<Wait> {
        self.rules().iter().find_map(|rule| rule.guard.wait())
    }

    /// Left out of ordinary lists.
    pub fn is_hidden(self) -> bool {
        self.row().is_hidden
    }

    /// Whether a rule for this action leaves this status.
    pub fn offers(self, action: Action) -> bool {
        self.rules().iter().any(|rule| rule.action == action)
    }

    /// Whether a chain of one or more rules leads from here to `goal`, guards ignored.
    pub fn reaches(self, goal: Self) -> bool {
        self.distance(|status| status == goal).is_some()
    }

    /// The length of the shortest chain of one or more rules to a status for which `wanted` is true, guards ignored.
    pub fn distance(self, wanted: impl Fn(Self) -> bool) -> Option<usize> {
        let (mut seen, mut ring, mut steps) = (Vec::new(), vec![self], 0);
        while !ring.is_empty() {
            steps += 1;
            let next: Vec<Self> = ring.iter().flat_map(|from| from.rules()).map(|rule| rule.to).collect();
            if next.iter().any(|&to| wanted(to)) {
                return Some(steps);
            }
            ring.clear();
            for to in next {
                if !seen.contains(&to) {
                    seen.push(to);
                    ring.push(to);
                }
            }
        }
        None
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.full_name())
    }
}

/// The name people read; [`Status::name`] is the wire word.
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.title())
    }
}

#[cfg(feature = "program")]
mod written {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::{Provider, Status};

    impl Serialize for Provider {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(self.name())
        }
    }

    impl<'de> Deserialize<'de> for Provider {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
        }
    }

    impl Serialize for Status {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(&self.full_name())
        }
    }

    impl<'de> Deserialize<'de> for Status {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let word = String::deserialize(deserializer)?;
            Self::parse_all(&word).first().copied().ok_or_else(|| D::Error::custom(format!("{word:?} is no status")))
        }
    }
}
