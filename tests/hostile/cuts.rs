//! The network between program and database fails at every place: what was done is done once, and never told as not done.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{TimeDelta, Utc};
use recourse::domain::*;
use uuid::Uuid;

use super::harness::proxy::{Fault, Proxy};
use super::harness::{Book, Told, book, put, told, way_to};

/// How many programs run at once.
const AT_ONCE: usize = 8;

fn through(proxy: &Proxy, book: &Book, words: &[&str]) -> Told {
    let mut command = book.command(words);
    told(command.env("DATABASE_URL", proxy.url("recourse", &book.name)))
}

/// A book with so many orders at Approved: T-0, T-1 and so on.
async fn stuck(many: usize) -> Book {
    let book = book().await;
    let opened = Utc::now() - TimeDelta::hours(5);
    for number in 0..many {
        let key = OrderKey::new(TAMARA, &format!("T-{number}")).unwrap();
        let order = Order::open(key, Money::new(30_000, Currency::Sar), opened);
        put(&book.store, &order, &way_to(&order, tamara::Status::Approved.status())).await;
    }
    book
}

/// What each number gives, several at once, in their order.
fn each<T: Send>(many: usize, what: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (next, all) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(number) = Some(next.fetch_add(1, Ordering::SeqCst)).filter(|number| *number < many) {
                    let given = what(number);
                    all.lock().unwrap().push((number, given));
                }
            });
        }
    });
    let mut all = all.into_inner().unwrap();
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, given)| given).collect()
}

/// The versions of T-0, T-1 and so on.
async fn versions(book: &Book) -> Vec<i32> {
    let sql = "select version from orders order by length(id), id";
    sqlx::query_scalar(sql).fetch_all(&book.store.pool).await.unwrap()
}

/// Authorises an order through each of these faults, then asks for the same again without one: it is done once, and what was told at
/// first was true.
async fn once_in_spite_of(faults: &[Fault]) {
    let book = stuck(faults.len()).await;
    let requests: Vec<String> = faults.iter().map(|_| Uuid::new_v4().to_string()).collect();
    let words = |number: usize| {
        ["act".to_owned(), format!("T-{number}"), "authorise".into(), "--request-id".into(), requests[number].clone()]
    };
    let firsts = each(faults.len(), |number| {
        let proxy = Proxy::before(book.socket_dir(), faults[number]);
        through(&proxy, &book, &words(number).each_ref().map(String::as_str))
    });
    let between = versions(&book).await;
    let agains = each(faults.len(), |number| book.run(&words(number).each_ref().map(String::as_str)));
    let after = versions(&book).await;
    let mut wrong = Vec::new();
    for (number, (first, again)) in firsts.iter().zip(&agains).enumerate() {
        let is_honest = match first.code {
            0 => between[number] == 3,
            // Not recorded, or not reached.
            1 | 3 => between[number] == 2 || first.err.contains("may or may not"),
            _ => false,
        };
        // A spoilt answer can say anything.
        let is_spoilt = matches!(faults[number], Fault::Spoil(_));
        let is_once = again.code == 0 && after[number] == 3;
        if !is_once || !(is_honest || is_spoilt) || first.err.contains("panicked") {
            wrong.push(format!(
                "{:?}: {first:?}, at {}; {again:?}, at {}",
                faults[number], between[number], after[number]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// The messages and bytes that the server sends when an order is authorised.
async fn size() -> (usize, usize) {
    let book = stuck(1).await;
    let proxy = Proxy::before(book.socket_dir(), Fault::Never);
    let done = through(&proxy, &book, &["act", "T-0", "authorise", "--json"]);
    assert_eq!(done.code, 0, "{done:?}");
    proxy.passed()
}

#[tokio::test]
async fn a_cut_at_any_message_boundary_does_nothing_twice() {
    let (messages, _) = size().await;
    assert!(messages > 100, "{messages}");
    let faults: Vec<Fault> = (0..messages).map(Fault::CutAfterMessages).collect();
    once_in_spite_of(&faults).await;
}

#[tokio::test]
async fn a_cut_in_the_middle_of_an_answer_does_nothing_twice() {
    let (_, bytes) = size().await;
    // Fifty places all over the answers, the same in every run.
    let places = (0..50).map(|number| (number * 7919 + 13) * bytes / (50 * 7919));
    let cuts = places.clone().map(Fault::CutAfterBytes);
    // A spoilt length leaves the program waiting until it gives up: few of these.
    let faults: Vec<Fault> = places.step_by(10).map(Fault::Spoil).chain(cuts).collect();
    once_in_spite_of(&faults).await;
}
