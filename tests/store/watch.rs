//! The watch on Approved: causes from facts, alerts to the minute, notifications, and what a monitoring system reads.

use std::io::{Read, Write};
use std::net::TcpStream;

use chrono::{DateTime, TimeDelta, Utc};
use recourse::intake::import;
use recourse::store::seen::{self, Sighting};
use recourse::store::{alerts, heartbeat, watch};
use recourse::stuck::alarm::What;
use recourse::stuck::grid::Moments;
use recourse::stuck::rule::read;
use recourse::work::watcher::{self, Acknowledged};
use serde_json::{Value, json};

use super::harness::{Book, at, book};
use recourse::domain::Roles;

async fn take(book: &Book, lines: &[Value]) {
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    import::import(&book.store, lines.join("\n").as_bytes(), |_, _| {}).await.unwrap();
}

fn opened(id: &str, at: DateTime<Utc>, merchant: &str) -> Value {
    json!({"type": "opened", "provider": "tamara", "order": id, "at": at, "currency": "SAR", "amount": "300.00", "merchant": merchant})
}

fn notice(id: &str, event: &str, at: DateTime<Utc>) -> Value {
    json!({"type": "notification", "provider": "tamara", "at": at, "body": {"order_id": id, "event_type": event, "data": []}})
}

fn moved(id: &str, action: &str, actor: &str, at: DateTime<Utc>) -> Value {
    json!({"type": "moved", "provider": "tamara", "order": id, "at": at, "action": action, "actor": actor})
}

fn tried(id: &str, result: Value, detail: Value, at: DateTime<Utc>) -> Value {
    json!({"type": "attempted", "provider": "tamara", "order": id, "action": "authorise", "at": at, "result": result, "detail": detail})
}

fn asked(id: &str, status: &str, at: DateTime<Utc>) -> Value {
    json!({"type": "observed", "provider": "tamara", "order": id, "at": at, "status": status})
}

#[tokio::test]
async fn every_cause_is_explained_from_facts() {
    let book = book().await;
    let now = Utc::now();
    let (start, later) = (now - TimeDelta::hours(20), now - TimeDelta::hours(10));
    let same = json!({"errors": [{"data": {"old_state": "authorised", "new_state": "authorised"}}]});
    let cases: Vec<(&str, &str, Vec<Value>)> = vec![
        ("called", "never_called", vec![]),
        ("rotated", "not_allowed", vec![tried("rotated", json!(401), Value::Null, later)]),
        ("conflict", "conflict", vec![tried("conflict", json!("409"), json!("look first"), later)]),
        ("done", "provider_ahead", vec![tried("done", json!("409"), same, later)]),
        ("missing", "not_found", vec![tried("missing", json!("404"), Value::Null, later)]),
        ("down", "server_error", vec![tried("down", json!("503"), Value::Null, later)]),
        ("slow", "timeout", vec![tried("slow", json!("timeout"), Value::Null, later)]),
        ("ahead", "provider_ahead", vec![asked("ahead", "authorised", later)]),
        ("ended", "provider_ended", vec![asked("ended", "canceled", later)]),
        // Dated before the approval: it contradicts the log.
        ("held", "quarantined", vec![notice("held", "order_authorised", start - TimeDelta::hours(1))]),
    ];
    for (id, _, facts) in &cases {
        take(&book, &[opened(id, start, "riyadh-home"), notice(id, "order_approved", start)]).await;
        take(&book, facts).await;
    }
    take(&book, &[opened("quiet", start, "riyadh-home"), moved("quiet", "approve", "provider", start)]).await;
    take(&book, &[opened("auto", start, "m-7"), notice("auto", "order_approved", start)]).await;
    // Authorised here, but still at Approved at the provider when asked later.
    take(
        &book,
        &[
            opened("behind", start, "m-7"),
            notice("behind", "order_approved", start),
            moved("behind", "authorise", "merchant", start),
        ],
    )
    .await;
    take(&book, &[asked("behind", "approved", later)]).await;

    let stuck = book.run(&["watch", "--json", "--auto-authorise", "m-8, m-7"]).lines();
    let cause = |id: &str| {
        stuck.iter().find(|line| line["order"] == id).unwrap_or_else(|| panic!("no {id}: {stuck:?}"))["cause"].clone()
    };
    for (id, expect, _) in &cases {
        assert_eq!(cause(id), json!(expect), "{id}");
    }
    assert_eq!(
        (cause("quiet"), cause("auto"), cause("behind")),
        (json!("never_notified"), json!("automatic_expected"), json!("provider_behind"))
    );
    assert_eq!(stuck.len(), 13);
    let line = stuck.iter().find(|line| line["order"] == "rotated").unwrap();
    assert_eq!(
        (&line["band"], &line["verify"], &line["merchant"]),
        (&json!("fresh"), &json!(false), &json!("riyadh-home"))
    );
    assert!(line["left_seconds"].as_i64().unwrap() <= 52 * 3_600 && line["evidence"].as_str().unwrap().contains("401"));
    assert_eq!(book.run(&["watch", "--json", "--merchant", "m-7"]).lines().len(), 2);

    let why = book.run(&["watch", "why", "rotated", "--json"]).one();
    assert_eq!(
        (&why["cause"], &why["sure"], &why["steps"][0]["step"]),
        (&json!("not_allowed"), &json!("certain"), &json!("check-token"))
    );
    let ticked = book.run(&["watch", "tick", "rotated", "check-token", "--as", "ada", "--json"]).one();
    assert_eq!((&ticked["steps"][0]["done"], &ticked["steps"][0]["by"]), (&json!(true), &json!("ada")));
    assert_eq!(book.run(&["watch", "tick", "rotated", "no-such-step"]).code, 2);
    let taken_back = book.run(&["watch", "tick", "rotated", "check-token", "--undo", "--json"]).one();
    assert_eq!(taken_back["steps"][0]["done"], json!(false));
}

