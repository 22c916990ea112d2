//! What reaches a provider: a person's command on an order whose merchant has a sending account becomes a request. The order moves
//! when the provider's answer is known.

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

use super::{Answer, Command, ask as asked, request};
use crate::domain::{
    Action, Actor, Ask, By, NotPermitted, Order, OrderKey, Provider, Refusal, Roles, Step, Task, decide,
};
use crate::records::{Account, Request, RequestState};
use crate::store::requests::{Asked, Claimed, Moved};
use crate::store::{Proof, Record, Store, StoreError, accounts, append, facts, feed, people, read, requests};
use crate::wire;
use crate::wire::call::{Call, Details, Shipping, Wanted};

/// Whether this reaches the provider by a call of this program.
pub fn is_sent(provider: Provider, action: Action, actor: Actor) -> bool {
    wire::connector(provider).is_some_and(|connector| connector.sends.contains(&(action, actor)))
}

/// The account that carries this for an order; `None` if it is only recorded.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn account_for(
    store: &Store,
    order: &OrderKey,
    action: Action,
    actor: Actor,
) -> Result<Option<Account>, StoreError> {
    if !is_sent(order.provider, action, actor) {
        return Ok(None);
    }
    accounts::of_order(&store.pool, &order.to_string()).await
}

/// A command with what only some actions need, and the row of a plan that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The command.
    pub command: Command,
    /// What only some actions need.
    pub details: Details,
    /// The row of a plan.
    pub plan: Option<(i64, i32)>,
}

impl Wish {
    /// A command without anything else.
    pub fn new(command: Command) -> Self {
        Self { command, details: Details::default(), plan: None }
    }

    /// With the account's own company, now, and the note as comment, where nothing else is said.
    fn filled(&self, account: &Account, now: DateTime<Utc>) -> Details {
        let mut details = self.details.clone();
        match self.command.action {
            Action::Capture => {
                let shipping = details.shipping.get_or_insert_with(Shipping::default);
                let named = shipping.company.take().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
                shipping.company = named.or_else(|| account.shipping_company.clone());
                shipping.shipped_at = Some(shipping.shipped_at.unwrap_or(now).trunc_subsecs(0));
            }
            Action::Refund => details.comment = details.comment.or_else(|| self.command.note.clone()),
            _ => {}
        }
        details
    }
}

/// What the law says of a command on an order, judged like one that is recorded at once.
fn judged(order: &Order, wish: &Wish, roles: Roles, now: DateTime<Utc>) -> Result<Step, Refusal> {
    decide(order, &asked(&wish.command, roles, now))
}

/// Asks for a command at its provider: judges it, and stores it with the bytes to send. Nothing is sent by this.
///
/// # Errors
///
/// [`StoreError::Unknown`] if the connection was lost while writing; [`StoreError::Refused`] if the database forbids what the law here
/// allows. Refusals by the law and conflicts are an [`Answer`].
pub async fn wish(
    store: &Store,
    roles: Roles,
    wish: &Wish,
    account: &Account,
    now: DateTime<Utc>,
) -> Result<Answer, StoreError> {
    let command = &wish.command;
    if let Some(answer) = wished(store, command).await? {
        return Ok(answer);
    }
    let mut connection = store.pool.acquire().await?;
    let id = command.order.to_string();
    let Some((stored, recorded)) = read::judge(&mut connection, &command.order, command.request).await? else {
        return Ok(Answer::Missing);
    };
    if let Some(open) = requests::open_of(&mut connection, std::slice::from_ref(&id)).await?.pop() {
        return Ok(Answer::Asking(Box::new(open)));
    }
    if recorded || command.expect.is_some_and(|version| version != stored.order.version) {
        drop(connection);
        return super::conflict(store, &command.order).await;
    }
    let step = match judged(&stored.order, wish, roles, now) {
        Ok(step) => step,
        Err(refusal) => return Ok(Answer::Refused(refusal)),
    };
    let request = match written(wish, account, &stored.order, &step, now) {
        Ok(asked) => asked,
        Err(missing) => return Ok(Answer::Incomplete(missing)),
    };
    let asked = Asked { request: (command.request, command.digest(&store.person)), ..request };
    let number = match requests::ask(&mut connection, &asked, &store.person).await {
        Ok(number) => number,
        Err(StoreError::Conflict) => {
            drop(connection);
            return after_conflict(store, command).await;
        }
        Err(StoreError::Refused { constraint, .. }) if constraint == "request_version_of_order" => {
            drop(connection);
            return super::conflict(store, &command.order).await;
        }
        Err(error) => return Err(super::unanswered(error)),
    };
    drop(connection);
    feed::ring(store).await;
    let request = requests::one(&store.pool, number).await?;
    Ok(request.map_or(Answer::Missing, |request| Answer::Pending(Box::new(request))))
}

