//! A settlement statement of 100,000 rows, kept and compared with the book, against reading its cells with calamine alone.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use calamine::{Reader as _, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;

use super::harness::{Book, book_on};
use super::live::memory;
use super::{Figure, fill, median};

const ROWS: u32 = 100_000;
const HEADINGS: [&str; 18] = [
    "Transaction Date",
    "Tamara Order ID",
    "Merchant Order ID",
    "Refund Reason",
    "Payment Type",
    "Order Status",
    "Currency",
    "Order Amount",
    "Event",
    "Event Amount",
    "Event Date",
    "Tamara Fixed Fees",
    "Tamara Variable Fees %",
    "Tamara Variable Fees",
    "Total Fees",
    "VAT Collected by Tamara",
    "Total Payable to Merchant",
    "Installments",
];

/// A statement with a row for each captured order of the book: two of four.
fn write(file: &Path, id: &str, rows: u32) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "Statement ID").unwrap();
    sheet.write_string(0, 1, id).unwrap();
    for (column, heading) in (0..).zip(HEADINGS) {
        sheet.write_string(1, column, heading).unwrap();
    }
    for row in 0..rows {
        let order = format!("B-{:08}", row / 2 * 4 + 2 + row % 2);
        let words = ["20/11/2026", &order, "263724404", "", "PAY_BY_INSTALMENTS", "fully_captured", "SAR"];
        for (column, word) in (0..).zip(words) {
            sheet.write_string(row + 2, column, word).unwrap();
        }
        sheet.write_number(row + 2, 7, 300.0).unwrap();
        sheet.write_string(row + 2, 8, "Captured").unwrap();
        sheet.write_number(row + 2, 9, 300.0).unwrap();
        sheet.write_string(row + 2, 10, "20/11/2026").unwrap();
        for (column, number) in (11..).zip([1.5, 2.99, 8.97, 10.47, 1.57, 287.96, 3.0]) {
            sheet.write_number(row + 2, column, number).unwrap();
        }
    }
    book.save(file).unwrap();
}

/// Reads every cell, and keeps none.
fn cells(file: &Path) -> u64 {
    let mut book: Xlsx<_> = open_workbook(file).unwrap();
    let sheet = book.sheet_names()[0].clone();
    let mut cells = book.worksheet_cells_reader(&sheet).unwrap();
    let mut count = 0;
    while cells.next_cell().unwrap().is_some() {
        count += 1;
    }
    count
}

/// How long the command takes, and the most memory that it had, in KiB.
fn keep(book: &Book, file: &Path) -> (Duration, u64) {
    let began = Instant::now();
    let mut run = book.command(&["statement", file.to_str().unwrap(), "--json"]).stdout(Stdio::null()).spawn().unwrap();
    let mut most = 0;
    let code = loop {
        most = most.max(memory(run.id()).map_or(0, |(_, peak)| peak));
        match run.try_wait().unwrap() {
            Some(status) => break status.code(),
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    assert_eq!(code, Some(0), "everything agrees");
    (began.elapsed(), most)
}

/// Forgets all statements, so that the same one can be kept again.
async fn forget(book: &Book) {
    let sql = "set session_replication_role = replica;
         truncate statement, statement_row, statement_sum, statement_shop, statement_finding, statement_load, statement_doubt";
    sqlx::raw_sql(sql).execute(&mut book.psql().await).await.unwrap();
}

pub async fn figures() -> Vec<Figure> {
    let book = book_on(super::server()).await;
    fill::orders(&book, u64::from(ROWS) * 2 + 4).await;
    fill::captured(&book).await;
    let folder = tempfile::tempdir().unwrap();
    let (mut ours, mut alone, mut peaks) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..3 {
        let file = folder.path().join(format!("{round}.xlsx"));
        write(&file, &format!("S-{round}"), ROWS);
        let began = Instant::now();
        assert!(cells(&file) > u64::from(ROWS) * 17);
        alone.push(began.elapsed());
        let (time, peak) = keep(&book, &file);
        ours.push(time);
        forget(&book).await;
        peaks.push(peak);
    }
    let small = folder.path().join("small.xlsx");
    write(&small, "S-small", 1_000);
    let (_, least) = keep(&book, &small);
    let (ours, alone) = (median(ours).as_secs_f64(), median(alone).as_secs_f64());
    let peak = peaks.into_iter().max().unwrap_or_default();
    vec![
        Figure {
            what: "A settlement statement of 100,000 rows kept and compared, against reading its cells with calamine alone",
            value: format!("{:.2} ({ours:.2} s against {alone:.2} s)", ours / alone),
            aim: "at most 2",
        },
        Figure {
            what: "Memory for a statement of 100,000 rows, against one of 1,000",
            value: format!("{:.2} ({} MB against {} MB)", peak as f64 / least as f64, peak / 1024, least / 1024),
            aim: "at most 2",
        },
    ]
}
