//! What an eleventh attacker found: rows that slip into a statement while it is kept, a fact that an erasure took while it still waited,
//! changed cases of other kinds that stop the desk, levels and clocks of one's own, days that are none, words where codes belong, and two
//! payments whose references look the same.

use std::time::Duration;

use serde_json::json;

use super::harness::raw::past_guards;
use super::logins::{begin, number, peopled, run, tries};

const ROW: &str = "insert into statement_row (statement, place, sheet, line, day, order_id, action, currency, amount, fees, vat, payable, told)";

fn row(load: &str, place: i32) -> String {
    format!(
        "{ROW} values ('{load}', {place}, 's', {place}, '2026-11-01', 'tamara:GHOST{place}', 'capture', 'SAR', 100, 0, 0, 1000000, 1000000)"
    )
}

/// One ops person with two sessions: what is still added to a statement is waited for, and what is kept can no longer be given up.
#[tokio::test]
async fn a_statement_is_kept_with_the_rows_that_it_says() {
    let book = peopled().await;
    for gives_up in [false, true] {
        let mut first = begin(&book, "h_ops").await;
        let mut second = begin(&book, "h_ops").await;
        let load: uuid::Uuid = sqlx::query_scalar("select statement_begin()").fetch_one(&mut first).await.unwrap();
        let load = load.to_string();
        run(&mut first, &format!("{}; {}", row(&load, 1), row(&load, 2))).await.unwrap();
        let keep = format!(
            "insert into statement (id, name, merchant, digest, has_period, rows, recorder, xid)
             select '{load}', 'RACE-{gives_up}', 'm', statement_digest('{load}', 'RACE-{gives_up}', 'm', null, null), false, 2, 'h_ops', '1'
             from generate_series(1, 2) n where n = 1 or pg_sleep(1) is null"
        );
        if gives_up {
            let keeps = tokio::spawn(async move { run(&mut second, &keep).await });
            tokio::time::sleep(Duration::from_millis(300)).await;
            _ = run(&mut first, &format!("select statement_drop('{load}')")).await;
            keeps.await.unwrap().unwrap();
        } else {
            run(&mut first, &format!("begin; {}", row(&load, 3))).await.unwrap();
            let keeps = tokio::spawn(async move { run(&mut second, &keep).await });
            tokio::time::sleep(Duration::from_millis(300)).await;
            run(&mut first, "commit").await.unwrap();
            assert!(keeps.await.unwrap().is_err(), "its digest is not that of three rows");
        }
    }
    let torn = "select count(*) from recourse.statement s where s.rows <> (select count(*) from recourse.statement_row r where r.statement = s.id)";
    assert_eq!(number(&book, torn).await, 0);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// A fact that arrives while names are erased stays whole: it still has to be decided about.
#[tokio::test]
async fn an_erasure_leaves_what_waits() {
    let book = peopled().await;
    book.policy("h_admin", &[("names = \"1825d\"", "names = \"0d\"")]).await;
    let told = json!({"type": "moved", "provider": "atarapay", "order": "E-1", "at": "2026-11-01T08:00:00Z", "actor": "buyer", "action": "cancel"});
    let opened = json!({"type": "opened", "provider": "atarapay", "order": "E-1", "at": "2026-11-01T07:00:00Z", "amount": "500.00", "currency": "NGN", "buyer": "Hauwa Abubakar"});
    assert_eq!(book.import(format!("{opened}\n{told}").as_bytes()).code, 0);
    let mut admin = begin(&book, "h_admin").await;
    let erase = "insert into erasure (order_id, party, kind, why, recorder) select 'atarapay:E-1', 'buyer', 'names', 'asked', 'h_admin'
        from generate_series(1, 2) n where n = 1 or pg_sleep(3) is null";
    let erases = tokio::spawn(async move { run(&mut admin, erase).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    // Within a second, while the erasure is under way.
    let held = "insert into fact (key, outcome) values ('e11', 'quarantined');
        insert into quarantine (key, order_id, provider, raw, why, message) values ('e11', 'atarapay:E-1', 'atarapay', 'asked by Hauwa Abubakar', 'status', 'm')";
    run(&mut begin(&book, "h_intake").await, held).await.unwrap();
    assert!(erases.await.unwrap().is_err(), "something arrived meanwhile");
    let whole = "select count(*) from recourse.quarantine where state = 'waiting' and length(raw) > 10";
    assert!(number(&book, whole).await >= 1);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// Whatever was changed in a case past its log, the others go on.
#[tokio::test]
async fn no_changed_case_stops_the_others() {
    for change in [
        "update dispute_case set seq = seq - 1, snoozed_until = now() - interval '1 minute'",
        "update dispute_case set seq = seq - 1, escalate_at = now() - interval '1 minute'",
        "update case_event set seq = seq + 1 where seq = 1; update dispute_case set snoozed_until = now() - interval '1 minute'",
        "update dispute_case set level = 32767, escalate_at = now() - interval '1 hour'",
        "update case_clock set due_at = '9989-12-31'; update dispute_case set snoozed_until = now() - interval '1 minute'",
        "update dispute_case set owner = repeat('x', 30000), lease_until = now() - interval '1 hour'",
    ] {
        let book = peopled().await;
        let sql = format!("set search_path = recourse; set session_replication_role = replica; {change}");
        run(&mut book.psql().await, &sql).await.unwrap();
        for words in [&["case", "list"][..], &["next"]] {
            let told = book.run_as("h_agent", words);
            assert!(told.code == 0, "{change}: {words:?}: {told:?}");
        }
    }
}

/// An escalation says the clock and the level of its case, also where the owner writes it.
#[tokio::test]
async fn an_escalation_is_of_its_case() {
    let book = peopled().await;
    let late = "update dispute_case set escalate_at = now() - interval '1 second' where order_id = 'atarapay:D-1'";
    run(&mut book.psql().await, &past_guards(late)).await.unwrap();
    let own = "set search_path = recourse; set role recourse_owner;
        insert into case_event (order_id, number, what, recorder, actor, clock, level) values ('atarapay:D-1', 1, 'escalated', '', 'clock', 'payout', 99)";
    run(&mut book.psql().await, own).await.unwrap();
    let said: (String, i16) = sqlx::query_as(
        "select clock, level from recourse.case_event where order_id = 'atarapay:D-1' and what = 'escalated'",
    )
    .fetch_one(&mut book.psql().await)
    .await
    .unwrap();
    assert_eq!(said, ("first_answer".to_owned(), 1));
}

/// A holiday is a day of the calendar: a policy with another stopped everyone.
#[tokio::test]
async fn holidays_are_days() {
    let book = peopled().await;
    let set = |day: &str| {
        format!(
            "insert into desk_policy (number, body, source, recorder) select number + 1, jsonb_set(body, '{{hours,holidays}}', '[\"{day}\"]'), source, 'h_admin'
             from desk_policy order by number desc limit 1"
        )
    };
    for day in ["2026-02-30", "2026-13-45", "26-12-25", "tomorrow", "2026-12-25 "] {
        assert_eq!(tries(&book, "h_admin", &set(day)).await.as_deref(), Some("desk_policy_shape"), "{day}");
    }
    assert_eq!(tries(&book, "h_admin", &set("2026-12-25")).await, None);
}

/// Places for codes hold codes that are known.
#[tokio::test]
async fn codes_are_no_place_for_words() {
    let book = peopled().await;
    let event = |what: &str, more: &str, values: &str| {
        format!(
            "insert into case_event (order_id, number, what, recorder{more}) values ('atarapay:D-1', 1, '{what}', session_user{values})"
        )
    };
    let named = event("classified", ", reason", ", 'Hauwa.Abubakar/08035550147'");
    assert_eq!(tries(&book, "h_agent", &named).await.as_deref(), Some("case_event_reason_of_policy"));
    let mut agent = begin(&book, "h_agent").await;
    run(&mut agent, &event("claimed", ", reason, claimed", ", 'Hauwa', 5")).await.unwrap();
    let kept = "select count(*) from recourse.case_event where reason is not null or claimed is not null";
    assert_eq!(number(&book, kept).await, 0, "only classifying has a reason");
    let tick = "insert into runbook_tick (id, order_id, step, done, recorder) values (1, 'tamara:T-1', 'Hauwa 0803', true, session_user)";
    assert_eq!(tries(&book, "h_ops", tick).await.as_deref(), Some("runbook_tick_names_step"));
    let ask = "insert into account_ask (id, account, what, orders, asked_by) values (1, 'm', 'read', '{Hauwa Abubakar 0803}', session_user)";
    assert_eq!(tries(&book, "h_ops", ask).await.as_deref(), Some("account_ask_order_exists"));
}

/// Nothing that a person can ask for takes for ever.
#[tokio::test]
async fn nobody_counts_the_hours_of_all_time() {
    let book = peopled().await;
    let ask = "select business_between('-infinity', 'infinity', (select body->'hours' from desk_policy order by number desc limit 1))";
    assert_eq!(tries(&book, "h_reader", &format!("set statement_timeout = '5s'; {ask}")).await, None);
}

/// References that look the same are the same: a payment is not made twice because of a blank.
#[tokio::test]
async fn a_blank_makes_no_other_payment() {
    let book = peopled().await;
    for (one, other, expect) in [("TRF 77", " trf  77", true), ("TRF\t77", "TRF 77", true), ("TRF77", "TRF 78", false)]
    {
        let same: bool = sqlx::query_scalar("select recourse.same_reference($1) = recourse.same_reference($2)")
            .bind(one)
            .bind(other)
            .fetch_one(&mut book.psql().await)
            .await
            .unwrap();
        assert_eq!(same, expect, "{one:?} {other:?}");
    }
}
