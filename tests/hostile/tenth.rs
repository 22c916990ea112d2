//! What a tenth attacker found: policies that no program can read, an approval that no lead hears of, a changed case that stops the desk,
//! words about people in places for codes, and a rest that is taken with someone else's case.

use super::harness::Book;
use super::harness::raw::past_guards;
use super::logins::{peopled, psql, tries};

/// Runs SQL as a login.
async fn does(book: &Book, login: &str, sql: &str) {
    let mut session = psql(book, login).await;
    sqlx::raw_sql("set search_path = recourse").execute(&mut session).await.unwrap();
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut session).await;
    assert!(done.is_ok(), "{login}: {sql}: {done:?}");
}

async fn past(book: &Book, sql: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(past_guards(sql))).execute(&mut book.psql().await).await.unwrap();
}

/// A policy that this program cannot read would stop everyone: the database refuses each of these shapes.
#[tokio::test]
async fn every_policy_can_be_read() {
    let book = peopled().await;
    let set = |path: &str, value: &str| {
        format!(
            "insert into desk_policy (number, body, source, recorder)
             select number + 1, jsonb_set(body, '{path}', '{value}'), source, 'h_admin' from desk_policy order by number desc limit 1"
        )
    };
    let wrong = [
        ("{letters}", r#"{"en":{"signature":7}}"#),
        ("{letters}", r#"{"zz":1}"#),
        ("{letters}", r#"{"language":"fr"}"#),
        ("{letters}", "[]"),
        ("{on_call}", "[1]"),
        ("{on_call}", r#"[{"who":"x","days":[8],"from":0,"to":60}]"#),
        ("{on_call}", r#"[{"who":"x","days":[1],"from":"0","to":60}]"#),
        ("{reasons,0,ar}", r#"{"title":5}"#),
        ("{reasons,0,ar}", r#"{"tutle":"x"}"#),
        ("{reasons,0,zz}", "1"),
        ("{reasons,0,retired}", r#""x""#),
        ("{macros,0,zz}", "1"),
        ("{hours,days}", "[1.5]"),
        ("{hours,to}", r#""1080""#),
        ("{retention,names}", r#""5""#),
        ("{escalate}", "[86400,0]"),
    ];
    for (path, value) in wrong {
        assert_eq!(
            tries(&book, "h_admin", &set(path, value)).await.as_deref(),
            Some("desk_policy_shape"),
            "{path} {value}"
        );
    }
    for (path, value) in [
        ("{letters}", r#"{"en":{"signature":"x","appeal":null},"ar":{}}"#),
        ("{on_call}", r#"[{"who":"Noura","days":[1,7],"from":480,"to":1200}]"#),
        ("{reasons,0,retired}", "true"),
    ] {
        does(&book, "h_admin", &set(path, value)).await;
        assert_eq!(book.run(&["policy", "--json"]).code, 0, "{path} {value}");
    }
}

/// While a proposal waits, the case is at the clock of its approval, whatever else is late: every lead hears of it.
#[tokio::test]
async fn a_late_approval_reaches_the_leads() {
    let book = peopled().await;
    let propose =
        ["case", "decide", "D-1", "--refund-buyer", "--reason", "damaged", "--rationale", "photos", "--propose"];
    assert_eq!(book.run_as("h_agent", &propose).code, 0);
    let shown = book.run(&["case", "show", "D-1", "--json"]).one();
    assert_eq!(shown["clock"], "approval", "its first answer is due earlier: {shown}");
    past(&book, "update dispute_case set escalate_at = now() - interval '1 second' where order_id = 'atarapay:D-1'")
        .await;
    assert_eq!(book.run_as("h_agent", &["case", "list"]).code, 0);
    let told = book.run_as("h_lead", &["inbox", "--json"]).lines();
    assert!(told.iter().any(|it| it["what"] == "late"), "{told:?}");
}

/// A case that was changed past its log is worked on by no one, and stops no one.
#[tokio::test]
async fn a_changed_case_stops_only_itself() {
    let book = peopled().await;
    let sly = "set search_path = recourse; set session_replication_role = replica;
        update dispute_case set snoozed_until = now() - interval '1 minute' where order_id = 'atarapay:D-1'";
    sqlx::raw_sql(sly).execute(&mut book.psql().await).await.unwrap();
    for words in [&["case", "list"][..], &["next"]] {
        let told = book.run_as("h_agent", words);
        assert_eq!(told.code, 0, "{words:?}: {told:?}");
    }
    assert!(book.faults().await.join("\n").contains("D-1"), "verify names it");
}

/// An item is a line of the checklist: words of one's own are not kept where no erasure looks, nor shown to who sees no one.
#[tokio::test]
async fn an_item_is_no_place_for_words() {
    let book = peopled().await;
    let event = |what: &str, more: &str, values: &str| {
        format!(
            "insert into case_event (order_id, number, what, recorder, item{more}) values ('atarapay:D-1', 1, '{what}', session_user, 'passport of Aisha Bello'{values})"
        )
    };
    for what in ["checked", "unchecked", "attached"] {
        let refused = tries(&book, "h_agent", &event(what, "", "")).await;
        assert_eq!(refused.as_deref(), Some("case_event_item_of_checklist"), "{what}");
    }
    does(&book, "h_agent", &event("snoozed", ", until", ", now() + interval '1 hour'")).await;
    let kept: Option<String> = sqlx::query_scalar(
        "select item from recourse.case_event where order_id = 'atarapay:D-1' order by seq desc limit 1",
    )
    .fetch_one(&mut book.psql().await)
    .await
    .unwrap();
    assert_eq!(kept, None);
}

/// A case whose lease is over is nobody's to put aside in its owner's name.
#[tokio::test]
async fn a_rest_is_ones_own() {
    let book = peopled().await;
    assert_eq!(book.run_as("h_agent", &["case", "take", "D-1"]).code, 0);
    past(&book, "update dispute_case set lease_until = now() - interval '1 second' where order_id = 'atarapay:D-1'")
        .await;
    let snooze = "insert into case_event (order_id, number, what, recorder, until)
        values ('atarapay:D-1', 1, 'snoozed', session_user, now() + interval '2 days')";
    assert_eq!(tries(&book, "h_lead", snooze).await.as_deref(), Some("case_event_by_owner"));
    let long = snooze.replace("2 days", "31 days");
    assert_eq!(tries(&book, "h_agent", &long).await.as_deref(), Some("case_event_snooze_ahead"));
    let nobody = "insert into case_event (order_id, number, what, recorder, words) values ('atarapay:D-1', 1, 'reassigned', session_user, 'w')";
    assert_eq!(tries(&book, "h_lead", nobody).await.as_deref(), Some("case_event_handed_to_person"));
    assert_eq!(tries(&book, "h_agent", nobody).await.as_deref(), Some("role_permits"), "only a lead moves cases");
}
