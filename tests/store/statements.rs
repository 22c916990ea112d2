//! Settlement statements: kept once, compared with the book, and what cannot be read; and a day's sums of all three.

use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Workbook, XlsxError};
use serde_json::{Value, json};

use super::drift::{opened, take};
use super::harness::{Book, Told, at, book};
use super::reported::said;

const HEADINGS: &str = "Transaction Date|Tamara Order ID|Merchant Order ID|Refund Reason|Payment Type|Order Status|Currency|Order Amount|\
                        Event|Event Amount|Event Date|Total Fees|VAT Collected by Tamara|Total Payable to Merchant";

/// A row of the table: the day of November, the order, its number, the event, the amount in this currency, and what is payable after
/// fees of 1.00 and tax of 0.15.
fn row(day: u32, order: &str, number: &str, event: &str, money: &str, payable: &str) -> String {
    let (currency, amount) = money.split_once(' ').unwrap();
    format!("{day}/11/2026|{order}|{number}|||x|{currency}|300|{event}|{amount}|{day}/11/2026|1|0.15|{payable}")
}

/// A capture, with fees that add up.
fn captured(day: u32, order: &str, amount: f64) -> String {
    row(day, order, "", "Captured", &format!("SAR {amount}"), &format!("{:.2}", amount - 1.15))
}

/// A spreadsheet of merchant `t-7` with this id, the headings and these rows. What looks like a number is one.
fn sheet(folder: &Path, id: &str, rows: &[String]) -> Result<PathBuf, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Settlement")?;
    let head = [format!("Statement ID|{id}"), "Merchant ID|t-7".to_owned(), String::new(), HEADINGS.to_owned()];
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

/// A book and a folder for spreadsheets.
struct Desk {
    book: Book,
    folder: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Self {
        Self { book: book().await, folder: tempfile::tempdir().unwrap() }
    }

    fn keep(&self, id: &str, rows: &[String], more: &[&str]) -> Told {
        let file = sheet(self.folder.path(), id, rows).unwrap();
        let mut args = vec!["statement", file.to_str().unwrap(), "--json"];
        args.extend(more);
        self.book.run(&args)
    }

    /// Orders of 300.00 of merchant m that were captured whole, at noon of these days in November.
    fn captured(&self, orders: &[(&str, u32)]) {
        for (id, day) in orders {
            let time = |hour: u32| format!("2026-11-{day:02}T{hour:02}:00:00Z");
            let capture =
                json!({"capture_id": format!("c-{id}"), "captured_amount": {"amount": 300, "currency": "SAR"}});
            let life = [
                opened(id, at(&time(7)), "m"),
                said(id, &time(8), "order_authorised", json!([])),
                said(id, &time(9), "order_captured", capture),
            ];
            take(&self.book, &life);
        }
    }
}

/// What does not agree, in words: the line, the kind and the order.
fn wrong(told: &Told) -> Vec<String> {
    let of = |line: &Value| {
        format!("{} {} {}", line["line"], line["kind"].as_str().unwrap(), line["order"].as_str().unwrap())
    };
    let kinds = ["statement", "sum"].map(Value::from);
    told.lines().iter().filter(|line| !kinds.contains(&line["kind"])).map(of).collect()
}

