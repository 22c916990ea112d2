//! The use cases for cases, called by the command line and the console. Each loads, judges by the one table and writes
//! in one transaction. If someone else was first, the caller is told so and nothing is written.

mod command;
mod fits;
mod moves;
mod queue;
pub mod shown;
mod write;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{follow_up, request};

use crate::cases::Policy;
use crate::cases::law::Refusal;
use crate::cases::letter::{Letter, Told, standard};
use crate::domain::{Parts, Roles};
use crate::records::OrderRecord;
use crate::records::Party;
use crate::records::{Case, CaseDetail};
use crate::store::cases::write as kept;
use crate::store::cases::{judge, read};
use crate::store::error::of_commit;
use crate::store::{Store, StoreError};
pub use command::{Answer, CaseCommand, Command, PayoutUpdate};
use fits::Stop;
pub use moves::{Bulk, Moved, many, move_all};
pub use queue::{SWEPT, next, open};

/// Judges a command and records it, or says why not. `now` is when it happens. One statement reads all that judges it;
/// the case as it is then is read before the commit, so that nothing can fail after it.
///
/// # Errors
///
/// [`StoreError`]; [`StoreError::Unknown`] if the connection was lost while it was committed.
pub async fn act(store: &Store, roles: Roles, command: &Command, now: DateTime<Utc>) -> Result<Answer, StoreError> {
    let mut tx = store.pool.begin().await?;
    let other = match &command.what {
        CaseCommand::HandOver { to, .. } | CaseCommand::Reassign { to, .. } => Some(to.as_str()),
        _ => None,
    };
    let Some(found) = judge::found(&mut tx, &command.order, command.request, other).await? else {
        return Ok(Answer::Missing);
    };
    if found.requested
        && let Some(answer) = recorded_by(&mut tx, store, command).await?
    {
        return Ok(answer);
    }
    let done = async {
        if command.expect.is_some_and(|seq| seq != found.case.seq) {
            return Err(Stop::Store(StoreError::Conflict));
        }
        fits::judge(&found, roles, &command.what, store, now)?;
        write::write(&mut tx, store, roles, command, &found, now).await?;
        Ok(read::whole(&mut *tx, &found.case.order_id, Some(found.case.number)).await?)
    };
    let whole = match done.await {
        Ok(whole) => whole,
        Err(Stop::Refused(refusal)) if refusal.second => {
            drop(tx);
            return second(store, command, refusal).await;
        }
        Err(Stop::Refused(refusal)) => return Ok(Answer::Refused(refusal)),
        Err(Stop::Same(file)) => return Ok(Answer::Same(file)),
        Err(Stop::Store(error)) => {
            drop(tx);
            return failed(store, command, error).await;
        }
    };
    tx.commit().await.map_err(of_commit)?;
    follow_up(store, Some(&found.stored).filter(|_| moves_the_order(&command.what))).await;
    Ok(whole.map_or(Answer::Missing, |whole| Answer::Done(Box::new(whole))))
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
) -> Result<Option<Answer>, StoreError> {
    request::settled(act(store, roles, command, now), || recorded(store, command)).await
}

const fn moves_the_order(doing: &CaseCommand) -> bool {
    matches!(doing, CaseCommand::Decide { .. } | CaseCommand::Approve { .. } | CaseCommand::RecordPayout { .. })
}

/// Finds out what became of a write whose connection was lost. Asks by request id until the database answers and never
/// writes again. `None` if nothing was recorded.
///
/// # Errors
///
/// [`StoreError`] if the database answers, but not this question.
pub async fn learn(store: &Store, command: &Command) -> Result<Option<Answer>, StoreError> {
    request::found_out(|| recorded(store, command)).await
}

/// What was recorded under the command's request id, if anything. It resolves an unknown outcome.
///
/// # Errors
///
/// [`StoreError`] if it cannot be read.
pub async fn recorded(store: &Store, command: &Command) -> Result<Option<Answer>, StoreError> {
    recorded_by(&mut *store.pool.acquire().await?, store, command).await
}

