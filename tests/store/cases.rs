//! Cases: opened by disputes, owned by one person, decided once, paid once. Run through the binary, as people and
//! programs use it.

use chrono::{DateTime, SubsecRound, Utc};
use recourse::cases::Policy;
use recourse::cases::policy::SHIPPED;
use recourse::domain::{ATARAPAY, Currency, Money, Order, OrderKey, Step, atarapay};
use recourse::store::cases::policy;
use serde_json::Value;

use super::harness::raw::past_guards;
use super::harness::{Book, book, put, way_to};

/// Puts an order at Disputed with this id and held amount, in minor units.
pub async fn disputed(book: &Book, id: &str, minor: i64) {
    stands(book, id, minor, atarapay::Status::Disputed).await;
}

/// A time so recent that no business-hours deadline has passed; the same for the whole run.
pub fn lately() -> DateTime<Utc> {
    static LATELY: std::sync::OnceLock<DateTime<Utc>> = std::sync::OnceLock::new();
    *LATELY.get_or_init(|| (Utc::now() - chrono::TimeDelta::hours(6)).trunc_subsecs(0))
}

async fn stands(book: &Book, id: &str, minor: i64, status: atarapay::Status) {
    let key = OrderKey::new(ATARAPAY, id).unwrap();
    let order = Order::open(key, Money::new(minor, Currency::Ngn), lately());
    let steps: Vec<Step> = way_to(&order, status.status());
    put(&book.store, &order, &steps).await;
}

/// A fact about an order, dated now.
pub fn fact(order: &str, actor: &str, action: &str) -> Vec<u8> {
    let at = Utc::now().to_rfc3339();
    serde_json::json!({ "type": "moved", "provider": "atarapay", "order": order, "at": at, "actor": actor, "action": action }).to_string().into_bytes()
}

/// Runs a command as this person; returns the exit code and the one line of output.
pub fn did(book: &Book, person: &str, words: &[&str]) -> (i32, Value) {
    let told = book.run(&[words, &["--as", person, "--json"]].concat());
    assert_eq!(told.err, "", "{words:?}");
    (told.code, told.one())
}

/// Runs a command that has to succeed.
pub fn done(book: &Book, person: &str, words: &[&str]) -> Value {
    let (code, line) = did(book, person, words);
    assert_eq!((code, &line["result"]), (0, &Value::from("done")), "{words:?}: {line}");
    line
}

fn shown(book: &Book, order: &str) -> Value {
    book.run(&["case", "show", order, "--json"]).one()
}

#[tokio::test]
async fn a_new_database_has_the_shipped_policy() {
    let book = book().await;
    let mut connection = book.store.pool.acquire().await.unwrap();
    assert_eq!(policy::now(&mut connection).await.unwrap().policy, Policy::parse(SHIPPED).unwrap());
}

