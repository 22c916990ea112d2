//! The desk: a queue of 100,000 open cases against one of 1,000, 16 people who take cases at once, a report over
//! 1,000,000 cases, and a file in the database, stored in each of the two possible ways.

use std::time::Instant;

use chrono::{TimeDelta, Utc};
use futures_util::future::join_all;
use recourse::desk::cases;
use recourse::domain::Roles;
use recourse::records::CasePlace;
use recourse::records::Queue;
use recourse::records::Zone;
use recourse::store::Store;
use recourse::store::cases::read::{self, Wanted};
use recourse::store::cases::report;

use super::harness::{Book, book_on};
use super::{Figure, fill, median};

const ROUNDS: usize = 200;

/// The median times of the two books, in milliseconds. Every round measures both.
async fn both<F: Future>(small: &Book, large: &Book, run: impl Fn(Store) -> F) -> (f64, f64) {
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for (book, times) in [(small, &mut times.0), (large, &mut times.1)] {
            let began = Instant::now();
            run(book.store.clone()).await;
            times.push(began.elapsed());
        }
    }
    (median(times.0).as_secs_f64() * 1e3, median(times.1).as_secs_f64() * 1e3)
}

fn figure(what: &'static str, (small, large): (f64, f64)) -> Figure {
    Figure { what, value: format!("{:.2} ({large:.2} ms against {small:.2} ms)", large / small), aim: "at most 1.5" }
}

async fn takers(book: &Book, cases: usize) -> Figure {
    let stores: Vec<Store> = (0..16)
        .map(|number| {
            let mut store = book.store.clone();
            store.person = format!("agent{number}");
            store
        })
        .collect();
    let began = Instant::now();
    let takes = stores.iter().map(|store| async move {
        let mut taken = Vec::new();
        while taken.len() < cases / 16 {
            let Ok(Some(whole)) = cases::next(store, Roles::UNREGISTERED, None, Utc::now()).await.unwrap() else {
                break;
            };
            taken.push(whole.case.order_id.clone());
        }
        taken
    });
    let mut taken: Vec<String> = join_all(takes).await.into_iter().flatten().collect();
    let (took, all) = (began.elapsed(), taken.len());
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), all, "a case was taken twice");
    let rate = all as f64 / took.as_secs_f64();
    Figure {
        what: "Cases taken by 16 people at once, each with its details",
        value: format!("{rate:.0} a second, {all} of {all} taken once"),
        aim: "every case taken once",
    }
}

/// Writes 5 MiB and reads them back, as a column and as a large object.
async fn files(book: &Book) -> Figure {
    let mut psql = book.psql().await;
    let content: Vec<u8> = (0..5_u32 << 20).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    sqlx::raw_sql("create table held (content bytea); alter table held alter column content set storage external")
        .execute(&mut psql)
        .await
        .unwrap();
    let (mut column, mut object) = (Vec::new(), Vec::new());
    for _ in 0..12 {
        let began = Instant::now();
        sqlx::query("insert into held values ($1)").bind(&content).execute(&mut psql).await.unwrap();
        let read: Vec<u8> = sqlx::query_scalar("select content from held limit 1").fetch_one(&mut psql).await.unwrap();
        column.push(began.elapsed());
        assert_eq!(read.len(), content.len());
        sqlx::raw_sql("truncate held").execute(&mut psql).await.unwrap();
        let began = Instant::now();
        let (number,): (sqlx::postgres::types::Oid,) =
            sqlx::query_as("select lo_from_bytea(0, $1)").bind(&content).fetch_one(&mut psql).await.unwrap();
        let read: Vec<u8> = sqlx::query_scalar("select lo_get($1)").bind(number).fetch_one(&mut psql).await.unwrap();
        object.push(began.elapsed());
        assert_eq!(read.len(), content.len());
        sqlx::query("select lo_unlink($1)").bind(number).execute(&mut psql).await.unwrap();
    }
    let (column, object) = (median(column).as_secs_f64() * 1e3, median(object).as_secs_f64() * 1e3);
    let value = format!("{:.2} ({column:.0} ms against {object:.0} ms)", column / object);
    Figure {
        what: "A 5 MiB file written and read as a column, against a large object",
        value,
        aim: "the faster one is used",
    }
}

pub async fn figures() -> Vec<Figure> {
    let (small, large) = (book_on(super::server()).await, book_on(super::server()).await);
    fill::cases(&small, 1_000, 0).await;
    fill::cases(&large, 100_000, 900_000).await;
    let page = |store: Store| async move {
        let wanted = Wanted { queue: Queue::Unclaimed, person: "ada", now: Utc::now(), sieve: None };
        assert_eq!(read::page(&store.pool, wanted, &CasePlace::start(), 100).await.unwrap().len(), 100);
    };
    let counts = |store: Store| async move {
        read::counts(&store.pool, "ada", Utc::now(), 1_001).await.unwrap();
    };
    let mut figures = vec![
        figure(
            "First page of a queue, 100,000 open cases of 1,000,000 against 1,000",
            both(&small, &large, page).await,
        ),
        figure("Counts of all queues, same cases", both(&small, &large, counts).await),
    ];
    let next = |store: Store| async move {
        assert!(cases::next(&store, Roles::UNREGISTERED, None, Utc::now()).await.unwrap().unwrap().is_some());
    };
    figures.push(figure("Take the next case, same cases", both(&small, &large, next).await));
    figures.push(takers(&large, 1_600).await);
    let began = Instant::now();
    let to = Utc::now();
    let found = report::report(&large.store.pool, to - TimeDelta::days(60), to, Zone::Utc).await.unwrap();
    let took = began.elapsed();
    let value = format!("{:.1} s, {} cases", took.as_secs_f64(), found.totals.came);
    figures.push(Figure { what: "Report over 1,000,000 cases", value, aim: "none" });
    figures.push(files(&small).await);
    figures
}
