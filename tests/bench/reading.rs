//! Board, first page and a page deep in a status: a million orders against ten thousand.

use recourse::domain::*;
use recourse::store::read::{self, Cursor};
use sqlx::AssertSqlSafe;

use super::harness::{Book, book_on};
use super::{Figure, timed};

const ROUNDS: usize = 300;
const PAGE: i64 = 100;

/// Orders without their lives: so many, over four statuses, opened one a minute.
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
         insert into tally select provider, status, currency, count(*), sum(amount) from orders group by 1, 2, 3;"
    );
    let mut psql = book.psql().await;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut psql).await.unwrap();
    sqlx::raw_sql("vacuum analyze orders, transition, tally").execute(&mut psql).await.unwrap();
}

pub async fn books() -> (Book, Book) {
    let (small, large) = (book_on(super::server()).await, book_on(super::server()).await);
    fill(&small, 10_000).await;
    fill(&large, 1_000_000).await;
    (small, large)
}

/// The place of an order in the middle of a status.
async fn deep(book: &Book, orders: u64) -> Cursor {
    let key = OrderKey::new(Provider::Tamara, &format!("B-{:08}", orders / 2 / 4 * 4)).unwrap();
    Cursor::of(&read::order(&book.store.pool, &key).await.unwrap().unwrap())
}

pub async fn figures(small: &Book, large: &Book) -> Vec<Figure> {
    let approved = [Status::Tamara(tamara::Status::Approved)];
    let mut figures = Vec::new();
    let mut put = |what, small: std::time::Duration, large: std::time::Duration| {
        let ratio = large.as_secs_f64() / small.as_secs_f64();
        let value =
            format!("{ratio:.2} ({:.2} ms against {:.2} ms)", large.as_secs_f64() * 1e3, small.as_secs_f64() * 1e3);
        figures.push(Figure { what, value, aim: "at most 1.5" });
    };
    let board = |book: &Book| {
        let pool = book.store.pool.clone();
        timed(ROUNDS, move || {
            let pool = pool.clone();
            async move { read::board(&pool).await.unwrap() }
        })
    };
    put("the board, 1,000,000 orders of 10,000", board(small).await, board(large).await);
    let page = |book: &Book, place: Cursor| {
        let pool = book.store.pool.clone();
        timed(ROUNDS, move || {
            let (pool, place) = (pool.clone(), place.clone());
            async move { assert_eq!(read::page_after(&pool, &approved, &place, PAGE).await.unwrap().len(), PAGE as usize) }
        })
    };
    put("the first page of a status", page(small, Cursor::start()).await, page(large, Cursor::start()).await);
    let (there, far) = (deep(small, 10_000).await, deep(large, 1_000_000).await);
    put("a page in the middle of a status", page(small, there).await, page(large, far).await);
    figures
}
