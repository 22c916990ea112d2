//! What a sixth attacker made happen in psql before it was refused: steps invented before a fact that is released, a fact of our own as the
//! provider's word, one fact that is recorded and confirms, a completion from before the decision, a case that is closed while its order
//! is in dispute, references that only look different.

use chrono::{TimeDelta, Utc};
use recourse::domain::{ATARAPAY, Currency, Money, Order, OrderKey, atarapay};
use serde_json::json;

use super::harness::raw::moved;
use super::harness::{Book, put, way_to};
use super::logins::{peopled, psql, tries};

/// An order of NGN 2,000,000 at this status.
async fn order(book: &Book, id: &str, status: atarapay::Status) {
    let opened = Utc::now() - TimeDelta::hours(30);
    let key = OrderKey::new(ATARAPAY, id).unwrap();
    let order = Order::open(key, Money::new(200_000_000, Currency::Ngn), opened);
    put(&book.store, &order, &way_to(&order, status.status())).await;
}

/// The number of the one fact of this order that waits, and its time as SQL.
async fn waits(book: &Book, order: &str) -> (i64, String) {
    let found: (i64, String) =
        sqlx::query_as("select id, quote_literal(happened_at::text) from recourse.quarantine where order_id = $1 and state = 'waiting'")
            .bind(order)
            .fetch_one(&mut book.psql().await)
            .await
            .unwrap();
    found
}

fn settled(id: i64, state: &str) -> String {
    format!("select quarantine_settled({id}, '{state}', 'x', session_user); ")
}

fn fact(order: &str, actor: &str, action: &str, at: chrono::DateTime<Utc>) -> Vec<u8> {
    json!({"type": "moved", "provider": "atarapay", "order": order, "at": at, "actor": actor, "action": action})
        .to_string()
        .into_bytes()
}

#[tokio::test]
async fn a_fact_that_is_released_implies_nothing() {
    let book = peopled().await;
    order(&book, "P-1", atarapay::Status::Pending).await;
    book.import(&fact("P-1", "courier", "deliver", Utc::now() - TimeDelta::minutes(3)));
    order(&book, "P-2", atarapay::Status::Pending).await;
    book.import(&fact("P-2", "buyer", "reject", Utc::now() - TimeDelta::minutes(3)));
    let (id, at) = waits(&book, "atarapay:P-2").await;
    let by = |inferred: &'static str, more: &[(&'static str, &'static str)]| {
        let mut columns = vec![
            ("source", "'import'"),
            ("recorder", "session_user"),
            ("happened_at", at.as_str()),
            ("inferred", inferred),
        ];
        columns.extend(more);
        columns.into_iter().map(|(name, value)| (name, value.to_owned())).collect::<Vec<_>>()
    };
    let step = |action: &str, actor: &str, to: &str, columns: &[(&'static str, String)]| {
        let columns: Vec<(&str, &str)> = columns.iter().map(|(name, value)| (*name, value.as_str())).collect();
        moved("atarapay:P-2", action, actor, to, &columns) + "; "
    };
    let invented = settled(id, "applied")
        + &step("deliver", "courier", "awaiting_buyer_response", &by("true", &[]))
        + &step("reject", "buyer", "awaiting_buyer_response", &by("false", &[("rejection_pending", "true")]));
    assert_eq!(tries(&book, "h_agent", &invented).await.as_deref(), Some("login_is_intake"));
}

#[tokio::test]
async fn a_fact_of_our_own_is_no_word_of_the_provider() {
    let book = peopled().await;
    order(&book, "P-1", atarapay::Status::Disputed).await;
    // It decides more than the limit: a lead releases it.
    book.import(&fact("P-1", "buyer", "withdraw", Utc::now() - TimeDelta::minutes(3)));
    let (id, at) = waits(&book, "atarapay:P-1").await;
    for (source, refused) in [("'import'", None), ("'notification'", Some("login_is_intake"))] {
        let columns = [
            ("source", source),
            ("recorder", "session_user"),
            ("happened_at", at.as_str()),
            ("outcome", "'pay_seller'"),
            ("to_seller", "o.amount"),
            ("to_buyer", "0"),
        ];
        let sql = settled(id, "applied") + &moved("atarapay:P-1", "withdraw", "buyer", "dispute_resolved", &columns);
        assert_eq!(tries(&book, "h_lead", &sql).await.as_deref(), refused, "{source}");
    }
}

