//! `verify` as daily work: what is new, and the days that are kept elsewhere.

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::cases::disputed;
use super::harness::{Book, Told, book};

/// A book whose orders and cases were recorded on three days before today.
async fn aged() -> Book {
    let book = book().await;
    let mut psql = book.psql().await;
    for (id, days) in [("D-1", 3), ("D-2", 2), ("D-3", 1)] {
        disputed(&book, id, 450_000).await;
        // The seals stay as they are; the days of their rows do not matter to them.
        let moved = format!(
            "set search_path = recourse; set session_replication_role = replica;
             update seal set at = at - interval '{days} days' where chain = 'atarapay:{id}'"
        );
        sqlx::raw_sql(AssertSqlSafe(moved)).execute(&mut psql).await.unwrap();
    }
    book
}

fn faults(told: &Told) -> Vec<Value> {
    told.lines().into_iter().filter(|line| line.get("fault").is_some()).collect()
}

#[tokio::test]
async fn days_that_were_kept_elsewhere_show_what_was_recomputed() {
    let book = aged().await;
    let folder = tempfile::tempdir().unwrap();
    let anchor = folder.path().join("anchor.jsonl");
    let file = anchor.to_str().unwrap();
    let verify = |more: &[&str]| book.run(&[&["verify", "--json", "--anchor", file], more].concat());
    let told = verify(&[]);
    assert_eq!((told.code, told.one()["result"].clone()), (0, json!("sound")), "{told:?}");
    let kept = std::fs::read_to_string(&anchor).unwrap();
    assert!((2..=4).contains(&kept.lines().count()), "{kept}");
    assert!(kept.lines().all(|line| line.contains("\"sealed\"") && !line.contains("D-")), "{kept}");
    assert_eq!(verify(&["--since", "12h"]).code, 0);
    assert_eq!(std::fs::read_to_string(&anchor).unwrap(), kept, "nothing is new");

    // The owner recomputes the last seal of a chain, its end included: only the kept day shows it.
    let mut psql = book.psql().await;
    let change = "set search_path = recourse; set session_replication_role = replica;
        update seal s set hash = sha256('x') where chain = 'atarapay:D-2' and nr = (select max(nr) from seal where chain = s.chain)";
    sqlx::raw_sql(change).execute(&mut psql).await.unwrap();
    let told = verify(&[]);
    assert_eq!(told.code, 1, "{told:?}");
    let said = told.out.clone();
    assert!(said.contains("what was recorded on this day was changed since it was anchored"), "{said}");
    assert_eq!(std::fs::read_to_string(&anchor).unwrap(), kept, "what is wrong is not kept");
    // Of the days that are looked at, none differs.
    assert!(!verify(&["--since", "12h"]).out.contains("anchored"));

    std::fs::write(&anchor, "{\"day\": \"soon\"}\n").unwrap();
    let told = verify(&[]);
    assert!(told.code == 2 && told.err.contains("line 1 is no day of an anchor"), "{told:?}");
}

#[tokio::test]
async fn what_is_new_is_checked_alone() {
    let book = book().await;
    disputed(&book, "D-1", 450_000).await;
    disputed(&book, "D-2", 450_000).await;
    let mut psql = book.psql().await;
    let change = "set search_path = recourse; set session_replication_role = replica;
        update transition set note = 'other', recorded_at = recorded_at - interval '3 days' where order_id = 'atarapay:D-1';
        update seal set at = at - interval '3 days' where chain = 'atarapay:D-1';
        update transition set note = 'other' where order_id = 'atarapay:D-2' and seq = 3";
    sqlx::raw_sql(change).execute(&mut psql).await.unwrap();
    let orders = |told: &Told| told.lines().last().unwrap()["orders"].clone();
    let places = |told: &Told| -> Vec<Value> { faults(told).iter().map(|line| line["place"].clone()).collect() };
    let new = book.run(&["verify", "--json", "--since", "2d"]);
    assert_eq!((new.code, orders(&new), places(&new)), (1, json!(1), vec![json!("atarapay:D-2")]), "{new:?}");
    let all = book.run(&["verify", "--json"]);
    assert_eq!((all.code, orders(&all)), (1, json!(2)), "{all:?}");
    assert!(places(&all).contains(&json!("atarapay:D-1")), "{all:?}");
    let wrong = book.run(&["verify", "--since", "yesterday"]);
    assert!(wrong.code == 2 && wrong.err.contains("12h or 2d"), "{wrong:?}");
}
