//! The network between program and database fails at every place: what was done is done once, and never told as not done.

use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{TimeDelta, Utc};
use recourse::domain::*;
use uuid::Uuid;

use super::harness::proxy::{Fault, Proxy};
use super::harness::{Book, Told, book, put, told, way_to};

/// How many programs run at once.
const AT_ONCE: usize = 4;

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

/// Authorises an order through a network with this fault, then asks for the same again without one. Returns what went wrong.
fn authorised_once(book: &Book, number: usize, fault: Fault) -> Option<String> {
    let (order, request) = (format!("T-{number}"), Uuid::new_v4().to_string());
    let words = ["act", &order, "authorise", "--json", "--request-id", &request];
    let proxy = Proxy::before(book.socket_dir(), fault);
    let first = through(&proxy, book, &words);
    let version = book.run(&["show", &order, "--json"]).one()["version"].as_i64().unwrap();
    let honest = match first.code {
        0 => version == 3,
        // Not recorded, or not reached; unknown would be honest, too, but the database answers.
        1 | 3 => version == 2,
        _ => false,
    };
    let spoils = matches!(fault, Fault::Spoil(_));
    let again = book.run(&words);
    let after = book.run(&["show", &order, "--json"]).one()["version"].as_i64().unwrap();
    let panicked = first.err.contains("panicked");
    let once = again.code == 0 && after == 3 && (honest || spoils) && !panicked;
    (!once).then(|| format!("{fault:?}: version {version}: {first:?}, then {after}: {again:?}"))
}

/// Tries each fault on an order of its own.
async fn each(faults: &[Fault]) {
    let book = stuck(faults.len()).await;
    let (next, wrong) = (AtomicUsize::new(0), std::sync::Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((number, fault)) =
                    Some(next.fetch_add(1, Ordering::SeqCst)).and_then(|at| Some((at, *faults.get(at)?)))
                {
                    wrong.lock().unwrap().extend(authorised_once(&book, number, fault));
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
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
    each(&faults).await;
}

#[tokio::test]
async fn a_cut_in_the_middle_of_an_answer_does_nothing_twice() {
    let (_, bytes) = size().await;
    // Fifty places all over the answers, the same in every run.
    let places = (0..50).map(|number| (number * 7919 + 13) * bytes / (50 * 7919));
    let cuts = places.clone().map(Fault::CutAfterBytes);
    // A spoilt length leaves the program waiting until it gives up: few of these.
    let faults: Vec<Fault> = places.step_by(10).map(Fault::Spoil).chain(cuts).collect();
    each(&faults).await;
}
