//! The server: notifications against bare inserts of the same bytes, requests against the provider's own rate, and from asking to the
//! recorded answer.

use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use futures_util::future::join_all;
use recourse::desk::providers::{self, Wish};
use recourse::desk::{self, Answer, Command};
use recourse::domain::tamara::Status::Authorised;
use recourse::domain::*;
use recourse::records::RequestState;
use recourse::store::{accounts, requests};
use recourse::wire::tamara;
use serde_json::json;
use uuid::Uuid;

use super::harness::book_on;
use super::peer::{API, NOTIFY, Peer, Serving, peer_on};
use super::{Figure, median, quantile};

const CLIENTS: usize = 32;
const ROUND: Duration = Duration::from_secs(3);
const ROUNDS: usize = 3;
const REQUESTS: usize = 600;

fn name(number: usize) -> String {
    format!("T-{number}")
}

fn body(client: usize, count: u64) -> String {
    let id = format!("N-{client}-{count}");
    json!({"order_id": id, "order_number": id, "event_type": "order_approved", "data": {"comment": "x".repeat(200)}})
        .to_string()
}

struct Door {
    client: reqwest::Client,
    url: String,
    token: String,
}

impl Door {
    async fn tell(&self, body: String) {
        let request = self.client.post(&self.url).bearer_auth(&self.token).header("Content-Type", "application/json");
        assert_eq!(request.body(body).send().await.unwrap().status().as_u16(), 200);
    }
}

/// How many orders are read that no one asked for, against the part of the account's rate that is for them.
async fn budget() -> Figure {
    const RATE: f64 = 40.0;
    const SHARE: f64 = 0.2;
    let peer = peer_on(book_on(super::server()).await, None, "40").await;
    for number in 0..300 {
        peer.order(&name(number), Authorised).await;
    }
    let serving = peer.serve(0, &["--only", "read"]);
    peer.healthy("good");
    let read = || peer.sandbox.with(|book| book.calls.get("read").copied().unwrap_or_default());
    let (began, before) = (Instant::now(), read());
    tokio::time::sleep(ROUND * 4).await;
    let many = (read() - before) as f64 / began.elapsed().as_secs_f64();
    drop(serving);
    Figure {
        what: "Orders that a server reads in their turn, against the part of the account's rate that is for that",
        value: format!("{:.2} ({many:.1} a second of {:.1})", many / (RATE * SHARE), RATE * SHARE),
        aim: "at most 1",
    }
}

/// Notifications that are answered, and bare inserts of the same bytes, in turns; and how long one takes at 200 a second.
async fn notifications(peer: &Peer, serving: &Serving) -> Vec<Figure> {
    let token = tamara::token::sign(NOTIFY, Utc::now(), Utc::now() + TimeDelta::minutes(15));
    let door = Door { client: reqwest::Client::new(), url: format!("{}/hooks/tamara/jeddah", serving.url), token };
    let mut psql = peer.book.psql().await;
    sqlx::raw_sql("create table public.bare (id bigint generated always as identity, line bytea not null)")
        .execute(&mut psql)
        .await
        .unwrap();
    let pool = sqlx::postgres::PgPoolOptions::new()
        .max_connections(CLIENTS as u32)
        .connect_with(peer.book.options())
        .await
        .unwrap();
    let (mut ours, mut bare) = (0, 0);
    for round in 0..ROUNDS as u64 {
        let ends = Instant::now() + ROUND;
        let insert = async |client: usize| {
            let mut count = 0;
            while Instant::now() < ends {
                let line = body(client, count).into_bytes();
                sqlx::query("insert into public.bare (line) values ($1)").bind(line).execute(&pool).await.unwrap();
                count += 1;
            }
            count
        };
        bare += join_all((0..CLIENTS).map(insert)).await.iter().sum::<u64>();
        let ends = Instant::now() + ROUND;
        let tell = async |client: usize| {
            let mut count = 0;
            while Instant::now() < ends {
                door.tell(body(client, round << 32 | count)).await;
                count += 1;
            }
            count
        };
        ours += join_all((0..CLIENTS).map(tell)).await.iter().sum::<u64>();
    }
    let mut times = Vec::new();
    let began = Instant::now();
    let paced = (0..1_000_u32).map(|number| {
        let door = &door;
        async move {
            tokio::time::sleep_until((began + Duration::from_millis(5) * number).into()).await;
            let sent = Instant::now();
            door.tell(body(99, u64::from(number))).await;
            sent.elapsed()
        }
    });
    times.extend(join_all(paced).await);
    let seconds = ROUNDS as f64 * ROUND.as_secs_f64();
    let value = format!(
        "{:.2} ({:.0} against {:.0} a second)",
        ours as f64 / bare as f64,
        ours as f64 / seconds,
        bare as f64 / seconds
    );
    vec![
        Figure {
            what: "Notifications that are stored and answered, 32 at once, against bare inserts of the same bytes",
            value,
            aim: "at least 0.5",
        },
        Figure {
            what: "A notification at 200 a second, p99",
            value: format!("{:.1} ms", quantile(times, 0.99).as_secs_f64() * 1e3),
            aim: "under 25 ms",
        },
    ]
}