/// Evidence is recorded once, can come before its order, and stores no secret. An unknown word goes to quarantine.
#[tokio::test]
async fn evidence_comes_in_like_every_other_fact() {
    let book = book().await;
    let when = at("2026-11-20T08:00:00Z");
    let secret = tried("T-1", json!("401"), json!({"message": "no", "token": "s3cret"}), when);
    take(&book, &[secret.clone(), asked("T-1", "on_hold", when), secret.clone()]).await;
    assert_eq!(book.run(&["quarantine", "--json"]).lines().len(), 2, "both wait: one for its order, one for a person");
    take(&book, &[opened("T-1", when, "m-7")]).await;
    take(&book, std::slice::from_ref(&secret)).await;
    let order = book.run(&["show", "T-1", "--json"]).one();
    let evidence = order["evidence"].as_array().unwrap();
    assert_eq!(evidence.len(), 1, "{order}");
    assert_eq!((&evidence[0]["type"], &evidence[0]["result"]), (&json!("attempted"), &json!("401")));
    assert!(!order.to_string().contains("s3cret"));
    assert_eq!(order["version"], json!(1), "evidence moves nothing");
    assert_eq!(book.run(&["quarantine", "--json"]).lines().len(), 1);
}

/// An alert fires, is acknowledged, is sent again when the acknowledgement expires, and clears, each at its minute.
#[tokio::test]
async fn alerts_fire_expire_and_clear_at_their_minute() {
    let book = book().await;
    let start = at("2026-11-20T08:00:00Z");
    take(&book, &[opened("T-1", start, "m-7"), notice("T-1", "order_approved", start)]).await;
    let rules = [read("old", "oldest>=60h critical").unwrap(), read("each", "count>=1 each").unwrap()];
    let minute = |hours: i64, minutes: i64| start + TimeDelta::minutes(hours * 60 + minutes);
    let look = async |now| watcher::look(&book.store, &rules, now, true).await.unwrap();
    let told = |looked: &watcher::Looked| {
        looked.news.iter().map(|it| format!("{} {}", it.alert, it.what.name())).collect::<Vec<_>>()
    };
    assert_eq!(told(&look(minute(0, 1)).await), ["each/m-7 fired"]);
    assert_eq!(told(&look(minute(59, 59)).await), Vec::<String>::new());
    let looked = look(minute(60, 0)).await;
    assert_eq!(told(&looked), ["old fired"]);
    assert_eq!(looked.worst(minute(60, 0)).unwrap().name(), "critical");
    let until = minute(62, 0);
    let done = watcher::acknowledge(
        &book.store,
        Roles::UNREGISTERED,
        &rules,
        ("old", "token is changed"),
        until,
        minute(60, 5),
    )
    .await
    .unwrap();
    assert!(
        matches!(&done, Acknowledged::Done(standing) if standing.reason.as_deref() == Some("token is changed")),
        "{done:?}"
    );
    let looked = look(minute(61, 59)).await;
    assert_eq!((told(&looked), looked.worst(minute(61, 59)).map(|it| it.name())), (Vec::new(), Some("warning")));
    assert_eq!(told(&look(until).await), ["old expired"]);
    take(&book, &[notice("T-1", "order_authorised", minute(62, 1))]).await;
    assert_eq!(told(&look(minute(62, 2)).await), ["each/m-7 cleared", "old cleared"]);
    assert_eq!(told(&look(minute(62, 3)).await), Vec::<String>::new());
    let none =
        watcher::acknowledge(&book.store, Roles::UNREGISTERED, &rules, ("old", "late"), minute(70, 0), minute(63, 0))
            .await
            .unwrap();
    assert_eq!(none, Acknowledged::NotOpen(Vec::new()));
}

