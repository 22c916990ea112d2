//! A provider that answers what no provider should: whatever it says, nothing is done twice, nothing stops, and no secret comes back.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use recourse::domain::tamara::Status::{Approved, Authorised};
use serde_json::{Value, json};

use super::peer::{PAIR, Peer, peer};

/// What it answers next: to what reads, and to what writes. The last answer stays. And what was written.
#[derive(Default)]
pub struct Script {
    reads: VecDeque<(u16, String)>,
    writes: VecDeque<(u16, String)>,
    written: usize,
}

pub type Shared = Arc<Mutex<Script>>;

async fn answer(State(script): State<Shared>, method: Method, body: String) -> (StatusCode, String) {
    let mut script = script.lock().unwrap();
    let is_read = method == Method::GET || body.contains("status=order");
    script.written += usize::from(!is_read);
    let queue = if is_read { &mut script.reads } else { &mut script.writes };
    let next = if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() };
    let (status, text) = next.unwrap_or((404, r#"{"message":"none"}"#.to_owned()));
    (StatusCode::from_u16(status).unwrap(), text)
}

/// A book whose accounts lead to a provider that answers by a script.
pub async fn lying() -> (Peer, Shared) {
    let peer = peer(None, "200").await;
    let script = Shared::default();
    let router = Router::new().fallback(answer).with_state(script.clone());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            axum::serve(tokio::net::TcpListener::from_std(listener).unwrap(), router).await.unwrap();
        });
    });
    let text = std::fs::read_to_string(peer.accounts()).unwrap();
    let led = text.lines().map(|line| match line.strip_prefix("base_url = ") {
        Some(_) => format!("base_url = \"{url}\""),
        None => line.to_owned(),
    });
    std::fs::write(peer.accounts(), led.collect::<Vec<_>>().join("\n")).unwrap();
    (peer, script)
}

/// An order of SAR 300.00 as it is read, with these captures.
pub fn read(id: &str, status: &str, captures: &[(&str, &str)]) -> String {
    let money = |digits: &str| json!({"amount": digits, "currency": "SAR"});
    let list: Vec<Value> = captures
        .iter()
        .map(|(id, digits)| json!({"capture_id": id, "total_amount": money(digits), "created_at": chrono::Utc::now()}))
        .collect();
    let sum: f64 = captures.iter().map(|(_, digits)| digits.parse::<f64>().unwrap()).sum();
    json!({"order_id": id, "status": status, "total_amount": money("300.00"), "captured_amount": money(&format!("{sum:.2}")),
        "transactions": {"captures": list}})
    .to_string()
}

/// Waits until the provider accepted the credentials of the account that is used here.
pub fn ready(peer: &Peer) {
    peer.until("jeddah is good", || {
        let lines = peer.book.run(&["accounts", "--json"]).lines();
        lines.iter().any(|line| line["name"] == "jeddah" && line["health"] == "good")
    });
}

pub fn says(script: &Shared, reads: &[(u16, String)], writes: &[(u16, &str)]) {
    let mut script = script.lock().unwrap();
    script.reads = reads.iter().cloned().collect();
    script.writes = writes.iter().map(|(status, text)| (*status, (*text).to_owned())).collect();
    script.written = 0;
}

fn capture(peer: &Peer, id: &str, wait: &str) -> (i32, Value) {
    let told = peer.book.run(&["act", id, "capture", "--amount", "20", "--wait", wait, "--json"]);
    (told.code, told.one())
}

