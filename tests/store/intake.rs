//! Import: what each line results in, exactly once.

use serde_json::{Value, json};

use super::harness::book;

const SAMPLES: &[u8] = include_bytes!("../samples/notifications.ndjson");

fn summary(read: u64, applied: u64, inferred: u64, repeated: u64, quarantined: u64) -> Value {
    json!({"read": read, "applied": applied, "inferred": inferred, "repeated": repeated, "quarantined": quarantined})
}

#[tokio::test]
async fn the_providers_own_shapes() {
    let book = book().await;
    assert_eq!(book.import(SAMPLES).one(), summary(19, 12, 1, 1, 6));
    // Each order's final status and actions.
    let lives = [
        ("4c1f0a52-7d55-4b0e-9a51-1f6f5f0d9a01", "partially_refunded", "open approve authorise capture capture refund"),
        ("9b7c2c11-02d4-4c0a-8f1e-65c0c1f7be02", "declined", "open decline"),
        ("3029", "disputed", "open deliver reject report_bad_condition raise_dispute"),
    ];
    for (id, status, actions) in shown_lives(&book.run(&["orders", "--all", "--json"]).lines(), &book) {
        let expect = lives.iter().find(|life| life.0 == id).unwrap_or_else(|| panic!("{id} {status} {actions}"));
        assert_eq!((status.as_str(), actions.as_str()), (expect.1, expect.2), "{id}");
    }
    let held: Vec<(String, usize)> = book
        .run(&["quarantine", "--json"])
        .lines()
        .iter()
        .map(|fact| (fact["why"].as_str().unwrap().to_owned(), fact["readings"].as_array().unwrap().len()))
        .collect();
    let expect = [
        ("too_late", 1),
        ("unknown", 0),
        ("unknown_order", 0),
        ("contradictory", 3),
        ("not_yet", 1),
        ("unreadable", 0),
    ];
    let held: Vec<(&str, usize)> = held.iter().map(|(why, readings)| (why.as_str(), *readings)).collect();
    assert_eq!(held, expect);
    // The same file again changes nothing.
    assert_eq!(book.import(SAMPLES).one(), summary(19, 0, 0, 19, 0));
    assert_eq!(book.faults().await, Vec::<String>::new());
}

