//! Payouts in batches: what is to pay for the bank, and what the bank says of it.

use serde_json::Value;

use super::cases::{disputed, done};
use super::harness::{Book, book};

fn decided(book: &Book, id: &str, to_seller: &str) {
    done(book, "ada", &["case", "claim", id]);
    let words = ["case", "decide", id, "--to-seller", to_seller, "--reason", "other", "--rationale", "seen"];
    done(book, "ada", &words);
}

/// Imports a table, and returns the exit code and each row's result.
fn import(book: &Book, text: &str) -> (i32, Vec<(String, String)>) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let told = book.run(&["case", "pay", "--import", file.path().to_str().unwrap(), "--as", "ada", "--json"]);
    let word = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    (told.code, told.lines().iter().map(|line| (word(line, "result"), word(line, "message"))).collect())
}

fn results(rows: &[(String, String)]) -> Vec<&str> {
    rows.iter().map(|(result, _)| result.as_str()).collect()
}

#[tokio::test]
async fn what_is_to_pay_goes_out_and_what_was_paid_comes_in() {
    let book = book().await;
    for id in ["ATP-1", "ATP-2", "ATP-3"] {
        disputed(&book, id, 450_000).await;
    }
    decided(&book, "ATP-1", "60%");
    decided(&book, "ATP-2", "100%");
    decided(&book, "ATP-3", "0%");
    let told = book.run(&["case", "pay", "--export"]);
    assert_eq!(told.code, 0, "{told:?}");
    let mut rows: Vec<&str> = told.out.lines().skip(1).collect();
    rows.sort_unstable();
    assert_eq!(rows.len(), 4, "{}", told.out);
    assert!(rows[0].starts_with("atarapay:ATP-1,1,buyer,") && rows[0].contains(",1800.00,NGN,pending"), "{rows:?}");

    let bank = "order,to,amount,reference,failed\n\
        atarapay:ATP-1,seller,2700.00,BANK-1,\n\
        ATP-1,buyer,\"1,800.00\",BANK-2,\n\
        ATP-2,,,,wrong account\n\
        ATP-3,buyer,4000.00,BANK-3,\n\
        ATP-9,buyer,1.00,BANK-4,\n\
        ATP-3,seller,,BANK-5,\n";
    let (code, rows) = import(&book, bank);
    assert_eq!(results(&rows), ["done", "done", "done", "refused", "unreadable", "unreadable"], "{rows:?}");
    assert_eq!(code, 4);
    assert!(rows[3].1.contains("NGN 4,500.00"), "{rows:?}");
    let state = |id: &str| book.run(&["case", "show", id, "--json"]).one()["payouts"].clone();
    assert_eq!((&state("ATP-1")[0]["state"], &state("ATP-2")[0]["state"]), (&"confirmed".into(), &"failed".into()));
    // The same table again changes nothing.
    let (code, rows) = import(&book, bank);
    assert_eq!(results(&rows), ["same", "same", "same", "refused", "unreadable", "unreadable"], "{rows:?}");
    assert_eq!(code, 4);
    assert_eq!(book.run(&["case", "pay", "--export"]).out.lines().count(), 2, "ATP-3 is left");
    // A reference that paid something else pays nothing.
    let (code, rows) = import(&book, "order,to,reference\nATP-3,buyer,BANK-1\n");
    assert_eq!((code, results(&rows)), (4, vec!["refused"]), "{rows:?}");
    assert_eq!(import(&book, "order,to,reference\nATP-3,buyer,BANK-3\n").0, 0);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_table_that_says_nothing_is_refused() {
    let book = book().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "id,paid\n1,yes\n").unwrap();
    let path = file.path().to_str().unwrap();
    let told = book.run(&["case", "pay", "--import", path]);
    assert!(told.code == 2 && told.err.contains("needs the columns order, to, and reference or failed"), "{told:?}");
    assert_eq!(book.run(&["case", "pay", "--import", "/no/such/file"]).code, 1);
    assert_eq!(book.run(&["case", "pay"]).code, 2);
    assert_eq!(book.run(&["case", "pay", "--import", path, "--read-only"]).code, 2);
}