async fn recorded_by(
    connection: &mut PgConnection,
    store: &Store,
    command: &Command,
) -> Result<Option<Answer>, StoreError> {
    let (order, digest) = (command.order.to_string(), command.digest(&store.person));
    let known = match &command.what {
        CaseCommand::RecordPayout { .. } => {
            let paid = kept::paid(connection, &order, command.request).await?;
            paid.map(|digest| (None, Some(digest)))
        }
        // An approval is recorded as a transition of the order.
        CaseCommand::Approve { .. } => {
            let moved = crate::store::read::request(connection, &command.order, command.request).await?;
            moved.map(|(_, _, digest)| (None, digest))
        }
        _ => kept::requested(connection, &order, command.request)
            .await?
            .map(|(number, _, digest)| (Some(number), digest)),
    };
    known_as(connection, &order, known, &digest).await
}

/// The answer to a repeated request: the case that it changed, or a refusal if its body was another one.
async fn known_as(
    connection: &mut PgConnection,
    order: &str,
    known: Option<(Option<i32>, Option<Vec<u8>>)>,
    digest: &[u8],
) -> Result<Option<Answer>, StoreError> {
    let Some((number, before)) = known else { return Ok(None) };
    if before.as_deref() != Some(digest) {
        let words = "this request id was already used for another request; use a new one";
        return Ok(Some(Answer::Refused(Refusal::because("reused_request", words))));
    }
    Ok(read::whole(connection, order, number).await?.map(|whole| Answer::Done(Box::new(whole))))
}

/// Answers a write that the database refused: someone else was first, or a constraint failed.
async fn failed(store: &Store, command: &Command, error: StoreError) -> Result<Answer, StoreError> {
    let refusal = match error {
        StoreError::Conflict => Refusal::second("changed", "someone else changed it first; refresh"),
        StoreError::Refused { constraint, message } => {
            let second = SECOND.contains(&constraint.as_str());
            Refusal { second, ..Refusal::because(&constraint, message) }
        }
        other => return Err(other),
    };
    // The first attempt at this request may just have recorded it.
    if let Some(answer) = recorded(store, command).await? {
        return Ok(answer);
    }
    if refusal.second { second(store, command, refusal).await } else { Ok(Answer::Refused(refusal)) }
}

/// The constraints that fail when someone else was first.
const SECOND: [&str; 6] = [
    "case_event_by_owner",
    "case_event_in_stage",
    "case_proposal_order_disputed",
    "payout_event_confirmed_once",
    "payout_event_in_state",
    "payout_complete_before_order",
];

async fn second(store: &Store, command: &Command, refusal: Refusal) -> Result<Answer, StoreError> {
    let Some(mut whole) = read::whole(&store.pool, &command.order.to_string(), None).await? else {
        return Ok(Answer::Missing);
    };
    Ok(Answer::Conflict(Box::new(whole.case), whole.events.pop().map(Box::new), refusal))
}

/// The standard sentences for seller and buyer about a decision, each in the language of the party.
pub fn sentences(stored: &OrderRecord, parts: Parts, case: &Case, policy: &Policy) -> (String, String) {
    let said = |party| standard(&stored.order, parts, party, policy.language(case, party));
    (said(Party::Seller), said(Party::Buyer))
}

/// The letter to a party about a case; `None` before a decision.
pub fn letter(whole: &CaseDetail, stored: &OrderRecord, policy: &Policy, party: Party) -> Option<Letter> {
    let decision = whole.decision.as_ref()?;
    let messages: Vec<_> = whole.events.iter().filter_map(|event| Some((event.at, event.message.as_ref()?))).collect();
    let own: Vec<_> = messages.into_iter().filter(|(_, message)| message.party == party).collect();
    let name = match party {
        Party::Buyer => stored.buyer.as_deref(),
        Party::Seller => stored.seller.as_deref(),
    };
    Some(Letter::of(Told {
        order: &stored.order,
        name,
        party,
        language: policy.language(&whole.case, party),
        decision,
        payouts: &whole.payouts,
        messages: &own,
        policy,
    }))
}
