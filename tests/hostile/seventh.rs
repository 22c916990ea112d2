//! What a seventh attacker made happen before it was refused: a report that is told again once a proposal fits it, completions that were told
//! before the decision, a reference that pays two orders, events and payouts that an owner wrote without a cause, plans held by who may not
//! run them.

use chrono::{DateTime, TimeDelta, Utc};
use recourse::domain::{ATARAPAY, Currency, Money, Order, OrderKey, atarapay};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::harness::{Book, Told, put, told, way_to};
use super::logins::{peopled, psql};

async fn order(book: &Book, id: &str, status: atarapay::Status, naira: i64) {
    let opened = Utc::now() - TimeDelta::hours(30);
    let order = Order::open(OrderKey::new(ATARAPAY, id).unwrap(), Money::new(naira * 100, Currency::Ngn), opened);
    put(&book.store, &order, &way_to(&order, status.status())).await;
}

fn run(book: &Book, login: &str, words: &[&str]) -> Told {
    told(book.command(words).env("DATABASE_URL", book.url_of(login)))
}

#[track_caller]
fn done(book: &Book, login: &str, words: &[&str]) {
    let told = run(book, login, words);
    assert_eq!(told.code, 0, "{words:?}: {told:?}");
}

fn fact(book: &Book, order: &str, actor: &str, action: &str, at: DateTime<Utc>) -> Value {
    let line =
        json!({"type": "moved", "provider": "atarapay", "order": order, "at": at, "actor": actor, "action": action});
    book.import(line.to_string().as_bytes()).one()
}

fn status(book: &Book, order: &str) -> String {
    book.run(&["show", order, "--json"]).one()["status"].as_str().unwrap().to_owned()
}

fn propose(book: &Book, order: &str) {
    done(book, "h_agent", &["case", "take", order]);
    done(book, "h_agent", &["case", "decide", order, "--pay-seller", "--reason", "damaged", "--rationale", "seen"]);
}

#[tokio::test]
async fn a_proposal_speaks_only_for_what_comes_after_it() {
    let book = peopled().await;
    let ago = |minutes: i64| Utc::now() - TimeDelta::minutes(minutes);
    // Told before, dismissed by a lead, proposed, and told again.
    order(&book, "B-1", atarapay::Status::Disputed, 2_000_000).await;
    assert_eq!(fact(&book, "B-1", "buyer", "withdraw", ago(2))["quarantined"], 1);
    let waiting = book.run(&["quarantine", "--order", "B-1", "--json"]).one()["id"].to_string();
    done(&book, "h_lead", &["quarantine", "dismiss", &waiting, "--note", "the buyer denies it"]);
    propose(&book, "B-1");
    assert_eq!(fact(&book, "B-1", "buyer", "withdraw", ago(1))["quarantined"], 1);
    // Told for the first time, and dated before the proposal.
    order(&book, "B-2", atarapay::Status::Disputed, 2_000_000).await;
    propose(&book, "B-2");
    assert_eq!(fact(&book, "B-2", "buyer", "withdraw", ago(20))["quarantined"], 1);
    for id in ["B-1", "B-2"] {
        assert_eq!(status(&book, id), "disputed", "{id}");
    }
    // What is told after it, and says the same, is recorded.
    order(&book, "B-3", atarapay::Status::Disputed, 2_000_000).await;
    propose(&book, "B-3");
    assert_eq!(fact(&book, "B-3", "buyer", "withdraw", Utc::now())["applied"], 1);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_completion_that_waited_confirms_no_payout_decided_since() {
    let book = peopled().await;
    order(&book, "S-1", atarapay::Status::Disputed, 5_000).await;
    assert_eq!(fact(&book, "S-1", "provider", "complete", Utc::now() + TimeDelta::minutes(5))["quarantined"], 1);
    propose(&book, "S-1");
    _ = run(&book, "h_intake", &["quarantine", "retry"]);
    assert_eq!(status(&book, "S-1"), "dispute_resolved");
    let case = book.run(&["case", "show", "S-1", "--json"]).one();
    assert!(case["payouts"].as_array().unwrap().iter().all(|payout| payout["state"] == "pending"), "{case}");
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_reference_that_was_reported_pays_no_one_else() {
    let book = peopled().await;
    order(&book, "P-1", atarapay::Status::Accepted, 5_000).await;
    let line = json!({"type": "moved", "provider": "atarapay", "order": "P-1", "at": Utc::now(), "actor": "provider", "action": "complete", "reference": "Z10"});
    assert_eq!(book.import(line.to_string().as_bytes()).one()["applied"], 1);
    order(&book, "S-1", atarapay::Status::Disputed, 5_000).await;
    propose(&book, "S-1");
    let again = run(&book, "h_agent", &["case", "payout", "S-1", "--to", "seller", "--confirm", "Z10", "--json"]);
    assert_eq!(again.code, 4, "{again:?}");
}

#[tokio::test]
async fn events_that_nothing_caused_are_named() {
    let book = peopled().await;
    order(&book, "S-1", atarapay::Status::Disputed, 5_000).await;
    propose(&book, "S-1");
    order(&book, "P-1", atarapay::Status::Pending, 5_000).await;
    let mut owner = book.psql().await;
    // As the owner, from a trigger on a table of their own, where the program's functions believe to be called by others of its own.
    let within = |statement: &str| {
        format!(
            "begin; set local role recourse_owner; set local search_path = recourse; create temp table lever (a int) on commit drop;
            create or replace function pg_temp.f() returns trigger language plpgsql as $$ begin {statement}; return new; end $$;
            create trigger t before insert on lever for each row execute function pg_temp.f(); insert into lever values (1); commit"
        )
    };
    for (statement, named) in [
        (
            "insert into case_event (order_id, number, what, party, words, item, actor, recorder) values ('atarapay:S-1', 1, 'payout', 'seller', 'confirmed', 'FAKE', 'provider', 'recourse')",
            "no payout and no move caused: payout",
        ),
        (
            "insert into case_event (order_id, number, what, actor, recorder) values ('atarapay:S-1', 1, 'decided', 'provider', 'recourse')",
            "no payout and no move caused: decided",
        ),
        ("update payout set currency = 'USD' where order_id = 'atarapay:S-1'", "another currency than its decision"),
    ] {
        sqlx::raw_sql(AssertSqlSafe(within(statement))).execute(&mut owner).await.unwrap();
        let faults = book.faults().await;
        assert!(faults.iter().any(|fault| fault.contains(named)), "{named}: {faults:#?}");
    }
}

#[tokio::test]
async fn who_may_run_no_plan_holds_none() {
    let book = peopled().await;
    let made = run(&book, "h_ops", &["plan", "make", "T-1", "--json"]);
    assert_eq!(made.code, 0, "{made:?}");
    let mut viewer = psql(&book, "h_viewer").await;
    sqlx::raw_sql("select pg_advisory_lock(hashtext('recourse plan'), 1)").execute(&mut viewer).await.unwrap();
    let ran = run(&book, "h_ops", &["plan", "run", "1", "--json"]);
    assert_ne!(ran.code, 5, "{ran:?}");
}
