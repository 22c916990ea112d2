//! No secret of the accounts file is in a log, in the database, in an answer, or on a command line: also where the provider sends one back.

use chrono::{TimeDelta, Utc};
use recourse::domain::tamara::Status::{Approved, Authorised};
use recourse::wire::tamara;
use serde_json::json;
use sqlx::AssertSqlSafe;

use super::peer::{API, NOTIFY, PAIR, Peer, Serving, peer};

/// Everything that the database holds, as text.
async fn dump(peer: &Peer) -> String {
    let mut psql = peer.book.psql().await;
    let tables: Vec<String> = sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'recourse'")
        .fetch_all(&mut psql)
        .await
        .unwrap();
    let mut all = String::new();
    for table in tables {
        // Bytes as text, so that they can be searched.
        let rows: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(format!("select to_jsonb(t)::text from recourse.\"{table}\" t")))
                .fetch_all(&mut psql)
                .await
                .unwrap();
        for row in rows {
            all.push_str(&row);
            let value: serde_json::Value = serde_json::from_str(&row).unwrap();
            for text in value.as_object().unwrap().values().filter_map(|value| value.as_str()?.strip_prefix("\\x")) {
                let bytes: Vec<u8> = (0..text.len() / 2)
                    .filter_map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok())
                    .collect();
                all.push_str(&String::from_utf8_lossy(&bytes));
            }
        }
    }
    all
}

/// Sends notifications with good, bad and quoted tokens: in the header, in the query, glued on, and in the body. Returns the good ones.
async fn notified(peer: &Peer, serving: &Serving, told: &mut Vec<String>) -> (String, String) {
    let good = tamara::token::sign(NOTIFY, Utc::now(), Utc::now() + TimeDelta::minutes(15));
    let client = reqwest::Client::new();
    let url = format!("{}/hooks/tamara/jeddah", serving.url);
    let body = json!({"order_id": "T-2", "event_type": "order_on_hold", "data": {"note": format!("Bearer {API}"), "token": NOTIFY}}).to_string();
    for url in [
        url.clone(),
        format!("{url}?tamaraToken={good}"),
        format!("{url}&tamaraToken={good}"),
        format!("{url}?api_token={API}"),
    ] {
        let request = client.post(&url).header("Content-Type", "application/json").bearer_auth(&good);
        told.push(request.body(body.clone()).send().await.unwrap().text().await.unwrap());
        told.push(client.post(&url).bearer_auth(API).body("x").send().await.unwrap().text().await.unwrap());
    }
    let pair = recourse::wire::atarapay::token::token(PAIR.0, PAIR.1, "77", "450000");
    let form = format!("status=paid&message=x&token={pair}&data={{\"id\":77,\"amount_payed\":450000}}");
    let request = client
        .post(format!("{}/hooks/atarapay/lekki", serving.url))
        .header("Content-Type", "application/x-www-form-urlencoded");
    told.push(request.body(form).send().await.unwrap().text().await.unwrap());
    peer.until("all is judged", || {
        peer.book.run(&["metrics", "--once"]).out.contains("recourse_notifications_waiting 0")
    });
    (good, pair)
}

#[tokio::test]
async fn no_secret_is_anywhere() {
    let peer = peer(None, "200").await;
    peer.order("T-1", Approved).await;
    peer.order("T-2", Authorised).await;
    let serving = peer.serve(0, &[]);
    peer.healthy("good");
    let line = std::fs::read(format!("/proc/{}/cmdline", serving.id())).unwrap();
    // What is sent and answered, what is refused, and what goes wrong.
    let mut told = vec![String::from_utf8_lossy(&line).into_owned()];
    told.push(format!("{:?}", peer.book.run(&["act", "T-1", "authorise", "--json"])));
    for fault in ["html:1", "500:1", "409:1", "401:jeddah"] {
        peer.fault(fault);
        told.push(format!(
            "{:?}",
            peer.book.run(&["act", "T-2", "capture", "--amount", "1", "--wait", "1s", "--json"])
        ));
        told.push(format!("{:?}", peer.book.run(&["accounts", "check", "jeddah"])));
        peer.fault("");
        serving.signal("-HUP");
        peer.until("nothing is open", || {
            ["queued", "sending", "unknown"]
                .iter()
                .all(|state| peer.book.run(&["requests", "--state", state, "--json"]).lines().is_empty())
        });
    }
    let (good, pair) = notified(&peer, &serving, &mut told).await;
    for words in [
        &["accounts", "--json"][..],
        &["requests", "--json"],
        &["show", "T-2", "--json"],
        &["quarantine", "--json"],
        &["verify", "--json"],
        &["doctor"],
    ] {
        told.push(format!("{:?}", peer.book.run(words)));
    }
    // A broken file is quoted by no one.
    let text = std::fs::read_to_string(peer.accounts()).unwrap();
    std::fs::write(peer.accounts(), format!("{text}\napi_token = \"{API}\" = 1\n")).unwrap();
    serving.signal("-HUP");
    let file = peer.accounts();
    told.push(format!(
        "{:?}",
        peer.book.run(&["serve", "--accounts", file.to_str().unwrap(), "--listen", "127.0.0.1:0"])
    ));
    peer.until("the file was refused", || peer.log().contains("the accounts stay as they are"));
    let places = [("an answer", told.join("\n")), ("the log", peer.log()), ("the database", dump(&peer).await)];
    for (place, text) in &places {
        assert!(text.len() > 200, "{place} is empty");
        for secret in [API, NOTIFY, PAIR.0, PAIR.1, good.as_str(), pair.as_str()] {
            let at = text.find(secret);
            assert!(
                at.is_none(),
                "{secret} in {place}: {}",
                &text[at.unwrap_or(0).saturating_sub(200)..][..300.min(text.len())]
            );
        }
    }
}
