//! What an attacker made happen in psql before it was refused: keys that are held, old snapshots, invented ends of requests, releases of
//! something else, plans that approve themselves.

use chrono::{DateTime, TimeDelta, Utc};
use recourse::domain::{Currency, Money, Order, OrderKey, TAMARA, tamara};
use serde_json::json;
use sqlx::AssertSqlSafe;

use super::harness::raw::moved;
use super::harness::{Book, put, way_to};
use super::logins::{LOGINS, peopled, psql, tries};

/// Runs a statement of the owner.
async fn owner(book: &Book, sql: &str) {
    let sql = format!("set search_path = recourse; {sql}");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut book.psql().await).await.unwrap();
}

/// Who works nowhere is refused before the first row of a statement, so no key is held that others wait for.
#[tokio::test]
async fn who_works_nowhere_begins_no_statement() {
    let book = peopled().await;
    let granted: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.role_table_grants where grantee = 'recourse_writer' and privilege_type = 'INSERT'",
    )
    .fetch_all(&mut book.psql().await)
    .await
    .unwrap();
    assert!(granted.len() > 20, "{granted:?}");
    for login in ["h_viewer", "h_none"] {
        for table in &granted {
            // Such a row is refused by many; only what comes before the first row may.
            let refused = tries(&book, login, &format!("insert into {table} default values")).await;
            assert!(
                matches!(refused.as_deref(), Some("role_permits" | "login_is_intake")),
                "{login} {table}: {refused:?}"
            );
        }
    }
    // Who may do nothing on cases holds none.
    for sql in ["select case_locked('atarapay:D-1', 1)", "select payout_locked('atarapay:D-1', 'buyer')"] {
        assert_eq!(tries(&book, "h_admin", sql).await.as_deref(), Some("role_permits"), "{sql}");
    }
}

/// A transaction that does not see what changed since it began writes nothing.
#[tokio::test]
async fn an_old_snapshot_writes_nothing() {
    let book = peopled().await;
    let by = [("source", "'console'"), ("recorder", "session_user"), ("happened_at", "now()")];
    let capture = [&by[..], &[("amount", "100"), ("captured", "100")]].concat();
    let capture = moved("tamara:T-2", "capture", "merchant", "partially_captured", &capture);
    let claim =
        "insert into case_event (order_id, number, what, recorder) values ('atarapay:D-1', 1, 'claimed', session_user)";
    for level in ["repeatable read", "serializable"] {
        for (login, sql) in [("h_ops", capture.as_str()), ("h_agent", claim)] {
            let mut session = psql(&book, login).await;
            let begin =
                format!("set search_path = recourse; begin isolation level {level}; select count(*) from orders");
            sqlx::raw_sql(AssertSqlSafe(begin)).execute(&mut session).await.unwrap();
            let error = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut session).await.unwrap_err();
            let name = error.as_database_error().and_then(|error| error.constraint()).unwrap_or_default().to_owned();
            assert_eq!(name, "writes_read_committed", "{login} {level}: {error}");
        }
    }
    assert_eq!(tries(&book, "h_ops", &capture).await, None);
}

/// Not even a service decides above the limit by naming another source, and a plan is not approved before it exists.
#[tokio::test]
async fn money_has_no_side_door() {
    let book = peopled().await;
    let by = [
        ("recorder", "session_user"),
        ("happened_at", "now()"),
        ("to_seller", "o.amount"),
        ("to_buyer", "0"),
        ("outcome", "'seller'"),
    ];
    for source in ["'clock'", "'answer'", "'import'", "'notification'"] {
        let settle = [&by[..], &[("source", source)]].concat();
        let settle = moved("atarapay:D-1", "settle", "dispute_manager", "dispute_resolved", &settle);
        assert!(tries(&book, "h_intake", &settle).await.is_some(), "{source}");
    }
    let own = "with e as (insert into plan_event (plan, seq, what, recorder) values (1, 1, 'approved', session_user) returning plan)
        insert into plan (title, needs_approval, rate, stop_after, orders, made_by) select 'mine', true, 0, 1, 1, session_user from e";
    assert_eq!(tries(&book, "h_ops", own).await.as_deref(), Some("plan_event_plan_exists"));
    let more = "insert into plan (title, needs_approval, rate, stop_after, orders, made_by) values ('t', false, 0, 1, 1, session_user);
        insert into plan_row (plan, place, order_id, version) select max(number), 1, 'tamara:T-1', 2 from plan;
        set constraints all immediate;
        insert into plan_row (plan, place, order_id, version) select max(number), 2, 'tamara:T-2', 3 from plan";
    assert_eq!(tries(&book, "h_ops", more).await.as_deref(), Some("plan_row_within_plan"));
    // Dated like the move before it, long ago.
    let back = [
        ("source", "'console'"),
        ("recorder", "session_user"),
        ("amount", "100"),
        ("captured", "100"),
        ("happened_at", "o.moved_at"),
    ];
    let back = moved("tamara:T-2", "capture", "merchant", "partially_captured", &back);
    assert_eq!(tries(&book, "h_ops", &back).await.as_deref(), Some("transition_time_by_database"));
}

