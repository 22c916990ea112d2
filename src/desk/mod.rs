//! The use cases, called by the command line, the console and other programs. Each loads, decides and appends. A
//! person's command is never retried on an order that has changed.

pub mod accounts;
pub mod around;
pub mod cases;
pub mod cell;
pub mod command_line;
pub mod drift;
pub mod place;
pub mod providers;
pub mod quarantine;
pub mod request;
pub mod stuck;
pub mod team;

use chrono::{DateTime, SubsecRound, Utc};
use sqlx::pool::PoolConnection;
use sqlx::{Connection, PgConnection, Postgres};
use uuid::Uuid;

use crate::domain::{
    Action, Actor, Ask, By, Money, Order, OrderKey, Parts, Provider, Refusal, Role, Roles, Source, Step, Task, decide,
};
use crate::intake::spread;
use crate::records::{OrderRecord, Request, Transition, Zone};
use crate::store::{Proof, Record, Store, StoreError, append, people, read, row};

/// A person's command on one order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Command {
    /// Which order.
    pub order: OrderKey,
    /// The action.
    pub action: Action,
    /// The actor it is recorded for.
    pub actor: Actor,
    /// The amount.
    pub amount: Option<Money>,
    /// Who gets what.
    pub parts: Option<Parts>,
    /// How the person knows, or why.
    pub note: Option<String>,
    /// The payment reference.
    pub reference: Option<String>,
    /// A reason code.
    pub reason: Option<String>,
    /// The version that the person saw, if any.
    pub expect: Option<i32>,
    /// The id by which a repeated request is recognised.
    pub request: Uuid,
}

/// The answer to a command.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is recorded, now or earlier under the same request id.
    Done(Box<Transition>),
    /// It would be recorded like this.
    #[serde(skip)]
    Would(Box<Step>),
    /// The law or the role refuses it.
    Refused(Refusal),
    /// Someone else moved the order first: the order as it is now, and that move.
    Conflict(Box<OrderRecord>, Option<Box<Transition>>),
    /// It is asked of the provider: the order moves when the answer is known.
    Pending(Box<Request>),
    /// Another request of the order is under way.
    Asking(Box<Request>),
    /// Something is missing that the provider needs, in these words.
    Incomplete(String),
    /// No such order.
    Missing,
}

/// The roles a person acts in: those in the list of people, narrowed to one if they ask for it.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn roles(store: &Store, only: Option<Role>) -> Result<Roles, StoreError> {
    Ok(arrives(store, only).await?.0)
}

/// What a person needs first: the roles they act in, as [`roles`], and the zone of the desk's hours.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn arrives(store: &Store, only: Option<Role>) -> Result<(Roles, Zone), StoreError> {
    let (held, zone) = people::arrives(&store.pool, &store.person).await?;
    Ok((only.map_or(held, |role| held.narrowed(role)), zone))
}

/// Judges a command and records it, or says why not. `now` is when it happens. Uses one connection, with one
/// round trip to read and one to append.
///
/// # Errors
///
/// [`StoreError::Unknown`] if the connection was lost while writing; [`StoreError::Refused`] if the database forbids
/// what the law here allows. Refusals by the law and conflicts are an [`Answer`].
pub async fn act(
    store: &Store,
    roles: Roles,
    command: &Command,
    now: DateTime<Utc>,
    dry_run: bool,
) -> Result<Answer, StoreError> {
    let mut connection = store.pool.acquire().await?;
    let Some((stored, requested)) = read::judge(&mut connection, &command.order, command.request).await? else {
        return Ok(Answer::Missing);
    };
    let late = command.expect.is_some_and(|version| version != stored.order.version);
    if requested || late {
        // Never hold two connections: callers could wait for each other until the pool is exhausted.
        drop(connection);
        return match recorded(store, command).await? {
            Some(answer) => Ok(answer),
            None => conflict(store, &command.order).await,
        };
    }
    let step = match decide(&stored.order, &ask(command, roles, stored.order.next_at(now))) {
        Ok(step) => step,
        Err(refusal) => return Ok(Answer::Refused(refusal)),
    };
    if dry_run {
        return tried(connection, store, command, step).await;
    }
    let entry = match write(&mut connection, store, command, step).await {
        Ok(entry) => entry,
        // The first attempt at this request may just have recorded it.
        Err(StoreError::Conflict) => {
            drop(connection);
            return match recorded(store, command).await? {
                Some(answer) => Ok(answer),
                None => conflict(store, &command.order).await,
            };
        }
        Err(error) => return Err(error),
    };
    drop(connection);
    follow_up(store, Some(&stored)).await;
    Ok(Answer::Done(Box::new(entry)))
}

