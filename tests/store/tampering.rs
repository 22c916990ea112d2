//! `verify` names what was changed outside the log.

use recourse::domain::*;
use serde_json::json;
use sqlx::AssertSqlSafe;

use super::harness::{at, book, put, way_to};

/// Changes that need the owner's rights and disabled triggers, and the place that `verify` must name.
#[rustfmt::skip]
const CHANGES: &[(&str, &str, &str)] = &[
    ("a note", "update transition set note = 'other' where order_id = 'tamara:T-1' and seq = 3", "tamara:T-1"),
    ("an amount", "alter table transition drop constraint transition_tamara_fits; update transition set amount = 1, captured = 1 where order_id = 'tamara:T-1' and seq = 4", "tamara:T-1"),
    ("the provider", "alter table transition drop constraint transition_whole, drop constraint transition_tamara_fits, drop constraint transition_atarapay_fits; update transition set provider = 'atarapay' where order_id = 'tamara:T-1' and seq = 4", "tamara:T-1"),
    ("the recorder", "update transition set recorder = 'eve' where order_id = 'tamara:T-1' and seq = 2", "tamara:T-1"),
    ("the time", "update transition set happened_at = happened_at - interval '1 hour' where order_id = 'tamara:T-1' and seq = 4", "tamara:T-1"),
    ("the last row deleted", "delete from transition where order_id = 'tamara:T-1' and seq = 4", "tamara:T-1"),
    ("a middle row deleted", "delete from transition where order_id = 'tamara:T-1' and seq = 3", "tamara:T-1"),
    ("a hash", "update transition set hash = sha256('x') where order_id = 'tamara:T-1' and seq = 3", "tamara:T-1"),
    ("the projection", "update orders set captured = 0 where id = 'tamara:T-1'", "tamara:T-1"),
    ("a deadline", "update orders set due_at = now() where id = 'tamara:T-2'", "tamara:T-2"),
    ("the opening amount", "update orders set amount = 1 where id = 'tamara:T-2'", "tamara:T-2"),
    ("the merchant", "update orders set merchant = 'm-8' where id = 'tamara:T-2'", "tamara:T-2"),
    ("an unknown status", "update orders set status = 'lost' where id = 'tamara:T-1'", "tamara:T-1"),
    ("one part without the other", "update orders set to_seller = 1 where id = 'tamara:T-1'", "tamara:T-1"),
    ("a deadline without a clock", "update orders set due_at = now() where id = 'tamara:T-1'", "tamara:T-1"),
    ("the position in the feed", "update transition set xid = '9999999' where order_id = 'tamara:T-1' and seq = 2", "tamara:T-1"),
    ("a request's body", "update transition set request_id = gen_random_uuid(), request_digest = 'x' where order_id = 'tamara:T-1' and seq = 2", "tamara:T-1"),
    ("the recorded state", "update transition set state = state || ' ' where order_id = 'tamara:T-1' and seq = 4", "tamara:T-1"),
    ("an infinite time", "update orders set entered_at = 'infinity' where id = 'tamara:T-1'", "tamara:T-1"),
    ("an order without a log", "insert into orders (id, provider, currency, amount, opened_at) values ('tamara:T-3', 'tamara', 'SAR', 1, now())", "tamara:T-3"),
    ("the words of its search", "update order_word set words = '' where order_id = 'tamara:T-2'", "tamara:T-2"),
    ("a tally", "insert into tally values ('tamara', 'approved', 'SAR', 1, 100)", "approved"),
];

#[tokio::test]
async fn what_was_tampered_with_is_named() {
    for (what, sql, place) in CHANGES {
        let book = book().await;
        for (id, goal) in [("T-1", tamara::Status::FullyCaptured), ("T-2", tamara::Status::Approved)] {
            let key = OrderKey::new(TAMARA, id).unwrap();
            let order = Order::open(key, Money::new(30_000, Currency::Sar), at("2026-11-01T08:00:00Z"));
            put(&book.store, &order, &way_to(&order, goal.status())).await;
        }
        let sound = book.run(&["verify", "--json"]);
        assert_eq!((sound.code, sound.one()["result"].clone()), (0, json!("sound")));
        let mut psql = book.psql().await;
        let sql = format!("set session_replication_role = replica; {sql}");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut psql).await.unwrap();
        let told = book.run(&["verify", "--json"]);
        let lines = told.lines();
        let named = lines.iter().any(|line| line["place"].as_str().is_some_and(|named| named.contains(place)));
        assert_eq!((told.code, named), (1, true), "{what}: {told:?}");
    }
}
