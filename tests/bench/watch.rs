//! The watch with 100,000 orders at Approved against 1,000, both of 1,000,000 orders; a plan against the same orders
//! one by one; a sweep of 50,000 expiries against a plain SQL statement.

use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use recourse::console::app::session::Session;
use recourse::console::runtime::headless::Headless;
use recourse::desk::{self, Answer, Command};
use recourse::domain::*;
use recourse::records::PlanHead;
use recourse::records::PlannedAction;
use recourse::settings::prefs::Prefs;
use recourse::store::page::{self, Of};
use recourse::store::watch;
use recourse::stuck::STUCK;
use recourse::stuck::grid::Moments;
use recourse::work::clock::{self, Modes};
use recourse::work::plan;
use recourse::work::plan::run::{Ended, run};
use uuid::Uuid;

use super::harness::{Book, book_on};
use super::{Figure, fill, median};

const ROUNDS: usize = 60;
const ALL: u64 = 1_000_000;
const PAUSE: Duration = Duration::from_millis(150);
const PLANNED: usize = 10_000;
const ONE_BY_ONE: usize = 2_000;
const DUE: i64 = 50_000;

async fn console(book: &Book) -> Headless {
    let session = Session {
        person: "ops1".to_owned(),
        roles: Roles::UNREGISTERED,
        read_only: false,
        place: "bench".to_owned(),
        production: false,
        id: Uuid::nil(),
    };
    Headless::new(book.store.clone(), session, Prefs::default(), None, (130, 40)).await
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn against(what: &'static str, large: Duration, small: Duration, aim: &'static str) -> Figure {
    let (large, small) = (milliseconds(large), milliseconds(small));
    Figure { what, value: format!("{:.2} ({large:.1} ms against {small:.1} ms)", large / small), aim }
}

/// Measures from the key to the full picture: grid, flow, alerts, and the worst merchant's orders with their causes.
async fn pictures(small: &Book, large: &Book) -> Figure {
    let mut consoles = [console(small).await, console(large).await];
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (console, times) in consoles.iter_mut().zip(&mut times) {
            // Wait longer than the console's pause between two reads, so that this pause is not measured.
            tokio::time::sleep(PAUSE).await;
            let began = Instant::now();
            console.press("3").await.unwrap();
            let picture = console.picture();
            times.push(began.elapsed());
            assert!(picture.content.iter().any(|cell| cell.symbol() == "▌"));
            console.press("esc").await.unwrap();
        }
    }
    let [small, large] = times;
    against(
        "Watch from key to picture, 100,000 at Approved against 1,000",
        median(large),
        median(small),
        "at most 1.5, under 100 ms",
    )
}

async fn grids(small: &Book, large: &Book) -> Figure {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (book, times) in [small, large].into_iter().zip(&mut times) {
            let began = Instant::now();
            let grid = watch::grid(&book.store.pool, &Moments::new(Utc::now(), TimeDelta::zero())).await.unwrap();
            times.push(began.elapsed());
            assert_eq!(grid.rows.len(), 50);
        }
    }
    let [small, large] = times;
    against("Its grid alone, same orders", median(large), median(small), "")
}

