//! A third provider, registered by the tests alone, goes through every room: law, wire, store, search and console.

#[path = "../harness/mod.rs"]
#[allow(dead_code, reason = "shared with the other tests")]
mod harness;
mod payla;

use chrono::{TimeDelta, Utc};
use recourse::console::app::session::Session;
use recourse::console::runtime::headless::{self, Headless};
use recourse::desk::cases::{self, CaseCommand};
use recourse::domain::*;
use recourse::query::{self, Cursor, Sort};
use recourse::settings::prefs::Prefs;
use recourse::store::page::{self, Of};
use recourse::store::read;
use recourse::wire::line::{self, Said, Words};
use uuid::Uuid;

use harness::{at, put, way_to};
use payla::{PAYLA, begun, book, imported, led_to, opened, ready, said, status};

#[test]
fn the_law_judges_it_by_its_own_rules() {
    ready();
    let check = |from: &str, action: Action, actor: Actor, expect: &str| {
        let order = led_to(from);
        let soon = order.moved_at + TimeDelta::hours(1);
        let ask = Ask { amount: Some(order.amount), ..Ask::new(action, actor, soon, By::Fact) };
        let told = match decide(&order, &ask) {
            Ok(step) => step.order().status.full_name(),
            Err(refusal) => [vec![refusal.why().name().to_owned()], refusal.needs()].concat().join(" "),
        };
        assert_eq!(told, expect, "{from}: {action:?} by {actor:?}");
    };
    check("new", Action::Approve, Actor::Provider, "payla/approved");
    check("new", Action::Capture, Actor::Merchant, "not_yet approve");
    // Tamara's merchant authorises an order that is approved.
    check("approved", Action::Authorise, Actor::Merchant, "other_provider");
    check("approved", Action::Capture, Actor::Merchant, "payla/captured");
    check("approved", Action::Capture, Actor::Provider, "not_yours merchant");
    check("approved", Action::Cancel, Actor::Merchant, "payla/canceled");
    check("approved", Action::Refund, Actor::Merchant, "not_yet capture");
    // Approved after an hour, and 24 hours from then.
    check("approved", Action::Expire, Actor::Clock, "time 2026-10-02T01:00:00Z");
    check("captured", Action::Refund, Actor::Merchant, "payla/disputed");
    check("captured", Action::Cancel, Actor::Merchant, "too_late");
    check("expired", Action::Capture, Actor::Merchant, "ended");
}

#[test]
fn the_law_is_described() {
    ready();
    let check = |text: String, row: &str| assert!(text.contains(row), "{row:?} is not in:\n{text}");
    check(describe::markdown(PAYLA), "| Approved | merchant | capture | all of the uncaptured | Captured | seed |  |");
    check(describe::markdown(PAYLA), "| Captured | `captured` |");
    check(describe::mermaid(PAYLA), "    approved --> captured: merchant capture (all of the uncaptured)\n");
    assert!(!describe::markdown(TAMARA).contains("`captured`"));
}

#[test]
fn the_menu_has_its_letters_and_no_others() {
    ready();
    let check = |from: &str, role: Role, expect: &str| {
        let by = By::Person([role].into_iter().collect());
        let choices = menu(&led_to(from), by, begun() + TimeDelta::hours(3));
        assert_eq!(choices.len(), PAYLA.moves().len());
        let open = choices.iter().filter(|choice| choice.verdict.is_ok());
        let lines: Vec<String> = open.map(|choice| format!("{} {}", choice.letter, choice.action.name())).collect();
        assert_eq!(lines.join(", "), expect, "{from}, {role:?}");
    };
    check("new", Role::Ops, "");
    check("approved", Role::Ops, "a capture, c cancel");
    check("captured", Role::Ops, "x refund");
    check("approved", Role::Lead, "");
    // The same letters at Tamara.
    for (action, tamaras) in [(Action::Capture, Action::Authorise), (Action::Cancel, Action::Capture)] {
        assert_eq!(PAYLA.letter(action, Actor::Merchant), TAMARA.letter(tamaras, Actor::Merchant));
    }
}

