//! Webhooks are registered at the provider, listed and removed; what is registered is told what happens.

use recourse::domain::tamara::Status::Approved;
use serde_json::{Value, json};

use super::peer::{Peer, peer, port};

fn webhooks(peer: &Peer, words: &[&str]) -> Vec<Value> {
    let accounts = peer.accounts();
    let mut all = vec!["accounts", "webhooks", "jeddah", "--accounts", accounts.to_str().unwrap(), "--json"];
    all.extend(words);
    let told = peer.book.run(&all);
    assert_eq!(told.code, 0, "{told:?}");
    told.lines()
}

#[tokio::test]
async fn a_registered_address_is_told() {
    let peer = peer(None, "200").await;
    let port = port();
    peer.order("T-1", Approved).await;
    let _serving = peer.serve(port, &[]);
    peer.healthy("good");
    assert_eq!(webhooks(&peer, &[]), Vec::<Value>::new());
    let url = format!("http://127.0.0.1:{port}/hooks/tamara/jeddah");
    let told = webhooks(&peer, &["--url", &url]);
    assert_eq!((told.len(), &told[0]["url"]), (1, &json!(url)));
    // The same address again is adopted.
    assert_eq!(webhooks(&peer, &["--url", &url]), told);
    // Someone else's order moves at the provider: the webhook says so.
    let authorise = format!("http://127.0.0.1:{}/orders/T-1/authorise", peer.provider_port());
    let sent = reqwest::Client::new().post(authorise).bearer_auth(super::peer::API).send().await.unwrap();
    assert!(sent.status().is_success());
    peer.until("the notification is recorded", || peer.here("T-1")["status"] == "authorised");
    assert_eq!(webhooks(&peer, &["--remove", told[0]["id"].as_str().unwrap()]), Vec::<Value>::new());
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}
