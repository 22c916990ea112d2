//! The questions that people ask of a list: the first page and the next one of each, of very many orders against 10,000.

use std::time::{Duration, Instant};

use chrono::Utc;
use recourse::query::{self, Cursor, Sort};
use recourse::store::page::{self, Of};

use super::harness::{Book, book_on};
use super::{Figure, fill, quantile};

const ROUNDS: usize = 15;
const LONGEST: Duration = Duration::from_secs(20);
const PAGE: i64 = 100;

/// Each with the order in which it is listed.
const QUESTIONS: [(&str, Sort); 22] = [
    ("m-7", Sort::Age),
    ("merchant=m-7", Sort::Age),
    ("merchant=m-7", Sort::Urgency),
    ("merchant:m-7 age>48h", Sort::Age),
    ("merchant:m-7 amount>100", Sort::Amount),
    ("merchant=three", Sort::Age),
    ("merchant=half", Sort::Age),
    ("merchant=half status:approved", Sort::Deadline),
    ("half", Sort::Age),
    ("status:approved merchant=nobody", Sort::Age),
    ("status:approved merchant:m-7", Sort::Urgency),
    ("due<2h", Sort::Age),
    ("due<2h", Sort::Urgency),
    ("due<2h merchant=m-7", Sort::Age),
    ("buyer:regular", Sort::Age),
    ("ngozi regular", Sort::Changed),
    ("00005000", Sort::Age),
    ("status:authorised amount>100 due<60d", Sort::Age),
    ("currency:KWD", Sort::Age),
    ("unconfirmed", Sort::Age),
    ("quarantined", Sort::Age),
    ("mine", Sort::Age),
];

/// How many orders the large book has: `RECOURSE_BENCH_ORDERS`, or a million.
fn many() -> u64 {
    std::env::var("RECOURSE_BENCH_ORDERS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000)
}

/// The first page of a question, and the next one.
async fn asked(book: &Book, (text, sort): (&str, Sort)) -> [Duration; 2] {
    let pool = &book.store.pool;
    let sieve = query::parse(text).unwrap().sieve("ada", Utc::now(), true);
    let began = Instant::now();
    let first = page::after(pool, Of::Sieve(&sieve), sort, &Cursor::start(), PAGE).await.unwrap();
    let middle = Instant::now();
    if let Some(last) = first.last() {
        page::after(pool, Of::Sieve(&sieve), sort, &Cursor::of(last, sort), PAGE).await.unwrap();
    }
    [middle - began, middle.elapsed()]
}

/// The medians, in milliseconds. Every round asks both books, so that other load on the machine affects both.
async fn both(small: &Book, large: &Book, question: (&str, Sort)) -> [[f64; 2]; 2] {
    let (mut times, began): ([[Vec<Duration>; 2]; 2], _) = (Default::default(), Instant::now());
    while times[0][0].len() < ROUNDS && began.elapsed() < LONGEST {
        for (book, times) in [small, large].into_iter().zip(&mut times) {
            for (time, times) in asked(book, question).await.into_iter().zip(times) {
                times.push(time);
            }
        }
    }
    times.map(|pages| pages.map(|times| quantile(times, 0.5).as_secs_f64() * 1e3))
}

pub async fn figures() -> Vec<Figure> {
    let (small, large) = (book_on(super::server()).await, book_on(super::server()).await);
    fill::orders(&small, 10_000).await;
    fill::orders(&large, many()).await;
    let mut figures = Vec::new();
    for question in QUESTIONS {
        let [near, far] = both(&small, &large, question).await;
        let pages: Vec<String> = near
            .iter()
            .zip(&far)
            .map(|(near, far)| format!("{:.2} ({far:.1} ms against {near:.1} ms)", far / near))
            .collect();
        let (text, sort) = question;
        let what = format!("{} orders against 10,000, {text} by {sort:?}: first page; next page", many());
        figures.push(Figure { what: what.leak(), value: pages.join("; "), aim: "at most 2, and under 30 ms" });
    }
    figures
}
