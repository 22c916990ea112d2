//! Messages to parties are given to a command or a webhook, once each where nothing goes wrong, and say what became of them.

use chrono::{TimeDelta, Utc};
use recourse::domain::*;
use serde_json::{Value, json};

use super::harness::{put, way_to};
use super::peer::{Peer, peer};

fn write(peer: &Peer, text: &str) {
    let told = peer.book.run(&["case", "message", "D-1", "--to", "buyer", text, "--as", "ada"]);
    assert_eq!(told.code, 0, "{told:?}");
}

/// What became of the last message.
fn last(peer: &Peer) -> Value {
    let shown = peer.book.run(&["case", "show", "D-1", "--json"]).one();
    let events = shown["events"].as_array().unwrap().clone();
    events.into_iter().rfind(|event| event["what"] == "messaged").unwrap()
}

/// Adds or replaces `[messages]` of the accounts file.
fn carried_by(peer: &Peer, how: &str) {
    let text = std::fs::read_to_string(peer.accounts()).unwrap();
    let accounts = text.split("[messages]").next().unwrap();
    std::fs::write(peer.accounts(), format!("{accounts}[messages]\n{how}\npauses = [\"100ms\"]\n")).unwrap();
}

#[tokio::test]
async fn a_message_says_what_became_of_it() {
    let peer = peer(None, "200").await;
    let opened = Utc::now() - TimeDelta::hours(30);
    let order = Order::open(OrderKey::new(ATARAPAY, "D-1").unwrap(), Money::new(450_000, Currency::Ngn), opened);
    put(&peer.book.store, &order, &way_to(&order, atarapay::Status::Disputed.status())).await;
    write(&peer, "no one carries this");
    assert_eq!(last(&peer)["delivery"], Value::Null);
    let shown = peer.book.run(&["case", "show", "D-1"]).out;
    assert!(shown.contains("recorded only: send it yourself"), "{shown}");
    // A command gets it on standard input.
    let out = peer.file("sent");
    carried_by(&peer, &format!("command = \"cat >> {0}; echo >> {0}\"", out.display()));
    let serving = peer.serve(0, &[]);
    peer.healthy("good");
    write(&peer, "where is the parcel; `rm -rf /`?");
    peer.until("it is sent", || last(&peer)["delivery"] == "sent");
    let told: Value = serde_json::from_str(std::fs::read_to_string(&out).unwrap().trim()).unwrap();
    let expect = json!({"order": "D-1", "provider": "atarapay", "case": 1, "party": "buyer", "to": "Ada", "text": "where is the parcel; `rm -rf /`?",
        "by": "ada", "waits": false, "attempt": 1, "amount": "4500.00", "currency": "NGN"});
    for (key, value) in expect.as_object().unwrap() {
        assert_eq!(&told[key], value, "{key}: {told}");
    }
    // One that does not take it is tried again, and then has failed: a person sends it.
    carried_by(&peer, "command = \"exit 3\"");
    serving.signal("-HUP");
    peer.until("the file was read again", || peer.log().contains("the accounts were read again"));
    write(&peer, "second");
    peer.until("it has failed", || last(&peer)["delivery"] == "failed");
    assert!(last(&peer)["fault"].as_str().unwrap().contains("exit status: 3"), "{}", last(&peer));
    assert!(peer.book.run(&["case", "show", "D-1"]).out.contains("send it yourself"));
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
    drop(serving);
    // A way that is not one is refused before anything starts.
    carried_by(&peer, "webhook = \"http://example.com/hook\"");
    let accounts = peer.accounts();
    let told = peer.book.run(&["serve", "--accounts", accounts.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    assert!(told.code == 2 && told.err.contains("has to start with https://"), "{told:?}");
}