/// What became of a request is a move of its order as it was asked, and who asked approves nothing, whatever steps there are.
#[tokio::test]
async fn a_request_ends_as_it_was_asked() {
    let book = peopled().await;
    owner(&book, "insert into account (name, provider, merchants, environment, sends) values ('a', 'tamara', '{*}', 'test', true)").await;
    let asked = "insert into request (order_id, version, provider, account, action, actor, amount, method, path, content_type, body, mark, request_id,
        request_digest, asked_by, moved_by) select id, version, 'tamara', 'a', 'cancel', 'merchant', amount, 'POST', '/', 'a/j', '', gen_random_uuid(),
        gen_random_uuid(), '', session_user, session_user from orders where id = 'tamara:T-2'";
    let mut ops = psql(&book, "h_ops").await;
    sqlx::raw_sql(AssertSqlSafe(format!("set search_path = recourse; {asked}"))).execute(&mut ops).await.unwrap();
    let state: String = sqlx::query_scalar("select state from recourse.request").fetch_one(&mut ops).await.unwrap();
    assert_eq!(state, "to_approve", "it is above the limit");
    owner(&book, "insert into request_step values ('to_approve', 'queued', 'withdraw')").await;
    let go = |from: &str, to: &str, more: &str| {
        format!("select request_goes(1, '{from}', '{to}', {more}, session_user::text)")
    };
    let own = go("to_approve", "queued", "null, null, null");
    assert_eq!(tries(&book, "h_ops", &own).await.as_deref(), Some("request_approved_by_other"));
    let steps = "alter table request disable trigger request_move; update request set state = 'unknown'; alter table request enable trigger request_move";
    owner(&book, steps).await;
    for seq in ["1", "3"] {
        let done = go("unknown", "done", &format!("'trust me', 'REF', {seq}"));
        let refused = tries(&book, "h_ops", &done).await;
        assert_eq!(refused.as_deref(), Some("request_done_by_its_move"), "{seq}");
    }
    let told = book.run(&["verify"]);
    assert!(told.out.contains("step of a request to_approve queued withdraw is not this program's"), "{told:?}");
}

/// Another session of the same person, which began before the release, does not record it once more.
async fn refuses_another_session(book: &Book, settle: &str, capture: &str) {
    let mut other = psql(book, "h_ops").await;
    sqlx::raw_sql("set search_path = recourse; begin").execute(&mut other).await.unwrap();
    let mut ops = psql(book, "h_ops").await;
    let once = format!("set search_path = recourse; begin; {settle}; {capture}; commit");
    sqlx::raw_sql(AssertSqlSafe(once)).execute(&mut ops).await.unwrap();
    let error = sqlx::raw_sql(AssertSqlSafe(capture.to_owned())).execute(&mut other).await.unwrap_err();
    assert!(error.to_string().contains("no member of recourse_intake"), "{error}");
}

/// A capture of SAR 1.00 without an id.
fn captured_at(at: DateTime<Utc>) -> String {
    let data = json!({"captured_amount": {"amount": "1.00", "currency": "SAR"}});
    json!({"type": "notification", "provider": "tamara", "at": at, "body": {"order_id": "T-9", "event_type": "order_captured", "data": data}})
        .to_string()
}

