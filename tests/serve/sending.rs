//! What people ask for reaches the provider once, and is recorded when its answer is known.

use recourse::domain::tamara::Status::{Approved, Authorised};
use serde_json::json;

use super::peer::{API, NOTIFY, PAIR, peer};

/// The id of a refused or open request's JSON answer.
fn because(told: &serde_json::Value) -> (&str, &str) {
    (told["result"].as_str().unwrap_or_default(), told["why"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn an_action_is_asked_answered_and_recorded() {
    let peer = peer(None, "200").await;
    peer.order("T-1", Approved).await;
    let serving = peer.serve(0, &[]);
    peer.healthy("good");
    let told = peer.book.run(&["act", "T-1", "authorise", "--as", "ada", "--json"]);
    assert_eq!(told.code, 0, "{told:?} {}", peer.log());
    let moved = told.one()["transition"].clone();
    assert_eq!(
        (&moved["to"], &moved["recorder"], &moved["source"]),
        (&json!("authorised"), &json!("ada"), &json!("answer"))
    );
    assert_eq!((&moved["confirmed"], peer.there("T-1").status.as_str()), (&json!(true), "authorised"));
    let told = peer.book.run(&["act", "T-1", "capture", "--amount", "100", "--tracking-number", "n-1", "--json"]);
    assert_eq!(told.code, 0, "{told:?}");
    let there = peer.there("T-1");
    assert_eq!(told.one()["transition"]["reference"], json!(there.moves[0].id));
    assert_eq!((there.status.as_str(), there.moves[0].amount), ("partially_captured", 10_000));
    // What the action does not use is refused, and so is a hook's address that can be none.
    let unused = peer.book.run(&["act", "T-1", "capture", "--amount", "1", "--phone", "0803 555 0147"]);
    assert!(unused.code == 2 && unused.err.contains("--phone is for deliver"), "{unused:?}");
    let accounts = peer.accounts();
    for url in
        ["not a url", "http://hooks.example.com/hooks/tamara/jeddah", "https://u:p@h/x", "https://h/x?tamaraToken=1"]
    {
        let words = ["accounts", "webhooks", "jeddah", "--url", url, "--accounts", accounts.to_str().unwrap()];
        assert_eq!(peer.book.run(&words).code, 2, "{url}");
    }
    // The provider refuses what it does not have: the order stays, and the answer is evidence.
    peer.sandbox.with(|book| book.orders.get_mut("T-1").unwrap().amount = 15_000);
    let told = peer.book.run(&["act", "T-1", "capture", "--amount", "100", "--json"]);
    assert_eq!((told.code, because(&told.one())), (4, ("refused", "provider")), "{told:?}");
    assert!(told.one()["message"].as_str().unwrap().contains("amount_exceeds_what_is_left"), "{told:?}");
    let here = peer.here("T-1");
    assert_eq!(here["status"], "partially_captured");
    assert!(here["evidence"].to_string().contains("\"400\""), "{here}");
    let listed = peer.book.run(&["requests", "--json"]).lines();
    let states: Vec<&str> = listed.iter().map(|line| line["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["refused", "done", "done"]);
    assert_eq!((&listed[0]["attempts"], &listed[2]["asked_by"]), (&json!(1), &json!("ada")));
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
    drop(serving);
    for secret in [API, NOTIFY, PAIR.0, PAIR.1] {
        assert!(!peer.log().contains(secret));
    }
}

#[tokio::test]
async fn what_is_not_known_is_read_and_never_sent_again() {
    let peer = peer(None, "200").await;
    for id in ["T-1", "T-2", "T-3"] {
        peer.order(id, Authorised).await;
    }
    let _serving = peer.serve(0, &[]);
    peer.healthy("good");
    for (id, fault) in [("T-1", "timeout:1"), ("T-2", "html:1"), ("T-3", "cut:1")] {
        peer.fault(fault);
        let told = peer.book.run(&["act", id, "capture", "--amount", "100", "--wait", "2s", "--json"]);
        assert_eq!((told.code, &told.one()["request"]["state"]), (6, &json!("unknown")), "{id}: {told:?}");
        let again = peer.book.run(&["act", id, "capture", "--amount", "100", "--json"]);
        assert_eq!((again.code, because(&again.one())), (4, ("refused", "asking")), "{again:?}");
    }
    peer.fault("");
    for id in ["T-1", "T-2", "T-3"] {
        peer.until("it is known", || peer.here(id)["status"] == "partially_captured");
        assert_eq!(peer.there(id).moves.len(), 1, "captured once");
    }
    // A conflict that did nothing is refused after one reading; one that was not done can be asked again.
    peer.fault("409:1");
    let told = peer.book.run(&["act", "T-1", "capture", "--amount", "50", "--json"]);
    assert_eq!((told.code, because(&told.one())), (4, ("refused", "provider")), "{told:?}");
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_broken_token_stops_the_account_and_nothing_has_failed() {
    let peer = peer(None, "200").await;
    peer.order("T-1", Approved).await;
    let serving = peer.serve(0, &[]);
    peer.healthy("good");
    peer.fault("401:jeddah");
    let told = peer.book.run(&["act", "T-1", "authorise", "--wait", "1s", "--json"]);
    assert_eq!((told.code, &told.one()["request"]["state"]), (6, &json!("queued")), "{told:?}");
    let line =
        peer.book.run(&["accounts", "--json"]).lines().into_iter().find(|line| line["name"] == "jeddah").unwrap();
    assert_eq!(line["health"], "stopped", "{line}");
    assert_eq!(peer.book.run(&["accounts", "check", "jeddah", "--json"]).code, 1);
    assert_eq!(peer.book.run(&["accounts", "check", "lekki", "--json"]).code, 0);
    let calls = peer.sandbox.with(|book| book.calls.clone());
    assert_eq!(calls.get("authorise"), None, "{calls:?}");
    peer.fault("");
    serving.signal("-HUP");
    peer.until("it is sent", || peer.here("T-1")["status"] == "authorised");
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

/// Parts of a refund are one refund: together they need the lead whom the whole would need.
#[tokio::test]
async fn money_in_parts_waits_like_the_whole() {
    let peer = peer(None, "200").await;
    peer.order("T-1", Authorised).await;
    peer.book.policy("", &[("refund = { SAR = \"20000\"", "refund = { SAR = \"100\"")]).await;
    let _serving = peer.serve(0, &[]);
    peer.healthy("good");
    assert_eq!(peer.book.run(&["act", "T-1", "capture", "--amount", "300", "--as", "ada"]).code, 0);
    let refund = |amount: &str| {
        let told = peer.book.run(&["act", "T-1", "refund", "--amount", amount, "--as", "ada", "--json"]);
        (told.code, told.one())
    };
    assert_eq!(refund("60").0, 0);
    assert_eq!(refund("40").0, 0);
    let (code, told) = refund("1");
    assert_eq!((code, &told["request"]["state"]), (6, &json!("to_approve")), "{told}");
    assert_eq!(peer.book.run(&["requests", "approve", &told["request"]["id"].to_string(), "--as", "ben"]).code, 0);
    peer.until("it is refunded", || peer.here("T-1")["amounts"]["refunded"] == "101.00");
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn money_that_goes_out_waits_for_a_lead() {
    let peer = peer(None, "200").await;
    peer.order("T-1", Authorised).await;
    peer.book.policy("", &[("cancel = { SAR = \"20000\"", "cancel = { SAR = \"200\"")]).await;
    let _serving = peer.serve(0, &[]);
    peer.healthy("good");
    let told = peer.book.run(&["act", "T-1", "cancel", "--amount", "300", "--as", "ada", "--json"]);
    let request = told.one()["request"].clone();
    assert_eq!((told.code, &request["state"]), (6, &json!("to_approve")), "{told:?}");
    let id = request["id"].to_string();
    assert_eq!(peer.book.run(&["requests", "approve", &id, "--as", "ada", "--json"]).code, 4);
    assert_eq!(peer.there("T-1").status, "authorised");
    // An order that is asked about is not moved by anyone else.
    let expire = peer.book.run(&["act", "T-1", "capture", "--amount", "1", "--json"]);
    assert_eq!(because(&expire.one()), ("refused", "asking"));
    let told = peer.book.run(&["requests", "approve", &id, "--as", "ben", "--json"]);
    assert_eq!(told.code, 0, "{told:?}");
    peer.until("it is canceled", || peer.here("T-1")["status"] == "canceled");
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}
