//! The command line as other programs use it: JSON shapes, exit codes, roles.

use serde_json::{Value, json};

use super::harness::{Book, book, program, told};

const LINES: &str = r#"{"type":"opened","provider":"tamara","order":"T-1","at":"2026-11-18T09:12:00Z","currency":"SAR","amount":"300.00","merchant":"m-7","buyer":"سارة"}
{"type":"moved","provider":"tamara","order":"T-1","at":"2026-11-18T09:13:00Z","action":"approve","actor":"provider"}
{"type":"opened","provider":"atarapay","order":"ATP-7","at":"2026-11-18T09:12:00Z","currency":"NGN","amount":4500.00,"cancellation_fee":"200.00","merchant":"9","buyer":"Ada","seller":"Bola"}
{"type":"moved","provider":"atarapay","order":"ATP-7","at":"2026-11-18T10:00:00Z","action":"deliver","actor":"courier"}
{"type":"moved","provider":"atarapay","order":"ATP-7","at":"2026-11-18T11:00:00Z","action":"reject","actor":"buyer"}
{"type":"moved","provider":"atarapay","order":"ATP-7","at":"2026-11-18T12:00:00Z","action":"report_bad_condition","actor":"seller"}
{"type":"moved","provider":"atarapay","order":"ATP-7","at":"2026-11-18T13:00:00Z","action":"raise_dispute","actor":"seller"}
"#;

async fn filled() -> Book {
    let book = book().await;
    assert_eq!(book.import(LINES.as_bytes()).one()["applied"], json!(7));
    book
}

/// Whether `whole` contains everything in `part`.
fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|it| holds(it, value)))
        }
        _ => whole == part,
    }
}

#[track_caller]
fn check(book: &Book, arguments: &[&str], code: i32, part: Value) {
    let told = book.run(&[arguments, &["--json"]].concat());
    let lines = told.lines();
    assert_eq!(told.code, code, "{arguments:?}: {told:?}");
    assert!(lines.iter().any(|line| holds(line, &part)), "{arguments:?}: {part} is not in {told:?}");
}

#[tokio::test]
async fn the_book_is_told_in_the_shapes_others_rely_on() {
    let book = filled().await;
    check(
        &book,
        &["board"],
        0,
        json!({"provider": "tamara", "status": "approved", "orders": 1, "amounts": [{"currency": "SAR", "amount": "300.00"}]}),
    );
    check(
        &book,
        &["orders", "--status", "approved"],
        0,
        json!({"order": "T-1", "provider": "tamara", "status": "approved", "version": 2, "currency": "SAR",
        "amount": "300.00", "amounts": {"authorised": "0.00", "canceled": "0.00", "captured": "0.00", "refunded": "0.00"},
        "opened_at": "2026-11-18T09:12:00Z", "entered_at": "2026-11-18T09:13:00Z", "due_at": "2026-11-21T09:13:00Z", "merchant": "m-7"}),
    );
    check(
        &book,
        &["show", "ATP-7"],
        0,
        json!({"status": "disputed", "version": 5, "amounts": {"held": "4500.00", "to_seller": null, "to_buyer": null},
        "outcome": null, "rejection_pending": false, "attempt": 1, "due_at": null}),
    );
    check(
        &book,
        &["actions", "ATP-7"],
        0,
        json!({"action": "withdraw", "actor": "buyer", "allowed": true, "to": ["dispute_resolved"], "max": null, "letter": "w"}),
    );
    check(
        &book,
        &["actions", "T-1", "--all"],
        0,
        json!({"action": "capture", "actor": "merchant", "allowed": false, "why": "not_yet", "needs": ["authorise"],
        "message": "Capture: not yet, authorise it first"}),
    );
    let timeline = &book.run(&["show", "T-1", "--json"]).one()["timeline"];
    let first = json!({"seq": 1, "at": "2026-11-18T09:12:00Z", "actor": "buyer", "action": "open", "from": null, "to": "new", "amount": "300.00",
        "source": "import", "reason": null, "note": null, "inferred": false, "confirmed": false});
    assert!(holds(&timeline[0], &first), "{timeline}");
    assert_eq!(book.run(&["law", "--json"]).lines().len(), 40);
}

