//! Theirs and ours: what the provider did alone is recorded where the law has one way there, and named where it has none or several.
//! Nothing is moved backwards.

use chrono::{TimeDelta, Utc};
use recourse::domain::Currency;
use recourse::domain::tamara::Status::{Approved, Authorised, FullyCaptured, New, PartiallyCaptured};
use recourse::sandbox::book::{Held, Move};
use serde_json::{Value, json};

use super::harness::told;
use super::lying::{Shared, lying, read, ready, says};
use super::peer::{Peer, peer};

/// The orders that differ, each with its class.
fn drifting(peer: &Peer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let lines = peer.book.run(&["drift", "--json"]).lines();
    let mut all: Vec<_> = lines.iter().map(|line| (text(&line["order"]), text(&line["class"]))).collect();
    all.sort();
    all
}

/// Has these orders read; the exit code, and what was printed.
fn check(peer: &Peer, query: &str) -> (i32, Vec<Value>) {
    let told = peer.book.run(&["drift", "check", "--where", query, "--as", "ada", "--json"]);
    (told.code, told.lines())
}

/// Changes an order at the provider.
fn there(peer: &Peer, id: &str, change: impl FnOnce(&mut Held)) {
    peer.sandbox.with(|book| change(book.orders.get_mut(id).unwrap()));
}

/// The day in Riyadh on which an order was moved there: the exit code, the sums of ours and the provider's with how many orders were not read, and the orders that differ.
fn reconciled(peer: &Peer, id: &str) -> (i32, Vec<Value>, Vec<Value>) {
    let day = (peer.there(id).moves[0].at + TimeDelta::hours(3)).format("%Y-%m-%d").to_string();
    let told = peer.book.run(&["reconcile", "--day", &day, "--json"]);
    let (sums, orders): (Vec<Value>, Vec<Value>) = told.lines().into_iter().partition(|line| line["kind"] == "sum");
    let sum = |line: &Value| json!([line["event"], line["ours"], line["provider"], line["not_read"]]);
    let order = |line: &Value| json!([line["order"], line["event"], line["ours"], line["provider"]]);
    (told.code, sums.iter().map(sum).collect(), orders.iter().map(order).collect())
}

/// 300.00 and 200.00 and 250.00 were captured, and 100.00 refunded.
fn the_day_agrees(peer: &Peer) {
    let (code, sums, orders) = reconciled(peer, "parts");
    let expect = [json!(["captured", "750.00", "750.00", 0]), json!(["refunded", "100.00", "100.00", 0])];
    assert_eq!((code, sums.as_slice(), orders.len()), (0, expect.as_slice(), 0));
}

/// Something that was done there with money, for the parts that its own rules refuse.
fn did(held: &mut Held, kind: &str, id: &str, amount: i64, status: &str) {
    let made = Move { kind: kind.to_owned(), id: id.to_owned(), amount, mark: None, of: None, at: Utc::now() };
    held.moves.push(made);
    held.status = status.to_owned();
}

