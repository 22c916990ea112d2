//! Opens orders that are not known here from what their provider shows, with their history as far as that tells it.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use sqlx::Connection;

use super::Server;
use super::accounts::Account;
use crate::domain::{Action, Actor, OrderKey, Status};
use crate::intake::adopt::actor_of;
use crate::intake::import;
use crate::store::{StoreError, read, received};
use crate::wire::Reading;
use crate::wire::call::Seen;
use crate::wire::line::{Line, Notice, Opened, Said, Words};

/// How often it is tried again while others move the order.
const TRIES: u32 = 40;

/// Opens an order that is not known here. An error says why it cannot be opened.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or the login may not serve.
pub async fn unknown(
    server: &Server,
    account: &Account,
    key: &OrderKey,
    seen: &Seen,
) -> Result<Result<(), String>, StoreError> {
    let mut connection = server.store.pool.acquire().await?;
    let name = key.to_string();
    if !read::orders(&mut connection, std::slice::from_ref(&name)).await?.is_empty() {
        return Ok(Ok(()));
    }
    let said = match opening(account, key, seen, received::first_told(&mut connection, &name).await?) {
        Ok(said) => said,
        Err(words) => return Ok(Err(words)),
    };
    let lines: Vec<Line> = said.into_iter().map(Line::observed).collect();
    let raw: Vec<Vec<u8>> = lines.iter().map(Line::written).collect();
    for attempt in 1.. {
        let mut tx = connection.begin().await?;
        match import::judged(&mut tx, (&raw, &lines), &server.store.person, true).await {
            Err(StoreError::Conflict) if attempt < TRIES => {}
            Err(error) if error.is_of_the_data() => return Ok(Err(error.to_string())),
            Err(error) => return Err(error),
            Ok(()) => {
                tx.commit().await.map_err(crate::store::error::of_commit)?;
                break;
            }
        }
    }
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
            ..Reading::new(done.action, actor_of(account.provider, done.action))
        };
        said.push(notice(done.at.unwrap_or(first).max(first + TimeDelta::microseconds(10)), reading));
    }
    Ok(said)
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