#[test]
fn its_words_are_read_by_its_own_reader() {
    ready();
    let check = |provider: &str, event: &str, expect: &str| {
        let told = match line::read(said(provider, "P-1", 1, event).to_string().as_bytes()).said {
            Ok(Said::Notice(notice)) => match notice.words {
                Words::One(reading) => reading.words(),
                Words::Atarapay(words) => format!("{words:?}"),
            },
            Ok(other) => format!("{other:?}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(told, expect, "{provider}: {event}");
    };
    check("payla", "order_authorised", "provider approve");
    check("tamara", "order_authorised", "merchant authorise");
    check("payla", "order_captured", "merchant capture SAR 300.00");
    check("tamara", "order_captured", "merchant capture SAR 300.00");
    check("payla", "order_approved", "the event \"order_approved\" is not known");
}

#[tokio::test]
async fn notifications_move_its_orders() {
    ready();
    let book = harness::book().await;
    // A capture implies an approval that no one reported.
    let lines = [opened("payla", "P-1"), said("payla", "P-1", 2, "order_captured")];
    assert_eq!(imported(&book, &lines).await, [2, 1, 0, 0]);
    assert_eq!(imported(&book, &lines).await, [0, 0, 2, 0]);
    let key = OrderKey::new(PAYLA, "P-1").unwrap();
    let stored = read::order(&book.store.pool, &key).await.unwrap().unwrap();
    assert_eq!((stored.order.status, stored.order.version), (status("captured"), 3));
    // A word of Tamara, and a currency of Tamara.
    let mut dinars = opened("payla", "P-2");
    dinars["currency"] = "KWD".into();
    assert_eq!(imported(&book, &[said("payla", "P-1", 3, "order_declined"), dinars]).await, [0, 0, 0, 2]);
    let held: Vec<(Option<String>, String)> =
        sqlx::query_as("select order_id, why || ': ' || message from quarantine order by id")
            .fetch_all(&mut book.psql().await)
            .await
            .unwrap();
    let expect = [
        (Some("payla:P-1".to_owned()), "unknown: the event \"order_declined\" is not known".to_owned()),
        (Some("payla:P-2".to_owned()), "currency: Payla does not support KWD".to_owned()),
    ];
    assert_eq!(held, expect);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_store_has_its_orders_and_its_law() {
    ready();
    let book = harness::book().await;
    for status in PAYLA.statuses() {
        let key = OrderKey::new(PAYLA, status.name()).unwrap();
        let order = Order::open(key.clone(), Money::new(30_000, Currency::Sar), begun());
        put(&book.store, &order, &way_to(&order, status)).await;
        let stored = read::order(&book.store.pool, &key).await.unwrap().unwrap();
        assert_eq!(stored.order.status, status);
    }
    let rows = async |sql: &'static str| -> Vec<String> {
        sqlx::query_scalar(sql).fetch_all(&mut book.psql().await).await.unwrap()
    };
    let orders = "select concat_ws(' ', id, provider, status, extract(epoch from due_at - entered_at)::int / 3600)
        from orders order by id";
    let expect = [
        "payla:approved payla approved 24",
        "payla:canceled payla canceled",
        "payla:captured payla captured",
        "payla:disputed payla disputed",
        "payla:expired payla expired",
        "payla:new payla new",
    ];
    assert_eq!(rows(orders).await, expect);
    let rules = "select concat_ws(' ', from_status, action, actor, to_status, effect) from rule
        where provider = 'payla' order by from_status, action";
    let expect = [
        " open buyer new nothing",
        "approved cancel merchant canceled cancel",
        "approved capture merchant captured capture",
        "approved expire clock expired nothing",
        "captured refund merchant disputed refund",
        "new approve provider approved authorise",
    ];
    assert_eq!(rows(rules).await, expect);
    // At AtaraPay an order with this word is in dispute, and its case closes only when it is completed.
    let disputed = OrderKey::new(PAYLA, "disputed").unwrap();
    let opened = cases::open(&book.store, Roles::UNREGISTERED, &disputed, "a complaint", Uuid::new_v4()).await.unwrap();
    assert!(matches!(opened, Some(cases::Answer::Done(_))), "{opened:?}");
    let close = CaseCommand::Close { why: Some("settled by phone".to_owned()) };
    let command = cases::Command { order: disputed, what: close, expect: None, request: Uuid::new_v4() };
    let closed = cases::act(&book.store, Roles::UNREGISTERED, &command, Utc::now()).await.unwrap();
    assert!(matches!(closed, cases::Answer::Done(_)), "{closed:?}");
    // The watch on Tamara's approved orders counts none of them.
    assert_eq!(rows("select kind from watch_delta").await, Vec::<String>::new());
    assert_eq!(book.faults().await, Vec::<String>::new());
    // A program that does not know the provider refuses the database.
    let told = book.run(&["orders"]);
    assert!(told.code != 0 && told.err.contains("version 1 of the law"), "{told:?}");
}

#[tokio::test]
async fn a_query_finds_a_word_of_every_provider_or_of_one() {
    let book = book().await;
    let found = async |text: &str| -> Vec<String> {
        let sieve = query::parse(text).unwrap().sieve("ada", at("2026-10-01T12:00:00Z"), false);
        let page = page::after(&book.store.pool, Of::Sieve(&sieve), Sort::Age, &Cursor::start(), 100).await.unwrap();
        let mut keys: Vec<String> = page.iter().map(|stored| stored.order.key.to_string()).collect();
        keys.sort();
        keys
    };
    let cases: [(&str, &[&str]); 6] = [
        ("status:approved", &["payla:P-1", "tamara:P-1"]),
        ("status:payla/approved", &["payla:P-1"]),
        ("status:tamara/approved", &["tamara:P-1"]),
        ("status:captured", &["payla:P-2"]),
        ("provider:payla", &["payla:P-1", "payla:P-2"]),
        ("-status:payla/approved", &["payla:P-2", "tamara:P-1"]),
    ];
    for (text, expect) in cases {
        assert_eq!(found(text).await, expect, "{text}");
    }
    let fault = query::parse("status:payla/authorised").unwrap_err();
    assert!(fault.text.contains("\"payla/authorised\" is not known"), "{fault}");
}

#[tokio::test]
async fn the_console_shows_its_orders_apart() {
    let book = book().await;
    let counts = read::board(&book.store.pool).await.unwrap();
    let counts: Vec<(String, i64, i128)> =
        counts.iter().map(|count| (count.status.full_name(), count.orders, count.amount.minor)).collect();
    let expect = ["payla/approved", "payla/captured", "tamara/approved"];
    let expect = expect.map(|name| (name.to_owned(), 1_i64, 30_000_i128));
    assert_eq!(counts, expect);

    let session = Session {
        person: "ops1".to_owned(),
        roles: Roles::UNREGISTERED,
        read_only: false,
        place: "private".to_owned(),
        production: false,
        id: Uuid::nil(),
    };
    let mut console = Headless::new(book.store.clone(), session, Prefs::default(), None, (130, 50)).await;
    let screen = headless::text(&console.picture());
    assert_eq!(filled(&screen, "Tamara"), ["Approved 1"], "{screen}");
    assert_eq!(filled(&screen, "Payla"), ["Approved 1", "Captured 1"], "{screen}");
    console.press("/ \"status:payla/approved\" enter a").await.unwrap();
    let screen = headless::text(&console.picture());
    for line in ["1 a  Capture → Captured  (up to SAR 300.00, a reference)", "2 c  Cancel  → Canceled"] {
        assert!(screen.contains(line), "{line:?} is not on the screen:\n{screen}");
    }
}

/// The statuses with orders under a provider's heading on the board, with their counts.
fn filled(screen: &str, provider: &str) -> Vec<String> {
    let board = screen.lines().map(|line| line.split('│').next().unwrap_or_default().trim_end());
    let rows = board.skip_while(|row| row.split_whitespace().next() != Some(provider)).skip(1);
    // A heading has one space before it, a status has two cells.
    let rows = rows.take_while(|row| !row.starts_with(' ') || row.starts_with("  "));
    let words = rows.map(|row| row.split_whitespace().skip_while(|word| !word.starts_with(char::is_alphanumeric)));
    let lines = words.map(|words| words.collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty() && !line.ends_with(" 0")).collect()
}
