//! The use cases for cases, called by the command line and the console. Each loads, judges by the one table and writes
//! in one transaction. If someone else was first, the caller is told so and nothing is written.

mod command;
mod judge;
mod write;

use chrono::{DateTime, Utc};

use crate::cases::law::Refusal;
use crate::cases::letter::{Letter, Told};
use crate::cases::{Policy, Standing, outcome};
use crate::domain::{CaseAction, OrderKey, Parts, Roles, Task, atarapay};
use crate::intake::import;
use crate::records::CaseDetail;
use crate::records::OrderRecord;
use crate::records::{CaseStage, Party};
use crate::store::cases::read;
use crate::store::cases::write as kept;
use crate::store::error::of_commit;
use crate::store::{Store, StoreError, feed, people};
pub use command::{Answer, CaseCommand, Command, PayoutUpdate};
use judge::Stop;

/// Judges a command and records it, or says why not. `now` is when it happens.
pub async fn act(store: &Store, roles: Roles, command: &Command, now: DateTime<Utc>) -> Result<Answer, StoreError> {
    if let Some(answer) = recorded(store, command).await? {
        return Ok(answer);
    }
    let mut tx = store.pool.begin().await?;
    let Some(found) = judge::found(&mut tx, command).await? else { return Ok(Answer::Missing) };
    let done = async {
        if command.expect.is_some_and(|seq| seq != found.case.seq) {
            return Err(Stop::Store(StoreError::Conflict));
        }
        judge::judge(&found, roles, &command.what, store, now)?;
        if let CaseCommand::HandOver { to, .. } = &command.what {
            works_here(store, to).await?;
        }
        write::write(&mut tx, store, roles, command, &found, now).await
    };
    match done.await {
        Ok(()) => {}
        Err(Stop::Refused(refusal)) if refusal.second => {
            drop(tx);
            return second(store, command, refusal).await;
        }
        Err(Stop::Refused(refusal)) => return Ok(Answer::Refused(refusal)),
        Err(Stop::Store(error)) => {
            drop(tx);
            return failed(store, command, error).await;
        }
    }
    tx.commit().await.map_err(of_commit)?;
    if moves_the_order(&command.what) && found.stored.quarantined > 0 {
        // The action is recorded, even if the facts that wait for the order still cannot be applied.
        _ = import::retry(store, &[command.order.to_string()]).await;
    }
    feed::ring(store).await;
    let whole = read::whole(&store.pool, &found.case.order_id, Some(found.case.number)).await?;
    Ok(whole.map_or(Answer::Missing, |whole| Answer::Done(Box::new(whole))))
}

/// Checks that a case is handed to someone who can work on it.
async fn works_here(store: &Store, to: &str) -> Result<(), Stop> {
    let roles = people::roles(&store.pool, to).await?;
    if roles.may(Task::Case(CaseAction::Take)).is_ok() {
        return Ok(());
    }
    let words = format!("{} is not an agent or a lead; hand the case to someone who is", crate::text::clean(to));
    Err(Refusal::because("facts", words).into())
}

const fn moves_the_order(doing: &CaseCommand) -> bool {
    matches!(doing, CaseCommand::Decide { .. } | CaseCommand::Approve { .. } | CaseCommand::RecordPayout { .. })
}

/// Finds out what became of a write whose connection was lost. Asks by request id until the database answers and never
/// writes again. `None` if nothing was recorded.
pub async fn learn(store: &Store, command: &Command) -> Result<Option<Answer>, StoreError> {
    super::learnt(|| recorded(store, command)).await
}

/// What was recorded under the command's request id, if anything. It resolves an unknown outcome.
pub async fn recorded(store: &Store, command: &Command) -> Result<Option<Answer>, StoreError> {
    let mut connection = store.pool.acquire().await?;
    let order = command.order.to_string();
    let known = match &command.what {
        CaseCommand::RecordPayout { .. } if kept::paid(&mut connection, &order, command.request).await? => {
            Some((None, Some(command.digest(&store.person))))
        }
        // An approval is recorded as a transition of the order.
        CaseCommand::Approve { .. } => {
            let moved = crate::store::read::request(&mut connection, &command.order, command.request).await?;
            moved.map(|(_, _, digest)| (None, digest))
        }
        _ => kept::requested(&mut connection, &order, command.request)
            .await?
            .map(|(number, _, digest)| (Some(number), digest)),
    };
    let Some((number, digest)) = known else { return Ok(None) };
    if digest.as_deref() != Some(command.digest(&store.person).as_slice()) {
        let words = "this request id was already used for another request; use a new one";
        return Ok(Some(Answer::Refused(Refusal::because("reused_request", words))));
    }
    drop(connection);
    Ok(read::whole(&store.pool, &order, number).await?.map(|whole| Answer::Done(Box::new(whole))))
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

/// Takes the most urgent unclaimed case. `None` if there is none; a refusal says why not.
pub async fn next(
    store: &Store,
    roles: Roles,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Result<Option<Box<CaseDetail>>, Refusal>, StoreError> {
    let nobodys = Standing {
        stage: CaseStage::Working,
        status: atarapay::Status::Disputed.status(),
        owner: None,
        lease_until: None,
        waiting: None,
        proposer: None,
        unpaid: false,
    };
    if let Err(refusal) = nobodys.judge(CaseAction::Take, &store.person, roles, now) {
        return Ok(Err(refusal));
    }
    kept::sweep(store, SWEPT).await?;
    let Some((order, number)) = kept::next(store, reason).await? else { return Ok(Ok(None)) };
    feed::ring(store).await;
    Ok(Ok(read::whole(&store.pool, &order, Some(number)).await?.map(Box::new)))
}

/// How many cases are swept at a time.
pub const SWEPT: i32 = 100;

/// Opens a case by hand, for any order.
pub async fn open(store: &Store, roles: Roles, order: &OrderKey, why: &str) -> Result<Answer, StoreError> {
    if let Err(refused) = roles.may(Task::OpenCase) {
        return Ok(Answer::Refused(Refusal::because("not_yours", refused.to_string())));
    }
    let order = order.to_string();
    match kept::open(store, &order, why).await {
        Ok(number) => {
            feed::ring(store).await;
            let whole = read::whole(&store.pool, &order, Some(number)).await?;
            Ok(whole.map_or(Answer::Missing, |whole| Answer::Done(Box::new(whole))))
        }
        Err(StoreError::Refused { constraint, message }) if constraint != "dispute_case_one_open" => {
            Ok(Answer::Refused(Refusal::because(&constraint, message)))
        }
        Err(StoreError::Refused { .. } | StoreError::Conflict) => {
            let whole = read::whole(&store.pool, &order, None).await?;
            let refusal = Refusal::second("held", "the order already has an open case");
            Ok(whole.map_or(Answer::Missing, |mut it| {
                Answer::Conflict(Box::new(it.case), it.events.pop().map(Box::new), refusal)
            }))
        }
        Err(error) => Err(error),
    }
}

/// The default sentences for seller and buyer in the outcome editor.
pub fn sentences(stored: &OrderRecord, parts: Parts) -> (String, String) {
    (outcome::say_seller(&stored.order, parts), outcome::say_buyer(&stored.order, parts))
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
        decision,
        payouts: &whole.payouts,
        messages: &own,
        policy,
    }))
}
