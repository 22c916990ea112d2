//! What a person left is erased once the policy no longer keeps it: no table still has it, and `verify` says erased.

use recourse::domain::{ATARAPAY, Currency, Money, Order, OrderKey, Source, atarapay};
use recourse::store::{Opening, Proof, Record, append};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgConnection};

use super::cases::{done, lately};
use super::harness::{Book, book, way_to};
use super::seals::after;

const BUYER: &str = "Ngọzi Okafor 0803 555 0147";
const SELLER: &str = "Aba Leather Works";

/// What the buyer, and the team about the buyer, left with the order: in small letters, as words are kept, too.
pub const LEFT: &[&str] = &[
    "okafor",
    "5550147",
    "555 0147",
    "torn seam",
    "torn",
    "mother",
    "pictures",
    "own words",
    "ngozi-bag",
    "purse",
    "refund her",
    "dear customer",
];

/// A dispute about a bag that was decided and paid, with everything that people leave with an order, and people of every role.
pub async fn ended() -> Book {
    let book = book().await;
    let key = OrderKey::new(ATARAPAY, "E-1").unwrap();
    let order = Order::open(key, Money::new(450_000, Currency::Ngn), lately());
    let proof = || Proof { note: Some("torn seam".into()), ..Proof::new(Source::Import, &book.store.person) };
    let (buyer, seller) = (Some(BUYER.into()), Some(SELLER.into()));
    let opening = Opening { order: order.clone(), cancellation_fee: None, merchant: Some("105".into()), buyer, seller };
    let steps = way_to(&order, atarapay::Status::Disputed.status());
    let mut records = vec![Record::Opening(opening, proof())];
    records.extend(steps.into_iter().map(|step| Record::Step(step, proof())));
    let mut tx = book.store.pool.begin().await.unwrap();
    append::append(&mut tx, &records).await.unwrap();
    tx.commit().await.unwrap();
    let file = std::env::temp_dir().join(format!("{}-ngozi-bag.txt", book.name));
    std::fs::write(&file, "The torn seam.").unwrap();
    done(&book, "ada", &["case", "take", "E-1"]);
    done(&book, "ada", &["case", "note", "E-1", "called her mother"]);
    done(&book, "ada", &["case", "message", "E-1", "--to", "buyer", "please send pictures"]);
    done(&book, "ada", &["case", "message", "E-1", "--to", "seller", "the seller's copy"]);
    done(&book, "ada", &["case", "answer", "E-1", "--from", "buyer", "her own words"]);
    done(&book, "ada", &["case", "attach", "E-1", file.to_str().unwrap()]);
    std::fs::remove_file(&file).unwrap();
    let decide = ["case", "decide", "E-1", "--refund-buyer", "--reason", "damaged", "--rationale", "refund her"];
    done(&book, "ada", &[&decide[..], &["--say-buyer", "Dear customer"]].concat());
    done(&book, "ada", &["case", "pay", "E-1", "--failed", "wrong purse"]);
    done(&book, "ada", &["case", "pay", "E-1", "--reopen"]);
    done(&book, "ada", &["case", "pay", "E-1", "--confirm", "TRF-1"]);
    for (person, role) in [("ada", "admin"), ("ben", "agent"), ("vic", "viewer")] {
        assert_eq!(book.run(&["people", "add", person, role, "--as", "ada"]).code, 0);
    }
    book
}

/// Keeps files for so long, and everything else not at all.
async fn keep(book: &Book, files: &str) {
    let files = format!("files = \"{files}\"");
    let changes = [
        ("names = \"1825d\"", "names = \"0d\""),
        ("messages = \"1825d\"", "messages = \"0d\""),
        ("notes = \"1825d\"", "notes = \"0d\""),
        ("files = \"730d\"", files.as_str()),
        ("decisions = \"1825d\"", "decisions = \"0d\""),
    ];
    book.policy("ada", &changes).await;
}

/// Every row of every table, as text in small letters.
async fn everything(book: &Book) -> String {
    let tables: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relnamespace = 'recourse'::regnamespace and relkind = 'r'",
    )
    .fetch_all(&book.store.pool)
    .await
    .unwrap();
    let mut text = String::new();
    for table in tables {
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!("select t::text from {table} t")))
            .fetch_all(&book.store.pool)
            .await
            .unwrap();
        text.extend(rows.iter().map(|row| format!("{table}: {}\n", row.to_lowercase())));
    }
    text
}

pub fn found(everything: &str, words: &[&str]) -> Vec<String> {
    let hex = |word: &str| word.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let has =
        |line: &&str| words.iter().any(|word| line.contains(word) || (word.len() > 4 && line.contains(&hex(word))));
    // The policy and the reasons of its clocks are everyone's.
    everything.lines().filter(has).filter(|line| !line.starts_with("desk_policy")).map(str::to_owned).collect()
}

