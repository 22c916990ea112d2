//! What concerns a person: everything that others do with their cases and plans, once, until they have read it.

use serde_json::{Value, json};

use super::cases::{disputed, done, fact};
use super::harness::raw::past_guards;
use super::harness::{Book, book};
use super::plans::stuck;

/// What a person has not read, the oldest first: what happened, the order or plan, and who did it.
fn inbox(book: &Book, person: &str) -> Vec<String> {
    let told = book.run(&["inbox", "--as", person, "--json"]);
    let line = |line: &Value| {
        let about = line["order"].as_str().map_or_else(|| format!("plan {}", line["plan"]), str::to_owned);
        format!("{} {about} by {}", line["what"].as_str().unwrap(), line["by"].as_str().unwrap_or("nobody"))
    };
    told.lines().iter().rev().map(line).collect()
}

fn decide<'a>(order: &'a str, side: &'a str) -> [&'a str; 8] {
    ["case", "decide", order, side, "--reason", "not_delivered", "--rationale", "no proof of delivery"]
}

#[tokio::test]
async fn a_proposal_and_its_money() {
    let book = book().await;
    disputed(&book, "ATP-1", 200_000_000).await;
    done(&book, "ada", &decide("ATP-1", "--refund-buyer"));
    done(&book, "ben", &["case", "reject", "ATP-1", "--reason", "look at the signature"]);
    done(&book, "ada", &decide("ATP-1", "--refund-buyer"));
    done(&book, "ben", &["case", "approve", "ATP-1"]);
    done(&book, "eve", &["case", "payout", "ATP-1", "--failed", "account closed"]);
    done(&book, "eve", &["case", "payout", "ATP-1", "--reopen"]);
    done(&book, "eve", &["case", "payout", "ATP-1", "--confirm", "BANK-1"]);
    let of_ada = [
        "sent_back atarapay:ATP-1 by ben",
        "approved atarapay:ATP-1 by ben",
        "payout_failed atarapay:ATP-1 by eve",
        "paid atarapay:ATP-1 by eve",
    ];
    assert_eq!(inbox(&book, "ada"), of_ada);
    assert_eq!(inbox(&book, "ben"), of_ada[2..], "who approved it is told of the money, too");
    assert_eq!(inbox(&book, "eve"), Vec::<String>::new(), "nobody is told what they did");
    let back = book.run(&["inbox", "--as", "ada", "--json"]).lines().pop().unwrap();
    assert_eq!(
        (&back["words"], &back["case"], &back["read"]),
        (&"look at the signature".into(), &1.into(), &false.into())
    );
}

#[tokio::test]
async fn cases_that_change_hands() {
    let book = book().await;
    for id in ["ATP-1", "ATP-2", "ATP-3"] {
        disputed(&book, id, 100_000).await;
        done(&book, "ada", &["case", "claim", id]);
    }
    done(&book, "ben", &["case", "claim", "ATP-1", "--reason", "ada is ill"]);
    done(&book, "ben", &["case", "hand-over", "ATP-1", "--to", "eve", "--note", "the buyer called twice"]);
    done(&book, "ada", &["case", "message", "ATP-2", "--to", "seller", "--wait", "where is it?"]);
    done(&book, "ben", &["case", "answer", "ATP-2", "--from", "seller", "on its way"]);
    assert_eq!(book.import(&fact("ATP-2", "seller", "withdraw")).code, 0);
    sqlx::raw_sql(sqlx::AssertSqlSafe(past_guards(
        "update dispute_case set lease_until = now() - interval '1 second' where order_id = 'atarapay:ATP-3'",
    )))
    .execute(&mut book.psql().await)
    .await
    .unwrap();
    book.run(&["case", "list"]);
    let of_ada = [
        "taken atarapay:ATP-1 by ben",
        "answered atarapay:ATP-2 by ben",
        "decided atarapay:ATP-2 by recourse",
        "lease_ended atarapay:ATP-3 by nobody",
    ];
    assert_eq!(inbox(&book, "ada"), of_ada);
    assert_eq!(inbox(&book, "eve"), ["handed_over atarapay:ATP-1 by ben"]);
}

