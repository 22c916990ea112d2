//! Workspaces: one database has several books next to each other.

use serde_json::Value;

use super::harness::{Book, book, told};

fn listed(book: &Book) -> Vec<(String, bool, i64)> {
    let told = book.run(&["workspaces", "--json"]);
    assert_eq!(told.code, 0, "{told:?}");
    let line = |line: &str| -> (String, bool, i64) {
        let it: Value = serde_json::from_str(line).unwrap();
        let name = it["workspace"].as_str().unwrap().to_owned();
        (name, it["current"].as_bool().unwrap(), it["law"].as_i64().unwrap_or(0))
    };
    told.out.lines().map(line).collect()
}

/// Made, listed, used, and dropped; the other one stays as it was.
#[tokio::test]
async fn a_workspace_is_made_and_dropped() {
    let book = book().await;
    assert_eq!(listed(&book), [("recourse".to_owned(), true, 1)]);
    let made = book.run(&["workspace", "create", "gulf"]);
    assert_eq!(made.code, 0, "{made:?}");
    assert_eq!(listed(&book), [("gulf".to_owned(), false, 1), ("recourse".to_owned(), true, 1)]);
    let again = book.run(&["workspace", "create", "gulf"]);
    assert!(again.code == 1 && again.err.contains("already"), "{again:?}");

    // People and orders of one are not those of the other.
    assert_eq!(book.run(&["people", "add", "ada", "admin", "--workspace", "gulf"]).code, 0);
    assert!(book.run(&["people"]).out.contains("No one is registered"));
    let mut there = book.command(&["people"]);
    assert!(told(there.env("RECOURSE_SCHEMA", "gulf")).out.contains("ada"));

    let unsure = book.run(&["workspace", "drop", "gulf", "--confirm", "golf"]);
    assert!(unsure.code == 2 && unsure.err.contains("--confirm gulf"), "{unsure:?}");
    let kept = book.run(&["workspace", "drop", "gulf", "--confirm", "gulf", "--read-only"]);
    assert_eq!(kept.code, 2, "{kept:?}");
    assert_eq!(listed(&book).len(), 2);
    let gone = book.run(&["workspace", "drop", "gulf", "--confirm", "gulf"]);
    assert_eq!(gone.code, 0, "{gone:?}");
    assert_eq!(listed(&book), [("recourse".to_owned(), true, 1)]);
    assert_eq!(book.run(&["workspace", "drop", "gulf", "--confirm", "gulf"]).code, 1);
    assert_eq!(book.run(&["verify"]).code, 0);

    // What psql finds without a schema is the first one, as long as it is there.
    assert_eq!(path(&book).await, Some("search_path=recourse, public".to_owned()));
    assert_eq!(book.run(&["workspace", "drop", "recourse", "--confirm", "recourse"]).code, 0);
    assert_eq!(path(&book).await, None);
}

async fn path(book: &Book) -> Option<String> {
    let all = "select s from pg_db_role_setting, unnest(setconfig) s where setrole = 0 and s like 'search_path=%'
        and setdatabase = (select oid from pg_database where datname = current_database())";
    sqlx::query_scalar(all).fetch_optional(&mut book.psql().await).await.unwrap()
}

/// A name with a slip makes nothing, and says which workspaces there are.
#[tokio::test]
async fn a_slip_makes_no_workspace() {
    let book = book().await;
    for words in [&["board", "--workspace", "glf"][..], &["board", "--workspace", "glf", "--read-only"]] {
        let slip = book.run(words);
        assert!(slip.code != 0 && slip.err.contains("no workspace glf here, but recourse"), "{slip:?}");
    }
    for name in ["Gulf", "pg_gulf", "1gulf", "a b", "", "public", "recourse_masked", "gulf_masked"] {
        assert_eq!(book.run(&["workspace", "create", name]).code, 2, "{name}");
    }
    assert_eq!(listed(&book).len(), 1);
}

/// Who only writes in a workspace neither makes nor drops one.
#[tokio::test]
async fn only_its_owner_drops_a_workspace() {
    let book = book().await;
    book.login("ws_writer", "recourse_writer").await;
    book.login("ws_reader", "recourse_reader").await;
    for login in ["ws_writer", "ws_reader"] {
        assert_eq!(book.run_as(login, &["workspaces"]).code, 0, "{login} lists them");
        for words in [&["workspace", "create", "gulf"][..], &["workspace", "drop", "recourse", "--confirm", "recourse"]]
        {
            let refused = book.run_as(login, words);
            assert!(refused.code != 0 && !refused.err.is_empty(), "{login}: {words:?}: {refused:?}");
        }
    }
    assert_eq!(listed(&book), [("recourse".to_owned(), true, 1)]);
    assert_eq!(book.run(&["verify"]).code, 0);
}

/// A schema in which others keep something is never taken for a workspace, so dropping one takes nothing of theirs.
#[tokio::test]
async fn what_is_of_others_is_no_workspace() {
    let book = book().await;
    let shop = "create schema shop; create table shop.payroll (x int); insert into shop.payroll values (1)";
    sqlx::raw_sql(shop).execute(&mut book.psql().await).await.unwrap();
    let made = book.run(&["workspace", "create", "shop"]);
    assert!(made.code != 0 && made.err.contains("of another program"), "{made:?}");
    assert_ne!(book.run(&["workspace", "drop", "shop", "--confirm", "shop"]).code, 0);
    sqlx::raw_sql("create schema foo_masked; create table foo_masked.theirs (x int)")
        .execute(&mut book.psql().await)
        .await
        .unwrap();
    let made = book.run(&["workspace", "create", "foo"]);
    assert!(made.code != 0 && made.err.contains("of another program"), "{made:?}");
    let left: i64 =
        sqlx::query_scalar("select count(*) from shop.payroll").fetch_one(&mut book.psql().await).await.unwrap();
    assert_eq!(left, 1);
    assert_eq!(listed(&book), [("recourse".to_owned(), true, 1)]);
}
