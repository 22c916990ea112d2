//! Keys typed ahead never act on another case than the one that they are meant for.

use recourse::console::app::message::Message;
use recourse::console::disputes::requests::News;
use recourse::console::runtime::update::update;
use recourse::domain::atarapay;
use recourse::records::Queue;

use super::desk::{Desk, key, now, small_book};

/// The desk with a case on the screen, and the id of another one.
fn desk() -> (Desk, (String, i32)) {
    let mut desk = Desk::new(small_book(), 160, 40);
    desk.press("d enter");
    let shown = desk.app.disputes.shown.as_ref().unwrap().named();
    let disputed = atarapay::Status::Disputed.status();
    let others = desk.memory.orders.iter().filter(|(stored, _)| stored.order.status == disputed);
    let other = others.map(|(stored, _)| stored.order.key.to_string()).find(|id| *id != shown.0).unwrap();
    (desk, (other, 1))
}

#[test]
fn keys_after_next_wait_for_the_next_case() {
    let (mut desk, next) = desk();
    let before = desk.app.disputes.shown.as_ref().unwrap().named();
    for name in ["n", "a", "u"] {
        update(&mut desk.app, Message::Key(key(name)), now());
    }
    assert!(desk.app.top().is_some_and(|top| top.page() == Some("Desk")), "no menu over the case before");
    assert_eq!(desk.app.keyboard.held.len(), 2);
    assert_eq!(desk.app.disputes.shown.as_ref().unwrap().named(), before);

    desk.tell(Message::Disputes(News::Next(Ok(Ok(Some(next.clone()))))));
    assert_eq!(desk.app.disputes.shown.as_ref().unwrap().named(), next);
    assert!(desk.app.keyboard.held.is_empty());
    assert!(desk.app.top().is_some_and(|top| top.page().is_none()), "the menu is open: {}", desk.picture());
    assert!(desk.picture().contains(next.0.split_once(':').unwrap().1), "{}", desk.picture());
}

#[test]
fn keys_are_forgotten_where_no_case_comes() {
    let (mut desk, _) = desk();
    for name in ["n", "a", "u"] {
        update(&mut desk.app, Message::Key(key(name)), now());
    }
    desk.tell(Message::Disputes(News::Next(Ok(Ok(None)))));
    assert!(desk.app.keyboard.held.is_empty());
    assert!(desk.app.top().is_some_and(|top| top.page() == Some("Desk")), "no menu over the case before");
    for name in ["n", "a", "esc"] {
        update(&mut desk.app, Message::Key(key(name)), now());
    }
    assert!(desk.app.keyboard.held.is_empty(), "Esc takes the keys back");
}

/// From an order to its case: the list next to it is the one that the case is in.
#[test]
fn list_and_case_agree() {
    let mut desk = Desk::new(small_book(), 160, 40);
    desk.press("enter j d");
    let disputes = &desk.app.disputes;
    let shown = disputes.shown.as_ref().unwrap().named();
    assert_eq!(disputes.selected.as_ref(), Some(&shown));
    assert!(disputes.at().is_some(), "{shown:?} is not in the list of {:?}", disputes.queue);
    assert_ne!(disputes.queue, Queue::Closed);
}
