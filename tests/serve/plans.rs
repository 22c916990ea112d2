//! A plan on orders whose merchant has an account is carried out at the provider, row by row, by requests.

use recourse::domain::tamara::Status::Approved;
use serde_json::{Value, json};

use super::peer::{Peer, peer};

/// A plan on these orders by ada, and its number.
fn made(peer: &Peer, words: &[&str]) -> String {
    let told = peer.book.run(&[&["plan", "make"], words, &["--as", "ada", "--json"]].concat());
    assert_eq!(told.code, 0, "{told:?}");
    told.lines().last().unwrap()["plan"].to_string()
}

fn outcomes(peer: &Peer, plan: &str) -> Vec<Value> {
    let lines = peer.book.run(&["plan", "show", plan, "--json"]).lines();
    lines.iter().filter(|line| line["place"].is_i64()).map(|line| line["outcome"].clone()).collect()
}

#[tokio::test]
async fn rows_end_as_the_provider_answers() {
    let peer = peer(None, "200").await;
    for id in ["T-1", "T-2", "T-3", "T-4"] {
        peer.order(id, Approved).await;
    }
    // The provider holds less of one, and has captured another one automatically.
    peer.sandbox.with(|book| book.orders.get_mut("T-2").unwrap().amount = 15_000);
    let _serving = peer.serve(0, &[]);
    peer.healthy("good");
    let dry = peer.book.run(&["plan", "make", "T-1", "T-2", "--dry-run"]);
    assert!(dry.out.contains("Tamara would be asked for 2"), "{dry:?}");
    let plan = made(&peer, &["T-1", "T-2", "T-3", "T-4", "--then", "capture"]);
    // One of them moves before its turn.
    peer.book.run(&["act", "T-3", "authorise", "--as", "ben"]);
    let ran = peer.book.run(&["plan", "run", &plan, "--as", "ada", "--json"]);
    let said = ran.one();
    assert_eq!((ran.code, &said["result"]), (4, &json!("finished")), "{ran:?}");
    assert_eq!(outcomes(&peer, &plan), ["accepted", "refused", "changed", "accepted"], "{}", peer.log());
    assert_eq!((&said["accepted"], &said["confirmed"], &said["waiting"]), (&json!(2), &json!(2), &Value::Null));
    for id in ["T-1", "T-4"] {
        assert_eq!(
            (peer.there(id).status.as_str(), &peer.here(id)["status"]),
            ("fully_captured", &json!("fully_captured"))
        );
        assert_eq!(peer.there(id).moves.len(), 1, "captured once");
    }
    let here = peer.here("T-2");
    assert_eq!(here["status"], "authorised", "what was done stays: {here}");
    let row = &here["plans"][0];
    assert!(row.to_string().contains("amount_exceeds_what_is_left"), "{row}");
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_run_stops_at_what_it_waits_for_and_goes_on() {
    let peer = peer(None, "200").await;
    for id in ["T-1", "T-2"] {
        peer.order(id, Approved).await;
    }
    peer.book.policy("", &[("cancel = { SAR = \"20000\"", "cancel = { SAR = \"200\"")]).await;
    let serving = peer.serve(0, &[]);
    peer.healthy("good");
    peer.fault("401:jeddah");
    let plan = made(&peer, &["T-1", "T-2", "--then", "cancel"]);
    // A refused token is no failure of an order: what was asked waits.
    let ran = peer.book.run(&["plan", "run", &plan, "--as", "ada", "--json"]);
    let said = ran.one();
    assert_eq!(
        (&said["result"], &said["refused"], &said["waiting"]),
        (&json!("stopped"), &json!(0), &json!(2)),
        "{ran:?}"
    );
    assert!(said["message"].as_str().unwrap().contains("the account jeddah is stopped"), "{ran:?}");
    peer.fault("");
    serving.signal("-HUP");
    peer.healthy("good");
    // Money that goes out waits for a lead, rows of plans included.
    let ran = peer.book.run(&["plan", "run", &plan, "--as", "ada", "--json"]);
    assert!(ran.one()["message"].as_str().unwrap().contains("2 of its requests wait for a lead"), "{ran:?}");
    for line in peer.book.run(&["requests", "--state", "to_approve", "--json"]).lines() {
        assert_eq!(peer.book.run(&["requests", "approve", &line["id"].to_string(), "--as", "ben"]).code, 0);
    }
    let ran = peer.book.run(&["plan", "run", &plan, "--as", "ada", "--json"]);
    assert_eq!((ran.code, &ran.one()["accepted"]), (0, &json!(2)), "{ran:?}");
    assert_eq!(peer.there("T-1").status, "canceled");
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_killed_run_goes_on_and_asks_nothing_twice() {
    let peer = peer(None, "40").await;
    for number in 0..30 {
        peer.order(&format!("T-{number}"), Approved).await;
    }
    let _serving = peer.serve(0, &[]);
    peer.healthy("good");
    peer.fault("timeout:0.1,html:0.1,cut:0.1");
    let plan = made(&peer, &["--where", "status:approved", "--then", "capture"]);
    for _ in 0..3 {
        let mut run = peer.book.command(&["plan", "run", &plan, "--as", "ada", "--json"]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(300));
        run.kill().unwrap();
        run.wait().unwrap();
    }
    let ran = peer.book.run(&["plan", "run", &plan, "--as", "ada", "--json"]);
    assert_eq!((ran.code, &ran.one()["result"]), (0, &json!("finished")), "{ran:?}");
    assert!(outcomes(&peer, &plan).iter().all(|outcome| outcome == "accepted"));
    for number in 0..30 {
        let id = format!("T-{number}");
        assert_eq!((peer.there(&id).status.as_str(), peer.there(&id).moves.len()), ("fully_captured", 1), "{id}");
    }
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}
