//! One door to the money: a person decides and pays through the case, once, and what came back is paid again.

use serde_json::{Value, json};

use recourse::domain::{ATARAPAY, Currency, Money, Order, OrderKey, atarapay};

use super::cases::{did, disputed, fact, lately};
use super::harness::{Book, book, put, way_to};

const DECIDE: [&str; 4] = ["--reason", "damaged", "--rationale", "x"];

/// Runs a command and compares its exit code, and its sentence with some words.
#[track_caller]
fn check(book: &Book, person: &str, words: &[&str], code: i32, expect: &str) -> Value {
    let (ended, line) = did(book, person, words);
    assert!(ended == code && line.to_string().contains(expect), "{words:?}: {ended} {line}");
    line
}

async fn refunded(book: &Book, id: &str) {
    disputed(book, id, 450_000).await;
    check(book, "ada", &[&["case", "decide", id, "--refund-buyer"][..], &DECIDE].concat(), 0, "done");
}

fn shown(book: &Book, order: &str) -> Value {
    book.run(&["case", "show", order, "--json"]).one()
}

fn queued(book: &Book, queue: &str) -> Vec<Value> {
    let lines = book.run(&["case", "list", "--queue", queue, "--json"]).lines();
    lines.into_iter().map(|line| line["order"].clone()).collect()
}

