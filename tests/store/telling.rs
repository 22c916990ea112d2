//! Alerts outside: a real webhook and a real command get every change once they can, in order, and again if no one reacts.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use recourse::intake::import;
use recourse::stuck::rule::read;
use recourse::work::deliver::{self, Telling};
use recourse::work::tell::Tellers;
use recourse::work::watcher;
use serde_json::{Value, json};

use super::harness::{Book, book};

/// A webhook that answers with this status and keeps what it got.
struct Peer {
    url: String,
    got: Arc<Mutex<Vec<Value>>>,
    status: Arc<Mutex<u16>>,
}

fn peer(status: u16) -> Peer {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook?token=s3cret", listener.local_addr().unwrap());
    let (got, status) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(status)));
    let (keep, answer) = (got.clone(), status.clone());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut bytes, mut piece) = (Vec::new(), [0; 4_096]);
            let body = loop {
                let count = stream.read(&mut piece).unwrap();
                bytes.extend_from_slice(&piece[..count]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let body = text.split_once("\r\n\r\n").and_then(|(_, body)| serde_json::from_str(body).ok());
                if let Some(body) = body {
                    break body;
                }
            };
            let code = *answer.lock().unwrap();
            if code < 300 {
                keep.lock().unwrap().push(body);
            }
            _ = stream
                .write_all(format!("HTTP/1.1 {code} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").as_bytes());
        }
    });
    Peer { url, got, status }
}

impl Peer {
    fn told(&self) -> Vec<String> {
        let word = |body: &Value, name: &str| body[name].as_str().unwrap().to_owned();
        self.got.lock().unwrap().iter().map(|body| format!("{} {}", word(body, "what"), word(body, "why"))).collect()
    }
}

async fn approve(book: &Book, id: &str, merchant: &str) {
    let at = Utc::now() - TimeDelta::hours(1);
    let lines = [
        json!({"type": "opened", "provider": "tamara", "order": id, "at": at, "currency": "SAR", "amount": "300.00", "merchant": merchant}),
        json!({"type": "notification", "provider": "tamara", "at": at, "body": {"order_id": id, "event_type": "order_approved", "data": []}}),
    ];
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    import::import(&book.store, lines.join("\n").as_bytes(), |_, _| {}).await.unwrap();
}

async fn authorise(book: &Book, id: &str) {
    let line = json!({"type": "notification", "provider": "tamara", "at": Utc::now(), "body": {"order_id": id, "event_type": "order_authorised", "data": []}});
    import::import(&book.store, line.to_string().as_bytes(), |_, _| {}).await.unwrap();
}

/// Looks once, as a watcher that was just started, and sends what is due. Returns what went wrong.
async fn look(book: &Book, tellers: &Tellers) -> Vec<String> {
    let rules = [read("any", "count>=1 each critical").unwrap()];
    let looked = watcher::look(&book.store, &rules, Utc::now(), true).await.unwrap();
    deliver::queue(&book.store, tellers, &looked.alarms).await.unwrap();
    let mut telling = Telling::default();
    let mut failures = Vec::new();
    // What follows another delivery of the same alert is due after it.
    for _ in 0..3 {
        telling.begin(&book.store, tellers).await.unwrap();
        failures.extend(telling.finish().await);
    }
    failures
}

/// Everything that waits is due now.
async fn skip_the_pause(book: &Book) {
    sqlx::query("update recourse.alert_delivery set due_at = now() where sent_at is null")
        .execute(&mut book.psql().await)
        .await
        .unwrap();
}