/// Another request of the order was faster, or this one was sent twice at once.
async fn after_conflict(store: &Store, command: &Command) -> Result<Answer, StoreError> {
    if let Some(answer) = wished(store, command).await? {
        return Ok(answer);
    }
    let mut connection = store.pool.acquire().await?;
    let open = requests::open_of(&mut connection, &[command.order.to_string()]).await?.pop();
    drop(connection);
    match open {
        Some(open) => Ok(Answer::Asking(Box::new(open))),
        None => super::conflict(store, &command.order).await,
    }
}

/// What is known under the command's id, if anything.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn wished(store: &Store, command: &Command) -> Result<Option<Answer>, StoreError> {
    let Some((id, digest)) = requests::asked(&store.pool, command.request).await? else { return Ok(None) };
    if digest != command.digest(&store.person) {
        return Ok(Some(Answer::Refused(Refusal::ReusedRequest)));
    }
    Ok(requests::one(&store.pool, id).await?.map(|request| Answer::Pending(Box::new(request))))
}

/// Asks like [`wish`]. If the answer is lost, finds out what became of it; `None` if nothing is stored.
///
/// # Errors
///
/// As [`wish`]; [`StoreError::Unknown`] if the database does not come back in time.
pub async fn wish_surely(
    store: &Store,
    roles: Roles,
    asked: &Wish,
    account: &Account,
    now: DateTime<Utc>,
) -> Result<Option<Answer>, StoreError> {
    request::settled(wish(store, roles, asked, account, now), || wished(store, &asked.command)).await
}

/// Does a command where it belongs: asked of the provider if the order's merchant has an account that sends it, else recorded.
///
/// # Errors
///
/// As [`wish`] and [`super::act`].
pub async fn carry(store: &Store, roles: Roles, asked: &Wish, now: DateTime<Utc>) -> Result<Answer, StoreError> {
    let command = &asked.command;
    match account_for(store, &command.order, command.action, command.actor).await? {
        Some(account) => wish(store, roles, asked, &account, now).await,
        None => super::act(store, roles, command, now, false).await,
    }
}

/// What is under way, in words: `asking Tamara to capture SAR 230.00 since 14:03 UTC`.
pub fn asking(request: &Request) -> String {
    let since = request.created_at.format("%H:%M UTC");
    let (provider, words) = (request.order.provider.title(), request.words());
    match request.state {
        RequestState::ToApprove => {
            format!("to {words}: a lead has to approve it, asked by {} at {since}", request.asked_by)
        }
        RequestState::Unknown => {
            format!("asked {provider} to {words} at {since}: whether it was done is not known yet")
        }
        RequestState::Queued | RequestState::Sending => format!("asking {provider} to {words} since {since}"),
        RequestState::Done | RequestState::Refused | RequestState::NotDone | RequestState::Withdrawn => {
            format!("{words}: {}", request.state.title())
        }
    }
}

/// The request for what was decided, with the bytes to send. An error says what is missing.
fn written(wish: &Wish, account: &Account, order: &Order, step: &Step, now: DateTime<Utc>) -> Result<Asked, String> {
    let details = wish.filled(account, now);
    let mark = Uuid::new_v4();
    let wanted = Wanted {
        order: order.key.clone(),
        action: step.action(),
        actor: step.actor(),
        amount: step.amount(),
        mark: mark.to_string(),
        details: details.clone(),
    };
    let connector = wire::connector(order.provider()).ok_or("the provider cannot be asked")?;
    let Call { method, path, content_type, body } = (connector.call)(&wanted)?;
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    Ok(Asked {
        order: order.key.clone(),
        version: order.version,
        account: account.name.clone(),
        action: (step.action().name(), step.actor().name()),
        amount: step.amount(),
        details: serde_json::to_string(&details).map_err(|error| error.to_string())?,
        call: (method.into(), path, content_type),
        body,
        mark,
        note: filled(&wish.command.note),
        reason: filled(&wish.command.reason),
        plan: wish.plan,
        request: (wish.command.request, Vec::new()),
    })
}

/// What a stored request asks for, and the call for it as this program makes it.
///
/// # Errors
///
/// Why there is none.
pub fn wanted_of(claimed: &Claimed) -> Result<(Wanted, Call), String> {
    let request = &claimed.request;
    let wanted = Wanted {
        order: request.order.clone(),
        action: request.action,
        actor: request.actor,
        amount: request.amount,
        mark: claimed.mark.to_string(),
        details: serde_json::from_str(&claimed.details).map_err(|_| "its details cannot be read")?,
    };
    let connector = wire::connector(request.order.provider).ok_or("the provider cannot be asked")?;
    let call = (connector.call)(&wanted)?;
    Ok((wanted, call))
}