/// Compares the grid with a count of the orders, which would be necessary without the stored sums.
async fn counted(large: &Book) -> Figure {
    let sql = "select merchant, currency, width_bucket(due_at, array[now(), now() + interval '432 minutes', now() + interval '18 hours', now() + interval '36 hours']),
        count(*), sum(amount) from orders where status = 'approved' group by 1, 2, 3";
    let (mut ours, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS / 4 {
        let began = Instant::now();
        watch::grid(&large.store.pool, &Moments::new(Utc::now(), TimeDelta::zero())).await.unwrap();
        ours.push(began.elapsed());
        let began = Instant::now();
        sqlx::query(sql).fetch_all(&large.store.pool).await.unwrap();
        plain.push(began.elapsed());
    }
    against("Its grid of 100,000, against counting them", median(ours), median(plain), "")
}

async fn stuck_orders(book: &Book, most: i64) -> Vec<recourse::records::OrderRecord> {
    page::after(
        &book.store.pool,
        Of::Statuses(&[STUCK]),
        recourse::query::Sort::Age,
        &recourse::query::Cursor::start(),
        most,
    )
    .await
    .unwrap()
}

/// A book of approved orders that were imported: their logs are complete.
async fn approved(orders: usize) -> Book {
    let book = book_on(super::server()).await;
    let opened = (Utc::now() - TimeDelta::hours(1)).to_rfc3339();
    let mut lines = String::new();
    for number in 0..orders {
        lines += &format!(
            "{{\"type\":\"opened\",\"provider\":\"tamara\",\"order\":\"P-{number}\",\"at\":\"{opened}\",\"currency\":\"SAR\",\"amount\":\"300.00\",\"merchant\":\"m-{}\"}}\n",
            number % 50
        );
        lines += &format!(
            "{{\"type\":\"moved\",\"provider\":\"tamara\",\"order\":\"P-{number}\",\"at\":\"{opened}\",\"action\":\"approve\",\"actor\":\"provider\"}}\n"
        );
    }
    recourse::intake::import::import(&book.store, lines.as_bytes(), |_, _| {}).await.unwrap();
    book
}

async fn plans() -> Figure {
    let book = approved(PLANNED + ONE_BY_ONE).await;
    let orders = stuck_orders(&book, (PLANNED + ONE_BY_ONE) as i64).await;
    let (alone, planned) = orders.split_at(ONE_BY_ONE);
    let began = Instant::now();
    for stored in alone {
        for (action, amount) in [(Action::Authorise, None), (Action::Capture, Some(stored.order.amount))] {
            let order = stored.order.key.clone();
            let (note, reference, reason) = (None, None, None);
            let command = Command {
                order,
                action,
                actor: Actor::Merchant,
                amount,
                parts: None,
                note,
                reference,
                reason,
                expect: None,
                request: Uuid::new_v4(),
            };
            let answer = desk::act(&book.store, Roles::UNREGISTERED, &command, Utc::now(), false).await.unwrap();
            assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
        }
    }
    let one_by_one = 2.0 * ONE_BY_ONE as f64 / began.elapsed().as_secs_f64();
    let head = PlanHead { title: "bench".to_owned(), needs_approval: false, rate: 0, stop_after: 1 };
    let rows: Vec<_> = planned
        .iter()
        .map(|stored| (stored.clone(), PlannedAction::all(&stored.order, Some(Action::Capture))))
        .collect();
    let began = Instant::now();
    let asked = plan::Asked::new(uuid::Uuid::new_v4(), &head, &book.store.person);
    let number = plan::make(&book.store, &head, &rows, &asked).await.unwrap().unwrap().number;
    let ended = run(&book.store, None, number, None, &Utc::now, |_| {}).await.unwrap();
    let together = 2.0 * PLANNED as f64 / began.elapsed().as_secs_f64();
    assert!(matches!(&ended, Ended::Finished(progress) if progress.accepted == PLANNED), "{ended:?}");
    let value = format!("{:.1} ({together:.0} against {one_by_one:.0} a second)", together / one_by_one);
    Figure { what: "Transitions of a plan of 10,000 orders, made and run, against the same one by one", value, aim: "" }
}

/// Compares the expiry of 50,000 unfinished checkouts with a plain SQL statement.
async fn sweep() -> Figure {
    let book = book_on(super::server()).await;
    let mut lines = String::new();
    for number in 0..DUE {
        lines += &format!(
            "{{\"type\":\"opened\",\"provider\":\"tamara\",\"order\":\"E-{number}\",\"at\":\"2026-11-20T08:00:00Z\",\"currency\":\"SAR\",\"amount\":\"300.00\",\"merchant\":\"m-{}\"}}\n",
            number % 50
        );
    }
    recourse::intake::import::import(&book.store, lines.as_bytes(), |_, _| {}).await.unwrap();
    let plain = "create table plain_order (id text primary key, status text not null, version int not null, due_at timestamptz);
        create table plain_log (order_id text not null, seq int not null, action text not null, at timestamptz not null, who text not null, primary key (order_id, seq));
        insert into plain_order select id, status, version, due_at from orders; create index on plain_order (due_at); analyze plain_order";
    let mut psql = book.psql().await;
    sqlx::raw_sql(plain).execute(&mut psql).await.unwrap();
    let began = Instant::now();
    let moved = sqlx::query(
        "with over as (update plain_order set status = 'expired', version = version + 1, due_at = null where due_at <= now() returning id, version)
         insert into plain_log select id, version, 'expire', now(), 'clock' from over",
    )
    .execute(&mut psql)
    .await
    .unwrap();
    let plain = began.elapsed();
    assert_eq!(moved.rows_affected(), DUE as u64);
    let began = Instant::now();
    let swept = clock::sweep(&book.store, Modes::APPLY, Utc::now()).await.unwrap();
    let ours = began.elapsed();
    assert_eq!(swept.count(), DUE as u64);
    let rate = DUE as f64 / ours.as_secs_f64();
    let value = format!(
        "{:.1} times as long ({:.1} s, {rate:.0} a second, against {:.1} s)",
        ours.as_secs_f64() / plain.as_secs_f64(),
        ours.as_secs_f64(),
        plain.as_secs_f64()
    );
    Figure { what: "Sweep of 50,000 expiries, against one plain update and insert without the law", value, aim: "" }
}

pub async fn figures() -> Vec<Figure> {
    let (small, large) = (book_on(super::server()).await, book_on(super::server()).await);
    fill::stuck(&small, 1_000, ALL).await;
    fill::stuck(&large, 100_000, ALL).await;
    vec![
        pictures(&small, &large).await,
        grids(&small, &large).await,
        counted(&large).await,
        plans().await,
        sweep().await,
    ]
}