#[tokio::test]
async fn a_statement_is_compared_row_by_row() {
    let desk = Desk::new().await;
    desk.captured(&[("263724404", 20), ("T-2", 20)]);
    let good = [
        row(20, "263724404.0", "1001.0", "Captured", "SAR 300", "298.85"),
        "Total|||||||||300|||".to_owned(),
        row(20, "T-2", "ش-2", "Captured", "SAR 300", "298.85"),
        "|||||||||||||".to_owned(),
    ];
    let told = desk.keep("S-1", &good, &[]);
    assert_eq!((told.code, wrong(&told)), (0, vec![]), "{told:?}");
    let sums = told.lines().pop().unwrap();
    assert_eq!(
        (&sums["theirs"], &sums["ours"], &sums["difference"]),
        (&json!("600.00"), &json!("600.00"), &json!("0.00"))
    );
    // A capture that an earlier statement has, one of nobody, one in another currency, one that was not made, and one whose parts do not
    // add up: 11.525 and 1.725 and 217.255 are 230.505, which is 230.51 and not 230.50.
    let bad = [
        row(21, "263724404", "", "Captured", "SAR 300", "298.85"),
        row(21, "nobody", "9", "Captured", "SAR 10", "8.85"),
        row(21, "T-2", "", "Captured", "KWD 300", "298.85"),
        row(21, "T-2", "", "Refunded", "SAR -5", "-6.15"),
        "21/11/2026|nobody||||x|SAR|300|Captured|230.51|21/11/2026|11.525|1.725|217.255".to_owned(),
        "21/11/2026|nobody||||x|SAR|300|Captured|230.5|21/11/2026|11.525|1.725|217.255".to_owned(),
    ];
    let told = desk.keep("S-2", &bad, &[]);
    let expect = [
        "5 not_recorded 263724404",
        "6 unknown_order nobody",
        "7 not_recorded T-2",
        "8 not_recorded T-2",
        "9 unknown_order nobody",
        "10 does_not_add_up nobody",
        "10 unknown_order nobody",
    ];
    assert_eq!((told.code, wrong(&told)), (1, expect.map(str::to_owned).to_vec()), "{told:?}");
    let head = &told.lines()[0];
    assert_eq!((&head["id"], &head["differences"], &head["kept"]), (&json!("S-2"), &json!(7), &json!("now")));
    // Tables and CSV say the same.
    let text = desk.book.run(&["statement", "--id", "S-2"]);
    assert!(text.out.ends_with("statement S-2 of merchant t-7: 6 rows, 7 differences\n"), "{}", text.out);
    let csv = desk.book.run(&["statement", "--id", "S-2", "--csv"]);
    assert!(
        csv.out.contains("\nunknown_order,Settlement,6,2026-11-21,nobody,9,captured,SAR,10.00,,,,\n"),
        "{}",
        csv.out
    );
    assert!(csv.out.ends_with("sum,,,,,,refunded,SAR,,1,5.00,0.00,5.00\n"), "{}", csv.out);
    assert_eq!(desk.book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_statement_is_kept_once_and_grows_with_the_book() {
    let desk = Desk::new().await;
    desk.captured(&[("T-1", 20)]);
    let rows = [captured(20, "T-1", 300.0), captured(20, "T-9", 300.0)];
    let first = desk.keep("S-1", &rows, &[]);
    let second = desk.keep("S-1", &rows, &[]);
    assert_eq!((wrong(&first), second.code), (wrong(&second), 1));
    assert_eq!((&first.lines()[0]["kept"], &second.lines()[0]["kept"]), (&json!("now"), &json!("before")));
    let all = |book: &Book| book.run(&["statement", "--json"]).lines();
    assert_eq!(all(&desk.book).len(), 1);
    // The same id with other rows says so, and takes its place only when asked.
    let more = [rows.to_vec(), vec![captured(21, "T-8", 300.0)]].concat();
    let told = desk.keep("S-1", &more, &[]);
    assert_eq!((told.code, all(&desk.book).len()), (4, 1), "{told:?}");
    let told = desk.keep("S-1", &more, &["--replace"]);
    assert_eq!(wrong(&told), ["6 unknown_order T-9", "7 unknown_order T-8"], "{told:?}");
    let replaced: Vec<Value> = all(&desk.book).iter().map(|line| line["replaced"].clone()).collect();
    assert_eq!(replaced, [false, true]);
    // What is recorded later agrees later.
    desk.captured(&[("T-8", 21), ("T-9", 20)]);
    let told = desk.book.run(&["statement", "--id", "S-1", "--json"]);
    assert_eq!((told.code, wrong(&told)), (0, vec![]), "{told:?}");
    assert_eq!(desk.book.faults().await, Vec::<String>::new());
    // Nothing is left of the reading that was refused.
    let loads: i64 =
        sqlx::query_scalar("select count(*) from statement_load").fetch_one(&desk.book.store.pool).await.unwrap();
    let rows: i64 =
        sqlx::query_scalar("select count(*) from statement_row").fetch_one(&desk.book.store.pool).await.unwrap();
    assert_eq!((loads, rows), (0, 5));
}

#[tokio::test]
async fn ours_without_a_row_is_named_two_statements_later() {
    let desk = Desk::new().await;
    let lives = [("A-1", 4), ("A-2", 5), ("B-1", 11), ("C-1", 18), ("D-1", 25)];
    desk.captured(&lives);
    let week = |id: &str, rows: &[String]| desk.keep(id, rows, &[]);
    assert_eq!(wrong(&week("W-1", &[captured(4, "A-1", 300.0)])), Vec::<String>::new());
    assert_eq!(wrong(&week("W-2", &[captured(11, "B-1", 300.0)])), Vec::<String>::new());
    // A-2 has the days until the second week's end for its own statement, and two more came since.
    assert_eq!(wrong(&week("W-3", &[captured(18, "C-1", 300.0)])), Vec::<String>::new());
    let told = week("W-4", &[captured(25, "D-1", 300.0)]);
    assert_eq!(wrong(&told), ["null no_row A-2"], "{told:?}");
    // A late row ends it.
    assert_eq!(wrong(&week("W-5", &[captured(28, "A-2", 300.0)])), Vec::<String>::new());
    assert_eq!(wrong(&desk.book.run(&["statement", "--id", "W-4", "--json"])), Vec::<String>::new());
    assert_eq!(desk.book.faults().await, Vec::<String>::new());
}

/// A capture with a minus is no capture, and what a statement says twice is counted twice.
#[tokio::test]
async fn signs_count() {
    let desk = Desk::new().await;
    desk.captured(&[("T-1", 20)]);
    let back = row(20, "T-1", "", "Captured", "SAR -300", "-301.15");
    let told = desk.keep("S-1", &[captured(20, "T-1", 300.0), back.clone()], &[]);
    assert_eq!(wrong(&told), ["6 taken_back T-1"], "{told:?}");
    let sum = told.lines().pop().unwrap();
    assert_eq!(
        (&sum["theirs"], &sum["ours"], &sum["difference"]),
        (&json!("0.00"), &json!("300.00"), &json!("-300.00"))
    );
    assert_eq!(desk.book.run(&["reconcile", "--day", "2026-11-20"]).code, 1);
    // A statement whose id is another one's number is not mixed up with it.
    assert_eq!(desk.keep("1", &[captured(20, "nobody", 1.0)], &[]).lines()[0]["id"], "1");
    assert_eq!(wrong(&desk.keep("S-9", &[captured(4, "no-one", 2.0)], &[])), ["5 unknown_order no-one"]);
    // The period belongs to the statement, and what was replaced can come back.
    let again = desk.keep("S-9", &[captured(4, "no-one", 3.0)], &["--replace"]);
    assert_eq!(again.lines()[0]["kept"], "now");
    let back = desk.keep("S-9", &[captured(4, "no-one", 2.0)], &[]);
    assert_eq!(back.code, 4, "{back:?}");
    assert_eq!(desk.keep("S-9", &[captured(4, "no-one", 2.0)], &["--replace"]).lines()[0]["kept"], "now");
    assert_eq!(desk.book.faults().await, Vec::<String>::new());
}

/// What is recorded after its days were looked at, and several statements of the same days.
#[tokio::test]
async fn ours_without_a_row_is_named_when_it_is_late() {
    let desk = Desk::new().await;
    desk.captured(&[("A-1", 4), ("B-1", 11), ("C-1", 18), ("D-1", 25)]);
    for (id, day, order) in [("W-1", 4, "A-1"), ("W-2", 11, "B-1"), ("W-3", 18, "C-1"), ("W-4", 25, "D-1")] {
        assert_eq!(wrong(&desk.keep(id, &[captured(day, order, 300.0)], &[])), Vec::<String>::new(), "{id}");
    }
    desk.captured(&[("L-1", 3)]);
    let told = desk.keep("W-5", &[captured(28, "nobody", 1.0)], &[]);
    assert_eq!(wrong(&told), ["5 unknown_order nobody", "null no_row L-1"], "{told:?}");
    // Three that end on one day are one.
    let other = Desk::new().await;
    other.captured(&[("R-1", 5), ("S-1", 7)]);
    for (id, money) in [("N-1", "SAR 300"), ("N-2", "AED 1"), ("N-3", "KWD 1")] {
        let told = other.keep(id, &[row(7, "S-1", "", "Captured", money, "0")], &[]);
        assert!(!wrong(&told).iter().any(|line| line.contains("no_row")), "{told:?}");
    }
}

/// What replaces another keeps what that one found, and what comes later belongs to a statement, too.
#[tokio::test]
async fn what_was_found_is_not_lost() {
    let desk = Desk::new().await;
    // Kept before its orders are known.
    for (id, day, order) in [("W-1", 4, "A-1"), ("W-2", 11, "B-1")] {
        assert_eq!(desk.keep(id, &[captured(day, order, 300.0)], &[]).code, 1);
    }
    desk.captured(&[("A-1", 4), ("A-2", 4), ("B-1", 11), ("C-1", 18), ("D-1", 25)]);
    assert_eq!(desk.book.run(&["reconcile", "--day", "2026-11-04"]).code, 1, "A-2 is in no statement of its day");
    let told = desk.keep("W-3", &[captured(18, "C-1", 300.0)], &[]);
    assert_eq!(wrong(&told), ["null no_row A-2"], "{told:?}");
    desk.keep("W-4", &[captured(25, "D-1", 300.0)], &[]);
    desk.captured(&[("L-1", 3)]);
    let told = desk.keep("W-5", &[captured(28, "nobody", 1.0)], &[]);
    assert_eq!(wrong(&told), ["5 unknown_order nobody", "null no_row L-1"], "{told:?}");
    let told = desk.keep("W-5", &[captured(28, "nobody", 2.0)], &["--replace"]);
    assert_eq!(wrong(&told), ["5 unknown_order nobody", "null no_row L-1"], "{told:?}");
    // One file for each currency and week: only those of its own currency count.
    let other = Desk::new().await;
    other.captured(&[("R-1", 1), ("S-5", 5), ("S-7", 7)]);
    for (id, day, money) in [
        ("SAR-0", 1, "SAR 300"),
        ("AED-0", 2, "AED 1"),
        ("AED-1", 6, "AED 1"),
        ("SAR-1", 7, "SAR 300"),
        ("AED-2", 13, "AED 1"),
    ] {
        let order = if day == 7 { "S-7" } else { "R-1" };
        let told = other.keep(id, &[row(day, order, "", "Captured", money, "0")], &[]);
        assert!(!wrong(&told).iter().any(|line| line.contains("no_row")), "{told:?}");
    }
}

/// Past the guards, verify names what was changed.
#[tokio::test]
async fn verify_names_what_of_a_statement_was_changed() {
    let desk = Desk::new().await;
    desk.captured(&[("T-1", 20)]);
    desk.keep("S-1", &[captured(20, "T-1", 300.0), captured(20, "T-9", 300.0)], &[]);
    assert_eq!(desk.book.faults().await, Vec::<String>::new());
    for sql in [
        "delete from statement_finding",
        "delete from statement_shop",
        "update statement_sum set amount = amount + 1",
        "update statement_sum set currency = 'AED'",
        "update statement_row set amount = amount + 1 where place = 1",
        "delete from statement_row where place = 2",
        "update statement set has_period = true",
    ] {
        let mut psql = desk.book.psql().await;
        sqlx::raw_sql("begin; set session_replication_role = replica").execute(&mut psql).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut psql).await.unwrap();
        let wrong: Vec<(String, String, String)> =
            sqlx::query_as(include_str!("../../assets/sql/verify_statements.sql")).fetch_all(&mut psql).await.unwrap();
        sqlx::raw_sql("rollback; reset session_replication_role").execute(&mut psql).await.unwrap();
        assert!(!wrong.is_empty(), "{sql}");
    }
}

#[tokio::test]
async fn a_day_is_compared_with_the_provider_and_the_statements() {
    let desk = Desk::new().await;
    desk.captured(&[("T-1", 20), ("T-2", 20), ("T-3", 20), ("T-4", 19)]);
    desk.keep("S-1", &[captured(20, "T-1", 300.0), captured(20, "T-2", 200.0), captured(20, "X-9", 10.0)], &[]);
    let reconcile = |day: &str| desk.book.run(&["reconcile", "--day", day, "--json"]);
    let lines = |told: &Told, kind: &str| -> Vec<Value> {
        let of = |line: &Value| {
            json!([
                line["order"],
                line["ours"],
                line["provider"],
                line["not_read"],
                line["statement"],
                line["statement_difference"]
            ])
        };
        told.lines().iter().filter(|line| line["kind"] == kind).map(of).collect()
    };
    let told = reconcile("2026-11-20");
    assert_eq!(lines(&told, "sum"), [json!([null, "900.00", null, 3, "510.00", "-390.00"])], "{told:?}");
    let orders = [
        json!(["T-2", "300.00", null, 1, "200.00", "-100.00"]),
        json!(["T-3", "300.00", null, 1, "0.00", "-300.00"]),
        json!(["X-9", "0.00", null, 0, "10.00", "10.00"]),
    ];
    assert_eq!((told.code, lines(&told, "order")), (1, orders.to_vec()));
    // No statement covers the day before, so nothing differs.
    let told = reconcile("2026-11-19");
    assert_eq!((told.code, lines(&told, "sum")), (0, vec![json!([null, "300.00", null, 1, null, null])]), "{told:?}");
    let told = reconcile("2099-01-01");
    assert_eq!(told.code, 2, "{told:?}");
}

#[tokio::test]
async fn what_cannot_be_read_names_its_place() {
    let Desk { book, folder } = Desk::new().await;
    let run = |file: &Path| book.run(&["statement", file.to_str().unwrap()]);
    let file = sheet(folder.path(), "S-1", &[row(20, "T-1", "", "Captured", "SAR lots", "1")]).unwrap();
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
