//! How a request may go on, and who decides it: every pair of states with every login, against a table of its own; and random walks.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sqlx::{AssertSqlSafe, PgConnection};

use super::harness::raw::past_guards;
use super::logins::{peopled, psql, tries};

const STATES: [&str; 8] = ["to_approve", "queued", "sending", "unknown", "done", "refused", "not_done", "withdrawn"];

/// From, to, and the logins that may: the service, ops, a lead. The lead did not ask.
const MAY: [(&str, &str, &[&str]); 12] = [
    ("to_approve", "queued", &["h_lead"]),
    ("to_approve", "withdrawn", &["h_ops"]),
    ("queued", "withdrawn", &["h_ops"]),
    ("queued", "sending", &["h_intake"]),
    ("queued", "refused", &["h_intake"]),
    ("sending", "queued", &["h_intake"]),
    ("sending", "unknown", &["h_intake"]),
    ("sending", "refused", &["h_intake"]),
    ("sending", "done", &["h_intake"]),
    ("unknown", "done", &["h_intake", "h_ops"]),
    ("unknown", "refused", &["h_intake"]),
    ("unknown", "not_done", &["h_intake", "h_ops"]),
];
const LOGINS: [&str; 7] = ["h_viewer", "h_agent", "h_lead", "h_ops", "h_admin", "h_none", "h_intake"];

/// A request of ops for a cancel that waits for approval.
async fn asked(owner: &mut PgConnection, ops: &mut PgConnection) {
    let account = "set search_path = recourse; insert into account (name, provider, merchants, environment, sends) values ('a', 'tamara', '{*}', 'test', true)";
    sqlx::raw_sql(account).execute(owner).await.unwrap();
    let asked = "set search_path = recourse; insert into request (order_id, version, provider, account, action, actor, amount, method, path, content_type, body, mark,
        request_id, request_digest, asked_by, moved_by) select id, version, 'tamara', 'a', 'cancel', 'merchant', amount, 'POST', '/', 'a/j', '', gen_random_uuid(),
        gen_random_uuid(), '', session_user, session_user from orders where id = 'tamara:T-2'";
    sqlx::raw_sql(asked).execute(ops).await.unwrap();
}

/// Puts the request into a state past its guard.
async fn set(owner: &mut PgConnection, state: &str) {
    let sql =
        past_guards(&format!("update request set state = '{state}', seq = case when '{state}' = 'done' then 3 end"));
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(owner).await.unwrap();
}

#[tokio::test]
async fn each_step_is_for_those_who_decide_it() {
    let book = peopled().await;
    let (mut owner, mut ops) = (book.psql().await, psql(&book, "h_ops").await);
    asked(&mut owner, &mut ops).await;
    let mut wrong = Vec::new();
    for from in STATES {
        set(&mut owner, from).await;
        for to in STATES.into_iter().filter(|to| *to != from) {
            for login in LOGINS {
                let may = MAY.iter().any(|(a, b, who)| (*a, *b) == (from, to) && who.contains(&login));
                // The order has no such move, so nothing can be done.
                let expect = may && to != "done";
                let sql = format!("select request_goes(1, '{from}', '{to}', 'because', 'REF', 3, session_user::text)");
                let refused = tries(&book, login, &sql).await;
                let right = if expect { refused.is_none() } else { refused.is_some() };
                let as_said = !(may && to == "done") || refused.as_deref() == Some("request_done_by_its_move");
                if !right || !as_said {
                    wrong.push(format!("{login}: {from} to {to}: {refused:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// However it goes, what was asked stays, an order has one open request, and attempts count what was sent.
#[tokio::test]
async fn random_walks_keep_what_was_asked() {
    let book = peopled().await;
    let (mut owner, mut ops) = (book.psql().await, psql(&book, "h_ops").await);
    let (mut lead, mut service) = (psql(&book, "h_lead").await, psql(&book, "h_intake").await);
    asked(&mut owner, &mut ops).await;
    for session in [&mut lead, &mut service] {
        sqlx::raw_sql("set search_path = recourse").execute(session).await.unwrap();
    }
    let before: String = sqlx::query_scalar(KEPT).fetch_one(&mut owner).await.unwrap();
    let mut runner = TestRunner::deterministic();
    let walk = proptest::collection::vec((0..3_usize, 0..STATES.len()), 1_200);
    let steps = walk.new_tree(&mut runner).unwrap().current();
    let (mut sent, mut moved) = (0, 0);
    for (who, to) in steps {
        let now: String = sqlx::query_scalar("select state from recourse.request").fetch_one(&mut owner).await.unwrap();
        let session = [&mut ops, &mut lead, &mut service].into_iter().nth(who).unwrap();
        let sql =
            format!("select request_goes(1, '{now}', '{}', 'because', null, null, session_user::text)", STATES[to]);
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(session).await.is_ok() && now != STATES[to];
        moved += usize::from(done);
        sent += i32::from(done && STATES[to] == "sending");
        let (kept, attempts, open, ended): (String, i32, i64, bool) = sqlx::query_as(AssertSqlSafe(format!(
            "select ({KEPT}), attempts, (select count(*) from request where state in ('to_approve', 'queued', 'sending', 'unknown')), ended_at is not null from request"
        )))
        .fetch_one(&mut owner)
        .await
        .unwrap();
        assert_eq!((kept, attempts), (before.clone(), sent));
        assert_eq!(open == 0, ended);
        if ended {
            // Asked once more: the walk goes on from the start.
            set(&mut owner, "to_approve").await;
            let again = past_guards("update request set ended_at = null");
            sqlx::raw_sql(AssertSqlSafe(again)).execute(&mut owner).await.unwrap();
        }
    }
    assert!(moved > 40 && sent > 5, "{moved} steps, {sent} sent");
}

/// What was asked, as one text.
const KEPT: &str = "select concat_ws(' ', order_id, version, account, action, actor, amount, encode(body, 'hex'), mark, request_id, asked_by, login, created_at) from recourse.request";
