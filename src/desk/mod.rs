//! The use cases: what command line, console and other programs call. Load, decide, append; a person's command is never
//! tried again on a changed order.

pub mod cases;

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use strum::VariantArray;
use tokio::time::sleep;
use uuid::Uuid;

use crate::domain::{
    Action, Actor, Ask, By, Money, OrderKey, Parts, Provider, Refusal, Role, Roles, Source, Step, decide,
};
use crate::intake::import;
use crate::store::{Entry, Proof, Record, Store, StoreError, Stored, append, feed, people, read};

/// How often a database that answers is asked for a write that is not there yet, and how far apart.
const LOOKS: u32 = 4;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// What a person asks of one order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Command {
    /// Which order.
    pub order: OrderKey,
    /// What.
    pub action: Action,
    /// For whom it is recorded.
    pub actor: Actor,
    /// How much.
    pub amount: Option<Money>,
    /// Who gets what.
    pub parts: Option<Parts>,
    /// How they know, or why.
    pub note: Option<String>,
    /// The payment's reference.
    pub reference: Option<String>,
    /// A reason code.
    pub reason: Option<String>,
    /// The version the person saw, where they saw one.
    pub expect: Option<i32>,
    /// By which the same request is known again.
    pub request: Uuid,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is recorded, now or under the same request id before.
    Done(Box<Entry>),
    /// It would be recorded like this.
    #[serde(skip)]
    Would(Box<Step>),
    /// The law or the role refuses.
    Refused(Refusal),
    /// Somebody moved the order first: where it stands, and the move.
    Conflict(Box<Stored>, Option<Box<Entry>>),
    /// No such order.
    Missing,
}

/// The roles a person acts in: what the people list says, narrowed to one where they ask for it.
pub async fn roles(store: &Store, only: Option<Role>) -> Result<Roles, StoreError> {
    let held = people::roles(&store.pool, &store.person).await?;
    Ok(only.map_or(held, |role| held.narrowed(role)))
}

/// Judges a command and records it, or says why not. `now` is when it happens. On one connection, in as few round trips
/// as there are questions: what is known, and the append.
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
        // Never two connections in one hand: as many hands as connections would wait for each other.
        drop(connection);
        return match recorded(store, command).await? {
            Some(answer) => Ok(answer),
            None => conflict(store, &command.order).await,
        };
    }
    let step = match decide(&stored.order, &ask(command, roles, now)) {
        Ok(step) => step,
        Err(refusal) => return Ok(Answer::Refused(refusal)),
    };
    if dry_run {
        return Ok(Answer::Would(Box::new(step)));
    }
    let entry = match write(&mut connection, store, command, step).await {
        Ok(entry) => entry,
        // The same request may just have been recorded by its first sending.
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
    if stored.quarantined > 0 {
        // It is recorded, whatever becomes of what waited for it: that is tried again with the next move.
        _ = import::retry(store, &[command.order.to_string()]).await;
    }
    feed::ring(store).await;
    Ok(Answer::Done(Box::new(entry)))
}

fn unanswered(error: StoreError) -> StoreError {
    if error.is_lost() { StoreError::Unknown(sqlx::Error::Protocol(error.to_string())) } else { error }
}

/// The command as a question to the law.
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

/// One statement is one transaction: the append is committed when it answers.
async fn write(
    connection: &mut PgConnection,
    store: &Store,
    command: &Command,
    step: Step,
) -> Result<Entry, StoreError> {
    let proof = Proof {
        note: command.note.clone(),
        reference: command.reference.clone(),
        reason: command.reason.clone(),
        request: Some((command.request, command.digest(&store.person))),
        ..Proof::new(Source::Console, &store.person)
    };
    let record = Record::Step(step.clone(), proof.clone());
    let written = append::append(connection, std::slice::from_ref(&record)).await.map_err(unanswered)?;
    Ok(Entry::of(&step, &proof, written.first().copied().unwrap_or(step.order().moved_at)))
}

/// The orders of a name: `tamara:T-1`, `recourse:tamara:T-1`, or an id alone, which both providers may have.
pub async fn called(store: &Store, name: &str) -> Result<Vec<Stored>, StoreError> {
    let name = name.strip_prefix("recourse:").unwrap_or(name);
    let mut connection = store.pool.acquire().await?;
    // As it was written first; people do not always type capitals.
    for name in [name.to_owned(), name.to_uppercase(), name.to_lowercase()] {
        let plain = Provider::VARIANTS.iter().filter_map(|&provider| OrderKey::new(provider, &name));
        let keys: Vec<String> = OrderKey::parse(&name).into_iter().chain(plain).map(|key| key.to_string()).collect();
        let found = read::orders(&mut connection, &keys).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// What was recorded under the command's request id, if it was. The way out of an unknown outcome.
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

/// The connection was lost in the middle of a write: asks by the request id what became of it, for as long as the
/// database takes to come back, and never writes again. `None` where nothing was recorded.
pub async fn learn(store: &Store, command: &Command) -> Result<Option<Answer>, StoreError> {
    learnt(|| recorded(store, command)).await
}

async fn learnt<A, F: Future<Output = Result<Option<A>, StoreError>>>(
    recorded: impl Fn() -> F,
) -> Result<Option<A>, StoreError> {
    // A commit that was sent may still be under way in a session that has not noticed yet that nobody listens.
    let mut looks = 0;
    loop {
        match recorded().await {
            Ok(Some(answer)) => return Ok(Some(answer)),
            Ok(None) if looks == LOOKS => return Ok(None),
            Ok(None) => looks += 1,
            Err(error) if error.is_lost() => looks = 0,
            Err(error) => return Err(error),
        }
        sleep(BETWEEN_LOOKS).await;
    }
}

async fn conflict(store: &Store, key: &OrderKey) -> Result<Answer, StoreError> {
    let Some(stored) = read::order(&store.pool, key).await? else { return Ok(Answer::Missing) };
    let mut connection = store.pool.acquire().await?;
    let last = read::entry(&mut connection, key, stored.order.version).await?;
    Ok(Answer::Conflict(Box::new(stored), last.map(Box::new)))
}

impl Command {
    /// What the same request has to say again. The version seen is not part of it: it changes by the request itself.
    fn digest(&self, person: &str) -> Vec<u8> {
        let said =
            (&self.order, self.action, self.actor, self.amount, self.parts, &self.note, &self.reference, &self.reason);
        Sha256::digest(format!("{said:?} {person:?}")).to_vec()
    }
}

/// Who a person means when they name only the action: their own hand where the law gives them one, else the only
/// actor it can be.
pub fn actor_of(provider: crate::domain::Provider, action: Action, roles: Roles) -> Result<Actor, Vec<Actor>> {
    let actors: Vec<Actor> =
        provider.moves().into_iter().filter(|(known, _)| *known == action).map(|(_, actor)| actor).collect();
    match actors.iter().find(|actor| actor.is_us()) {
        Some(own) if roles.permits(provider, *own, action).is_some() => Ok(*own),
        _ => match actors.as_slice() {
            [only] => Ok(*only),
            // Not an action of this provider: the law says so, whoever is named.
            [] => Ok(Actor::Merchant),
            several => Err(several.to_vec()),
        },
    }
}
