//! Reads orders that no one asked for, with a part of the account's rate: stuck ones first, then those with a move that the provider has
//! not confirmed, then all others that have not ended. Each walk goes through its orders in pages and remembers its place.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::{Instant, sleep};

use super::accounts::Account;
use super::{Served, Server};
use crate::domain::{Status, tamara};
use crate::store::{StoreError, received, sweep};

/// How often orders are looked for.
const TICK: Duration = Duration::from_secs(2);
/// How many orders are looked at for one that is due, and at least.
const PAGE: i64 = 100;
/// The longest pause between two walks through the same orders.
const REST: Duration = Duration::from_secs(300);

/// The orders of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Orders {
    /// Those at these statuses.
    At(Vec<Status>),
    /// Those with a move of ours that is not confirmed.
    Unconfirmed,
}

/// A walk through orders, and where it is.
struct Walk {
    orders: Orders,
    /// Which length of the account's settings says how long after its last reading an order is due.
    every: fn(&Account) -> Duration,
    place: (DateTime<Utc>, String),
    /// When it starts again from the beginning.
    rests_until: Instant,
}

/// The walks of an account, the most urgent first.
fn walks(account: &Account) -> Vec<Walk> {
    let stuck = tamara::Status::Approved.status();
    let all: Vec<Status> = account.provider.statuses().into_iter().filter(|status| !status.is_final()).collect();
    let (stuck, open): (Vec<Status>, Vec<Status>) = all.into_iter().partition(|status| *status == stuck);
    let walk = |orders, every| Walk { orders, every, place: start(), rests_until: Instant::now() };
    vec![
        walk(Orders::At(stuck), |account: &Account| account.reading.stuck),
        walk(Orders::Unconfirmed, |account: &Account| account.reading.unconfirmed),
        walk(Orders::At(open), |account: &Account| account.reading.open),
    ]
}

fn start() -> (DateTime<Utc>, String) {
    (DateTime::UNIX_EPOCH, String::new())
}

/// Looks for orders to read for one account, until it is gone.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or the login may not serve.
pub async fn run(server: &Server, served: &Served) -> Result<(), StoreError> {
    let mut walks = walks(&served.account());
    let mut budget = 0.0;
    while !served.is_gone() {
        let account = served.account();
        let each = account.rate * account.reading.share * TICK.as_secs_f64();
        if each > 0.0 && served.may_read() && sweep::turn(&server.store.pool, &account.name, TICK).await? {
            // What was not used is not saved up: a long silence is followed by no burst.
            budget = f64::min(budget + each, f64::max(each, 1.0));
            for walk in &mut walks {
                budget -= go(server, &account, walk, budget).await?;
            }
        }
        sleep(TICK).await;
    }
    Ok(())
}

/// One page of a walk. Returns how many readings it wants.
async fn go(server: &Server, account: &Account, walk: &mut Walk, budget: f64) -> Result<f64, StoreError> {
    let most = budget.floor() as usize;
    if most == 0 || Instant::now() < walk.rests_until || walk.orders == Orders::At(Vec::new()) {
        return Ok(0.0);
    }
    let every = (walk.every)(account);
    let page = PAGE.max(most as i64);
    let pool = &server.store.pool;
    let found = match &walk.orders {
        Orders::At(statuses) => {
            let words: Vec<&str> = statuses.iter().map(|status| status.name()).collect();
            sweep::at(pool, &account.name, &words, &walk.place, page, every).await?
        }
        Orders::Unconfirmed => sweep::unconfirmed(pool, &account.name, &walk.place, page, every).await?,
    };
    let mut wanted = Vec::new();
    let ended = (found.len() as i64) < page;
    let mut whole = true;
    for order in found {
        if order.due && wanted.len() == most {
            whole = false;
            break;
        }
        if order.due {
            wanted.push((order.id.clone(), account.name.clone(), "sweep"));
        }
        walk.place = (order.at, order.id);
    }
    if ended && whole {
        walk.place = start();
        walk.rests_until = Instant::now() + (every / 10).min(REST).max(TICK);
    }
    let mut connection = pool.acquire().await?;
    received::want(&mut connection, &wanted, 0.0).await?;
    Ok(wanted.len() as f64)
}
