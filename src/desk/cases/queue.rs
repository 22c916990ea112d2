//! How a case begins: opened by hand, or taken from the queue.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Answer;
use crate::cases::Standing;
use crate::cases::law::{MoneyState, Refusal};
use crate::desk::{follow_up, request};
use crate::domain::{CaseAction, OrderKey, Roles, Task, atarapay};
use crate::records::{CaseDetail, CaseStage};
use crate::store::cases::{read, write};
use crate::store::error::of_commit;
use crate::store::{Store, StoreError};

/// How many cases are swept at a time.
pub const SWEPT: i32 = 100;

/// The case that was taken, `None` if no unclaimed case waits; or why not.
pub type Taken = Result<Option<Box<CaseDetail>>, Refusal>;

/// Takes the most urgent unclaimed case, with this reason if one is given.
///
/// # Errors
///
/// [`StoreError`]; [`StoreError::Unknown`] if the database does not come back in time to tell what became of it.
pub async fn next(store: &Store, roles: Roles, reason: Option<&str>, now: DateTime<Utc>) -> Result<Taken, StoreError> {
    let nobodys = Standing {
        stage: CaseStage::Working,
        status: atarapay::Status::Disputed.status(),
        owner: None,
        lease_until: None,
        waiting: None,
        proposer: None,
        waiting_until: None,
        snoozed: false,
        money: MoneyState::Undecided,
    };
    if let Err(refusal) = nobodys.judge(CaseAction::Take, &store.person, roles, now) {
        return Ok(Err(refusal));
    }
    write::sweep(store, SWEPT).await?;
    let id = (Uuid::new_v4(), request::digest(&("next", reason), &store.person));
    let mut tx = store.pool.begin().await?;
    let taken = write::next(&mut tx, &store.person, reason, (id.0, &id.1)).await?;
    let Some((order, number)) = taken else { return Ok(Ok(None)) };
    let whole = read::whole(&mut *tx, &order, Some(number)).await?;
    let written = async { tx.commit().await.map_err(of_commit).map(|()| whole) };
    let taken = request::settled(written, || async { requested(store, &order, id.0).await.map(|it| it.map(Some)) });
    let taken = request::or_nothing(taken.await?)?;
    follow_up(store, None).await;
    Ok(Ok(taken.map(Box::new)))
}

/// The case in which an event is recorded under this request id.
async fn requested(store: &Store, order: &str, id: Uuid) -> Result<Option<CaseDetail>, StoreError> {
    let mut connection = store.pool.acquire().await?;
    let Some((number, _, _)) = write::requested(&mut connection, order, id).await? else { return Ok(None) };
    read::whole(&mut *connection, order, Some(number)).await
}

/// Opens a case by hand, for any order. If the answer is lost, it finds out what became of it; `None` if nothing was
/// recorded.
///
/// # Errors
///
/// [`StoreError`]; [`StoreError::Unknown`] if the database does not come back in time.
pub async fn open(
    store: &Store,
    roles: Roles,
    order: &OrderKey,
    why: &str,
    id: Uuid,
) -> Result<Option<Answer>, StoreError> {
    if let Err(refused) = roles.may(Task::OpenCase) {
        return Ok(Some(Answer::Refused(Refusal::because("not_yours", refused.to_string()))));
    }
    let digest = request::digest(&("open", order, why), &store.person);
    let order = order.to_string();
    let known = async || -> Result<Option<Answer>, StoreError> {
        let mut connection = store.pool.acquire().await?;
        let known = write::requested(&mut connection, &order, id).await?;
        let known = known.map(|(number, _, digest)| (Some(number), digest));
        super::known_as(&mut connection, &order, known, &digest).await
    };
    let written = async {
        match opened(store, &order, why, (id, &digest)).await {
            Err(refused @ (StoreError::Refused { .. } | StoreError::Conflict)) => match known().await? {
                Some(answer) => Ok(answer),
                None => not_opened(store, &order, refused).await,
            },
            written => written,
        }
    };
    request::settled(written, known).await
}

async fn opened(store: &Store, order: &str, why: &str, id: (Uuid, &[u8])) -> Result<Answer, StoreError> {
    let mut tx = store.pool.begin().await?;
    let number = write::open(&mut tx, &store.person, (order, why), id).await?;
    let whole = read::whole(&mut *tx, order, Some(number)).await?;
    tx.commit().await.map_err(of_commit)?;
    follow_up(store, None).await;
    Ok(whole.map_or(Answer::Missing, |whole| Answer::Done(Box::new(whole))))
}

/// Says why no case was opened: the order already has one, or a constraint refused it.
async fn not_opened(store: &Store, order: &str, refused: StoreError) -> Result<Answer, StoreError> {
    match refused {
        StoreError::Refused { constraint, message } if constraint != "dispute_case_one_open" => {
            Ok(Answer::Refused(Refusal::because(&constraint, message)))
        }
        _ => {
            let whole = read::whole(&store.pool, order, None).await?;
            let refusal = Refusal::second("held", "the order already has an open case");
            Ok(whole.map_or(Answer::Missing, |mut it| {
                Answer::Conflict(Box::new(it.case), it.events.pop().map(Box::new), refusal)
            }))
        }
    }
}