/// Of many watchers at once, one records the event, and only that one sends it.
#[tokio::test]
async fn of_many_watchers_one_tells() {
    let book = book().await;
    take(&book, &[opened("T-1", Utc::now(), "m-7"), notice("T-1", "order_approved", Utc::now())]).await;
    let rules = [read("any", "count>=1").unwrap()];
    let now = Utc::now();
    let looks = (0..8).map(|_| watcher::look(&book.store, &rules, now, true));
    let told: usize =
        futures_util::future::join_all(looks).await.into_iter().map(|looked| looked.unwrap().news.len()).sum();
    assert_eq!(told, 1);
    let standing = alerts::all(&book.store.pool).await.unwrap();
    assert!(standing.len() == 1 && standing[0].what == What::Fired, "{standing:?}");
}

/// A monitoring system reads the exit code. A silent clock is an alert; a stopped clock is not.
#[tokio::test]
async fn the_exit_code_says_how_bad_it_is() {
    let book = book().await;
    assert_eq!(book.run(&["watch", "--once"]).code, 0);
    let old = Utc::now() - TimeDelta::hours(66);
    take(&book, &[opened("T-1", old, "m-7"), notice("T-1", "order_approved", old)]).await;
    let warned = book.run(&["watch", "--once"]);
    assert_eq!(warned.code, 1, "{warned:?}");
    assert!(warned.out.starts_with("WARNING ") && warned.out.contains("last tenth"), "{}", warned.out);
    let later = (Utc::now() + TimeDelta::hours(7)).to_rfc3339();
    assert_eq!(book.run(&["watch", "--once", "--at", &later, "--json"]).code, 2);
    assert_eq!(book.run(&["watch", "alerts", "--json"]).lines().len(), 2, "what is true now, whatever --at was");
    let ack = |alert: &str| book.run(&["watch", "ack", alert, "--reason", "known", "--for", "2d"]).code;
    assert_eq!((ack("over 72 h"), ack("a merchant is stuck/m-7"), ack("last tenth"), ack("no such")), (1, 0, 0, 1));
    assert_eq!(book.run(&["watch", "--once"]).code, 0, "everything is acknowledged");
    assert_eq!(
        book.run(&["watch", "--once", "--at", &later]).code,
        2,
        "an alert that had not fired was not acknowledged"
    );
    let known = book.run(&["watch", "alerts", "--acknowledged", "--json"]).lines();
    assert_eq!(known.len(), 2);
    assert!(known.iter().all(|line| line["acknowledged"] == json!(true) && line["reason"] == "known"), "{known:?}");
    let lost = super::harness::told(
        super::harness::program(&["watch", "--once"]).env("DATABASE_URL", "postgres://a@127.0.0.1:1/x"),
    );
    assert_eq!(lost.code, 3, "not known: {lost:?}");

    heartbeat::beat(&book.store, "clock", Utc::now() - TimeDelta::minutes(5), std::time::Duration::from_secs(30))
        .await
        .unwrap();
    assert_eq!(book.run(&["watch", "--once"]).code, 2, "the clock is silent");
    heartbeat::beat(&book.store, "clock", Utc::now() - TimeDelta::minutes(5), std::time::Duration::ZERO).await.unwrap();
    assert_eq!(book.run(&["watch", "--once"]).code, 0, "it was stopped");
}

