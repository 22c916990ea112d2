//! What the provider says is stored before it is answered, and judged like an import.

use chrono::{TimeDelta, Utc};
use recourse::domain::tamara::Status::Approved;
use recourse::wire::{atarapay, tamara};
use serde_json::json;

use super::peer::{NOTIFY, PAIR, peer, port};

async fn post(url: &str, token: Option<&str>, kind: &str, body: Vec<u8>) -> u16 {
    post_with(&reqwest::Client::new(), url, token, kind, body).await
}

async fn post_with(client: &reqwest::Client, url: &str, token: Option<&str>, kind: &str, body: Vec<u8>) -> u16 {
    let mut request = client.post(url).header("Content-Type", kind).body(body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request.send().await.unwrap().status().as_u16()
}

fn token() -> String {
    tamara::token::sign(NOTIFY, Utc::now(), Utc::now() + TimeDelta::minutes(15))
}

#[tokio::test]
async fn checks_come_in_their_order() {
    let peer = peer(None, "200").await;
    let serving = peer.serve(0, &["--only", "receive"]);
    let url = |account: &str| format!("{}/hooks/tamara/{account}", serving.url);
    let good = token();
    let json = "application/json";
    let check = async |url: String, token: Option<&str>, body: Vec<u8>, expect: u16| {
        assert_eq!(post(&url, token, json, body).await, expect, "{url}");
    };
    check(url("nobody"), Some(&good), b"{}".to_vec(), 404).await;
    check(url("lekki"), Some(&good), b"{}".to_vec(), 404).await;
    check(url("jeddah"), None, vec![b' '; (256 << 10) + 1], 413).await;
    check(url("jeddah"), None, b"{}".to_vec(), 401).await;
    check(url("jeddah"), Some("e30.e30.x"), b"{}".to_vec(), 401).await;
    check(url("jeddah"), Some(&good), vec![b' '; 256 << 10], 200).await;
    check(url("jeddah"), Some(&good), b"\xff\xfe not text".to_vec(), 200).await;
    let glued = format!("{}&tamaraToken={good}", url("jeddah"));
    check(glued, None, br#"{"order_id":"x-1","event_type":"order_on_hold"}"#.to_vec(), 200).await;
    let packed =
        reqwest::Client::new().post(url("jeddah")).header("Content-Encoding", "gzip").body("x").send().await.unwrap();
    assert_eq!(packed.status().as_u16(), 415);
    for path in ["healthz", "readyz", "metrics"] {
        assert_eq!(reqwest::get(format!("{}/{path}", serving.url)).await.unwrap().status().as_u16(), 200, "{path}");
    }
    peer.until("they are judged", || peer.book.run(&["quarantine", "--json"]).lines().len() == 3);
    let metrics = reqwest::get(format!("{}/metrics", serving.url)).await.unwrap().text().await.unwrap();
    let wanted = [
        r#"recourse_accounts{account="jeddah",health="good"} 1"#,
        r#"recourse_requests{state="queued"} 0"#,
        "recourse_notifications_waiting 0",
    ];
    for line in wanted {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    let raw = peer.book.run(&["quarantine", "--json"]).out;
    assert!(!raw.contains(&good) && !peer.log().contains(&good) && !peer.log().contains("tamaraToken"), "{raw}");
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_notification_moves_an_order_and_the_board_fills_itself() {
    let peer = peer(None, "200").await;
    peer.order("T-1", Approved).await;
    peer.order("T-2", Approved).await;
    // The second is known to the provider only.
    peer.sandbox.with(|book| {
        let mut held = book.orders["T-2"].clone();
        held.order_id = "T-9".to_owned();
        held.authorise().unwrap();
        held.money_move("capture", 10_000, None, Utc::now()).unwrap();
        book.orders.insert("T-9".to_owned(), held);
    });
    let serving = peer.serve(0, &[]);
    peer.healthy("good");
    let url = format!("{}/hooks/tamara/jeddah", serving.url);
    let said = |id: &str| json!({"order_id": id, "order_status": "authorised"}).to_string().into_bytes();
    assert_eq!(post(&url, Some(&token()), "application/json", said("T-1")).await, 200);
    assert_eq!(post(&url, Some(&token()), "application/json", said("T-9")).await, 200);
    peer.until("it is authorised", || peer.here("T-1")["status"] == "authorised");
    peer.until("it is opened", || peer.book.run(&["show", "T-9", "--json"]).code == 0);
    peer.until("it is read", || peer.here("T-9")["status"] == "partially_captured");
    let here = peer.here("T-9");
    assert_eq!((&here["merchant"], &here["amount"]), (&json!("m-7"), &json!("300.00")), "{here}");
    peer.until("nothing waits", || peer.book.run(&["quarantine", "--json"]).lines().is_empty());
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn forms_of_atarapay_are_taken() {
    let peer = peer(None, "200").await;
    let opened = json!({"type": "opened", "provider": "atarapay", "order": "77", "at": Utc::now() - TimeDelta::hours(1), "currency": "NGN", "amount": "4500.00", "merchant": "105"});
    assert_eq!(peer.book.import(opened.to_string().as_bytes()).code, 0);
    let serving = peer.serve(0, &["--only", "receive"]);
    let url = format!("{}/hooks/atarapay/lekki", serving.url);
    let form = |token: &str| {
        let data = json!({"id": 77, "amount_payed": 450_000, "status": {"title": "Delivered"}}).to_string();
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("status", "Delivered"), ("data", data.as_str()), ("token", token)])
            .finish()
            .into_bytes()
    };
    let kind = "application/x-www-form-urlencoded";
    assert_eq!(post(&url, None, kind, form("bad")).await, 401);
    let good = atarapay::token::token(PAIR.0, PAIR.1, "77", "450000");
    assert_eq!(post(&url, None, kind, form(&good)).await, 200);
    peer.until("it is delivered", || peer.here("77")["status"] == "awaiting_buyer_response");
    assert!(!peer.log().contains(PAIR.1));
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
    _ = port();
}

/// A server that dies after it stored a notification and before it answered: the provider sends it again, and it counts once. One that
/// was answered is judged by whichever server comes next.
#[tokio::test]
async fn what_was_stored_is_judged_once_whoever_dies() {
    let peer = peer(None, "200").await;
    for number in 0..40 {
        peer.order(&format!("T-{number}"), Approved).await;
    }
    let hook = port();
    let mut serving = Some(peer.serve(hook, &["--only", "receive"]));
    let body = |number: usize| {
        let body = json!({"order_id": format!("T-{number}"), "order_number": "1", "event_type": "order_authorised", "data": []});
        body.to_string().into_bytes()
    };
    let url = format!("http://127.0.0.1:{hook}/hooks/tamara/jeddah");
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
    let send = async |number: usize| {
        let request =
            client.post(&url).header("Content-Type", "application/json").bearer_auth(token()).body(body(number));
        request.send().await.is_ok_and(|answer| answer.status().as_u16() == 200)
    };
    let mut answered = [false; 40];
    for round in 0..8 {
        let kill = async {
            tokio::time::sleep(std::time::Duration::from_millis(3 + 4 * round)).await;
            if let Some(serving) = serving.take() {
                serving.kill();
            }
        };
        let told = async {
            let mut told = Vec::new();
            for number in (0..40).filter(|number| !answered[*number]) {
                told.push((number, send(number).await));
            }
            told
        };
        let (told, ()) = tokio::join!(told, kill);
        told.into_iter().for_each(|(number, good)| answered[number] |= good);
        serving = Some(peer.serve(hook, &["--only", "receive"]));
    }
    for number in (0..40).filter(|number| !answered[*number]).collect::<Vec<_>>() {
        assert!(send(number).await, "a running server answers");
    }
    peer.until("all are judged", || (0..40).all(|number| peer.here(&format!("T-{number}"))["status"] == "authorised"));
    for number in 0..40 {
        let here = peer.here(&format!("T-{number}"));
        assert_eq!(here["timeline"].as_array().unwrap().len(), 3, "once: {here}");
    }
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

/// Bodies that never end, and more of them than there is room for, are turned away; those that come meanwhile are taken.
#[tokio::test]
async fn slow_bodies_and_floods_hold_no_one_up() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let peer = peer(None, "200").await;
    peer.order("T-1", Approved).await;
    let serving = peer.serve(0, &["--only", "receive"]);
    let address = serving.url.trim_start_matches("http://").to_owned();
    let mut slow = Vec::new();
    for _ in 0..20 {
        let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
        let head = format!(
            "POST /hooks/tamara/jeddah HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
            token()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    let url = format!("{}/hooks/tamara/jeddah", serving.url);
    let good = token();
    let mut codes = std::collections::BTreeMap::new();
    // One client with many connections: making one takes longer than the server waits for a header.
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
    let many = (0..400).map(|number| {
        let body = json!({"order_id": format!("x-{number}"), "event_type": "order_on_hold", "data": []}).to_string();
        post_with(&client, &url, Some(&good), "application/json", body.into_bytes())
    });
    for code in futures_util::future::join_all(many).await {
        *codes.entry(code).or_insert(0) += 1;
    }
    assert!(codes.keys().all(|code| [200, 429, 503].contains(code)), "{codes:?}");
    assert!(codes.get(&200).is_some_and(|taken| *taken >= 30), "{codes:?}");
    let body = json!({"order_id": "T-1", "event_type": "order_authorised", "data": []}).to_string();
    assert_eq!(post(&url, Some(&good), "application/json", body.into_bytes()).await, 200);
    peer.until("it is judged", || peer.here("T-1")["status"] == "authorised");
    // A slow body ends with an error, not with a place that is taken for ever.
    let mut answer = [0; 64];
    let read = tokio::time::timeout(std::time::Duration::from_secs(40), slow[0].read(&mut answer)).await;
    let said = String::from_utf8_lossy(&answer[..read.unwrap_or(Ok(0)).unwrap_or(0)]).into_owned();
    assert!(said.is_empty() || said.contains(" 408") || said.contains(" 400"), "{said}");
}
