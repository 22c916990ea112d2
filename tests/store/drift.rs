//! Drift: where our status and the provider's answer differ, what an answer proves, and what is found and counted by it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::harness::{Book, book};

pub fn opened(id: &str, at: DateTime<Utc>, merchant: &str) -> Value {
    json!({"type": "opened", "provider": "tamara", "order": id, "at": at, "currency": "SAR", "amount": "300.00", "merchant": merchant})
}

pub fn notice(id: &str, event: &str, at: DateTime<Utc>) -> Value {
    json!({"type": "notification", "provider": "tamara", "at": at, "body": {"order_id": id, "event_type": event, "data": []}})
}

pub fn answered(id: &str, status: &str, at: DateTime<Utc>) -> Value {
    json!({"type": "observed", "provider": "tamara", "order": id, "at": at, "status": status})
}

pub fn called(id: &str, result: &str, at: DateTime<Utc>) -> Value {
    json!({"type": "attempted", "provider": "tamara", "order": id, "action": "authorise", "at": at, "result": result})
}

pub fn take(book: &Book, lines: &[Value]) {
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    assert_eq!(book.import(lines.join("\n").as_bytes()).code, 0);
}

/// The ids of the orders that a query finds, sorted.
pub fn found(book: &Book, query: &str) -> Vec<String> {
    let told = book.run(&["orders", "--where", query, "--json"]);
    assert_eq!(told.code, 0, "{query}: {told:?}");
    let mut ids: Vec<String> = told.lines().iter().map(|line| line["order"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

/// An approved order of each merchant, and one that is new here and approved there.
pub fn some_orders(book: &Book, start: DateTime<Utc>) {
    for (id, merchant) in [("A-1", "a"), ("A-2", "a"), ("B-1", "b")] {
        take(book, &[opened(id, start, merchant), notice(id, "order_approved", start)]);
    }
    take(book, &[opened("N-1", start, "b"), answered("N-1", "approved", start + TimeDelta::minutes(5))]);
}

#[tokio::test]
async fn a_new_order_that_was_approved_there_has_a_cause_an_alert_and_no_clock_ends_it() {
    let book = book().await;
    some_orders(&book, Utc::now() - TimeDelta::hours(2));
    let why = book.run(&["stuck", "why", "N-1", "--json"]).one();
    assert_eq!((&why["cause"], &why["status"]), (&json!("webhook_missing"), &json!("new")));
    let alerts = book.run(&["stuck", "--once", "--json"]);
    assert_eq!(alerts.code, 2, "{alerts:?}");
    let alert = alerts.lines().into_iter().find(|line| line["alert"] == "webhook missing/b").unwrap();
    let command = alert["command"].as_str().unwrap();
    assert_eq!(command, r#"recourse orders --where 'drift:webhook_missing merchant="b"'"#);
    assert_eq!(found(&book, r#"drift:webhook_missing merchant="b""#), ["N-1"]);
    assert_eq!(book.run(&["stuck", "--once", "--merchant", "a"]).code, 0, "a has no such order");
    assert_eq!(book.run(&["stuck", "--once", "--merchant", "b"]).code, 2);
    assert_eq!(
        book.run(&["stuck", "--once", "--merchant", "bb"]).code,
        3,
        "a misspelt merchant is unknown, not healthy"
    );
    let grid = book.run(&["stuck", "grid", "--merchant", "b", "--json"]).one();
    assert_eq!((&grid["merchant"], &grid["orders"], &grid["drift"]), (&json!("b"), &json!(1), &json!(1)), "{grid}");
    let clock = book.run(&["clock", "--once", "--expire-new", "apply", "--expire-approved", "apply"]);
    assert_eq!((clock.code, found(&book, "status:new")), (0, vec!["N-1".to_owned()]));
    // Its notification comes after all: it is an order like others.
    take(&book, &[notice("N-1", "order_approved", Utc::now() - TimeDelta::minutes(90))]);
    assert_eq!(found(&book, "drift"), Vec::<String>::new());
    assert_eq!(book.run(&["stuck", "--once"]).code, 0);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_answer_proves_what_was_recorded_and_shows_what_was_not() {
    let book = book().await;
    let start = Utc::now() - TimeDelta::hours(2);
    some_orders(&book, start);
    assert_eq!(book.run(&["act", "A-1", "authorise", "--as", "ada"]).code, 0);
    assert_eq!(
        (found(&book, "unconfirmed"), found(&book, "unconfirmed>=0m")),
        (vec!["A-1".into()], vec!["A-1".into()])
    );
    assert_eq!(found(&book, "unconfirmed>1h"), Vec::<String>::new());
    let later = || Utc::now() + TimeDelta::seconds(2);
    take(&book, &[answered("A-1", "approved", later())]);
    assert_eq!(found(&book, "drift:provider_behind"), ["A-1"]);
    assert_eq!(book.run(&["show", "A-1", "--json"]).one()["unconfirmed"], json!(1));
    take(&book, &[answered("A-1", "authorised", later())]);
    assert_eq!(book.run(&["show", "A-1", "--json"]).one()["unconfirmed"], json!(0), "the answer proves it");
    assert_eq!(found(&book, "drift"), ["N-1"]);
    take(&book, &[answered("A-2", "fully_captured", later()), answered("B-1", "canceled", later())]);
    assert_eq!(
        (found(&book, "drift:provider_ahead"), found(&book, "drift:provider_ended")),
        (vec!["A-2".into()], vec!["B-1".into()])
    );
    assert_eq!(found(&book, "cause:provider_ahead,webhook_missing"), ["A-2", "N-1"]);
    assert_eq!(found(&book, "cause:provider_ahead -merchant=a"), Vec::<String>::new());
    assert_eq!(found(&book, "-cause:provider_ahead,webhook_missing"), ["A-1", "B-1"]);
    assert_eq!(found(&book, "-drift"), ["A-1"]);
    let metrics = book.run(&["metrics", "--once"]).out;
    for line in [
        r#"recourse_merchant_drift_orders{merchant="a",kind="provider_ahead"} 1"#,
        r#"recourse_merchant_drift_orders{merchant="b",kind="webhook_missing"} 1"#,
        r#"recourse_merchant_unconfirmed_orders{merchant="a"} 0"#,
        r#"recourse_merchant_approved_orders{merchant="a"} 1"#,
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md")).unwrap();
    for name in metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()) {
        assert!(docs.contains(&format!("`{name}")), "docs/operations.md says nothing of {name}");
    }
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_late_and_what_changed_is_found() {
    let book = book().await;
    let now = Utc::now();
    take(
        &book,
        &[opened("OLD", now - TimeDelta::hours(80), "a"), notice("OLD", "order_approved", now - TimeDelta::hours(73))],
    );
    take(
        &book,
        &[opened("NEW", now - TimeDelta::hours(3), "a"), notice("NEW", "order_approved", now - TimeDelta::hours(2))],
    );
    assert_eq!((found(&book, "expired"), found(&book, "-expired")), (vec!["OLD".into()], vec!["NEW".into()]));
    assert_eq!(found(&book, "since:1h"), ["NEW", "OLD"], "both were recorded just now");
    assert_eq!(found(&book, "-since:1h"), Vec::<String>::new());
    let sorted = book.run(&["orders", "--sort", "changed", "--json"]).lines();
    let ids: Vec<&str> = sorted.iter().map(|line| line["order"].as_str().unwrap()).collect();
    assert_eq!(ids, ["NEW", "OLD"], "the last change comes first");
    let wrong = book.run(&["orders", "--where", "cause:nver_called"]);
    assert!(wrong.code == 2 && wrong.err.contains("never_called"), "{wrong:?}");
}

/// A currency that is not known holds up a merchant's whole book: one kind, one alert.
#[tokio::test]
async fn facts_in_quarantine_are_counted_by_kind() {
    let book = book().await;
    let at = Utc::now() - TimeDelta::hours(1);
    let foreign = |id: usize| json!({"type": "opened", "provider": "tamara", "order": format!("Q-{id}"), "at": at, "currency": "QAR", "amount": "300.00", "merchant": "doha"});
    take(&book, &(0..25).map(foreign).collect::<Vec<_>>());
    take(&book, &[opened("T-1", at, "m-7"), notice("T-1", "order_captured", at)]);
    let kinds = book.run(&["quarantine", "kinds", "--json"]).lines();
    let first = &kinds[0];
    assert_eq!(
        (&first["kind"], &first["detail"], &first["facts"], &first["merchants"]),
        (&json!("currency"), &json!("QAR"), &json!(25), &json!(["doha"]))
    );
    let alerts = book.run(&["stuck", "--once", "--json"]).lines();
    let of = |alert: &str| alerts.iter().filter(|line| line["alert"].as_str().unwrap().starts_with(alert)).count();
    assert_eq!(of("unknown currency"), 1, "{alerts:?}");
    let alert = alerts.iter().find(|line| line["alert"] == "unknown currency/currency QAR").unwrap();
    assert_eq!(
        (&alert["command"], &alert["key"], &alert["figure"]),
        (
            &json!("recourse quarantine --kind currency --detail QAR"),
            &json!("recourse/unknown currency/currency QAR"),
            &json!(25)
        )
    );
    let detail = ["quarantine", "--kind", "currency", "--detail", "QAR", "--json"];
    assert_eq!(book.run(&detail).lines().len(), 25);
    let wrong = book.run(&["quarantine", "--kind", "curency"]);
    assert!(wrong.code == 2 && wrong.err.contains("currency"), "{wrong:?}");
    assert_eq!(book.run(&["quarantine", "--kind", "currency", "--merchant", "doha", "--json"]).lines().len(), 25);
    let metrics = book.run(&["metrics", "--once"]).out;
    let line = r#"recourse_quarantined_facts{kind="currency",detail="QAR",merchant="doha"} 25"#;
    assert!(metrics.contains(line), "{metrics}");
}

/// Recording something here does not make the provider's answer go away: drift stays until the provider's word is newer.
#[tokio::test]
async fn a_move_of_ours_hides_no_drift() {
    let book = book().await;
    let start = Utc::now() - TimeDelta::hours(2);
    let later = |minutes| start + TimeDelta::minutes(minutes);
    for id in ["E-1", "K-1", "C-1"] {
        take(&book, &[opened(id, start, "a"), notice(id, "order_approved", later(1))]);
    }
    take(&book, &[opened("W-1", start, "a")]);
    take(&book, &[answered("E-1", "canceled", later(5)), answered("K-1", "approved", later(5))]);
    take(&book, &[answered("W-1", "fully_captured", later(5)), answered("C-1", "canceled", later(5))]);
    assert_eq!(found(&book, "drift"), ["C-1", "E-1", "W-1"]);
    for words in [
        &["act", "E-1", "authorise"][..],
        &["act", "K-1", "authorise"],
        &["act", "C-1", "authorise"],
        &["act", "C-1", "capture", "--amount", "300"],
        &["act", "W-1", "expire", "--note", "thought so"],
    ] {
        let told = book.run(words);
        assert_eq!(told.code, 0, "{words:?}: {told:?}");
    }
    // An older answer that our move only goes beyond is no drift: the move is unconfirmed.
    assert_eq!(found(&book, "drift"), ["C-1", "E-1", "W-1"]);
    let why = |id: &str| book.run(&["stuck", "why", id, "--json"]).one()["cause"].clone();
    assert_eq!(
        (why("E-1"), why("C-1"), why("W-1")),
        ("provider_ended".into(), "provider_ended".into(), "ended_here".into())
    );
    assert_eq!(found(&book, "cause:provider_ended"), ["C-1", "E-1"]);
    assert_eq!(book.run(&["verify"]).code, 0);
    // The provider's word is newer: it agrees, or it moves the order.
    take(&book, &[answered("E-1", "authorised", Utc::now()), answered("C-1", "fully_captured", Utc::now())]);
    assert_eq!(found(&book, "drift:provider_ended"), Vec::<String>::new());
    assert_eq!(book.run(&["verify"]).code, 0);
}

/// Facts are dismissed one by one, several at once, or all of one import, and of no other.
#[tokio::test]
async fn facts_of_one_import_are_dismissed_together() {
    let book = book().await;
    let at = Utc::now() - TimeDelta::hours(1);
    let foreign = |id: &str| json!({"type": "opened", "provider": "tamara", "order": id, "at": at, "currency": "QAR", "amount": "300.00"});
    take(&book, &[foreign("A-1"), foreign("A-2"), foreign("A-3"), foreign("A-4")]);
    take(&book, &[opened("T-1", at, "a")]);
    take(&book, &[foreign("B-1")]);
    let waiting = || book.run(&["quarantine", "--json"]).lines();
    let (first, last) = (waiting()[0].clone(), waiting()[4].clone());
    assert_ne!(first["import"], last["import"]);
    let id = |at: usize| waiting()[at]["id"].to_string();
    let (one, two) = (id(0), id(1));
    let dismissed = book.run(&["quarantine", "dismiss", &one, &two, "--note", "another system", "--json"]);
    assert_eq!((dismissed.code, dismissed.lines().len(), waiting().len()), (0, 2, 3));
    let import = first["import"].to_string();
    let rest = book.run(&["quarantine", "dismiss", "--import", &import, "--note", "another system", "--json"]).one();
    assert_eq!((&rest["result"], &rest["settled"]), (&json!("done"), &json!(2)));
    assert_eq!(waiting().iter().map(|fact| fact["order"].clone()).collect::<Vec<_>>(), [json!("B-1")]);
    assert_eq!(book.run(&["quarantine", "dismiss", "--import", &import, "--note", "again"]).code, 1, "none is left");
    assert_eq!(book.run(&["quarantine", "dismiss", "--note", "which?"]).code, 2);
}