/// What the database would say, in a transaction that is undone: it also refuses what only it knows, as a used reference.
async fn tried(
    mut connection: PoolConnection<Postgres>,
    store: &Store,
    command: &Command,
    step: Step,
) -> Result<Answer, StoreError> {
    let mut trial = connection.begin().await?;
    let written = match store.read_only {
        Some(_) => Ok(()),
        None => write(&mut trial, store, command, step.clone()).await.map(|_| ()),
    };
    trial.rollback().await?;
    match written {
        Ok(()) => Ok(Answer::Would(Box::new(step))),
        Err(StoreError::Conflict) => {
            drop(connection);
            conflict(store, &command.order).await
        }
        Err(error) => Err(error),
    }
}

fn unanswered(error: StoreError) -> StoreError {
    if error.is_lost() { StoreError::Unknown(sqlx::Error::Protocol(error.to_string())) } else { error }
}

/// The command as a request to the law.
pub fn ask(command: &Command, roles: Roles, now: DateTime<Utc>) -> Ask {
    let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    Ask {
        amount: command.amount,
        parts: command.parts,
        noted: given(&command.note),
        referenced: given(&command.reference),
        ..Ask::new(command.action, command.actor, now.trunc_subsecs(6), By::Person(roles))
    }
}

/// Appends the step. The single statement is its own transaction, committed when it answers.
async fn write(
    connection: &mut PgConnection,
    store: &Store,
    command: &Command,
    step: Step,
) -> Result<Transition, StoreError> {
    let proof = Proof {
        note: command.note.clone(),
        reference: command.reference.clone(),
        reason: command.reason.clone(),
        request: Some((command.request, command.digest(&store.person))),
        ..Proof::new(Source::Console, &store.person)
    };
    let record = Record::Step(step.clone(), proof.clone());
    let written = append::append(connection, std::slice::from_ref(&record)).await.map_err(unanswered)?;
    Ok(row::recorded(&step, &proof, written.first().copied().unwrap_or(step.order().moved_at)))
}

/// At most so many orders with the same number are told apart.
const NUMBERED: i64 = 20;

/// Finds orders by name: `tamara:T-1`, `recourse:tamara:T-1`, an id alone, which both providers may have, or the number
/// under which the merchant knows it.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has an order that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn called(store: &Store, name: &str) -> Result<Vec<OrderRecord>, StoreError> {
    let name = name.strip_prefix("recourse:").unwrap_or(name);
    let mut connection = store.pool.acquire().await?;
    // Exactly as typed first, then in other case: people do not always type capitals.
    for name in [name.to_owned(), name.to_uppercase(), name.to_lowercase()] {
        let plain = Provider::all().iter().filter_map(|&provider| OrderKey::new(provider, &name));
        let exact = OrderKey::parse(&name);
        let keys: Vec<String> = exact.iter().cloned().chain(plain).map(|key| key.to_string()).collect();
        let found = read::orders(&mut connection, &keys).await?;
        // With its provider a name is exact, even if it is also an id.
        if let Some(named) = found.iter().find(|stored| Some(&stored.order.key) == exact.as_ref()) {
            return Ok(vec![named.clone()]);
        }
        if !found.is_empty() {
            return Ok(found);
        }
    }
    let numbered = read::numbered(&mut connection, name, NUMBERED).await?;
    read::orders(&mut connection, &numbered).await
}

