//! The provider's answer to a request and its notification of the same move, in every order: the move is recorded once, with its id.

use chrono::{TimeDelta, Utc};
use recourse::domain::tamara::Status::Authorised;
use recourse::wire::tamara;
use serde_json::{Value, json};

use super::peer::{NOTIFY, Peer, Serving, peer};

/// Posts a notification of the capture that the provider has of this order, with or without its id.
async fn notify(peer: &Peer, serving: &Serving, id: &str, with_id: bool) {
    let made = peer.there(id).moves[0].clone();
    let capture = if with_id { json!(made.id) } else { Value::Null };
    let body = json!({"order_id": id, "order_number": "1", "event_type": "order_captured",
        "data": {"capture_id": capture, "captured_amount": {"amount": 100.0, "currency": "SAR"}}});
    let token = tamara::token::sign(NOTIFY, Utc::now(), Utc::now() + TimeDelta::minutes(15));
    let url = format!("{}/hooks/tamara/jeddah", serving.url);
    let request = reqwest::Client::new().post(url).header("Content-Type", "application/json").bearer_auth(token);
    let sent = request.body(body.to_string()).send().await.unwrap();
    assert_eq!(sent.status().as_u16(), 200);
}

fn act(peer: &Peer, id: &str) -> Value {
    peer.book.run(&["act", id, "capture", "--amount", "100", "--wait", "0", "--as", "ada", "--json"]).one()
}

/// The captures that are recorded here: who recorded them, from which source, and with which reference.
fn captures(peer: &Peer, id: &str) -> Vec<(String, Value, Value)> {
    let here = peer.here(id);
    let all = here["timeline"].as_array().unwrap().clone();
    let of = |entry: &Value| {
        (entry["source"].as_str().unwrap().to_owned(), entry["reference"].clone(), entry["confirmed"].clone())
    };
    all.iter().filter(|entry| entry["action"] == "capture").map(of).collect()
}

fn state(peer: &Peer, id: &str) -> String {
    peer.book.run(&["requests", "--order", id, "--json"]).one()["state"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_answer_and_the_notification_in_every_order() {
    let peer = peer(None, "200").await;
    for id in ["answer-first", "notified-first", "no-id", "neither"] {
        peer.order(id, Authorised).await;
    }
    let serving = peer.serve(0, &[]);
    peer.healthy("good");
    act(&peer, "answer-first");
    peer.until("it is done", || state(&peer, "answer-first") == "done");
    notify(&peer, &serving, "answer-first", true).await;
    // No answer comes: the provider's notification does, before the order is read, or nothing at all.
    peer.fault("timeout:1");
    for id in ["notified-first", "no-id", "neither"] {
        act(&peer, id);
        peer.until("the provider did it", || !peer.there(id).moves.is_empty());
    }
    notify(&peer, &serving, "notified-first", true).await;
    notify(&peer, &serving, "no-id", false).await;
    peer.until("they are judged", || !captures(&peer, "notified-first").is_empty());
    peer.fault("");
    for id in ["notified-first", "no-id", "neither"] {
        peer.until("it is done", || state(&peer, id) == "done");
    }
    // And once more, when all is over.
    for id in ["answer-first", "notified-first", "no-id", "neither"] {
        notify(&peer, &serving, id, true).await;
        peer.until("the notification is judged", || {
            peer.book.run(&["metrics", "--once"]).out.contains("recourse_notifications_waiting 0")
        });
        let here = captures(&peer, id);
        assert_eq!(here.len(), 1, "{id} is captured once: {here:?} {}", peer.here(id));
        assert_eq!(here[0].2, json!(true), "{id} is confirmed");
        assert_eq!(peer.there(id).moves.len(), 1, "{id} at the provider");
        let reference = peer.book.run(&["requests", "--order", id, "--json"]).one()["reference"].clone();
        assert_eq!(reference, json!(peer.there(id).moves[0].id), "{id}");
    }
    assert_eq!(captures(&peer, "answer-first")[0].0, "answer");
    assert_eq!(peer.book.run(&["quarantine", "--json"]).lines().len(), 0);
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

/// What follows in the right order is judged by two servers at once: the one that commits last tries again what waited.
#[tokio::test]
async fn two_servers_lose_nothing_that_comes_in_order() {
    let peer = peer(None, "200").await;
    let ids: Vec<String> = (0..30).map(|number| format!("T-{number}")).collect();
    for id in &ids {
        peer.order(id, Authorised).await;
    }
    let (one, _other) = (peer.serve(0, &["--only", "receive"]), peer.serve(0, &["--only", "receive"]));
    let url = format!("{}/hooks/tamara/jeddah", one.url);
    let client = reqwest::Client::new();
    let told = async |id: &str, event: &str, data: serde_json::Value| {
        let token = tamara::token::sign(NOTIFY, Utc::now(), Utc::now() + TimeDelta::minutes(15));
        let body = json!({"order_id": id, "event_type": event, "data": data}).to_string();
        let request = client.post(&url).bearer_auth(token).header("Content-Type", "application/json").body(body);
        assert_eq!(request.send().await.unwrap().status().as_u16(), 200);
    };
    let money = |digits: &str| json!({"amount": digits, "currency": "SAR"});
    for id in &ids {
        told(id, "order_captured", json!({"capture_id": format!("c-{id}"), "captured_amount": money("100.00")})).await;
        let refund =
            json!({"refund_id": format!("r-{id}"), "capture_id": format!("c-{id}"), "refunded_amount": money("40.00")});
        told(id, "order_refunded", refund).await;
    }
    for id in &ids {
        peer.until("the refund is recorded", || peer.here(id)["status"] == "partially_refunded");
    }
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}
