//! What an eighth attacker made happen before it was refused: a policy that says one thing and enforces another, words about people in
//! codes, references that only look the same, notes that no one sees, presence in another one's session.

use chrono::{TimeDelta, Utc};
use serde_json::json;

use super::harness::told;
use super::logins::{peopled, psql, tries};

#[tokio::test]
async fn a_policy_says_what_it_enforces() {
    let book = peopled().await;
    let sly = "insert into recourse.desk_policy (number, body, source, recorder)
        select number + 1, jsonb_set(body, '{limits,NGN}', 'null'), source, 'h_admin' from recourse.desk_policy order by number desc limit 1";
    sqlx::raw_sql(sly).execute(&mut psql(&book, "h_admin").await).await.unwrap();
    let shown = book.run(&["policy"]).out;
    assert!(
        shown.starts_with("# The text of policy 2 says something else") && shown.contains("\"NGN\": null"),
        "{shown}"
    );
    assert_eq!(book.faults().await, ["policy 2 None: its text says something else than what is enforced"]);
}

#[tokio::test]
async fn words_about_people_are_in_no_code() {
    let book = peopled().await;
    let words = "Ngozi Okafor +2348035550147 shouted";
    let act = ["act", "T-1", "authorise", "--reason", words, "--as", "h_ops", "--json"];
    let refused = book.run(&act);
    assert!(refused.code == 2 && refused.err.contains("a code without blanks"), "{refused:?}");
    let line = json!({"type": "moved", "provider": "tamara", "order": "T-1", "at": Utc::now() - TimeDelta::minutes(5), "action": "authorise",
        "actor": "merchant", "reason": words});
    assert_eq!(book.import(line.to_string().as_bytes()).one()["quarantined"], 1);
    let declined = json!({"type": "notification", "provider": "tamara", "at": Utc::now(), "body": {"order_id": "T-1", "event_type": "order_declined",
        "data": {"declined_code": words}}});
    book.import(declined.to_string().as_bytes());
    let codes: Vec<Option<String>> =
        sqlx::query_scalar("select reason from recourse.transition where reason ~ 'Ngozi'")
            .fetch_all(&mut book.psql().await)
            .await
            .unwrap();
    assert_eq!(codes, []);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_no_one_sees_proves_nothing() {
    let book = peopled().await;
    let note = |note: &str| {
        format!(
            "insert into transition (order_id, seq, law, provider, from_status, action, actor, to_status, total, authorised, canceled, captured, refunded, attempt,
               rejection_pending, to_seller, to_buyer, outcome, happened_at, recorded_at, source, recorder, login, note, hash, epoch, xid, state, before, needs_confirmation)
             select id, version + 1, 1, provider, status, 'withdraw', 'buyer', 'dispute_resolved', amount, 0, 0, 0, 0, attempt, false, amount, 0, 'pay_seller', clock_timestamp(),
               now(), 'console', 'h_agent', 'h_agent', {note}, '', 0, '0', '', '', false from orders where id = 'atarapay:D-1'"
        )
    };
    for unseen in ["E'\\u200b'", "E'\\u00a0 \\u3000'", "E'\\u2060\\ufeff'"] {
        let refused = tries(&book, "h_agent", &note(unseen)).await;
        assert!(
            refused.as_deref().is_some_and(|it| it.contains("proof") || it.contains("note")),
            "{unseen}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn a_session_is_its_persons() {
    let book = peopled().await;
    let session = "11111111-1111-4111-8111-111111111111";
    let seen = |who: &str| format!("select case_seen('atarapay:D-1', 1, '{session}', '{who}')");
    sqlx::raw_sql("set search_path = recourse").execute(&mut psql(&book, "h_lead").await).await.unwrap();
    for who in ["h_lead", "h_agent"] {
        let mut own = psql(&book, who).await;
        sqlx::raw_sql("set search_path = recourse").execute(&mut own).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(seen(who))).execute(&mut own).await.unwrap();
    }
    let mut agent = psql(&book, "h_agent").await;
    sqlx::raw_sql("set search_path = recourse").execute(&mut agent).await.unwrap();
    let edits: bool = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "select case_edit('atarapay:D-1', 1, '{session}', 'h_agent', false)"
    )))
    .fetch_one(&mut agent)
    .await
    .unwrap();
    assert!(edits, "who was there first under this number does not stop its owner");
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("select case_left('{session}', 'h_agent')")))
        .execute(&mut agent)
        .await
        .unwrap();
    let left: Vec<String> = sqlx::query_scalar("select person from recourse.case_presence")
        .fetch_all(&mut book.psql().await)
        .await
        .unwrap();
    assert_eq!(left, ["h_lead"]);
    let masked = told(book.command(&["board"]).env("DATABASE_URL", book.url_of("h_masked")));
    assert_eq!(masked.code, 0, "{masked:?}");
}