/// What was recorded under the command's request id, if anything. It resolves an unknown outcome.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has a transition that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn recorded(store: &Store, command: &Command) -> Result<Option<Answer>, StoreError> {
    let mut connection = store.pool.acquire().await?;
    let Some((order, seq, digest)) = read::request(&mut connection, &command.order, command.request).await? else {
        return Ok(None);
    };
    if digest.as_deref() != Some(command.digest(&store.person).as_slice()) {
        return Ok(Some(Answer::Refused(Refusal::ReusedRequest)));
    }
    let Some(key) = OrderKey::parse(&order) else { return Ok(None) };
    let entry = read::entry(&mut connection, &key, seq).await?;
    Ok(entry.map(|entry| Answer::Done(Box::new(entry))))
}

/// Finds out what became of a write whose connection was lost. Asks by request id until the database answers and never
/// writes again. `None` if nothing was recorded.
///
/// # Errors
///
/// [`StoreError`] if the database answers, but not this question.
pub async fn learn(store: &Store, command: &Command) -> Result<Option<Answer>, StoreError> {
    request::found_out(|| async {
        match recorded(store, command).await? {
            Some(answer) => Ok(Some(answer)),
            None => providers::wished(store, command).await,
        }
    })
    .await
}

/// Judges a command and records it like [`act`]. If the answer is lost, it finds out what became of it; `None` if
/// nothing was recorded.
///
/// # Errors
///
/// [`StoreError`], as [`act`]; [`StoreError::Unknown`] if the database does not come back in time.
pub async fn act_surely(
    store: &Store,
    roles: Roles,
    command: &Command,
    now: DateTime<Utc>,
    dry_run: bool,
) -> Result<Option<Answer>, StoreError> {
    let written = act(store, roles, command, now, dry_run);
    request::settled(written, || recorded(store, command)).await
}

/// Tells everyone that something was recorded. If an order moved that has facts in quarantine, tries them again first:
/// what is recorded stays so, even if they still cannot be applied.
pub(crate) async fn follow_up(store: &Store, moved: Option<&OrderRecord>) {
    let moved = moved.filter(|moved| moved.quarantined > 0).map(|moved| moved.order.key.to_string());
    spread::spread(store, moved.as_slice()).await;
}

async fn conflict(store: &Store, key: &OrderKey) -> Result<Answer, StoreError> {
    let Some(stored) = read::order(&store.pool, key).await? else { return Ok(Answer::Missing) };
    let mut connection = store.pool.acquire().await?;
    let last = read::entry(&mut connection, key, stored.order.version).await?;
    Ok(Answer::Conflict(Box::new(stored), last.map(Box::new)))
}

/// What a person reads when someone else moved the order first: who, to which status, and when.
pub fn conflict_words(order: &Order, last: Option<&Transition>) -> String {
    let who = last.map_or("someone", |entry| entry.recorder.as_str());
    let at = last.map_or_else(String::new, |entry| format!(" at {}", entry.recorded_at.format("%H:%M:%S UTC")));
    format!("{} moved it to {}{at}", crate::text::clean(who), order.standing())
}

impl Command {
    /// A digest that a repeated request has to match. It leaves out the version seen, which the request itself changes.
    fn digest(&self, person: &str) -> Vec<u8> {
        let Self { order, action, actor, amount, parts, note, reference, reason, expect: _, request: _ } = self;
        request::digest(&(order, action, actor, amount, parts, note, reference, reason), person)
    }
}

/// The actor a person means when they name only the action: us, if they may act as us, otherwise the only possible
/// actor. The error lists the actors to choose from.
///
/// # Errors
///
/// Returns the actors to choose from, if there are several and the person may not act as us.
pub fn actor_of(provider: crate::domain::Provider, action: Action, roles: Roles) -> Result<Actor, Vec<Actor>> {
    let actors: Vec<Actor> =
        provider.moves().into_iter().filter(|(known, _)| *known == action).map(|(_, actor)| actor).collect();
    match actors.iter().find(|actor| actor.is_us()) {
        Some(own) if roles.may(Task::Order(provider, *own, action)).is_ok() => Ok(*own),
        _ => match actors.as_slice() {
            [only] => Ok(*only),
            // Not an action of this provider: the law refuses it for any actor.
            [] => Ok(Actor::Merchant),
            several => Err(several.to_vec()),
        },
    }
}
