//! Cases that are put aside, moved by a lead, and read in another language; and approvals that nobody takes.

use recourse::desk::cases::{Bulk, many};
use recourse::records::{CasePlace, Queue};
use recourse::store::cases::read::{self, Wanted};
use recourse::store::people;
use serde_json::Value;

use super::cases::{disputed, done};
use super::harness::raw::past_guards;
use super::harness::{Book, book};

/// A book with an admin, two agents and a lead, and a disputed order.
async fn team(order: &str, amount: i64) -> Book {
    let book = book().await;
    disputed(&book, order, amount).await;
    for (login, role) in [("root", "admin"), ("ada", "agent"), ("ben", "agent"), ("lea", "lead")] {
        let by = if login == "root" { "recourse" } else { "root" };
        let told = book.run(&["people", "add", login, role, "--as", by]);
        assert_eq!(told.code, 0, "{told:?}");
    }
    book
}

/// Lets a moment of every case have passed.
async fn passed(book: &Book, column: &str) {
    let sql = format!("update dispute_case set {column} = now() - interval '1 second' where {column} is not null");
    sqlx::raw_sql(sqlx::AssertSqlSafe(past_guards(&sql))).execute(&mut book.psql().await).await.unwrap();
}

fn queue(book: &Book, name: &str, person: &str) -> Vec<Value> {
    book.run(&["case", "list", "--queue", name, "--as", person, "--json"]).lines()
}

#[tokio::test]
async fn a_snoozed_case_comes_back() {
    let book = team("ATP-1", 100_000).await;
    done(&book, "ada", &["case", "take", "ATP-1"]);
    for wrong in ["0h", "31d", "2020-01-01", "tomorrow"] {
        let told = book.run(&["case", "snooze", "ATP-1", "--until", wrong, "--as", "ada"]);
        assert!(matches!(told.code, 2 | 4), "{wrong}: {told:?}");
    }
    let told = book.run(&["case", "snooze", "ATP-1", "--until", "2d", "--as", "ben"]);
    assert_eq!(told.code, 5, "someone else has it: {told:?}");
    done(&book, "ada", &["case", "snooze", "ATP-1", "--until", "2d", "--reason", "the courier is closed"]);
    assert_eq!((queue(&book, "mine", "ada").len(), queue(&book, "unclaimed", "ada").len()), (0, 0));
    let case = queue(&book, "snoozed", "ada").pop().unwrap();
    assert!(case["snoozed_until"].is_string() && case["lease_until"].is_null(), "{case}");
    assert!(case["due_at"].is_string(), "its clocks go on: {case}");
    // A note does not end the rest; work does.
    done(&book, "ada", &["case", "note", "ATP-1", "called them"]);
    assert_eq!(queue(&book, "snoozed", "ada").len(), 1);
    done(&book, "ada", &["case", "reply", "ATP-1", "--from", "buyer", "it is here"]);
    assert_eq!(queue(&book, "mine", "ada").len(), 1);
    let told = book.run(&["case", "wake", "ATP-1", "--as", "ada"]);
    assert_eq!(told.code, 4, "{told:?}");
    done(&book, "ada", &["case", "snooze", "ATP-1", "--until", "3h"]);
    done(&book, "ada", &["case", "wake", "ATP-1"]);
    done(&book, "ada", &["case", "snooze", "ATP-1", "--until", "3h"]);
    assert_eq!(book.faults().await, [""; 0]);
    passed(&book, "snoozed_until").await;
    assert_eq!(queue(&book, "mine", "ada").len(), 1, "when its time has come, it is back");
    let told = book.run(&["inbox", "--as", "ada", "--json"]).one();
    assert_eq!((&told["what"], &told["by"]), (&"snooze_ended".into(), &Value::Null));
}

/// One thing is done to the cases of a queue, from the command line: each is judged at its turn, and who may not is told.
#[tokio::test]
async fn one_thing_is_done_to_a_queue() {
    let book = team("ATP-1", 100_000).await;
    for order in ["ATP-2", "ATP-3"] {
        disputed(&book, order, 100_000).await;
        done(&book, "ada", &["case", "take", order]);
    }
    let many = |by: &str, words: &[&str]| {
        let words: Vec<&str> = ["case", "many"].iter().chain(words).chain(&["--as", by, "--json"]).copied().collect();
        book.run(&words)
    };
    let set = many("ada", &["--queue", "mine", "--set-reason", "damaged"]);
    assert_eq!((set.code, set.lines().len()), (0, 2), "{set:?}");
    let asked = many("ada", &["--queue", "mine", "--where", "order:ATP-2", "--canned", "ask for photos", "--ask"]);
    assert_eq!((asked.code, asked.lines().len()), (0, 1), "{asked:?}");
    assert_eq!(queue(&book, "waiting_buyer", "ada").len(), 1);
    let refused = many("ben", &["--queue", "working", "--close", "--why", "no"]);
    assert!(refused.code == 4 && refused.lines().iter().all(|it| it["result"] != "done"), "{refused:?}");
    assert_eq!(many("ada", &["--queue", "mine", "--canned", "no such"]).code, 2);
    assert_eq!(many("ada", &["--queue", "mine"]).code, 2, "it needs something to do");
    let given = many("ada", &["--queue", "mine", "--hand-over-to", "ben", "--note", "she is ill"]);
    assert!(given.lines().iter().any(|it| it["result"] == "done"), "{given:?}");
}

