//! What the provider's answers show: that an order expired, that a call succeeded, and that a merchant's token is refused.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use super::drift::{answered, called, found, notice, opened, some_orders, take};
use super::harness::{Book, book};

fn status(book: &Book, id: &str) -> Value {
    book.run(&["show", id, "--json"]).one()["status"].clone()
}

#[tokio::test]
async fn an_answer_that_an_order_expired_is_recorded() {
    let book = book().await;
    let start = Utc::now() - TimeDelta::hours(5);
    let hour = |hours| start + TimeDelta::hours(hours);
    some_orders(&book, start);
    take(&book, &[opened("N-2", start, "b"), answered("N-2", "expired", hour(1))]);
    take(&book, &[answered("A-1", "expired", hour(1))]);
    take(&book, &[notice("B-1", "order_authorised", hour(1)), answered("B-1", "expired", hour(2))]);
    for id in ["N-2", "A-1", "B-1"] {
        assert_eq!(status(&book, id), json!("expired"), "{id}");
    }
    let shown = book.run(&["show", "A-1", "--json"]).one();
    let last = shown["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["action"], &last["actor"], &last["note"]),
        (&json!("expire"), &json!("clock"), &json!("The provider answered that it has expired.")),
        "{last}"
    );
    // The provider's own notification confirms it; the same answer again changes nothing.
    let again = book.import(notice("A-1", "order_expired", hour(1)).to_string().as_bytes());
    assert!(again.out.contains(r#""repeated":1"#), "{again:?}");
    take(&book, &[answered("A-1", "expired", hour(1))]);
    assert_eq!(status(&book, "A-1"), json!("expired"));
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_older_answer_expires_nothing() {
    let book = book().await;
    let start = Utc::now() - TimeDelta::hours(5);
    let hour = |hours| start + TimeDelta::hours(hours);
    some_orders(&book, start);
    // The order moved since.
    take(&book, &[notice("A-1", "order_authorised", hour(2))]);
    take(&book, &[answered("A-1", "expired", hour(1))]);
    // The provider answered otherwise since, whichever is imported first.
    take(&book, &[answered("A-2", "approved", hour(2))]);
    take(&book, &[answered("A-2", "expired", hour(1))]);
    take(&book, &[answered("B-1", "approved", hour(2)), answered("B-1", "expired", hour(1))]);
    assert_eq!(
        [status(&book, "A-1"), status(&book, "A-2"), status(&book, "B-1")],
        ["authorised", "approved", "approved"]
    );
    // An order that is opened after its answer was imported.
    let early = book.import(answered("E-1", "expired", hour(1)).to_string().as_bytes());
    assert!(early.out.contains(r#""quarantined":1"#), "{early:?}");
    take(&book, &[opened("E-1", start, "a")]);
    assert_eq!(status(&book, "E-1"), json!("expired"));
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_successful_call_counts_as_an_answer() {
    let book = book().await;
    let start = Utc::now() - TimeDelta::hours(80);
    let soon = start + TimeDelta::minutes(5);
    some_orders(&book, start);
    take(&book, &[called("A-1", "HTTP/1.1 200 OK", soon)]);
    let why = book.run(&["stuck", "why", "A-1", "--json"]).one();
    assert_eq!((&why["cause"], &why["sure"]), (&json!("provider_ahead"), &json!("certain")), "{why}");
    assert!(why["evidence"].as_str().unwrap().contains("authorise answered 200 ok"), "{why}");
    assert_eq!(found(&book, "drift:provider_ahead"), ["A-1"]);
    // No clock ends it: it is authorised at the provider.
    let clock = book.run(&["clock", "--once", "--expire-approved", "apply"]);
    assert_eq!((clock.code, found(&book, "status:approved")), (0, vec!["A-1".to_owned()]), "{clock:?}");
    // It also proves what was recorded here.
    assert_eq!(book.run(&["act", "A-1", "authorise", "--as", "ada"]).code, 0);
    assert_eq!(found(&book, "unconfirmed"), ["A-1"], "it was recorded after that answer");
    take(&book, &[called("A-1", "200", Utc::now() + TimeDelta::seconds(2))]);
    assert_eq!(found(&book, "unconfirmed"), Vec::<String>::new());
    assert_eq!(found(&book, "drift"), ["N-1"]);
    // What the provider told is contradicted by a newer answer.
    take(&book, &[answered("A-1", "approved", Utc::now() + TimeDelta::seconds(3))]);
    assert_eq!(found(&book, "drift:provider_behind"), ["A-1"]);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_refused_token_is_the_likely_cause_of_the_merchants_other_orders() {
    let book = book().await;
    let (start, later) = (Utc::now() - TimeDelta::hours(2), Utc::now() - TimeDelta::hours(1));
    some_orders(&book, start);
    take(&book, &[called("A-1", "401", later)]);
    let cause = |id: &str| {
        let why = book.run(&["stuck", "why", id, "--json"]).one();
        format!("{} {}", why["cause"].as_str().unwrap(), why["sure"].as_str().unwrap())
    };
    assert_eq!(
        (cause("A-1"), cause("A-2"), cause("B-1")),
        ("not_allowed certain".into(), "not_allowed likely".into(), "never_called likely".into())
    );
    assert_eq!(found(&book, "cause:not_allowed"), ["A-1", "A-2"]);
    // Errors, redirects and limits say nothing about the token; an answer about the order shows that it works.
    for (result, minute) in [("503", 1), ("429", 1), ("302", 1), ("timeout", 1)] {
        take(&book, &[called("A-1", result, later + TimeDelta::minutes(minute))]);
        assert_eq!(cause("A-2"), "not_allowed likely", "{result}");
    }
    take(&book, &[called("A-1", "404", later + TimeDelta::minutes(2))]);
    assert_eq!(cause("A-2"), "never_called likely");
    take(&book, &[called("B-1", "403 forbidden", later)]);
    take(&book, &[opened("B-2", start, "b"), notice("B-2", "order_approved", later)]);
    assert_eq!(cause("B-2"), "not_allowed likely");
    take(&book, &[notice("B-1", "order_authorised", later + TimeDelta::minutes(3))]);
    assert_eq!(cause("B-2"), "never_called likely", "an authorisation shows it, too");
}

#[tokio::test]
async fn the_latest_call_shows_whether_a_token_works_in_whatever_order_they_are_imported() {
    let book = book().await;
    let start = Utc::now() - TimeDelta::hours(3);
    let minute = |minutes| start + TimeDelta::minutes(minutes);
    let orders = |merchant: &str| {
        let id = |nr| format!("{merchant}-{nr}");
        let open = |nr| [opened(&id(nr), start, merchant), notice(&id(nr), "order_approved", start)];
        take(&book, &[open(1), open(2), open(3)].concat());
    };
    let cause = |id: &str| book.run(&["stuck", "why", id, "--json"]).one()["cause"].as_str().unwrap().to_owned();
    let refused = |id: &str| called(id, "401", minute(10));
    let authorised = |id: &str| notice(id, "order_authorised", minute(20));
    ["old", "one", "two", "ago", "pay"].into_iter().for_each(orders);

    take(&book, &[called("old-1", "404", minute(20))]);
    take(&book, &[refused("old-2")]);
    assert_eq!(cause("old-3"), "never_called", "the refusal is older");
    take(&book, &[refused("one-1"), authorised("one-2")]);
    assert_eq!(cause("one-3"), "never_called", "authorised later, in one file");
    take(&book, &[authorised("two-2")]);
    take(&book, &[refused("two-1")]);
    assert_eq!(cause("two-3"), "never_called", "authorised later, imported before");
    assert_eq!(cause("two-1"), "attempt_failed", "its token works again");
    take(&book, &[notice("ago-2", "order_authorised", minute(5))]);
    take(&book, &[refused("ago-1")]);
    assert_eq!(cause("ago-3"), "not_allowed", "authorised before it was refused");
    let capture = json!({"type": "attempted", "provider": "tamara", "order": "pay-1", "action": "capture", "at": minute(10), "result": "HTTP 401"});
    take(&book, &[capture]);
    assert_eq!(cause("pay-3"), "not_allowed", "any call shows it");
}