#[tokio::test]
async fn what_a_person_left_is_erased_and_verify_says_so() {
    let book = ended().await;
    keep(&book, "0d").await;
    assert!(!found(&everything(&book).await, LEFT).is_empty());
    let erase = ["erase", "NGOZI OKAFOR 0803 555 0147", "--note", "asked by letter of 3 May"];
    let told = book.run(&[&erase[..], &["--dry-run", "--json", "--as", "ada"]].concat());
    assert_eq!(told.lines()[0]["erased"], json!(["messages", "notes", "files", "decisions", "names"]), "{told:?}");
    assert_eq!((told.code, &told.lines()[1]["result"]), (0, &"would_erase".into()));
    let told = book.run(&[&erase[..], &["--json", "--as", "ada"]].concat());
    assert_eq!((told.code, &told.lines()[1]), (0, &json!({"result": "erased", "erased": 5, "kept": 0})), "{told:?}");

    let text = everything(&book).await;
    assert_eq!(found(&text, LEFT), Vec::<String>::new());
    assert!(text.contains("aba leather") && text.contains("the seller's copy"), "the seller's side stays");
    assert_eq!(book.faults().await, Vec::<String>::new());
    let told = book.run(&["verify", "--json"]);
    assert_eq!((told.code, &told.one()["erased"]), (0, &json!(1)), "{told:?}");
    assert_eq!(book.run(&["orders", "--where", "okafor", "--json"]).lines().len(), 0);
    let shown = book.run(&["case", "show", "E-1"]);
    assert!(shown.out.contains("(erased)"), "{shown:?}");
    let told = book.run(&[&erase[..], &["--as", "ada"]].concat());
    assert!(told.code == 1 && told.err.contains("no order has"), "{told:?}");

    let told = book.run(&["erase", SELLER, "--order", "E-1", "--note", "x", "--json", "--as", "ada"]);
    assert_eq!((told.code, &told.lines()[0]["erased"]), (0, &json!(["messages", "names"])), "{told:?}");
    assert_eq!(found(&everything(&book).await, &["aba leather", "seller's copy"]), Vec::<String>::new());
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// What comes after the names were erased has no name by which it is found, and goes all the same.
#[tokio::test]
async fn what_comes_after_the_names_is_erased_by_party() {
    let book = ended().await;
    keep(&book, "0d").await;
    assert_eq!(did_lines(&book, &["erase", "0803 555 0147", "--note", "x", "--as", "ada"]).0, 0);
    done(&book, "ben", &["case", "note", "E-1", "her mother called"]);
    let late = r#"{"type":"notification","provider":"atarapay","at":"2026-11-20T10:00:00Z","body":{"data":{"amount_payed":450000,"currency":"NGN","customer":"her mother","id":"E-1","status":{"title":"Nobody knows"}},"status":"Purse"}}"#;
    assert_eq!(book.import(late.as_bytes()).one()["quarantined"], json!(1));
    let erase = |party: &'static str| ["erase", "--order", "E-1", "--party", party, "--note", "x", "--as", "ada"];
    let (code, lines) = did_lines(&book, &erase("buyer"));
    assert_eq!((code, &lines[1]["result"]), (4, &"kept".into()), "a fact waits: {lines:?}");
    done(&book, "ben", &["quarantine", "dismiss", "1", "--note", "it was the purse"]);
    let (code, lines) = did_lines(&book, &erase("buyer"));
    assert_eq!((code, &lines[0]["erased"]), (0, &json!(["notes", "names"])), "{lines:?}");
    assert_eq!(found(&everything(&book).await, LEFT), Vec::<String>::new());
    assert_eq!(book.faults().await, Vec::<String>::new());
    let told = book.run(&erase("buyer"));
    assert!(told.code == 1 && told.err.contains("nothing that the buyer left with atarapay:E-1"), "{told:?}");
    for words in [&["erase", "--note", "x"][..], &["erase", "--party", "buyer", "--note", "x"]] {
        assert_eq!(book.run(words).code, 2, "{words:?}");
    }
}

#[tokio::test]
async fn nothing_is_erased_too_early_or_by_others() {
    let book = ended().await;
    let erase = |who: &'static str| did_lines(&book, &["erase", "0803 555 0147", "--note", "x", "--as", who]);
    let (code, lines) = erase("ada");
    assert_eq!((code, &lines[1]["result"]), (4, &"kept".into()));
    let kinds: Vec<&Value> = lines[0]["kept"].as_array().unwrap().iter().map(|kept| &kept["kind"]).collect();
    assert_eq!(kinds, ["messages", "notes", "files", "decisions", "names"]);
    assert!(lines[0]["kept"][2]["until"].as_str().unwrap() > "2028", "two years for files: {lines:?}");
    let mut psql = book.psql().await;
    let raw = "insert into recourse.erasure (order_id, party, kind, why, recorder) values ('atarapay:E-1', 'buyer', 'files', 'x', 'ada')";
    assert_eq!(refused(&mut psql, raw).await, "erasure_after_retention");
    keep(&book, "0d").await;
    for who in ["ben", "vic", "eve"] {
        let (code, lines) = erase(who);
        assert_eq!((code, &lines[0]["why"]), (4, &"role_permits".into()), "{who}");
    }
    // Names are kept as long as anything else: by them a person is found.
    keep(&book, "12d").await;
    let (code, lines) = erase("ada");
    assert_eq!((code, &lines[0]["erased"]), (0, &json!(["messages", "notes", "decisions"])), "{lines:?}");
    let kept: Vec<&Value> = lines[0]["kept"].as_array().unwrap().iter().map(|kept| &kept["kind"]).collect();
    assert_eq!(kept, ["files", "names"]);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

fn did_lines(book: &Book, words: &[&str]) -> (i32, Vec<Value>) {
    let told = book.run(&[words, &["--json"]].concat());
    assert_eq!(told.err, "", "{words:?}");
    (told.code, told.lines())
}

/// The constraint that refuses a statement.
async fn refused(psql: &mut PgConnection, statement: &'static str) -> String {
    let error = sqlx::raw_sql(statement).execute(psql).await.unwrap_err();
    error.as_database_error().and_then(|error| error.constraint()).unwrap_or_default().to_owned()
}

/// Changes around an erasure with the owner's rights, and a part of the sentence that names each.
#[rustfmt::skip]
const CHANGES: &[(&str, &str)] = &[
    ("drop trigger case_message_append_only on case_message; update case_message set body = 'other' where body is not null", "only an erasure may do that"),
    ("drop trigger case_message_append_only on case_message; update case_message set body = null where body is not null", "only an erasure may do that"),
    ("drop trigger case_message_append_only on case_message; update case_message set body = 'put back' where body is null", "only an erasure may do that"),
    ("drop trigger case_file_append_only on case_file; update case_file set kind = 'image/png'", "only an erasure may do that"),
    ("drop trigger plan_append_only on plan; update plan set title = 'other'", ""),
    ("set local session_replication_role = replica; update case_note set body = 'put back'", "was changed past its log"),
    ("set local session_replication_role = replica; delete from erasure", "an erasure (1) was removed"),
    ("set local session_replication_role = replica; update erasure set party = 'seller' where kind = 'names'", "an erasure"),
    ("set local session_replication_role = replica; update erasure set personal = null, salt = null where kind = 'names'", "an erasure"),
];

#[tokio::test]
async fn what_no_erasure_took_away_is_named() {
    let book = ended().await;
    let mut psql = book.psql().await;
    let note = "drop trigger case_note_append_only on case_note; update case_note set body = null";
    assert!(after(&mut psql, note).await.join("\n").contains("only an erasure may do that"));
    for (change, expect) in [
        (
            "set local session_replication_role = replica; update transition set note = null, salt = null where seq = 3",
            "no erasure took them away",
        ),
        (
            "set local session_replication_role = replica; update orders set buyer = null",
            "the names or the note were changed later",
        ),
        (
            "set local session_replication_role = replica; update transition set note = 'other' where seq = 3",
            "the names or the note were changed later",
        ),
    ] {
        sqlx::raw_sql(AssertSqlSafe(format!("create table if not exists public.kept as select * from recourse.transition; begin; set local search_path = recourse; {change}; commit"))).execute(&mut psql).await.unwrap();
        let faults = book.faults().await.join("\n");
        assert!(faults.contains(expect), "{change}: {faults}");
        let back = "begin; set local session_replication_role = replica; update recourse.orders set buyer = 'Ngọzi Okafor 0803 555 0147';
            update recourse.transition t set note = k.note, salt = k.salt from public.kept k where (k.order_id, k.seq) = (t.order_id, t.seq); commit";
        sqlx::raw_sql(back).execute(&mut psql).await.unwrap();
        assert_eq!(book.faults().await, Vec::<String>::new());
    }
    keep(&book, "0d").await;
    assert_eq!(did_lines(&book, &["erase", "0803 555 0147", "--note", "x", "--as", "ada"]).0, 0);
    for (change, expect) in CHANGES {
        let told = after(&mut psql, change).await.join("\n");
        assert!(told.contains(expect) && (told.is_empty() == expect.is_empty()), "{change}: {told}");
    }
}
