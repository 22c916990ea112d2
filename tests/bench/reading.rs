//! The board, the first page of a status, a page deep in it, and searches: 1,000,000 orders against 10,000.

use std::time::{Duration, Instant};

use chrono::Utc;
use recourse::domain::*;
use recourse::query::{self, Cursor, Sort};
use recourse::store::page::{self, Of};
use recourse::store::read;

use super::harness::{Book, book_on};
use super::{Figure, fill, median};

const ROUNDS: usize = 300;
const LONGEST: Duration = Duration::from_secs(10);
const PAGE: i64 = 100;

pub async fn books() -> (Book, Book) {
    let (small, large) = (book_on(super::server()).await, book_on(super::server()).await);
    fill::orders(&small, 10_000).await;
    fill::orders(&large, 1_000_000).await;
    (small, large)
}

/// The cursor of an order in the middle of a status.
async fn deep(book: &Book, orders: u64) -> Cursor {
    let key = OrderKey::new(TAMARA, &format!("B-{:08}", orders / 2 / 4 * 4)).unwrap();
    Cursor::of(&read::order(&book.store.pool, &key).await.unwrap().unwrap(), Sort::Age)
}

/// The median times of the two books. Every round measures both, so that other load on the machine affects both.
async fn both<F: Future>(small: &Book, large: &Book, run: impl Fn(&Book) -> F) -> (Duration, Duration) {
    let (mut times, began) = ((Vec::new(), Vec::new()), Instant::now());
    while times.0.len() < ROUNDS && began.elapsed() < LONGEST {
        for (book, times) in [(small, &mut times.0), (large, &mut times.1)] {
            let began = Instant::now();
            run(book).await;
            times.push(began.elapsed());
        }
    }
    (median(times.0), median(times.1))
}

fn figure(what: &'static str, (small, large): (Duration, Duration)) -> Figure {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let ratio = milliseconds(large) / milliseconds(small);
    let value = format!("{ratio:.2} ({:.2} ms against {:.2} ms)", milliseconds(large), milliseconds(small));
    Figure { what, value, aim: "at most 1.5" }
}

pub async fn figures(small: &Book, large: &Book) -> Vec<Figure> {
    let approved = [tamara::Status::Approved.status()];
    let board = |book: &Book| {
        let pool = book.store.pool.clone();
        async move { read::board(&pool).await.unwrap() }
    };
    let page = |book: &Book, place: Cursor| {
        let pool = book.store.pool.clone();
        async move {
            let page = page::after(&pool, Of::Statuses(&approved), Sort::Age, &place, PAGE).await.unwrap();
            assert_eq!(page.len(), PAGE as usize);
        }
    };
    let find = |book: &Book, text: &'static str| {
        let pool = book.store.pool.clone();
        async move {
            let sieve = query::parse(text).unwrap().sieve("ada", Utc::now(), true);
            page::after(&pool, Of::Sieve(&sieve), Sort::Age, &Cursor::start(), PAGE).await.unwrap();
        }
    };
    let (near, far) = (deep(small, 10_000).await, deep(large, 1_000_000).await);
    let middle = |book: &Book| if book.name == large.name { far.clone() } else { near.clone() };
    vec![
        figure("Board, 1,000,000 orders against 10,000", both(small, large, board).await),
        figure("First page of a status, same orders", both(small, large, |book| page(book, Cursor::start())).await),
        figure("Middle page of a status, same orders", both(small, large, |book| page(book, middle(book))).await),
        figure(
            "Find one order by part of its id, same orders",
            both(small, large, |book| find(book, "00005000")).await,
        ),
        figure(
            "Find orders of one merchant of 40, over 48 h in their status",
            both(small, large, |book| find(book, "merchant:m-7 age>48h")).await,
        ),
        figure(
            "Find by status, amount and time left, same orders",
            both(small, large, |book| find(book, "status:authorised amount>100 due<60d")).await,
        ),
    ]
}
