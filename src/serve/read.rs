//! Reads orders at their provider: those that are not known here are opened from what it shows, with their history as far as that
//! tells it. What it answers is evidence.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use sqlx::Connection;
use tokio::time::sleep;

use super::accounts::Account;
use super::{Served, Server, standing};
use crate::domain::{Action, Actor, OrderKey, Status};
use crate::intake::{import, spread};
use crate::store::received::{self, Wanted};
use crate::store::{StoreError, accounts, read};
use crate::wire::Reading;
use crate::wire::call::{Looked, Seen};
use crate::wire::evidence::{Noted, Told};
use crate::wire::line::{Line, Notice, Opened, Said, Words};

/// How many readings are claimed at once, at most.
const CLAIM: f64 = 10.0;
/// What a lease is longer than the calls.
const SPARE: f64 = 30.0;
/// How long to wait when there is nothing to read.
const LOOK: Duration = Duration::from_secs(1);
/// How often orders past their deadline are looked for, and how many at a time.
const DEADLINES: Duration = Duration::from_secs(15);
const PAST: i64 = 200;
/// The longest pause before an order is read again that could not be read.
const LONGEST: f64 = 3_600.0;

/// Reads for one account, until it is gone.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or the login may not serve.
pub async fn run(server: &Server, served: &Served) -> Result<(), StoreError> {
    let mut bell = server.bell.subscribe();
    while !served.is_gone() {
        let account = served.account();
        let most = account.rate.clamp(1.0, CLAIM);
        let lease = (server.id, account.timeout.as_secs_f64() * most + SPARE);
        let claimed = match served.may_read() {
            true => received::claim(&server.store.pool, &account.name, most as i64, lease).await?,
            false => Vec::new(),
        };
        for wanted in &claimed {
            one(server, served, &account, wanted).await?;
        }
        if claimed.is_empty() {
            tokio::select! {
                _ = bell.changed() => sleep(Duration::from_millis(20)).await,
                () = sleep(LOOK) => {}
            }
        }
    }
    Ok(())
}

async fn one(server: &Server, served: &Served, account: &Account, wanted: &Wanted) -> Result<(), StoreError> {
    let pool = &server.store.pool;
    let key = OrderKey::parse(&wanted.order_id).filter(|key| key.provider == account.provider);
    let (Some(connector), Some(key)) = (account.connector(), key) else {
        return received::done(pool, &wanted.order_id).await;
    };
    let wait = accounts::pace(pool, &account.name, 1.0 / account.rate, 1).await?;
    sleep(Duration::from_secs_f64(wait)).await;
    let looked = match super::client::call(&server.client, account, &(connector.look)(&key.id)).await {
        Ok(answer) => (connector.looked)(&key, answer.status, &answer.body),
        Err(_) => Looked::Unknown("no answer".to_owned()),
    };
    let pause = 2_f64.powi(wanted.attempts.clamp(0, 12)).min(LONGEST);
    match looked {
        Looked::Seen(seen) => match shown(server, account, &key, &seen).await? {
            Ok(()) => received::done(pool, &wanted.order_id).await,
            Err(words) => received::later(pool, &wanted.order_id, LONGEST, &words).await,
        },
        Looked::Absent(words) => {
            let words =
                format!("the provider has no such order in {} ({})", account.environment, account.cleaned(&words));
            received::later(pool, &wanted.order_id, LONGEST * 24.0, &words).await
        }
        Looked::Broken(words) => {
            standing::broken(server, served, account, &account.cleaned(&words)).await?;
            received::later(pool, &wanted.order_id, 1.0, "the account's credentials were not accepted").await
        }
        Looked::Later(_) => received::later(pool, &wanted.order_id, pause, "the provider asks to come later").await,
        Looked::Unknown(words) => received::later(pool, &wanted.order_id, pause, &account.cleaned(&words)).await,
    }
}

/// Records what a reading shows: the opening and the history of an order that is not known here, and what it is now.
async fn shown(
    server: &Server,
    account: &Account,
    key: &OrderKey,
    seen: &Seen,
) -> Result<Result<(), String>, StoreError> {
    let mut connection = server.store.pool.acquire().await?;
    let name = key.to_string();
    let known = !read::orders(&mut connection, std::slice::from_ref(&name)).await?.is_empty();
    let mut said = match known {
        true => Vec::new(),
        false => match opening(account, key, seen, received::first_told(&mut connection, &name).await?) {
            Ok(said) => said,
            Err(words) => return Ok(Err(words)),
        },
    };
    if let Some(status) = seen.status {
        let now = Utc::now().trunc_subsecs(6);
        said.push(Said::Noted(Noted { key: key.clone(), at: now, told: Told::Observed(status), detail: None }));
    }
    let lines: Vec<Line> = said.into_iter().map(Line::observed).collect();
    let raw: Vec<Vec<u8>> = lines.iter().map(Line::written).collect();
    for attempt in 1.. {
        let mut tx = connection.begin().await?;
        match import::judged(&mut tx, (&raw, &lines), &server.store.person, true).await {
            Err(StoreError::Conflict) if attempt < 40 => {}
            Err(error) if error.is_of_the_data() => return Ok(Err(error.to_string())),
            Err(error) => return Err(error),
            Ok(()) => {
                tx.commit().await.map_err(crate::store::error::of_commit)?;
                break;
            }
        }
    }
    drop(connection);
    spread::spread(&server.store, &[name]).await;
    Ok(Ok(()))
}