async fn ask(peer: &Peer, number: usize) -> i64 {
    let store = &peer.book.store;
    let account = accounts::all(&store.pool).await.unwrap().into_iter().find(|it| it.name == "jeddah").unwrap();
    let command = Command {
        order: OrderKey::new(TAMARA, &name(number)).unwrap(),
        action: Action::Capture,
        actor: Actor::Merchant,
        amount: Some(Money::new(100, Currency::Sar)),
        parts: None,
        note: None,
        reference: None,
        reason: None,
        expect: None,
        request: Uuid::new_v4(),
    };
    let roles = desk::roles(store, None).await.unwrap();
    match providers::wish(store, roles, &Wish::new(command), &account, Utc::now()).await.unwrap() {
        Answer::Pending(request) => request.id,
        other => panic!("{other:?}"),
    }
}

async fn done(peer: &Peer, id: i64) {
    while requests::one(&peer.book.store.pool, id).await.unwrap().unwrap().state != RequestState::Done {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Calls that the provider answers without a server in between.
async fn bare_calls(peer: &Peer, url: &str) -> f64 {
    let client = reqwest::Client::new();
    let call = async |first: usize| {
        for number in (first..REQUESTS).step_by(CLIENTS) {
            let body = json!({"order_id": name(number), "total_amount": {"amount": 1.0, "currency": "SAR"},
                "shipping_info": {"shipped_at": Utc::now(), "shipping_company": "Aramex"}});
            let request = client
                .post(format!("{url}/payments/capture"))
                .bearer_auth(API)
                .header("Content-Type", "application/json");
            assert!(request.body(body.to_string()).send().await.unwrap().status().is_success());
        }
    };
    let began = Instant::now();
    join_all((0..CLIENTS).map(call)).await;
    let took = began.elapsed().as_secs_f64();
    // The book does not know of these.
    peer.sandbox.with(|book| {
        book.orders.values_mut().for_each(|held| {
            held.moves.clear();
            held.status = "authorised".to_owned();
        })
    });
    REQUESTS as f64 / took
}

pub async fn figures() -> Vec<Figure> {
    let peer = peer_on(book_on(super::server()).await, None, "10000").await;
    for number in 0..REQUESTS + 60 {
        peer.order(&name(number), Authorised).await;
    }
    let url = std::fs::read_to_string(peer.accounts())
        .unwrap()
        .split("base_url = \"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let bare = bare_calls(&peer, &url).await;
    let serving = peer.serve(0, &["--only", "send,receive"]);
    peer.healthy("good");
    let mut figures = notifications(&peer, &serving).await;
    let mut times = Vec::new();
    for number in REQUESTS..REQUESTS + 60 {
        // A process tells the others at most ten times a second; a person asks less often.
        tokio::time::sleep(Duration::from_millis(120)).await;
        let began = Instant::now();
        let id = ask(&peer, number).await;
        done(&peer, id).await;
        times.push(began.elapsed());
    }
    drop(serving);
    let mut last = 0;
    for number in 0..REQUESTS {
        last = ask(&peer, number).await;
    }
    let serving = peer.serve(0, &["--only", "send"]);
    let began = Instant::now();
    let first = last - REQUESTS as i64 + 1;
    for id in first..=last {
        done(&peer, id).await;
    }
    let rate = REQUESTS as f64 / began.elapsed().as_secs_f64();
    drop(serving);
    let value = format!("{:.2} ({rate:.0} against {bare:.0} a second)", rate / bare);
    figures.push(Figure {
        what: "Requests that are sent, answered and recorded, against the provider's own rate with 32 in flight",
        value,
        aim: "reported",
    });
    let value = format!("{:.1} ms", median(times).as_secs_f64() * 1e3);
    figures.push(Figure {
        what: "From asking to the recorded answer, with a provider that answers at once, p50",
        value,
        aim: "under 15 ms",
    });
    figures.push(budget().await);
    figures
}
