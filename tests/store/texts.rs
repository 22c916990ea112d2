//! Orders are found by what is written about them, together with their names.

use serde_json::json;

use super::cases::{disputed, done};
use super::drift::found;
use super::harness::book;

/// A word can be in a name and another one in a text, or each in a text of its own.
#[tokio::test]
async fn words_of_names_and_texts_go_together() {
    let book = book().await;
    for id in ["ATP-1", "ATP-2"] {
        disputed(&book, id, 450_000).await;
        done(&book, "ada", &["case", "take", id]);
        done(&book, "ada", &["case", "message", id, "--to", "seller", "The courier says: \"left at the gate\"."]);
    }
    done(&book, "ada", &["case", "note", "ATP-1", "photos of the Etiquétte were checked"]);
    let said = ["--reason", "damaged", "--rationale", "a broken seal", "--say-buyer", "You get it back."];
    done(&book, "ada", &[&["case", "decide", "ATP-1", "--refund-buyer"], said.as_slice()].concat());
    done(&book, "ada", &["case", "payout", "ATP-1", "--confirm", "PS-77/b"]);
    let opened = json!({"type": "opened", "provider": "tamara", "order": "T-1", "at": "2026-11-20T08:00:00Z", "currency": "SAR",
        "amount": "1", "merchant": "courier shop", "buyer": "Ngozi Eze"});
    let numbered = json!({"type": "notification", "provider": "tamara", "at": "2026-11-20T09:00:00Z", "body": {"order_id": "T-1",
        "order_reference_id": "R-555", "event_type": "order_approved", "data": []}});
    assert_eq!(book.import(format!("{opened}\n{numbered}\n").as_bytes()).code, 0);
    let check = |query: &str, expect: &[&str]| assert_eq!(found(&book, query), expect, "{query}");
    check("courier", &["ATP-1", "ATP-2", "T-1"]);
    check("courier eze", &["T-1"]);
    check("courier gate ATP-2", &["ATP-2"]);
    check("courier etiquette", &["ATP-1"]);
    check("PS-77 seal", &["ATP-1"]);
    check("message:courier", &["ATP-1", "ATP-2"]);
    check("message:courier reference:ps-77", &["ATP-1"]);
    check("message:courier rationale:seal order:atp", &["ATP-1"]);
    check("message:\"get it back\"", &["ATP-1"]);
    check("rationale:courier", &[]);
    check("courier -seal", &["ATP-2", "T-1"]);
    check("R-555", &["T-1"]);
    check("order:r-555 ngozi", &["T-1"]);
    check("order:r-555 merchant:m", &[]);
    check("note:etiquette", &["ATP-1"]);
    check("note:ÉTIQUETTE", &["ATP-1"]);
    check("owner:eve,ada", &["ATP-1", "ATP-2"]);
    let cases = book.run(&["case", "list", "--where", "courier seal", "--queue", "closed", "--json"]);
    assert_eq!(cases.lines().len(), 1, "{cases:?}");
}
