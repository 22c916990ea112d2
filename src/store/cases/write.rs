//! Writes cases: events with their content, payouts, drafts. The caller checks permissions; the database checks again.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::postgres::PgPool;
use uuid::Uuid;

use crate::cases::file::Kind;
use crate::domain::{Order, Parts};
use crate::records::{CaseEventKind, DecidedTexts, Message, Note, Party, PayoutEventKind};
use crate::store::{Store, StoreError};

/// The next event of a case.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    /// Only if the case is still at this event.
    pub expect: Option<i32>,
    /// What happens.
    pub kind: CaseEventKind,
    /// The party that it concerns.
    pub party: Option<Party>,
    /// The owner of the case after it.
    pub person: Option<&'a str>,
    /// Why; for the desk only.
    pub words: Option<&'a str>,
    /// A reason code.
    pub reason: Option<&'a str>,
    /// The claim, in minor units.
    pub claimed: Option<i64>,
    /// A line of the checklist, or a language.
    pub item: Option<&'a str>,
    /// Until when a case is put aside.
    pub until: Option<DateTime<Utc>>,
    /// The request id, and the digest of the request's body.
    pub request: Option<(Uuid, &'a [u8])>,
}

impl NewEvent<'_> {
    /// An event of this kind, and nothing else.
    pub const fn new(kind: CaseEventKind) -> Self {
        Self {
            expect: None,
            kind,
            party: None,
            person: None,
            words: None,
            reason: None,
            claimed: None,
            item: None,
            until: None,
            request: None,
        }
    }
}

/// Records an event and returns its number. Fails with [`StoreError::Conflict`] if another event came first.
///
/// # Errors
///
/// [`StoreError::Conflict`] if another event came first or the request id is known; [`StoreError::Refused`] if the case
/// is not at a stage that allows the event.
pub async fn event(
    connection: &mut PgConnection,
    person: &str,
    (order, number): (&str, i32),
    event: &NewEvent<'_>,
) -> Result<i32, StoreError> {
    Ok(sqlx::query_scalar(sql!("case_event"))
        .bind(order)
        .bind(number)
        .bind(event.expect.map(|seq| seq + 1))
        .bind(event.kind.name())
        .bind(event.party.map(Party::name))
        .bind(event.person)
        .bind(event.words)
        .bind(event.reason)
        .bind(event.claimed)
        .bind(event.item)
        .bind(person)
        .bind(event.request.map(|request| request.0))
        .bind(event.request.map(|request| request.1))
        .bind(event.until)
        .fetch_one(connection)
        .await?)
}

/// Stores the note of an event.
///
/// # Errors
///
/// [`StoreError::Refused`] if the note is empty or its event is missing; another [`StoreError`] if the database cannot
/// be reached.
pub async fn note(
    connection: &mut PgConnection,
    (order, number, seq): (&str, i32, i32),
    note: &Note,
) -> Result<(), StoreError> {
    sqlx::query(sql!("case_note")).bind(order).bind(number).bind(seq).bind(&note.0).execute(connection).await?;
    Ok(())
}

/// Stores the message of an event; `kind` is that of the event.
///
/// # Errors
///
/// [`StoreError::Refused`] if the message is empty or its event is missing; another [`StoreError`] if the database
/// cannot be reached.
pub async fn message(
    connection: &mut PgConnection,
    (order, number, seq): (&str, i32, i32),
    kind: CaseEventKind,
    message: &Message,
) -> Result<(), StoreError> {
    let query = sqlx::query(sql!("case_message")).bind(order).bind(number).bind(seq);
    query.bind(kind.name()).bind(&message.body).execute(connection).await?;
    Ok(())
}

/// Stores the file of an event.
///
/// # Errors
///
/// [`StoreError::Refused`] if the event is missing, or the file has no valid name, the wrong digest, or a size that is
/// not allowed.
pub async fn file(
    connection: &mut PgConnection,
    (order, number, seq): (&str, i32, i32),
    (name, kind, digest): (&str, &Kind, &[u8]),
    content: &[u8],
) -> Result<(), StoreError> {
    let query = sqlx::query(sql!("case_file")).bind(order).bind(number).bind(seq).bind(name).bind(kind.mime);
    let size = i32::try_from(content.len()).unwrap_or(i32::MAX);
    query.bind(&kind.facts).bind(size).bind(digest).bind(content).execute(connection).await?;
    Ok(())
}

/// Stores a proposal on this order at its current version.
///
/// # Errors
///
/// [`StoreError::Refused`] if the order is not at Disputed in this version, a text is missing, or the parts do not add
/// up to the held amount.
pub async fn proposal(
    connection: &mut PgConnection,
    (order, number, seq): (&Order, i32, i32),
    parts: Parts,
    said: &DecidedTexts,
) -> Result<(), StoreError> {
    let query =
        sqlx::query(sql!("case_proposal")).bind(order.key.to_string()).bind(number).bind(seq).bind(order.version);
    let query = query.bind(order.amount.minor).bind(parts.to_seller).bind(parts.to_buyer);
    let query = query.bind(&said.reason).bind(&said.rationale).bind(&said.say_seller).bind(&said.say_buyer);
    query.execute(connection).await?;
    Ok(())
}