/// Who has to make a proposal again is told, too, if someone took over the case meanwhile; and what is late is named.
#[tokio::test]
async fn the_owner_is_told_like_the_author() {
    let book = book().await;
    disputed(&book, "ATP-1", 200_000_000).await;
    done(&book, "ada", &decide("ATP-1", "--refund-buyer"));
    done(&book, "eve", &["case", "take-over", "ATP-1", "--reason", "ada is ill"]);
    done(&book, "ben", &["case", "send-back", "ATP-1", "--reason", "look at the signature"]);
    assert_eq!(inbox(&book, "ada"), ["taken atarapay:ATP-1 by eve", "sent_back atarapay:ATP-1 by ben"]);
    assert_eq!(inbox(&book, "eve"), ["sent_back atarapay:ATP-1 by ben"]);
    sqlx::raw_sql(sqlx::AssertSqlSafe(past_guards(
        "update dispute_case set escalate_at = now() - interval '1 second'",
    )))
    .execute(&mut book.psql().await)
    .await
    .unwrap();
    book.run(&["case", "list"]);
    let late = book.run(&["inbox", "--as", "eve", "--limit", "1", "--json"]).one();
    assert!(late["words"].as_str().unwrap().contains(", level 1"), "{late}");
}

#[tokio::test]
async fn plans_that_others_approve_and_run() {
    let book = stuck(2).await;
    book.run(&["plan", "make", "T-0", "T-1", "--needs-approval", "--as", "ada"]);
    book.run(&["plan", "approve", "1", "--as", "ben"]);
    book.run(&["plan", "run", "1", "--as", "ben"]);
    assert_eq!(inbox(&book, "ada"), ["plan_approved plan 1 by ben", "plan_finished plan 1 by ben"]);
    let said = book.run(&["inbox", "--as", "ada"]).out;
    assert!(said.contains("plan 1") && said.contains("2 recorded, 0 refused, 0 changed"), "{said}");
}

#[tokio::test]
async fn it_is_read_once_and_by_its_person_only() {
    let book = book().await;
    for id in ["ATP-1", "ATP-2", "ATP-3"] {
        disputed(&book, id, 100_000).await;
        done(&book, "ben", &["case", "take", id]);
        done(&book, "ben", &["case", "hand-over", id, "--to", "ada", "--note", "yours"]);
    }
    let unread = |words: &[&str]| book.run(&[&["inbox"], words, &["--json"]].concat()).one()["unread"].clone();
    assert_eq!(unread(&["--count", "--as", "ada"]), 3);
    let first = book.run(&["inbox", "--as", "ada", "--limit", "1", "--json"]).one();
    let rest = book.run(&["inbox", "--as", "ada", "--after", &first["id"].to_string(), "--json"]).lines();
    assert_eq!((rest.len(), &rest[1]["order"]), (2, &json!("atarapay:ATP-1")));
    let id = first["id"].to_string();
    let other = book.run(&["inbox", "read", &id, "--as", "ben"]);
    assert!(other.code == 1 && other.err.contains("in your inbox"), "another person's item: {other:?}");
    assert_eq!(unread(&["read", &id, "--as", "ada"]), 2);
    assert_eq!(unread(&["read", &id, "--as", "ada"]), 2);
    assert_eq!(unread(&["read", "--all", "--as", "ada"]), 0);
    assert_eq!(book.run(&["inbox", "--as", "ada"]).out, "Nothing new concerns you.\n");
    let all = book.run(&["inbox", "--as", "ada", "--all", "--json"]).lines();
    assert!(all.len() == 3 && all.iter().all(|line| line["read"] == true), "{all:?}");
    // A writer's own login reads for itself only, and cannot make another change.
    let mut psql = book.psql().await;
    sqlx::raw_sql("do $$ begin create role inbox_reader login in role recourse_writer; exception when duplicate_object then null; end $$; set session authorization inbox_reader")
        .execute(&mut psql)
        .await
        .unwrap();
    for bad in [
        "update inbox set read_at = now()",
        "update inbox set person = session_user",
        "delete from inbox",
        "select inbox_marked('ada', null)",
    ] {
        assert!(sqlx::raw_sql(bad).execute(&mut psql).await.is_err(), "{bad}");
    }
}