#[tokio::test]
async fn a_reading_that_finds_nothing_decides_nothing() {
    let (peer, script) = lying().await;
    peer.order("T-1", Authorised).await;
    let _serving = peer.serve(0, &[]);
    ready(&peer);
    // It was done, and the answer says that it failed; then one reading does not find the order.
    let seen = read("T-1", "partially_captured", &[("c-1", "20.00")]);
    says(&script, &[(404, r#"{"message":"gone"}"#.to_owned()), (200, seen)], &[(500, "oops")]);
    let (code, told) = capture(&peer, "T-1", "10s");
    assert_eq!((code, &told["transition"]["reference"]), (0, &json!("c-1")), "{told} {}", peer.log());
    assert_eq!(script.lock().unwrap().written, 1);
    // Sums as before and another status: something happened, so it is not said that nothing did.
    peer.order("T-2", Authorised).await;
    says(&script, &[(200, read("T-2", "partially_captured", &[]))], &[(500, "oops")]);
    let (code, told) = capture(&peer, "T-2", "2s");
    assert_eq!((code, &told["request"]["state"]), (6, &json!("unknown")), "{told}");
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

/// Someone refunds on the provider's own pages, too, while the answer to our refund is lost: both are recorded, in their order.
#[tokio::test]
async fn what_came_before_ours_is_recorded_with_it() {
    let (peer, script) = lying().await;
    peer.order("T-1", Authorised).await;
    let _serving = peer.serve(0, &[]);
    ready(&peer);
    let money = |digits: &str| json!({"amount": digits, "currency": "SAR"});
    let capture = json!({"type": "notification", "provider": "tamara", "at": chrono::Utc::now(), "body": {"order_id": "T-1",
        "event_type": "order_captured", "data": {"capture_id": "c-1", "captured_amount": money("300.00")}}});
    peer.book.import(capture.to_string().as_bytes());
    let refund = |id: &str, digits: &str| json!({"refund_id": id, "capture_id": "c-1", "total_amount": money(digits), "created_at": chrono::Utc::now()});
    let seen = json!({"order_id": "T-1", "status": "partially_refunded", "total_amount": money("300.00"),
        "captured_amount": money("300.00"), "refunded_amount": money("70.00"), "transactions": {
            "captures": [{"capture_id": "c-1", "total_amount": money("300.00"), "created_at": chrono::Utc::now()}],
            "refunds": [refund("x-1", "50.00"), refund("x-2", "20.00")]}});
    says(&script, &[(200, seen.to_string())], &[(500, "oops")]);
    let told = peer.book.run(&["act", "T-1", "refund", "--amount", "20", "--wait", "10s", "--json"]);
    assert_eq!((told.code, &told.one()["transition"]["reference"]), (0, &json!("x-2")), "{told:?} {}", peer.log());
    let here = peer.here("T-1");
    let of = |entry: &Value| json!([entry["amount"], entry["reference"], entry["source"]]);
    let last: Vec<Value> = here["timeline"].as_array().unwrap().iter().rev().take(2).map(of).collect();
    let expect = [json!(["20.00", "x-2", "answer"]), json!(["50.00", "x-1", "reading"])];
    assert_eq!(last, expect, "{here}");
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn odd_answers_stop_nothing() {
    let (peer, script) = lying().await;
    for id in ["T-1", "T-2", "T-3", "T-4", "T-5"] {
        peer.order(id, Authorised).await;
    }
    let _serving = peer.serve(0, &[]);
    ready(&peer);
    // An id with a NUL in it, as JSON writes it.
    let seen = read("T-1", "partially_captured", &[("a\u{0}b", "20.00")]);
    says(&script, &[(200, seen)], &[(500, "oops")]);
    assert_eq!(capture(&peer, "T-1", "10s").0, 0, "{}", peer.log());
    // An id that hides something, and one without end: it was done, and a person has to look.
    for (id, odd) in [("T-2", "a\u{202e}b".to_owned()), ("T-3", "c".repeat(5_000))] {
        let answer = json!({"capture_id": odd, "captured_amount": {"amount": "20.00", "currency": "SAR"}}).to_string();
        says(&script, &[(404, "{}".to_owned())], &[(200, &answer)]);
        let (code, told) = capture(&peer, id, "2s");
        assert_eq!((code, &told["request"]["state"]), (6, &json!("unknown")), "{told}");
    }
    // Money in another currency is not what was asked for.
    says(
        &script,
        &[(404, "{}".to_owned())],
        &[(200, r#"{"capture_id":"c","captured_amount":{"amount":20,"currency":"KWD"}}"#)],
    );
    assert_eq!(capture(&peer, "T-4", "2s").1["request"]["state"], "unknown");
    // A conflict, and nothing changed: the refusal has the provider's words.
    let locked = r#"{"message":"this order is locked","errors":[{"error_code":"order_locked"}]}"#;
    says(&script, &[(200, read("T-5", "authorised", &[]))], &[(409, locked)]);
    let (code, told) = capture(&peer, "T-5", "10s");
    assert_eq!((code, &told["result"]), (4, &json!("refused")), "{told}");
    assert!(told["message"].as_str().unwrap().contains("order_locked"), "{told}");
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn no_secret_comes_back_with_an_answer() {
    use base64::prelude::{BASE64_STANDARD, Engine};
    let (peer, script) = lying().await;
    peer.order("T-1", Authorised).await;
    let token = BASE64_STANDARD.encode(format!("{}:{}", PAIR.0, PAIR.1));
    let said = format!(r#"{{"status":"error","message":"Invalid authtoken supplied {token}"}}"#);
    says(
        &script,
        &[(200, said)],
        &[(400, r#"{"message":"bad api-sekret\u002d1234567890 and api-sekret-1234567890"}"#)],
    );
    let _serving = peer.serve(0, &[]);
    peer.until("lekki is stopped", || {
        let lines = peer.book.run(&["accounts", "--json"]).lines();
        lines.iter().any(|line| line["name"] == "lekki" && line["health"] == "stopped")
    });
    says(
        &script,
        &[(404, "{}".to_owned())],
        &[(400, r#"{"message":"bad api-sekret\u002d1234567890 and api-sekret-1234567890"}"#)],
    );
    assert_eq!(peer.book.run(&["accounts", "check", "jeddah"]).code, 0);
    let (code, told) = capture(&peer, "T-1", "5s");
    assert_eq!(code, 4, "{told}");
    let all = [peer.book.run(&["accounts"]).out, told.to_string(), peer.here("T-1").to_string(), peer.log()].concat();
    assert!(all.contains("[removed]"), "{all}");
    for secret in [token.as_str(), PAIR.1, "api-sekret-1234567890"] {
        assert!(!all.contains(secret), "{secret}: {all}");
    }
}

#[tokio::test]
async fn what_has_changed_since_is_not_sent() {
    let peer = peer(None, "200").await;
    for id in ["T-1", "T-2"] {
        peer.order(id, Authorised).await;
    }
    let serving = peer.serve(0, &[]);
    peer.healthy("good");
    peer.fault("401:jeddah");
    let asked = |id: &str, who: &str| {
        let told = peer.book.run(&["act", id, "capture", "--amount", "50", "--wait", "1s", "--as", who, "--json"]);
        assert_eq!(told.one()["request"]["state"], "queued", "{told:?}");
    };
    asked("T-1", "ada");
    // The same was done on the provider's pages, and is reported.
    peer.sandbox.with(|book| {
        book.orders.get_mut("T-1").unwrap().money_move("capture", 5_000, None, chrono::Utc::now()).unwrap()
    });
    let said = json!({"type": "notification", "provider": "tamara", "at": chrono::Utc::now(), "body": {"order_id": "T-1", "event_type": "order_captured",
        "data": {"capture_id": "theirs", "captured_amount": {"amount": "50.00", "currency": "SAR"}}}});
    assert_eq!(peer.book.import(said.to_string().as_bytes()).code, 0);
    peer.fault("");
    serving.signal("-HUP");
    let state = |id: &str| peer.book.run(&["requests", "--order", id, "--json"]).lines()[0]["state"].clone();
    peer.until("it is refused", || state("T-1") == "refused");
    assert_eq!(peer.there("T-1").sum("capture"), 5_000, "captured once");
    assert_eq!(peer.here("T-1")["amounts"]["captured"], "50.00");
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn two_servers_send_no_more_with_a_broken_token() {
    let peer = peer(None, "200").await;
    peer.order("T-1", Approved).await;
    let _both = [peer.serve(0, &[]), peer.serve(0, &[])];
    peer.healthy("good");
    peer.fault("401:jeddah");
    peer.book.run(&["act", "T-1", "authorise", "--wait", "4s", "--json"]);
    let line = peer.book.run(&["requests", "--json"]).lines().remove(0);
    assert_eq!((&line["attempts"], &line["state"]), (&json!(1), &json!("queued")), "{line}");
    peer.fault("");
    assert_eq!(peer.book.run(&["accounts", "check", "jeddah"]).code, 0);
    peer.until("it is done", || peer.here("T-1")["status"] == "authorised");
}

#[tokio::test]
async fn a_server_that_is_stopped_waits_for_its_answers() {
    let (peer, script) = lying().await;
    peer.order("T-1", Authorised).await;
    let serving = peer.serve(0, &[]);
    ready(&peer);
    let answer = r#"{"capture_id":"c-1","captured_amount":{"amount":"20.00","currency":"SAR"}}"#;
    says(&script, &[(404, "{}".to_owned())], &[(200, answer)]);
    peer.book.run(&["act", "T-1", "capture", "--amount", "20", "--wait", "0", "--json"]);
    peer.until("it is written", || script.lock().unwrap().written == 1);
    serving.signal("-TERM");
    peer.until("it is recorded", || peer.here("T-1")["status"] == "partially_captured");
}