#[tokio::test]
async fn a_lead_moves_all_cases_of_a_person() {
    let book = team("ATP-1", 100_000).await;
    for order in ["ATP-2", "ATP-3"] {
        disputed(&book, order, 100_000).await;
        done(&book, "ada", &["case", "take", order]);
    }
    done(&book, "ada", &["case", "snooze", "ATP-3", "--until", "1d"]);
    let told = book.run(&["people", "remove", "ada", "agent", "--why", "she left", "--as", "root"]);
    assert!(told.out.contains("ada still has 2 open cases") && told.out.contains("--all-of ada"), "{told:?}");
    let all = |to: &str, by: &str| {
        book.run(&["case", "move", "--all-of", "ada", "--to", to, "--note", "she left", "--as", by, "--json"])
    };
    let refused = all("ben", "ben");
    assert_eq!((refused.code, refused.lines().len()), (4, 2), "only a lead: {refused:?}");
    assert_eq!(all("root", "lea").code, 4, "an admin does not work on cases");
    let told = all("ben", "lea");
    assert_eq!((told.code, told.lines().len()), (0, 2), "{told:?}");
    assert_eq!(queue(&book, "mine", "ben").len(), 2);
    assert_eq!(book.run(&["inbox", "--as", "ben", "--count", "--json"]).one()["unread"], 2);
    let of_ada = book.run(&["inbox", "--as", "ada", "--json"]).lines();
    assert!(of_ada.len() == 2 && of_ada.iter().all(|it| it["what"] == "taken"), "{of_ada:?}");
    assert_eq!(all("ben", "lea").out, "", "there is nothing left to move");
    let told = book.run(&["case", "move", "ATP-2", "--to", "ben", "--note", "again", "--as", "lea"]);
    assert_eq!(told.code, 4, "{told:?}");
    done(&book, "lea", &["case", "move", "ATP-1", "--to", "ben", "--note", "it is urgent"]);
    let people = book.run(&["people", "--json"]).lines();
    assert!(people.iter().any(|it| it["login"] == "ben" && it["open_cases"] == 3), "{people:?}");
    assert_eq!(book.faults().await, [""; 0]);
}

#[tokio::test]
async fn an_approval_that_nobody_takes_concerns_every_lead() {
    let book = team("ATP-1", 200_000_000).await;
    assert_eq!(book.run(&["people", "add", "lou", "lead", "--as", "root"]).code, 0);
    done(&book, "ada", &["case", "message", "ATP-1", "--to", "buyer", "we look into it"]);
    done(&book, "ada", &["case", "decide", "ATP-1", "--refund-buyer", "--reason", "damaged", "--rationale", "photos"]);
    let case = queue(&book, "proposed", "lea").pop().unwrap();
    assert_eq!(case["clock"], "approval", "the approval is due before the decision: {case}");
    passed(&book, "escalate_at").await;
    queue(&book, "proposed", "lea");
    for person in ["lea", "lou", "ada"] {
        let told = book.run(&["inbox", "--as", person, "--json"]).one();
        assert_eq!((&told["what"], &told["order"]), (&"late".into(), &"atarapay:ATP-1".into()), "{person}");
    }
    done(&book, "lea", &["case", "send-back", "ATP-1", "--reason", "ask the seller first"]);
    assert_ne!(queue(&book, "open", "lea").pop().unwrap()["clock"], "approval");
}

