//! Sends requests: claims them, writes each once, and ends it with the answer. No transaction waits for the network.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::Utc;
use sqlx::Connection;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};
use tokio::time::sleep;

use super::accounts::Account;
use super::ask;
use super::client::{Answered, Failed};
use super::settle::{self, Ended, noted};
use super::standing;
use super::{Served, Server};
use crate::desk::providers::wanted_of;
use crate::records::RequestState;
use crate::store::requests::{self, Claimed, Later, Moved};
use crate::store::{StoreError, accounts};
use crate::wire::call::{Answer, Call, Wanted};

/// How many calls of an account are under way at once, at most.
const TOGETHER: usize = 32;
/// What a lease is longer than the call.
const SPARE: f64 = 5.0;
/// The longest pause before a request that could not be sent is tried again.
const LONGEST: f64 = 60.0;
/// The longest that an account waits because the provider asks for it, in seconds: then one call asks again.
const LONGEST_LATER: f64 = 300.0;
/// How long to wait when there is nothing to do, at most: the bell may be missed.
const LOOK: Duration = Duration::from_secs(1);

/// Sends and asks for one account, until dropped.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or the login may not serve. It returns only with an error.
pub async fn run(server: Arc<Server>, served: Arc<Served>) -> Result<(), StoreError> {
    let room = Arc::new(Semaphore::new(TOGETHER));
    let mut under_way: JoinSet<Result<(), StoreError>> = JoinSet::new();
    let mut bell = server.bell.subscribe();
    loop {
        while let Some(ended) = under_way.try_join_next() {
            survived(ended)?;
        }
        if served.is_gone() && under_way.is_empty() {
            return Ok(());
        }
        // Several are claimed at once: each claim and each turn of the rate is a statement.
        if room.available_permits() < TOGETHER / 4
            && let Some(ended) = under_way.join_next().await
        {
            survived(ended)?;
            continue;
        }
        let account = served.account();
        let most = if served.may_send() && !server.is_stopping() {
            room.available_permits().min(account.rate.ceil() as usize).max(1)
        } else {
            0
        };
        let claimed = match most {
            0 => Vec::new(),
            most => {
                let lease = (server.id, account.timeout.as_secs_f64() + SPARE);
                requests::claim(&server.store.pool, &account.name, most as i64, lease).await?
            }
        };
        let found = claimed.len();
        let first = match found {
            0 => 0.0,
            _ => accounts::pace(&server.store.pool, &account.name, 1.0 / account.rate, found as i32).await?,
        };
        for (claimed, turn) in claimed.into_iter().zip(0_u32..) {
            let Ok(place) = room.clone().acquire_owned().await else { continue };
            let (server, served, account) = (server.clone(), served.clone(), account.clone());
            under_way.spawn(async move {
                sleep(Duration::from_secs_f64(first + f64::from(turn) / account.rate)).await;
                // Its lease ends, and another server takes it up.
                if server.is_stopping() {
                    return Ok(());
                }
                server.under_way.fetch_add(1, Ordering::SeqCst);
                let ended = one(&server, &served, &account, &claimed).await;
                server.under_way.fetch_sub(1, Ordering::SeqCst);
                drop(place);
                ended
            });
        }
        if found == most && found > 0 {
            continue;
        }
        tokio::select! {
            _ = bell.changed() => {}
            Some(ended) = under_way.join_next(), if !under_way.is_empty() => survived(ended)?,
            () = sleep(LOOK) => {}
        }
    }
}

/// What the database refuses of one request ends neither the account nor the server: its lease ends, and it is asked about.
fn survived(ended: Result<Result<(), StoreError>, JoinError>) -> Result<(), StoreError> {
    match ended {
        Ok(Err(error)) if error.is_of_the_data() => {
            tracing::error!(error = %crate::text::clean(&error.to_string()), "a request cannot be taken on");
            Ok(())
        }
        Ok(ended) => ended,
        Err(error) => {
            tracing::error!(error = %crate::text::clean(&error.to_string()), "the work on a request broke off");
            Ok(())
        }
    }
}

/// One claimed request: sent, or asked about.
async fn one(server: &Server, served: &Served, account: &Account, claimed: &Claimed) -> Result<(), StoreError> {
    match claimed.request.state {
        RequestState::Queued => sent(server, served, account, claimed).await,
        // Its server died while it was sending, or its lease ended: no one knows.
        RequestState::Sending => {
            let words = "the server stopped while it was sending";
            settle::ended(&server.store, claimed, (RequestState::Sending, RequestState::Unknown), words, None).await
        }
        RequestState::Unknown => ask::about(server, served, account, claimed).await,
        RequestState::ToApprove
        | RequestState::Done
        | RequestState::Refused
        | RequestState::NotDone
        | RequestState::Withdrawn => Ok(()),
    }
}

async fn sent(server: &Server, served: &Served, account: &Account, claimed: &Claimed) -> Result<(), StoreError> {
    let (wanted, call) = match judged(server, claimed).await? {
        Ok(judged) => judged,
        Err(why) => {
            let steps = (RequestState::Queued, RequestState::Refused);
            return settle::ended(&server.store, claimed, steps, &why, None).await;
        }
    };
    if !served.may_send() || !begun(server, account, claimed).await? {
        return Ok(());
    }
    let answer = super::client::call(&server.client, account, &call).await;
    answered(server, served, account, (claimed, &wanted), answer).await
}