#[tokio::test]
async fn a_case_from_the_complaint_to_the_money() {
    let book = book().await;
    disputed(&book, "ATP-1", 450_000).await;
    let line = shown(&book, "ATP-1");
    assert_eq!(
        (&line["stage"], &line["owner"], &line["clock"]),
        (&"working".into(), &Value::Null, &"first_answer".into())
    );

    let line = done(&book, "ada", &["case", "claim", "ATP-1"]);
    assert_eq!(line["case"]["owner"], "ada");
    let (code, line) = did(&book, "ben", &["case", "claim", "ATP-1"]);
    assert_eq!(
        (code, &line["result"], &line["owner"], &line["by"]),
        (5, &"conflict".into(), &"ada".into(), &"ada".into())
    );

    done(&book, "ada", &["case", "classify", "ATP-1", "--reason", "damaged", "--claimed", "1500"]);
    done(&book, "ada", &["case", "note", "ATP-1", "the seller rang: broken seal"]);
    let line =
        done(&book, "ada", &["case", "message", "ATP-1", "--to", "buyer", "--macro", "ask for photos", "--wait"]);
    assert_eq!((&line["case"]["queue"], &line["case"]["clock"]), (&"waiting_buyer".into(), &"buyer_answer".into()));
    assert!(line["event"]["message"].as_str().unwrap().contains("order ATP-1"), "{line}");
    assert_eq!(line["case"]["lease_until"], Value::Null, "a waiting case has no lease");
    let line = done(&book, "ben", &["case", "answer", "ATP-1", "--from", "buyer", "here are the photos"]);
    assert_eq!((&line["case"]["queue"], &line["case"]["clock"]), (&"working".into(), &"decision".into()));

    let photo = std::env::temp_dir().join(format!("{}-photo.txt", book.name));
    std::fs::write(&photo, "a photo\nof a seal").unwrap();
    let line = done(&book, "ada", &["case", "attach", "ATP-1", photo.to_str().unwrap()]);
    assert_eq!(
        (&line["event"]["file"]["type"], &line["event"]["file"]["facts"]),
        (&"text/plain".into(), &"2 lines".into())
    );
    std::fs::remove_file(&photo).unwrap();
    let name = line["event"]["file"]["name"].as_str().unwrap();
    let line = done(&book, "ada", &["case", "save", "ATP-1", name, "--to", photo.to_str().unwrap()]);
    assert_eq!(
        (std::fs::read(&photo).unwrap().as_slice(), line["size"].as_u64()),
        (&b"a photo\nof a seal"[..], Some(17))
    );
    std::fs::remove_file(&photo).unwrap();
    done(&book, "ada", &["case", "check", "ATP-1", "1"]);
    assert_eq!(shown(&book, "ATP-1")["missing"].as_array().unwrap().len(), 3);

    paid_once(&book);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// The rest of the case: a split, a failed payout, repeated confirmations.
fn paid_once(book: &Book) {
    let decide = [
        "case",
        "decide",
        "ATP-1",
        "--to-seller",
        "60%",
        "--to-buyer",
        "40%",
        "--rationale",
        "the seal was broken before",
    ];
    let line = done(book, "ada", &decide);
    assert_eq!((&line["case"]["status"], &line["case"]["queue"]), (&"dispute_resolved".into(), &"unpaid".into()));
    let line = shown(book, "ATP-1");
    assert_eq!((&line["decision"]["to_seller"], &line["decision"]["to_buyer"]), (&"2700.00".into(), &"1800.00".into()));
    assert_eq!(
        line["decision"]["say_buyer"],
        "You receive NGN 1,800.00 of the NGN 4,500.00 held for this order; the seller receives NGN 2,700.00."
    );
    let (code, line) = did(book, "ben", &decide);
    assert_eq!((code, &line["result"]), (5, &"conflict".into()), "{line}");

    done(book, "ada", &["case", "pay", "ATP-1", "--to", "seller", "--sent"]);
    let (code, _) = did(book, "ben", &["case", "pay", "ATP-1", "--to", "seller", "--sent"]);
    assert_eq!(code, 5);
    done(book, "ada", &["case", "pay", "ATP-1", "--to", "seller", "--failed", "wrong account"]);
    done(book, "ada", &["case", "pay", "ATP-1", "--to", "seller", "--reopen"]);
    done(book, "ada", &["case", "pay", "ATP-1", "--to", "seller", "--confirm", "bank-1"]);
    let line = done(book, "ben", &["case", "pay", "ATP-1", "--confirm", "bank-2"]);
    assert_eq!((&line["case"]["status"], &line["case"]["stage"]), (&"completed".into(), &"closed".into()), "{line}");
    // The same confirmation again changes nothing; another reference would be a second payment.
    done(book, "ben", &["case", "pay", "ATP-1", "--to", "buyer", "--confirm", "bank-2"]);
    let (code, _) = did(book, "ada", &["case", "pay", "ATP-1", "--to", "buyer", "--confirm", "bank-3"]);
    assert_eq!(code, 5);
}

#[tokio::test]
async fn what_is_large_is_approved_by_another_person() {
    let book = book().await;
    disputed(&book, "ATP-1", 200_000_000).await;
    let decide = [
        "case",
        "decide",
        "ATP-1",
        "--refund-buyer",
        "--reason",
        "not_delivered",
        "--rationale",
        "no proof of delivery",
    ];
    let line = done(&book, "ada", &decide);
    assert_eq!((&line["case"]["status"], &line["case"]["queue"]), (&"disputed".into(), &"proposed".into()));
    let (code, line) = did(&book, "ada", &["case", "approve", "ATP-1"]);
    assert_eq!((code, &line["why"]), (4, &"own".into()));
    // Nobody can avoid the approval with a plain settle.
    for person in ["ada", "ben"] {
        let (code, line) = did(&book, person, &["act", "ATP-1", "settle", "--to-seller", "0", "--to-buyer", "2000000"]);
        assert_eq!((code, &line["needs"]), (4, &serde_json::json!(["case"])), "{line}");
    }

    // A reply from a party makes the proposal out of date.
    done(&book, "ben", &["case", "answer", "ATP-1", "--from", "seller", "we have the courier's signature"]);
    let (code, line) = did(&book, "ben", &["case", "approve", "ATP-1"]);
    assert_eq!((code, &line["why"]), (5, &"out_of_date".into()));
    done(&book, "ben", &["case", "reject", "ATP-1", "--reason", "look at the signature"]);
    done(&book, "ada", &decide);
    let line = done(&book, "ben", &["case", "approve", "ATP-1"]);
    assert_eq!(line["case"]["status"], "dispute_resolved");
    let decision = shown(&book, "ATP-1")["decision"].clone();
    assert_eq!((&decision["proposed_by"], &decision["approved_by"]), (&"ada".into(), &"ben".into()));
    let (code, _) = did(&book, "eve", &["case", "approve", "ATP-1"]);
    assert_eq!(code, 5);
}

#[tokio::test]
async fn hands_leases_and_the_next_one() {
    let book = book().await;
    for (id, minor) in [("ATP-1", 100_000), ("ATP-2", 300_000), ("ATP-3", 200_000)] {
        disputed(&book, id, minor).await;
    }
    // All have the same deadlines, so the largest comes first.
    assert_eq!(done(&book, "ada", &["next"])["case"]["order"], "ATP-2");
    assert_eq!(done(&book, "ben", &["next"])["case"]["order"], "ATP-3");
    let (code, line) = did(&book, "ben", &["case", "message", "ATP-2", "--to", "buyer", "hello"]);
    assert_eq!((code, &line["why"]), (5, &"held".into()));
    done(&book, "ben", &["case", "note", "ATP-2", "I know this seller"]);
    done(&book, "ben", &["case", "claim", "ATP-2", "--reason", "ada is ill"]);
    done(&book, "ben", &["case", "hand-over", "ATP-2", "--to", "eve", "--note", "the buyer called twice"]);
    let (code, line) = did(&book, "eve", &["case", "hand-over", "ATP-2", "--to", "eve", "--note", "mine"]);
    assert_eq!((code, &line["why"]), (4, &"facts".into()), "nobody hands a case to themselves: {line}");
    done(&book, "eve", &["case", "release", "ATP-2"]);
    let (code, line) = did(&book, "eve", &["case", "release", "ATP-2"]);
    assert_eq!((code, &line["why"]), (4, &"not_yet".into()));
    let words: Vec<String> = shown(&book, "ATP-2")["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["what"].as_str().unwrap().to_owned())
        .filter(|what| what != "escalated")
        .collect();
    assert_eq!(words.join(" "), "opened claimed noted taken handed_over released");
    // An untouched case returns to the queue automatically.
    sqlx::raw_sql(sqlx::AssertSqlSafe(past_guards(
        "update dispute_case set lease_until = now() - interval '1 second' where order_id = 'atarapay:ATP-3'",
    )))
    .execute(&mut book.psql().await)
    .await
    .unwrap();
    assert_eq!(shown(&book, "ATP-3")["owner"], Value::Null);
    let list = book.run(&["case", "list", "--queue", "unclaimed", "--as", "ada", "--json"]).lines();
    let names: Vec<&str> = list.iter().map(|line| line["order"].as_str().unwrap()).collect();
    assert_eq!(names, ["ATP-2", "ATP-3", "ATP-1"]);
    let page =
        book.run(&["case", "list", "--limit", "1", "--after", list[0]["cursor"].as_str().unwrap(), "--json"]).one();
    assert_eq!(page["order"], "ATP-3");
    let events = shown(&book, "ATP-3")["events"].clone();
    assert!(events.as_array().unwrap().iter().any(|event| event["what"] == "returned"), "{events}");
}

#[tokio::test]
async fn the_providers_word_decides_and_pays() {
    let book = book().await;
    stands(&book, "ATP-1", 450_000, atarapay::Status::Dispute).await;
    let decide = ["case", "decide", "ATP-1", "--pay-seller", "--reason", "other", "--rationale", "r"];
    let (code, line) = did(&book, "ada", &decide);
    assert_eq!((code, &line["why"]), (4, &"not_yet".into()));
    assert_eq!(book.import(&fact("ATP-1", "seller", "withdraw")).code, 0);
    let line = shown(&book, "ATP-1");
    assert_eq!((&line["queue"], &line["decision"]["basis"]), (&"unpaid".into(), &"withdrawn".into()), "{line}");
    assert_eq!((&line["payouts"][0]["to"], &line["payouts"][0]["state"]), (&"buyer".into(), &"pending".into()));
    assert_eq!(book.import(&fact("ATP-1", "provider", "complete")).code, 0);
    let line = shown(&book, "ATP-1");
    assert_eq!((&line["stage"], &line["payouts"][0]["state"]), (&"closed".into(), &"confirmed".into()), "{line}");
}
