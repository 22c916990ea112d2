//! The feed under commit orders that lose rows with a naive cursor. Uses its own server, because a long write anywhere
//! in a cluster holds the feed back.

use std::sync::OnceLock;
use std::time::Duration;

use recourse::domain::*;
use recourse::store::embedded::Embedded;
use recourse::store::feed::{self, Place};
use recourse::store::{Proof, Record, append};
use sqlx::{Postgres, Transaction};

use super::harness::{Book, at, book_on, opening, settings};

fn own_server() -> &'static Embedded {
    static SERVER: OnceLock<Embedded> = OnceLock::new();
    SERVER.get_or_init(|| Embedded::join(&settings("feed-server")).expect("a private server"))
}

async fn insert(tx: &mut Transaction<'_, Postgres>, id: &str) {
    let key = OrderKey::new(TAMARA, id).unwrap();
    let order = Order::open(key, Money::new(100, Currency::Sar), at("2026-11-01T08:00:00Z"));
    append::append(tx, &[Record::Opening(opening(order), Proof::new(Source::Import, "recourse"))]).await.unwrap();
}

async fn news(book: &Book, place: &mut Place) -> Vec<String> {
    let news = feed::since(&book.store.pool, place, 100).await.unwrap();
    news.into_iter().map(|news| news.order_id.trim_start_matches("tamara:").to_owned()).collect()
}

/// Gets a transaction id without writing, like a transaction that writes later.
async fn number(tx: &mut Transaction<'_, Postgres>) {
    sqlx::query("select pg_current_xact_id()").execute(&mut **tx).await.unwrap();
}

/// Runs the commit orders one after the other: a transaction of one would hold back another's feed.
#[tokio::test]
async fn nothing_is_lost_whatever_order_commits_come_in() {
    let book = book_on(own_server()).await;
    let mut place = Place::start();

    // Ids in order, commits not: the later id is seen first, and the earlier one must still appear.
    let (mut a, mut b) = (book.store.pool.begin().await.unwrap(), book.store.pool.begin().await.unwrap());
    insert(&mut a, "A1").await;
    insert(&mut b, "B1").await;
    b.commit().await.unwrap();
    let first = news(&book, &mut place).await;
    a.commit().await.unwrap();
    let then = news(&book, &mut place).await;
    assert_eq!([first, then].concat(), ["A1", "B1"]);

    // The older transaction gets the later id: a cursor on the id alone skips the younger one's row.
    let (mut a, mut b) = (book.store.pool.begin().await.unwrap(), book.store.pool.begin().await.unwrap());
    number(&mut a).await;
    insert(&mut b, "B2").await;
    insert(&mut a, "A2").await;
    a.commit().await.unwrap();
    let first = news(&book, &mut place).await;
    b.commit().await.unwrap();
    let then = news(&book, &mut place).await;
    assert_eq!((first, then), (vec!["A2".to_owned()], vec!["B2".to_owned()]));

    // A long write elsewhere holds the feed back. The feed reports for how long, and loses nothing.
    let (mut a, mut b) = (book.store.pool.begin().await.unwrap(), book.store.pool.begin().await.unwrap());
    number(&mut a).await;
    insert(&mut b, "B3").await;
    b.commit().await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(news(&book, &mut place).await, Vec::<String>::new());
    let beat = feed::pulse(&book.store.pool, "ada", 10).await.unwrap();
    assert!(beat.behind > 1.0 && beat.holder.as_deref() == Some("recourse"), "{beat:?}");
    a.commit().await.unwrap();
    assert_eq!(news(&book, &mut place).await, ["B3"]);

    // After a dump and restore, or a failover, old transaction ids are in the future: the feed sorts by epoch first.
    let mut psql = book.psql().await;
    let sql = "insert into epoch select max(number) + 1, 1, 1 from epoch";
    sqlx::raw_sql(sql).execute(&mut psql).await.unwrap();
    place.xid = "18446744073709551615".to_owned();
    let mut a = book.store.pool.begin().await.unwrap();
    insert(&mut a, "A4").await;
    a.commit().await.unwrap();
    assert_eq!(news(&book, &mut place).await, ["A4"]);
    assert_eq!(news(&book, &mut place).await, Vec::<String>::new());

    // The bell only says that there is something new.
    let mut bell = feed::listen(&book.store.pool).await.unwrap();
    feed::ring(&book.store).await;
    feed::rung(&mut bell).await.unwrap();
}
