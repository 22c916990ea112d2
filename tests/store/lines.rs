//! What an import reads as lines, and what it makes of slips in them.

use serde_json::{Value, json};

use super::harness::book;
use super::reported::{check, check_text, opened, said};

#[tokio::test]
async fn slips_in_our_own_lines_are_told() {
    let lines = [
        opened("atarapay", "U-1", json!({"cancelation_fee": "50.00"})),
        opened("tamara", "U-2", json!({"Amount": "400.00"})),
        opened("tamara", "U-3", json!({"shop": "x"})),
        opened("tamara", "U-4", json!({"buyer": "x".repeat(1_001)})),
        opened("tamara", "U-5", json!({"buyer": "x".repeat(1_000)})),
    ];
    let expect = [
        ("U-1", "unreadable", "cancelation_fee is not a field of opened: write cancellation_fee"),
        ("U-2", "unreadable", "Amount is not a field of opened: write amount"),
        ("U-4", "unreadable", "buyer has 1001 bytes; at most 1000"),
    ];
    let book = check(&lines, &expect).await;
    let told = book.import(opened("tamara", "U-6", json!({"shop": "x"})).to_string().as_bytes());
    assert!(told.one()["unread"] == json!(["shop"]), "{told:?}");
}

/// A name that nearly is a field of ours, an id as a number in short form, blank texts, and more than a line can have.
#[tokio::test]
async fn what_a_line_has_besides_is_not_guessed() {
    let said = |field: &str, value: Value| {
        let mut line =
            said("V-1", "2026-11-20T09:05:00Z", "order_approved", json!({"comment": " ", "declined_code": ""}));
        line.as_object_mut().unwrap().insert(field.to_owned(), value);
        line.to_string()
    };
    let number = opened("tamara", "@", json!({})).to_string().replace("\"@\"", "1E5");
    let long = format!("{{\"type\": \"opened\", \"x\": \"{}\"}}", "y".repeat(17 << 20));
    let name = opened("tamara", "V-2", json!({"buyer": "x".repeat(8 << 20)})).to_string();
    let lines = [
        opened("tamara", "V-1", json!({})).to_string(),
        said("boddy", json!({})),
        said("typ", json!("x")),
        number,
        long,
        name,
    ];
    let expect = [
        ("V-1", "unreadable", "boddy is not a field of notification: write body"),
        ("V-1", "unreadable", "typ is not a field of notification: write type"),
        ("-", "unreadable", "order is a number with an exponent: write its digits, in quotes"),
        ("-", "unreadable", "the line has 17825819 bytes; at most 16777216 are kept of one"),
        ("V-2", "unreadable", "buyer has 8388608 bytes; at most 1000"),
    ];
    let text = lines.join("\n") + "\n" + &said("shop", json!("x"));
    let book = check_text(text.as_bytes(), &expect).await;
    let approved = book.run(&["show", "V-1", "--json"]).one()["timeline"][1].clone();
    assert_eq!((&approved["note"], &approved["reason"]), (&Value::Null, &Value::Null), "{approved}");
    for fact in book.run(&["quarantine", "--json"]).lines() {
        assert!(fact["raw"].as_str().unwrap().len() <= 20_000);
        assert_eq!(fact["raw_bytes"].is_number(), fact["id"].as_i64() > Some(3), "{}", fact["id"]);
    }
    let whole = book.run(&["quarantine", "raw", "5"]).out;
    assert!(whole.len() > 8 << 20 && whole.contains("V-2"));
    // The same lines again are known.
    assert_eq!(book.import(text.as_bytes()).one()["repeated"], json!(7));
}

#[tokio::test]
async fn the_wrong_kind_of_file_is_not_kept() {
    let line = |order: &str| opened("tamara", order, json!({})).to_string();
    let array = format!("[{},\n{}]", line("W-1"), line("W-2"));
    check_text(array.as_bytes(), &[]).await;
    let book = book().await;
    for (bytes, kind) in [
        (&b"%PDF-1.7\n%abc\n"[..], "application/pdf"),
        (b"\xff\xfe{\0}\0\n\0", "UTF-16"),
        (b"order,amount\nA,1\n", "a table"),
        (b"{\n\"type\": 1\n}\n", "several lines"),
        (b"hello\nworld\n", "text without JSON"),
    ] {
        let told = book.import(bytes);
        assert!(told.code == 1 && told.err.contains(kind), "{told:?}");
    }
    assert_eq!(book.run(&["quarantine", "--json"]).lines().len(), 0);
}