#[tokio::test]
async fn what_the_provider_did_alone_is_recorded() {
    let peer = peer(None, "200").await;
    for (id, status) in [
        ("approved", New),
        ("declined", New),
        ("authorised", Approved),
        ("captured", Approved),
        ("parts", Authorised),
        ("canceled", Authorised),
        ("some", Authorised),
        ("expired", Approved),
        ("same", Authorised),
    ] {
        peer.order(id, status).await;
    }
    let now = Utc::now();
    there(&peer, "approved", |held| held.status = "approved".to_owned());
    there(&peer, "declined", |held| held.status = "declined".to_owned());
    there(&peer, "expired", |held| held.status = "expired".to_owned());
    there(&peer, "authorised", |held| held.authorise().unwrap());
    there(&peer, "captured", |held| {
        held.authorise().unwrap();
        held.money_move("capture", 30_000, None, now).unwrap();
        held.money_move("refund", 10_000, None, now).unwrap();
    });
    there(&peer, "parts", |held| {
        held.money_move("capture", 10_000, None, now).unwrap();
        held.money_move("capture", 10_000, None, now + TimeDelta::seconds(1)).unwrap();
    });
    there(&peer, "canceled", |held| _ = held.money_move("cancel", 30_000, None, now).unwrap());
    there(&peer, "some", |held| {
        held.money_move("cancel", 5_000, None, now).unwrap();
        held.money_move("capture", 25_000, None, now + TimeDelta::seconds(1)).unwrap();
    });
    let _serving = peer.serve(0, &[]);
    peer.healthy("good");
    let (code, lines) = check(&peer, "provider:tamara");
    assert_eq!((code, lines.len()), (0, 0), "{lines:?} {}", peer.log());
    for (id, status) in [
        ("approved", "approved"),
        ("declined", "declined"),
        ("authorised", "authorised"),
        ("captured", "partially_refunded"),
        ("parts", "partially_captured"),
        ("canceled", "canceled"),
        ("some", "fully_captured"),
        ("expired", "expired"),
        ("same", "authorised"),
    ] {
        let here = peer.here(id);
        assert_eq!(here["status"], status, "{id}: {here}");
        // What was read has the provider's ids, and is confirmed.
        for entry in here["timeline"].as_array().unwrap().iter().filter(|entry| entry["source"] == "reading") {
            assert_eq!(entry["confirmed"], true, "{entry}");
            assert_eq!(entry["reference"].is_string(), entry["amount"].is_string(), "{entry}");
        }
        assert_eq!(here["unconfirmed"], 0, "{here}");
    }
    let references: Vec<Value> = peer.there("parts").moves.iter().map(|made| json!(made.id)).collect();
    let here = peer.here("parts");
    let known: Vec<&Value> = here["timeline"].as_array().unwrap().iter().map(|entry| &entry["reference"]).collect();
    assert!(references.iter().all(|reference| known.contains(&reference)), "{known:?}");
    // The same reading again records nothing.
    let versions = |ids: &[&str]| ids.iter().map(|id| peer.here(id)["version"].clone()).collect::<Vec<_>>();
    let before = versions(&["captured", "parts", "some"]);
    assert_eq!(check(&peer, "provider:tamara").0, 0);
    assert_eq!(versions(&["captured", "parts", "some"]), before);
    the_day_agrees(&peer);
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

/// Orders that the provider has where no law leads.
async fn unlawful() -> Peer {
    let peer = peer(None, "200").await;
    for (id, status) in [
        ("back", FullyCaptured),
        ("both", PartiallyCaptured),
        ("after-refund", Authorised),
        ("twice", Authorised),
        ("ended", Authorised),
        ("gone", Authorised),
        ("more", Authorised),
        ("odd", Approved),
        ("same", Authorised),
    ] {
        peer.order(id, status).await;
    }
    there(&peer, "back", |held| held.status = "authorised".to_owned());
    there(&peer, "both", |held| did(held, "cancel", "x1", 5_000, "updated"));
    there(&peer, "after-refund", |held| {
        did(held, "capture", "c1", 10_000, "partially_captured");
        did(held, "refund", "r1", 5_000, "partially_refunded");
        did(held, "capture", "c2", 5_000, "partially_refunded");
    });
    there(&peer, "twice", |held| {
        did(held, "cancel", "x1", 5_000, "updated");
        did(held, "cancel", "x2", 5_000, "updated");
    });
    there(&peer, "more", |held| held.amount = 40_000);
    there(&peer, "odd", |held| held.status = "on_hold".to_owned());
    peer.sandbox.with(|book| book.orders.remove("gone"));
    // Here it has expired, which the provider does not say.
    let expired =
        json!({"type": "observed", "provider": "tamara", "order": "ended", "at": Utc::now(), "status": "expired"});
    peer.book.import(expired.to_string().as_bytes());
    assert_eq!(peer.here("ended")["status"], "expired");
    peer
}

#[tokio::test]
async fn what_the_law_cannot_follow_is_named_and_moves_nothing() {
    let peer = unlawful().await;
    let expect = [
        ("after-refund", "conflict"),
        ("back", "behind"),
        ("both", "conflict"),
        ("ended", "conflict"),
        ("gone", "absent"),
        ("more", "conflict"),
        ("odd", "conflict"),
        ("twice", "conflict"),
    ];
    let versions = || expect.map(|(id, _)| peer.here(id)["version"].clone());
    let before = versions();
    let _serving = peer.serve(0, &[]);
    peer.healthy("good");
    let (code, lines) = check(&peer, "provider:tamara");
    assert_eq!(code, 1, "{lines:?}");
    assert_eq!(drifting(&peer), expect.map(|(id, class)| (id.to_owned(), class.to_owned())));
    assert_eq!(versions(), before);
    // What it captured and refunded there is not in our day.
    let (code, _, orders) = reconciled(&peer, "after-refund");
    let expect =
        [json!(["after-refund", "captured", "0.00", "150.00"]), json!(["after-refund", "refunded", "0.00", "50.00"])];
    assert_eq!((code, &orders[..2]), (1, expect.as_slice()));
    // What a word means that is not known here is not guessed.
    let odd = lines.iter().find(|line| line["order"] == "odd").unwrap();
    assert_eq!((&odd["theirs"]["status"], &odd["theirs"]["word"]), (&Value::Null, &json!("on_hold")));
    // A person cannot make the law follow either.
    for (id, why) in [("twice", "unlawful"), ("gone", "absent"), ("back", "behind"), ("more", "unlawful")] {
        let told = peer.book.run(&["drift", "adopt", id, "--note", "seen on the portal", "--as", "ada", "--json"]);
        assert_eq!((told.code, &told.one()["why"]), (4, &json!(why)), "{id}: {told:?}");
    }
    assert_eq!(versions(), before);
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_person_chooses_where_the_provider_lists_nothing() {
    let (peer, script) = lying().await;
    peer.order("T-1", Authorised).await;
    let login = async |name: &str, role: &str| {
        peer.book.login(name, "recourse_writer").await;
        assert_eq!(peer.book.run(&["people", "add", name, role]).code, 0);
    };
    assert_eq!(peer.book.run(&["people", "add", "recourse", "admin"]).code, 0);
    login("d_ops", "ops").await;
    login("d_agent", "agent").await;
    let money = |digits: &str| json!({"amount": digits, "currency": "SAR"});
    let unlisted = json!({"order_id": "T-1", "status": "partially_captured", "total_amount": money("300.00"),
        "captured_amount": money("120.00")});
    says(&script, &[(404, "{}".to_owned())], &[]);
    let _serving = peer.serve(0, &[]);
    ready(&peer);
    says(&script, &[(200, unlisted.to_string())], &[]);
    let run = |who: &str, words: &[&str]| told(peer.book.command(words).env("DATABASE_URL", peer.book.url_of(who)));
    let checked = run("d_ops", &["drift", "check", "--where", "T-1", "--json"]);
    assert_eq!(checked.code, 1, "{checked:?} {}", peer.log());
    let line = checked.one();
    assert_eq!(
        (&line["class"], &line["ours"]["captured"], &line["theirs"]["captured"]),
        (&json!("ahead"), &json!("0.00"), &json!("120.00"))
    );
    assert_eq!(
        (&line["ways"][0][0]["action"], &line["ways"][0][0]["amount"]),
        (&json!("capture"), &json!("120.00")),
        "{line}"
    );
    let adopt = ["drift", "adopt", "T-1", "--note", "the portal shows one capture", "--json"];
    assert_eq!(run("d_agent", &adopt).code, 4);
    assert_eq!(peer.here("T-1")["status"], "authorised");
    // More was captured since the way was listed: nothing is recorded that the person has not seen.
    let more = unlisted.to_string().replace("120.00", "220.00");
    says(&script, &[(200, more)], &[]);
    let told = run("d_ops", &adopt);
    assert_eq!((told.code, peer.here("T-1")["status"].as_str()), (5, Some("authorised")), "{told:?}");
    let told = run("d_ops", &adopt);
    assert_eq!(told.code, 0, "{told:?} {}", peer.log());
    let here = peer.here("T-1");
    let last = here["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&here["status"], &last["recorder"], &last["source"], &last["note"]),
        (&json!("partially_captured"), &json!("d_ops"), &json!("reading"), &json!("the portal shows one capture"))
    );
    assert_eq!(run("d_ops", &["drift", "check", "--where", "T-1"]).code, 0);
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
    named_later(&peer, &script);
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

/// The id that comes later names the capture that was recorded without, wherever it comes from; what comes without one is the same, too.
fn named_later(peer: &Peer, script: &Shared) {
    let version = peer.here("T-1")["version"].clone();
    let capture = |id: Value| {
        let mut data = json!({"captured_amount": {"amount": "220.00", "currency": "SAR"}});
        if !id.is_null() {
            data["capture_id"] = id;
        }
        json!({"type": "notification", "provider": "tamara", "at": Utc::now(), "body": {"order_id": "T-1", "event_type": "order_captured", "data": data}})
    };
    peer.book.import(capture(Value::Null).to_string().as_bytes());
    assert_eq!(peer.here("T-1")["version"], version);
    says(script, &[(200, read("T-1", "partially_captured", &[("c-1", "220.00")]))], &[]);
    let check = ["drift", "check", "--where", "T-1"];
    assert_eq!(told(peer.book.command(&check).env("DATABASE_URL", peer.book.url_of("d_ops"))).code, 0);
    for id in [json!("c-1"), Value::Null, json!("c-1")] {
        peer.book.import(capture(id).to_string().as_bytes());
        let here = peer.here("T-1");
        assert_eq!((&here["version"], &here["amounts"]["captured"]), (&version, &json!("220.00")));
    }
    // Another id is another capture.
    let other = capture(json!("c-2")).to_string().replace("220.00", "20.00");
    peer.book.import(other.as_bytes());
    assert_eq!(peer.here("T-1")["amounts"]["captured"], "240.00");
}

/// The provider answered that it captured, and shows it only later.
#[tokio::test]
async fn a_reading_that_is_late_moves_nothing() {
    let (peer, script) = lying().await;
    peer.order("T-1", Authorised).await;
    let money = |digits: &str| json!({"amount": digits, "currency": "SAR"});
    let done = json!({"order_id": "T-1", "capture_id": "c-1", "status": "partially_captured", "captured_amount": money("20.00")});
    says(&script, &[(404, "{}".to_owned())], &[(200, &done.to_string())]);
    let _serving = peer.serve(0, &[]);
    ready(&peer);
    says(&script, &[(200, read("T-1", "authorised", &[]))], &[(200, &done.to_string())]);
    assert_eq!(peer.book.run(&["act", "T-1", "capture", "--amount", "20", "--as", "ada"]).code, 0);
    assert_eq!(check(&peer, "T-1").0, 1);
    assert_eq!(drifting(&peer), [("T-1".to_owned(), "behind".to_owned())]);
    assert_eq!(peer.here("T-1")["amounts"]["captured"], "20.00");
    says(&script, &[(200, read("T-1", "partially_captured", &[("c-1", "20.00")]))], &[]);
    assert_eq!(check(&peer, "T-1"), (0, Vec::new()));
    assert_eq!((peer.here("T-1")["version"].clone(), drifting(&peer)), (json!(4), Vec::new()));
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn who_canceled_is_not_guessed() {
    let peer = peer(None, "200").await;
    let opened = Utc::now() - TimeDelta::hours(3);
    let line = json!({"type": "opened", "provider": "atarapay", "order": "20171", "at": opened, "currency": "NGN", "amount": "300.00", "merchant": "105"});
    assert_eq!(peer.book.import(line.to_string().as_bytes()).code, 0);
    peer.sandbox.with(|book| {
        let held = Held {
            order_id: "20171".to_owned(),
            account: "lekki".to_owned(),
            status: "cancelled".to_owned(),
            amount: 30_000,
            currency: Currency::Ngn,
            created_at: opened,
            moves: Vec::new(),
        };
        book.orders.insert("20171".to_owned(), held);
    });
    let _serving = peer.serve(0, &[]);
    peer.healthy("good");
    let (code, lines) = check(&peer, "20171");
    assert_eq!((code, lines[0]["ways"].as_array().unwrap().len()), (1, 2), "{lines:?}");
    let adopt = |words: &[&str]| {
        let all = [&["drift", "adopt", "20171", "--note", "the buyer called", "--as", "ada", "--json"], words].concat();
        peer.book.run(&all)
    };
    let told = adopt(&[]);
    assert_eq!((told.code, &told.one()["why"]), (4, &json!("ways")), "{told:?}");
    let buyers = lines[0]["ways"].as_array().unwrap().iter().position(|way| way[0]["actor"] == "buyer").unwrap() + 1;
    assert_eq!(adopt(&["--way", &buyers.to_string()]).code, 0);
    let here = peer.here("20171");
    let last = here["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!((&here["status"], &last["actor"]), (&json!("cancelled"), &json!("buyer")));
}

#[tokio::test]
async fn without_a_server_nothing_is_read() {
    let peer = peer(None, "200").await;
    peer.order("T-1", Approved).await;
    assert_eq!(check(&peer, "T-1").0, 1);
    let told = peer.book.run(&["drift", "adopt", "T-1", "--note", "x", "--as", "ada", "--json"]);
    assert_eq!(told.code, 1, "{told:?}");
}
