//! Lines per second of an import, against COPY of the resulting rows into tables without keys, checks or triggers.

use std::time::Instant;

use recourse::intake::import;
use recourse::sample::{self, Extras};
use sqlx::AssertSqlSafe;

use super::Figure;
use super::harness::{at, book_on};

const ORDERS: u64 = 6_000;

pub async fn figures() -> Vec<Figure> {
    let book = book_on(super::server()).await;
    let mut lines = Vec::new();
    sample::write(ORDERS, 1, at("2026-11-18T12:00:00Z"), Extras { faults: 0.01, evidence: false }, &mut lines).unwrap();
    let began = Instant::now();
    let summary = import::import(&book.store, lines.as_slice(), |_, _| {}).await.unwrap();
    let ours = summary.read as f64 / began.elapsed().as_secs_f64();

    let mut psql = book.psql().await;
    let mut copied = Vec::new();
    for table in ["orders", "transition", "fact", "quarantine"] {
        sqlx::raw_sql(AssertSqlSafe(format!("create table plain_{table} as select * from {table} with no data")))
            .execute(&mut psql)
            .await
            .unwrap();
        let out = format!("copy (select * from {table}) to stdout");
        let mut rows = Vec::new();
        let mut stream = psql.copy_out_raw(&out).await.unwrap();
        while let Some(bytes) = futures_util::StreamExt::next(&mut stream).await {
            rows.extend_from_slice(&bytes.unwrap());
        }
        drop(stream);
        copied.push((table, rows));
    }
    let began = Instant::now();
    for (table, rows) in &copied {
        let mut copy = psql.copy_in_raw(&format!("copy plain_{table} from stdin")).await.unwrap();
        copy.send(rows.as_slice()).await.unwrap();
        copy.finish().await.unwrap();
    }
    let plain = summary.read as f64 / began.elapsed().as_secs_f64();
    let value = format!("{:.3} ({ours:.0} against {plain:.0} a second)", ours / plain);
    vec![Figure { what: "Imported lines, against COPY of the same rows", value, aim: "none" }]
}