fn shown_lives(orders: &[Value], book: &super::harness::Book) -> Vec<(String, String, String)> {
    let life = |order: &Value| {
        let id = order["order"].as_str().unwrap();
        let shown = book.run(&["show", id, "--json"]).one();
        let actions: Vec<&str> =
            shown["timeline"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
        (id.to_owned(), shown["status"].as_str().unwrap().to_owned(), actions.join(" "))
    };
    orders.iter().map(life).collect()
}

#[tokio::test]
async fn what_came_early_is_tried_again_by_itself() {
    let book = book().await;
    let open = r#"{"type":"opened","provider":"tamara","order":"T-1","at":"2026-11-18T09:00:00Z","currency":"SAR","amount":"300.00"}"#;
    let moved = |action: &str, actor: &str, at: &str| {
        format!(
            r#"{{"type":"moved","provider":"tamara","order":"T-1","at":"2026-11-18T{at}:00Z","action":"{action}","actor":"{actor}"}}"#
        )
    };
    let capture = moved("capture", "merchant", "09:30").replace('}', r#","amount":"300.00"}"#);
    // In the wrong order, in three files.
    assert_eq!(book.import(capture.as_bytes()).one(), summary(1, 0, 0, 0, 1));
    assert_eq!(book.import(moved("authorise", "merchant", "09:20").as_bytes()).one(), summary(1, 0, 0, 0, 1));
    let rest = format!("{}\n{open}\n", moved("approve", "provider", "09:10"));
    assert_eq!(book.import(rest.as_bytes()).one(), summary(2, 2, 0, 0, 0));
    let shown = book.run(&["show", "T-1", "--json"]).one();
    assert_eq!((&shown["status"], &shown["version"]), (&json!("fully_captured"), &json!(4)));
    assert_eq!(book.run(&["quarantine", "--json"]).lines().len(), 0);
    // A fact refused for another reason is never applied automatically later.
    let too_much = moved("refund", "merchant", "10:00").replace('}', r#","amount":"300.01"}"#);
    assert_eq!(book.import(too_much.as_bytes()).one(), summary(1, 0, 0, 0, 1));
    assert_eq!(book.run(&["quarantine", "retry", "--json"]).one()["settled"], json!(0));
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn bytes_of_any_kind_are_kept() {
    let book = book().await;
    let bytes: Vec<u8> = (0..=255).filter(|byte| *byte != b'\n').collect();
    assert_eq!(book.import(&bytes).one(), summary(1, 0, 0, 0, 1));
    let fact = book.run(&["quarantine", "--json"]).one();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(fact["raw_hex"], json!(hex));
    let told = book.run(&["import", "/nonexistent/file", "--json"]);
    assert_eq!(told.code, 1, "{told:?}");
}

#[tokio::test]
async fn a_person_settles_what_waits() {
    let book = book().await;
    book.import(SAMPLES);
    let facts = book.run(&["quarantine", "--json"]).lines();
    let id = |why: &str| facts.iter().find(|fact| fact["why"] == why).unwrap()["id"].to_string();
    let check = |arguments: &[&str], code: i32, result: &str| {
        let told = book.run(&[&["quarantine"], arguments, &["--json"]].concat());
        let said = if result.is_empty() { json!(null) } else { told.one()["result"].clone() };
        assert_eq!(
            (told.code, said),
            (code, if result.is_empty() { json!(null) } else { json!(result) }),
            "{arguments:?}: {told:?}"
        );
    };
    let unreadable = id("unreadable");
    check(&["dismiss", &unreadable, "--note", " "], 2, "");
    check(&["dismiss", &unreadable, "--note", "a test line"], 0, "done");
    check(&["dismiss", &unreadable, "--note", "again"], 5, "conflict");
    check(&["dismiss", "999", "--note", "n"], 1, "");
    // Some readings were lawful at Pending; at Disputed none is.
    check(&["apply", &id("contradictory"), "--reading", "1", "--note", "asked them"], 4, "refused");
    check(&["apply", &id("contradictory"), "--reading", "4", "--note", "asked them"], 2, "");
    assert_eq!(book.run(&["quarantine", "--json"]).lines().len(), 5);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_sample_is_the_same_bytes_and_lawful() {
    let book = book().await;
    let sample = |faults: &str| book.run(&["sample", "--orders", "400", "--seed", "7", "--faults", faults]).out;
    let clean = sample("0");
    assert_eq!(clean, sample("0"));
    let told = book.import(clean.as_bytes()).one();
    assert_eq!((&told["quarantined"], &told["repeated"]), (&json!(0), &json!(0)), "{told}");
    assert_eq!(told["read"], json!(clean.lines().count()));
    assert_eq!(book.faults().await, Vec::<String>::new());
    let spoilt = super::harness::told(
        book.command(&["sample", "--orders", "400", "--seed", "7", "--faults", "0"]).arg("--json"),
    );
    assert_eq!(spoilt.code, 0);
}

#[tokio::test]
async fn faults_lose_no_line_and_break_nothing() {
    let book = book().await;
    // Bytes, not text: some lines are broken on purpose.
    let output = book.command(&["sample", "--orders", "300", "--seed", "3", "--faults", "0.3"]).output().unwrap();
    let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
    let told = book.import(&output.stdout).one();
    let count = |key: &str| told[key].as_u64().unwrap();
    assert_eq!(count("read"), lines as u64);
    assert_eq!(count("applied") + count("repeated") + count("quarantined"), lines as u64);
    assert!(count("repeated") > 0 && count("quarantined") > 0, "{told}");
    assert_eq!(book.faults().await, Vec::<String>::new());
    let again = book.import(&output.stdout).one();
    assert_eq!((&again["applied"], &again["repeated"]), (&json!(0), &json!(lines)));
}