#[tokio::test]
async fn letters_are_in_the_language_of_who_reads_them() {
    let book = team("ATP-1", 100_000).await;
    assert_eq!(book.run(&["case", "language", "ATP-1", "--for", "buyer", "fr", "--as", "ada"]).code, 2);
    done(&book, "ada", &["case", "language", "ATP-1", "--for", "buyer", "ar"]);
    done(&book, "ada", &["case", "set-reason", "ATP-1", "--reason", "damaged"]);
    done(&book, "ada", &["case", "message", "ATP-1", "--to", "buyer", "--macro", "ask for photos"]);
    done(&book, "ada", &["case", "decide", "ATP-1", "--refund-buyer", "--rationale", "photos"]);
    let letter = |party: &str| {
        let told = book.run(&["letter", "ATP-1", "--for", party, "--json"]).one();
        let paragraphs = told["paragraphs"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned());
        (told["language"].as_str().unwrap().to_owned(), paragraphs.collect::<Vec<_>>().join("\n"))
    };
    let (language, buyer) = letter("buyer");
    assert_eq!(language, "ar");
    for words in ["وصل المنتج تالفاً.", "كامل المبلغ", "NGN 1,000.00", "لا توافق", "فريق النزاعات", "يرجى إرسال صور"]
    {
        assert!(buyer.contains(words), "{words} is not in {buyer}");
    }
    assert!(!buyer.contains("You ") && !buyer.contains("Dear"), "{buyer}");
    let (language, seller) = letter("seller");
    assert_eq!(language, "en");
    assert!(seller.contains("the item arrived damaged.") && seller.ends_with("The dispute desk"), "{seller}");
    // A language that is set after the decision changes what is standard, and keeps what a person wrote.
    done(&book, "ada", &["case", "language", "ATP-1", "--for", "buyer", "en"]);
    assert!(letter("buyer").1.contains("You receive NGN 1,000.00: the full amount"), "{}", letter("buyer").1);
    assert_eq!(book.faults().await, [""; 0]);
}

#[tokio::test]
async fn a_reply_is_unread_until_it_is_read() {
    let book = team("ATP-1", 100_000).await;
    done(&book, "ada", &["case", "take", "ATP-1"]);
    done(&book, "ben", &["case", "reply", "ATP-1", "--from", "buyer", "where is my money?"]);
    let unread = |person: &str| queue(&book, "open", person)[0]["unread"].clone();
    assert_eq!((unread("ada"), unread("ben")), (true.into(), true.into()));
    let read = "select case_read_to('atarapay:ATP-1', 1, 'ada', 99)";
    sqlx::raw_sql(read).execute(&mut book.psql().await).await.unwrap();
    assert_eq!((unread("ada"), unread("ben")), (false.into(), true.into()));
    done(&book, "ben", &["case", "reply", "ATP-1", "--from", "seller", "on its way"]);
    assert_eq!(unread("ada"), Value::Bool(true), "a later reply is unread again");
}

#[tokio::test]
async fn several_files_are_about_a_line_of_the_checklist() {
    let book = team("ATP-1", 100_000).await;
    done(&book, "ada", &["case", "set-reason", "ATP-1", "--reason", "damaged"]);
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<String> = ["one.txt", "two.txt"]
        .iter()
        .map(|name| {
            let path = folder.path().join(name);
            std::fs::write(&path, name).unwrap();
            path.to_str().unwrap().to_owned()
        })
        .collect();
    let attach = |line: &str| {
        book.run(&["case", "attach", "ATP-1", &paths[0], &paths[1], "--line", line, "--as", "ada", "--json"])
    };
    assert_eq!(attach("no such line").code, 4);
    let told = attach("2");
    assert_eq!((told.code, told.lines().len()), (0, 2), "{told:?}");
    let shown = book.run(&["case", "show", "ATP-1", "--json"]).one();
    let events = shown["events"].as_array().unwrap();
    let lines: Vec<_> = events.iter().filter(|it| it["what"] == "attached").map(|it| it["item"].clone()).collect();
    assert_eq!(lines, ["photos of the packaging", "photos of the packaging"]);
}

/// The strongest match comes first: a phone number, then the same buyer, then the same seller; with what became of each.
#[tokio::test]
async fn the_history_of_people_is_ranked() {
    let book = team("ATP-1", 100_000).await;
    for order in ["ATP-2", "ATP-3"] {
        disputed(&book, order, 50_000).await;
    }
    // Their names are changed past the guards, so that each is known by another trait.
    let name = |id: &str, buyer: &str, seller: &str| {
        format!(
            "update orders set buyer = '{buyer}', seller = '{seller}' where id = 'atarapay:{id}';
            update order_word set words = words_of(id, provider, merchant, buyer, seller) from orders where id = order_id and id = 'atarapay:{id}';"
        )
    };
    let names = [
        name("ATP-1", "Ngozi Eze 0803 123 4567", "Aba Leather"),
        name("ATP-2", "N. Eze +234 803 123 4567", "Other Shop"),
        name("ATP-3", "Bola", "Aba Leather"),
    ];
    sqlx::raw_sql(sqlx::AssertSqlSafe(past_guards(&names.concat()))).execute(&mut book.psql().await).await.unwrap();
    done(&book, "ada", &["case", "decide", "ATP-2", "--refund-buyer", "--reason", "damaged", "--rationale", "photos"]);
    let lines = book.run(&["case", "history", "ATP-1", "--json"]).lines();
    let said: Vec<_> = lines.iter().map(|it| (&it["same"], &it["order"], &it["case"], &it["outcome"])).collect();
    let (one, none) = (Value::from(1), Value::Null);
    assert_eq!(
        said,
        [(&"phone".into(), &"ATP-2".into(), &one, &"settled".into()), (&"seller".into(), &"ATP-3".into(), &one, &none)]
    );
    assert_eq!((&lines[0]["to_buyer"], &lines[0]["amount"]), (&"500.00".into(), &"500.00".into()));
    let told = book.run(&["case", "history", "ATP-1"]).out;
    assert!(told.contains("same phone: 1 order, NGN 500.00; 1 case: 1 for the buyer"), "{told}");
}

