//! Transitions per second through the desk, against a hand-written update and insert on the same server, in turns.

use std::time::{Duration, Instant};

use chrono::Utc;
use futures_util::future::join_all;
use recourse::desk::{self, Answer, Command};
use recourse::domain::*;
use recourse::store::Store;
use sqlx::PgPool;
use uuid::Uuid;

use super::Figure;
use super::harness::{at, book_on, put, way_to};

const CLIENTS: usize = 8;
/// Orders per client. Clients use them in turn, so that no order gets an unrealistically long history.
const ORDERS: usize = 150;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);

/// The tables of a program without the law: the status of each order, and a log of its moves.
const PLAIN: &str = "create table plain_order (id text primary key, status text not null, version int not null, captured bigint not null);
    create table plain_log (order_id text not null, seq int not null, action text not null, amount bigint, at timestamptz not null,
        who text not null, primary key (order_id, seq));
    grant select, insert, update on plain_order, plain_log to public";

fn order(client: usize, count: u64) -> Order {
    let key = OrderKey::new(TAMARA, &format!("W-{client}-{}", count % ORDERS as u64)).unwrap();
    Order::open(key, Money::new(10_000_000_000, Currency::Sar), at("2026-11-20T08:00:00Z"))
}

pub async fn figures() -> Vec<Figure> {
    let book = book_on(super::server()).await;
    sqlx::raw_sql(PLAIN).execute(&mut book.psql().await).await.unwrap();
    for (client, count) in (0..CLIENTS).flat_map(|client| (0..ORDERS as u64).map(move |count| (client, count))) {
        let order = order(client, count);
        put(&book.store, &order, &way_to(&order, tamara::Status::Authorised.status())).await;
        let sql = "insert into plain_order values ($1, 'authorised', 3, 0)";
        sqlx::query(sql).bind(order.key.to_string()).execute(&book.store.pool).await.unwrap();
    }
    let (mut ours, mut plain) = (0, 0);
    for _ in 0..ROUNDS {
        let ends = Instant::now() + ROUND;
        plain +=
            join_all((0..CLIENTS).map(|client| hand_written(&book.store.pool, client, ends))).await.iter().sum::<u64>();
        let ends = Instant::now() + ROUND;
        ours +=
            join_all((0..CLIENTS).map(|client| through_the_desk(&book.store, client, ends))).await.iter().sum::<u64>();
    }
    let seconds = ROUNDS as f64 * ROUND.as_secs_f64();
    let rate = |count: u64| count as f64 / seconds;
    let ratio = rate(ours) / rate(plain);
    let value = format!("{ratio:.2} ({:.0} against {:.0} a second)", rate(ours), rate(plain));
    vec![Figure {
        what: "Transitions through the desk, 8 clients, against a hand-written update + insert",
        value,
        aim: "at least 0.6",
    }]
}

/// Captures 0.01 of the client's orders in turn until `ends`. Returns the number of captures.
async fn through_the_desk(store: &Store, client: usize, ends: Instant) -> u64 {
    let mut count = 0;
    while Instant::now() < ends {
        let order = order(client, count);
        let command = Command {
            order: order.key.clone(),
            action: Action::Capture,
            actor: Actor::Merchant,
            amount: Some(order.money(1)),
            parts: None,
            note: None,
            reference: None,
            reason: None,
            expect: None,
            request: Uuid::new_v4(),
        };
        let answer = desk::act(store, Roles::UNREGISTERED, &command, Utc::now(), false).await.unwrap();
        assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
        count += 1;
    }
    count
}

/// The same without the law: updates the order and inserts a line in the log. Returns the number of moves.
async fn hand_written(pool: &PgPool, client: usize, ends: Instant) -> u64 {
    let mut count = 0;
    while Instant::now() < ends {
        let id = order(client, count).key.to_string();
        let mut tx = pool.begin().await.unwrap();
        let moved = "update plain_order set status = 'partially_captured', version = version + 1, captured = captured + 1 where id = $1 returning version";
        let version: i32 = sqlx::query_scalar(moved).bind(&id).fetch_one(&mut *tx).await.unwrap();
        let written = "insert into plain_log values ($1, $2, 'capture', 1, now(), 'me')";
        sqlx::query(written).bind(&id).bind(version).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        count += 1;
    }
    count
}