/// What the provider still shows after the deadline is past its deadline, not presumed expired, until the order moves.
#[tokio::test]
async fn an_answer_after_the_deadline_counts() {
    let book = book().await;
    let old = Utc::now() - TimeDelta::hours(80);
    for id in ["T-1", "T-2"] {
        take(&book, &[opened(id, old, "m-7"), notice(id, "order_approved", old)]).await;
    }
    let read = async |id: &str, status: &str| {
        let mut connection = book.store.pool.acquire().await.unwrap();
        let sighting = Sighting {
            order_id: format!("tamara:{id}"),
            account: "m-7".to_owned(),
            read_at: Utc::now(),
            word: status.to_owned(),
            status: Some(status.to_owned()),
            ways: json!([]),
            unlawful: None,
            listed: false,
        };
        seen::keep(&mut connection, &sighting, &[]).await.unwrap();
    };
    let shown = |id: &str, field: &str| book.run(&["show", id, "--json"]).one()[field].clone();
    let flags = |id: &str| shown(id, "flags");
    let expired = || book.run(&["orders", "--where", "expired", "--json"]).lines().len();
    let figure = async || watch::facts(&book.store.pool, Utc::now()).await.unwrap().merchants["m-7"].expired;
    assert_eq!((flags("T-1"), expired(), figure().await), (json!(["presumed_expired"]), 2, 2));
    read("T-1", "approved").await;
    assert_eq!((flags("T-1"), expired(), figure().await), (json!(["past_deadline"]), 1, 1));
    let apply = ["clock", "--once", "--expire-approved", "apply"];
    assert_eq!(book.run(&apply).code, 0);
    let status = |id: &str| shown(id, "status");
    assert_eq!((status("T-1"), status("T-2")), (json!("approved"), json!("expired")), "the provider has it");
    read("T-1", "expired").await;
    assert_eq!((flags("T-1"), expired()), (json!(["presumed_expired"]), 1));
}

/// What was only recorded here is counted by merchant until the provider says it, too: an order at Approved is not done by a record.
#[tokio::test]
async fn what_the_provider_has_not_confirmed_is_counted() {
    let book = book().await;
    let start = Utc::now() - TimeDelta::hours(5);
    take(&book, &[opened("U-1", start, "m-7"), notice("U-1", "order_approved", start + TimeDelta::minutes(1))]).await;
    let unsure = async || {
        let grid = watch::grid(&book.store.pool, &Moments::new(Utc::now(), TimeDelta::zero())).await.unwrap();
        let of_it = grid.rows.iter().find(|row| row.merchant == "m-7").map(|row| row.unconfirmed);
        (grid.all.whole.orders, grid.all.unconfirmed, of_it.unwrap_or(0))
    };
    assert_eq!(unsure().await, (1, 0, 0));
    assert_eq!(book.run(&["act", "U-1", "authorise", "--json"]).code, 0);
    assert_eq!(unsure().await, (0, 1, 1), "recorded, and the provider has not said it");
    take(&book, &[notice("U-1", "order_authorised", Utc::now())]).await;
    assert_eq!(unsure().await, (0, 0, 0));
}

/// Two processes do the same work: that one of them ends does not say that no one does it.
#[tokio::test]
async fn one_of_two_workers_may_end() {
    let book = book().await;
    let every = std::time::Duration::from_secs(30);
    sqlx::raw_sql("select recourse.heart_beats('clock', now(), 30, session_user, 'other')")
        .execute(&mut book.psql().await)
        .await
        .unwrap();
    heartbeat::beat(&book.store, "clock", Utc::now(), every).await.unwrap();
    heartbeat::end(&book.store, "clock").await.unwrap();
    let all = heartbeat::all(&book.store.pool).await.unwrap();
    assert_eq!(all.iter().map(|beat| (beat.worker.as_str(), beat.every)).collect::<Vec<_>>(), [("clock", 30)]);
}

/// Metrics for Prometheus: correct, and served on this machine only.
#[tokio::test]
async fn metrics_are_served_here_only() {
    let book = book().await;
    let old = Utc::now() - TimeDelta::hours(10);
    take(&book, &[opened("T-1", old, "m-7"), notice("T-1", "order_approved", old)]).await;
    let away = book.run(&["metrics", "--listen", "0.0.0.0:0"]);
    assert!(away.code == 2 && away.err.contains("this machine only"), "{away:?}");
    let mut child =
        book.command(&["metrics", "--listen", "127.0.0.1:0"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut said).unwrap();
    let address = said.trim().strip_prefix("http://").unwrap().strip_suffix("/metrics").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    for line in [
        "recourse_up 1",
        "recourse_orders{provider=\"tamara\",status=\"approved\"} 1",
        "recourse_approved_orders{band=\"fresh\"} 1",
        "recourse_approved_at_risk{currency=\"SAR\"} 300.0",
        "recourse_quarantined 0",
        "recourse_transitions_per_second",
        "recourse_feed_age_seconds",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    let age = page.lines().find_map(|line| line.strip_prefix("recourse_approved_oldest_seconds ")).unwrap();
    assert!((35_990.0..36_100.0).contains(&age.parse::<f64>().unwrap()), "{age}");
}
