//! Search: the database finds exactly the orders that an independent check of the query finds, on every page.

use chrono::{DateTime, TimeDelta, Utc};
use recourse::domain::*;
use recourse::query::{self, Cursor, Sort};
use recourse::store::page::{self, Of};
use recourse::store::{Record, append};
use serde_json::json;
use sqlx::Connection;

use super::harness::{Book, at, book, opening, way_to};

const NAMES: [&str; 6] = ["Ngozi Eze", "سارة العتيبي", "O'Brien \\ Sons", "ngozi-mart", "Aba Leather", "m-7"];

/// Fills a book with 210 orders in all statuses, with different names and amounts.
async fn filled(book: &Book, now: DateTime<Utc>) {
    book.unlimited().await;
    let mut connection = book.store.pool.acquire().await.unwrap();
    let statuses: Vec<Status> = [TAMARA, ATARAPAY].iter().flat_map(|it| it.statuses()).collect();
    for (number, status) in statuses.iter().cycle().take(210).enumerate() {
        let provider = status.provider();
        let currencies = provider.currencies();
        let currency = currencies[number % currencies.len()];
        let key = OrderKey::new(provider, &format!("F-{number}")).unwrap();
        let opened = now - TimeDelta::hours(number as i64 * 7);
        let amount = Money::new((number as i64 % 40 + 1) * 25_050, currency);
        let order = Order::open(key, amount, opened);
        let mut first = opening(order.clone());
        first.merchant = Some(NAMES[number % 6].to_owned());
        first.buyer = Some(NAMES[(number + 1) % 6].to_owned());
        let proof = |source, seq: usize| recourse::store::Proof {
            note: Some("told".to_owned()),
            reference: Some(format!("r-{seq}")),
            ..recourse::store::Proof::new(source, "recourse")
        };
        let mut records = vec![Record::Opening(first, proof(Source::Import, 1))];
        for (place, step) in way_to(&order, *status).into_iter().enumerate() {
            let source = if (number + place).is_multiple_of(3) { Source::Import } else { Source::Notification };
            records.push(Record::Step(step, proof(source, place + 2)));
        }
        let mut tx = connection.begin().await.unwrap();
        append::append(&mut tx, &records).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn the_database_finds_what_the_query_says() {
    let (book, now) = (book().await, at("2026-11-20T12:00:00Z"));
    filled(&book, now).await;
    // The reference checks each order on its own.
    let all = page::after(
        &book.store.pool,
        Of::Sieve(&query::parse("").unwrap().sieve("ada", now, true)),
        Sort::Age,
        &Cursor::start(),
        1_000,
    )
    .await
    .unwrap();
    assert_eq!(all.len(), 210);
    type Holds = fn(&recourse::records::OrderRecord, DateTime<Utc>) -> bool;
    let cases: [(&str, Holds); 19] = [
        ("status:disputed", |it, _| it.order.status.name() == "disputed"),
        ("status:approved,authorised", |it, _| ["approved", "authorised"].contains(&it.order.status.name())),
        ("-status:approved provider:tamara", |it, _| {
            it.order.provider() == TAMARA && it.order.status.name() != "approved"
        }),
        ("age>48h", |it, now| now - it.order.entered_at > TimeDelta::hours(48)),
        ("-age>48h", |it, now| now - it.order.entered_at <= TimeDelta::hours(48)),
        ("age<=14h", |it, now| now - it.order.entered_at <= TimeDelta::hours(14)),
        ("due<2h", |it, now| it.order.due_at().is_some_and(|due| due - now < TimeDelta::hours(2))),
        ("-due<2h", |it, now| it.order.due_at().is_none_or(|due| due - now >= TimeDelta::hours(2))),
        ("due>=2d", |it, now| it.order.due_at().is_some_and(|due| due - now >= TimeDelta::days(2))),
        ("amount>5000", |it, _| it.order.amount.minor > 5_000 * 10_i64.pow(it.order.amount.currency.exponent())),
        ("amount<=501 currency:SAR", |it, _| {
            it.order.amount.minor <= 50_100 && it.order.amount.currency == Currency::Sar
        }),
        ("amount:250.5", |it, _| it.order.amount.minor * 2 == 501 * 10_i64.pow(it.order.amount.currency.exponent())),
        ("-amount<1000", |it, _| it.order.amount.minor >= 1_000 * 10_i64.pow(it.order.amount.currency.exponent())),
        ("buyer:ngozi", |it, _| ["Ngozi Eze", "ngozi-mart"].contains(&it.buyer.as_deref().unwrap())),
        ("buyer:\"eze ngo\" -merchant:ngozi", |it, _| {
            it.buyer.as_deref() == Some("Ngozi Eze")
                && !["Ngozi Eze", "ngozi-mart"].contains(&it.merchant.as_deref().unwrap())
        }),
        ("سارة", |it, _| [&it.buyer, &it.merchant].iter().any(|name| name.as_deref() == Some(NAMES[1]))),
        ("o'brien \\", |it, _| [&it.buyer, &it.merchant].iter().any(|name| name.as_deref() == Some(NAMES[2]))),
        ("unconfirmed", |it, _| it.unconfirmed > 0),
        ("f-20 -unconfirmed", |it, _| it.order.key.id.starts_with("F-20") && it.unconfirmed == 0),
    ];
    for (text, holds) in cases {
        let sieve = query::parse(text).unwrap().sieve("ada", now, true);
        let expect: Vec<&str> = all.iter().filter(|it| holds(it, now)).map(|it| it.order.key.id.as_str()).collect();
        assert!(!expect.is_empty() && expect.len() < 210, "{text}: {}", expect.len());
        let (mut found, mut place) = (Vec::new(), Cursor::start());
        loop {
            let page = page::after(&book.store.pool, Of::Sieve(&sieve), Sort::Age, &place, 7).await.unwrap();
            let Some(last) = page.last() else { break };
            place = Cursor::of(last, Sort::Age);
            found.extend(page);
        }
        let ids: Vec<&str> = found.iter().map(|it| it.order.key.id.as_str()).collect();
        assert_eq!(ids, expect, "{text}");
        let back = page::before(&book.store.pool, Of::Sieve(&sieve), Sort::Age, &Cursor::end(), 1_000).await.unwrap();
        assert_eq!(back, found, "{text}, from the end");
    }
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// With every sort, a list matches an independent reference, forwards and backwards, without gaps between pages.
#[tokio::test]
async fn lists_are_sorted_in_the_database() {
    let (book, now) = (book().await, at("2026-11-20T12:00:00Z"));
    filled(&book, now).await;
    let pool = &book.store.pool;
    let statuses: Vec<Status> = [TAMARA, ATARAPAY].iter().flat_map(|it| it.statuses()).collect();
    let sieve = query::parse("-status:new").unwrap().sieve("ada", now, true);
    let thousandths = |it: &recourse::records::OrderRecord| {
        it.order.amount.minor * 10_i64.pow(3 - it.order.amount.currency.exponent())
    };
    for of in [Of::Statuses(&statuses), Of::Sieve(&sieve)] {
        for sort in [Sort::Age, Sort::Amount, Sort::Deadline, Sort::Urgency, Sort::Changed] {
            let (mut found, mut place) = (Vec::new(), Cursor::start());
            loop {
                let page = page::after(pool, of, sort, &place, 13).await.unwrap();
                let Some(last) = page.last() else { break };
                place = Cursor::of(last, sort);
                found.extend(page);
            }
            let mut expect = found.clone();
            expect.sort_by_key(|it| {
                let (due, entered, id) = (it.order.due_at(), it.order.entered_at, it.order.key.to_string());
                let by_age = (entered.timestamp_micros(), id.clone());
                match sort {
                    Sort::Age => (false, by_age.0, by_age.1),
                    Sort::Amount => (false, -thousandths(it), id),
                    Sort::Changed => (false, -it.changed_at.timestamp_micros(), id),
                    Sort::Deadline => due.map_or((true, by_age.0, by_age.1), |due| (false, due.timestamp_micros(), id)),
                    Sort::Urgency => due.map_or_else(
                        || (true, -thousandths(it), it.order.key.to_string()),
                        |due| (false, due.timestamp_micros(), it.order.key.to_string()),
                    ),
                }
            });
            let ids = |these: &[recourse::records::OrderRecord]| {
                these.iter().map(|it| it.order.key.to_string()).collect::<Vec<_>>()
            };
            assert_eq!(ids(&found), ids(&expect), "{sort:?}");
            assert!(found.len() > 150, "{}", found.len());
            let back = page::before(pool, of, sort, &Cursor::end(), 1_000).await.unwrap();
            assert_eq!(ids(&back), ids(&found), "{sort:?}, from the end");
            let middle = Cursor::of(&found[77], sort);
            assert_eq!(ids(&page::before(pool, of, sort, &middle, 5).await.unwrap()), ids(&found[72..77]), "{sort:?}");
        }
    }
}

#[tokio::test]
async fn the_command_line_finds_and_points_at_faults() {
    let book = book().await;
    filled(&book, Utc::now()).await;
    let found = book.run(&["orders", "--where", "buyer:\"ngozi eze\" -unconfirmed", "--all", "--json"]).lines();
    assert!(!found.is_empty());
    assert!(found.iter().all(|it| it["matched"] == json!({"field": "buyer", "value": "Ngozi Eze"})), "{found:?}");
    // A capture of an order that was never authorised goes to quarantine.
    let line = r#"{"type":"moved","provider":"tamara","order":"F-1","at":"2026-11-20T12:00:00Z","action":"capture","actor":"merchant","amount":"1.00"}"#;
    assert_eq!(book.import(line.as_bytes()).one()["quarantined"], json!(1));
    let held = book.run(&["orders", "--where", "quarantined", "--json"]).lines();
    assert_eq!(held.iter().map(|it| it["order"].as_str().unwrap()).collect::<Vec<_>>(), ["F-1"]);
    let hidden = book.run(&["orders", "--where", "status:expired", "--json"]).lines();
    assert!(hidden.iter().all(|it| it["status"] == "expired") && !hidden.is_empty());
    let wrong = book.run(&["orders", "--where", "status:approved ag>48h"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("status:approved ag>48h\n                ^^ \"ag\" is not a key; the nearest is \"age\""),
        "{}",
        wrong.err
    );
}

/// A query for a name uses the index of names, whatever the rest of the query is.
#[tokio::test]
async fn names_are_found_by_their_index() {
    let book = book().await;
    let mut psql = book.psql().await;
    sqlx::raw_sql("set enable_seqscan = off").execute(&mut psql).await.unwrap();
    let words = "explain select order_id from order_word where words @@ '(''b:ngozi'':*)'::tsquery";
    let plan: Vec<String> = sqlx::query_scalar(words).fetch_all(&mut psql).await.unwrap();
    assert!(plan.iter().any(|line| line.contains("order_word_found")), "{plan:#?}");
}

/// The index by amount has the currencies with three decimals as constants, because an index cannot read a table.
#[tokio::test]
async fn amounts_are_ranked_by_the_decimals_of_their_currency() {
    let book = book().await;
    let three: Vec<String> = sqlx::query_scalar("select code from currency where exponent = 3 order by code")
        .fetch_all(&mut book.psql().await)
        .await
        .unwrap();
    assert_eq!(three, ["BHD", "KWD", "OMR"]);
    let index: String = sqlx::query_scalar("select pg_get_indexdef('orders_by_amount'::regclass)")
        .fetch_one(&mut book.psql().await)
        .await
        .unwrap();
    assert!(three.iter().all(|code| index.contains(&format!("'{code}'"))), "{index}");
    assert_eq!(index.matches("::text").count(), three.len(), "{index}");
}
