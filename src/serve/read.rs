//! Reads orders at their provider. What it answers is evidence, and what it did is recorded where the law has one way there.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::accounts::Account;
use super::{Served, Server, open, standing};
use crate::domain::OrderKey;
use crate::intake::reading::{self, Choice, Outcome, Shown};
use crate::intake::spread;
use crate::store::received::{self, Wanted};
use crate::store::{StoreError, accounts, feed, read};
use crate::wire::call::{Connector, Looked, Seen};

/// How many readings are claimed at once, at most.
const CLAIM: f64 = 10.0;
/// What a lease is longer than the calls.
const SPARE: f64 = 30.0;
/// How long to wait when there is nothing to read.
const LOOK: Duration = Duration::from_secs(1);
/// How often orders past their deadline are looked for, and how many at a time.
const DEADLINES: Duration = Duration::from_secs(15);
const PAST: i64 = 200;
/// The pause before an order is read again whose provider is being asked for something, in seconds.
const BUSY: f64 = 5.0;
/// The pause before an order is read again that moved while it was read, in seconds.
const SOON: f64 = 0.2;
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
        return received::done(pool, wanted).await;
    };
    let (looked, asked) = look(server, account, connector, &key).await?;
    let pause = 2_f64.powi(wanted.attempts.clamp(0, 12)).min(LONGEST);
    match looked {
        Looked::Seen(seen) => match shown(server, account, &key, (&seen, asked), None).await? {
            Ok(Outcome::Asking) => {
                received::later(pool, &wanted.order_id, BUSY, Some("a request of it is under way")).await
            }
            Ok(Outcome::Moved) => received::later(pool, &wanted.order_id, SOON, None).await,
            Ok(_) => received::done(pool, wanted).await,
            Err(words) => received::later(pool, &wanted.order_id, LONGEST, Some(&words)).await,
        },
        Looked::Absent(_) if absent(server, account, &key, asked).await? => received::done(pool, wanted).await,
        Looked::Absent(words) => {
            let words =
                format!("the provider has no such order in {} ({})", account.environment, account.cleaned(&words));
            received::later(pool, &wanted.order_id, LONGEST * 24.0, Some(&words)).await
        }
        Looked::Broken(words) => {
            standing::broken(server, served, account, &account.cleaned(&words)).await?;
            received::later(pool, &wanted.order_id, 1.0, Some("the account's credentials were not accepted")).await
        }
        Looked::Later(_) => {
            received::later(pool, &wanted.order_id, pause, Some("the provider asks to come later")).await
        }
        Looked::Unknown(words) => received::later(pool, &wanted.order_id, pause, Some(&account.cleaned(&words))).await,
    }
}

/// Records what a reading shows. An order that is not known here is opened first, with its history as far as the reading tells it.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or the login may not serve.
pub async fn shown(
    server: &Server,
    account: &Account,
    key: &OrderKey,
    (seen, asked): (&Seen, Instant),
    choice: Option<Choice<'_>>,
) -> Result<Result<Outcome, String>, StoreError> {
    if let Err(words) = open::unknown(server, account, key, seen).await? {
        return Ok(Err(words));
    }
    let outcome = match reading::record(&server.store, &account.name, key, Shown::Seen(seen), choice, asked).await {
        Err(error) if error.is_of_the_data() => return Ok(Err(error.to_string())),
        other => other?,
    };
    spread::spread(&server.store, &[key.to_string()]).await;
    Ok(Ok(outcome))
}

/// Records that the provider has no such order, if it is known here. Returns whether it is.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or the login may not serve.
pub async fn absent(server: &Server, account: &Account, key: &OrderKey, asked: Instant) -> Result<bool, StoreError> {
    let mut connection = server.store.pool.acquire().await?;
    let known = !read::orders(&mut connection, &[key.to_string()]).await?.is_empty();
    drop(connection);
    if known {
        reading::record(&server.store, &account.name, key, Shown::Absent, None, asked).await?;
        feed::ring(&server.store).await;
    }
    Ok(known)
}

/// Asks the provider for an order, in its turn. Returns the answer and when it was asked.
///
/// # Errors
///
/// [`StoreError`] if the database is lost.
pub async fn look(
    server: &Server,
    account: &Account,
    connector: &Connector,
    key: &OrderKey,
) -> Result<(Looked, Instant), StoreError> {
    let wait = accounts::pace(&server.store.pool, &account.name, 1.0 / account.rate, 1).await?;
    sleep(Duration::from_secs_f64(wait)).await;
    let asked = Instant::now();
    let looked = match super::client::call(&server.client, account, &(connector.look)(&key.id)).await {
        Ok(answer) => (connector.looked)(key, answer.status, &answer.body),
        Err(_) => Looked::Unknown("no answer".to_owned()),
    };
    Ok((looked, asked))
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
            received::want(&mut connection, &wanted, 0.0).await?;
        }
        sleep(pause).await;
    }
}
