//! What a page of a list reads is in proportion to the page, whatever is asked: at one merchant with half of all orders, one with three,
//! a buyer with many, and questions that find nothing.

use chrono::Utc;
use recourse::query::{self, Cursor, Sort};
use recourse::store::page::{self, Of};
use sqlx::postgres::PgPoolOptions;

use super::fill;
use super::harness::book;

const ORDERS: u64 = 100_000;
const PAGE: i64 = 20;
/// The most rows of tables and entries of indexes for one page: some for each status and merchant that is merged, or all of the few that a
/// reading starts from.
const MOST: i64 = 22_000;

/// What this session has read of orders and their words since its transaction began.
const READ: &str =
    "select sum(pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid))::bigint
    from pg_class c left join pg_index i on i.indexrelid = c.oid
    where coalesce(i.indrelid, c.oid) in ('recourse.orders'::regclass, 'recourse.order_word'::regclass)";

#[tokio::test]
async fn a_page_reads_no_more_than_a_page() {
    let book = book().await;
    fill::orders(&book, ORDERS).await;
    let options = book.options().options([("search_path", "recourse")]);
    let mut wrong = Vec::new();
    for (text, sort) in [
        ("merchant=m-7", Sort::Age),
        ("merchant:m-7 age>48h", Sort::Age),
        ("merchant=three", Sort::Age),
        ("merchant=three", Sort::Amount),
        ("merchant=half", Sort::Age),
        ("merchant=half status:approved", Sort::Deadline),
        ("half", Sort::Age),
        ("merchant:m-7 amount>100", Sort::Amount),
        ("status:approved merchant=nobody", Sort::Age),
        ("status:approved merchant:nobody", Sort::Urgency),
        ("due<2h", Sort::Age),
        ("due<2h", Sort::Urgency),
        ("due<2h merchant=half", Sort::Age),
        ("buyer:nobody", Sort::Age),
        ("00005000", Sort::Age),
        ("status:authorised amount>100 due<900d", Sort::Age),
        ("unconfirmed", Sort::Age),
        ("quarantined", Sort::Age),
        ("mine", Sort::Age),
    ] {
        // One connection, so that its transaction counts everything.
        let pool = PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await.unwrap();
        sqlx::raw_sql("begin").execute(&pool).await.unwrap();
        let sieve = query::parse(text).unwrap().sieve("ada", Utc::now(), true);
        page::after(&pool, Of::Sieve(&sieve), sort, &Cursor::start(), PAGE).await.unwrap();
        let read: i64 = sqlx::query_scalar(READ).fetch_one(&pool).await.unwrap();
        if read > MOST {
            wrong.push(format!("{text} by {sort:?}: {read}"));
        }
        pool.close().await;
    }
    assert!(wrong.is_empty(), "of {ORDERS} orders, a page of {PAGE} read:\n{}", wrong.join("\n"));
}