/// Who releases a fact records what it says, once; and nothing that only those write who bring facts in.
#[tokio::test]
async fn a_release_records_the_fact_and_nothing_else() {
    let book = peopled().await;
    let key = OrderKey::new(TAMARA, "T-9").unwrap();
    let order = Order::open(key, Money::new(500_000, Currency::Sar), Utc::now() - TimeDelta::hours(5));
    put(&book.store, &order, &way_to(&order, tamara::Status::Authorised.status())).await;
    // The same money without a reference, said again hours later: it may be a second capture, so a person decides.
    let hour = TimeDelta::minutes(25);
    let lines = [0, 1, 2].map(|nr| captured_at(Utc::now() - TimeDelta::minutes(61) + hour * nr));
    book.import(lines.join("\n").as_bytes());
    let waiting: Vec<(i64, String)> = sqlx::query_as(
        "select id, happened_at::text from recourse.quarantine where order_id = 'tamara:T-9' and happened_at < now() order by id",
    )
    .fetch_all(&mut book.psql().await)
    .await
    .unwrap();
    let [(first, at), (second, _)] = waiting.as_slice() else { panic!("{waiting:?}") };
    let settle = |id: &i64| format!("select quarantine_settled({id}, 'applied', 'x', session_user)");
    let at: &'static str = Box::leak(format!("'{at}'").into_boxed_str());
    let capture = [
        ("source", "'notification'"),
        ("recorder", "session_user"),
        ("contradictory", "true"),
        ("happened_at", at),
        ("amount", "100"),
        ("captured", "o.captured + 100"),
    ];
    let capture = moved("tamara:T-9", "capture", "merchant", "partially_captured", &capture);
    assert_eq!(tries(&book, "h_ops", &format!("{}; {capture}", settle(first))).await, None, "what it says, once");
    let both = format!("{}; {}; {capture}", settle(first), settle(second));
    assert_eq!(tries(&book, "h_ops", &both).await.as_deref(), Some("quarantine_one_at_a_time"), "two facts, one move");
    let twice = format!("{}; {capture}; {capture}", settle(first));
    assert_eq!(tries(&book, "h_ops", &twice).await.as_deref(), Some("login_is_intake"), "one fact, two moves");
    refuses_another_session(&book, &settle(first), &capture).await;
    let first = second;
    let inferred = moved(
        "tamara:T-1",
        "authorise",
        "merchant",
        "authorised",
        &[
            ("source", "'clock'"),
            ("inferred", "true"),
            ("recorder", "session_user"),
            ("authorised", "o.amount"),
            ("due_at", "now() + interval '90 days'"),
            ("happened_at", "now()"),
        ],
    );
    assert!(tries(&book, "h_ops", &format!("{}; {inferred}", settle(first))).await.is_some());
    let evidence = "insert into evidence (order_id, kind, status, happened_at, recorder) values ('tamara:T-9', 'observed', 'fully_captured', now(), session_user)";
    assert_eq!(
        tries(&book, "h_ops", &format!("{}; {evidence}", settle(first))).await.as_deref(),
        Some("login_is_intake")
    );
    let number = "insert into order_number (order_id, number) values ('tamara:T-9', '999-of-someone-else')";
    assert_eq!(
        tries(&book, "h_ops", &format!("{}; {number}", settle(first))).await.as_deref(),
        Some("login_is_intake")
    );
    assert!(LOGINS.len() == 9 && book.faults().await.is_empty());
}

/// The keys of facts and the digests of requests are made of what people wrote, without a salt: a masked reader does not see them.
#[tokio::test]
async fn a_masked_reader_guesses_no_name_by_its_digest() {
    let book = peopled().await;
    let note = ["case", "note", "D-1", "call Tunde on 08031234567"];
    assert_eq!(book.run_as("h_agent", &note).code, 0);
    let mut masked = psql(&book, "h_masked").await;
    for sql in [
        "select count(*) from recourse_masked.fact where key <> ''",
        "select count(*) from recourse_masked.quarantine where key <> ''",
        "select count(*) from recourse_masked.case_event where request_digest <> ''",
        "select count(*) from recourse_masked.transition where request_digest <> ''",
    ] {
        let seen: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut masked).await.unwrap();
        assert_eq!(seen, 0, "{sql}");
    }
}