#[tokio::test]
async fn a_person_settles_and_completes_through_the_case() {
    let book = book().await;
    disputed(&book, "D-6", 450_000).await;
    let asked = ["act", "D-6", "settle", "--to-seller", "60%", "--note", "n"];
    check(&book, "ada", &asked, 4, "recourse case decide D-6 --to-seller 60%");
    check(&book, "ada", &[&asked[..], &["--dry-run"]].concat(), 4, "recourse case decide D-6");
    let actions = book.run(&["actions", "D-6", "--all", "--json"]).lines();
    assert!(actions.iter().any(|line| line["action"] == "settle" && line.to_string().contains("in the order's case")));
    check(&book, "ada", &[&["case", "decide", "D-6", "--to-seller", "60%"][..], &DECIDE].concat(), 0, "done");
    check(
        &book,
        "ada",
        &["act", "D-6", "complete", "--reference", "T 1"],
        4,
        "recourse case payout D-6 --confirm 'T 1'",
    );
    check(&book, "ada", &["case", "pay", "D-6", "--to", "seller", "--confirm", "T1"], 0, "done");
    check(&book, "ada", &["act", "D-6", "complete", "--reference", "T1"], 4, "in the order's case");
    check(&book, "ada", &["case", "pay", "D-6", "--to", "buyer", "--confirm", "T2"], 0, "closed");
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_reference_pays_once() {
    let book = book().await;
    for id in ["D-2", "D-4", "D-5", "D-6"] {
        refunded(&book, id).await;
    }
    check(&book, "ada", &["case", "pay", "D-2", "--to", "buyer", "--confirm", "TRF-1"], 0, "done");
    for reference in ["TRF-1", " trf-1 "] {
        let words = ["case", "pay", "D-4", "--to", "buyer", "--confirm", reference];
        check(&book, "ben", &words, 4, "already paid D-2 to the buyer");
    }
    let sent = ["case", "pay", "D-4", "--to", "buyer", "--sent", "--reference"];
    check(&book, "ben", &[&sent[..], &["trf-1"]].concat(), 4, "already paid D-2 to the buyer");
    check(&book, "ben", &[&sent[..], &["TRF-1", "--collective"]].concat(), 0, "done");
    let words = ["case", "pay", "D-4", "--to", "buyer", "--confirm", "TRF-1", "--collective"];
    check(&book, "ben", &words, 0, "done");
    // What is on its way pays one, too, and arrives as what was sent.
    check(&book, "ada", &["case", "pay", "D-6", "--to", "buyer", "--sent", "--reference", "TRF-6"], 0, "done");
    check(&book, "ada", &["case", "pay", "D-5", "--to", "buyer", "--confirm", "TRF-6"], 4, "already sent for D-6");
    check(&book, "ada", &["case", "pay", "D-6", "--to", "buyer", "--confirm", "TRF-6"], 0, "done");
    check(&book, "ada", &["case", "pay", "D-5", "--to", "buyer", "--confirm", "TRF-2"], 0, "done");
    // The same confirmation again changes nothing, and is no other payment.
    check(&book, "ada", &["case", "pay", "D-2", "--to", "buyer", "--confirm", "TRF-1"], 0, "done");
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// Orders that are completed without a case are paid once, too, and by no payment of a case.
#[tokio::test]
async fn a_reference_of_an_order_without_a_case_pays_once() {
    let book = book().await;
    refunded(&book, "D-2").await;
    for id in ["A-1", "A-2", "A-3"] {
        let order = Order::open(OrderKey::new(ATARAPAY, id).unwrap(), Money::new(450_000, Currency::Ngn), lately());
        put(&book.store, &order, &way_to(&order, atarapay::Status::Accepted.status())).await;
    }
    let complete =
        |id: &'static str, rest: &[&'static str]| [&["act", id, "complete", "--reference"][..], rest].concat();
    check(&book, "ada", &complete("A-1", &["TRF-7"]), 0, "completed");
    check(&book, "ben", &complete("A-2", &[" trf-7"]), 4, "already paid A-1");
    check(&book, "ben", &complete("A-2", &["TRF-7", "--dry-run"]), 4, "already paid A-1");
    check(&book, "ben", &complete("A-2", &["TRF-9", "--dry-run"]), 0, "completed");
    check(&book, "ben", &["case", "pay", "D-2", "--to", "buyer", "--confirm", "TRF-7"], 4, "already paid A-1");
    check(&book, "ben", &complete("A-2", &["TRF-7", "--reason", "collective"]), 0, "completed");
    check(&book, "ada", &["case", "pay", "D-2", "--to", "buyer", "--confirm", "TRF-8"], 0, "done");
    check(&book, "ben", &complete("A-3", &["TRF-8"]), 4, "already paid D-2 to the buyer");
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// A withdrawal that a person records decides money like every decision: above the limit a lead approves it.
#[tokio::test]
async fn a_withdrawal_above_the_limit_needs_a_lead() {
    let book = book().await;
    for (id, status) in [("W-1", atarapay::Status::Disputed), ("W-2", atarapay::Status::Dispute)] {
        let order = Order::open(OrderKey::new(ATARAPAY, id).unwrap(), Money::new(200_000_000, Currency::Ngn), lately());
        put(&book.store, &order, &way_to(&order, status.status())).await;
    }
    let withdraw = |id: &'static str| ["act", id, "withdraw", "--for", "buyer", "--note", "she rang"];
    check(&book, "ada", &withdraw("W-1"), 4, "lead approves: recourse case decide, then");
    check(&book, "ada", &withdraw("W-2"), 4, "lead approves: record raise_dispute, then recourse case decide");
    // What the sentence says is a way.
    check(&book, "ada", &["act", "W-2", "raise_dispute", "--for", "seller", "--note", "he rang"], 0, "disputed");
    for id in ["W-1", "W-2"] {
        check(&book, "ada", &[&["case", "decide", id, "--to-seller", "100%"][..], &DECIDE].concat(), 0, "proposed");
        check(&book, "ada", &["case", "approve", id], 4, "");
        check(&book, "ben", &["case", "approve", id], 0, "decided");
        assert_eq!(shown(&book, id)["decision"]["approved_by"], "ben");
    }
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn money_that_failed_or_came_back_is_in_a_queue_until_it_is_paid() {
    let book = book().await;
    refunded(&book, "D-2").await;
    let pay = |words: &[&str], code: i32, expect: &str| {
        check(&book, "ada", &[&["case", "pay", "D-2", "--to", "buyer"], words].concat(), code, expect)
    };
    pay(&["--failed", "wrong account"], 0, "failed");
    assert_eq!((queued(&book, "failed"), queued(&book, "unpaid")), (vec![json!("D-2")], vec![]));
    pay(&["--confirm", "T1"], 4, "reopen it first");
    pay(&["--reopen"], 0, "pending");
    assert_eq!((queued(&book, "failed"), queued(&book, "unpaid")), (vec![], vec![json!("D-2")]));
    let payouts = json!([{"to": "buyer", "amount": "4500.00", "state": "pending", "reference": null}]);
    assert_eq!(book.run(&["show", "D-2", "--json"]).one()["payouts"], payouts);
    assert_eq!(book.run(&["export", "--format", "jsonl"]).one()["payouts"], payouts);
    pay(&["--confirm", "T1"], 0, "confirmed");
    assert_eq!((queued(&book, "closed"), queued(&book, "returned")), (vec![json!("D-2")], vec![]));

    pay(&["--failed", "bank returned it"], 0, "returned");
    assert_eq!((queued(&book, "closed"), queued(&book, "returned")), (vec![], vec![json!("D-2")]));
    assert_eq!(book.run(&["show", "D-2", "--json"]).one()["status"], "completed");
    let case = shown(&book, "D-2");
    assert_eq!((&case["stage"], &case["clock"]), (&json!("closed"), &json!("payout")));
    // A new case can be opened for it; its payout is recorded there all the same.
    check(&book, "ada", &["case", "open", "D-2"], 0, "done");
    pay(&["--confirm", "T2"], 4, "came back: reopen it first");
    pay(&["--reopen"], 0, "pending");
    assert_eq!(queued(&book, "returned"), [json!("D-2")]);
    pay(&["--confirm", "T1"], 4, "already paid D-2 to the buyer");
    pay(&["--confirm", "T2"], 0, "done");
    assert_eq!(queued(&book, "returned"), Vec::<Value>::new());
    assert_eq!(book.run(&["show", "D-2", "--json"]).one()["status"], "completed");
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn nothing_is_decided_while_the_case_waits_unless_someone_says_why() {
    let book = book().await;
    disputed(&book, "D-9", 450_000).await;
    check(&book, "ada", &["case", "claim", "D-9"], 0, "done");
    check(&book, "ada", &["case", "message", "D-9", "--to", "seller", "send photos", "--wait"], 0, "done");
    let clocks = shown(&book, "D-9")["clocks"].clone();
    assert!(clocks.as_array().unwrap().iter().any(|clock| clock["clock"] == "decision" && clock["due_at"].is_null()));
    let decide = [&["case", "decide", "D-9", "--pay-seller"][..], &DECIDE].concat();
    check(&book, "ada", &decide, 4, "waits for the seller's reply until");
    check(&book, "ada", &[&decide[..], &["--without-answer", " "]].concat(), 4, "say why");
    check(&book, "ada", &[&decide[..], &["--without-answer", "the photos are here"]].concat(), 0, "done");
    let events = shown(&book, "D-9")["events"].clone();
    let resumed = events.as_array().unwrap().iter().find(|event| event["what"] == "resumed").unwrap();
    assert_eq!(resumed["words"], "the photos are here");

    disputed(&book, "D-10", 450_000).await;
    check(&book, "ada", &["case", "message", "D-10", "--to", "seller", "send photos", "--wait"], 0, "done");
    check(&book, "ada", &["case", "stop-waiting", "D-10", "--reason", "clear"], 0, "done");
    check(&book, "ada", &[&["case", "decide", "D-10", "--pay-seller"][..], &DECIDE].concat(), 0, "done");
}

#[tokio::test]
async fn a_recorded_reply_ticks_the_answer() {
    let book = book().await;
    disputed(&book, "D-7", 450_000).await;
    check(&book, "ada", &["case", "set-reason", "D-7", "--reason", "damaged"], 0, "done");
    assert!(shown(&book, "D-7")["missing"].to_string().contains("seller's answer"));
    check(&book, "ada", &["case", "reply", "D-7", "--from", "seller", "it was whole"], 0, "done");
    let case = shown(&book, "D-7");
    assert!(!case["missing"].to_string().contains("seller's answer"), "{case}");
}

#[tokio::test]
async fn the_owner_of_a_closed_case_is_found() {
    let book = book().await;
    refunded(&book, "D-3").await;
    let found = |query: &str| book.run(&["orders", "--where", query, "--json"]).lines().len();
    assert_eq!((found("owner:ada"), found("mine")), (1, 0));
    check(&book, "ada", &["case", "pay", "D-3", "--confirm", "T-9"], 0, "closed");
    assert_eq!((found("owner:ada"), found("owner:ben")), (1, 0));
    assert!(book.run(&["case", "show", "D-3"]).out.contains("NGN 4,500.00 no longer held"));
}

#[tokio::test]
async fn the_same_file_is_attached_once() {
    let book = book().await;
    disputed(&book, "D-8", 450_000).await;
    let file = std::env::temp_dir().join(format!("{}-photo.jpg", book.name));
    std::fs::write(&file, "this is no picture").unwrap();
    let attach = ["case", "attach", "D-8", file.to_str().unwrap()];
    let first = check(&book, "ada", &attach, 0, "done");
    let (code, second) = did(&book, "ada", &attach);
    assert_eq!((code, &second), (0, &json!({ "result": "same", "file": first["event"]["seq"] })));
    let told = book.run(&[&attach[..], &["--as", "ada"]].concat());
    assert_eq!(told.out, format!("this file is attached already, as no. {}\n", first["event"]["seq"]));
    std::fs::remove_file(&file).unwrap();
}

#[tokio::test]
async fn what_the_clock_and_the_parties_do_has_their_name() {
    let book = book().await;
    disputed(&book, "D-1", 450_000).await;
    let late = "alter table dispute_case disable trigger all; alter table case_clock disable trigger all; update dispute_case set escalate_at = now() - interval '1 hour', \
                owner = 'ben', lease_until = now() - interval '1 hour'; update case_clock set due_at = now() - interval '9 days'";
    sqlx::raw_sql(late).execute(&mut book.psql().await).await.unwrap();
    book.run(&["people", "add", "root", "admin", "--as", "root"]);
    book.run(&["people", "add", "vic", "viewer", "--as", "root"]);
    assert_eq!(book.run(&["case", "list", "--as", "vic"]).code, 0);
    let events = shown(&book, "D-1")["events"].clone();
    for what in ["escalated", "returned"] {
        let event = events.as_array().unwrap().iter().find(|event| event["what"] == what);
        let event = event.unwrap_or_else(|| panic!("no {what} in {events}"));
        assert_eq!((&event["by"], &event["actor"]), (&Value::Null, &json!("clock")), "{event}");
    }
    let text = book.run(&["case", "show", "D-1"]).out;
    assert!(text.contains("the clock") && !text.contains("vic"), "{text}");

    book.import(&fact("D-1", "seller", "withdraw"));
    let text = book.run(&["case", "show", "D-1"]).out;
    assert!(text.contains("withdrawn by the seller (recorded by recourse)"), "{text}");
    let case = shown(&book, "D-1");
    assert_eq!(case["decision"]["decided_actor"], "seller");
    book.run(&["people", "add", "ada", "agent", "--as", "root"]);
    let (code, line) = did(&book, "ada", &[&["case", "decide", "D-1", "--pay-seller"][..], &DECIDE].concat());
    assert_eq!((code, &line["actor"]), (5, &json!("seller")), "{line}");
    assert!(line["message"].as_str().unwrap().contains("by the seller (recorded by recourse)"), "{line}");
}

/// A request id says one thing once: another payout under it is refused, not reported as recorded.
#[tokio::test]
async fn a_request_of_a_payout_is_used_once() {
    let book = book().await;
    disputed(&book, "D-1", 450_000).await;
    let decide =
        ["case", "decide", "D-1", "--to-seller", "60%", "--reason", "other", "--rationale", "r", "--as", "ada"];
    assert_eq!(book.run(&decide).code, 0);
    let pay = |to: &str, reference: &str, person: &str| {
        let id = ["--request-id", "00000000-0000-0000-0000-00000000000a"];
        let words = ["case", "payout", "D-1", "--to", to, "--confirm", reference, "--as", person, "--json"];
        book.run(&[words.as_slice(), &id].concat())
    };
    assert_eq!((pay("seller", "P-1", "ada").code, pay("seller", "P-1", "ada").code), (0, 0), "sent again");
    for (to, reference, person) in [("buyer", "P-1", "ada"), ("seller", "P-2", "ada"), ("seller", "P-1", "eve")] {
        let told = pay(to, reference, person);
        assert_eq!((told.code, &told.one()["why"]), (4, &"reused_request".into()), "{told:?}");
    }
    let unseen =
        book.run(&["case", "payout", "D-1", "--to", "buyer", "--confirm", "P\u{200b}-1", "--as", "ada", "--json"]);
    assert_eq!(unseen.code, 4, "it looks like P-1: {unseen:?}");
    let line = book.run(&["export", "--format", "jsonl"]).one();
    let payments =
        line["references"].as_array().unwrap().iter().filter(|it| it.as_str().unwrap().starts_with("P-")).count();
    assert_eq!((payments, &line["cause"]), (1, &Value::Null), "{line}");
}

/// While a case is open, a person ends its order through it, also where no dispute is decided.
#[tokio::test]
async fn an_order_with_an_open_case_is_not_completed() {
    let book = book().await;
    let key = OrderKey::new(ATARAPAY, "D-1").unwrap();
    let order = Order::open(key, Money::new(450_000, Currency::Ngn), super::cases::lately());
    put(&book.store, &order, &way_to(&order, atarapay::Status::Accepted.status())).await;
    assert_eq!(book.run(&["case", "open", "D-1", "--reason", "again", "--as", "ada"]).code, 0);
    let complete = ["act", "D-1", "complete", "--reference", "R-1", "--as", "ada"];
    let told = book.run(&complete);
    assert!(told.code == 4 && format!("{}{}", told.out, told.err).contains("recourse case close"), "{told:?}");
    assert_eq!(book.run(&["case", "close", "D-1", "--as", "ada"]).code, 0);
    assert_eq!(book.run(&complete).code, 0);
}
