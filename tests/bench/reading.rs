//! The board, the first page of a status, a page deep in it, and searches: 1,000,000 orders against 10,000.

use std::time::{Duration, Instant};

use chrono::Utc;
use recourse::domain::*;
use recourse::query::{self, Cursor, Sort};
use recourse::store::page::{self, Of};
use recourse::store::read;
use sqlx::AssertSqlSafe;

use super::harness::{Book, book_on};
use super::{Figure, median};

const ROUNDS: usize = 300;
const LONGEST: Duration = Duration::from_secs(10);
const PAGE: i64 = 100;

/// Inserts orders in three statuses, opened one minute apart. Their logs have only the opening.
async fn fill(book: &Book, orders: u64) {
    let sql = format!(
        "set session_replication_role = replica;
         insert into orders (id, provider, currency, amount, merchant, buyer, opened_at, status, version, authorised, captured, entered_at, moved_at, due_at)
         select 'tamara:B-' || lpad(i::text, 8, '0'), 'tamara', 'SAR', 30000, 'm-' || i % 40, 'buyer ' || i, opened, status, version,
           case when version > 2 then 30000 else 0 end, case when version = 4 then 30000 else 0 end, opened, opened,
           case version when 2 then opened + interval '72 hours' when 3 then opened + interval '90 days' end
         from (select i, now() - interval '1 minute' * ({orders} - i) as opened,
             (array['approved', 'authorised', 'fully_captured', 'fully_captured'])[1 + i % 4] as status,
             (array[2, 3, 4, 4])[1 + i % 4] as version from generate_series(1, {orders}) i) given;
         insert into transition (order_id, seq, law, provider, from_status, action, actor, to_status, total, amount, authorised, canceled, captured,
           refunded, attempt, rejection_pending, due_at, happened_at, recorded_at, source, recorder, login, hash, epoch, xid, state, before)
         select id, 1, 1, 'tamara', '', 'open', 'buyer', 'new', amount, amount, 0, 0, 0, 0, 1, false, opened_at + interval '30 minutes', opened_at, now(), 'import', 'bench', 'bench', '', 1,
           pg_current_xact_id(), '', '' from orders;
         insert into order_word select id, array_to_tsvector(name_words('o', substr(id, length(provider) + 2)) || name_words('m', merchant)
           || name_words('b', buyer) || name_words('s', seller)) from orders;
         insert into tally select provider, status, currency, count(*), sum(amount) from orders group by 1, 2, 3;"
    );
    let mut psql = book.psql().await;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut psql).await.unwrap();
    sqlx::raw_sql("vacuum analyze orders, transition, tally, order_word").execute(&mut psql).await.unwrap();
}

pub async fn books() -> (Book, Book) {
    let (small, large) = (book_on(super::server()).await, book_on(super::server()).await);
    fill(&small, 10_000).await;
    fill(&large, 1_000_000).await;
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
