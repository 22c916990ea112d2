//! Settlement statements against the book: what agrees, what does not, and what cannot be read.

use std::path::{Path, PathBuf};

use chrono::Utc;
use recourse::domain::{Currency, Money, Order, OrderKey, TAMARA, tamara};
use rust_xlsxwriter::{Workbook, XlsxError};
use serde_json::{Value, json};

use super::harness::{Told, book, put, way_to};

const HEADINGS: &str = "Transaction Date|Tamara Order ID|Merchant Order ID|Refund Reason|Payment Type|Order Status|Currency|Order Amount|\
                        Event|Event Amount|Event Date|Total Fees|VAT Collected by Tamara|Total Payable to Merchant";

/// A row of the table: the order, its number, the event, the amount, and what is payable after fees of 1.00 and tax of 0.15.
fn row(order: &str, number: &str, currency: &str, event: &str, amount: &str, payable: &str) -> String {
    format!("20/11/2026|{order}|{number}|||x|{currency}|300|{event}|{amount}|20/11/2026|1|0.15|{payable}")
}

/// A spreadsheet with a head, the headings and these rows. What looks like a number is one.
fn sheet(folder: &Path, rows: &[String]) -> Result<PathBuf, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Settlement")?;
    let head = ["Statement ID|S-17".to_owned(), "Merchant ID|m-7".to_owned(), String::new(), HEADINGS.to_owned()];
    for (line, words) in (0_u32..).zip(head.iter().chain(rows)) {
        for (column, word) in (0_u16..).zip(words.split('|')) {
            match word.parse::<f64>() {
                Ok(number) => _ = sheet.write_number(line, column, number)?,
                Err(_) => _ = sheet.write_string(line, column, word)?,
            }
        }
    }
    let file = folder.join(format!("{}.xlsx", uuid::Uuid::new_v4()));
    book.save(&file)?;
    Ok(file)
}

#[tokio::test]
async fn a_statement_is_compared_row_by_row() {
    let book = book().await;
    let folder = tempfile::tempdir().unwrap();
    for (id, currency) in [("263724404", Currency::Sar), ("T-2", Currency::Kwd)] {
        let order = Order::open(OrderKey::new(TAMARA, id).unwrap(), Money::new(30_000, currency), Utc::now());
        put(&book.store, &order, &way_to(&order, tamara::Status::FullyCaptured.status())).await;
    }
    let compared = |rows: &[String]| -> Told {
        let file = sheet(folder.path(), rows).unwrap();
        book.run(&["statement", file.to_str().unwrap(), "--json"])
    };
    let good = [
        row("263724404.0", "1001.0", "SAR", "Captured", "300", "298.85"),
        "Total|||||||||300|||".to_owned(),
        row("T-2", "ش-2", "KWD", "Captured", "30", "28.85"),
        "|||||||||||||".to_owned(),
    ];
    let told = compared(&good);
    assert_eq!((told.code, told.lines().len()), (0, 2), "{told:?}");
    let sums: Vec<Value> =
        told.lines().iter().map(|line| json!([line["currency"], line["theirs"], line["difference"]])).collect();
    assert_eq!(sums, [json!(["KWD", "30.000", "0.000"]), json!(["SAR", "300.00", "0.00"])]);
    // The same capture twice, one of nobody, one that was not made, and one whose parts do not add up.
    let bad = [
        row("263724404", "", "SAR", "Captured", "300", "298.85"),
        row("263724404", "", "SAR", "Captured", "300", "298.85"),
        row("nobody", "9", "SAR", "Captured", "10", "8.85"),
        row("T-2", "", "KWD", "Refunded", "-5", "-6.15"),
        row("T-2", "", "KWD", "Captured", "30", "29"),
    ];
    let told = compared(&bad);
    let wrong: Vec<(Value, Value)> = told
        .lines()
        .iter()
        .filter(|line| line["kind"] != "sum")
        .map(|line| (line["line"].clone(), line["kind"].clone()))
        .collect();
    let expect = [(6, "not_recorded"), (7, "unknown_order"), (8, "not_recorded"), (9, "does_not_add_up")];
    assert_eq!((told.code, wrong), (1, expect.map(|(line, kind)| (json!(line), json!(kind))).to_vec()), "{told:?}");
}

#[tokio::test]
async fn what_cannot_be_read_names_its_place() {
    let book = book().await;
    let folder = tempfile::tempdir().unwrap();
    let run = |file: &Path| book.run(&["statement", file.to_str().unwrap()]);
    let file = sheet(folder.path(), &[row("T-1", "", "SAR", "Captured", "lots", "1")]).unwrap();
    let told = run(&file);
    assert_eq!(told.code, 2);
    assert!(
        told.err.contains("sheet \"Settlement\", row 5, column \"Event Amount\": \"lots\" is not a number"),
        "{}",
        told.err
    );
    let other = folder.path().join("other.xlsx");
    std::fs::write(&other, "PK not a spreadsheet").unwrap();
    assert_eq!(run(&other).code, 2);
    assert_eq!(run(&folder.path().join("none.xlsx")).code, 1);
}