/// Judged again, right before it is sent: what the law allows now, and that the bytes say what was asked.
async fn judged(server: &Server, claimed: &Claimed) -> Result<Result<(Wanted, Call), String>, StoreError> {
    if let Some(why) = crate::desk::providers::refused_now(&server.store, &claimed.request).await? {
        return Ok(Err(why));
    }
    Ok(wanted_of(claimed).and_then(|(wanted, call)| {
        let [method, path, content_type] = &claimed.call;
        let same = <&str>::from(call.method) == method && call.path == *path && call.content_type == content_type;
        if same && call.body == claimed.body {
            Ok((wanted, call))
        } else {
            Err("the bytes that are stored do not say what was asked: ask again".to_owned())
        }
    }))
}

/// Commits that it is being sent, right before the first byte. Returns whether it is ours to send.
async fn begun(server: &Server, account: &Account, claimed: &Claimed) -> Result<bool, StoreError> {
    let lease = (server.id, account.timeout.as_secs_f64() + SPARE);
    requests::begin(&server.store.pool, claimed.request.id, lease, &server.store.person).await
}

/// Ends a request with its answer, or with what is not known.
async fn answered(
    server: &Server,
    served: &Served,
    account: &Account,
    (claimed, wanted): (&Claimed, &Wanted),
    answer: Result<Answered, Failed>,
) -> Result<(), StoreError> {
    use RequestState::{Queued, Refused, Sending, Unknown};
    let store = &server.store;
    let id = claimed.request.id;
    let answer = match answer {
        Ok(answer) => answer,
        Err(Failed::NotSent(why)) => {
            let pause = 2_f64.powi(claimed.request.attempts.clamp(0, 10)).min(LONGEST);
            return back(server, claimed, &format!("not sent: {why}"), pause).await;
        }
        Err(Failed::Cut(why)) => return settle::ended(store, claimed, (Sending, Unknown), &why, None).await,
    };
    let Some(connector) = account.connector() else { return Ok(()) };
    let detail = account.cleaned(&String::from_utf8_lossy(&answer.body));
    let note = |result: String| noted(claimed, &result, Some(kept(&detail)), Utc::now());
    let code = answer.status.to_string();
    match (connector.answer)(wanted, answer.status, &answer.body) {
        Answer::Done(moves) => match settle::done(store, claimed, Sending, &moves, Some(&note(code))).await? {
            Ended::Recorded | Ended::Before => Ok(()),
            Ended::Unlawful(why) => {
                let words = format!("the provider did it, and it cannot be recorded: {why}");
                settle::ended(store, claimed, (Sending, Unknown), &words, None).await
            }
        },
        Answer::Refused(words) => {
            let words = account.cleaned(&words);
            tracing::info!(request = id, code = answer.status, "the provider refused a request");
            settle::ended(store, claimed, (Sending, Refused), &words, Some(&note(code))).await
        }
        Answer::Look(words) => {
            let words = account.cleaned(&words);
            settle::ended(store, claimed, (Sending, Unknown), &words, Some(&note(code))).await?;
            let mut connection = store.pool.acquire().await?;
            requests::later(&mut connection, id, Later { conflict: true, ..Later::default() }).await?;
            server.ring();
            Ok(())
        }
        Answer::Unknown(words) => {
            settle::ended(store, claimed, (Sending, Unknown), &account.cleaned(&words), None).await
        }
        Answer::Later(_) => {
            let pause = answer.retry_after.map_or(1.0, |after| after.as_secs_f64()).min(LONGEST_LATER);
            tracing::warn!(
                account = account.name,
                seconds = pause,
                "the provider asks to come later: the account waits"
            );
            accounts::pace(&store.pool, &account.name, pause, 1).await?;
            back(server, claimed, "the provider asks to come later", pause).await
        }
        Answer::Broken(words) => {
            standing::broken(server, served, account, &account.cleaned(&words)).await?;
            let mut connection = store.pool.acquire().await?;
            let mut tx = connection.begin().await?;
            crate::store::evidence::keep(&mut tx, &[note(code)], &store.person).await?;
            let moved = Moved { message: Some("the account's credentials were not accepted"), ..Moved::default() };
            requests::step(&mut tx, (id, Sending, Queued), &moved, &store.person).await?;
            tx.commit().await.map_err(crate::store::error::of_commit)?;
            Ok(())
        }
    }
}

/// The longest answer that is kept as evidence, in bytes.
const KEPT: usize = 4_000;

fn kept(text: &str) -> String {
    crate::text::cut(text, KEPT)
}

/// Puts a request back into the queue: nothing reached the provider, or it asked to come later.
async fn back(server: &Server, claimed: &Claimed, words: &str, pause: f64) -> Result<(), StoreError> {
    let mut connection = server.store.pool.acquire().await?;
    let mut tx = connection.begin().await?;
    let moved = Moved { message: Some(words), ..Moved::default() };
    let step = (claimed.request.id, RequestState::Sending, RequestState::Queued);
    requests::step(&mut tx, step, &moved, &server.store.person).await?;
    requests::later(&mut tx, claimed.request.id, Later { seconds: pause, ..Later::default() }).await?;
    tx.commit().await.map_err(crate::store::error::of_commit)
}
