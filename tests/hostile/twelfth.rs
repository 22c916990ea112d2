//! What a twelfth attacker found: numbers that were drawn before the lock that orders them, a payout that comes back while names are
//! erased, what arrives after an erasure, events of time that say anything, and a reader who could not search.

use std::time::Duration;

use serde_json::json;

use super::harness::Book;
use super::logins::{begin, number, peopled, run, tries};

/// An order that ended, with a buyer and a seller.
async fn ended(book: &Book, id: &str) {
    book.policy("h_admin", &[("= \"1825d\"", "= \"0d\"")]).await;
    let opened = json!({"type": "opened", "provider": "atarapay", "order": id, "at": "2026-11-01T07:00:00Z", "amount": "500.00", "currency": "NGN",
        "buyer": "Hauwa Abubakar", "seller": "Aba Leather"});
    let over = json!({"type": "moved", "provider": "atarapay", "order": id, "at": "2026-11-01T08:00:00Z", "actor": "buyer", "action": "cancel"});
    assert_eq!(book.import(format!("{opened}\n{over}").as_bytes()).code, 0);
}

fn erase(id: &str, party: &str, kind: &str) -> String {
    format!(
        "insert into erasure (order_id, party, kind, why, recorder) values ('atarapay:{id}', '{party}', '{kind}', 'asked', 'h_admin')"
    )
}

/// Readers, masked ones and viewers search.
#[tokio::test]
async fn everyone_who_may_read_searches() {
    let book = peopled().await;
    for login in ["h_reader", "h_masked", "h_viewer", "h_agent"] {
        for words in ["t-1", "buyer:x", "merchant:x", "merchant=x", "due<2h", "currency:SAR", "note:x", "reference:x"] {
            let told = book.run_as(login, &["orders", "--where", words]);
            assert!(told.code < 2, "{login}: {words}: {told:?}");
        }
    }
}

/// The erasure that is judged last is the last one, though another drew its number later: no salt of an erased name stays.
#[tokio::test]
async fn erasures_follow_each_other() {
    let book = peopled().await;
    ended(&book, "E-2").await;
    let (mut first, mut second) = (begin(&book, "h_admin").await, begin(&book, "h_admin").await);
    run(&mut first, &format!("begin; {}", erase("E-2", "seller", "names"))).await.unwrap();
    let waits = tokio::spawn(async move { run(&mut second, &erase("E-2", "buyer", "names")).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    run(&mut first, "commit").await.unwrap();
    waits.await.unwrap().unwrap();
    assert_eq!(number(&book, "select count(*) from recourse.erasure where salt is not null").await, 0);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// Who is removed is removed, though another grant drew its number later.
#[tokio::test]
async fn a_removal_is_the_last_word() {
    let book = peopled().await;
    book.login("h_mal", "recourse_writer").await;
    assert_eq!(book.run(&["people", "add", "h_mal", "admin", "--as", "h_admin"]).code, 0);
    let (mut mal, mut admin) = (begin(&book, "h_mal").await, begin(&book, "h_admin").await);
    let change = |login: &str, role: &str, granted: bool, by: &str| {
        format!(
            "insert into person_change (login, role, granted, changed_by) values ('{login}', '{role}', {granted}, '{by}')"
        )
    };
    run(&mut mal, &format!("begin; {}", change("zed", "viewer", true, "h_mal"))).await.unwrap();
    let removal = change("h_mal", "admin", false, "h_admin");
    let removes = tokio::spawn(async move { run(&mut admin, &removal).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    run(&mut mal, &format!("{}; commit", change("h_mal", "admin", true, "h_mal"))).await.unwrap();
    removes.await.unwrap().unwrap();
    assert_eq!(number(&book, "select count(*) from recourse.person where login = 'h_mal' and role = 'admin'").await, 0);
}

/// What came in about an order after its names were erased is erased with them, once someone has decided about it.
#[tokio::test]
async fn what_arrives_after_an_erasure_goes_too() {
    let book = peopled().await;
    ended(&book, "E-3").await;
    let mut admin = begin(&book, "h_admin").await;
    run(&mut admin, &erase("E-3", "buyer", "names")).await.unwrap();
    let held = "insert into fact (key, outcome) values ('e12', 'quarantined');
        insert into quarantine (key, order_id, provider, raw, why, message) values ('e12', 'atarapay:E-3', 'atarapay', 'Hauwa Abubakar 0803', 'status', 'm')";
    run(&mut begin(&book, "h_intake").await, held).await.unwrap();
    let early = tries(&book, "h_admin", &erase("E-3", "buyer", "names")).await;
    assert!(early.is_some(), "it still waits");
    let settle = "update recourse.quarantine set state = 'dismissed', settled_by = 'h_lead', settled_login = session_user, settled_at = now(), note = 'n' where key = 'e12'";
    run(&mut book.psql().await, &super::harness::raw::past_guards(settle)).await.unwrap();
    run(&mut admin, &erase("E-3", "buyer", "names")).await.unwrap();
    assert_eq!(number(&book, "select count(*) from recourse.quarantine where key = 'e12' and raw <> ''").await, 0);
}

/// What only time causes says what time says, also where the owner writes it.
#[tokio::test]
async fn an_event_of_time_says_nothing_else() {
    let book = peopled().await;
    let late = "update dispute_case set escalate_at = now() - interval '1 second' where order_id = 'atarapay:D-1'";
    run(&mut book.psql().await, &super::harness::raw::past_guards(late)).await.unwrap();
    let own = "set search_path = recourse; set role recourse_owner;
        insert into case_event (order_id, number, what, recorder, actor, words, reason, item, claimed, person)
        values ('atarapay:D-1', 1, 'escalated', 'escrow_owner', 'buyer', 'Hauwa words', 'Hauwa', 'passport', 7, 'Hauwa A')";
    run(&mut book.psql().await, own).await.unwrap();
    let said = "select count(*) from recourse.case_event where what = 'escalated' and (words, reason, item, claimed, person) is not distinct from (null, null, null, null, null)
        and actor = 'clock' and recorder = ''";
    assert_eq!(number(&book, said).await, 1);
}

/// A policy has no requests that this program does not know.
#[tokio::test]
async fn requests_of_a_policy_are_known() {
    let book = peopled().await;
    let set = "insert into desk_policy (number, body, source, recorder) select number + 1, jsonb_set(body, '{requests,zz}', '5'), source, 'h_admin'
        from desk_policy order by number desc limit 1";
    assert_eq!(tries(&book, "h_admin", set).await.as_deref(), Some("desk_policy_shape"));
}
