//! Changes of what guards the tables: verify names each of them.

use sqlx::AssertSqlSafe;

use super::harness::book;

/// Changes by the owner, and what verify says of each.
const CHANGES: [(&str, &str); 10] = [
    (
        "alter table transition disable trigger transition_seal",
        "trigger transition_seal on transition was changed or switched off",
    ),
    ("drop trigger case_event_seal on case_event", "trigger case_event_seal on case_event is missing"),
    (
        "create or replace function acts_as(person text) returns void language plpgsql as 'begin end'",
        "function acts_as(person text) was changed or switched off",
    ),
    ("alter function acts_as(text) reset search_path", "function acts_as(person text) was changed or switched off"),
    (
        "alter table payout drop constraint payout_amount_positive",
        "constraint payout_amount_positive on payout is missing",
    ),
    (
        "alter table orders drop constraint orders_amount_positive, add constraint orders_amount_positive check (amount > -5)",
        "constraint orders_amount_positive on orders was changed or switched off",
    ),
    (
        "grant update on transition to recourse_writer",
        "grant update on transition to recourse_writer is not this program's",
    ),
    (
        "grant update (state) on payout to recourse_reader",
        "grant update on payout.state to recourse_reader is not this program's",
    ),
    (
        "grant execute on function drift_judge(text[]) to public",
        "grant execute on drift_judge to everyone is not this program's",
    ),
    (
        "alter table case_draft disable row level security",
        "policy case_draft_own on case_draft was changed or switched off",
    ),
];

#[tokio::test]
async fn each_change_of_a_guard_is_named() {
    let book = book().await;
    let sound = book.run(&["verify", "--json"]);
    assert_eq!((sound.code, sound.one()["result"].as_str()), (0, Some("sound")), "{sound:?}");
    let mut psql = book.psql().await;
    for (change, _) in CHANGES {
        let made = format!("set search_path = recourse; {change}");
        sqlx::raw_sql(AssertSqlSafe(made)).execute(&mut psql).await.unwrap();
    }
    let told = book.run(&["verify", "--json"]);
    assert_eq!(told.code, 1, "{told:?}");
    let named: Vec<String> = told.lines().iter().filter_map(|line| Some(line["fault"].as_str()?.to_owned())).collect();
    for (_, said) in CHANGES {
        assert!(named.iter().any(|fault| fault == said), "{said}: {named:#?}");
    }
    assert_eq!(named.len(), CHANGES.len() - 1, "nothing else, and one function was changed twice: {named:#?}");
    let schemas: i64 = sqlx::query_scalar("select count(*) from pg_namespace where nspname like 'copy\\_%'")
        .fetch_one(&mut psql)
        .await
        .unwrap();
    assert_eq!(schemas, 0, "the copy is taken back");
}