/// Why a request may no longer be sent: the law as it is now, or the roles of the person who asked.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn refused_now(store: &Store, request: &Request) -> Result<Option<String>, StoreError> {
    let Some(stored) = read::order(&store.pool, &request.order).await? else {
        return Ok(Some("there is no such order".to_owned()));
    };
    if stored.order.version != request.version {
        return Ok(Some("the order has moved since it was asked: look at it, and ask again".to_owned()));
    }
    let roles = people::roles(&store.pool, &request.asked_by).await?;
    if let Err(refused) = roles.may(Task::Order(request.order.provider, request.actor, request.action)) {
        return Ok(Some(format!("{} may no longer ask for it: {refused}", request.asked_by)));
    }
    let now = crate::store::health::now(store).await?.max(stored.order.moved_at);
    let ask = Ask { amount: request.amount, ..Ask::new(request.action, request.actor, now, By::Notice) };
    Ok(decide(&stored.order, &ask).err().map(|refusal| refusal.to_string()))
}

/// How a person's word on a request ended.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// It is recorded: the request as it is now.
    Done(Box<Request>),
    /// No such request.
    Missing,
    /// It is no longer where it would have to be: as it is now.
    Elsewhere(Box<Request>),
    /// The person's roles do not allow it.
    NotPermitted(NotPermitted),
    /// A note is required.
    NoNote,
    /// The law refuses what would be recorded.
    Refused(Refusal),
}

/// A person's word on a request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// A lead lets money go out.
    Approve,
    /// It is no longer wanted.
    Withdraw,
    /// The provider did it, under this id.
    ItWasDone(String),
    /// The provider did not do it.
    ItWasNotDone,
}

impl Word {
    fn steps(&self, from: RequestState) -> Option<RequestState> {
        match (self, from) {
            (Self::Approve, RequestState::ToApprove) => Some(RequestState::Queued),
            (Self::Withdraw, RequestState::ToApprove | RequestState::Queued) => Some(RequestState::Withdrawn),
            (Self::ItWasDone(_), RequestState::Unknown) => Some(RequestState::Done),
            (Self::ItWasNotDone, RequestState::Unknown) => Some(RequestState::NotDone),
            (Self::Approve | Self::Withdraw | Self::ItWasDone(_) | Self::ItWasNotDone, _) => None,
        }
    }

    fn task(&self, provider: Provider) -> Task {
        match self {
            Self::Approve => Task::ApproveRequest,
            Self::Withdraw => Task::WithdrawRequest(provider),
            Self::ItWasDone(_) | Self::ItWasNotDone => Task::SettleRequest,
        }
    }
}

/// Says a person's word on a request. What the provider did is recorded with it.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or refuses it.
pub async fn settle(
    store: &Store,
    roles: Roles,
    id: i64,
    word: &Word,
    note: Option<&str>,
) -> Result<Settled, StoreError> {
    let Some(request) = requests::one(&store.pool, id).await? else { return Ok(Settled::Missing) };
    if let Err(refused) = roles.may(word.task(request.order.provider)) {
        return Ok(Settled::NotPermitted(refused));
    }
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    if matches!(word, Word::ItWasDone(_) | Word::ItWasNotDone) && note.is_none() {
        return Ok(Settled::NoNote);
    }
    let Some(to) = word.steps(request.state) else { return Ok(Settled::Elsewhere(Box::new(request))) };
    let mut tx = store.pool.begin().await?;
    let mut moved = Moved { message: note, ..Moved::default() };
    let mut record = None;
    if let Word::ItWasDone(reference) = word {
        let now = facts::clock(&mut tx).await?;
        let Some(stored) = read::orders(&mut tx, &[request.order.to_string()]).await?.pop() else {
            return Ok(Settled::Missing);
        };
        let at = now.trunc_subsecs(6).max(stored.order.moved_at);
        let ask = Ask { amount: request.amount, ..Ask::new(request.action, request.actor, at, By::Notice) };
        let step = match decide(&stored.order, &ask) {
            Ok(step) => step,
            Err(refusal) => return Ok(Settled::Refused(refusal)),
        };
        moved.reference = Some(reference);
        moved.seq = Some(step.order().version);
        let proof = Proof {
            note: note.map(str::to_owned),
            reference: Some(reference.clone()).filter(|reference| !reference.is_empty()),
            ..Proof::new(crate::domain::Source::Console, &store.person)
        };
        record = Some(Record::Step(step, proof));
    }
    // The request ends first: a move by a person is refused while one is open.
    if !requests::step(&mut tx, (id, request.state, to), &moved, &store.person).await? {
        drop(tx);
        let now = requests::one(&store.pool, id).await?;
        return Ok(now.map_or(Settled::Missing, |now| Settled::Elsewhere(Box::new(now))));
    }
    append::append(&mut tx, record.as_slice()).await?;
    tx.commit().await.map_err(crate::store::error::of_commit)?;
    feed::ring(store).await;
    let now = requests::one(&store.pool, id).await?;
    Ok(now.map_or(Settled::Missing, |now| Settled::Done(Box::new(now))))
}
