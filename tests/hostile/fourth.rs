//! What a fourth attacker made happen in psql before it was refused: an erasure as a lever, moves dated ahead, facts without an order, the
//! heartbeats of others, digests that tell, and rights by default.

use chrono::{TimeDelta, Utc};
use recourse::domain::{Currency, Money, Order, OrderKey, TAMARA, tamara};
use sqlx::AssertSqlSafe;

use super::harness::raw::{moved, past_guards};
use super::harness::{put, way_to};
use super::logins::{peopled, psql, tries};

/// The functions are called from a trigger on a table of one's own, in the transaction of an erasure: only what takes texts away passes.
#[tokio::test]
async fn an_erasure_is_no_lever() {
    let book = peopled().await;
    let key = OrderKey::new(TAMARA, "E-1").unwrap();
    let order = Order::open(key, Money::new(500_000, Currency::Sar), Utc::now() - TimeDelta::days(40));
    put(&book.store, &order, &way_to(&order, tamara::Status::Declined.status())).await;
    let set = past_guards("update desk_policy set body = jsonb_set(body, '{retention}', '{\"notes\": 0, \"names\": 0, \"messages\": 0, \"files\": 0, \"decisions\": 0}');
        insert into fact (key, outcome) values ('e', 'quarantined');
        insert into quarantine (id, key, order_id, provider, raw, why, message, state, note, settled_by, settled_login, settled_at) values (1000, 'e', 'tamara:E-1', 'tamara', 'x', 'limit', 'm',
          'dismissed', 'n', 'h_ops', 'h_ops', now());
        insert into request (id, order_id, version, provider, account, action, actor, method, path, content_type, mark, request_id, request_digest, asked_by, moved_by, state, ended_at)
          select 1000, id, version, 'tamara', 'a', 'cancel', 'merchant', 'POST', '/', 'a/j', gen_random_uuid(), gen_random_uuid(), '', 'h_ops', 'h_ops', 'withdrawn', now() from orders where id = 'tamara:E-1'");
    sqlx::raw_sql(AssertSqlSafe(set)).execute(&mut book.psql().await).await.unwrap();
    for (function, expect) in [
        (
            "perform recourse.quarantine_judged((select array_agg(id) from recourse.quarantine where order_id = 'tamara:E-1'), '{dismissed}', '{limit}', '{rewritten}', '{[]}', '{h_ops}', '{t}')",
            "quarantine_settled_once",
        ),
        (
            "perform recourse.quarantine_settled((select id from recourse.quarantine where order_id = 'tamara:E-1'), 'dismissed', 'I invented this. ops', 'h_ops')",
            "quarantine_settled_once",
        ),
        (
            "perform recourse.request_goes((select max(id) from recourse.request), 'withdrawn', 'withdrawn', 'the lead did it', 'REF', 2, 'h_lead')",
            "request_moves_on",
        ),
    ] {
        let sql = format!("insert into erasure (order_id, party, kind, why, recorder) values ('tamara:E-1', 'buyer', 'notes', 'asked', session_user);
            create temp table z (a int); create function pg_temp.f() returns trigger language plpgsql as $$ begin {function}; return new; end $$;
            create trigger t before insert on z for each row execute function pg_temp.f(); insert into z values (1)");
        assert_eq!(tries(&book, "h_admin", &sql).await.as_deref(), Some(expect), "{function}");
    }
    // The erasure alone passes.
    let plain = "insert into erasure (order_id, party, kind, why, recorder) values ('tamara:E-1', 'buyer', 'notes', 'asked', session_user)";
    assert_eq!(tries(&book, "h_admin", plain).await, None);
}

/// An order does not end before its deadline, and no one is held up by a move from the future.
#[tokio::test]
async fn nothing_is_dated_ahead() {
    let book = peopled().await;
    let soon = "update orders set due_at = now() + interval '5 minutes' where id = 'tamara:T-1'; update transition set due_at = now() + interval '5 minutes' where order_id = 'tamara:T-1' and seq = 2";
    let set = format!(
        "set session_replication_role = replica; set search_path = recourse; {soon}; reset session_replication_role"
    );
    sqlx::raw_sql(AssertSqlSafe(set)).execute(&mut book.psql().await).await.unwrap();
    for (ahead, expect) in [
        ("now() + interval '9 minutes'", "transition_expiry_when_due"),
        ("now() + interval '5 minutes 1 second'", "transition_expiry_when_due"),
    ] {
        let by =
            [("source", "'console'"), ("recorder", "session_user"), ("note", "'looks dead'"), ("happened_at", ahead)];
        let sql = moved("tamara:T-1", "expire", "clock", "expired", &by);
        assert_eq!(tries(&book, "h_ops", &sql).await.as_deref(), Some(expect), "{ahead}");
    }
    let by = [
        ("source", "'console'"),
        ("recorder", "session_user"),
        ("amount", "100"),
        ("captured", "100"),
        ("happened_at", "now() + interval '9 minutes'"),
    ];
    let sql = moved("tamara:T-2", "capture", "merchant", "partially_captured", &by);
    assert_eq!(tries(&book, "h_ops", &sql).await.as_deref(), Some("transition_time_by_database"));
}

/// A fact that is about no order cannot be called applied; another's heartbeat stays; who works nowhere holds no row.
#[tokio::test]
async fn what_others_rely_on_stays() {
    let book = peopled().await;
    book.import(b"no fact at all");
    let applied = "select quarantine_settled(id, 'applied', null, session_user) from quarantine where order_id is null";
    assert_eq!(tries(&book, "h_ops", applied).await.as_deref(), Some("quarantine_applied_recorded"));
    let mut service = psql(&book, "h_intake").await;
    sqlx::raw_sql("select recourse.heart_beats('clock', now(), 30, session_user)").execute(&mut service).await.unwrap();
    let beats = async || -> (String, i32) {
        sqlx::query_as("select login, every from recourse.heartbeat where worker = 'clock'")
            .fetch_one(&mut book.psql().await)
            .await
            .unwrap()
    };
    let mut agent = psql(&book, "h_agent").await;
    for sql in [
        "select recourse.heart_rests('clock', session_user)",
        "select recourse.heart_beats('clock', now(), 86400, session_user)",
    ] {
        sqlx::raw_sql(sql).execute(&mut agent).await.unwrap();
        assert_eq!(beats().await, ("h_intake".to_owned(), 30), "{sql}");
    }
    for sql in
        ["select inbox_marked(session_user, null)", "select case_undrafted('atarapay:D-1', 1, session_user, 'note')"]
    {
        assert_eq!(tries(&book, "h_viewer", sql).await.as_deref(), Some("role_permits"), "{sql}");
    }
    sqlx::raw_sql("select recourse.case_seen('nowhere', 7, gen_random_uuid(), session_user)")
        .execute(&mut agent)
        .await
        .unwrap();
    let here: i64 =
        sqlx::query_scalar("select count(*) from recourse.case_presence").fetch_one(&mut agent).await.unwrap();
    assert_eq!(here, 0, "no one is at a case that does not exist");
    // A request of a plan says what its row says, while the plan runs.
    let account = "set search_path = recourse; insert into account (name, provider, merchants, environment, sends) values ('a', 'tamara', '{*}', 'test', true)";
    sqlx::raw_sql(account).execute(&mut book.psql().await).await.unwrap();
    let asked = "insert into plan (title, needs_approval, rate, stop_after, orders, made_by) values ('t', false, 0, 1, 1, session_user);
        insert into plan_row (plan, place, order_id, version) select max(number), 1, 'tamara:T-2', 3 from plan;
        insert into request (order_id, version, provider, account, action, actor, amount, method, path, content_type, body, mark, plan, place, request_id,
        request_digest, asked_by, moved_by) select id, version, 'tamara', 'a', 'capture', 'merchant', 100, 'POST', '/', 'a/j', '', gen_random_uuid(),
        (select max(number) from plan), 1, gen_random_uuid(), '', session_user, session_user from orders where id = 'tamara:T-2'";
    assert_eq!(tries(&book, "h_ops", asked).await.as_deref(), Some("request_row_of_plan"));
}

/// Rights by default of who makes nothing here are no error, and a masked reader sees no digest that a guess could be compared with.
#[tokio::test]
async fn a_reader_neither_alarms_nor_guesses() {
    let book = peopled().await;
    for login in ["h_reader", "h_masked", "h_none"] {
        let mut session = psql(&book, login).await;
        sqlx::raw_sql("alter default privileges grant select on tables to public").execute(&mut session).await.unwrap();
    }
    let told = book.run(&["verify", "--json"]);
    assert_eq!(told.code, 0, "{told:?}");
    let mut masked = psql(&book, "h_masked").await;
    for column in ["seal.own", "seal.hash", "seal_tip.hash", "transition.hash", "transition.personal"] {
        let (table, name) = column.split_once('.').unwrap();
        let sql = format!("select count(*) from recourse_masked.{table} where {name} <> ''");
        let seen: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut masked).await.unwrap();
        assert_eq!(seen, 0, "{column}");
    }
    for login in ["h_reader", "h_masked", "h_none"] {
        let mut session = psql(&book, login).await;
        sqlx::raw_sql("alter default privileges revoke select on tables from public")
            .execute(&mut session)
            .await
            .unwrap();
    }
}
