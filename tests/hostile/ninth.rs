//! What a ninth attacker made happen before it was refused: numbers of their own, a limit passed by saying that a refund was not done,
//! references that only look the same on an order without a case, words about people in codes, erasures that passed each other.

use super::harness::Book;
use super::harness::raw::moved;
use super::logins::{peopled, psql, tries};

/// Runs SQL as a login.
async fn does(book: &Book, login: &str, sql: &str) {
    let mut session = psql(book, login).await;
    sqlx::raw_sql("set search_path = recourse").execute(&mut session).await.unwrap();
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut session).await;
    assert!(done.is_ok(), "{login}: {sql}: {done:?}");
}

#[tokio::test]
async fn numbers_are_the_databases_own() {
    let book = peopled().await;
    let mut admin = psql(&book, "h_admin").await;
    sqlx::raw_sql("set search_path = recourse").execute(&mut admin).await.unwrap();
    let named = |id: &str| {
        format!(
            "insert into person_change (id, login, role, granted, changed_by) values ({id}, 'h_new', 'viewer', true, session_user)"
        )
    };
    // A number that was given and not used, and used after others went by.
    sqlx::raw_sql("begin; savepoint held").execute(&mut admin).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(named("1"))).execute(&mut admin).await.unwrap();
    sqlx::raw_sql("rollback to held; commit").execute(&mut admin).await.unwrap();
    for id in ["9223372036854775807", "-5", "0"] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(named(id))).execute(&mut admin).await.unwrap();
    }
    let ids: Vec<i64> = sqlx::query_scalar("select id from recourse.person_change order by changed_at")
        .fetch_all(&mut book.psql().await)
        .await
        .unwrap();
    assert!(ids.windows(2).all(|two| two[0] < two[1]), "{ids:?}");
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// What a person says was not done counts, so that saying it lets no more money go out without another person.
#[tokio::test]
async fn saying_that_it_was_not_done_frees_no_money() {
    let book = peopled().await;
    let mut owner = book.psql().await;
    let prepared = "insert into recourse.account (name, provider, merchants, environment, sends) values ('a', 'tamara', '{*}', 'test', true);
        insert into recourse.desk_policy (number, body, source, recorder)
          select number + 1, jsonb_set(body, '{requests,capture}', '{\"SAR\": 10000}'), source, 'h_admin' from recourse.desk_policy order by number desc limit 1";
    does(&book, "h_admin", prepared.split_once(';').unwrap().1).await;
    sqlx::raw_sql(prepared.split_once(';').unwrap().0).execute(&mut owner).await.unwrap();
    let ask = "insert into request (order_id, version, provider, account, action, actor, amount, method, path, content_type, body, mark, request_id, request_digest, asked_by, moved_by)
        select id, version, 'tamara', 'a', 'capture', 'merchant', 9000, 'POST', '/', 'a/j', '', gen_random_uuid(), gen_random_uuid(), '', session_user, session_user
        from orders where id = 'tamara:T-2'";
    does(&book, "h_ops", ask).await;
    for (from, to) in [("queued", "sending"), ("sending", "unknown")] {
        let goes = format!("select request_goes(id, '{from}', '{to}', 'x', null, null, session_user) from request");
        does(&book, "h_intake", &goes).await;
    }
    does(
        &book,
        "h_ops",
        "select request_goes(id, 'unknown', 'not_done', 'looked', null, null, session_user) from request",
    )
    .await;
    does(&book, "h_ops", ask).await;
    let states: Vec<(String, Option<String>)> =
        sqlx::query_as("select state, settled_by from recourse.request order by id")
            .fetch_all(&mut owner)
            .await
            .unwrap();
    let settled = ("not_done".to_owned(), Some("h_ops".to_owned()));
    assert_eq!(states, [settled, ("to_approve".to_owned(), None)]);
    // Who settles has the role for it.
    let sly = "set session_replication_role = replica; update recourse.person_change set changed_at = changed_at - interval '1 hour';
        update recourse.request set settled_by = 'h_viewer' where settled_by is not null";
    sqlx::raw_sql(sly).execute(&mut owner).await.unwrap();
    let faults = book.faults().await.join("\n");
    assert!(faults.contains("h_viewer had no role for this then: request settle"), "{faults}");
}

/// Two references of payments that look the same are the same, also where no case says so.
#[tokio::test]
async fn a_payment_without_a_case_has_plain_letters() {
    let book = peopled().await;
    for reference in [r"E'TRF\u20101'", r"E'\u0422RF-1'"] {
        let columns = [
            ("source", "'console'"),
            ("recorder", "session_user"),
            ("happened_at", "now()"),
            ("reference", reference),
            ("reason", "'collective'"),
        ];
        let sql = moved("atarapay:A-1", "complete", "provider", "completed", &columns);
        assert_eq!(
            tries(&book, "h_agent", &sql).await.as_deref(),
            Some("transition_reference_printable"),
            "{reference}"
        );
    }
}

/// An erasure and a case that is opened wait for each other: what is judged is what is there.
#[tokio::test]
async fn an_erasure_waits_for_the_order() {
    let book = peopled().await;
    let mut owner = book.psql().await;
    sqlx::raw_sql(
        "begin; select order_locked('atarapay:A-1') from (select set_config('search_path', 'recourse', false)) s",
    )
    .execute(&mut owner)
    .await
    .unwrap();
    for (login, sql) in [
        (
            "h_admin",
            "insert into erasure (order_id, party, kind, why, recorder) values ('atarapay:A-1', 'buyer', 'names', 'asked', session_user)",
        ),
        ("h_lead", "select case_open('atarapay:A-1', session_user, 'asked', gen_random_uuid(), '')"),
    ] {
        let patient = format!("set lock_timeout = '300ms'; {sql}");
        let refused = tries(&book, login, &patient).await;
        assert!(refused.as_deref().is_some_and(|it| it.contains("lock timeout")), "{sql}: {refused:?}");
    }
}

/// A row that comes while its statement is being written, from a function that the statement's own source calls, is refused.
#[tokio::test]
async fn no_row_slips_in_while_a_statement_ends() {
    let book = peopled().await;
    let row = "(statement, place, sheet, line, day, order_id, action, currency, amount, fees, vat, payable, told)";
    let sql = format!(
        "create temp table k as select recourse.statement_begin() as s;
        create function pg_temp.extra(s uuid) returns boolean language plpgsql volatile as $f$ begin
          insert into recourse.statement_row {row} values (s, 2, 's', 2, '2026-11-02', 'tamara:GHOST2', 'capture', 'SAR', 99900, 0, 0, 999000000, 999000000);
          return false; end $f$;
        insert into recourse.statement_row {row} select s, 1, 's', 1, '2026-11-01', 'tamara:GHOST1', 'capture', 'SAR', 100, 0, 0, 1000000, 1000000 from k;
        insert into recourse.statement (id, name, merchant, digest, has_period, rows, recorder, xid)
          select k.s, 'N1', 'M1', recourse.statement_digest(k.s, 'N1', 'M1', null, null), false, 0, session_user, pg_current_xact_id()
          from k, generate_series(1, 2) g where g = 1 or pg_temp.extra(k.s)"
    );
    assert_eq!(tries(&book, "h_ops", &sql).await.as_deref(), Some("statement_row_while_read"));
}