/// Its text comes from outside and is not executed; errors show no secret.
#[tokio::test]
async fn a_webhook_and_a_command_are_told() {
    let book = book().await;
    approve(&book, "T-1", "$(touch /tmp/x)").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("told");
    let command =
        format!("printf '%s|%s|' \"$RECOURSE_ALERT\" \"$RECOURSE_ALERT_SEVERITY\" > {0}; cat >> {0}", file.display());
    let peer = peer(204);
    let tellers = Tellers { webhook: Some(peer.url.clone()), command: Some(command), ..Tellers::default() };
    assert_eq!(look(&book, &tellers).await, Vec::<String>::new());
    let body = peer.got.lock().unwrap()[0].clone();
    assert_eq!((&body["alert"], &body["key"]), (&json!("any/$(touch /tmp/x)"), &json!("recourse/any/$(touch /tmp/x)")));
    assert_eq!(body["rule"], json!("count>=1 each critical"));
    assert_eq!(body["command"], json!(r#"recourse orders --where 'status:approved merchant="$(touch /tmp/x)"'"#));
    let told = std::fs::read_to_string(&file).unwrap();
    assert!(told.starts_with("any/$(touch /tmp/x)|critical|{"), "{told}");
    approve(&book, "T-2", "other").await;
    let nobody = Tellers {
        webhook: Some("http://127.0.0.1:1/?token=s3cret".to_owned()),
        command: Some("exit 3".to_owned()),
        ..Tellers::default()
    };
    let failures = look(&book, &nobody).await.join("; ");
    assert!(failures.contains("no connection") && failures.contains("exit"), "{failures}");
    let history = book.run(&["stuck", "alerts", "--history"]).out;
    assert!(history.contains("waits after 1 attempt") && history.contains("webhook: sent"), "{history}");
    assert!(!failures.contains("s3cret") && !history.contains("s3cret"));
}

/// A webhook that is down loses nothing: another process sends it later, in order.
#[tokio::test]
async fn what_a_webhook_missed_arrives_in_order() {
    let book = book().await;
    let peer = peer(503);
    let tellers = Tellers { webhook: Some(peer.url.clone()), ..Tellers::default() };
    approve(&book, "T-1", "a").await;
    assert_eq!(look(&book, &tellers).await.len(), 1, "one attempt, which fails");
    authorise(&book, "T-1").await;
    skip_the_pause(&book).await;
    look(&book, &tellers).await;
    assert_eq!(peer.told(), Vec::<String>::new());
    *peer.status.lock().unwrap() = 204;
    skip_the_pause(&book).await;
    look(&book, &tellers).await;
    assert_eq!(peer.told(), ["fired change", "cleared change"]);
    look(&book, &tellers).await;
    assert_eq!(peer.told().len(), 2, "each change is sent once");
}

/// What no one acknowledges is repeated, and goes to the second sink; an acknowledgement stops both.
#[tokio::test]
async fn what_no_one_acknowledges_is_repeated_and_escalated() {
    let book = book().await;
    let (first, second) = (peer(204), peer(204));
    let soon = Tellers {
        webhook: Some(first.url.clone()),
        second_webhook: Some(second.url.clone()),
        repeat: Duration::ZERO,
        escalate: Duration::ZERO,
        ..Tellers::default()
    };
    let late = Tellers { repeat: Duration::from_secs(3_600), escalate: Duration::from_secs(3_600), ..soon.clone() };
    approve(&book, "T-1", "a").await;
    look(&book, &late).await;
    look(&book, &late).await;
    assert_eq!((first.told(), second.told().len()), (vec!["fired change".to_owned()], 0));
    // Meanwhile there is one more: what is repeated says so.
    approve(&book, "T-2", "a").await;
    look(&book, &soon).await;
    let said: Vec<String> = sqlx::query_scalar("select said from recourse.alert_delivery order by id")
        .fetch_all(&mut book.psql().await)
        .await
        .unwrap();
    assert!(said[0].contains("1 at") && said[1..].iter().all(|it| it.contains("2 at")), "{said:?}");
    assert_eq!(
        (first.told(), second.told()),
        (vec!["fired change".into(), "fired repeat".into()], vec!["fired escalated".to_owned()])
    );
    let ack = book.run(&["stuck", "ack", "any/a", "--reason", "known", "--for", "4h", "--config", "/dev/null"]);
    // The rules of the command line are the built-in ones; the alert is known all the same.
    assert_eq!(ack.code, 0, "{ack:?}");
    look(&book, &soon).await;
    assert_eq!((first.told().len(), second.told().len()), (2, 1));
    authorise(&book, "T-1").await;
    authorise(&book, "T-2").await;
    look(&book, &soon).await;
    assert_eq!((first.told()[2].as_str(), second.told()[1].as_str()), ("cleared change", "cleared change"));
}

/// Sixteen watchers at once send each change once.
#[tokio::test]
async fn many_watchers_send_once() {
    let book = book().await;
    let peer = peer(204);
    let tellers = Tellers { webhook: Some(peer.url.clone()), ..Tellers::default() };
    approve(&book, "T-1", "a").await;
    let looks = (0..16).map(|_| look(&book, &tellers));
    futures_util::future::join_all(looks).await;
    assert_eq!(peer.told(), ["fired change"]);
}
