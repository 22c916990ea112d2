//! Orders that are read at their provider, because people ask for it.

use chrono::{DateTime, TimeDelta, Utc};
use recourse::domain::Currency;
use recourse::domain::tamara::Status::{Approved, Authorised};
use serde_json::{Value, json};

use super::peer::{Peer, peer};

/// Reads the orders with these ids; what it prints, and its exit code.
fn filled(peer: &Peer, ids: &str, account: &str) -> (i32, Vec<Value>) {
    let file = peer.file("ids");
    std::fs::write(&file, ids).unwrap();
    let told = peer.book.run(&["import", "--ids", file.to_str().unwrap(), "--account", account, "--json"]);
    (told.code, told.lines())
}

/// The status and amounts of an order, here or at the provider.
fn sums(peer: &Peer, id: &str) -> [Value; 3] {
    let here = peer.here(id);
    [here["status"].clone(), here["amounts"]["captured"].clone(), here["amounts"]["refunded"].clone()]
}

#[tokio::test]
async fn older_orders_are_filled_in_by_their_ids() {
    let peer = peer(None, "200").await;
    for (id, status) in [("here", Approved), ("new", Approved), ("paid", Authorised), ("returned", Authorised)] {
        peer.order(id, status).await;
    }
    // Three are known to the provider only.
    peer.sandbox.with(|book| {
        for (id, captured, refunded) in [("new", 0, 0), ("paid", 30_000, 0), ("returned", 30_000, 12_000)] {
            let mut held = book.orders.remove(id).unwrap();
            held.order_id = format!("old-{id}");
            if captured > 0 {
                held.money_move("capture", captured, None, Utc::now()).unwrap();
            }
            if refunded > 0 {
                held.money_move("refund", refunded, None, Utc::now()).unwrap();
            }
            book.orders.insert(held.order_id.clone(), held);
        }
    });
    let _serving = peer.serve(0, &[]);
    peer.healthy("good");
    let ids = "old-new\n\n  old-paid  \nold-returned\nold-paid\nhere\n";
    let (code, lines) = filled(&peer, ids, "jeddah");
    assert_eq!((code, lines.len()), (0, 1), "{lines:?} {}", peer.log());
    assert_eq!((&lines[0]["read"], &lines[0]["failed"]), (&json!(4), &json!(0)));
    let expect = [
        ("here", ["approved", "0.00", "0.00"]),
        ("old-new", ["approved", "0.00", "0.00"]),
        ("old-paid", ["fully_captured", "300.00", "0.00"]),
        ("old-returned", ["partially_refunded", "300.00", "120.00"]),
    ];
    for (id, words) in expect {
        assert_eq!(sums(&peer, id), words.map(Value::from), "{id}: {}", peer.here(id));
    }
    let versions = expect.map(|(id, _)| peer.here(id)["version"].clone());
    // Again, with one that the provider does not know: nothing is recorded twice, and it says which.
    let (code, lines) = filled(&peer, &format!("{ids}nobody\n"), "jeddah");
    assert_eq!((code, lines.len()), (1, 2), "{lines:?}");
    assert_eq!((&lines[0]["order"], &lines[1]["failed"]), (&json!("tamara:nobody"), &json!(1)), "{lines:?}");
    assert_eq!(expect.map(|(id, _)| peer.here(id)["version"].clone()), versions);
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_order_without_a_time_is_opened_when_it_is_first_heard_of() {
    let peer = peer(None, "200").await;
    peer.order("20171", Approved).await;
    peer.sandbox.with(|book| {
        let mut held = book.orders.remove("20171").unwrap();
        (held.order_id, held.account, held.currency) = ("20172".to_owned(), "lekki".to_owned(), Currency::Ngn);
        (held.status, held.created_at) = ("awaiting_buyer_response".to_owned(), DateTime::UNIX_EPOCH);
        book.orders.insert(held.order_id.clone(), held);
    });
    let _serving = peer.serve(0, &[]);
    peer.healthy("good");
    let before = Utc::now();
    let (code, lines) = filled(&peer, "20172\n", "lekki");
    assert_eq!(code, 0, "{lines:?} {}", peer.log());
    let here = peer.here("20172");
    let opened: DateTime<Utc> = here["opened_at"].as_str().unwrap().parse().unwrap();
    assert!(opened >= before && opened <= Utc::now(), "{here}");
    assert_eq!((&here["status"], &here["amount"]), (&json!("awaiting_buyer_response"), &json!("300.00")));
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn ids_that_cannot_be_read_are_refused_before_anything_is_asked() {
    let peer = peer(None, "200").await;
    let _serving = peer.serve(0, &[]);
    peer.healthy("good");
    let long = format!("fine\n{}\n", "x".repeat(5_000));
    for (ids, account, code) in
        [("one\n", "nobody", 1), (long.as_str(), "jeddah", 2), ("fine\na\u{202e}b\n", "jeddah", 2)]
    {
        let (told, lines) = filled(&peer, ids, account);
        assert_eq!(told, code, "{account}: {lines:?}");
    }
    let wanted: i64 = sqlx::query_scalar("select count(*) from recourse.reading")
        .fetch_one(&mut peer.book.psql().await)
        .await
        .unwrap();
    assert_eq!(wanted, 0, "no order is asked for");
}

#[tokio::test]
async fn an_order_is_read_before_it_expires() {
    let peer = peer(None, "200").await;
    // Approved four days ago, and three days are given.
    for id in ["expired-there", "authorised-there", "says-nothing"] {
        peer.order_of(id, Approved, TimeDelta::days(4)).await;
    }
    peer.sandbox.with(|book| {
        book.orders.get_mut("expired-there").unwrap().status = "expired".to_owned();
        book.orders.get_mut("authorised-there").unwrap().authorise().unwrap();
    });
    let _serving = peer.serve(0, &[]);
    peer.healthy("good");
    let status = |id: &str| peer.here(id)["status"].clone();
    peer.until("the provider's word is recorded", || {
        status("expired-there") == "expired" && status("authorised-there") == "authorised"
    });
    let here = peer.here("expired-there");
    let last = here["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["action"], &last["source"]), (&json!("expire"), &json!("reading")));
    // It was authorised there, and no notification said so.
    let here = peer.here("authorised-there");
    let last = here["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["action"], &last["source"], &last["confirmed"]),
        (&json!("authorise"), &json!("reading"), &json!(true))
    );
    // The provider still says approved: what it says is not contradicted.
    assert_eq!(status("says-nothing"), "approved");
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}