/// An order that is not known here, as notifications would have told it; `told` is when one first named it.
fn opening(account: &Account, key: &OrderKey, seen: &Seen, told: Option<DateTime<Utc>>) -> Result<Vec<Said>, String> {
    let amount = seen.amount.ok_or("the reading shows no amount")?;
    // AtaraPay's times may be zero: then it was opened before we first heard of it.
    let begun = seen.created_at.or(told).unwrap_or_else(|| Utc::now().trunc_subsecs(6));
    if !account.provider.currencies().contains(&amount.currency) {
        return Err(format!("the reading shows an amount in {}", amount.currency));
    }
    let opened = Opened {
        key: key.clone(),
        at: begun,
        amount,
        cancellation_fee: None,
        merchant: Some(account.merchant().to_owned()),
        buyer: seen.buyer.clone(),
        seller: None,
    };
    let mut said = vec![Said::Opened(opened)];
    let notice = |at: DateTime<Utc>, reading: Reading| {
        Said::Notice(Notice { key: key.clone(), at, words: Words::One(reading), numbers: seen.numbers.clone() })
    };
    let Some(status) = seen.status.filter(|status| *status != account.provider.start()) else { return Ok(said) };
    let way = way_to(account, status, seen);
    let first = approved_at(seen, begun, status);
    for (place, (action, actor)) in way.iter().enumerate() {
        let at = first + TimeDelta::microseconds(i64::try_from(place).unwrap_or_default());
        said.push(notice(at, Reading::new(*action, *actor)));
    }
    for done in &seen.moves {
        let reading = Reading {
            amount: done.amount,
            reference: done.reference.clone(),
            of_capture: done.of_capture.clone(),
            ..Reading::new(done.action, actor_of(account, done.action))
        };
        said.push(notice(done.at.unwrap_or(first).max(first + TimeDelta::microseconds(10)), reading));
    }
    Ok(said)
}

/// Who does this at a provider, where the reading shows only that it was done: us, else the only one who can.
fn actor_of(account: &Account, action: Action) -> Actor {
    let actors: Vec<Actor> =
        account.provider.moves().into_iter().filter(|(known, _)| *known == action).map(|(_, actor)| actor).collect();
    actors.iter().copied().find(|actor| actor.is_us()).or(actors.first().copied()).unwrap_or(Actor::Provider)
}

/// The moves without an amount that lead to a status: what the provider does not list.
fn way_to(account: &Account, status: Status, seen: &Seen) -> Vec<(Action, Actor)> {
    let goal = |from: Status| from == status;
    let start = account.provider.start();
    let mut ways: Vec<(Status, Vec<(Action, Actor)>)> = vec![(start, Vec::new())];
    // Breadth first: the shortest way, over moves that have no amount until one with an amount is listed.
    for _ in 0..6 {
        let mut next = Vec::new();
        for (from, way) in ways {
            for rule in from.rules() {
                if rule.guard.pot().is_some() {
                    if rule.to == status || !seen.moves.is_empty() {
                        return way;
                    }
                    continue;
                }
                let mut longer = way.clone();
                longer.push((rule.action, rule.actor));
                if goal(rule.to) {
                    return longer;
                }
                next.push((rule.to, longer));
            }
        }
        ways = next;
    }
    Vec::new()
}

/// When an order was approved: the deadline of an approved order says it, else it is when it was opened.
fn approved_at(seen: &Seen, begun: DateTime<Utc>, status: Status) -> DateTime<Utc> {
    let wait = status.wait().map(|wait| wait.length());
    let counted = seen.expires_at.zip(wait).map(|(end, wait)| end - wait);
    counted.filter(|at| *at >= begun && *at <= Utc::now()).unwrap_or(begun)
}

/// Wants orders to be read whose deadline has passed, until dropped: the provider decides whether they expired.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or the login may not serve. It returns only with an error.
pub async fn deadlines(server: &Server) -> Result<(), StoreError> {
    loop {
        let served: Vec<_> = server.served().into_iter().filter(|served| served.may_read()).collect();
        let names: Vec<String> = served.iter().map(|served| served.account().name.clone()).collect();
        let mut providers: Vec<&str> = served.iter().map(|served| served.account().provider.name()).collect();
        providers.dedup();
        let pause = if names.is_empty() { LOOK } else { DEADLINES };
        if !names.is_empty() {
            let past = received::past_deadline(&server.store.pool, &names, &providers, PAST).await?;
            let wanted: Vec<_> = past.into_iter().map(|(order, account)| (order, account, "deadline")).collect();
            let mut connection = server.store.pool.acquire().await?;
            received::want(&mut connection, &wanted).await?;
        }
        sleep(pause).await;
    }
}