#[tokio::test]
async fn acting_answers_done_refused_or_conflict() {
    let book = filled().await;
    check(&book, &["act", "T-1", "capture", "--amount", "1"], 4, json!({"result": "refused", "why": "not_yet"}));
    check(&book, &["act", "T-1", "authorise", "--expect", "1"], 5, json!({"result": "conflict", "version": 2}));
    check(&book, &["act", "T-1", "authorise", "--dry-run"], 0, json!({"result": "would", "to": "authorised"}));
    check(
        &book,
        &["act", "T-1", "authorise", "--expect", "2"],
        0,
        json!({"result": "done", "transition": {"seq": 3, "to": "authorised", "source": "console", "confirmed": false}}),
    );
    check(
        &book,
        &["act", "T-1", "capture", "--amount", "300.01"],
        4,
        json!({"result": "refused", "why": "amount", "max": "300.00"}),
    );
    let request = "6f6c7a52-0000-4000-8000-000000000001";
    let capture = |amount| vec!["act", "T-1", "capture", "--amount", amount, "--request-id", request];
    check(&book, &capture("100.00"), 0, json!({"result": "done", "transition": {"seq": 4}}));
    check(&book, &capture("100.00"), 0, json!({"result": "done", "transition": {"seq": 4}}));
    check(&book, &capture("100.01"), 4, json!({"result": "refused", "why": "reused_request"}));
    assert_eq!(book.run(&["act", "ATP-7", "settle", "--to-seller", "60%", "--to-buyer", "140%"]).code, 2);
    check(
        &book,
        &["act", "ATP-7", "settle", "--to-seller", "3000", "--to-buyer", "1500", "--note", "seen"],
        4,
        json!({"result": "refused", "why": "fact", "needs": ["case"]}),
    );
    let decide = ["case", "decide", "ATP-7", "--to-seller", "3000", "--reason", "other", "--rationale", "seen"];
    check(&book, &decide, 0, json!({"result": "done"}));
    check(
        &book,
        &["show", "ATP-7"],
        0,
        json!({"outcome": "split", "amounts": {"held": "4500.00", "to_seller": "3000.00", "to_buyer": "1500.00"}}),
    );
    check(&book, &["act", "ATP-7", "complete"], 4, json!({"result": "refused", "why": "fact", "needs": ["case"]}));
    for (party, reference) in [("seller", "bank-1"), ("buyer", "bank-2")] {
        check(&book, &["case", "pay", "ATP-7", "--to", party, "--confirm", reference], 0, json!({"result": "done"}));
    }
    check(&book, &["show", "ATP-7"], 0, json!({"status": "completed"}));
    assert_eq!(book.run(&["act", "NOBODY", "capture", "--json"]).code, 1);
    assert_eq!(book.run(&["act", "T-1", "fly", "--json"]).code, 2);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn roles_decide_once_somebody_is_registered() {
    let book = filled().await;
    check(&book, &["act", "T-1", "authorise", "--role", "agent"], 4, json!({"result": "refused", "why": "not_yours"}));
    check(
        &book,
        &["people", "add", "ada", "agent"],
        4,
        json!({"result": "refused", "why": "person_change_first_is_admin"}),
    );
    check(&book, &["people", "add", "ada", "admin", "--as", "ada"], 0, json!({"login": "ada", "roles": ["admin"]}));
    check(
        &book,
        &["people", "add", "bola", "agent", "--as", "bola"],
        4,
        json!({"result": "refused", "why": "person_change_by_admin"}),
    );
    check(
        &book,
        &["people", "add", "bola", "agent", "--as", "ada"],
        0,
        json!({"login": "bola", "roles": ["agent"], "by": "ada"}),
    );
    check(&book, &["act", "T-1", "authorise", "--as", "ada"], 4, json!({"result": "refused", "why": "not_yours"}));
    check(&book, &["act", "T-1", "authorise", "--as", "bola"], 4, json!({"result": "refused", "why": "not_yours"}));
    check(
        &book,
        &["act", "ATP-7", "withdraw", "--for", "buyer", "--as", "bola"],
        4,
        json!({"result": "refused", "why": "fact", "needs": ["note"]}),
    );
    check(
        &book,
        &["act", "ATP-7", "withdraw", "--for", "buyer", "--as", "bola", "--note", "by telephone"],
        0,
        json!({"result": "done", "transition": {"recorder": "bola", "actor": "buyer"}}),
    );
}

#[tokio::test]
async fn pages_go_on_after_their_cursor() {
    let book = book().await;
    let sample = book.command(&["sample", "--orders", "250", "--seed", "2"]).output().unwrap().stdout;
    book.import(&sample);
    let all: Vec<String> = ids(&book.run(&["orders", "--all", "--limit", "1000", "--json"]).lines());
    assert_eq!(all.len(), 250);
    let asked = |words: &[&str]| ids(&book.run(words).lines());
    let approved = asked(&["orders", "--json", "--where", "status:approved age>1h"]);
    assert!(!approved.is_empty());
    assert_eq!(asked(&["orders", "--json", "status:approved", "age>1h"]), approved, "a query needs no flag");
    assert_eq!(book.run(&["orders", "m-7", "--where", "m-7"]).code, 2, "but only one");
    let (mut paged, mut after) = (Vec::new(), None::<String>);
    loop {
        let mut arguments = vec!["orders", "--all", "--limit", "37", "--json"];
        arguments.extend(after.iter().flat_map(|cursor| ["--after", cursor.as_str()]));
        let page = book.run(&arguments).lines();
        let Some(last) = page.last() else { break };
        after = last["cursor"].as_str().map(str::to_owned);
        paged.extend(ids(&page));
    }
    assert_eq!(paged, all);
    // Declined and expired orders are left out by default.
    let shown = ids(&book.run(&["orders", "--limit", "1000", "--json"]).lines());
    assert!(shown.len() < all.len() && shown.iter().all(|id| all.contains(id)));
}

fn ids(lines: &[Value]) -> Vec<String> {
    lines.iter().map(|line| line["order"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_needs_a_terminal_says_so() {
    let console = told(&mut program(&[]));
    assert_eq!(console.code, 2, "{console:?}");
    assert!(console.err.contains("terminal"), "{console:?}");
    assert_eq!(told(&mut program(&["orders", "--limit", "many"])).code, 2);
    for login in ["ada\n", "a\u{1b}[2Jda", " ada", "ad\u{202e}a"] {
        assert_eq!(told(&mut program(&["board", "--as", login])).code, 2, "{login:?}");
    }
    // Environment variables work like the flags.
    let json = told(program(&["law"]).env("RECOURSE_JSON", "1"));
    assert_eq!((json.code, json.lines().len()), (0, 40));
}

/// Text from outside cannot control the terminal.
#[tokio::test]
async fn names_are_harmless_in_tables() {
    let book = book().await;
    let evil = r#"{"type":"opened","provider":"tamara","order":"T-1","at":"2026-11-18T09:12:00Z","currency":"SAR","amount":"3.00","merchant":"\u001b[2J","buyer":"\u202e00.999 RAS"}"#;
    assert_eq!(book.import(evil.as_bytes()).one()["applied"], json!(1));
    for arguments in [&["show", "T-1"][..], &["orders"], &["quarantine"], &["actions", "T-1"]] {
        let told = book.run(arguments);
        assert!(!told.out.contains('\u{1b}') && !told.out.contains('\u{202e}'), "{arguments:?}: {told:?}");
    }
}