/// A dossier is whole, says who made it, can be checked, and has nothing that only the team reads unless it is asked for.
#[tokio::test]
async fn a_dossier_is_for_someone_outside() {
    let book = team("ATP-1", 100_000).await;
    let folder = tempfile::tempdir().unwrap();
    let photo = folder.path().join("seal.txt");
    std::fs::write(&photo, "the seal is broken").unwrap();
    done(&book, "ada", &["case", "attach", "ATP-1", photo.to_str().unwrap()]);
    done(&book, "ada", &["case", "note", "ATP-1", "the seller was rude"]);
    done(&book, "ada", &["case", "message", "ATP-1", "--to", "buyer", "please send photos"]);
    done(&book, "ben", &["case", "reply", "ATP-1", "--from", "buyer", "here they are"]);
    done(
        &book,
        "ada",
        &["case", "decide", "ATP-1", "--refund-buyer", "--reason", "damaged", "--rationale", "I trust her"],
    );
    let make = |name: &str, more: &[&str]| {
        let to = folder.path().join(name);
        let words = ["case", "dossier", "ATP-1", "--to", to.to_str().unwrap()];
        let told = book.run(&[&words, more, &["--as", "ada"]].concat());
        (told.code, to)
    };
    let (code, outside) = make("outside", &[]);
    assert_eq!(code, 0);
    assert_eq!(make("outside", &[]).0, 2, "what is there is not touched");
    let text = std::fs::read_to_string(outside.join("dossier.txt")).unwrap();
    for words in
        ["please send photos", "here they are", "seal.txt", "by ada", "Disputed", "the buyer gets NGN 1,000.00"]
    {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    for words in ["rude", "I trust her"] {
        assert!(!text.contains(words), "{words} is in {text}");
    }
    assert!(std::fs::read(outside.join("dossier.pdf")).unwrap().starts_with(b"%PDF"));
    assert!(outside.join("letters/buyer.pdf").exists());
    let evidence: Vec<_> = std::fs::read_dir(outside.join("evidence")).unwrap().flatten().collect();
    assert_eq!(std::fs::read(evidence[0].path()).unwrap(), b"the seal is broken");
    let mut checked = std::process::Command::new("sha256sum");
    checked.args(["--check", "--quiet", "SHA256SUMS"]).current_dir(&outside);
    assert!(checked.status().is_ok_and(|status| status.success()));
    let (code, inside) = make("inside", &["--notes"]);
    let text = std::fs::read_to_string(inside.join("dossier.txt")).unwrap();
    assert!(code == 0 && text.contains("rude") && text.contains("I trust her"), "{text}");
    assert!(inside.join("case.json").exists() && !outside.join("case.json").exists());
}

/// Each of many cases is judged at its turn: what is filled in is its own, and one that is refused does not stop the others.
#[tokio::test]
async fn many_cases_are_judged_one_by_one() {
    let book = team("ATP-1", 100_000).await;
    for order in ["ATP-2", "ATP-3"] {
        disputed(&book, order, 50_000).await;
    }
    done(&book, "ben", &["case", "take", "ATP-2"]);
    let wanted = Wanted { queue: Queue::Open, person: "ada", now: chrono::Utc::now(), sieve: None };
    let cases = read::page(&book.store.pool, wanted, &CasePlace::start(), 10).await.unwrap();
    let mut ada = book.store.clone();
    ada.person = "ada".to_owned();
    let roles = people::roles(&ada.pool, "ada").await.unwrap();
    let what = Bulk::Canned { name: "ask for photos".to_owned(), ask: true };
    let all = many(&ada, roles, cases, &what).await.unwrap();
    let mut said: Vec<_> = all.iter().map(|it| (it.case.id().to_owned(), it.refused().is_none())).collect();
    said.sort();
    assert_eq!(said, [("ATP-1".to_owned(), true), ("ATP-2".to_owned(), false), ("ATP-3".to_owned(), true)]);
    let shown = book.run(&["case", "show", "ATP-3", "--json"]).one();
    let message = shown["events"].as_array().unwrap().iter().find_map(|it| it["message"].as_str()).unwrap().to_owned();
    assert!(message.contains("ATP-3") && message.contains("NGN 500.00"), "{message}");
}
