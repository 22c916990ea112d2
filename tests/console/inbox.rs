//! What concerns a person: listed, opened and read from the console.

use chrono::TimeDelta;
use recourse::console::app::message::{Effect, Message};
use recourse::console::app::pulse::Pulse;
use recourse::console::app::screen::Screen;
use recourse::console::inbox::state::Ask;
use recourse::records::{Concern, InboxItem};

use super::desk::{Desk, Memory, now, small_book};

fn item(id: i64, what: Concern, order: Option<&str>, number: Option<i32>, request: Option<i64>) -> InboxItem {
    InboxItem {
        id,
        what,
        order_id: order.map(str::to_owned),
        number,
        plan: None,
        request,
        words: Some("photos of the parcel are missing".to_owned()),
        recorder: "ben".to_owned(),
        at: now() - TimeDelta::minutes(id),
        read_at: (id > 2).then(now),
    }
}

fn book() -> Memory {
    let mut memory = small_book();
    memory.inbox = vec![
        item(1, Concern::SentBack, Some("atarapay:ATP-20311"), Some(1), None),
        item(2, Concern::RequestRefused, Some("tamara:T-1005"), None, Some(2)),
        item(3, Concern::HandedOver, Some("atarapay:ATP-20298"), Some(1), None),
    ];
    memory
}

fn read(desk: &Desk) -> Vec<Ask> {
    let asks = desk.open.iter().filter_map(|effect| match effect {
        Effect::Inbox(ask @ Ask::Read(_)) => Some(ask.clone()),
        _ => None,
    });
    asks.collect()
}

#[test]
fn what_concerns_a_person_is_listed_and_leads_there() {
    let mut desk = Desk::new(book(), 100, 24);
    desk.press("!");
    insta::assert_snapshot!("inbox", desk.picture());
    desk.press("enter");
    assert_eq!(desk.app.screen(), Screen::Disputes);
    assert_eq!(desk.app.disputes.selected.as_ref().map(|(order, _)| order.as_str()), Some("atarapay:ATP-20311"));
    desk.press("! j enter");
    assert_eq!(desk.app.screen(), Screen::Requests);
    assert_eq!(desk.app.requests.list.selected, Some(2));
}

/// What is opened is read; a key marks one, or all.
#[test]
fn what_was_opened_is_read() {
    let mut desk = Desk::new(book(), 100, 24);
    desk.press("!");
    desk.slow = true;
    desk.press("space ctrl-a j enter");
    assert_eq!(read(&desk), [Ask::Read(Some(vec![1])), Ask::Read(None), Ask::Read(Some(vec![2]))]);
}

/// News is told once, and counted in the first line.
#[test]
fn news_is_told_once() {
    let mut desk = Desk::new(book(), 140, 24);
    let pulse = |unread| Message::Pulse(Pulse { unread, rang: true, ..Pulse::default() });
    desk.tell(pulse(2));
    let picture = desk.picture();
    assert!(picture.contains("2 things are new for you: ! shows it.") && picture.contains("2 for you"), "{picture}");
    desk.press("k");
    desk.tell(pulse(2));
    assert!(!desk.picture().contains("new for you"), "{}", desk.picture());
}