#[tokio::test]
async fn a_case_stays_open_while_its_order_is_in_dispute() {
    let book = peopled().await;
    let close = "insert into case_event (order_id, number, what, recorder, words) values ('atarapay:D-1', 1, 'closed', session_user, 'x')";
    let said = tries(&book, "h_agent", close).await;
    assert!(said.is_some(), "{said:?}");
    // At once with the move that puts the order into dispute: neither sees the other.
    order(&book, "R-1", atarapay::Status::AwaitingBuyerResponse).await;
    let reject = json!({"type": "moved", "provider": "atarapay", "order": "R-1", "at": Utc::now() - TimeDelta::minutes(2), "actor": "buyer", "action": "reject"});
    assert_eq!(book.import(reject.to_string().as_bytes()).code, 0);
    let open = book
        .command(&["case", "open", "R-1", "--reason", "other", "--json"])
        .env("DATABASE_URL", book.url_of("h_agent"))
        .output()
        .unwrap();
    assert!(open.status.success(), "{open:?}");
    let both = [
        ("source", "'console'"),
        ("recorder", "session_user"),
        ("note", "'told by phone'"),
        ("rejection_pending", "false"),
    ];
    let dispute = moved("atarapay:R-1", "report_bad_condition", "seller", "dispute", &both);
    let sql = format!(
        "with c as (insert into case_event (order_id, number, what, recorder, words) values ('atarapay:R-1', 1, 'closed', session_user, 'x')),
        t as ({dispute}) select 1"
    );
    assert_eq!(tries(&book, "h_agent", &sql).await.as_deref(), Some("dispute_has_open_case"));
}

#[tokio::test]
async fn what_looks_the_same_is_the_same_reference() {
    let book = peopled().await;
    for hidden in ["\\u034f", "\\ufe0f", "\\u180e", "\\U0001bca0", "\\U000e0041"] {
        let reference = format!("E'C17{hidden}'");
        for source in ["'console'", "'notification'"] {
            let columns = [
                ("source", source),
                ("recorder", "session_user"),
                ("happened_at", "clock_timestamp()"),
                ("amount", "100"),
                ("captured", "100"),
                ("reference", reference.as_str()),
            ];
            let sql = moved("tamara:T-2", "capture", "merchant", "partially_captured", &columns);
            let login = if source == "'console'" { "h_ops" } else { "h_intake" };
            assert_eq!(
                tries(&book, login, &sql).await.as_deref(),
                Some("transition_reference_printable"),
                "{hidden} {source}"
            );
        }
    }
    // What the provider sends with such a reference waits for a person.
    let said = json!({"type": "notification", "provider": "tamara", "at": Utc::now(), "body": {"order_id": "T-2", "event_type": "order_captured",
        "data": {"capture_id": "K1\u{200b}", "captured_amount": {"amount": "1.00", "currency": "SAR"}}}});
    let told = book.import(said.to_string().as_bytes());
    assert!(told.out.contains(r#""quarantined":1"#), "{told:?}");
}

#[tokio::test]
async fn a_move_ahead_of_the_clock_blocks_no_colleague() {
    let book = peopled().await;
    order(&book, "P-1", atarapay::Status::Pending).await;
    book.import(&fact("P-1", "courier", "deliver", Utc::now() + TimeDelta::minutes(5)));
    let mut session = psql(&book, "h_agent").await;
    let status: String = sqlx::query_scalar("select status from recourse.orders where id = 'atarapay:P-1'")
        .fetch_one(&mut session)
        .await
        .unwrap();
    assert_eq!(status, "awaiting_buyer_response");
    let told = book
        .command(&["act", "P-1", "accept", "--for", "buyer", "--note", "told by phone", "--json"])
        .env("DATABASE_URL", book.url_of("h_agent"))
        .output()
        .unwrap();
    assert!(told.status.success(), "{told:?}");
}

#[tokio::test]
async fn what_was_changed_past_its_log_is_worked_on_by_no_one() {
    let book = peopled().await;
    let change = "set session_replication_role = replica; update recourse.quarantine set raw = convert_to(replace(convert_from(raw, 'UTF8'), '1.00', '9.00'), 'UTF8') where order_id = 'tamara:T-2'";
    sqlx::raw_sql(change).execute(&mut book.psql().await).await.unwrap();
    let (id, _) = waits(&book, "tamara:T-2").await;
    assert_eq!(tries(&book, "h_ops", &settled(id, "dismissed")).await.as_deref(), Some("seal_matches_row"));
    let faults = book.faults().await;
    assert!(faults.iter().any(|fault| fault.contains("quarantine")), "{faults:?}");
}