/// The next event of a payout.
#[derive(Debug, Clone)]
pub struct NewPayoutEvent<'a> {
    /// The party.
    pub party: Party,
    /// The number of this event.
    pub seq: i32,
    /// What happened.
    pub kind: PayoutEventKind,
    /// The reference of the payment.
    pub reference: Option<&'a str>,
    /// Whether one transfer pays several.
    pub collective: bool,
    /// Why.
    pub words: Option<&'a str>,
    /// The request id.
    pub request: Uuid,
    /// The digest of the request's body.
    pub digest: &'a [u8],
}

/// Records an event of a payout. Fails with [`StoreError::Conflict`] if another event came first.
///
/// # Errors
///
/// [`StoreError::Conflict`] if another event came first or the request id is known; [`StoreError::Refused`] if the
/// payout is not in a state that allows the event.
pub async fn payout(
    connection: &mut PgConnection,
    person: &str,
    order: &str,
    update: &NewPayoutEvent<'_>,
) -> Result<(), StoreError> {
    let query = sqlx::query(sql!("payout_event"))
        .bind(order)
        .bind(update.party.name())
        .bind(update.seq)
        .bind(update.kind.name());
    let query = query.bind(update.reference).bind(update.words).bind(person).bind(update.request);
    query.bind(update.collective).bind(update.digest).execute(connection).await?;
    Ok(())
}

/// Opens a case by hand and returns its number.
///
/// # Errors
///
/// [`StoreError::Refused`] if one is open, or there is no such order.
pub async fn open(
    connection: &mut PgConnection,
    person: &str,
    (order, why): (&str, &str),
    (request, digest): (Uuid, &[u8]),
) -> Result<i32, StoreError> {
    let query = sqlx::query_scalar(sql!("case_open")).bind(order).bind(person).bind(why);
    Ok(query.bind(request).bind(digest).fetch_one(connection).await?)
}

/// Returns untouched cases to the queue and records which clocks ran out. Returns the number of cases it changed.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached.
pub async fn sweep(store: &Store, most: i32) -> Result<i32, StoreError> {
    Ok(sqlx::query_scalar(sql!("case_sweep")).bind(most).fetch_one(&store.pool).await?)
}

/// Takes the most urgent unclaimed case and returns its order and number.
///
/// # Errors
///
/// [`StoreError`] if the database refuses it or cannot be reached.
pub async fn next(
    connection: &mut PgConnection,
    person: &str,
    reason: Option<&str>,
    (request, digest): (Uuid, &[u8]),
) -> Result<Option<(String, i32)>, StoreError> {
    let query = sqlx::query_as(sql!("case_take_next")).bind(person).bind(reason);
    Ok(query.bind(request).bind(digest).fetch_optional(connection).await?)
}

/// What is recorded under a request id: the case's number, the event's number, and the digest of the request's body.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn requested(
    connection: &mut PgConnection,
    order: &str,
    request: Uuid,
) -> Result<Option<(i32, i32, Option<Vec<u8>>)>, StoreError> {
    Ok(sqlx::query_as(sql!("case_request")).bind(order).bind(request).fetch_optional(connection).await?)
}

/// The digest of the request under which a payout event of this order is recorded, if one is.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn paid(connection: &mut PgConnection, order: &str, request: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(sqlx::query_scalar(sql!("payout_request")).bind(order).bind(request).fetch_optional(connection).await?)
}

/// The last event of a case that the store's person has read; zero if none.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn read_up_to(store: &Store, order: &str, number: i32) -> Result<i32, StoreError> {
    Ok(sqlx::query_scalar(sql!("case_read"))
        .bind(order)
        .bind(number)
        .bind(&store.person)
        .fetch_one(&store.pool)
        .await?)
}

/// Records how far a person has read the conversation of a case.
///
/// # Errors
///
/// [`StoreError::Refused`] if the person has no role on cases; another [`StoreError`] if the database cannot be reached.
pub async fn read_to(store: &Store, order: &str, number: i32, seq: i32) -> Result<(), StoreError> {
    let query = sqlx::query(sql!("case_read_to")).bind(order).bind(number).bind(&store.person).bind(seq);
    query.execute(&store.pool).await?;
    Ok(())
}

/// A person's drafts on a case: kinds and texts.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn drafts(
    pool: &PgPool,
    order: &str,
    number: i32,
    person: &str,
) -> Result<Vec<(String, String)>, StoreError> {
    Ok(sqlx::query_as(sql!("case_drafts")).bind(order).bind(number).bind(person).fetch_all(pool).await?)
}

/// Saves a person's draft; with `None`, deletes it.
///
/// # Errors
///
/// [`StoreError::Refused`] if there is no such case to save a draft for; another [`StoreError`] if the database cannot
/// be reached.
pub async fn keep_draft(
    store: &Store,
    order: &str,
    number: i32,
    kind: &str,
    body: Option<&str>,
) -> Result<(), StoreError> {
    let query = if body.is_some() { sqlx::query(sql!("keep_draft")) } else { sqlx::query(sql!("drop_draft")) };
    let query = query.bind(order).bind(number).bind(&store.person).bind(kind);
    let query = if let Some(body) = body { query.bind(body) } else { query };
    query.execute(&store.pool).await?;
    Ok(())
}
